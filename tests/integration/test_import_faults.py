"""What is wrong in a list: every fault at once, with row, column and value; then nothing at all is written."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bot.errors import Faults, NotFound
from bot.service.core import Core
from bot.service.import_file import import_cohort
from bot.store.tables import Invite, Person, Placement
from tests.support.desk import CODE, NOW, cohort, listed


def faults_of(core: Core, *learners: dict[str, str]) -> list[str]:
    with pytest.raises(Faults) as caught:
        import_cohort(core, CODE, listed(*learners), NOW)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"code": ""}, "row 2, column code: is empty"),
        ({"first_name": ""}, "row 2, column first_name: is empty"),
        ({"first_name": "=cmd()"}, "row 2, column first_name: “=cmd()” starts like a spreadsheet formula"),
        ({"language": "klingonese"}, "row 2, column language: “klingonese”"),
        ({"birth_date": "2030-01-01"}, "row 2, column birth_date: “2030-01-01” is not in the past"),
        ({"arrival_date": "31/02/2026"}, "row 2, column arrival_date: “31/02/2026” is no day of the calendar"),
        ({"return_date": "2026-02-27"}, "row 2, column return_date: “2026-02-27” is before the arrival"),
        ({"return_date": "2062-03-28"}, "row 2, column return_date: “2062-03-28” is over three years"),
        ({"departure_date": "02/03/2026"}, "row 2, column departure_date: “02/03/2026” is after the arrival"),
        ({"host_city": "Graz"}, "row 2, column host_city: “Graz” has no city kit"),
        ({"host_city": "Sevila"}, "row 2, column host_city: “Sevila” has no city kit: did you mean Seville?"),
        ({"host_country": "ZZ"}, "row 2, column host_country: “ZZ” is not a country of ISO 3166"),
        ({"host_city": "Boston", "host_country": "US"}, "row 2, column host_timezone: United States has several"),
        ({"host_timezone": "Europe/Sevilla"}, "row 2, column host_timezone: “Europe/Sevilla” is not a time zone"),
        ({"host_country": "Spain"}, "row 2, column host_country: “Spain” is not a country code: write ES"),
        (
            {"referent": "clare"},
            "row 2, column referent: “clare” is no code of a referent in SPRING: did you mean claire?",
        ),
        ({"backup_referent": "nobody"}, "row 2, column backup_referent: “nobody”"),
        ({"partner": "L01"}, "row 2, column partner: “L01” is the learner"),
        ({"partner": "L99"}, "row 2, column partner: “L99” is no learner of this list or cohort"),
        ({"phone": "3,36E+10"}, "row 2, column phone: “3,36E+10” is not a telephone number"),
        ({"email": "lea"}, "row 2, column email: “lea” is not an e-mail address"),
        ({"status": "aprentice"}, "row 2, column status: “aprentice” is not a status: write apprentice"),
    ],
)
def test_a_fault_names_row_column_and_value(core: Core, changed: dict[str, str], says: str) -> None:
    cohort(core)
    assert any(fault.startswith(says) for fault in faults_of(core, changed)), faults_of(core, changed)


def test_every_fault_of_every_row_is_told_at_once_in_order(core: Core) -> None:
    cohort(core)
    told = faults_of(core, {"arrival_date": "soon", "phone": "x"}, {"code": "L02"}, {"code": "L03", "referent": "zz"})
    assert [fault.split(":")[0] for fault in told] == [
        "row 2, column arrival_date",
        "row 2, column phone",
        "row 4, column referent",
    ]


def test_a_row_with_a_cell_too_many_hides_no_other_fault(core: Core) -> None:
    cohort(core)
    data = listed({"phone": "x"}, {"code": "L02", "referent": "zz"}).replace(b"x\r\n", b"x,more\r\n", 1)
    with pytest.raises(Faults) as caught:
        import_cohort(core, CODE, data, NOW)
    assert [str(fault).split(":")[0] for fault in caught.value.faults] == [
        "row 2, column phone",
        "row 2",
        "row 3, column referent",
    ]


def test_stays_that_look_like_slips_are_noted(core: Core) -> None:
    cohort(core)
    report = import_cohort(
        core,
        CODE,
        listed(
            {"arrival_date": "2025-03-01", "return_date": "2025-03-20"},
            {"code": "L02", "return_date": "2026-04-20"},
            {"code": "L03", "return_date": "2026-03-01"},
        ),
        NOW,
        dry_run=True,
    )
    told = " ".join(report.notes)
    assert "wholly in the past: L01." in told
    assert "Longer than the journey's 31 nights: L02." in told
    assert "zero nights: L03." in told


def test_stays_of_one_person_that_touch_are_noted_whatever_cohort_they_are_in(core: Core) -> None:
    cohort(core)
    cohort(core, "NEXT")
    lea = {"birth_date": "2006-05-01", "arrival_date": "2026-03-01", "return_date": "2026-03-26"}
    import_cohort(core, CODE, listed(lea), NOW)
    on = lea | {"code": "X1", "arrival_date": "2026-03-26", "return_date": "2026-04-10"}
    later = on | {"code": "X2", "arrival_date": "2026-04-11", "return_date": "2026-04-20"}
    other = on | {"code": "X3", "birth_date": "2006-06-01"}
    told = import_cohort(core, "NEXT", listed(on, later, other), NOW, dry_run=True).notes
    assert any(f"overlap or touch: X1 with L01 of {CODE}. Check" in note for note in told), told
    assert not any("overlap" in note for note in import_cohort(core, CODE, listed(lea), NOW).notes)


def test_duplicate_codes_name_both_rows_whatever_their_case(core: Core) -> None:
    cohort(core)
    assert faults_of(core, {}, {"code": "l01"}) == [
        "row 3, column code: “l01” stands in row 2 already: codes are unique"
    ]


def test_a_pair_that_does_not_match_is_a_fault(core: Core) -> None:
    cohort(core)
    told = faults_of(core, {"partner": "L02"}, {"code": "L02", "partner": "L03"}, {"code": "L03"})
    assert told[0].startswith("row 2, column partner: “L02” is paired with L03")


def test_one_fault_means_that_nothing_is_written(core: Core) -> None:
    cohort(core)
    faults_of(core, {}, {"code": "L02", "referent": "zz"})
    with core.store.transaction() as session:
        assert session.scalar(select(func.count(Placement.id))) == 0
        assert session.scalar(select(func.count(Person.id))) == 3
        assert session.scalar(select(func.count(Invite.id))) == 3


def test_a_cohort_that_does_not_exist_is_named_with_those_that_do(core: Core) -> None:
    cohort(core)
    with pytest.raises(NotFound, match="no cohort “AUTUMN”: choose one of SPRING"):
        import_cohort(core, "AUTUMN", listed({}), NOW)
