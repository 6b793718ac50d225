"""Learning outcomes from the desk: a list that is imported, a form that is printed, a paper that is typed in."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.errors import BadInput, Faults
from bot.service import outcome_desk
from bot.service.core import Core
from bot.service.outcome_desk import Assessed
from bot.service.outcome_import import import_outcomes
from bot.service.outcomes import outcomes_of
from bot.store.tables import Audit, Outcome, OutcomeDraft, OutcomeGrid
from tests.support.cohort import LEARNER, Small, add_learner
from tests.support.command_line import CommandLine
from tests.support.looking import rows

FILE = "code;outcome;unit\n;Bake bread;Oven\nL01;Ice a cake;\n"


def words(core: Core, small: Small, name: str = "lea") -> list[str]:
    with core.store.transaction() as session:
        view = outcomes_of(session, small.placements[name], core.content.outcomes)
    return [core.content.catalogues.plain(one.words, "en", "UTC") for one in view.outcomes]


def test_rows_without_a_code_are_for_everybody_and_a_second_import_changes_nothing(core: Core, abroad: Small) -> None:
    add_learner(core, abroad, "tom", "Tom", "Beispiel", "L02")
    planned = import_outcomes(core, "SPRING", FILE.encode(), abroad.world.now, dry_run=True)
    assert [(code, n) for code, _, n in planned.changed] == [("L01", 2), ("L02", 1)]
    assert rows(core, Outcome) == []
    import_outcomes(core, "SPRING", FILE.encode(), abroad.world.now)
    assert words(core, abroad) == ["Bake bread", "Ice a cake"]
    assert words(core, abroad, "tom") == ["Bake bread"]
    again = import_outcomes(core, "SPRING", FILE.encode(), abroad.world.now)
    assert (again.changed, again.unchanged) == ([], ["L01", "L02"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "The file is empty"),
        ("code;what\nL01;x\n", "row 1: there is no column “outcome”"),
        ("code;outcome\nL09;Bake\n", "row 2, column code: there is no learner “L09” in SPRING"),
        ("code;outcome\nL01;\n", "row 2, column outcome: is empty"),
        ("outcome\nBake\nbake\n", "row 3, column outcome: stands in row 2 already"),
        ("outcome\n" + "x" * 300, "row 2, column outcome: has 300 characters; 120 fit"),
        ("outcome\n" + "\n".join(f"Do {n}" for n in range(11)), "L01 would have 11 outcomes; at most 10 fit"),
    ],
)
def test_a_list_with_a_fault_names_its_place_and_changes_nothing(
    core: Core, abroad: Small, text: str, told: str
) -> None:
    with pytest.raises((BadInput, Faults), match=re.escape(told)):
        import_outcomes(core, "SPRING", text.encode(), abroad.world.now)
    assert rows(core, Outcome) == []


def test_what_was_logged_or_assessed_stays_in_the_list(core: Core, abroad: Small) -> None:
    import_outcomes(core, "SPRING", FILE.encode(), abroad.world.now)
    bread = rows(core, Outcome)[0].code
    abroad.world.forge(LEARNER, f"log:t:1:{bread}")
    with pytest.raises(Faults, match="L01 was logged or assessed on “Bake bread” already"):
        import_outcomes(core, "SPRING", b"outcome\nIce a cake\n", abroad.world.now)
    assert words(core, abroad) == ["Bake bread", "Ice a cake"]


def test_a_paper_is_typed_in_once_and_the_learner_reads_it(core: Core, abroad: Small) -> None:
    import_outcomes(core, "SPRING", FILE.encode(), abroad.world.now)
    now = abroad.world.now
    given = Assessed(("3", "x"), "Tilda Ejemplo", "2026-03-02", comment="Careful with sugar.")
    assert outcome_desk.assess(core, "L01", None, given, now, dry_run=True)["dry_run"]
    assert rows(core, OutcomeGrid) == []
    outcome_desk.assess(core, "L01", None, given, now)
    (grid,) = rows(core, OutcomeGrid)
    assert (grid.by_name, grid.by_role, grid.channel, str(grid.assessed_on)) == (
        "Tilda Ejemplo", "host_tutor", "paper", "2026-03-02",
    )  # fmt: skip
    assert [a.detail for a in rows(core, Audit, Audit.action == "outcomes_assessed")] == [
        {"moment": "end", "channel": "paper"}
    ]
    abroad.world.turn()
    abroad.world.tap(LEARNER, "Have a look")
    assert "– tutor: alone" in abroad.world.phone(LEARNER).last.text
    assert "Careful with sugar." in abroad.world.phone(LEARNER).last.text
    with pytest.raises(BadInput, match="was assessed \\(end\\) by Tilda Ejemplo on 2026-03-02: add --replace"):
        outcome_desk.assess(core, "L01", None, given, now)


def test_a_paper_does_not_put_aside_what_the_tutor_has_begun_in_the_chat(core: Core, abroad: Small) -> None:
    import_outcomes(core, "SPRING", FILE.encode(), abroad.world.now)
    with core.store.transaction() as session:
        session.add(OutcomeDraft(
            placement_id=abroad.placements["lea"], moment="end", by_person_id=abroad.people["claire"],
            grades={"x": 2}, begun_at=abroad.world.now,
        ))  # fmt: skip
    given = Assessed(("3", "x"), "Tilda Ejemplo", "2026-03-02")
    with pytest.raises(BadInput, match="has begun to assess L01 \\(end\\) in the chat: add --replace"):
        outcome_desk.assess(core, "L01", None, given, abroad.world.now)
    outcome_desk.assess(core, "L01", None, replace(given, replace=True), abroad.world.now)
    assert rows(core, OutcomeDraft) == []
    assert len(rows(core, OutcomeGrid)) == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (Assessed(("3",), "Tilda", "2026-03-02"), "L01 has 2 outcomes, and 1 grades were given"),
        (Assessed(("3", "5"), "Tilda", "2026-03-02"), "grade 2 is “5”: write 1, 2, 3 or 4, or x"),
        (Assessed(("3", "x"), "Tilda", "2026-03-09"), "2026-03-09 is still to come"),
        (Assessed(("3", "x"), "Tilda", "2026-02-02"), "2026-02-02 is before the arrival on 2026-03-01"),
        (Assessed(("3", "x"), "Tilda", "yesterday"), "yesterday"),
    ],
)
def test_a_slip_on_the_way_from_paper_is_named_and_nothing_is_written(
    core: Core, abroad: Small, given: Assessed, told: str
) -> None:
    import_outcomes(core, "SPRING", FILE.encode(), abroad.world.now)
    with pytest.raises(BadInput, match=re.escape(told)):
        outcome_desk.assess(core, "L01", None, given, abroad.world.now)
    assert rows(core, OutcomeGrid) == []


def test_the_desk_sees_log_and_validation_only_where_the_learner_shows_them(core: Core, abroad: Small) -> None:
    abroad.world.forge(LEARNER, "log:t:1:tools")
    hidden = outcome_desk.show(core, "L01", None, abroad.world.now)
    assert {one["weeks_logged"] for one in hidden["outcomes"]} == {None}
    abroad.world.forge(LEARNER, "outcomes:yes")
    seen = outcome_desk.show(core, "L01", None, abroad.world.now)
    assert [one["weeks_logged"] for one in seen["outcomes"] if one["code"] == "tools"] == [1]


def test_the_commands_say_what_they_did(run: CommandLine, core: Core, abroad: Small) -> None:
    (run.folder / "list.csv").write_text(FILE, "utf-8")
    told = run.good("cohort", "outcomes", "SPRING", "list.csv", "--dry-run")
    assert "1 learner would be changed" in told.out
    run.good("learner", "outcomes", "L01", "--form", "form.pdf", "--language", "es")
    assert (run.folder / "form.pdf").read_bytes().startswith(b"%PDF")
    run.good("cohort", "outcomes", "SPRING", "list.csv")
    assert "not seen" in run.good("learner", "assess", "L01", "3", "x", "--by", "Tilda", "--on", "2026-03-02").out
    assert "The learner shows log and validation to nobody yet." in run.good("learner", "outcomes", "L01").out
