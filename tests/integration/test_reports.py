"""Reports: figures that were counted by hand, in every form they can be had; nobody can be worked out from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.flows.scene import CONSENT_VERSION
from bot.rules.points import COMPETENCES
from bot.service import erasing, improvements, reports
from bot.service.core import Core
from bot.service.import_file import import_cohort
from bot.store.tables import (
    Alert,
    Base,
    CheckIn,
    Cohort,
    Consent,
    LanguageResult,
    Placement,
    SelfAssessment,
    StepRun,
)
from tests.support.cohort import Small, add_learner
from tests.support.command_line import CommandLine
from tests.support.desk import CODE, cohort, listed
from tests.support.looking import march, rows

NAMES = ("lea", *(f"l{n}" for n in range(2, 13)))
END = march(30, 12)


@dataclass
class Counted:
    """Twelve learners: ten in Spain, two in Portugal. Eleven agreed; eight came to the end of their self-assessment."""

    small: Small


@pytest.fixture
def counted(core: Core, small: Small) -> Counted:
    for n in range(2, 13):
        stay = {"host_country": "PT", "host_city": "Porto", "kit": None} if n > 10 else {}
        host = "Panadería de Ejemplo" if n <= 6 else "Taller Ficticio"
        status = "pupil" if n <= 3 else "apprentice"
        add_learner(core, small, f"l{n}", "Tom", "Muster", f"L{n:02}", host_organisation=host, status=status, **stay)
    with core.store.transaction() as session:
        for n, name in enumerate(NAMES):
            placement_id = small.placements[name]
            for day in (10, 11):
                asked = march(day, 18)
                session.add(CheckIn(
                    placement_id=placement_id, day=date(2026, 3, day), state="answered", due_at=asked, asked_at=asked,
                    delivered_at=asked, deadline=asked + timedelta(hours=2),
                    answered_at=asked + timedelta(hours=3 if n == 0 else 1) if (n, day) != (1, 10) else None,
                ))  # fmt: skip
            if name != "l12":
                session.add(Consent(
                    person_id=small.people[name], kind="data", version=CONSENT_VERSION, given=True, given_by="self",
                    at=march(1, 8),
                ))  # fmt: skip
            _learn(session, placement_id, n)
        for n, minutes in enumerate((4, 10, 20, 30, None)):
            raised = march(12, 18)
            session.add(Alert(
                placement_id=small.placements[NAMES[n]], cohort_id=small.cohort_id, reason="not_answered",
                severity="amber", level=0, raised_at=raised, state={},
                acknowledged_at=raised + timedelta(minutes=minutes) if minutes else None,
            ))  # fmt: skip
    return Counted(small)


def _learn(session: Session, placement_id: int, n: int) -> None:
    rows: list[Base] = [
        StepRun(placement_id=placement_id, step="first-day", state="done", data={}, offered_at=march(2, 8),
                done_at=march(2, 9)),
    ]  # fmt: skip
    if n < 8:
        done = march(20 + n // 4, 8, n)
        rows.append(StepRun(placement_id=placement_id, step="skills-after", state="done", data={}, offered_at=done,
                            done_at=done))  # fmt: skip
        for phase, value in (("before", 2), ("after", 3)):
            rows += [
                SelfAssessment(placement_id=placement_id, phase=phase, item="key-competences", statement=f"{name}/one",
                               value=value, answered_at=done)
                for name in COMPETENCES
            ]  # fmt: skip
    if n < 5:
        for phase, level in (("before", "A1"), ("after", "B1" if n < 2 else "A1")):
            rows.append(LanguageResult(
                placement_id=placement_id, phase=phase, language="es", attempt=1, form="a", level=level, lowest=level,
                highest=level, tallies={}, answers=[], taken_at=march(21, 8, n),
            ))  # fmt: skip
    session.add_all(rows)


def test_the_figures_are_those_counted_by_hand(core: Core, counted: Counted) -> None:
    found = reports.of_cohort(core, "SPRING", END)
    assert (found["mobilities"]["planned"], found["mobilities"]["completed"], found["mobilities"]["days"]) == (
        12, 12, 12 * 21,
    )  # fmt: skip
    # Ten of twelve are counted, the first two fives: lea answers late twice, l2 is silent once.
    assert found["check_ins"] == {
        "learners": 10, "asked": 20, "answered": 19, "share": 0.95, "in_time": 17, "in_time_share": 0.85, "late": 2,
        "alerted": 0,
    }  # fmt: skip
    assert found["journey_steps"]["learners"] == 10
    assert found["competences"]["learners"] == 5
    assert found["competences"]["competences"]["digital"] == {"before": 2.0, "after": 3.0}
    assert (found["language"]["higher"], found["language"]["unclear"], found["language"]["higher_share"]) == (2, 3, 0.4)
    assert found["alerts"]["reaction"]["all"] == {
        "alerts": 5, "taken": 4, "median_minutes": 15, "nine_of_ten_minutes": 30,
    }  # fmt: skip
    # Two in Portugal and three pupils are too few, and so are those whom they would be told from.
    assert found["by"]["country"] == []
    assert {found["participants"][status] for status in ("pupil", "apprentice")} == {None}
    assert found["by"]["host"][0] == found["by"]["host"][0] | {"value": "Panadería de Ejemplo", "stays": 6}


def test_every_form_has_the_figures_and_no_names(core: Core, counted: Counted, run: CommandLine) -> None:
    improvements.add(core, "SPRING", "Begin the language lessons earlier", "coordination", "2026-09-01", END)
    for ending in ("csv", "json", "xlsx", "pdf"):
        run.good("report", "SPRING", "--to", f"spring.{ending}", "--language", "de")
    written = (run.folder / "spring.csv").read_text("utf-8-sig") + (run.folder / "spring.json").read_text("utf-8")
    written += run.good("report", "SPRING").out + run.good("report", "--project", "default").out
    assert "Auslandsaufenthalte;Vorzeitig beendet;Wert;0" in written
    book = load_workbook(BytesIO((run.folder / "spring.xlsx").read_bytes()))
    assert book.sheetnames[:3] == ["Wie dieser Bericht zu lesen ist", "Teilnahme", "Check-ins und Sicherheit"]
    cells = [cell.value for row in book["Check-ins und Sicherheit"].iter_rows() for cell in row]
    assert {0.85, 17} <= set(cells)
    assert (run.folder / "spring.pdf").read_bytes().startswith(b"%PDF")
    for name in ("Beispiel", "Muster", "L02", "L11"):
        assert name not in written + str(cells)
    assert "Begin the language lessons earlier" in run.good("report", "compare", "SPRING", "SPRING").out


def test_evidence_is_there_for_each_standard_or_said_to_be_missing(counted: Counted, run: CommandLine) -> None:
    found = run.good("report", "quality", "SPRING", "--json").json["standards"]
    assert len(found) == 24
    assert all(one["missing"] for one in found)
    safety = next(one for one in found if one["standard"] == "safety")
    assert {"figure": "Daily check-ins: In time, share", "value": 0.85} in safety["holds"]
    assert next(one for one in found if one["standard"] == "environment")["holds"] == []
    run.good("report", "quality", "--project", "default", "--to", "quality.pdf", "--language", "nl")
    assert "end “quality.csv” with" in run.refused("report", "quality", "SPRING", "--to", "quality.csv")


def test_open_data_has_rows_of_five_with_a_dictionary_and_a_licence(
    core: Core, counted: Counted, run: CommandLine
) -> None:  # fmt: skip
    run.good("report", "open-data", "--to", str(run.folder / "open"))
    files = {file.name: file.read_text("utf-8") for file in (run.folder / "open").iterdir()}
    assert files["stays.csv"].splitlines()[1:] == ["2026,any,any,any,12,252,24,21,0"]
    assert "CC0-1.0" in files["README.md"]
    for name, text in files.items():
        if name.endswith(".csv") and name != "dictionary.csv":
            for column in text.splitlines()[0].split(","):
                assert f"{name},{column}," in files["dictionary.csv"]
    for name in ("Beispiel", "Muster", "L02", "Panadería", "Taller"):
        assert name not in "".join(files.values())


def test_nobody_yet_one_and_a_wrong_word_are_a_sentence_each(core: Core, small: Small, run: CommandLine) -> None:
    assert reports.of_cohort(core, "SPRING", END)["check_ins"] is None  # of one alone it would be hers
    assert reports.of_cohort(core, "SPRING", END)["alerts"] == {}
    with core.store.transaction() as session:
        session.add(Cohort(**{c: getattr(session.scalars(select(Cohort)).one(), c) for c in (
            "project_id", "name", "journey", "home_zone", "check_in_at", "check_in_days", "answer_window",
            "reminder_after", "grace", "escalate_after", "quiet_hours", "created_at",
        )}, code="EMPTY"))  # fmt: skip
    assert "nobody in this cohort yet" in run.good("report", "EMPTY").out
    run.good("report", "EMPTY", "--to", "empty.pdf")
    run.good("report", "EMPTY", "--to", "empty.xlsx")
    assert "end it with" in run.refused("report", "SPRING", "--to", "spring.doc")
    assert "no project" in run.refused("report", "--project", "KA9")
    assert "Name one cohort" in run("report").err


def test_who_is_erased_takes_their_whole_five_along(core: Core, counted: Counted) -> None:
    small = counted.small
    before = reports.of_cohort(core, "SPRING", END)["journey_steps"]["learners"]
    with core.store.transaction() as session:
        for alert in session.scalars(select(Alert)):
            alert.resolved_at, alert.outcome = END, "phone"
        session.flush()
        erasing.erase(core, session, small.people["l3"], END, None)
    after = reports.of_cohort(core, "SPRING", END)
    assert (before, after["journey_steps"]["learners"]) == (10, 5)
    assert after["competences"] is None


def test_a_project_has_what_its_cohorts_show_and_nothing_more(core: Core, counted: Counted) -> None:
    one = reports.of_cohort(core, "SPRING", END)
    project = reports.of_project(core, "default", END)
    for family in ("check_ins", "journey_steps", "competences", "language"):
        assert project[family] == one[family]
    assert project["cohorts"][0]["cohort"] == "SPRING"


def test_fewer_opportunities_count_with_consent_alone(core: Core, counted: Counted) -> None:
    small = counted.small
    with core.store.transaction() as session:
        for name in NAMES:
            placement = session.get_one(Placement, small.placements[name])
            placement.fewer_opportunities = "yes"
            if name not in NAMES[:6]:
                session.add(Consent(
                    person_id=placement.person_id, placement_id=placement.id, kind="fewer_opportunities",
                    version=CONSENT_VERSION, given=True, given_by="paper", at=march(1, 8),
                ))  # fmt: skip
    found = reports.of_cohort(core, "SPRING", END)["by"]["fewer_opportunities"]
    assert [(row["value"], row["stays"]) for row in found] == [("yes", 6), (None, 6)]


def test_a_list_keeps_it_with_the_consent_it_stands_for_and_takes_both_back(core: Core) -> None:
    cohort(core)
    for typed in ("oui", ""):
        import_cohort(core, CODE, listed({"fewer_opportunities": typed}), END)
    (stay,) = rows(core, Placement)
    assert stay.fewer_opportunities is None
    assert [(word.kind, word.given) for word in rows(core, Consent)] == [
        ("fewer_opportunities", True), ("fewer_opportunities", False),
    ]  # fmt: skip
