"""What shows what a learner learnt: own log, tutor's grid, half-time talk, the school's word; each in its own chat.

Whole conversations lie in `tests/golden/`; who may do what, and what others see, is asked of the database.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from bot.flows.vocabulary import Voice
from bot.service.core import Core
from tests.support import golden
from tests.support.cohort import LEARNER, REFERENT, Small, add_staff
from tests.support.looking import change_stay

TUTOR = 21


@pytest.fixture
def bakery(core: Core, abroad: Small) -> Small:
    """Lea in her second week in a bakery, and her tutor there, who has joined."""
    add_staff(core, abroad, "tilda", "Tilda", "Ejemplo", "host_tutor", "T01")
    change_stay(core, abroad, tutor_id=abroad.memberships["tilda"], tutor_name="Tilda Ejemplo", trade="Bäckerin",
                departure_date=date(2026, 2, 23), arrival_date=date(2026, 2, 23))  # fmt: skip
    abroad.world.say(TUTOR, f"/start {abroad.tokens['tilda']}")
    abroad.world.tap(TUTOR, "English")
    return abroad


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
    lea = small.placements["lea"]
    for code in ("knead", "oven"):
        small.world.forge(LEARNER, f"log:t:1:{code}")
        small.world.forge(LEARNER, f"log:h:1:{code}:3")
    small.world.forge(LEARNER, "log:done:1")
    assert lea


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
