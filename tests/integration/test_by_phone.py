"""Learners and families without Telegram: a contact person calls, and what they heard counts."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from bot.service import broadcast_plan, broadcasts, call_tasks
from bot.service.core import Core
from bot.store.tables import Alert, CheckIn, Placement
from tests.support.cohort import REFERENT, Small, small_cohort
from tests.support.looking import march


@pytest.fixture
def called(core: Core) -> Small:
    """Lea, who has no Telegram, is abroad; the contact persons have joined."""
    small = small_cohort(core, start=march(2, 11))
    small.join_staff()
    with core.store.transaction() as session:
        session.get_one(Placement, small.placements["lea"]).by_phone = True
    small.world.turn()
    return small


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
