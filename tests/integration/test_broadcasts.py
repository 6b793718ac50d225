"""Cohort messages: whose clock, who is disturbed, which words, what goes out, calling it off."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.errors import BadInput, NotFound
from bot.flows.vocabulary import decode_screen
from bot.service import broadcast_plan, broadcasts, learners, planning
from bot.service.broadcast_plan import Request
from bot.service.core import Core
from bot.service.import_file import import_cohort
from bot.store.tables import DayCount, MessageCopy, Outbox, Placement
from tests.support.desk import CODE, NOW, cohort, join, listed

MINOR = {"birth_date": "2009-01-01", "guardian_name": "Anne Exemple"}


def schedule(core: Core, at: str = "now", text: str = "Hello", now: datetime = NOW, **more: object) -> int:
    plan = broadcast_plan.plan(core, Request(CODE, at, text, **more), now)  # type: ignore[arg-type]
    return broadcast_plan.schedule(core, plan, now)


def dues(core: Core, message_id: int) -> list[datetime]:
    with core.store.transaction() as session:
        rows = session.scalars(
            select(MessageCopy.due_at).where(MessageCopy.message_id == message_id).order_by(MessageCopy.id)
        )
        return list(rows)


def sent_texts(core: Core) -> list[str]:
    with core.store.transaction() as session:
        rows = session.scalars(select(Outbox.payload).where(Outbox.kind == "message").order_by(Outbox.id))
        return [str(decode_screen(payload).body[0].args["words"]) for payload in rows]


def three(core: Core) -> None:
    """One in Seville, one in Faro (an hour behind), one still at home."""
    cohort(core)
    people = (
        {},
        {"code": "L02", "host_city": "Porto", "host_country": "PT"},
        {"code": "L03", "arrival_date": "2026-04-10", "return_date": "2026-04-20", "language": "de"},
    )
    import_cohort(core, CODE, listed(*people), NOW)


def test_each_gets_it_at_their_own_local_hour(core: Core) -> None:
    three(core)
    found = dues(core, schedule(core, "2026-03-02 18:00"))
    assert [due.hour for due in found] == [17, 18, 17]
    assert {due.tzinfo for due in found} == {UTC}


def test_who_came_home_early_gets_it_at_the_hour_of_home(core: Core) -> None:
    three(core)
    message = schedule(core, "2026-03-10 18:00")
    learners.end(core, "L02", CODE, "2026-03-05", NOW)
    planning.plan(core, NOW, 10)
    assert [due.hour for due in dues(core, message)] == [17, 17, 17]


def test_on_the_day_of_return_the_hour_is_that_of_the_host(core: Core) -> None:
    three(core)
    message = schedule(core, "2026-03-10 18:00")
    learners.end(core, "L02", CODE, "2026-03-10", NOW)
    planning.plan(core, NOW, 10)
    assert [due.hour for due in dues(core, message)] == [17, 18, 17]


def test_one_that_was_held_till_morning_keeps_waiting_when_stays_are_planned_again(core: Core) -> None:
    three(core)
    message = schedule(core, "2026-03-02 18:00")
    night, morning = datetime(2026, 3, 2, 23, tzinfo=UTC), datetime(2026, 3, 3, 6, tzinfo=UTC)
    with core.store.transaction() as session:
        session.execute(update(MessageCopy).values(due_at=morning))
        session.execute(update(Placement).values(plan_at=night))
    planning.plan(core, night, 10)
    assert set(dues(core, message)) == {morning}


def test_home_time_is_one_instant(core: Core) -> None:
    three(core)
    assert len(set(dues(core, schedule(core, "2026-03-02 18:00", timezone="home")))) == 1


def test_a_stage_is_the_one_at_that_instant(core: Core) -> None:
    three(core)
    assert len(dues(core, schedule(core, "2026-03-02 18:00", stage="during"))) == 2
    assert len(dues(core, schedule(core, "2026-03-02 18:00", stage="before"))) == 1
    with pytest.raises(BadInput, match="there are no learners after the stay"):
        schedule(core, "2026-03-02 18:00", stage="after")


@pytest.mark.parametrize(("to", "codes"), [("referents", {"claire", "paul", "ines"}), ("families", {"L01-family"})])
def test_an_audience_is_a_role(core: Core, to: str, codes: set[str]) -> None:
    cohort(core)
    import_cohort(core, CODE, listed(MINOR), NOW)
    plan = broadcast_plan.plan(core, Request(CODE, "now", "Hello", to=to), NOW)
    assert {copy.code for copy in plan.copies} == codes


def test_quiet_hours_of_anybody_refuse_it_naming_them_unless_urgent(core: Core) -> None:
    three(core)
    with pytest.raises(BadInput, match=r"quiet hours 22:00-07:00 of L01 .*L03") as caught:
        schedule(core, "2026-03-02 22:30", timezone="home")
    assert "L02" not in str(caught.value)
    assert len(dues(core, schedule(core, "2026-03-02 22:30", urgent=True))) == 3


def test_hours_that_are_over_are_listed_and_refused(core: Core) -> None:
    three(core)
    now = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
    with pytest.raises(BadInput, match=r"hour is over for L01 .*L03") as caught:
        schedule(core, "2026-03-02 18:00", now=now)
    assert "L02" not in str(caught.value)


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        ({"at": "tomorrow"}, "is not a date with a time"),
        ({"at": "2026-03-02"}, "is not a date with a time"),
        ({"at": "2026-02-30 18:00"}, "no day of the calendar"),
        ({"text": "  "}, "The message is empty"),
        ({"text": "x" * 4097}, "Telegram takes at most 4096"),
        ({"text": "🙂" * 2049}, "4098 characters"),
        ({"to": "everybody"}, "“everybody” is not an audience"),
        ({"stage": "later"}, "“later” is not a stage"),
        ({"timezone": "UTC"}, "--timezone"),
        ({"translations": {"french": "Bonjour"}}, "not a language tag"),
        ({"to": "hosts"}, "there are no hosts"),
    ],
)
def test_what_cannot_be_sent_is_refused_in_one_sentence(core: Core, request_: dict[str, object], says: str) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}), NOW)
    with pytest.raises(BadInput, match=says):
        schedule(core, **request_)  # type: ignore[arg-type]


def test_each_reads_their_own_language_and_the_rest_the_original(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({"language": "fr-CA"}, {"code": "L02", "language": "nl"}), NOW)
    join(core, "L01", "L02")
    schedule(core, text="Hello", translations={"fr": "Bonjour", "de": "Hallo"})
    broadcasts.fire(core, NOW, 100)
    assert sent_texts(core) == ["Bonjour", "Hello"]


def test_languages_without_a_version_are_counted_before_sending(core: Core) -> None:
    three(core)
    plan = broadcast_plan.plan(core, Request(CODE, "now", "Hello", {"de": "Hallo"}), NOW)
    assert plan.untranslated == {"fr": 2}


# --- sending ------------------------------------------------------------------------------------


def test_what_is_due_is_queued_once(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}), NOW)
    join(core, "L01")
    schedule(core)
    assert [broadcasts.fire(core, NOW, 100), broadcasts.fire(core, NOW, 100)] == [1, 0]
    assert len(sent_texts(core)) == 1


def test_nothing_goes_out_before_its_hour(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}), NOW)
    join(core, "L01")
    due = dues(core, schedule(core, "2026-03-02 18:00"))[0]
    assert broadcasts.fire(core, due - timedelta(seconds=1), 100) == 0
    assert broadcasts.fire(core, due, 100) == 1


def test_who_has_not_joined_gets_nothing_and_is_counted(core: Core) -> None:
    three(core)
    join(core, "L01")
    plan = broadcast_plan.plan(core, Request(CODE, "now", "Hello"), NOW)
    assert plan.not_joined == ["L02", "L03"]
    broadcast_plan.schedule(core, plan, NOW)
    broadcasts.fire(core, NOW, 100)
    row = broadcasts.listing(core, CODE)[0]
    assert (row["recipients"], row["waiting"], row["unreachable"]) == (3, 1, 2)


def test_a_message_fills_the_learners_day(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}), NOW)
    join(core, "L01")
    for text in ("one", "two"):
        schedule(core, text=text)
    broadcasts.fire(core, NOW, 100)
    with core.store.transaction() as session:
        count = session.scalars(select(DayCount)).one()
        stay = session.scalars(select(Placement)).one()
    assert (count.placement_id, count.day, count.sent) == (stay.id, date(2026, 2, 1), 2)


def test_after_an_outage_it_waits_for_the_morning_or_is_dropped(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}), NOW)
    join(core, "L01")
    message_id = schedule(core, "2026-03-02 18:00")
    night = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
    broadcasts.fire(core, night, 100)
    assert sent_texts(core) == []
    assert dues(core, message_id) == [datetime(2026, 3, 3, 6, 0, tzinfo=UTC)]
    broadcasts.fire(core, datetime(2026, 3, 9, 12, 0, tzinfo=UTC), 100)
    assert broadcasts.listing(core, CODE)[0]["expired"] == 1


def test_html_in_a_message_is_text(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}), NOW)
    join(core, "L01")
    schedule(core, text="<b>Hi</b>")
    broadcasts.fire(core, NOW, 100)
    with core.store.transaction() as session:
        body = decode_screen(session.scalars(select(Outbox.payload)).one()).body
    assert core.content.catalogues.html(body[0], "en", "UTC") == "&lt;b&gt;Hi&lt;/b&gt;"


# --- looking at it, calling it off --------------------------------------------------------------


def test_a_preview_is_what_one_person_will_see(core: Core) -> None:
    three(core)
    message_id = schedule(core, "2026-03-02 18:00", translations={"de": "Hallo"})
    found = broadcasts.preview(core, message_id, "l02", NOW)
    assert (found["text"], found["timezone"], found["due_at"]) == (
        "Hello",
        "Europe/Lisbon",
        "2026-03-02T18:00:00+00:00",
    )
    assert broadcasts.preview(core, message_id, "L03", NOW)["text"] == "Hallo"
    with pytest.raises(NotFound, match="goes to nobody with the code “claire”"):
        broadcasts.preview(core, message_id, "claire", NOW)


def test_a_cancelled_message_stops_what_is_planned_and_what_is_queued(core: Core) -> None:
    three(core)
    join(core, "L01", "L02", "L03")
    message_id = schedule(core, "2026-03-02 18:00")
    broadcasts.fire(core, datetime(2026, 3, 2, 17, 0, tzinfo=UTC), 100)
    assert broadcasts.cancel(core, message_id, NOW) == {"cancelled": 3, "already_out": 0}
    assert broadcasts.fire(core, datetime(2026, 3, 2, 19, 0, tzinfo=UTC), 100) == 0
    with core.store.transaction() as session:
        assert set(session.scalars(select(Outbox.state))) == {"cancelled"}
    with pytest.raises(BadInput, match="cancelled before"):
        broadcasts.cancel(core, message_id, NOW)


def test_a_message_that_does_not_exist_is_refused(core: Core) -> None:
    with pytest.raises(NotFound, match="There is no message 7"):
        broadcasts.cancel(core, 7, NOW)
