"""The demo's clock: time travel that visits every due instant in order, as it would come in real life."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from bot.app import App
from bot.clock import VirtualClock, local, to_utc
from bot.errors import CompagnonError
from bot.service import guest_list, intake, upkeep
from bot.service.core import Core
from scheduler.due import run_due

MORNING = time(8, 0)
SECOND = timedelta(seconds=1)
UNTAKEN = timedelta(hours=1)  # how long an alert may stay nobody's before a long journey stops for it
FAR = timedelta(days=60)  # how far "next event" looks
LABELS = {
    "step": "Next step of the journey",
    "check_in": "Check-in",
    "travel": "Travel day",
    "alert": "The alert goes on",
    "message": "Message to the cohort",
    "pause": "A planned silence",
    "question": "A question to a former learner",
}


class Stage:
    """Moves the demo's time and tells the page where it stands."""

    def __init__(
        self, core: Core, app: App, clock: VirtualClock, cohort: str, zone: str, marks: Mapping[str, datetime]
    ):
        self._core, self._app, self._clock, self._cohort = core, app, clock, cohort
        self._zone, self._marks = zone, marks
        self.meanwhile: Callable[[], Awaitable[None]] = _nobody  # what people do on the way to the return
        self.changed: Callable[[], Awaitable[None]] = _nobody  # told when the clock shows something else
        self._moving = asyncio.Lock()
        self._step: datetime | None = None
        self._closing = False
        self._travelling = False  # the lock is held by the ticking, too

    async def close(self) -> None:
        """Break off a journey under way."""
        self._closing = True
        async with self._moving:
            pass

    # --- what the page asks ---

    async def clock(self) -> dict[str, Any]:
        """The clock as the page shows it."""
        now = self._clock.now()
        found = await self._app.pool.run(next_visible, self._core, now)
        return {
            "now": now.isoformat(), "zone": self._zone,
            "next_at": found[0].isoformat() if found else None, "next_label": LABELS[found[1]] if found else None,
            "marks": {name: instant.isoformat() for name, instant in self._marks.items()},
            "busy": self._travelling, "step": self._step.isoformat() if self._step else None,
        }  # fmt: skip

    async def invites(self) -> list[dict[str, Any]]:
        """Who has not joined yet."""
        return await self._app.pool.run(guest_list.listing, self._core, self._cohort, self._clock.now())

    async def travel(self, to: str) -> dict[str, Any]:
        """Move to `next`, `+1h`, `+1d`, `arrival` or `return`. Raises ValueError with one sentence."""
        async with self._moving:
            self._travelling = True
            try:
                if to == "next":
                    await self._to_next()
                else:
                    await self._visit_until(self._target(to), self.meanwhile if to == "return" else _nobody)
            finally:
                self._step, self._travelling = None, False
        return await self.clock()

    def _target(self, to: str) -> datetime:
        now = self._clock.now()
        if to in ("+1h", "+1d"):
            return now + (timedelta(hours=1) if to == "+1h" else timedelta(days=1))
        target = self._marks[to]
        if target <= now:
            raise ValueError(
                f"The {to} is over already: the demo's time only goes forward. Start it again for another stay."
            )
        return target

    # --- moving ---

    async def _to_next(self) -> None:
        """Up to the next instant at which somebody's phone shows something new."""
        start = self._clock.now()
        while not self._closing:
            found = await self._app.pool.run(upkeep.next_due, self._core, self._clock.now())
            if found is None or found[0] > start + FAR:
                raise ValueError("Nothing more is planned: let somebody join, or move on by a day.")
            before = await self._app.pool.run(upkeep.sent_so_far, self._core)
            await self._be_at(max(found[0], self._clock.now()))
            if await self._app.pool.run(upkeep.sent_so_far, self._core) > before:
                return

    async def _visit_until(self, target: datetime, meanwhile: Callable[[], Awaitable[None]]) -> None:
        while not self._closing:
            found = await self._app.pool.run(upkeep.next_due, self._core, self._clock.now())
            if found is None or found[0] > target:
                break
            await self._see_to_alerts()
            await self._be_at(max(found[0], self._clock.now()))
            await meanwhile()
            await self._app.drain()
        await self._be_at(target)

    async def _see_to_alerts(self) -> None:
        """An urgent alert sounds every five minutes until somebody takes it: nobody wants to find a thousand."""
        name = await self._app.pool.run(upkeep.untaken, self._core, self._clock.now() - UNTAKEN)
        if name is not None:
            raise ValueError(
                f"The clock stops here: nobody has taken the alert about {name}, and it would sound every five "
                "minutes from now on. Tap “I'm on it” on a contact person's phone, then travel on."
            )

    async def _be_at(self, instant: datetime) -> None:
        """Stand at one instant and let everything happen that is due then."""
        self._clock.set(instant)
        self._step = instant
        # There is nothing the bot could have missed while the virtual time stood still.
        await self._app.pool.run(intake.heard, self._core, instant)
        await self._app.pool.run(run_due, self._core, instant)
        await self._app.drain()

    async def tick(self) -> None:
        """Between travels time goes by as on any clock, second by second; the page hears of what changes."""
        shown: tuple[object, ...] = ()
        while True:
            await asyncio.sleep(1)
            with contextlib.suppress(CompagnonError):
                async with self._moving:
                    await self._second()
                clock = await self.clock()
                if shown != (shown := (clock["now"][:16], clock["next_at"])):
                    await self.changed()

    async def _second(self) -> None:
        self._clock.advance(SECOND)
        found = await self._app.pool.run(upkeep.next_due, self._core, self._clock.now())
        if found is not None and found[0] <= self._clock.now():
            await self._be_at(self._clock.now())
            self._step = None


async def _nobody() -> None:
    """Nobody does anything."""


def next_visible(core: Core, now: datetime) -> tuple[datetime, str] | None:
    """The next thing planned that somebody will see; the planning itself is nobody's event."""
    return upkeep.next_due(core, now, visible=True)


def morning_of(day: Any, zone: str) -> datetime:
    """Eight o'clock of a local day, as an instant."""
    return to_utc(day, MORNING, zone)


def shown_at(instant: datetime, zone: str) -> str:
    """An instant for the terminal."""
    return f"{local(instant, zone):%A %d %B, %H:%M}"
