"""Cohorts, the people around them, their invites, and how a cohort stands."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from bot.errors import BadInput, NotFound
from bot.rules.alert import Reason, Severity
from bot.service import alert_list, alerts, cohorts, drills, guest_list, invites, referents, rollcall, status
from bot.service.core import Core
from bot.service.import_file import import_cohort
from bot.store.tables import CheckIn, Cohort, Invite, Outbox, Placement, TelegramAccount
from tests.support.desk import CODE, NOW, cohort, join, listed

ABROAD = NOW.replace(month=3, day=10)
NEW = {"code": "A", "name": "A", "journey": "learner-short"}


def test_a_cohort_keeps_its_settings_as_typed(core: Core) -> None:
    cohorts.create(core, cohorts.NewCohort(**NEW, check_in_at="7:30", check_in_days="Mon,Thu", grace="90m"), NOW)
    with core.store.transaction() as session:
        row = cohorts.find(session, "a")
    assert (row.check_in_at, row.check_in_days, row.reminder_after, row.grace) == ("07:30", "mon,thu", 3600, 5400)


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"code": "two words"}, "“two words” is not a code"),
        ({"name": "=1+1"}, "formula"),
        ({"journey": "nope"}, "no journey 'nope'; choose one of"),
        ({"home_timezone": "Europe/Pari"}, "use a name such as Europe/Paris"),
        ({"check_in_at": "25:00"}, "“25:00” is not a time of day"),
        ({"check_in_days": "mon,someday"}, "“someday”"),
        ({"grace": "soon"}, "“soon” is not a duration"),
        ({"grace": "60m"}, "must be longer than reminder-after “60m”"),
        ({"escalate_after": "0m"}, "escalate-after must be longer than 0"),
        ({"quiet_hours": "22:00"}, "“22:00” are not quiet hours"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_one_sentence(core: Core, setting: dict[str, str], says: str) -> None:
    with pytest.raises((BadInput, NotFound), match=says):
        cohorts.create(core, cohorts.NewCohort(**{**NEW, **setting}), NOW)
    assert cohorts.listing(core) == []


def test_a_code_is_taken_whatever_its_case(core: Core) -> None:
    cohort(core)
    with pytest.raises(BadInput, match="There is a cohort SPRING already"):
        cohort(core, "spring")


def test_all_cohorts_share_the_default_project(core: Core) -> None:
    cohort(core, "ONE")
    cohort(core, "TWO")
    with core.store.transaction() as session:
        assert len(set(session.scalars(select(Cohort.project_id)))) == 1


# --- referents ----------------------------------------------------------------------------------


def test_a_referent_without_a_code_gets_one_from_the_name(core: Core) -> None:
    cohort(core)
    link = referents.add(core, referents.NewReferent("Zoé Müller", CODE), NOW)
    again = referents.add(core, referents.NewReferent("Zoé Müller", CODE), NOW)
    assert (link.code, again.code) == ("zoe-muller", "zoe-muller-2")


def test_a_role_is_stored_with_an_underscore(core: Core) -> None:
    cohort(core)
    assert (
        referents.add(core, referents.NewReferent("Eva Muster", CODE, role="local-contact"), NOW).role
        == "local-contact"
    )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"code": "CLAIRE"}, "The code CLAIRE is taken"),
        ({"role": "boss"}, "“boss” is not a role"),
        ({"language": "xx-"}, "not a language tag"),
        ({"phone": "x"}, "not a telephone number"),
        ({"cohort": "AUTUMN"}, "no cohort “AUTUMN”"),
    ],
)
def test_a_referent_who_cannot_be_is_refused(core: Core, given: dict[str, str], says: str) -> None:
    cohort(core)
    with pytest.raises((BadInput, NotFound), match=says):
        referents.add(core, referents.NewReferent(**{"name": "Eva Muster", "cohort": CODE, **given}), NOW)


# --- invites ------------------------------------------------------------------------------------


def test_invites_that_can_be_used_are_listed_with_their_link(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}), NOW)
    rows = guest_list.listing(core, CODE, NOW)
    assert [row["code"] for row in rows] == ["claire", "paul", "ines", "L01"]
    assert all(row["url"].endswith(f"?start={row['token']}") for row in rows)


def test_used_and_expired_invites_are_listed_only_among_all(core: Core) -> None:
    cohort(core)
    with core.store.transaction() as session:
        invite = session.scalars(select(Invite).where(Invite.code == "claire")).one()
        invites.accept(session, invite.id, 5, NOW)
    later = NOW + invites.LASTS
    assert guest_list.listing(core, CODE, later) == []
    states = {row["code"]: row["state"] for row in guest_list.listing(core, CODE, later, everybody=True)}
    assert states == {"claire": "used", "paul": "expired", "ines": "expired"}


def test_a_new_invite_makes_the_old_one_useless(core: Core) -> None:
    cohort(core)
    old = next(row for row in guest_list.listing(core, CODE, NOW) if row["code"] == "claire")["token"]
    new = guest_list.reissue(core, CODE, "Claire", NOW)["token"]
    tokens = {row["token"] for row in guest_list.listing(core, CODE, NOW)}
    assert new in tokens
    assert old not in tokens


def test_a_revoked_invite_is_gone_and_revoking_twice_is_refused(core: Core) -> None:
    cohort(core)
    assert guest_list.revoke(core, CODE, "claire", NOW) == 1
    assert "claire" not in {row["code"] for row in guest_list.listing(core, CODE, NOW)}
    with pytest.raises(BadInput, match="no open invite"):
        guest_list.revoke(core, CODE, "claire", NOW)


def test_a_code_that_nobody_has_is_refused(core: Core) -> None:
    cohort(core)
    with pytest.raises(NotFound, match="Nobody in SPRING has the code “zoe”"):
        guest_list.reissue(core, CODE, "zoe", NOW)


def test_a_code_that_two_people_share_needs_the_role(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({"code": "claire"}), NOW)
    with pytest.raises(BadInput, match="write referent:claire or learner:claire"):
        guest_list.reissue(core, CODE, "claire", NOW)
    assert guest_list.reissue(core, CODE, "learner:claire", NOW)["role"] == "learner"


# --- status -------------------------------------------------------------------------------------


def test_status_counts_stages_and_names_who_is_missing(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}, {"code": "L02", "arrival_date": "2026-03-20"}), NOW)
    join(core, "L01", "claire", "paul")
    found = status.of_cohort(core, CODE, ABROAD)
    assert found["stages"] == {"candidate": 0, "before": 1, "during": 1, "after": 0}
    assert (found["learners"], found["joined"]) == (2, 1)
    assert found["waiting_for"]["joining"] == ["L02"]
    assert found["unreachable"] == [
        {"code": "ines", "name": "Inés Ejemplo", "role": "local-contact", "why": "not joined"}
    ]
    assert found["not_ready_because"][0] == "Not joined and away now or within two weeks: L02."


def test_status_names_blocked_people_and_open_alerts(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}), NOW)
    join(core, "L01", "claire", "paul", "ines")
    with core.store.transaction() as session:
        stay = session.scalars(select(Placement)).one()
        account = session.scalars(select(TelegramAccount).where(TelegramAccount.person_id == stay.person_id)).one()
        account.blocked_at = ABROAD
        alerts.raise_alert(core, session, stay, Reason.BLOCKED, Severity.AMBER, ABROAD)
    found = status.of_cohort(core, CODE, ABROAD)
    assert found["unreachable"] == [{"code": "L01", "name": "Léa Exemple", "role": "learner", "why": "blocked"}]
    assert [(a["learner"], a["reason"]) for a in found["open_alerts"]] == [("L01", "blocked")]


def test_an_alert_is_resolved_from_the_desk_once(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}), NOW)
    with core.store.transaction() as session:
        stay = session.scalars(select(Placement)).one()
        alerts.raise_alert(core, session, stay, Reason.NOT_ANSWERED, Severity.AMBER, ABROAD)
    alert = alert_list.listing(core, None, open_only=True)[0]
    assert set(alert) >= {
        "id", "cohort", "learner", "reason", "severity", "raised_at", "level", "acknowledged_by", "acknowledged_at",
        "resolved_at", "outcome",
    }  # fmt: skip
    assert alert_list.resolve(core, str(alert["id"]), "phone", ABROAD)[0]["outcome"] == "phone"
    assert alert_list.listing(core, CODE, open_only=True) == []
    with pytest.raises(BadInput, match="resolved before"):
        alert_list.resolve(core, str(alert["id"]), "phone", ABROAD)


# --- drill and roll call ------------------------------------------------------------------------


def test_a_drill_goes_to_everybody_on_every_ladder_and_to_no_learner(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}, {"code": "L02", "referent": "paul"}, {"code": "L03"}), NOW)
    chats = join(core, "L01", "L02", "L03", "claire", "paul", "ines")
    raised = drills.start(core, CODE, ABROAD)
    assert len(raised) == 2
    with core.store.transaction() as session:
        told = set(session.scalars(select(Outbox.chat_id)))
    assert told == {chats["claire"], chats["paul"], chats["ines"]}
    assert {row["reason"] for row in alert_list.listing(core, CODE, open_only=True)} == {"drill"}
    with pytest.raises(BadInput, match="A drill is open"):
        drills.start(core, CODE, ABROAD)


def test_a_drill_does_not_touch_a_real_alert(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}), NOW)
    join(core, "claire")
    with core.store.transaction() as session:
        stay = session.scalars(select(Placement)).one()
        alerts.raise_alert(core, session, stay, Reason.NOT_ANSWERED, Severity.AMBER, ABROAD)
    drills.start(core, CODE, ABROAD)
    rows = alert_list.listing(core, CODE, open_only=True)
    assert [(row["reason"], row["severity"]) for row in rows] == [("not_answered", "amber"), ("drill", "red")]


def test_a_drill_that_reaches_nobody_names_the_ladder_and_leaves_no_alert(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}), NOW)
    assert drills.start(core, CODE, ABROAD) == [{"id": None, "learner": "L01", "told": []}]
    assert alert_list.listing(core, CODE, open_only=False) == []


def test_a_roll_call_asks_everyone_abroad_now(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}, {"code": "L02"}, {"code": "L03", "arrival_date": "2026-03-20"}), NOW)
    join(core, "L01", "L03")
    called = rollcall.call(core, CODE, None, ABROAD)
    assert [(row["code"], row["state"]) for row in called] == [("L01", "asking"), ("L02", "not joined")]
    with core.store.transaction() as session:
        row = session.scalars(select(CheckIn)).one()
    assert (row.day, row.roll_call, row.state, row.wake_at) == (date(2026, 3, 10), 1, "planned", ABROAD)


def test_a_roll_call_in_a_city_where_nobody_is_says_so(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}), NOW)
    with pytest.raises(NotFound, match="Nobody of SPRING is in “Lyon”"):
        rollcall.call(core, CODE, "Lyon", ABROAD)
