"""What learners send by their own choice: a sentence home, a word to authors, a yes to being asked, plain mode."""

from __future__ import annotations

from bot.service import feedback, learner_card
from bot.service.core import Core
from bot.store.tables import Consent, Feedback, Placement, StepRun
from bot.store.writing import upsert
from tests.support.cohort import GUARDIAN, LEARNER, REFERENT, Small, add_staff
from tests.support.looking import rows


def test_a_sentence_goes_home_at_once_and_once(core: Core, abroad: Small) -> None:
    world = abroad.world
    add_staff(core, abroad, "mum", "Maman", "Exemple", "family", "F01")
    with core.store.transaction() as session:
        session.get_one(Placement, abroad.placements["lea"]).guardian_id = abroad.people["mum"]
    world.say(LEARNER, "/menu")
    world.tap(LEARNER, "Tell home I'm OK")
    assert "Nobody from your family is connected" in world.phone(LEARNER).last.text
    world.say(GUARDIAN, f"/start {abroad.tokens['mum']}")
    world.tap(GUARDIAN, "English")
    before = len(world.phone(GUARDIAN).messages)
    for _ in range(2):
        world.forge(LEARNER, "home:say:fine")
    news = [shown.text for shown in world.phone(GUARDIAN).messages[before:]]
    assert len(news) == 1
    assert "“I'm fine. More later.”" in news[0]
    world.forge(REFERENT, "home:say:fine")
    world.forge(LEARNER, "home:say:<b>hi</b>")
    assert len(world.phone(GUARDIAN).messages) == before + 1


def test_a_word_on_a_step_reaches_its_authors_without_a_name(core: Core, abroad: Small) -> None:
    world = abroad.world
    world.say(LEARNER, "/feedback")
    assert "What about" in world.phone(LEARNER).last.text
    world.say(LEARNER, "The map was hard to read")
    (found,) = feedback.listing(core)
    assert (found["words"], found["language"], found["journey"]) == ("The map was hard to read", "en", "learner-short")
    assert feedback.listing(core, item="lessons/nothing") == []
    world.say(LEARNER, "/feedback I want to kill myself")
    assert len(rows(core, Feedback)) == 1


def test_an_ambassador_says_yes_explicitly_and_takes_it_back(core: Core, abroad: Small) -> None:
    world = abroad.world
    key = {"placement_id": abroad.placements["lea"], "step": "ambassador"}
    with core.store.transaction() as session:
        upsert(session, StepRun, key, {"state": "offered", "data": {}, "offered_at": world.now})
    world.forge(LEARNER, "step:ambassador:open")
    world.tap(LEARNER, "Yes, they may ask me")
    assert [row.given for row in rows(core, Consent, Consent.kind == "ambassador")] == [True]
    assert learner_card.show(core, "L01", None, world.now)["ambassador"]
    world.say(LEARNER, "/settings")
    world.tap(LEARNER, "Not an ambassador any more")
    assert not learner_card.show(core, "L01", None, world.now)["ambassador"]


def test_plain_mode_is_kept_and_switched_off_again(core: Core, abroad: Small) -> None:
    world = abroad.world
    world.say(LEARNER, "/settings")
    world.tap(LEARNER, "Plain mode on")
    world.say(LEARNER, "/settings")
    assert "Plain mode is on" in world.phone(LEARNER).last.text
    world.tap(LEARNER, "Plain mode off")
    assert "Plain mode is off" in world.phone(LEARNER).last.text
