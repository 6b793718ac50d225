"""What shows what a learner learnt: own log, tutor's grid, half-time talk, the school's word; each in its own chat.

Whole conversations lie in `tests/golden/`; who may do what, and what others see, is asked of the database.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from bot.flows.vocabulary import Voice
from bot.service import erasing, privacy
from bot.service.core import Core
from bot.service.outcomes import outcomes_of
from bot.store.tables import (
    Audit,
    OutcomeDraft,
    OutcomeGrade,
    OutcomeGrid,
    OutcomeLog,
    OutcomeValidation,
    OutcomeWeek,
    ReviewNote,
)
from tests.support import golden
from tests.support.cohort import BACKUP, LEARNER, REFERENT, Begin, Small, abroad_cohort, add_staff
from tests.support.looking import change_stay, rows

TUTOR = 21


def in_a_bakery(core: Core) -> Small:
    """Lea in her second week in a bakery, and her tutor there, who has joined."""
    abroad = abroad_cohort(core)
    add_staff(core, abroad, "tilda", "Tilda", "Ejemplo", "host_tutor", "T01")
    change_stay(core, abroad, tutor_id=abroad.memberships["tilda"], tutor_name="Tilda Ejemplo", trade="Bäckerin",
                departure_date=date(2026, 2, 23), arrival_date=date(2026, 2, 23))  # fmt: skip
    abroad.world.say(TUTOR, f"/start {abroad.tokens['tilda']}")
    abroad.world.tap(TUTOR, "English")
    return abroad


@pytest.fixture
def bakery(begin: Begin) -> Small:
    return begin(in_a_bakery)


class Story:
    """A chat played and told: what was tapped or written, and what came of it."""

    def __init__(self, small: Small, chat_id: int) -> None:
        self.world, self.chat_id, self.lines = small.world, chat_id, list[str]()

    def tap(self, label: str) -> Story:
        self._did(f"[{label}]", lambda: self.world.tap(self.chat_id, label))
        return self

    def say(self, words: str) -> Story:
        self._did(words, lambda: self.world.say(self.chat_id, words))
        return self

    def speak(self) -> Story:
        self._did("(a voice note)", lambda: self.world.event(self.chat_id, Voice("voice-1", 9)))
        return self

    def _did(self, what: str, do: Callable[[], object]) -> None:
        phone = self.world.phone(self.chat_id)
        before, toasts = {m.id: m for m in phone.messages}, len(phone.toasts)
        do()
        self.lines.append(f"> {what}")
        self.lines += [f"({toast})" for toast in phone.toasts[toasts:]]
        for message in phone.messages:
            if before.get(message.id) is not message:
                self.lines.append(message.text)
                self.lines.append("  " + " | ".join(label for label, _ in message.buttons))
        self.lines.append("")

    def check(self, name: str) -> None:
        golden.check(name, "\n".join(self.lines))


def test_a_week_is_logged_by_taps_left_in_the_middle_and_gone_on_with(bakery: Small) -> None:
    story = Story(bakery, LEARNER)
    story.say("/progress").tap("What I learn here").tap("Skills log").tap("1").tap("4").tap("✓ 1").tap("2")
    story.tap("Next ›").tap("With help").say("/menu").say("/language")
    bakery.world.forge(LEARNER, "lang:fr")
    story.say("/progress").tap("Ce que j’apprends").tap("Ma semaine")
    bakery.world.forge(LEARNER, "lang:en")
    story.tap("Suite ›").tap("On my own").say("The oven talks, you just have to listen.")
    story.tap("What I learn here").tap("All weeks").tap("Week 1").tap("Next ›").tap("I was shown it")
    story.tap("✓ On my own").speak()
    story.check("skills_log")


def logged(small: Small) -> None:
    """Lea's first week, by taps alone."""
    for code in ("knead", "oven"):
        small.world.forge(LEARNER, f"log:t:1:{code}")
        small.world.forge(LEARNER, f"log:h:1:{code}:3")
    small.world.forge(LEARNER, "log:done:1")


def grades(small: Small, moment: str, values: dict[str, int]) -> None:
    """The tutor's grid, by taps alone, handed in when it is complete."""
    lea = small.placements["lea"]
    for code, value in values.items():
        small.world.forge(TUTOR, f"grid:v:{lea}:{moment}:{code}:{value}")
    small.world.forge(TUTOR, f"grid:hand:{lea}:{moment}")
    small.world.turn()


ALL = {"weigh": 3, "knead": 3, "shape": 2, "oven": 2, "finish": 0, "clean": 4, "night": 1}


def test_a_tutor_assesses_outcome_by_outcome_and_the_learner_reads_it(bakery: Small) -> None:
    tutor = Story(bakery, TUTOR)
    tutor.say("/menu").tap("My learners").tap("Assess at the end").tap("Alone").tap("Explains it to others")
    tutor.tap("‹ Back").tap("Alone").tap("With help").say("/menu").tap("My learners").tap("Assess at the end")
    for answer in ("With help", "Not seen", "Explains it to others", "Not yet"):
        tutor.tap(answer)
    tutor.say("Lea asks when she is not sure. That is worth a lot.").tap("7").tap("With help").tap("Hand it in")
    tutor.tap("‹ Back to the learner").say("Anything else?")
    tutor.check("grid")
    learner = Story(bakery, LEARNER)
    learner.tap("Have a look").tap("4").check("grid_read")


