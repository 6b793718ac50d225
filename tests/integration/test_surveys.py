"""Surveys: kept once and without a name, in the learner's chat and in a tutor's; figures for the report."""

from __future__ import annotations

from bot.flows.effects import FinishStep, KeepSurvey
from bot.service import erasing, privacy, steps, surveys
from bot.service.core import Core
from bot.store.tables import Placement, StepRun, SurveyResponse, WalkStep
from tests.support.cohort import Small, add_learner, add_staff
from tests.support.command_line import CommandLine
from tests.support.looking import change_stay, dump, march, rows

TUTOR = 6
SENTENCE = "More time for the language"


def answer(core: Core, small: Small, name: str, value: int, remark: str | None = None) -> None:
    placement_id = small.placements[name]
    with core.store.transaction() as session:
        effect = KeepSurvey(placement_id, "survey", "stay-learner", {"safe": value, "tasks": 3}, remark)
        surveys.keep(session, small.people[name], effect)
        steps.apply(core, session, FinishStep(placement_id, "survey", {}), small.world.now)


def test_five_learners_make_a_figure_and_nobody_is_counted_twice(core: Core, small: Small, run: CommandLine) -> None:
    for n in range(2, 7):
        add_learner(core, small, f"l{n}", "Tom", "Muster", f"L0{n}")
    for n in range(2, 6):
        answer(core, small, f"l{n}", 5, SENTENCE)
        answer(core, small, f"l{n}", 1)  # the step is finished: nothing more is counted
    assert run.good("report", "survey", "SPRING", "--json").json["surveys"][0]["answered"] is None
    assert SENTENCE not in run.good("report", "survey", "SPRING").out
    answer(core, small, "lea", 2)
    answer(core, small, "l6", 1)
    (found,) = surveys.of_cohort(core, "SPRING", march(30, 12))["surveys"]
    safe = next(question for question in found["questions"] if question["id"] == "safe")
    assert (found["answered"], safe["mean"], safe["content"]) == (5, 4.4, 0.8)
    assert "I felt safe" in run.good("report", "survey", "SPRING").out
    run.good("report", "survey", "SPRING", "--to", "survey.csv")
    assert "stay-learner;safety;" in (run.folder / "survey.csv").read_text(encoding="utf-8-sig")
    # Not even months later: the sixth alone would be what two reports differ by.
    assert run.good("report", "survey", "SPRING", "--json").json["surveys"][0]["answered"] == 5
    assert "Name one cohort" in run("report", "a", "b").err


def test_a_tutor_answers_in_their_own_chat_and_no_row_says_who(core: Core, abroad: Small) -> None:
    world = abroad.world
    add_staff(core, abroad, "tutor", "Tina", "Muestra", "host_tutor", "T01")
    change_stay(core, abroad, tutor_id=abroad.memberships["tutor"])
    world.say(TUTOR, f"/start {abroad.tokens['tutor']}")
    world.tap(TUTOR, "English")
    for day in (24, 25, 26):  # one card a day: the word of thanks comes first
        world.clock.set(march(day, 9))
        world.turn()
    (row,) = rows(core, WalkStep, WalkStep.step == "host-survey")
    assert row.state == "offered"
    world.tap(TUTOR, "Start")
    for _ in range(11):
        world.tap(TUTOR, "4")
    world.say(TUTOR, SENTENCE)
    assert "Your answers go into the report" in world.phone(TUTOR).last.text
    (kept,) = rows(core, SurveyResponse)
    assert (kept.role, kept.remark, len(kept.answers)) == ("host_tutor", SENTENCE, 11)
    (row,) = rows(core, WalkStep, WalkStep.step == "host-survey")
    assert (row.state, row.data) == ("done", {})


def test_who_is_erased_leaves_an_answer_that_was_nobodys_and_none_half_given(core: Core, abroad: Small) -> None:
    answer(core, abroad, "lea", 5, SENTENCE)
    with core.store.transaction() as session:
        assert SENTENCE not in str(privacy.export(session, abroad.people["lea"], abroad.world.now))
        erasing.erase(core, session, abroad.people["lea"], abroad.world.now, None)
        assert session.get_one(Placement, abroad.placements["lea"]).code.startswith("erased")
    assert [row.data for row in rows(core, StepRun)] == [{}] * len(rows(core, StepRun))
    (kept,) = [line for line in dump(core).splitlines() if SENTENCE in line]
    assert "Lea" not in kept
