"""Processes as they run in production: intake, sender and scheduler loops over the shipped use cases.

What `bot.transport` and `scheduler.service` do with asyncio is done here step by step on the virtual clock: the same
use cases in the same order, each step a moment at which the process may die, stall, or lose its database.
"""

from __future__ import annotations

import gc
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.errors import StorageTrouble
from bot.flows.vocabulary import Incoming
from bot.service import intake, leases, outbox, second_sending, together
from bot.service.core import Core
from bot.service.delivery import Delivery, Fate, Handled, Result
from bot.transport.poller import LEASE as POLLER, LEASE_SECONDS, LIMIT
from bot.transport.sender import ANSWERS_AT_ONCE, LEASE as SENDER
from scheduler import due
from tests.simulation.clockwork import Step
from tests.simulation.elsewhere import CHANNELS, Lane
from tests.simulation.faults import FaultyStore, Killed

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

TRIES = 3
DEAF = timedelta(seconds=10)  # how old a heartbeat may be while the poller is well


class Machine:
    """One process: its own name in leases, its own clock error, and a life that may end at any instant."""

    def __init__(self, sim: Simulation, name: str) -> None:
        self.sim, self.name = sim, name
        self.life = 0
        self.alive = True
        self.skew = timedelta(milliseconds=sim.dice.randint(-300, 300))
        self.core = self._born()

    def _born(self) -> Core:
        sim = self.sim
        store = FaultyStore(sim.store.engine, sim.faults)
        return Core(store, sim.content, sim.search, sim.folder, sim.channels, owner=f"{self.name}.{self.life}")

    def now(self) -> datetime:
        """What this process believes."""
        return self.sim.clock.now + self.sim.step + self.skew

    def later(self, seconds: float, step: Step) -> None:
        """Go on in a while, unless dead by then."""
        life = self.life
        self.sim.clock.after(seconds, lambda: step() if self.alive and self.life == life else None)

    def do(self, what: str, call: Callable[..., Any], *args: Any) -> tuple[bool, Any]:
        """One use case, one hop. False when it failed; a dead process gets nothing."""
        sim, life = self.sim, self.life
        act, after = sim.weather.next_fault(self)
        try:
            with sim.faults.around(act, after):
                found = call(self.core, *args)
        except Killed as death:
            died = str(death)
        except StorageTrouble:
            sim.told(self.name, "cannot {}: the database is away", what)
            return False, None
        else:
            return (True, found) if self.life == life else (False, None)
        finally:
            sim.changed = True
        # A driver's cursor that hangs in a cycle of tracebacks would keep the dead transaction's lock.
        gc.collect()
        if self.life == life:
            self.die(f"dies {died} while it does {what}")
        return False, None

    def carefully(self, what: str, call: Callable[..., Any], *args: Any) -> tuple[bool, Any]:
        """The same for a loop that survives faults of ours: it goes on, and the simulation remembers."""
        try:
            return self.do(what, call, *args)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            self.sim.stumbled(
                self.name, f"{what}: {error!r:.300} at {where.filename.rpartition('/')[2]}:{where.lineno}"
            )
            return False, None

    def patience(self, seconds: float) -> float:
        """How long until the next try: while the database is away every try looks the same."""
        return 15.0 if self.sim.faults.away else seconds

    def die(self, how: str) -> None:
        """Everything in memory is gone; after a while somebody starts it anew."""
        if not self.alive:
            return
        self.sim.told(self.name, "{}", how)
        self.sim.weather.down(self)
        self.alive, self.life = False, self.life + 1
        self.sim.clock.after(self.sim.weather.rest(), self.revive)

    def revive(self) -> None:
        """Start anew, under a new name in leases."""
        if self.alive or self.sim.clock.now < self.sim.weather.kept_down_until(self):
            return
        self.alive = True
        self.core = self._born()
        self.sim.weather.up(self)
        self.sim.told(self.name, "starts")
        self.started()

    def started(self) -> None:
        """Begin to turn."""
        self.sim.changed = True


class Scheduler(Machine):
    """Wakes `run_due` within a second of whatever is due."""

    def __init__(self, sim: Simulation, name: str) -> None:
        super().__init__(sim, name)
        self.wakes_at: datetime | None = None
        self.turned_at = sim.clock.now

    def started(self) -> None:
        super().started()
        self.wakes_at = None

    def wake(self, when: datetime) -> None:
        """Turn at that instant, or earlier if that was planned."""
        if not self.alive or (self.wakes_at is not None and self.wakes_at <= when):
            return
        self.wakes_at = when
        self.later((when - self.sim.clock.now).total_seconds(), lambda: self.turn(when))

    def turn(self, planned: datetime) -> None:
        """One turn of the schedule."""
        if self.wakes_at != planned:
            return
        self.wakes_at = None
        self.sim.before_turn()
        if not self.alive:
            return
        self.turned_at = self.sim.clock.now
        ok, _ = self.carefully("a turn of the schedule", due.run_due, self.now())
        self.sim.turns += 1
        if not ok:
            self.wake(self.sim.clock.now + timedelta(seconds=self.patience(1.0)))


