"""A mail server and a gateway for calls: what they really took, whichever answer the bot saw. And the bot's way there.

What `bot.transport.second` does with asyncio is done here step by step: the same use cases in the same order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from bot.service import second_sending
from bot.service.core import Core
from bot.service.delivery import Fate
from bot.service.second_channel import MAIL, WEBHOOK
from bot.service.second_sending import SecondDelivery, SecondResult
from bot.transport import second_words
from bot.transport.second import AT_ONCE
from tests.simulation.weather import MINUTE, Window

if TYPE_CHECKING:
    from tests.simulation.machines import Bot
    from tests.simulation.simulation import Simulation

CHANNELS = (MAIL, WEBHOOK)
SENDER = "compagnon@school.example"
WRONG = "nobody@gone.example"  # refused for good
WAITING = "SELECT channel, min(not_before) FROM second_message WHERE state = 'queued' GROUP BY channel"
HELD = "SELECT min(lease_until) FROM second_message WHERE state IN ('leased', 'attempting')"


@dataclass(slots=True)
class Carried:
    """One try: what the bot heard (None: it died before), and what was true."""

    delivery: SecondDelivery
    at: datetime
    fate: Fate | None
    accepted: bool


class Elsewhere:
    """The world of the second channels; `away` has those that don't answer now."""

    def __init__(self, sim: Simulation) -> None:
        self.sim, self.dice = sim, Random(f"elsewhere {sim.seed}")
        self.away: set[str] = set()
        self.windows: list[Window] = []
        self.tries: dict[int, list[Carried]] = defaultdict(list)  # by row
        self.marked: dict[int, datetime] = {}  # rows that a process marked as over, and when

    def plan(self, start: datetime, end: datetime, hours: Sequence[datetime]) -> None:
        """Now and then a channel is away, most often when alerts are due."""
        for channel in CHANNELS if self.sim.weather.level else ():
            for _ in range(self.dice.choice((0, 1, 2))):
                around = self.dice.choice(hours) if hours and self.dice.random() < 0.7 else None
                begins = (around or start + (end - start) * self.dice.random()) + MINUTE * self.dice.randint(-30, 180)
                self._window(Window(begins, begins + MINUTE * self.dice.randint(5, 300), channel))

    def _window(self, window: Window) -> None:
        self.windows.append(window)
        self.sim.clock.at(window.start, lambda: None if self.sim.weather.over else self.away.add(window.what))
        self.sim.clock.at(window.end, lambda: self.away.discard(window.what))

    def carry(self, delivery: SecondDelivery, now: datetime) -> Carried:
        """One e-mail or call, written as it would go out."""
        fate, accepted = self._fate(delivery)
        try:
            if delivery.channel == MAIL:
                second_words.mail(delivery, SENDER, self.sim.content.catalogues)
            else:
                second_words.call(delivery, self.sim.content.catalogues)
        except Exception as error:
            self.sim.violated(f"{delivery.channel} {delivery.id} could not be written: {error!r:.200}")
            fate, accepted = Fate.FAILED, False
        carried = Carried(delivery, now, fate, accepted)
        self.tries[delivery.id].append(carried)
        return carried

    def _fate(self, delivery: SecondDelivery) -> tuple[Fate, bool]:
        if delivery.channel in self.away:
            return (Fate.RETRY, False) if self.dice.random() < 0.8 else (Fate.UNKNOWN, False)
        if delivery.address == WRONG:
            return Fate.FAILED, False
        if self.sim.weather.level and not self.sim.weather.over and self.dice.random() < 0.1:
            return self.dice.choice(((Fate.RETRY, False), (Fate.UNKNOWN, False), (Fate.UNKNOWN, True)))
        return Fate.SENT, True

    def seconds(self) -> float:
        """How long the other side takes to answer: mostly little, sometimes as long as it is waited for."""
        return self.dice.uniform(5, 40) if self.dice.random() < 0.08 else self.dice.uniform(0.05, 2)


class Lane:
    """One channel of one process: claim → attempt → carry → finish; the next round when all of one are done."""

    def __init__(self, bot: Bot, channel: str) -> None:
        self.bot, self.sim, self.channel = bot, bot.sim, channel
        self.wakes_at: datetime | None = None
        self.under_way = 0

    def wake(self, after: timedelta) -> None:
        """Look in a while, or earlier if that was planned."""
        look = timedelta(seconds=self.sim.elsewhere.dice.uniform(0.1, 1))
        when = self.sim.clock.now + max(after, timedelta(0)) + look
        if self.bot.alive and not self.under_way and (self.wakes_at is None or self.wakes_at > when):
            self.wakes_at = when
            self.bot.later((when - self.sim.clock.now).total_seconds(), lambda: self._look(when))

    def _look(self, planned: datetime) -> None:
        if self.wakes_at != planned or self.under_way:
            return
        self.wakes_at = None
        ok, taken = self.bot.carefully(f"take {self.channel}", _take, self.channel, self.bot.now())
        if not ok:
            self.wake(timedelta(seconds=self.bot.patience(2.0)))
            return
        self.under_way = len(taken)
        for delivery in taken:
            self.bot.later(self.sim.elsewhere.dice.uniform(0.01, 0.2), partial(self._carry, delivery))

    def _carry(self, delivery: SecondDelivery) -> None:
        carried = self.sim.elsewhere.carry(delivery, self.sim.clock.now)
        what, fate = ("reaches" if carried.accepted else "does not reach"), carried.fate
        self.sim.told(self.bot.name, "{} {} {} {} → {}", self.channel, delivery.id, what, delivery.address, fate)
        if self.sim.weather.dies_in_a_call():
            carried.fate = None
            self.bot.die(f"dies before it hears what became of {self.channel} {delivery.id}")
            return
        self.bot.later(self.sim.elsewhere.seconds(), lambda: self._finish(carried))

    def _finish(self, carried: Carried) -> None:
        """What cannot be marked now keeps its lease, and goes out again."""
        assert carried.fate is not None
        now, number = self.bot.now(), carried.delivery.id
        result = SecondResult(number, carried.fate, now, None if carried.fate is Fate.SENT else "simulated")
        self.under_way -= 1
        ok, _ = self.bot.carefully(f"mark {self.channel}", second_sending.finish, [result], now)
        if ok and carried.fate in (Fate.SENT, Fate.FAILED):
            self.sim.elsewhere.marked.setdefault(number, self.sim.clock.now)


def _take(core: Core, channel: str, now: datetime) -> list[SecondDelivery]:
    claimed = second_sending.claim(core, channel, now, AT_ONCE)
    ours = second_sending.attempt(core, [one.id for one in claimed], now) if claimed else set()
    return [one for one in claimed if one.id in ours]
