"""The desk's rarer commands: groups, replacements, calendar, calls, invites on paper and by mail, filtered messages."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.service import bot_state, broadcasts
from bot.service.core import Core
from bot.store.tables import Travel
from tests.support.cohort import LEARNER, REFERENT, Small, small_cohort
from tests.support.command_line import CommandLine
from tests.support.desk import listed
from tests.support.looking import change_stay, march, rows
from tests.support.receivers import Mailbox, mailbox, words_of

TODAY = datetime.now(UTC).date()
DAYS = {"arrival_date": str(TODAY + timedelta(days=20)), "return_date": str(TODAY + timedelta(days=40))}
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20


@pytest.fixture
def desk(core: Core, run: CommandLine) -> CommandLine:
    """SPRING with two learners in the group blue, to Seville and to Porto, and one in no group; the bot is known."""
    bot_state.remember_username(core, "example_bot")
    run.good("cohort", "create", "SPRING", "--name", "Spring", "--journey", "learner-short", "--quiet-hours", "none")
    run.good("referent", "add", "Claire Martin", "--cohort", "SPRING", "--code", "claire", "--language", "fr")
    people = listed(
        {**DAYS, "group": "blue", "email": "lea@example.org", "telegram": ""},
        {**DAYS, "code": "L02", "group": "blue", "host_city": "Porto", "host_country": "PT", "language": "de"},
        {**DAYS, "code": "L03", "telegram": "no"},
    )
    run.good("cohort", "import", "SPRING", run.file("list.csv", people))
    return run


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A mail server in a thread of its own, as commands have an event loop of theirs."""
    up: Future[Mailbox] = Future()
    loop, stop = asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        async with mailbox() as found:
            up.set_result(found)
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    yield up.result(10)
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


# --- changes ------------------------------------------------------------------------------------


def test_a_group_is_postponed_moved_and_ended_together(desk: CommandLine) -> None:
    new = ("--arrival", str(TODAY + timedelta(days=21)), "--return", str(TODAY + timedelta(days=41)))
    assert "add --yes" in desk.refused("learner", "postpone", *new, "--group", "blue", "--cohort", "SPRING")
    together = ("--group", "blue", "--cohort", "SPRING", "--yes", "--json")
    later = desk.good("learner", "postpone", *new, *together).json
    assert [(row["code"], row["changes"]["arrival_date"]["new"]) for row in later] == [("L01", new[1]), ("L02", new[1])]
    moved = desk.good("learner", "move", "--host-city", "Faro", *together).json
    assert [row["changes"]["host_city"]["new"] for row in moved] == ["faro", "faro"]
    ended = desk.good("learner", "end", "--on", str(TODAY + timedelta(days=30)), *together).json
    assert [row["code"] for row in ended] == ["L01", "L02"]
    assert "known are blue" in desk.refused("learner", "end", "--group", "red", "--cohort", "SPRING", "--yes")


def test_a_newcomer_takes_a_place_with_all_that_belongs_to_it(desk: CommandLine) -> None:
    words = ("learner", "replace", "L01", "--code", "L09", "--first-name", "Noé", "--last-name", "Modèle")
    assert "add --yes" in desk.refused(*words)
    found = desk.good(*words, "--yes", "--json").json
    assert (found["left"], found["code"], found["url"].split("=")[0]) == (
        "L01", "L09", "https://t.me/example_bot?start",
    )  # fmt: skip
    shown = desk.good("learner", "show", "L09").out
    assert "Noé Modèle" in shown
    assert "Seville" in shown
    assert "Claire Martin" in shown
    assert "is taken" in desk.refused("learner", "replace", "L02", "--code", "l09", "--first-name", "Zoé", "--yes")


# --- calendar, invites --------------------------------------------------------------------------


def test_the_calendar_has_codes_and_no_names(desk: CommandLine) -> None:
    desk.good("cohort", "calendar", "SPRING", "spring.ics")
    data = (desk.folder / "spring.ics").read_bytes().decode().replace("\r\n ", "")
    assert data.startswith("BEGIN:VCALENDAR\r\n")
    assert data.count("BEGIN:VEVENT") == data.count("END:VEVENT") == 5  # the drill, two arrivals, two returns
    assert "Arrival in Porto (1)" in data
    assert "Exemple" not in data


