"""Telegram is away, slow or cross, and comes back: nothing is lost, nothing is said twice but for safety."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from bot.sandbox.person import Person
from tests.e2e.machine import Machine, eventually, webhook

AWAY = 1.5  # seconds
REFUSALS = ("500", "502", "429", "409", "401")
COMMANDS = ("/help", "/progress", "/language", "/settings", "/menu")
ASKED = (
    ("where can I wash my clothes?", "Washing clothes"),
    ("how do I sort the rubbish?", "Sorting rubbish"),
    ("where is the nearest supermarket?", "Buying food"),
    ("how much should I tip?", "Tipping"),
    ("where can I buy a SIM card?", "Mobile phone and roaming"),
)


def test_what_is_written_while_telegram_refuses_everything_is_answered_once_it_is_back(machine: Machine) -> None:
    async def story() -> None:
        running = await machine.start()
        noe = await machine.learner()
        await noe.wait_for("You've joined while")
        for times, (kind, command, (question, answer)) in enumerate(zip(REFUSALS, COMMANDS, ASKED, strict=True), 1):
            machine.fault(kind, times=None)
            await noe.send(command)
            await noe.send(question)
            await asyncio.sleep(AWAY)
            machine.healed()
            await noe.wait_for(answer)
            await eventually(lambda times=times: running.log().count("updates come in again") >= times)  # type: ignore[misc]
        assert not machine.doubled()

    machine.play(story)


def test_an_answer_that_telegram_refuses_is_sent_later_and_once(machine: Machine) -> None:
    async def story() -> None:
        await machine.start()
        noe = await machine.learner()
        await noe.wait_for("You've joined while")
        for kind, (question, answer) in zip(("429", "500", "502"), ASKED, strict=False):
            machine.fault(kind, "sendMessage", times=2, retry_after=1)
            await noe.send(question)
            await noe.wait_for(answer)
        assert not machine.doubled()

    machine.play(story)


@pytest.mark.parametrize("kind", ["timeout_after", "drop"])
def test_an_answer_that_may_have_arrived_is_shown_again_at_the_next_message_only(machine: Machine, kind: str) -> None:
    async def story() -> None:
        await machine.start()
        noe = await machine.learner()
        await noe.wait_for("You've joined while")
        await noe.send("where can I buy food?")  # the first question waits for what understands it
        await noe.wait_for("Buying food")
        await asyncio.sleep(1)
        before = len(await noe.messages())
        machine.fault(kind, "sendMessage", seconds=0.2)
        await noe.send("where can I wash my clothes?")
        await asyncio.sleep(3)
        arrived = 1 if kind == "timeout_after" else 0
        assert len(await noe.messages()) - before == 1 + arrived, (await noe.messages())[before:]
        await noe.send("/help")
        await noe.wait_for("Washing clothes")

    machine.play(story)


def test_an_alert_that_may_not_have_arrived_is_sent_again_by_itself(machine: Machine) -> None:
    async def story() -> None:
        await machine.start()
        claire, noe = await machine.referent(), await machine.learner()
        await noe.wait_for("You've joined while")
        machine.fault("drop", "sendMessage", chat_id=claire.id)
        await noe.send("/sos")
        await claire.wait_for("Asked for help.")

    machine.play(story)


def test_a_learner_abroad_who_blocks_the_bot_is_an_alert_to_the_referent(machine: Machine) -> None:
    async def story() -> None:
        await machine.start()
        claire, noe = await machine.referent(), await machine.learner()
        await noe.wait_for("You've joined while")
        await noe.block()
        await claire.wait_for("Can no longer be reached, the bot is blocked.")
        (alert,) = (await machine.do("alerts", "list", "--open", "--json")).json()
        assert (alert["learner"], alert["reason"]) == ("L02", "blocked")

    machine.play(story)


def test_a_webhook_takes_updates_only_with_the_secret_and_misses_none_while_the_bot_restarts(machine: Machine) -> None:
    async def story() -> None:
        settings = webhook()
        machine.sandbox.api.webhook.retry_base = 0.1
        running = await machine.start("run", **settings)
        noe = await machine.learner()
        await noe.wait_for("You've joined while")
        async with (
            aiohttp.ClientSession() as http,
            http.post(settings["WEBHOOK_URL"], json={"update_id": 1, "message": {}}) as answer,
        ):
            assert answer.status == 401
        status, _ = await running.stop()
        assert status == 0
        await noe.send("where can I wash my clothes?")
        await machine.start("run", **settings)
        await noe.wait_for("Washing clothes")
        assert not machine.calls("getUpdates", ok=None)
        assert not machine.doubled()

    machine.play(story)


@pytest.mark.parametrize("database", ["postgresql"])
def test_of_two_bots_on_one_database_the_other_takes_over_and_nothing_is_doubled(machine: Machine) -> None:
    async def story() -> None:
        first = await machine.start()
        await first.says("running as")
        second = await machine.start()
        claire, noe = await machine.referent(), await machine.learner()
        await second.says("running as")
        await _chatter(noe)
        await first.kill()
        await noe.send("/sos")
        await claire.wait_for("Asked for help.")
        await noe.send("/language")
        await noe.wait_for("Français")
        assert not machine.doubled()

    machine.play(story)


async def _chatter(noe: Person) -> None:
    for question, answer in (("where can I wash my clothes?", "Washing clothes"), ("/progress", "Your progress")):
        await noe.send(question)
        await noe.wait_for(answer)


def test_a_double_tap_counts_once(machine: Machine) -> None:
    async def story() -> None:
        await machine.start()
        claire, noe = await machine.referent(), await machine.learner()
        await noe.wait_for("You've joined while")
        await asyncio.gather(noe.send("/sos"), noe.send("/sos"))
        alert = await claire.wait_for("Asked for help.")
        await asyncio.gather(claire.click("I'm on it", alert), claire.click("I'm on it", alert))
        await noe.wait_for("Claire Référente is on it")
        await asyncio.sleep(2)
        assert sum("is on it" in text for text in machine.sent(noe.id)) == 1
        assert len((await machine.do("alerts", "list", "--json")).json()) == 1
        await eventually(lambda: len(machine.calls("answerCallbackQuery")) >= 2)

    machine.play(story)
