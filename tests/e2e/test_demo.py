"""`compagnon demo` as a newcomer starts it: no token, no set-up, a whole stay by its own clock."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from bot.sandbox.person import Person
from tests.e2e.cohort import HOST
from tests.e2e.machine import Machine, Patient, Running, eventually, free_port, onboarding
from tests.support.bot_api import SPEC, check_calls

Json = dict[str, Any]
FIRST_ANSWER = 10.0  # seconds from the start of the command


class Demo:
    """A running demo and its control API."""

    def __init__(self, running: Running, url: str, began: float) -> None:
        self.running, self.url, self.began = running, url, began

    async def call(self, verb: str, path: str, body: Json | None = None) -> tuple[int, Any]:
        """Status and JSON of a control call."""
        async with aiohttp.ClientSession() as http, http.request(verb, f"{self.url}{path}", json=body) as answer:
            return answer.status, await answer.json()

    async def travel(self, to: str) -> Json:
        """Move the clock; the clock afterwards."""
        status, clock = await self.call("POST", "/sandbox/clock", {"to": to})
        assert status == 200, clock
        return dict(clock)

    async def join(self, code: str, name: str, label: str) -> Person:
        """Somebody from the open invites starts and chooses English."""
        _, state = await self.call("GET", "/sandbox/state")
        token = next(one["token"] for one in state["invites"] if one["code"] == code)
        person = await Patient.join(self.url, name, label=label, language_code="en")
        if label == "learner":
            for do, expected in onboarding(person, token):
                await do()
                await person.wait_for(expected)
        else:
            await person.send(f"/start {token}")
            await person.wait_for("English")
            await person.click("English")
            await person.wait_for("Welcome, ")
        return person


@contextlib.asynccontextmanager
async def demo(folder: Path, machine: Machine | None = None) -> AsyncIterator[Demo]:
    """The command on a free port, stopped with Ctrl-C at the end; all of its calls are checked."""
    port = free_port()
    machine = machine or Machine(folder, "")
    began = time.monotonic()
    machine.sandbox.port = 1  # the settings of a real installation point elsewhere; the demo ignores them
    running = await machine.start("demo", "--no-browser", "--port", str(port))
    here = Demo(running, f"http://127.0.0.1:{port}", began)
    try:
        await running.says(here.url)
        yield here
        _, calls = await here.call("GET", "/sandbox/calls")
        if SPEC.exists():
            check_calls(calls)
        status, seconds = await running.stop(signal.SIGINT)
        assert (status, seconds < 15) == (0, True), (status, seconds)
        assert "Traceback" not in running.log(), running.log()
    finally:
        if running.process.returncode is None:
            await running.kill()


def _play(folder: Path, story: Callable[[Demo], Awaitable[None]]) -> None:
    async def run() -> None:
        async with demo(folder) as here:
            await story(here)

    asyncio.run(run())


def test_the_page_answers_and_the_first_start_is_answered_within_ten_seconds(tmp_path: Path) -> None:
    async def story(here: Demo) -> None:
        async with aiohttp.ClientSession() as http, http.get(here.url) as page:
            assert page.status == 200
            assert "<title>" in await page.text()
        async with aiohttp.ClientSession() as http, http.get(f"{here.url}/map") as page:
            assert "Panadería de Ejemplo" in await page.text()
        _, state = await here.call("GET", "/sandbox/state")
        learner = await Patient.join(here.url, "Noah", label="learner")
        token = next(one["token"] for one in state["invites"] if one["role"] == "learner")
        await learner.send(f"/start {token}")
        await learner.wait_for("English")
        # On a busy machine its own work counts, not the waiting for a processor.
        assert state["map"] is True
        assert min(time.monotonic() - here.began, here.running.worked()) < FIRST_ANSWER
        assert here.running.log().count("\n") == 3, here.running.log()

    _play(tmp_path, story)


async def _arrive(here: Demo, learner: Patient) -> dict[str, Any]:
    """Travel to the arrival, on to the question about the journey, and say that it is over."""
    clock = await here.travel("arrival")
    for _ in range(12):
        if any("I've arrived" in json.dumps(one.get("reply_markup", {})) for one in await learner.messages()):
            await learner.click("I've arrived")
            return clock
        clock = await here.travel("next")
    raise AssertionError("nobody asked about the journey")


def test_from_start_to_the_acknowledged_alert_by_the_clock_alone(tmp_path: Path) -> None:
    async def story(here: Demo) -> None:
        claire = await here.join("R01", "Claire", "referent")
        noah = await here.join("L02", "Noah", "learner")
        await _arrive(here, noah)
        for _ in range(12):
            await here.travel("next")
            if any("🟠" in one.get("text", "") for one in await claire.messages()):
                break
        alert = await claire.wait_for("🟠")
        asked = await noah.wait_for("how is it going today?")
        assert alert["date"] - asked["date"] == 2 * 3600, "the cohort's grace, to the second"
        await claire.click("I'm on it")
        await noah.wait_for("Claire Référente is on it")

    _play(tmp_path, story)


def test_a_day_visits_every_instant_in_order(tmp_path: Path) -> None:
    async def story(here: Demo) -> None:
        noah = await here.join("L02", "Noah", "learner")
        begun = datetime.fromisoformat((await _arrive(here, noah))["now"]).timestamp()
        await here.travel("+1d")
        ends = datetime.fromisoformat((await here.travel("+1d"))["now"]).timestamp()
        dates = [one["date"] for one in await noah.messages() if not one.get("edit_date")]
        assert dates == sorted(dates)
        assert ends - begun >= 48 * 3600
        hours = {datetime.fromtimestamp(date, HOST).strftime("%H:%M") for date in dates if date > begun}
        assert {"17:30", "19:00", "20:00", "21:00"} <= hours, "a step, the question, the reminder, the alert"

    _play(tmp_path, story)


def test_after_the_return_the_learner_takes_a_copy_of_everything(tmp_path: Path) -> None:
    async def story(here: Demo) -> None:
        noah = await here.join("L02", "Noah", "learner")
        clock = await here.travel("return")
        assert clock["now"] >= clock["marks"]["return"]
        assert not any("haven't heard" in one.get("text", "") for one in await noah.messages()), "he answered"
        status, refusal = await here.call("POST", "/sandbox/clock", {"to": "arrival"})
        assert (status, "over already" in refusal["error"]) == (400, True)
        await noah.send("/privacy")
        await noah.wait_for("A copy of my data")
        await noah.click("A copy of my data")
        await noah.wait_for("This is everything that is kept about you")
        files = []
        while len(files) < 2:
            await asyncio.sleep(0.1)
            files = [one["document"] for one in await noah.messages() if "document" in one]
        file = next(one for one in files if one["file_name"].endswith(".json"))
        async with aiohttp.ClientSession() as http, http.get(f"{here.url}/sandbox/files/{file['file_id']}") as copy:
            assert "Noah" in await copy.text()

    _play(tmp_path, story)


def test_the_demo_ignores_a_real_installation_and_listens_on_loopback_only(tmp_path: Path) -> None:
    nonsense = "COMPAGNON_TOKEN=not a token\nCOMPAGNON_DATABASE_URL=nonsense://\nCOMPAGNON_MESSAGES_PER_SECOND=many\n"
    (tmp_path / ".env").write_text(nonsense)

    async def story(here: Demo) -> None:
        await here.join("R01", "Claire", "referent")
        listening = {line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if " 0A " in line}
        port = f"{int(here.url.rpartition(':')[2]):04X}"
        assert {address for address in listening if address.endswith(port)} == {f"0100007F:{port}"}

    _play(tmp_path, story)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "log0.txt"], "nothing is left behind"


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    async def run() -> None:
        async with demo(tmp_path) as here:
            machine = Machine(tmp_path, "")
            machine.sandbox.port = 1
            outcome = await machine.command("demo", "--no-browser", "--port", here.url.rpartition(":")[2])
            assert (outcome.status, len(outcome.err.splitlines())) == (1, 1), outcome
            assert "choose another with --port" in outcome.err
            await eventually(lambda: here.running.process.returncode is None)

    asyncio.run(run())