def test_learner_and_tutor_prepare_the_half_time_talk_and_show_what_they_choose(bakery: Small) -> None:
    learner, tutor = Story(bakery, LEARNER), Story(bakery, TUTOR)
    learner.say("/progress").tap("What I learn here").tap("Half-time talk").tap("What goes well")
    learner.say("I shape rolls without looking at the others.").tap("‹ The three points").tap("What to try next")
    learner.say("/menu").say("/progress").tap("What I learn here").tap("Half-time talk").tap("What to try next")
    learner.say("One morning alone at the oven.").tap("Show it").tap("Yes, show it").tap("‹ The three points")
    bakery.world.turn()
    tutor.tap("Half-time talk").tap("What was agreed").say("From Monday Lea runs the small oven.")
    tutor.tap("Show it").tap("Yes, show it")
    bakery.world.turn()
    learner.tap("Half-time talk").tap("What was agreed").speak()
    learner.check("half_time_learner")
    tutor.check("half_time_tutor")


def test_the_contact_person_validates_what_the_learner_shows(bakery: Small) -> None:
    logged(bakery)
    grades(bakery, "end", ALL)
    teacher, learner = Story(bakery, REFERENT), Story(bakery, LEARNER)
    teacher.say("/learners").tap("Lea Beispiel").tap("Learning outcomes")
    learner.tap("Have a look").tap("Show my contact person").tap("Yes, show it")
    bakery.world.turn()
    teacher.tap("Learning outcomes").tap("2").tap("Validated").tap("Next ›").tap("Partly")
    teacher.say("Show me one of your plaits when you are back.").tap("‹ All outcomes").tap("Tell the learner")
    bakery.world.turn()
    learner.tap("Have a look").tap("3").tap("‹ All outcomes").tap("Stop showing it")
    teacher.tap("‹ All outcomes")
    teacher.check("validation")
    learner.check("validation_read")


# --- what must hold whatever people tap -----------------------------------------------------------


def test_nobody_but_the_tutor_assesses_and_nobody_validates_unasked(core: Core, bakery: Small) -> None:
    lea = bakery.placements["lea"]
    for chat_id in (LEARNER, REFERENT, BACKUP):
        bakery.world.forge(chat_id, f"grid:v:{lea}:end:knead:4")
        bakery.world.forge(chat_id, f"review:yes:{lea}:aims")
    for chat_id in (LEARNER, REFERENT, TUTOR):  # Lea has not shown them to anybody
        bakery.world.forge(chat_id, f"validate:v:{lea}:knead:1")
    assert rows(core, OutcomeGrade) == rows(core, OutcomeValidation) == []


def test_a_grid_is_handed_in_when_it_is_complete_and_told_once(core: Core, bakery: Small) -> None:
    grades(bakery, "end", {code: value for code, value in ALL.items() if code != "night"})
    assert rows(core, OutcomeGrid) == rows(core, OutcomeGrade) == []
    for value in (1, 3):
        grades(bakery, "end", {"night": value})
    told = [m for m in bakery.world.phone(LEARNER).messages if "has assessed what you learn" in m.text]
    assert len(told) == 1
    assert [g.value for g in rows(core, OutcomeGrade, OutcomeGrade.code == "night")] == [3]
    assert len(rows(core, Audit, Audit.action == "outcomes_assessed")) == 2


def test_a_verdict_is_recorded_with_name_role_and_day_and_in_the_trail(core: Core, bakery: Small) -> None:
    lea = bakery.placements["lea"]
    bakery.world.forge(LEARNER, "outcomes:yes")
    for verdict in (3, 1):
        bakery.world.forge(BACKUP, f"validate:v:{lea}:knead:{verdict}")
    (row,) = rows(core, OutcomeValidation)
    assert (row.verdict, row.by_name, row.by_role) == ("validated", "Marco Esempio", "backup")
    trail = [(a.actor_id, a.detail) for a in rows(core, Audit, Audit.action == "outcome_validated")]
    assert trail == [(bakery.people["marco"], {"outcome": "knead", "role": "backup"})] * 2


def test_what_a_learner_shows_leaves_out_their_words_and_the_tutor_never_sees_the_log(
    core: Core, bakery: Small
) -> None:
    lea = bakery.placements["lea"]
    logged(bakery)
    bakery.world.forge(LEARNER, "log:note:1")
    bakery.world.say(LEARNER, "My secret sentence.")
    bakery.world.forge(LEARNER, "outcomes:yes")
    bakery.world.forge(REFERENT, f"validate:of:{lea}")
    bakery.world.forge(TUTOR, f"grid:of:{lea}")
    bakery.world.forge(TUTOR, f"grid:go:{lea}:end")
    assert "secret" not in bakery.world.phone(REFERENT).text() + bakery.world.phone(TUTOR).text()
    assert "skills log: one week" not in bakery.world.phone(TUTOR).text()
    assert [w.words for w in rows(core, OutcomeWeek)] == ["My secret sentence."]


