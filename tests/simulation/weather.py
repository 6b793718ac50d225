"""What goes wrong in one seed, and when: planned windows of trouble, and small chances at every step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from tests.simulation.faults import Act, Killed, kill, lose_answer
from tests.simulation.telegram import Weather as Sky

if TYPE_CHECKING:
    from tests.simulation.machines import Machine
    from tests.simulation.simulation import Simulation

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Window:
    """Trouble from `start` to `end`: gone, rough, deaf (sending works, getUpdates does not), database, bots, …"""

    start: datetime
    end: datetime
    what: str

    def meets(self, start: datetime, end: datetime) -> bool:
        """Does it touch that span?"""
        return self.start <= end and start <= self.end


class Trouble:
    """The faults of one seed. `level` 0 is a calm world, 1 a usual one, 2 a bad one."""

    def __init__(self, sim: Simulation, level: int) -> None:
        self.sim, self.level = sim, level
        self.dice = Random(f"trouble {sim.seed}")
        self.windows: list[Window] = []
        self.over = False
        self._down_since: dict[str, datetime] = {}
        self._kept_down: dict[str, datetime] = {}

    # --- planned windows ---

    def plan(self, start: datetime, end: datetime, hours: Sequence[datetime]) -> None:
        """Spread windows over the stay, most of them around `hours`, when check-ins are due."""
        if self.level == 0:
            return
        lengths = {
            "rough": (10, 180), "gone": (10, 300), "database": (1, 45), "bots": (10, 400), "schedulers": (5, 400),
            "clock": (5, 60), "deaf": (20, 240),
        }  # fmt: skip
        for what, (least, most) in lengths.items():
            for _ in range(self.dice.choice((0, 1, 1, 2) if self.level == 1 else (1, 2, 3))):
                around = self.dice.choice(hours) if hours and self.dice.random() < 0.7 else None
                middle = around or start + (end - start) * self.dice.random()
                begins = middle + MINUTE * self.dice.randint(-100, 130)
                long = MINUTE * round(least * (most / least) ** self.dice.random())
                if what in ("bots", "schedulers") and self.dice.random() < 0.06:
                    long = timedelta(hours=self.dice.choice((14, 26, 40)))
                self._window(max(begins, start), long, what)

    def plan_surely(self, what: str, hours: Sequence[datetime]) -> None:
        """That trouble at each of those hours: for bugs that only it brings to light. Deaf from a minute on, when the
        questions are out; all else from shortly before, so that it meets them."""
        for hour in sorted(set(hours)):
            begins = hour + (MINUTE if what == "deaf" else -5 * MINUTE)
            if what == "blocked":
                for learner in self.sim.cast.learners:
                    self.sim.clock.at(begins, learner.blocks_for_a_while)
            else:
                self._window(begins, timedelta(hours=2, minutes=30), what)

    def _window(self, begins: datetime, long: timedelta, what: str) -> None:
        window = Window(begins, begins + long, what)
        self.windows.append(window)
        self.sim.clock.at(window.start, lambda: self._begin(window))
        self.sim.clock.at(window.end, lambda: self._end(window))

    def _begin(self, window: Window) -> None:
        sim = self.sim
        if self.over:
            return
        sim.told("trouble", "{} until {}", window.what, window.end)
        match window.what:
            case "rough":
                sim.telegram.weather = Sky.ROUGH
            case "gone":
                sim.telegram.weather = Sky.GONE
            case "deaf":
                sim.telegram.deaf = True
            case "database":
                sim.faults.away = True
            case "clock":
                sim.step = MINUTE * self.dice.choice((-30, -10, -3, 3, 10))
            case "bots" | "schedulers":
                for machine in sim.bots if window.what == "bots" else sim.schedulers:
                    self._kept_down[machine.name] = max(window.end, self._kept_down.get(machine.name, window.end))
                    machine.die("is stopped")

    def _end(self, window: Window) -> None:
        sim = self.sim
        sim.told("trouble", "{} is over", window.what)
        match window.what:
            case "rough" | "gone":
                sim.telegram.weather = Sky.FINE
                for bot in sim.bots:
                    bot.poll_soon()
            case "deaf":
                sim.telegram.deaf = False
                for bot in sim.bots:
                    bot.poll_soon()
            case "database":
                sim.faults.away = False
            case "clock":
                sim.step = timedelta(0)
            case _:
                for machine in sim.machines:
                    machine.revive()
        sim.changed = True

    def kept_down_until(self, machine: Machine) -> datetime:
        """Nobody starts it before that."""
        return self._kept_down.get(machine.name, machine.sim.clock.now)

    def down(self, machine: Machine) -> None:
        """It died: remember since when."""
        self._down_since[machine.name] = self.sim.clock.now

    def up(self, machine: Machine) -> None:
        """It lives again: the time between counts as trouble."""
        since = self._down_since.pop(machine.name, self.sim.clock.now)
        self.windows.append(Window(since, self.sim.clock.now, f"{machine.name} down"))

    def calm_down(self) -> None:
        """No more faults: what is unfinished must now finish by itself."""
        self.over = True
        self.sim.telegram.weather, self.sim.faults.away, self.sim.step = Sky.FINE, False, timedelta(0)
        self.sim.telegram.deaf = False
        self.sim.elsewhere.away.clear()
        self._kept_down.clear()
        for machine in self.sim.machines:
            machine.revive()

    def trouble_between(self, start: datetime, end: datetime) -> timedelta:
        """How long trouble of any kind lasted within a span, in all, generously."""
        found = timedelta(0)
        for window in self.windows:
            if window.meets(start, end):
                found += min(window.end, end) - max(window.start, start) + 2 * MINUTE
        return found

    # --- small chances ---

    def next_fault(self, machine: Machine) -> tuple[Act | None, int]:
        """What may strike during the next step of a process, and at which point of it."""
        if self.sim.surely == "overtaken" and machine in self.sim.schedulers and not self.over:
            return self._meet_the_other(machine), self.dice.randint(0, 40)
        if self.over or self.level == 0:
            return None, 0
        luck = self.dice.random()
        share = 0.003 * self.level * self.sim.deadly
        if luck < share:
            return kill, self.dice.randint(0, 40)
        if luck < 1.6 * share:
            return lose_answer, self.dice.randint(0, 40)
        if self.sim.overtaking and luck > 0.92:
            return self._overtake(machine), self.dice.randint(0, 40)
        return None, 0

    def _overtake(self, machine: Machine) -> Act:
        """Another process does its step in between, on a connection of its own."""
        life = machine.life

        def act(where: str) -> None:
            step = self.sim.clock.soon(timedelta(seconds=2))
            if step is None:
                return
            self.sim.told(machine.name, "is overtaken {}", where)
            self.sim.faults.counts["overtaken"] += 1
            with self.sim.faults.none():
                step()
            if machine.life != life:
                raise Killed(where)

        return act

    def _meet_the_other(self, machine: Machine) -> Act:
        """Another scheduler does the turn it has planned, in the middle of this one's."""

        def act(where: str) -> None:
            for other in self.sim.schedulers:
                if other is not machine and other.alive and other.wakes_at is not None:
                    self.sim.told(machine.name, "is overtaken {}", where)
                    self.sim.faults.counts["overtaken"] += 1
                    with self.sim.faults.none():
                        other.turn(other.wakes_at)

        return act

    def dies_in_a_call(self) -> bool:
        """Does the process die before it hears Telegram's answer?"""
        return not self.over and self.dice.random() < 0.003 * self.level * self.sim.deadly

    def stall(self) -> float:
        """Seconds until a process goes on: hardly any, or, rarely, longer than its lease."""
        if not self.over and self.level and self.dice.random() < 0.002 * self.level:
            return self.dice.uniform(61, 240)
        return self.dice.uniform(0.0, 0.01)

    def rest(self) -> float:
        """Seconds until a dead process is started anew."""
        return self.dice.choice((2.0, 5.0, 20.0, 90.0)) if not self.over else 1.0
