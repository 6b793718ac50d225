"""A missed check-in in real time: real minutes are waited for once, on one database."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from tests.e2e.cohort import HOST, set_up
from tests.e2e.machine import Machine


def test_a_missed_check_in_is_reminded_alerted_passed_on_and_answered_late(
    empty_machine: Machine,
) -> None:
    machine = empty_machine

    async def story() -> None:
        began = time.monotonic()
        await machine.do("cohort", "list")
        setting_up = timedelta(seconds=20 + 12 * (time.monotonic() - began))  # ten commands, three people
        due = datetime.now(UTC).astimezone(HOST) + setting_up
        due = due.replace(second=0, microsecond=0) + timedelta(minutes=1)
        terms = {"reminder_after": "2s", "grace": "5s", "escalate_after": "6s"}
        await set_up(machine, check_in_at=f"{due:%H:%M}", **terms)
        await machine.start()
        claire, paul = await machine.referent(), await machine.referent("paul", "Paul")
        noe = await machine.learner()
        await noe.wait_for("how is it going today?", (due - datetime.now(UTC)).total_seconds() + 10)
        await noe.wait_for("I haven't heard from you yet")
        await claire.wait_for("🟠")
        await noe.wait_for("so I told Claire")
        await paul.wait_for("🟠")
        await paul.click("I'm on it")
        await noe.wait_for("Paul Exemple is on it")
        await noe.click("I'm fine")
        await paul.wait_for("Has answered now: I'm fine")
        await asyncio.sleep(8)  # longer than the next rung: an alert that was taken goes no further
        assert not machine.doubled()
        (row,) = (await machine.do("alerts", "list", "--open", "--json")).json()
        assert (row["reason"], row["severity"], row["acknowledged_by"]) == ("not_answered", "amber", "Paul Exemple")

    machine.play(story)
