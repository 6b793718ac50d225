"""The whole main job with the shipped commands: join, be asked, ask, do a step, call for help, be looked after."""

from __future__ import annotations

import pytest

from bot.sandbox.person import Person
from tests.e2e.machine import COHORT, Machine, eventually

pytestmark = pytest.mark.parametrize("database", ["sqlite", "postgresql"])


def test_a_learner_joins_asks_the_kit_and_is_told_what_has_passed(machine: Machine) -> None:
    async def story() -> None:
        await machine.start()
        learner = await machine.learner()
        await learner.wait_for("You've joined while the journey is already on its way")
        await learner.send("where can I wash my clothes?")
        await learner.wait_for("Washing clothes")
        await learner.send("/menu")
        await learner.wait_for("Day 4 of 28 in Seville")
        assert not machine.doubled()
        status = (await machine.do("cohort", "status", COHORT, "--json")).json()
        assert status["joined"] == 1

    machine.play(story)


def test_a_call_for_help_reaches_the_referent_and_comes_back_until_it_is_settled(machine: Machine) -> None:
    async def story() -> None:
        await machine.start()
        claire, paul = await machine.referent(), await machine.referent("paul", "Paul")
        noe = await machine.learner()
        await noe.send("/sos")
        await noe.wait_for("Emergency numbers in Spain")
        await noe.wait_for("I'm alerting")
        await claire.wait_for("Asked for help.")
        await paul.wait_for("Asked for help.")
        await claire.click("I'm on it")
        await noe.wait_for("Claire Référente is on it")
        await paul.wait_for("Claire Référente is on it")
        await _write_to_each_other(noe, claire)
        await claire.click("Resolved")
        await claire.wait_for("How was the alert about")
        await claire.click("We spoke on the phone")
        await paul.wait_for("All clear")
        await noe.wait_for("Is it settled for you, too?")
        await noe.click("Yes, it's settled")
        await noe.wait_for("Good. You can come back any time.")
        (alert,) = (await machine.do("alerts", "list", "--json")).json()
        assert (alert["learner"], alert["reason"], alert["severity"]) == ("L02", "asked_for_help", "red")
        assert (alert["outcome"], bool(alert["resolved_at"])) == ("phone", True)
        assert not machine.doubled()

    machine.play(story)


async def _write_to_each_other(learner: Person, referent: Person) -> None:
    await referent.click("Write to the learner")
    await referent.wait_for("Write your message to")
    await referent.send("Where are you now?")
    await learner.wait_for("Where are you now?")
    await learner.click("Answer")
    await learner.wait_for("Write your message to")
    await learner.send("At the tram stop.")
    await referent.wait_for("At the tram stop.")


def test_the_bot_and_the_schedule_work_as_two_processes(machine: Machine) -> None:
    async def story() -> None:
        await machine.start("run", "bot")
        await machine.start("run", "scheduler")
        claire, noe = await machine.referent(), await machine.learner()
        await noe.wait_for("You've joined while the journey is already on its way")
        await noe.send("/sos")
        await claire.wait_for("Asked for help.")
        await eventually(lambda: not machine.doubled())

    machine.play(story)
