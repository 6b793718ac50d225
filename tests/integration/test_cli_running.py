"""Exit status, errors without tracebacks, the database on first use, doctor; a few times as a real process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from admin_cli import cohort as cohort_commands
from bot.store.engine import open_store
from bot.store.schema import current, newest
from tests.support.command_line import CommandLine

COMPAGNON = [sys.executable, "-c", "import sys; from admin_cli.main import main; sys.exit(main())"]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """A file that does not exist yet."""
    return f"sqlite:///{tmp_path}/data/fresh.sqlite3"


def process(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COMPAGNON_")}
    clean["PYTHONPATH"] = str(Path.cwd()) if (Path.cwd() / "admin_cli").is_dir() else str(Path(__file__).parents[2])
    return subprocess.run(
        [*COMPAGNON, *words], cwd=folder, env=clean | env, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_embedded_database_is_made_on_first_use(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMPAGNON_DATABASE_URL")
    assert "There is no cohort yet" in run.good("cohort", "list").out


def test_a_slip_in_the_address_of_the_database_makes_nothing(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPAGNON_API_URL", "http://127.0.0.1:1")
    assert "There is no folder" in run.refused("cohort", "list")
    run("doctor")
    monkeypatch.setenv("COMPAGNON_DATABASE_URL", f"sqlite:///{run.folder}/slip.sqlite3")
    assert "There is no database" in run.refused("cohort", "list")
    run("doctor")
    assert list(run.folder.iterdir()) == []


def test_the_doctor_makes_no_embedded_database(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMPAGNON_DATABASE_URL")
    monkeypatch.setenv("COMPAGNON_API_URL", "http://127.0.0.1:1")
    assert "made when first needed" in run("doctor").out
    assert list(run.folder.iterdir()) == []


def test_db_upgrade_makes_the_newest_schema_and_then_has_nothing_to_do(run: CommandLine, database_url: str) -> None:
    assert "went from empty to version" in run.good("db", "upgrade").out
    assert "already" in run.good("db", "upgrade").out
    store = open_store(database_url)
    assert current(store) == newest()
    store.close()


def test_a_database_of_another_version_is_never_changed_silently(run: CommandLine, database_url: str) -> None:
    run.good("db", "upgrade")
    store = open_store(database_url)
    with store.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    assert "another version than this program: run `compagnon db upgrade`" in run.refused("cohort", "list")
    assert "newer than this program" in run.refused("db", "upgrade")


def test_wrong_usage_is_status_2(run: CommandLine) -> None:
    assert [run("cohort", "create").status, run("nonsense").status, run("cohort", "list", "--nope").status] == [2, 2, 2]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TOKEN", "rubbish", "COMPAGNON_TOKEN: this is not a bot token"),
        ("DATABASE_URL", "mysql://x", "COMPAGNON_DATABASE_URL: use sqlite:///"),
        ("LISTEN", "8080", "COMPAGNON_LISTEN: '8080' is not host:port"),
        ("SMTP_URL", "mail.example.org", "COMPAGNON_SMTP_URL: this is no mail server"),
        ("SMTP_URL", "smtp://", "COMPAGNON_SMTP_URL: this is no mail server"),
        ("MESSAGES_PER_SECOND", "31", "above Telegram's 30"),
    ],
)
def test_a_wrong_setting_is_one_sentence(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"COMPAGNON_{name}", value)
    assert says in run.refused("cohort", "list")


def test_the_demo_refuses_a_port_that_cannot_be(run: CommandLine) -> None:
    assert run("demo", "--no-browser", "--port", "99999").status == 2


def test_the_demo_reads_own_content_from_its_option_and_from_the_environment(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run.folder / "mine" / "topics").mkdir(parents=True)
    run.file("mine/topics/own.yaml", b"a: [")
    assert "own.yaml:" in run.refused("demo", "--no-browser", "--port", "0", "--content", str(run.folder / "mine"))
    monkeypatch.setenv("COMPAGNON_CONTENT_DIR", str(run.folder / "mine"))
    assert "own.yaml:" in run.refused("demo", "--no-browser", "--port", "0")


def test_the_version_is_one_line(run: CommandLine) -> None:
    assert run.good("--version").out.startswith("compagnon ")


def test_a_read_only_database_is_one_sentence(
    run: CommandLine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.good("db", "upgrade")
    monkeypatch.setenv("COMPAGNON_DATABASE_URL", "sqlite:///file:data/fresh.sqlite3?mode=ro&uri=true")
    ended = run("cohort", "create", "A", "--name", "A", "--journey", "learner-short")
    assert ended.status == 1
    assert "Traceback" not in ended.err


def test_an_unreachable_postgresql_is_one_sentence(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPAGNON_DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/none")
    told = run.refused("cohort", "list")
    assert "database" in told
    assert "secret" not in told


def test_what_nobody_expected_is_a_sentence_and_a_file(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    run.good("db", "upgrade")

    def broken(*_: object) -> None:
        raise RuntimeError("100:SECRETTOKEN")

    monkeypatch.setattr(cohort_commands.cohorts, "listing", broken)
    told = run.refused("cohort", "list")
    assert "Something went wrong that should not (RuntimeError)" in told
    log = Path(told.split("the details are in ")[1].split(":")[0])
    assert "builtins.RuntimeError" in log.read_text(encoding="utf-8")
    assert "SECRETTOKEN" not in log.read_text(encoding="utf-8")
    log.unlink()


def test_run_without_a_token_says_how_to_get_one(run: CommandLine) -> None:
    assert "@BotFather" in run.refused("run")


def test_run_without_telegram_says_so(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPAGNON_TOKEN", "123:abc")
    monkeypatch.setenv("COMPAGNON_API_URL", "http://127.0.0.1:1")
    assert "Telegram cannot be reached" in run.refused("run")


def test_the_doctor_names_every_fault_at_once(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPAGNON_API_URL", "http://127.0.0.1:1")
    ended = run("doctor", "--json")
    states = {row["what"]: row["state"] for row in ended.json}
    assert ended.status == 1
    assert (states["settings"], states["Telegram"], states["second channel"]) == ("ok", "fault", "warning")


def test_as_a_process_a_failure_is_status_1_without_a_traceback(tmp_path: Path) -> None:
    ended = process(tmp_path, "cohort", "status", "NOWHERE")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "There is no cohort “NOWHERE”: make it with `compagnon cohort create`.\n"


def test_as_a_process_a_pipe_gets_no_colours_and_long_lines(tmp_path: Path) -> None:
    process(tmp_path, "cohort", "create", "A", "--name", "A" * 90, "--journey", "learner-short")
    ended = process(tmp_path, "cohort", "list")
    assert ended.returncode == 0
    assert "\x1b" not in ended.stdout
    assert "A" * 90 in ended.stdout


def test_as_a_process_the_version_of_help_needs_no_settings(tmp_path: Path) -> None:
    ended = process(tmp_path, "--help", COMPAGNON_TOKEN="rubbish")
    assert ended.returncode == 0
    assert not (tmp_path / "data").exists()


def finding(run: CommandLine, what: str) -> dict[str, str]:
    found: list[dict[str, str]] = json.loads(run("doctor", "--json").out)
    return next(one for one in found if one["what"] == what)


def test_the_doctor_really_tries_the_mail_server(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPAGNON_API_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("COMPAGNON_SMTP_URL", "smtp://somebody:secret@127.0.0.1:1")
    monkeypatch.setenv("COMPAGNON_MAIL_FROM", "alerts@example.org")
    found = finding(run, "e-mail")
    assert (found["state"], found["says"]) == ("fault", "the mail server of COMPAGNON_SMTP_URL cannot be reached")


def test_the_doctor_really_tries_the_alert_webhook(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPAGNON_API_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("COMPAGNON_ALERT_WEBHOOK_URL", "http://127.0.0.1:1/alerts")
    found = finding(run, "alert webhook")
    assert found["state"] == "fault"
    assert "COMPAGNON_ALERT_WEBHOOK_URL cannot be reached" in found["says"]


def test_mail_without_a_sender_is_a_fault_with_its_cure(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPAGNON_API_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("COMPAGNON_SMTP_URL", "smtp://127.0.0.1:1")
    assert "COMPAGNON_MAIL_FROM=" in finding(run, "e-mail")["says"]
    monkeypatch.setenv("COMPAGNON_TOKEN", "1:AA")
    assert "COMPAGNON_MAIL_FROM=" in run.refused("run")


@pytest.mark.parametrize(
    "name, value, says",
    [
        ("SMTP_URL", "http://mail.example.org", "COMPAGNON_SMTP_URL: this is no mail server"),
        ("SMTP_URL", "smtp://", "COMPAGNON_SMTP_URL: this is no mail server"),
        ("MAIL_FROM", "Compagnon", "COMPAGNON_MAIL_FROM: 'Compagnon' is no e-mail address"),
        ("ALERT_WEBHOOK_URL", "gateway", "COMPAGNON_ALERT_WEBHOOK_URL: this is not a web address"),
    ],
)
def test_a_slip_in_a_second_channel_is_one_sentence(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"COMPAGNON_{name}", value)
    assert says in run.refused("cohort", "list")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("case close abc", "ID: this is no whole number; write one such as 12."),
        ("cohort calls SPRING --told 1.5", "--told: this is no whole number; write one such as 12."),
        ("alerts resolve", "ID is missing."),
        ("cohort status SPRING --jsn", "There is no option `--jsn`: did you mean `--json`?"),
        ("alerts resolv 3", "No such command 'resolv'. Did you mean 'resolve'?"),
        ("demo --port 99999", "--port: this must be less than or equal to 65535."),
        ("run everything", "WHAT: “everything” is none of all, bot, scheduler."),
        ("message schedule SPRING --at now", "Give the message with either --text or --file."),
    ],
)
def test_wrong_usage_is_one_sentence_and_where_the_right_one_stands(run: CommandLine, words: str, says: str) -> None:
    ended = run(*words.split())
    first, second = ended.err.splitlines()
    assert (ended.status, first, ended.out) == (2, says, "")
    assert second.startswith("`compagnon ")
    assert second.endswith(" --help` shows how it is used.")


def test_a_group_named_alone_shows_what_it_can_do(run: CommandLine) -> None:
    ended = run("alerts")
    assert ended.status == 2
    assert "resolve" in ended.out + ended.err
