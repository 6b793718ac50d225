"""Callback data is never trusted: what each role can and cannot reach in the chat by making it up."""

from __future__ import annotations

import pytest

from bot.service.core import Core
from bot.store.tables import Alert, CheckIn, Consent, Invite, JournalEntry, Membership, Placement, Relay, StepRun
from tests.support.cohort import GUARDIAN, LEARNER, REFERENT, SECOND_LEARNER, Begin, Small, abroad_cohort, add_learner
from tests.support.looking import SEVENTEEN, add_guardian, dump, march, rows, set_person

EVERYTHING = [
    "alerts:ack:{alert}", "alerts:spoke:{alert}", "alerts:open:{alert}", "alerts:write:{alert}", "settle:no:{alert}",
    "check_in:help:{check_in}", "check_in:fine:{check_in}", "learners:one:{placement}", "learners:unlink:{placement}",
    "learners:really:{placement}", "learners:write:{placement}", "relay:to:{placement}:{person}",
    "step:goals:open", "step:documents:tick:0", "join:child:yes", "join:yes", "privacy:erase:no", "learners:open:99",
]  # fmt: skip


def with_ben(core: Core) -> Small:
    """Ben has joined as well, and Lea's check-in of today was missed."""
    abroad = abroad_cohort(core)
    add_learner(core, abroad, "ben", "Ben", "Exemplo", "L02")
    abroad.join("ben", SECOND_LEARNER)
    abroad.world.travel(march(2, 18))
    abroad.world.tap(SECOND_LEARNER, "I'm fine")
    abroad.world.travel(march(2, 20))
    return abroad


@pytest.fixture
def two(begin: Begin) -> Small:
    return begin(with_ben)


def leas(core: Core, small: Small) -> dict[str, int]:
    placement = small.placements["lea"]
    return {
        "alert": rows(core, Alert, Alert.placement_id == placement)[0].id,
        "check_in": rows(core, CheckIn, CheckIn.placement_id == placement)[0].id,
        "placement": placement,
        "person": small.people["lea"],
    }


def facts(core: Core, small: Small) -> tuple[object, ...]:
    """All of Lea's that somebody else must not change."""
    placement = small.placements["lea"]
    return (
        [(a.acknowledged_by, a.resolved_at) for a in rows(core, Alert, Alert.placement_id == placement)],
        [(c.answer, c.state) for c in rows(core, CheckIn, CheckIn.placement_id == placement)],
        [(r.step, r.state) for r in rows(core, StepRun, StepRun.placement_id == placement)],
        [c.given for c in rows(core, Consent, Consent.person_id == small.people["lea"])],
        len(rows(core, Relay, Relay.placement_id == placement)), len(rows(core, JournalEntry)), len(rows(core, Invite)),
        [p.person_id for p in rows(core, Placement)],
    )  # fmt: skip


@pytest.mark.parametrize("chat", [SECOND_LEARNER, 99], ids=["another learner", "a stranger"])
def test_made_up_data_changes_nothing_of_lea_and_shows_nothing_of_her(core: Core, two: Small, chat: int) -> None:
    before, ids = facts(core, two), leas(core, two)
    for data in EVERYTHING:
        two.world.forge(chat, data.format(**ids))
        two.world.say(chat, "words that may be awaited now")
        assert facts(core, two) == before, data
        assert "Beispiel" not in two.world.phone(chat).text(), data


def test_learners_see_no_desk(two: Small) -> None:
    for command in ("/learners", "/alerts"):
        two.world.say(LEARNER, command)
        assert "contact persons" in two.world.phone(LEARNER).last.text


def test_a_guardian_sees_no_alerts_check_ins_or_journal_of_their_child(core: Core, two: Small) -> None:
    set_person(core, two.people["lea"], birth_date=SEVENTEEN)
    add_guardian(core, two, "lea", "Paul", "Beispiel")
    two.world.say(GUARDIAN, f"/start {two.tokens['Paul']}")
    two.world.tap(GUARDIAN, "English")
    before = facts(core, two)
    ids = leas(core, two)
    for data in EVERYTHING:
        if not data.startswith("join"):
            two.world.forge(GUARDIAN, data.format(**ids))
    two.world.say(GUARDIAN, "/learners")
    two.world.say(GUARDIAN, "/alerts")
    assert facts(core, two) == before
    assert "Did not answer" not in two.world.phone(GUARDIAN).text()


def test_a_referent_cannot_answer_a_learners_check_in_or_do_their_steps(core: Core, two: Small) -> None:
    before = facts(core, two)
    ids = leas(core, two)
    for data in ("check_in:fine:{check_in}", "step:goals:open", "join:yes", "privacy:consent:yes", "sos:mistake"):
        two.world.forge(REFERENT, data.format(**ids))
    assert facts(core, two) == before


def test_a_role_that_ended_opens_nothing(core: Core, two: Small) -> None:
    with core.store.transaction() as session:
        session.get_one(Membership, two.memberships["claire"]).ended_at = two.world.now
    mark = len(two.world.phone(REFERENT).messages)
    before = facts(core, two)
    for data in EVERYTHING:
        two.world.forge(REFERENT, data.format(**leas(core, two)))
    two.world.say(REFERENT, "/learners")
    assert facts(core, two) == before
    assert not any("Beispiel" in m.text for m in two.world.phone(REFERENT).messages[mark:])


def test_no_update_shows_a_token_of_anybody(core: Core, two: Small) -> None:
    seen = two.world.phone(LEARNER).text() + two.world.phone(REFERENT).text() + two.world.phone(SECOND_LEARNER).text()
    for invite in rows(core, Invite):
        assert invite.token is None or invite.token not in seen
    assert dump(core)
