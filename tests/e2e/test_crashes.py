"""`kill -9` at the worst moments: the bot goes on where it was, and says nothing twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.sandbox.person import Person
from tests.e2e.machine import COHORT, Machine, onboarding, webhook

BETWEEN_TAPS = 0.4  # seconds that a person needs at least; the bot has written down by then what it sent


def test_onboarding_goes_on_after_a_kill_between_any_two_taps(machine: Machine) -> None:
    async def story() -> None:
        settings = webhook()
        machine.sandbox.api.webhook.retry_base = 0.1
        noe = await machine.person("Noé", label="learner")
        for do, expected in onboarding(noe, machine.tokens["L02"]):
            running = await machine.start("run", **settings)
            await _acted(noe, do, expected)
            await running.kill()
        status = (await machine.do("cohort", "status", COHORT, "--json")).json()
        assert status["joined"] == 1
        assert not machine.doubled()
        assert len(machine.sent(noe.id)) <= 2, "one message edited at every tap, and perhaps what has passed"

    machine.play(story)


def test_a_quiz_goes_on_after_a_kill_between_any_two_taps(machine: Machine) -> None:
    async def story() -> None:
        settings = webhook()
        machine.sandbox.api.webhook.retry_base = 0.1
        running = await machine.start("run", **settings)
        noe = await machine.learner()
        await noe.wait_for("Show them")
        await asyncio.sleep(BETWEEN_TAPS)
        before = len(machine.sent(noe.id))
        quiz = "Five situations: at work"
        await noe.click("Show them")
        await noe.wait_for(quiz)
        taps = [(quiz, "question 1 of 5")]
        for number in range(1, 5):
            taps += [("A", "Next question"), ("Next question", f"question {number + 1} of 5")]
        taps += [("A", "See the result"), ("See the result", "of 5 right.")]
        for label, expected in taps:
            await asyncio.sleep(BETWEEN_TAPS)
            await running.kill()
            running = await machine.start("run", **settings)
            await noe.click(label)
            await noe.wait_for(expected)
        assert not machine.doubled()
        assert len(machine.sent(noe.id)) - before <= 1, "the quiz is one message, edited at every tap"

    machine.play(story)


def test_a_polling_bot_that_was_killed_answers_what_was_written_meanwhile(machine: Machine) -> None:
    async def story() -> None:
        running = await machine.start()
        noe = await machine.learner()
        await noe.wait_for("You've joined while")
        await asyncio.sleep(BETWEEN_TAPS)
        await running.kill()
        await noe.send("/help")
        await noe.send("where can I wash my clothes?")
        await machine.start()
        await noe.wait_for("Washing clothes")
        assert not machine.doubled()

    machine.play(story)


@pytest.mark.long
def test_after_a_kill_in_the_very_act_sos_is_answered_at_once_and_the_rest_is_shown_again(machine: Machine) -> None:
    async def story() -> None:
        settings = webhook()
        machine.sandbox.api.webhook.retry_base = 0.1
        running = await machine.start("run", **settings)
        noe = await machine.learner()
        await noe.wait_for("You've joined while")
        machine.fault("timeout_before", "sendMessage", seconds=60.0)
        await noe.send("where can I wash my clothes?")
        await asyncio.sleep(1.0)
        await running.kill()
        await machine.start("run", **settings)
        await noe.send("/sos")
        await noe.wait_for("Emergency numbers in Spain", 15)
        # The lease of what the dead process had in hand lapses after a minute.
        await noe.send("/help")
        await noe.wait_for("Ask me anything about daily life", 120)
        await noe.send("/menu")
        await noe.wait_for("Washing clothes")
        assert not machine.doubled()

    machine.play(story)


async def _acted(person: Person, do: Any, expected: str) -> None:
    await do()
    await person.wait_for(expected)
    await asyncio.sleep(BETWEEN_TAPS)