def test_invites_on_paper_are_a_sheet_a_person_a_card_a_learner_and_a_picture_a_code(desk: CommandLine) -> None:
    shown = desk.good(
        "cohort", "invites", "SPRING", "--pdf", "all.pdf", "--cards", "cards.pdf", "--png", "codes"
    ).out  # fmt: skip
    for line in (
        "all.pdf: 4 sheets",
        "cards.pdf: 3 wallet cards",
        "codes: 3 pictures",
        "Without a code, for a contact person calls them: L03.",
    ):
        assert line in shown
    assert all((desk.folder / name).read_bytes().startswith(b"%PDF") for name in ("all.pdf", "cards.pdf"))
    assert sorted(path.name for path in (desk.folder / "codes").iterdir()) == [
        "L01-learner.png",
        "L02-learner.png",
        "claire-referent.png",
    ]


def test_invites_go_out_by_e_mail_once_each(desk: CommandLine, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No mail server is set" in desk.refused("cohort", "invites", "SPRING", "--mail", "--yes")
    monkeypatch.setenv("COMPAGNON_SMTP_URL", box.url)
    monkeypatch.setenv("COMPAGNON_MAIL_FROM", "school@example.org")
    assert "add --yes" in desk.refused("cohort", "invites", "SPRING", "--mail")
    assert box.messages == []
    assert "1 e-mail handed over" in desk.good("cohort", "invites", "SPRING", "--mail", "--yes").out
    (mail,) = box.to("lea@example.org")
    assert "https://t.me/example_bot?start=" in words_of(mail)
    assert [part.get_filename() for part in mail.iter_attachments()] == ["L01.pdf"]
    assert "Mailed before: L01" in desk.good("cohort", "invites", "SPRING", "--mail", "--yes").out
    assert len(box.messages) == 1


# --- messages and calls -------------------------------------------------------------------------


def test_messages_are_narrowed_by_city_group_and_person(desk: CommandLine) -> None:
    def to(*only: str) -> int:
        words = ("message", "schedule", "SPRING", "--at", "now", "--text", "Hello", "--yes", "--json")
        found = desk.good(*words, *only).json
        return int(found["recipients"])

    assert [to("--city", "Porto"), to("--group", "blue"), to("--group", "blue", "--city", "sevilla")] == [1, 2, 1]
    assert to("--person", "l01", "--person", "L03") == 2
    assert "fit the choice" in desk.refused(
        "message", "schedule", "SPRING", "--at", "now", "--text", "Hello", "--group", "red", "--yes"
    )


def test_a_picture_is_checked_kept_and_previewed_and_a_message_is_edited_until_it_is_out(
    core: Core, desk: CommandLine
) -> None:
    words = ("message", "schedule", "SPRING", "--text", "Our house", "--yes", "--at", "arrival-3d 18:00")
    picture = desk.file("house.png", PNG)
    assert "no JPEG or PNG" in desk.refused(*words, "--photo", desk.file("house.jpg", b"GIF89a"))
    number = str(desk.good(*words, "--photo", picture, "--json").json["id"])
    seen = desk.good("message", "preview", number, "--as", "L02", "--json").json
    assert (seen["attachment"], seen["timezone"]) == ("house.png", "Europe/Paris")
    desk.good("message", "edit", number, "--text", "Our new house", "--translation", "de=Unser Haus", "--yes")
    assert desk.good("message", "preview", number, "--as", "L02", "--json").json["text"] == "Unser Haus"
    evening = datetime.combine(TODAY + timedelta(days=17), time(20), UTC)
    broadcasts.fire(core, evening, 100)
    assert "is out already" in desk.refused("message", "edit", number, "--text", "Too late", "--yes")
    states = {row["code"]: row["state"] for row in desk.good("message", "report", number, "--json").json}
    assert states == {"L01": "unreachable", "L02": "unreachable", "L03": "by_phone"}
    (call,) = desk.good("cohort", "calls", "SPRING", "--json").json
    assert (call["learner"], call["text"]) == ("L03", "Our new house")
    assert desk.good("cohort", "calls", "SPRING", "--not-reached", "1", "--json").json != []
    assert desk.good("cohort", "calls", "SPRING", "--told", "1", "--json").json == []
    assert "done already" in desk.refused("cohort", "calls", "SPRING", "--told", "1")


# --- travel days by telephone -------------------------------------------------------------------


def test_on_a_travel_day_the_contact_person_calls_and_taps_that_they_have_arrived(core: Core) -> None:
    small: Small = small_cohort(core, start=datetime(2026, 2, 28, 20, tzinfo=UTC))
    small.join_staff()
    change_stay(core, small, by_phone=True)
    small.world.travel(march(1, 9))
    assert "Lea Beispiel" in small.world.phone(REFERENT).text()
    small.world.tap(REFERENT, "They have left")
    assert rows(core, Travel, Travel.direction == "out")[0].state == "left"
    small.world.travel(march(1, 20))
    small.world.tap(REFERENT, "They have arrived")
    assert rows(core, Travel, Travel.direction == "out")[0].state == "arrived"
    assert LEARNER not in small.world.phones
