"""Learners and families without Telegram: a contact person calls, and what they heard counts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.errors import BadInput
from bot.service import broadcast_plan, broadcasts, call_tasks, learner_card, learners, own_data, step_calls
from bot.service.core import Core
from bot.store.tables import Alert, CallTask, CheckIn, Consent, DueStep, Placement, Point, StepRun
from tests.support.cohort import REFERENT, Begin, Small, small_cohort
from tests.support.looking import change_stay, march, rows

MODULES = ("travel", "housing", "work", "health", "going-out", "online", "limits", "emergencies")


def without_telegram(core: Core) -> Small:
    """Lea, who has no Telegram, is abroad; the contact persons have joined."""
    small = small_cohort(core, start=march(2, 11))
    small.join_staff()
    with core.store.transaction() as session:
        session.get_one(Placement, small.placements["lea"]).by_phone = True
    small.world.turn()
    return small


@pytest.fixture
def called(begin: Begin) -> Small:
    return begin(without_telegram)


def heard(called: Small) -> str:
    return re.sub("<[^>]*>", "", called.world.phone(REFERENT).text())


def check_in(core: Core) -> CheckIn:
    """The first day's; those of the next days are planned."""
    with core.store.transaction() as session:
        row = session.scalars(select(CheckIn).order_by(CheckIn.day)).first()
        assert row is not None
        session.expunge(row)
        return row


def test_the_contact_person_is_asked_to_call_at_the_learners_hour(core: Core, called: Small) -> None:
    called.world.travel(march(2, 18))
    told = heard(called)
    assert "Please call Lea Beispiel now: +33 6 39 98 00 01" in told
    assert check_in(core).state == "delivered"


def test_what_was_heard_on_the_telephone_counts_as_the_answer(core: Core, called: Small) -> None:
    called.world.travel(march(2, 18))
    called.world.tap(REFERENT, "They are fine")
    assert (check_in(core).state, check_in(core).answer) == ("answered", "fine")
    called.world.travel(march(2, 23))
    with core.store.transaction() as session:
        assert session.scalars(select(Alert)).all() == []


def test_a_call_that_nobody_records_alerts_as_a_missed_check_in(core: Core, called: Small) -> None:
    called.world.travel(march(2, 21))
    with core.store.transaction() as session:
        assert [a.reason for a in session.scalars(select(Alert))] == ["not_answered"]


def test_a_cry_for_help_on_the_telephone_is_an_alert(core: Core, called: Small) -> None:
    called.world.travel(march(2, 18))
    called.world.tap(REFERENT, "They need help")
    with core.store.transaction() as session:
        assert [(a.reason, a.severity) for a in session.scalars(select(Alert))] == [("asked_for_help", "red")]


def test_a_message_is_read_out_and_the_report_says_so(core: Core, called: Small) -> None:
    now = called.world.now
    plan = broadcast_plan.plan(core, broadcast_plan.Request("SPRING", "now", "The bus leaves at ten."), now)
    assert (plan.by_phone, plan.not_joined) == (["L01"], [])
    number = broadcast_plan.schedule(core, plan, now)
    called.world.turn()
    told = heard(called)
    assert "Please read this to Lea Beispiel" in told
    assert "The bus leaves at ten." in told
    assert [(c["what"], c["text"]) for c in call_tasks.listing(core, "SPRING", now)] == [
        ("message", "The bus leaves at ten.")
    ]
    called.world.tap(REFERENT, "I've told them")
    assert [(r["state"], r["why"]) for r in broadcasts.report(core, number)] == [("by_phone", "told")]


# --- the journey ----------------------------------------------------------------------------------


@pytest.fixture
def told(core: Core, called: Small) -> Small:
    """Lea signed on paper that she takes part; her check-ins are on Sundays, far from what is looked at."""
    change_stay(core, called, check_in_days="sun")
    found = learners.consent_on_paper(core, "L01", None, "2026-03-02", True, called.world.now, "data")
    assert found["journey_open"]
    called.world.turn()
    return called


def journey_calls(core: Core) -> list[CallTask]:
    return rows(core, CallTask, CallTask.day.is_not(None))


def days_on(small: Small, core: Core, day: int) -> None:
    """Look once an hour until the first call about the journey has been made, or that day is over."""
    while not journey_calls(core) and small.world.now < march(day, 20):
        small.world.travel(small.world.now + timedelta(hours=1))


def test_what_is_due_on_a_day_is_one_call_and_told_is_done_without_points(core: Core, told: Small) -> None:
    days_on(told, core, 5)
    (call,) = journey_calls(core)
    assert "They have no Telegram, and this is due" in heard(told)
    waiting = call_tasks.listing(core, "SPRING", told.world.now)
    assert [c["task"] for c in waiting if c["what"] == "journey"] == [call.id]
    told.world.tap(REFERENT, "Told")
    done = {run.step for run in rows(core, StepRun, StepRun.state == "done")}
    assert done == {step for step in call.steps or [] if not step.endswith("-quiz")}  # nobody passes by being told
    assert done
    assert rows(core, Point) == []
    assert [c["outcome"] for c in learner_card.show(core, "L01", None, told.world.now)["calls"]] == ["told"]
    assert own_data.export(core, "L01", None, told.world.now).data["call_task"][0]["steps"] == call.steps
    own_data.erase(core, "L01", None, told.world.now)
    assert rows(core, CallTask) == []


@pytest.mark.parametrize(
    "kind, item, said",
    [
        ("lesson", "host-1-welcome", "• The Learning Agreement"),
        ("checklist", "documents", "• "),
        ("text", "the-dip", "Around now many people get tired"),
    ],
)
def test_a_call_says_what_there_is_to_tell_about_a_step(core: Core, kind: str, item: str, said: str) -> None:
    words = step_calls.what_to_say(core.content, core.content.items[kind, item], "en", "Europe/Madrid")
    assert said in words
    assert len(words) <= step_calls.LONGEST + 2


def test_what_was_due_before_a_late_yes_on_paper_is_told_over_the_next_days(core: Core, told: Small) -> None:
    told.world.travel(march(4, 20))
    calls = [call for call in journey_calls(core) if call.day and call.day <= march(4, 20).date()]
    assert [call.day for call in calls] == [march(n, 20).date() for n in (2, 3, 4)]
    steps = [step for call in calls for step in call.steps or []]
    assert {f"safety-{module}" for module in MODULES} <= set(steps)
    assert len(steps) == len(set(steps))


def test_a_call_put_off_comes_again_the_next_day_and_lapses_after_the_third(core: Core, told: Small) -> None:
    days_on(told, core, 5)
    first = journey_calls(core)[0]
    assert first.day
    assert first.steps
    for n in range(3):
        told.world.tap(REFERENT, "Later")
        told.world.travel(first.created_at + timedelta(days=n + 1, minutes=30))
    calls = journey_calls(core)
    with_it = [call.day for call in calls if first.steps[0] in (call.steps or [])]
    assert with_it == [first.day + timedelta(days=n) for n in range(3)]
    assert len({call.day for call in calls}) == len(calls)
    (row,) = rows(core, DueStep, DueStep.step == first.steps[0])
    assert (row.state, row.why) == ("expired", "nobody could tell it")


def test_who_has_telegram_consents_in_the_chat_alone(core: Core, small: Small) -> None:
    with pytest.raises(BadInput, match="in the chat"):
        learners.consent_on_paper(core, "L01", None, "2026-02-01", True, small.world.now, "data")
    assert rows(core, Consent) == []
