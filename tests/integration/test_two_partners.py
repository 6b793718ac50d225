"""Two partners in one installation, each sending to the other: who of B sees what of A's learners, and who does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

import bot.flows
from bot.errors import BadInput, NotAllowed, NotFound
from bot.flows.router import COMMANDS
from bot.rules.alert import Reason, Severity
from bot.service import alerts, cohorts, digest, organisations, referents
from bot.service.core import Core
from bot.store.tables import (
    Alert,
    Cohort,
    CohortMessage,
    Consent,
    Invite,
    JournalEntry,
    Membership,
    Organisation,
    Placement,
    Project,
    Relay,
    StepRun,
)
from tests.support.cohort import Small, add_learner, add_staff
from tests.support.looking import march, rows

B_REFERENT, B_COORDINATOR, B_WHOLE, B_LOCAL, CONSORTIUM, B_SAFEGUARDING = 31, 32, 33, 34, 35, 36
WRONG_SIDE = {"referent": B_REFERENT, "coordinator": B_COORDINATOR, "coordinator of all": B_WHOLE}
A_NAMES = ("Beispiel", "Exemplo", "SPRING")


@dataclass
class Partners:
    """A's cohort SPRING (Lea and Ben, abroad, an alert open), B's cohort AUTUMN (Bea), one project of both."""

    a: Small
    b: Small

    def said(self, chat: int, words: str) -> str:
        """What somebody reads after these words."""
        mark = len(self.a.world.phone(chat).messages)
        self.a.world.say(chat, words)
        return "\n".join(m.text for m in self.a.world.phone(chat).messages[mark:])


@pytest.fixture
def partners(core: Core, abroad: Small) -> Partners:
    now = abroad.world.now
    for code, name in (("A", "Lycée Exemple"), ("B", "Centro Ejemplo")):
        organisations.create(core, code, name, "sending", None, now)
    organisations.create_project(core, organisations.NewProject("KA121-27", "Both ways", "A", "KA121-VET"), now)
    cohorts.create(
        core, cohorts.NewCohort("AUTUMN", "Autumn", "learner-short", project="KA121-27", organisation="B"), now
    )
    organisations.place(core, "SPRING", "KA121-27", "A", now)
    b = Small(abroad.world, rows(core, Cohort, Cohort.code == "AUTUMN")[0].id)
    add_staff(core, b, "claire", "Bruna", "Fictiva", "referent", "R01")
    b.memberships["marco"] = b.memberships["claire"]
    add_staff(core, b, "nora", "Bob", "Fictivo", "coordinator", "C01")
    add_learner(core, b, "bea", "Bea", "Muster", "L01")
    add_staff(core, abroad, "luz", "Luz", "Ejemplo", "local_contact", "LC")  # works for B, looks after Lea there
    add_learner(core, abroad, "ben", "Ben", "Exemplo", "L02")
    wide = {}
    for name, scope, role in (
        ("whole", {"organisation": "B"}, "coordinator"),
        ("consortium", {"project": "KA121-27"}, "coordinator"),
        ("safe", {"organisation": "B"}, "safeguarding"),
    ):
        new = referents.NewReferent(f"Wanda {name.title()}", None, role=role, **scope)
        wide[name] = referents.add(core, new, now).token
    with core.store.transaction() as session:
        lea = session.get_one(Placement, abroad.placements["lea"])
        lea.local_contact_id = abroad.memberships["luz"]
    tokens = {
        B_REFERENT: b.tokens["claire"], B_COORDINATOR: b.tokens["nora"], B_LOCAL: abroad.tokens["luz"],
        B_WHOLE: wide["whole"], CONSORTIUM: wide["consortium"], B_SAFEGUARDING: wide["safe"],
    }  # fmt: skip
    for chat, token in tokens.items():
        abroad.world.say(chat, f"/start {token}")
        abroad.world.tap(chat, "English")
    with core.store.transaction() as session:
        lea = session.get_one(Placement, abroad.placements["lea"])
        alerts.raise_alert(core, session, lea, Reason.NOT_ANSWERED, Severity.RED, abroad.world.now)
    abroad.world.turn()
    return Partners(abroad, b)


def patterns() -> Iterator[str]:
    """Every shape of callback data that the flows make, with `{}` for each value."""
    for file in sorted(Path(bot.flows.__file__).parent.glob("*.py")):
        for found in re.findall(r'f?"([a-z_]+:[a-z_]+(?::[^"\s]*)?)"', file.read_text(encoding="utf-8")):
            yield re.sub(r"\{[^}]*\}", "{}", found)


def facts_of_a(core: Core, a: Small) -> list[object]:
    """All of A's that B's people must not change."""
    ours = [a.placements["lea"], a.placements["ben"]]
    people = [a.people["lea"], a.people["ben"]]
    return [
        [(x.acknowledged_by, x.resolved_at, x.level) for x in rows(core, Alert, Alert.placement_id.in_(ours))],
        [(r.step, r.state) for r in rows(core, StepRun, StepRun.placement_id.in_(ours))],
        [(c.kind, c.given, c.withdrawn_at) for c in rows(core, Consent, Consent.person_id.in_(people))],
        [(p.referent_id, p.return_date, p.ended_on) for p in rows(core, Placement, Placement.id.in_(ours))],
        [(m.role, m.ended_at, m.away_until) for m in rows(core, Membership, Membership.cohort_id == a.cohort_id)],
        [(c.name, c.check_in_at) for c in rows(core, Cohort, Cohort.id == a.cohort_id)],
        len(rows(core, Relay, Relay.placement_id.in_(ours))), len(rows(core, JournalEntry)),
        len(rows(core, Invite, Invite.cohort_id == a.cohort_id)),
        len(rows(core, CohortMessage, CohortMessage.cohort_id == a.cohort_id)),
    ]  # fmt: skip


@pytest.mark.parametrize("chat", WRONG_SIDE.values(), ids=WRONG_SIDE)
def test_no_command_or_made_up_button_shows_or_changes_anything_of_the_other_partner(
    core: Core, partners: Partners, chat: int
) -> None:
    a, world = partners.a, partners.a.world
    before, mark = facts_of_a(core, a), len(world.phone(chat).messages)
    ids = {a.placements["lea"], a.people["lea"], a.cohort_id, a.memberships["claire"], rows(core, Alert)[0].id}
    made_up = {shape.replace("{}", str(number)) for shape in patterns() for number in ids}
    assert len(made_up) > 200
    for name in COMMANDS:
        world.say(chat, f"/{name}")
    for data in sorted(made_up - {"privacy:erase:yes"}):  # who has erased themselves cannot try the rest
        with suppress(NotAllowed, NotFound):  # would be put aside, and answered with that
            world.forge(chat, data)
    world.say(chat, "Lea, are you there?")
    seen = "\n".join(
        f"{m.text} {m.buttons}" for m in world.phone(chat).messages[mark:]
    ) + "\n".join(world.phone(chat).toasts)  # fmt: skip
    assert [name for name in A_NAMES if name in seen] == []
    assert facts_of_a(core, a) == before


def test_each_side_sees_its_own(partners: Partners) -> None:
    assert "Bea Muster" in partners.said(B_REFERENT, "/learners")
    assert "Autumn" in partners.said(B_COORDINATOR, "/cohort")
    assert "Bea Muster" in partners.said(B_WHOLE, "/learners")
    assert "Autumn" in partners.said(B_WHOLE, "/cohort")


def test_a_local_contact_of_the_partner_sees_the_learner_assigned_and_no_other(partners: Partners) -> None:
    seen = partners.said(B_LOCAL, "/learners") + partners.said(B_LOCAL, "/alerts")
    assert "Lea Beispiel" in seen
    assert "Exemplo" not in seen
    assert "Spring" not in partners.said(B_LOCAL, "/cohort")


def test_a_coordinator_of_the_consortium_sees_the_learners_cohorts_and_alerts_of_all(partners: Partners) -> None:
    seen = partners.said(CONSORTIUM, "/learners")
    assert all(name in seen for name in ("Lea Beispiel", "Ben Exemplo", "Bea Muster"))
    assert "Lea Beispiel" in partners.said(CONSORTIUM, "/alerts")
    partners.a.world.say(CONSORTIUM, "/cohort")
    assert {"Spring", "Autumn"} <= {
        word for label, _ in partners.a.world.phone(CONSORTIUM).last.buttons for word in re.split(r"\W+", label)
    }


def test_the_morning_digest_tells_each_partner_only_of_their_own(core: Core, partners: Partners) -> None:
    marks = {chat: len(partners.a.world.phone(chat).messages) for chat in (B_COORDINATOR, B_WHOLE, CONSORTIUM)}
    for morning in (march(2, 11), march(3, 8)):
        partners.a.world.clock.set(morning)
        digest.wake(core, morning, 100)
    partners.a.world.deliver()
    said = {
        chat: "\n".join(m.text for m in partners.a.world.phone(chat).messages[mark:]) for chat, mark in marks.items()
    }
    assert "Lea" in said[CONSORTIUM]
    assert [name for name in (*A_NAMES, "Spring") if name in said[B_COORDINATOR] + said[B_WHOLE]] == []


def test_a_cohort_that_moves_takes_who_sees_it_with_it_at_once(core: Core, partners: Partners) -> None:
    assert "Lea Beispiel" not in partners.said(B_WHOLE, "/learners")
    organisations.place(core, "SPRING", None, "B", partners.a.world.now)
    assert "Lea Beispiel" in partners.said(B_WHOLE, "/learners")


def test_a_role_in_a_whole_organisation_ends_and_opens_nothing_more(core: Core, partners: Partners) -> None:
    code = next(one["code"] for one in organisations.show(core, "B")["people"] if one["role"] == "coordinator")
    referents.end_wide(core, code, None, "B", partners.a.world.now)
    assert "Bea Muster" not in partners.said(B_WHOLE, "/learners")


def test_a_partner_written_down_gains_no_sight(core: Core, partners: Partners) -> None:
    organisations.set_partner(core, "SPRING", "B", "host", partners.a.world.now)
    assert organisations.show(core, "B")["partner_of"] == [{"cohort": "SPRING", "part": "host"}]
    assert "Lea Beispiel" not in partners.said(B_WHOLE, "/learners")


def test_a_referent_of_a_whole_organisation_is_refused(core: Core, partners: Partners) -> None:
    with pytest.raises(BadInput, match="holds in a cohort"):
        referents.add(core, referents.NewReferent("Nobody", None, organisation="B"), partners.a.world.now)
    with pytest.raises(BadInput, match="Name one of"):
        referents.add(core, referents.NewReferent("Nobody", "SPRING", organisation="B"), partners.a.world.now)


def test_lists_keep_to_one_organisation_or_project(core: Core, partners: Partners) -> None:
    assert [row["code"] for row in cohorts.listing(core, organisation="b")] == ["AUTUMN"]
    assert [row["code"] for row in cohorts.listing(core, project="ka121-27")] == ["SPRING", "AUTUMN"]
    found = organisations.show_project(core, "KA121-27")
    assert [(c["code"], c["organisation"]) for c in found["cohorts"]] == [("SPRING", "A"), ("AUTUMN", "B")]
    assert len(rows(core, Organisation)) == 3
    assert len(rows(core, Project)) == 2