class Bot(Machine):
    """Polls, receives, sends. Any number may run; leases decide who polls and who sends the bulk."""

    def __init__(self, sim: Simulation, name: str) -> None:
        super().__init__(sim, name)
        self.started()

    def started(self) -> None:
        super().started()
        self.offset: int | None = None
        self.kept_until = self.sim.clock.now  # until when the poller's lease is surely ours
        self.results: list[Result] = []
        self.looks_at: datetime | None = None
        self.free_at = self.sim.clock.now  # when the next message that nobody asked for may go
        self.polls_at: datetime | None = None
        self.marking = self.looking = self.cleaning = self.tidying = False
        self.lanes = {channel: Lane(self, channel) for channel in CHANNELS}
        self.in_vain = 0  # looks for what dead processes left that found nothing
        self.heard_at = datetime.min.replace(tzinfo=self.sim.clock.now.tzinfo)
        self.poll_soon()

    # --- what comes in ---

    def poll_soon(self, seconds: float | None = None) -> None:
        """Something arrived at Telegram; the long poll returns."""
        when = self.sim.clock.now + timedelta(seconds=self.sim.dice.uniform(0.05, 0.8) if seconds is None else seconds)
        if self.alive and (self.polls_at is None or when < self.polls_at):
            self.polls_at = when
            self.later((when - self.sim.clock.now).total_seconds(), lambda: self._poll(when))

    def _poll(self, planned: datetime) -> None:
        if self.polls_at != planned:
            return
        self.polls_at = None
        if self.kept_until <= self.sim.clock.now:
            ok, mine = self.do("take the poller's lease", leases.take, POLLER, self.now(), LEASE_SECONDS)
            if not ok or not mine:
                if self.sim.telegram.pending:
                    self.poll_soon(self.patience(3.0))
                return
            self.kept_until = self.sim.clock.now + timedelta(seconds=LEASE_SECONDS / 2)
        found = self.sim.telegram.updates(self.offset, LIMIT)
        if found is None:
            # While Telegram is gone every try looks the same; the end of it makes everybody poll.
            self.poll_soon(300.0 if self.sim.telegram.is_gone else self.sim.dice.choice((1.0, 4.0, 15.0)))
            return
        committed = self._take_all(found)
        if not self.alive:
            return
        if not committed or self.sim.telegram.pending:
            # What is committed is confirmed by the next call.
            self.poll_soon(0.3 if committed else self.patience(2.0))
        if committed and len(found) < LIMIT:
            self.beat(self.now())

    def _take_all(self, found: Sequence[Incoming]) -> bool:
        """Receive updates, first together those that only ask, then the others one by one; the offset moves up to the
        first that is not committed. Those behind it go on."""
        whole = True
        broken: set[int] = set()  # chats whose next update must wait for one that was not stored
        answered = self._answer_together(found)
        if answered is None:
            return False
        for incoming in found:
            if not self.alive:
                return False
            done = incoming.update_id in answered or (incoming.chat_id not in broken and self._take(incoming))
            whole = whole and done
            if not done:
                broken.add(incoming.chat_id)
            if whole:
                self.offset = incoming.update_id + 1
        return whole

    def _answer_together(self, found: Sequence[Incoming]) -> set[int] | None:
        """The numbers of the updates that were answered in one transaction; None when nothing could be stored."""
        if len(found) < 2:
            return set()
        before = {incoming.update_id: self.sim.knows(incoming) for incoming in found}
        try:
            ok, fates = self.do("answer updates together", together.answer, found, self.now())
        finally:
            for incoming in found:
                self.sim.tried(incoming)
        if not ok:
            return None
        answered = set()
        for incoming, handled in zip(found, fates, strict=True):
            if handled is not None:
                self.sim.received(incoming, before[incoming.update_id] and handled != Handled())
                answered.add(incoming.update_id)
                for delivery in handled.deliveries:
                    self._fly(delivery)
        return answered

    def _take(self, incoming: Incoming) -> bool:
        for attempt in range(1, TRIES + 1):
            before = self.sim.knows(incoming)
            try:
                ok, handled = self.do("receive an update", intake.receive, incoming, self.now())
            except Exception as error:
                self.sim.stumbled(self.name, f"update {incoming.update_id}, try {attempt}: {error!r:.300}")
                continue
            finally:
                self.sim.tried(incoming)
            if ok:
                self.sim.received(incoming, before and handled != Handled())
                for delivery in handled.deliveries:
                    self._fly(delivery)
            return ok
        self.sim.violated(f"update {incoming.update_id} had to be parked")
        return self.do("park an update", intake.park, incoming, "failed", self.now())[0]

    def beat(self, at: datetime) -> None:
        """Write down that Telegram answered us."""
        if at - self.heard_at >= timedelta(seconds=5):
            ok, _ = self.do("say that it listens", intake.heard, at)
            if ok:
                self.heard_at = at

    # --- what goes out ---

    def look_soon(self, seconds: float | None = None) -> None:
        """There may be something to send."""
        if self.alive and not self.looking:
            self.looking = True
            self.later(self.sim.dice.uniform(0.01, 0.5) if seconds is None else seconds, self._look)

    def _look(self) -> None:
        self.looking = False
        changed = self.sim.changed
        found = False
        for bulk in (False, True):
            if self.alive and (not bulk or self.sim.queued(bulk=True)):
                found = self._round(bulk) or found
        if not found and self.alive:
            # Nothing to take: until something changes, or the next message's moment comes.
            self.sim.changed = changed
            self.sim.look_again(self)

    def _round(self, bulk: bool) -> bool:
        """Take a batch; True when there is more to come of it."""
        if bulk:
            if self.free_at > self.sim.clock.now:
                self.look_soon((self.free_at - self.sim.clock.now).total_seconds())
                return True
            ok, leads = self.carefully("take the sender's lease", leases.take, SENDER, self.now(), LEASE_SECONDS)
            if not ok or not leads:
                self.look_soon(self.patience(1.0))
                return True
        most = max(1, self.sim.rate // 4) if bulk else ANSWERS_AT_ONCE
        ok, claimed = self.carefully("claim messages", outbox.claim, self.now(), most, bulk)
        if not ok:
            self.look_soon(self.patience(2.0))
        elif claimed:
            self.later(self.sim.weather.stall(), lambda: self._attempt(claimed, bulk))
        return not ok or bool(claimed)

    def _attempt(self, claimed: list[Delivery], bulk: bool) -> None:
        ids = [delivery.id for delivery in claimed]
        ok, ours = self.carefully("mark messages as attempted", outbox.attempt, ids, self.now())
        going = [delivery for delivery in claimed if ok and delivery.id in ours]
        start = max(self.free_at - self.sim.clock.now, timedelta(0)).total_seconds() if bulk else 0.0
        for place, delivery in enumerate(going):
            self._fly(delivery, wait=start + place / self.sim.rate if bulk else 0.0)
        if bulk:
            self.free_at = self.sim.clock.now + timedelta(seconds=start + len(going) / self.sim.rate)

    def _fly(self, delivery: Delivery, wait: float = 0.0) -> None:
        self.later(wait + self.sim.dice.uniform(0.02, 0.3), lambda: self._call(delivery))

    def _call(self, delivery: Delivery) -> None:
        result, got = self.sim.telegram.send(delivery, self.sim.clock.now, self.name)
        self.sim.called(self.name, delivery, result, got)
        if self.sim.weather.dies_in_a_call():
            self.die(f"dies before it hears what became of message {delivery.id}")
            return
        slow = self.sim.dice.uniform(5, 25) if result.fate is Fate.UNKNOWN else self.sim.dice.uniform(0.02, 0.2)
        self.later(slow, lambda: self._called(result))

    def _called(self, result: Result) -> None:
        at = self.now()
        moved = at - result.at
        retry_at = result.retry_at + moved if result.retry_at else None
        self.results.append(Result(result.id, result.fate, at, result.message_id, result.error, retry_at))
        if not self.marking:
            self.marking = True
            self.later(self.sim.weather.stall() / 2, self._mark)

    def _mark(self) -> None:
        """Mark results together; when the database is away, the same ones again."""
        batch, self.results = self.results, []
        ok, _ = self.carefully("mark what was sent", outbox.finish, batch, self.now())
        if not self.alive:
            return
        if ok:
            sent = [result.id for result in batch if result.fate is Fate.SENT]
            self.sim.marked |= dict.fromkeys(sent, self.sim.clock.now)
        else:
            self.results = batch + self.results
        self.marking = bool(self.results)
        if self.results:
            self.later(self.patience(self.sim.dice.uniform(1, 5)), self._mark)

    def clean_soon(self, seconds: float) -> None:
        """Look for what dead processes left, as every process does four times a minute."""
        if self.alive and not self.cleaning:
            self.cleaning = True
            seconds = max(seconds, min(self.in_vain * 60.0, 3600.0))  # the next look would see what the last one saw
            self.later(seconds + self.sim.dice.uniform(0, 15), self._clean)

    def _clean(self) -> None:
        self.cleaning = False
        if not self.sim.held():
            return  # every process looks, most of the time at nothing
        ok, count = self.carefully("take back what dead processes held", outbox.release_expired, self.now())
        self.in_vain = 0 if count or not ok else self.in_vain + 1
        if ok and count:
            self.sim.told(self.name, "takes back {} messages", count)

    def tidy_lanes(self, seconds: float) -> None:
        """The same for the second channels."""
        if self.alive and not self.tidying:
            self.tidying = True
            self.later(seconds + self.sim.elsewhere.dice.uniform(0, 15), self._tidy)

    def _tidy(self) -> None:
        self.tidying = False
        self.carefully("tidy the second channels", second_sending.tidy, self.now())