def test_words_of_danger_in_a_log_bring_help_first(core: Core, bakery: Small) -> None:
    bakery.world.forge(LEARNER, "log:note:1")
    bakery.world.say(LEARNER, "I want to kill myself")
    assert "112" in bakery.world.phone(LEARNER).text()
    assert any(m.kind == "alert" for m in bakery.world.phone(REFERENT).messages)


def test_a_tutor_who_left_no_longer_finds_the_learner_and_a_learner_without_one_is_told_to_read_it_out(
    core: Core, bakery: Small
) -> None:
    change_stay(core, bakery, tutor_id=None)
    bakery.world.forge(TUTOR, "grid:home")
    assert "No learner is entered with you as tutor" in bakery.world.phone(TUTOR).last.text
    bakery.world.forge(LEARNER, "review:home")
    assert "Your tutor isn’t in this chat app" in bakery.world.phone(LEARNER).last.text


def test_another_trade_changes_the_list_until_something_was_said_about_it(core: Core, bakery: Small) -> None:
    lea = bakery.placements["lea"]

    def first() -> str:
        with core.store.transaction() as session:
            return outcomes_of(session, lea, core.content.outcomes).outcomes[0].code

    assert first() == "weigh"
    change_stay(core, bakery, trade="Tischlerin")
    assert first() == "drawing"
    bakery.world.forge(LEARNER, "log:t:1:drawing")
    change_stay(core, bakery, trade="Bäckerin")
    assert first() == "drawing"


@pytest.mark.parametrize("data", ["log:t:9:knead", "log:t:1:nothing", "log:h:1:knead:7", "log:t::", "log:week:99999"])
def test_made_up_weeks_and_outcomes_change_nothing(core: Core, bakery: Small, data: str) -> None:
    bakery.world.forge(LEARNER, data)
    assert rows(core, OutcomeLog) == []


def test_everything_is_in_the_export_and_goes_with_the_learner_the_tutors_name_with_the_tutor(
    core: Core, bakery: Small
) -> None:
    logged(bakery)
    grades(bakery, "end", ALL)
    bakery.world.forge(LEARNER, "review:write:me:well")
    bakery.world.say(LEARNER, "The rolls.")
    with core.store.transaction() as session:
        exported = privacy.export(session, bakery.people["lea"], bakery.world.now)
        erasing.erase(core, session, bakery.people["tilda"], bakery.world.now, None)
    tables = ("outcome", "outcome_log", "outcome_week", "outcome_grid", "outcome_grade", "review_note")
    assert {table: len(exported[table]) for table in tables} == dict(zip(tables, (7, 2, 1, 1, 7, 1), strict=True))
    (grid,) = rows(core, OutcomeGrid)
    assert (grid.by_person_id, grid.by_name, grid.by_role) == (None, "", "host_tutor")
    with core.store.transaction() as session:
        erasing.erase(core, session, bakery.people["lea"], bakery.world.now, None)
    assert rows(core, OutcomeLog) == rows(core, OutcomeGrid) == rows(core, ReviewNote) == []


def test_a_learners_copy_leaves_out_what_the_tutor_has_not_handed_in_or_shown(core: Core, bakery: Small) -> None:
    lea = bakery.placements["lea"]
    bakery.world.forge(TUTOR, f"grid:v:{lea}:mid:knead:1")
    bakery.world.forge(TUTOR, f"review:write:{lea}:next")
    bakery.world.say(TUTOR, "A draft of mine")
    assert rows(core, OutcomeDraft)
    assert rows(core, ReviewNote)
    with core.store.transaction() as session:
        copy = privacy.export(session, bakery.people["lea"], bakery.world.now)
    assert [copy["outcome_grid"], copy["outcome_grade"], copy["review_note"]] == [[], [], []]
    assert "outcome_draft" not in copy


def test_a_change_of_an_assessment_counts_when_it_is_handed_in_and_not_before(core: Core, bakery: Small) -> None:
    lea = bakery.placements["lea"]
    grades(bakery, "end", ALL)
    before = {g.code: g.value for g in rows(core, OutcomeGrade)}
    bakery.world.forge(TUTOR, f"grid:v:{lea}:end:knead:1")
    bakery.world.say(TUTOR, "On second thoughts")
    assert {g.code: g.value for g in rows(core, OutcomeGrade)} == before
    assert [g.comment for g in rows(core, OutcomeGrid)] == [None]
    bakery.world.forge(TUTOR, f"grid:of:{lea}")
    assert "handed in; what you changed since is not" in bakery.world.phone(TUTOR).last.text
    bakery.world.forge(TUTOR, f"grid:hand:{lea}:end")
    assert {g.code: g.value for g in rows(core, OutcomeGrade)} == before | {"knead": 1}
    assert [g.comment for g in rows(core, OutcomeGrid)] == ["On second thoughts"]
    assert rows(core, OutcomeDraft) == []
