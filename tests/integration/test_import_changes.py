"""What an import writes, what a second one changes, and what it leaves alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.service import guest_list
from bot.service.core import Core
from bot.service.import_file import import_cohort
from bot.store.tables import Invite, Membership, Person, Placement
from tests.support.desk import CODE, LEARNER, NOW, cohort, listed

MINOR = {"birth_date": "2009-01-01", "guardian_name": "Anne Exemple", "guardian_language": "de"}


def placement(core: Core, code: str) -> Placement:
    with core.store.transaction() as session:
        return session.scalars(select(Placement).where(Placement.code == code)).one()


def person(core: Core, code: str) -> Person:
    person_id = placement(core, code).person_id
    with core.store.transaction() as session:
        return session.get_one(Person, person_id)


def test_importing_the_same_list_again_changes_nothing(core: Core) -> None:
    cohort(core)
    data = listed({**MINOR, "partner": "L02"}, {"code": "L02", "host_city": "Graz", "host_country": "AT"})
    import_cohort(core, CODE, data, NOW)
    tokens = {row["token"] for row in guest_list.listing(core, CODE, NOW)}
    again = import_cohort(core, CODE, data, NOW + timedelta(days=1))
    assert (again.added, again.changed, again.unchanged) == ([], [], ["L01", "L02"])
    assert {row["token"] for row in guest_list.listing(core, CODE, NOW)} == tokens


def test_a_dry_run_tells_and_writes_nothing(core: Core) -> None:
    cohort(core)
    report = import_cohort(core, CODE, listed({}), NOW, dry_run=True)
    assert report.added == [("L01", "Léa Exemple")]
    with core.store.transaction() as session:
        assert session.scalars(select(Placement)).all() == []


def test_a_corrected_list_shows_old_and_new_and_plans_again(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}, {"code": "L02"}), NOW)
    assert placement(core, "L01").plan_at is None
    report = import_cohort(core, CODE, listed({"return_date": "30/03/2026", "referent": "paul"}, {"code": "L02"}), NOW)
    assert report.changed[0].columns == {
        "return_date": ("2026-03-28", "2026-03-30"),
        "referent": ("claire", "paul"),
    }
    assert report.unchanged == ["L02"]
    assert placement(core, "L01").return_date == date(2026, 3, 30)
    assert placement(core, "L01").plan_at == NOW


def test_who_is_missing_from_the_list_is_named_and_left(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}, {"code": "L02"}), NOW)
    report = import_cohort(core, CODE, listed({}), NOW)
    assert report.missing == [("L02", "Léa Exemple")]
    assert placement(core, "L02").ended_on is None


def test_a_column_that_is_not_in_the_list_is_left_and_an_empty_cell_empties(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({"trade": "baker", "phone": "+33 6 39 98 00 01"}), NOW)
    report = import_cohort(core, CODE, listed({"trade": ""}), NOW)
    assert report.changed[0].columns == {"trade": ("baker", "")}
    assert person(core, "L01").phone == "+33 6 39 98 00 01"


def test_a_city_moves_with_its_country_zone_and_kit(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}), NOW)
    import_cohort(core, CODE, listed({"host_city": "Graz", "host_country": "AT"}), NOW)
    stay = placement(core, "L01")
    assert (stay.host_city, stay.host_country, stay.host_zone, stay.kit) == ("Graz", "AT", "Europe/Vienna", None)


@pytest.mark.parametrize(
    ("columns", "zone"),
    [
        ({}, "Europe/Paris"),
        ({"home_country": "FR"}, "Europe/Paris"),
        ({"home_country": "LV"}, "Europe/Riga"),
        ({"home_country": "PT"}, "Europe/Lisbon"),
        ({"home_country": "PT", "home_timezone": "Atlantic/Azores"}, "Atlantic/Azores"),
    ],
)
def test_the_home_clock_is_as_given_else_the_countrys_else_the_cohorts(
    core: Core, columns: dict[str, str], zone: str
) -> None:
    cohort(core)
    import_cohort(core, CODE, listed(columns), NOW)
    assert placement(core, "L01").home_zone == zone


def test_a_partner_named_on_one_side_is_a_pair_on_both(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({"partner": "l02"}, {"code": "L02"}), NOW)
    one, two = placement(core, "L01"), placement(core, "L02")
    assert (one.partner_id, two.partner_id) == (two.id, one.id)


def test_html_in_a_name_is_kept_as_plain_text(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({"first_name": "<b>Léa</b>"}), NOW)
    assert person(core, "L01").first_name == "<b>Léa</b>"


def test_direction_overrides_are_stripped_and_right_to_left_names_stay(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({"first_name": "ליאה", "last_name": "Ab\u202ecd"}), NOW)
    assert (person(core, "L01").first_name, person(core, "L01").last_name) == ("ליאה", "Abcd")


def test_a_language_chosen_in_the_chat_is_not_overwritten(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed({}), NOW)
    learner = placement(core, "L01").person_id
    with core.store.transaction() as session:
        chosen = session.get_one(Person, learner)
        chosen.language, chosen.onboarded_at = "de", NOW
    assert import_cohort(core, CODE, listed({}), NOW).unchanged == ["L01"]


# --- guardians ----------------------------------------------------------------------------------


def test_a_guardian_gets_an_invite_and_a_role_of_their_own(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed(MINOR), NOW)
    stay = placement(core, "L01")
    with core.store.transaction() as session:
        guardian = session.get_one(Person, stay.guardian_id)
        role = session.scalars(select(Membership).where(Membership.person_id == guardian.id)).one()
        invite = session.scalars(select(Invite).where(Invite.person_id == guardian.id)).one()
    assert (guardian.first_name, guardian.last_name, guardian.language) == ("Anne", "Exemple", "de")
    assert (role.role, role.code, invite.code, invite.role) == ("family", "L01-family", "L01-family", "family")


def test_a_guardians_corrected_name_is_no_new_person(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed(MINOR), NOW)
    before = placement(core, "L01").guardian_id
    import_cohort(core, CODE, listed({**MINOR, "guardian_name": "Anna Exemple"}), NOW)
    assert placement(core, "L01").guardian_id == before


def test_another_guardian_after_the_first_one_joined_is_another_person(core: Core) -> None:
    cohort(core)
    import_cohort(core, CODE, listed(MINOR), NOW)
    before = placement(core, "L01").guardian_id
    with core.store.transaction() as session:
        session.get_one(Person, before).onboarded_at = NOW
    import_cohort(core, CODE, listed({**MINOR, "guardian_name": "Marc Exemple"}), NOW)
    after = placement(core, "L01").guardian_id
    with core.store.transaction() as session:
        old = session.scalars(select(Membership).where(Membership.person_id == before)).one()
        new = session.scalars(select(Membership).where(Membership.person_id == after)).one()
    assert old.ended_at == NOW
    assert new.code == "L01-family-2"


def test_minors_without_a_guardian_are_named(core: Core) -> None:
    cohort(core)
    unknown = {k: v for k, v in LEARNER.items() if k != "birth_date"}
    report = import_cohort(core, CODE, listed({**unknown, "birth_date": ""}), NOW)
    assert any("without guardian_name: L01" in note for note in report.notes)
