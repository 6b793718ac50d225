"""One seed: a world, its people and processes, trouble, and the time until all of it has come to rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bot.clock import QuietHours
from bot.content.loader import Library
from bot.errors import CompagnonError
from bot.flows.vocabulary import Event, Incoming, Membership
from bot.rules.kit_search import KitSearch
from bot.service import alert_list
from bot.service.core import Core
from bot.service.delivery import Delivery, Result
from bot.service.second_channel import MAIL, WEBHOOK
from bot.store.tables import Alert
from tests.simulation.cast import Cast, Desk, Size, size_of
from tests.simulation.clockwork import Clockwork
from tests.simulation.elsewhere import HELD as HELD_ELSEWHERE, WAITING, Elsewhere
from tests.simulation.faults import Faults
from tests.simulation.machines import Bot, Scheduler
from tests.simulation.people import Somebody
from tests.simulation.stores import Stores
from tests.simulation.story import Story, deed
from tests.simulation.telegram import Got, Telegram
from tests.simulation.weather import Trouble

HELD = "SELECT min(lease_until) FROM outbox WHERE state IN ('leased', 'attempting')"
NEXT = "(SELECT min(not_before) FROM outbox WHERE state = 'queued' AND not_before > {})"
# All that somebody may wait for, in one look: when the schedule has something to do, whether a message may go, until
# when the first is held, and, for each bot by its own clock, when the next message's moment comes.
LOOK = f"""
SELECT
(SELECT min(due_at) FROM due_step WHERE state = 'planned'),
(SELECT min(wake_at) FROM check_in WHERE wake_at IS NOT NULL),
(SELECT min(wake_at) FROM travel WHERE wake_at IS NOT NULL),
(SELECT min(wake_at) FROM pause WHERE wake_at IS NOT NULL),
(SELECT min(wake_at) FROM absence WHERE wake_at IS NOT NULL),
(SELECT min(wake_at) FROM drill WHERE wake_at IS NOT NULL),
(SELECT min(next_at) FROM safeguarding_case WHERE next_at IS NOT NULL),
(SELECT min(next_at) FROM alert WHERE next_at IS NOT NULL),
(SELECT min(due_at) FROM message_copy WHERE state = 'planned'),
(SELECT min(plan_at) FROM placement WHERE plan_at IS NOT NULL),
(SELECT min(expires_at) FROM outbox WHERE state = 'queued'),
({HELD}),
EXISTS (SELECT 1 FROM outbox WHERE state = 'queued' AND not_before <= {{}})
"""
DUES = 11  # of what it finds
MOST_STEPS = 300_000  # a world that never comes to rest is a fault, too
MOST_STUMBLES = 100
LADDERS = timedelta(hours=3)  # longer than any ladder climbs
SETTLING = timedelta(hours=18)
LISTENED = timedelta(seconds=4)
UNHEARD_TURNS = timedelta(minutes=8)  # between turns of the schedule while nobody listens


class Enough(Exception):
    """It goes wrong again and again: no need to see the rest."""


@dataclass(frozen=True)
class Setting:
    """What all seeds share: content, and where databases come from."""

    content: Library
    search: KitSearch
    folder: Path
    stores: Stores


@dataclass
class Simulation:
    """Run with `run()`; what went wrong is in `violations`, what happened in `story`."""

    setting: Setting
    seed: int
    size: Size | None = None
    level: int | None = None
    rate: int | None = None  # messages a second
    processes: int | None = None  # how many bots, and how many schedulers
    surely: str | None = None  # trouble at every check-in hour
    deadly: int = 1  # how many times oftener processes die
    unattended: bool = False  # the desk closes nothing
    people: str | None = None  # "silent": nobody answers a check-in; "travelling": everybody goes there and back
    rich: bool = False  # second channels, families, safeguarding, drills, and people who are away
    story: Story = field(default_factory=Story)
    violations: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = Random(f"simulation {self.seed}")
        self.quiet = QuietHours(time(22), time(7))
        self.content, self.search, self.folder = self.setting.content, self.setting.search, self.setting.folder
        self.store = self.setting.stores.fresh()
        self._eye = self.setting.stores.eye()
        self._mark = "?" if self.store.is_sqlite else "%s"
        self.channels = frozenset({MAIL, WEBHOOK}) if self.rich else frozenset()
        self.core = Core(self.store, self.content, self.search, self.folder, self.channels, owner="desk")
        self.step = timedelta(0)
        self.turns = self.steps = 0
        self.changed, self.closing = True, False
        self.relinked: set[int] = set()  # people who changed phones
        self.blockers: set[int] = set()  # people who ever blocked the bot
        self.marked: dict[int, datetime] = {}  # messages that a process marked as sent, and when
        self.ended_open: list[dict[str, Any]] = []
        self.roll_calls: list[tuple[datetime, list[dict[str, Any]]]] = []
        self.changed_stays: set[int] = set()
        self.processed: dict[int, datetime] = {}
        self.stumbles: Counter[str] = Counter()
        chosen = self.dice.choice((25, 25, 4))
        self.rate = self.rate or chosen
        self.telegram = Telegram(Random(f"telegram {self.seed}"))
        self.desk = Desk(self)
        self.cast = Cast(self, self.size or size_of(self.dice))
        self.clock = Clockwork(self.cast.start)
        self.faults = Faults(self.store.engine)
        level = self.level if self.level is not None else self.dice.choice((0, 1, 1, 1, 1, 2))
        self.weather = Trouble(self, level)
        self.elsewhere = Elsewhere(self)
        self.overtaking = not self.store.is_sqlite
        bots, schedulers = (self.processes or self.dice.choice((1, 1, 1, 2)) for _ in range(2))
        self.bots = [Bot(self, f"bot{n}") for n in range(bots)]
        self.schedulers = [Scheduler(self, f"scheduler{n}") for n in range(schedulers)]
        self.machines = [*self.bots, *self.schedulers]

    # --- running ---

    def run(self) -> None:
        """The stays, then peace, then judgement is up to the caller."""
        self.cast.begin()
        self.weather.plan(self.cast.start, self.cast.end - timedelta(hours=6), self.cast.check_in_hours())
        if self.surely not in (None, "messages", "overtaken"):
            self.weather.plan_surely(self.surely, self.cast.check_in_hours())
        if self.rich:
            self.elsewhere.plan(self.cast.start, self.cast.end - timedelta(hours=6), self.cast.check_in_hours())
        self._until(self.cast.end)
        self.closing = True
        self.weather.calm_down()
        self.told("world", "the faults are over")
        self._until(self.cast.end + LADDERS)
        self.ended_open = self._resolve_all()
        self._until(self.cast.end + SETTLING)
        self.told("world", "the end")

    def _until(self, end: datetime) -> None:
        clock = self.clock
        self._plan_wakes()
        while clock._heap and clock._heap[0][0] <= end:
            clock.turn()
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise RuntimeError(f"no rest at {clock.now}:\n{self.story.text(last=40)}")
            if self.changed:
                self._plan_wakes()
        clock.now = end

    def _resolve_all(self) -> list[dict[str, Any]]:
        with self.faults.none():
            found = alert_list.listing(self.core, None, open_only=True)
            with self.core.store.transaction() as session:
                for alert in found:
                    alert["next_at"] = session.get_one(Alert, alert["id"]).next_at
            for alert in found:
                alert_list.resolve(self.core, str(alert["id"]), "other", self.clock.now)
        self.changed = True
        return found

    def _plan_wakes(self) -> None:
        """Every loop looks once a second or oftener; here only when there is something to see."""
        self.changed = False
        now = self.clock.now
        clocks = [bot.now() for bot in self.bots]
        found = self._look_once(clocks)
        due = _instant(min((at for at in found[:DUES] if at is not None), default=None))
        held, ready, later = _instant(found[DUES]), found[DUES + 1], found[DUES + 2 :]
        unheard = self.telegram.is_gone or not any(bot.alive for bot in self.bots)
        if due is not None:
            for scheduler in self.schedulers:
                soon = due - self.step - scheduler.skew
                if soon <= now and scheduler.turned_at + LISTENED > now:
                    soon = now + LISTENED  # it has just turned, and waits for the next sign that answers are read
                soon = max(soon, now)
                if unheard:  # each minute looks like the one before, and there may be thousands
                    soon = max(soon, scheduler.turned_at + UNHEARD_TURNS)
                scheduler.wake(soon + timedelta(seconds=self.dice.random()))
        for bot, next_at in zip(self.bots, later, strict=True):
            if ready:
                bot.look_soon()
            else:
                self._looks_at(bot, _instant(next_at))
            if held is not None:
                bot.clean_soon(max(0.0, (held - self.step - now).total_seconds()))
        if self.channels:
            self._plan_lanes()

    def _plan_lanes(self) -> None:
        waiting = {channel: _instant(at) for channel, at in self._look(WAITING)}
        held = _instant(self._look(HELD_ELSEWHERE)[0][0])
        for bot in self.bots:
            for channel, at in waiting.items():
                if at is not None:
                    bot.lanes[channel].wake(at - bot.now())
            if held is not None:
                bot.tidy_lanes(max(0.0, (held - bot.now()).total_seconds()))

    def look_again(self, bot: Bot) -> None:
        """When the next message's moment comes."""
        ((later,),) = self._look(f"SELECT {NEXT.format(self._mark)}", self._literal(bot.now()))
        self._looks_at(bot, _instant(later))

    def _looks_at(self, bot: Bot, later: datetime | None) -> None:
        if later is not None and bot.looks_at != later:
            bot.looks_at = later
            bot.later((later - bot.now()).total_seconds() + 0.001, bot.look_soon)

    def _look_once(self, clocks: Sequence[datetime]) -> tuple[Any, ...]:
        """What `LOOK` finds, with `NEXT` for each of these clocks; whoever's is ahead sees first what is ready."""
        query = ", ".join((LOOK.format(self._mark), *(NEXT.format(self._mark) for _ in clocks)))
        return self._look(query, *(self._literal(clock) for clock in (max(clocks), *clocks)))[0]

    def _literal(self, instant: datetime) -> str | datetime:
        """An instant as the database has it."""
        utc = instant.astimezone(UTC)
        return utc.isoformat(timespec="microseconds") if self.store.is_sqlite else utc

    def before_turn(self) -> None:
        """The poller polls on in between: when all is well, its heartbeat is never older than ten seconds."""
        if self.telegram.is_gone or self.telegram.pending:
            return
        now = self.clock.now
        well = [bot for bot in self.bots if bot.alive]
        if well and max(bot.heard_at for bot in self.bots) < now + self.step - timedelta(seconds=10):
            well[0].beat(well[0].now() - timedelta(seconds=self.dice.uniform(0, 10)))

    def queued(self, bulk: bool) -> int:
        """How many messages of a lane wait."""
        flag = "1" if self.store.is_sqlite else "true"
        query = f"SELECT count(*) FROM outbox WHERE state = 'queued' AND bulk = {flag if bulk else f'NOT {flag}'}"
        return int(self._look(query)[0][0])

    def alerts_open(self) -> bool:
        """Is there anything to list at all?"""
        return bool(self._look("SELECT 1 FROM alert WHERE resolved_at IS NULL LIMIT 1"))

    def held(self) -> bool:
        """Does any process hold a message?"""
        return self._look(HELD)[0][0] is not None

    def _look(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Look into the database on a connection that no fault ever meets."""
        return list(self._eye.execute(query, values).fetchall())

    # --- what people and processes do ---

    def post(self, who: Somebody, event: Event) -> None:
        """Somebody does something in the chat; the long poll returns."""
        incoming = self.telegram.post(who.chat_id, event, self.clock.now)
        if isinstance(event, Membership) and not event.member:
            self.blockers.add(who.person_id)
        self.told(who.name, "{} (update {})", deed(event), incoming.update_id)
        for bot in self.bots:
            bot.poll_soon()

    def knows(self, incoming: Incoming) -> bool:
        """Are the effects of an update committed, whatever the process that did it heard of it?"""
        return bool(self._look(f"SELECT 1 FROM seen_update WHERE update_id = {incoming.update_id}"))

    def tried(self, incoming: Incoming) -> None:
        """A process tried to take an update in: was it committed, though the process may have died of it?"""
        if incoming.update_id not in self.processed and self.knows(incoming):
            self.processed[incoming.update_id] = self.clock.now

    def received(self, incoming: Incoming, again: bool) -> None:
        """A process says that the effects of an update are committed; `again`: they were before."""
        self.processed.setdefault(incoming.update_id, self.clock.now)
        if again:
            self.violated(f"update {incoming.update_id} had its effects a second time")

    def called(self, by: str, delivery: Delivery, result: Result, got: Got | None) -> None:
        """A call was made; whoever holds the phone reads what arrived."""
        arrived = "" if got else ", nothing arrives"
        self.told(by, "sends {} {} to {}: {}{} → {}", delivery.kind.value, delivery.id, self._name(delivery.chat_id),
                  delivery.screen, arrived, result.fate.value)  # fmt: skip
        person = self.cast.by_chat.get(delivery.chat_id)
        if got is not None and person is not None and person.chat_id == delivery.chat_id:
            person.reads(got)
            if self.rich:
                self.cast.circle.read(person, got)

    def _name(self, chat_id: int) -> str:
        person = self.cast.by_chat.get(chat_id)
        return person.name if person else str(chat_id)

    def types(self, command: str, call: Callable[..., Any], *args: Any) -> Any:
        """The desk types a command; None when it failed, which it is told."""
        self.changed = self.changed or "list" not in command
        try:
            found = call(self.core, *args, self.clock.now)
        except CompagnonError as error:
            self.told("desk", "types {}: refused: {}", command, error)
            return None
        if "list" not in command:
            self.told("desk", "types {}", command)
        return found

    # --- telling ---

    def told(self, who: str, what: str, *args: Any) -> None:
        """A line of the story."""
        self.story.tell(self.clock.now if hasattr(self, "clock") else self.cast.start, who, what, *args)

    def stumbled(self, who: str, what: str) -> None:
        """A fault of ours that a loop survives. Between processes on PostgreSQL it may be a race that passes."""
        self.told(who, "STUMBLES: {}", what)
        self.stumbles[what.partition(":")[0]] += 1
        if self.store.is_sqlite:
            self.violated(f"{who} stumbles: {what}")
        if self.stumbles.total() > MOST_STUMBLES:
            raise Enough(f"{who} stumbles on and on: {what}")

    def violated(self, what: str) -> None:
        """Something that must never be."""
        self.told("judge", "VIOLATION: {}", what)
        self.violations.append(what)

    def close(self) -> None:
        """Give the database back."""
        self._eye.close()
        self.faults.close()


def _instant(value: Any) -> datetime | None:
    if value is None:
        return None
    return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)
