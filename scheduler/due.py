"""`run_due(now)`: everything whose moment has come, in order of importance; whoever wakes it is replaceable."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from bot.service import (
    absences,
    alerts,
    asking,
    broadcasts,
    cases,
    check_ins,
    digest,
    drills,
    outages,
    pauses,
    readiness,
    retention,
    steps,
    travel,
    upkeep,
    walks,
)
from bot.service.core import Core

BATCH = 1000  # rows a transaction, so that nothing is locked for long
MOST_BATCHES = 1000  # a bound for one call: what is left comes with the next

Job = Callable[[Core, datetime, int], int]

# What many may do at once: each takes rows that no other holds.
SHARED = frozenset({"alerts", "plan", "check_ins"})

# Safety first; planning before what it plans may be due at once.
JOBS: tuple[tuple[str, Job], ...] = (
    ("absences", absences.wake),
    ("drills", drills.wake),  # before the alerts, so that what is over does not ring once more
    ("alerts", alerts.wake),
    ("cases", cases.wake),
    ("pauses", pauses.wake),
    ("plan", steps.plan),
    ("check_ins", check_ins.wake),
    ("outages", outages.watch),
    ("travel", travel.wake),
    ("readiness", readiness.wake),
    ("steps", steps.fire),
    ("walks_begin", walks.begin),
    ("walks_plan", walks.plan),
    ("walks", walks.fire),
    ("messages", broadcasts.fire),
    ("questions", asking.wake),
    ("retention", retention.wake),  # before the digest, which tells of it
    ("digests", digest.wake),
)


@dataclass(frozen=True, slots=True)
class Done:
    """How many rows each job looked at."""

    counts: dict[str, int]

    @property
    def anything(self) -> bool:
        return any(self.counts.values())


def run_due(core: Core, now: datetime, hands: int = 1) -> Done:
    """Do everything that is due at `now` (aware UTC). Safe to call from several processes at once, and twice.

    `hands`: threads for what comes in many batches, so that one works while another waits for PostgreSQL.
    Raises StorageTrouble; what was committed before stays done, the rest is done by the next call.
    """
    counts = dict.fromkeys((name for name, _ in JOBS), 0)
    idle = upkeep.without_work(core, now)
    for name, job in JOBS:
        if name not in idle:
            counts[name] = _all(job, core, now, hands if name in SHARED else 1)
        if counts[name]:
            idle = upkeep.without_work(core, now)  # what one did may be due for the next at once
    upkeep.tidy(core, now)
    return Done(counts)


def hands_for(core: Core) -> int:
    """How many threads are worth it: SQLite has one writer, PostgreSQL works while we think."""
    return 1 if core.store.is_sqlite else 2


def _all(job: Job, core: Core, now: datetime, hands: int) -> int:
    total = job(core, now, BATCH)
    if total < BATCH:
        return total
    if hands == 1:
        return total + _rest(job, core, now)
    with ThreadPoolExecutor(hands) as pool:
        return total + sum(pool.map(lambda _: _rest(job, core, now), range(hands)))


def _rest(job: Job, core: Core, now: datetime) -> int:
    total = 0
    for _ in range(MOST_BATCHES):
        found = job(core, now, BATCH)
        total += found
        if found < BATCH:
            break
    return total
