"""What coordinators do on the road: look at a cohort, write to it, and read what is new in the morning."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import inspect

from bot.flows.vocabulary import Document
from bot.rules.alert import Reason, Severity
from bot.service import alerts, digest
from bot.service.core import Core
from bot.store.tables import Cohort, CohortMessage, Membership, MessageCopy, Outbox, Person, Placement
from tests.support.cohort import COORDINATOR, LEARNER, REFERENT, Begin, Small, abroad_cohort, add_learner, add_staff
from tests.support.looking import change, change_stay, march, rows


def with_a_coordinator(core: Core) -> Small:
    """With a coordinator who has joined; it is noon of the second day abroad."""
    abroad = abroad_cohort(core)
    add_staff(core, abroad, "nora", "Nora", "Desk", "coordinator", "C01")
    abroad.world.say(COORDINATOR, f"/start {abroad.tokens['nora']}")
    abroad.world.tap(COORDINATOR, "English")
    return abroad


@pytest.fixture
def desk(begin: Begin) -> Small:
    return begin(with_a_coordinator)


def last(small: Small, chat_id: int = COORDINATOR) -> str:
    return small.world.phone(chat_id).last.text


def labels(small: Small) -> list[str]:
    return [label for label, _ in small.world.phone(COORDINATOR).last.buttons]


def raise_amber(core: Core, small: Small) -> None:
    with core.store.transaction() as session:
        stay = session.get_one(Placement, small.placements["lea"])
        alerts.raise_alert(core, session, stay, Reason.NOT_ANSWERED, Severity.AMBER, small.world.now)
    small.world.turn()


def second_cohort(core: Core, small: Small) -> int:
    """Another cohort of the same coordinator, without learners."""
    with core.store.transaction() as session:
        spring = session.get_one(Cohort, small.cohort_id)
        facts = {column.key: getattr(spring, column.key) for column in inspect(Cohort).columns if column.key != "id"}
        autumn = Cohort(**(facts | {"code": "AUTUMN", "name": "Autumn"}))
        session.add(autumn)
        session.flush()
        session.add(
            Membership(
                person_id=small.people["nora"], role="coordinator", code="C01", cohort_id=autumn.id,
                created_at=small.world.now,
            )
        )  # fmt: skip
        return autumn.id


# --- /cohort ------------------------------------------------------------------------------------


def test_a_coordinator_sees_how_the_cohort_stands(core: Core, desk: Small) -> None:
    add_learner(core, desk, "tom", "Tom", "Muster", "L02")
    raise_amber(core, desk)
    desk.world.say(COORDINATOR, "/cohort")
    for line in ("2 learners, 1 of them have joined", "abroad 2", "One alert is open: Lea Beispiel",
                 "The bot can't reach: Tom Muster"):  # fmt: skip
        assert line in last(desk)


def test_minors_without_anybody_for_their_protection_are_pointed_out(core: Core, desk: Small) -> None:
    desk.world.say(COORDINATOR, "/cohort")
    assert "safeguarding" not in last(desk)
    add_learner(core, desk, "tim", "Tim", "Muster", "L03", birth_date=date(2009, 1, 1))
    desk.world.say(COORDINATOR, "/cohort")
    assert "Minors travel, and nobody who looks after safeguarding has joined" in last(desk)


def test_of_several_cohorts_one_is_chosen(core: Core, desk: Small) -> None:
    second_cohort(core, desk)
    desk.world.say(COORDINATOR, "/cohort")
    assert labels(desk) == ["Autumn", "Spring"]
    desk.world.tap(COORDINATOR, "Spring")
    assert "One learner" in last(desk)


def test_a_cohort_of_others_is_not_shown(core: Core, desk: Small) -> None:
    autumn = second_cohort(core, desk)
    theirs = rows(core, Membership, Membership.cohort_id == autumn)[0]
    change(core, theirs, ended_at=desk.world.now)
    desk.world.forge(COORDINATOR, f"cohort:show:{autumn}")
    assert "Autumn" not in last(desk)
    desk.world.forge(COORDINATOR, f"message:new:{autumn}")
    assert "Spring" in last(desk)


@pytest.mark.parametrize("command", ["/cohort", "/message"])
@pytest.mark.parametrize("chat_id", [REFERENT, LEARNER])
def test_others_are_told_that_it_is_not_for_them(desk: Small, command: str, chat_id: int) -> None:
    desk.world.say(chat_id, command)
    assert f"{command} is for coordinators" in last(desk, chat_id)


# --- /message -----------------------------------------------------------------------------------


def test_a_message_is_shown_as_it_will_be_read_and_goes_out_when_confirmed(core: Core, desk: Small) -> None:
    desk.world.say(COORDINATOR, "/message")
    desk.world.say(COORDINATOR, "The bus <leaves> at ten.")
    desk.world.tap(COORDINATOR, "All learners")
    copy, plan = desk.world.phone(COORDINATOR).messages[-2:]
    assert copy.text == "The bus &lt;leaves&gt; at ten."
    assert "<b>one person</b> of Spring" in plan.text
    assert rows(core, CohortMessage) == []
    desk.world.tap(COORDINATOR, "Send to one person")
    desk.world.turn()
    assert last(desk, LEARNER) == copy.text
    desk.world.tap(COORDINATOR, "What became of it")
    assert "taken by Telegram: 1" in last(desk)


def test_a_second_tap_on_send_sends_nothing_more(core: Core, desk: Small) -> None:
    desk.world.say(COORDINATOR, "/message")
    desk.world.say(COORDINATOR, "Hello")
    desk.world.tap(COORDINATOR, "Abroad now")
    _, data = desk.world.phone(COORDINATOR).find("Send to one person")
    for _ in range(2):
        desk.world.forge(COORDINATOR, data)
    assert len(rows(core, CohortMessage)) == 1
    assert "Begin again with /message" in desk.world.phone(COORDINATOR).toasts[-1]


def test_a_choice_that_fits_nobody_can_be_changed(core: Core, desk: Small) -> None:
    desk.world.say(COORDINATOR, "/message")
    desk.world.say(COORDINATOR, "Hello")
    desk.world.tap(COORDINATOR, "Back home")
    assert "Nobody fits" in last(desk)
    desk.world.tap(COORDINATOR, "Other people")
    desk.world.tap(COORDINATOR, "Contact people")
    assert "<b>3 people</b>" in last(desk)


def test_at_night_it_waits_for_the_morning_of_each_unless_it_cannot_wait(core: Core, desk: Small) -> None:
    desk.world.travel(march(2, 22, 30))
    desk.world.say(COORDINATOR, "/message")
    desk.world.say(COORDINATOR, "Breakfast at nine.")
    desk.world.tap(COORDINATOR, "All learners")
    assert "night for one of them" in last(desk)
    desk.world.tap(COORDINATOR, "Send in the morning")
    assert [copy.due_at for copy in rows(core, MessageCopy)] == [march(3, 7)]
    desk.world.tap(COORDINATOR, "Call off what isn't out")
    assert [copy.state for copy in rows(core, MessageCopy)] == ["cancelled"]


def test_what_became_night_since_it_was_shown_waits_too(core: Core, desk: Small) -> None:
    desk.world.travel(march(2, 20, 59))
    desk.world.say(COORDINATOR, "/message")
    desk.world.say(COORDINATOR, "Good night.")
    desk.world.tap(COORDINATOR, "All learners")
    desk.world.wait(minutes=5)
    desk.world.tap(COORDINATOR, "Send to one person")
    assert [copy.due_at for copy in rows(core, MessageCopy)] == [march(3, 7)]


def test_a_picture_with_words_goes_out_as_a_picture(core: Core, desk: Small) -> None:
    desk.world.say(COORDINATOR, "/message")
    desk.world.photo(COORDINATOR, "file-9")
    assert "Write a text below the picture" in last(desk)
    desk.world.photo(COORDINATOR, "file-9", "Our group")
    desk.world.tap(COORDINATOR, "All learners")
    desk.world.tap(COORDINATOR, "Send to one person")
    desk.world.turn()
    (sent,) = rows(core, Outbox, Outbox.kind == "message")
    assert sent.payload["attachment"][:2] == ["photo", "file-9"]


def test_a_document_with_words_goes_out_as_that_document(core: Core, desk: Small) -> None:
    desk.world.say(COORDINATOR, "/message")
    desk.world.event(COORDINATOR, Document("file-8", "plan.pdf", "The plan", 50_000_001))
    assert "larger than 50 MB" in last(desk)
    desk.world.event(COORDINATOR, Document("file-8", "plan.pdf", "The plan", 2_000))
    desk.world.tap(COORDINATOR, "All learners")
    desk.world.tap(COORDINATOR, "Send to one person")
    desk.world.turn()
    (sent,) = rows(core, Outbox, Outbox.kind == "message")
    assert sent.payload["attachment"][:2] == ["document", "file-8"]


def test_a_version_is_written_shown_and_kept_for_its_readers(core: Core, desk: Small) -> None:
    add_learner(core, desk, "tom", "Tom", "Muster", "L02")
    change(core, rows(core, Person, Person.first_name == "Tom")[0], language="fr")
    desk.world.say(COORDINATOR, "/message")
    desk.world.say(COORDINATOR, "Hello")
    desk.world.tap(COORDINATOR, "All learners")
    assert "No version yet" in last(desk)
    desk.world.tap(COORDINATOR, "Go on to the preview")
    assert "No version yet" in last(desk)
    desk.world.tap(COORDINATOR, "Write it: French")
    desk.world.say(COORDINATOR, "Bonjour")
    assert desk.world.phone(COORDINATOR).messages[-2].text == "Bonjour"
    assert "Write it: French" not in labels(desk)
    desk.world.tap(COORDINATOR, "Send to 2 people")
    (message,) = rows(core, CohortMessage)
    assert (message.words, message.translations) == ("Hello", {"fr": "Bonjour"})


def test_one_city_and_one_person_narrow_the_choice(core: Core, desk: Small) -> None:
    add_learner(core, desk, "tom", "Tom", "Muster", "L02", host_city="Cork", kit=None)
    desk.world.say(COORDINATOR, "/message")
    desk.world.say(COORDINATOR, "Hello")
    desk.world.tap(COORDINATOR, "All learners")
    assert "<b>2 people</b>" in last(desk)
    for city in ("Seville", "Cork"):
        desk.world.tap(COORDINATOR, "One city")
        desk.world.tap(COORDINATOR, city)
        assert "<b>one person</b>" in last(desk)
    desk.world.forge(COORDINATOR, "message:lang:zz")  # no language: nothing is to be written
    desk.world.tap(COORDINATOR, "All cities and people")
    desk.world.forge(COORDINATOR, "message:member:999999")
    assert "Nobody fits" in last(desk)
    desk.world.tap(COORDINATOR, "Other people")
    desk.world.tap(COORDINATOR, "All learners")
    desk.world.tap(COORDINATOR, "One person")
    desk.world.tap(COORDINATOR, "Lea Beispiel")
    desk.world.tap(COORDINATOR, "Send to one person")
    assert [copy.person_id for copy in rows(core, MessageCopy)] == [desk.people["lea"]]


def test_the_ninth_person_to_choose_from_is_on_the_second_page(core: Core, desk: Small) -> None:
    for number in range(2, 10):
        add_learner(core, desk, f"p{number}", f"Zoe{number}", "Muster", f"L{number:02}")
    desk.world.say(COORDINATOR, "/message")
    desk.world.say(COORDINATOR, "Hello")
    desk.world.tap(COORDINATOR, "All learners")
    desk.world.tap(COORDINATOR, "One person")
    assert "Zoe9 Muster" not in labels(desk)
    desk.world.tap(COORDINATOR, "More ›")
    assert [label for label in labels(desk) if "Muster" in label] == ["Zoe9 Muster"]
    desk.world.tap(COORDINATOR, "‹ Before")
    assert len([label for label in labels(desk) if "Muster" in label or "Beispiel" in label]) == 8


def test_a_version_begun_and_left_changes_nothing_of_the_message(core: Core, desk: Small) -> None:
    add_learner(core, desk, "tom", "Tom", "Muster", "L02")
    change(core, rows(core, Person, Person.first_name == "Tom")[0], language="fr")
    desk.world.say(COORDINATOR, "/message")
    desk.world.say(COORDINATOR, "Hello")
    desk.world.tap(COORDINATOR, "All learners")
    desk.world.tap(COORDINATOR, "Write it: French")
    desk.world.tap(COORDINATOR, "Back to the preview")
    desk.world.tap(COORDINATOR, "Send to 2 people")
    (message,) = rows(core, CohortMessage)
    assert (message.words, message.translations) == ("Hello", {})


def test_words_after_another_command_are_no_message(core: Core, desk: Small) -> None:
    desk.world.say(COORDINATOR, "/message")
    desk.world.say(COORDINATOR, "/alerts")
    desk.world.say(COORDINATOR, "Where is the hospital?")
    assert "Who is to get it" not in desk.world.phone(COORDINATOR).text()


# --- the morning digest -------------------------------------------------------------------------


def morning(core: Core, small: Small, *instants: datetime) -> list[datetime]:
    """Look for digests at these instants, and deliver them. Returns when they were made."""
    for now in (small.world.now, *instants):
        digest.wake(core, now, 100)
    small.world.clock.set(instants[-1])
    small.world.deliver()
    return [row.created_at for row in rows(core, Outbox, Outbox.key.like("digest:%"))]


def leaves_tomorrow(core: Core, small: Small) -> None:
    change_stay(core, small, return_date=date(2026, 3, 4))


def test_a_morning_with_nothing_to_say_is_silent_and_looked_at_once(core: Core, desk: Small) -> None:
    assert morning(core, desk, march(3, 6, 59), march(3, 7), march(3, 9)) == []
    (row,) = rows(core, Membership, Membership.role == "coordinator")
    assert (row.digest_on, row.digest_next) == (date(2026, 3, 3), march(4, 7))


def test_what_the_night_brought_comes_once_at_the_hour_of_home(core: Core, desk: Small) -> None:
    desk.world.travel(march(3, 9))
    shown = [m for m in desk.world.phone(COORDINATOR).messages if "Good morning" in m.text]
    assert [m.at for m in shown] == [march(3, 7)]
    assert "One alert is open: Lea Beispiel" in shown[0].text
    assert "No answer to yesterday's check-in: Lea Beispiel" in shown[0].text
    assert shown[0].silent


def test_returns_are_told_the_day_before_and_on_the_day(core: Core, desk: Small) -> None:
    leaves_tomorrow(core, desk)
    assert morning(core, desk, march(3, 7), march(4, 7), march(5, 7)) == [march(3, 7), march(4, 7)]
    for line in ("Return tomorrow from Seville: Lea Beispiel", "Return today from Seville: Lea Beispiel"):
        assert line in desk.world.phone(COORDINATOR).text()


def test_the_hour_is_chosen_in_the_settings(core: Core, desk: Small) -> None:
    leaves_tomorrow(core, desk)
    desk.world.say(COORDINATOR, "/settings")
    desk.world.tap(COORDINATOR, "Morning digest")
    desk.world.tap(COORDINATOR, "06:30")
    assert "06:30" in last(desk)
    assert morning(core, desk, march(3, 5, 29), march(3, 5, 30)) == [march(3, 5, 30)]


def test_who_wants_none_gets_none(core: Core, desk: Small) -> None:
    leaves_tomorrow(core, desk)
    desk.world.say(COORDINATOR, "/settings")
    desk.world.tap(COORDINATOR, "Morning digest")
    desk.world.tap(COORDINATOR, "No digest")
    assert morning(core, desk, march(3, 7)) == []


def test_one_digest_tells_of_all_cohorts(core: Core, desk: Small) -> None:
    autumn = second_cohort(core, desk)
    leaves_tomorrow(core, desk)
    with core.store.transaction() as session:
        lea = session.get_one(Placement, desk.placements["lea"])
        facts = {column.key: getattr(lea, column.key) for column in inspect(Placement).columns if column.key != "id"}
        session.add(Placement(**(facts | {"cohort_id": autumn})))
    assert morning(core, desk, march(3, 7)) == [march(3, 7)]
    assert last(desk).count("Return tomorrow from Seville") == 2


def test_one_held_up_till_the_afternoon_is_dropped(core: Core, desk: Small) -> None:
    leaves_tomorrow(core, desk)
    assert morning(core, desk, march(3, 13), march(4, 7)) == [march(4, 7)]


def test_nobody_who_is_away_or_has_blocked_the_bot_gets_one(core: Core, desk: Small) -> None:
    leaves_tomorrow(core, desk)
    change(core, rows(core, Membership, Membership.code == "C01")[0], away_until=march(4, 0))
    assert morning(core, desk, march(3, 7)) == []
    desk.world.block(COORDINATOR)
    assert morning(core, desk, march(4, 7)) == []
