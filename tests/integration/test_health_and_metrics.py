"""`/healthz`, `/metrics` and the dead man's switch: honest about what works, silent about people."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.app import App, Part
from bot.clock import SystemClock
from bot.errors import StorageTrouble
from bot.service import figures, intake
from bot.service.core import Core
from bot.settings import Settings
from bot.transport.meters import Meters
from bot.transport.pacing import Pacing
from scheduler import service
from scheduler.service import Scheduler
from tests.e2e.machine import free_port
from tests.support.alerting import missed
from tests.support.cohort import LEARNER, Small
from tests.support.looking import march
from tests.support.sandbox import TOKEN, desk


def page(core: Core, small: Small) -> dict[str, float]:
    """A scrape: sample → value."""
    text = Meters().page(figures.figures(core, small.world.now)).decode()
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def test_open_alerts_are_counted_by_severity_with_the_age_of_the_oldest(core: Core, abroad: Small) -> None:
    missed(abroad)
    abroad.world.wait(minutes=10)
    shown = page(core, abroad)
    assert shown['compagnon_alerts_open{severity="amber"}'] == 1
    assert shown['compagnon_alerts_open{severity="red"}'] == 0
    assert shown['compagnon_alert_oldest_untaken_seconds{severity="amber"}'] == 600


def test_an_alert_that_somebody_took_is_open_and_not_waiting(core: Core, abroad: Small) -> None:
    missed(abroad)
    abroad.world.tap(2, "I'm on it")
    abroad.world.wait(minutes=10)
    shown = page(core, abroad)
    assert shown['compagnon_alerts_open{severity="amber"}'] == 1
    assert shown['compagnon_alert_oldest_untaken_seconds{severity="amber"}'] == 0


def test_what_waits_to_be_sent_is_counted_by_lane(core: Core, abroad: Small) -> None:
    abroad.world.telegram_up = False
    abroad.world.say(LEARNER, "/sos")
    abroad.world.clock.advance(timedelta(seconds=40))
    shown = page(core, abroad)
    assert shown['compagnon_outbox_waiting{lane="safety"}'] >= 2
    assert shown['compagnon_outbox_oldest_seconds{lane="safety"}'] == 40


def test_check_ins_are_counted_by_state(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 18))
    assert page(core, abroad)['compagnon_check_ins{state="delivered"}'] == 1


def test_the_page_names_nobody(core: Core, abroad: Small) -> None:
    missed(abroad)
    text = Meters().page(figures.figures(core, abroad.world.now)).decode()
    for name in ("Lea ", "Beispiel", "L01", "SPRING", "Claire", "+33", "seville"):
        assert name not in text


def test_every_metric_is_documented(core: Core, abroad: Small) -> None:
    missed(abroad)
    running = (Path(__file__).parents[2] / "docs" / "running.md").read_text(encoding="utf-8")
    text = Meters().page(figures.figures(core, abroad.world.now)).decode()
    names = re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE)
    assert names
    assert [name for name in names if name not in running and not name.endswith("_created")] == []


def test_without_a_database_the_page_says_so() -> None:
    text = Meters().page(None).decode()
    assert "compagnon_database_up 0.0" in text


def served(core: Core, parts: tuple[Part, ...]) -> tuple[dict[str, object], str, str]:
    """What a process with these parts answers to `/healthz`, `/metrics` and `/map` after an update came in."""

    async def run() -> tuple[dict[str, object], str, str]:
        port = free_port()
        async with desk(started=False) as here, aiohttp.ClientSession() as http:
            settings = Settings(
                _env_file=None, token=TOKEN, api_url=here.sandbox.url, listen=f"127.0.0.1:{port}"
            )  # fmt: skip
            app = App(settings, SystemClock(), core, Pacing(None, per_chat=False))
            await app.start(parts)
            await here.person.send("/start")
            await asyncio.sleep(1.5)
            async with http.get(f"http://127.0.0.1:{port}/healthz") as answer:
                health = await answer.json()
            async with http.get(f"http://127.0.0.1:{port}/metrics") as answer:
                metrics = await answer.text()
            async with http.get(f"http://127.0.0.1:{port}/map") as answer:
                page = await answer.text()
            await app.stop()
            return health, metrics, page

    return asyncio.run(run())


def test_a_bot_says_how_old_its_last_sign_of_telegram_is_and_counts(core: Core) -> None:
    health, metrics, _ = served(core, tuple(Part))
    assert health["status"] == "ok"
    assert isinstance(health["intake_age"], float)
    assert "compagnon_updates_received_total 1.0" in metrics
    assert 'compagnon_messages_total{fate="sent",kind="answer"} 1.0' in metrics
    assert "compagnon_answer_seconds_count 1.0" in metrics


def test_a_scheduler_process_serves_it_too_and_the_map(core: Core) -> None:
    health, metrics, page = served(core, (Part.SENDER,))
    assert "<title>The map of stays abroad</title>" in page
    assert health["database"] is True
    assert health["intake_age"] is None
    assert "compagnon_database_up 1.0" in metrics


# --- the dead man's switch ------------------------------------------------------------------------


def pings(core: Core, monkeypatch: pytest.MonkeyPatch, *, seconds: float = 0.6) -> int:
    """How often the address is asked while a schedule turns for a moment."""
    monkeypatch.setattr(service, "EVERY", 0.05)
    monkeypatch.setattr(service, "HEARTBEAT_EVERY", 0.0)
    asked = 0

    async def answer(_: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response()

    async def run() -> None:
        application = web.Application()
        application.router.add_get("/ping", answer)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/ping"
        schedule = Scheduler(core, SystemClock(), lambda: None, url)
        schedule.start()
        await asyncio.sleep(seconds)
        await schedule.stop()
        await runner.cleanup()

    asyncio.run(run())
    return asked


def test_it_is_asked_while_the_schedule_turns_and_updates_come_in(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    intake.heard(core, SystemClock().now())
    assert pings(core, monkeypatch) > 0


def test_it_is_not_asked_while_nobody_hears(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    intake.heard(core, SystemClock().now() - timedelta(minutes=2))
    assert pings(core, monkeypatch) == 0


@pytest.mark.parametrize("trouble", [StorageTrouble("The disk is full."), ValueError("a fault of ours")])
def test_it_is_not_asked_while_every_turn_fails(
    core: Core, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    intake.heard(core, SystemClock().now())

    def fail(*_: object) -> None:
        raise trouble

    monkeypatch.setattr(service, "run_due", fail)
    assert pings(replace(core), monkeypatch) == 0
