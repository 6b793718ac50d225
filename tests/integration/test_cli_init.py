"""`compagnon init`: answers through a pipe, checked one by one; the file is private, and never lost by mistake."""

from __future__ import annotations

import io
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from admin_cli.init import QUESTIONS
from bot.settings import load_settings
from tests.support.command_line import CommandLine, Ended

TOKEN = "123456789:AAExample-of-a-token"
Init = Callable[..., Ended]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """None is opened."""
    return f"sqlite:///{tmp_path}/none.sqlite3"


@pytest.fixture
def init(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Init:
    """`compagnon init` with answers in a pipe and Telegram out of reach."""
    monkeypatch.delenv("COMPAGNON_DATABASE_URL")
    monkeypatch.setenv("COMPAGNON_API_URL", "http://127.0.0.1:1")

    def answered(*answers: str, options: tuple[str, ...] = ()) -> Ended:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))
        return run("init", *options)

    return answered


def test_there_are_ten_questions() -> None:
    assert len(QUESTIONS) == 10


def test_enter_to_everything_writes_a_file_that_works(init: Init) -> None:
    assert init().status == 0
    settings = load_settings()
    assert (settings.token, settings.database()) == (None, "sqlite:///data/compagnon.sqlite3")
    assert stat.S_IMODE(Path(".env").stat().st_mode) == 0o600


def test_answers_are_the_settings(init: Init) -> None:
    ended = init(TOKEN, "store", "", "", "", "0.0.0.0:9000", "smtp://a:p'w\"\\d@mail.example.org:587",
                 "Compagnon <a@example.org>", "", "https://ping.example.org/x")  # fmt: skip
    assert "could not be asked" in ended.err
    settings = load_settings()
    assert settings.require_token() == TOKEN
    assert settings.smtp_url is not None
    assert settings.smtp_url.get_secret_value() == "smtp://a:p'w\"\\d@mail.example.org:587"
    assert (str(settings.data_dir), settings.listen, settings.mail_from, settings.heartbeat_url) == (
        "store", "0.0.0.0:9000", "Compagnon <a@example.org>", "https://ping.example.org/x",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (("no-token",), "COMPAGNON_TOKEN: this is not a bot token"),
        (("", "", "mysql://x"), "COMPAGNON_DATABASE_URL"),
        (("", "", "", "nowhere"), "there is no folder nowhere"),
        (("", "", "", "", "http://example.org"), "start with https://"),
        (("", "", "", "", "", "8080"), "is not host:port"),
        (("", "", "", "", "", "", "mail"), "this is no mail server"),
        (("", "", "", "", "", "", "smtp://mail.example.org"), "COMPAGNON_MAIL_FROM: the mail server needs it"),
        (("", "", "", "", "", "", "", "ping"), "COMPAGNON_ALERT_WEBHOOK_URL"),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else "",
)
def test_an_answer_that_cannot_be_is_named_and_nothing_is_written(
    init: Init, answers: tuple[str, ...], says: str
) -> None:
    ended = init(*answers)
    assert ended.status == 1
    assert says in ended.err
    assert "Nothing was written" in ended.err
    assert not Path(".env").exists()


def test_a_file_that_is_there_stays_unless_one_says_so(init: Init) -> None:
    Path(".env").write_text(f"# mine\nCOMPAGNON_TOKEN={TOKEN}\nSITE=bot.example.org\nCOMPAGNON_LOG_LEVEL=DEBUG\n")
    before = Path(".env").read_text()
    assert "add --force" in init().err
    assert Path(".env").read_text() == before
    assert init(options=("--force",)).status == 0
    written = Path(".env").read_text()
    assert load_settings().require_token() == TOKEN  # what was there is what Enter means
    assert {"# mine", "SITE=bot.example.org", "COMPAGNON_LOG_LEVEL=DEBUG"} <= set(written.splitlines())
    assert init(options=("--force",)).status == 0
    assert Path(".env").read_text() == written
