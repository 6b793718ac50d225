"""Webhook update → reply, sixteen in flight: our shipped bot against a bare python-telegram-bot echo bot.

Both on one core and the same stub of Telegram, in turns, so that a busy machine hurts both. Ours reads and writes all
it always does; the peer only says the words again. PostgreSQL runs on the stub's core.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median

import pytest

from bot.content.loader import Library
from bot.rules.kit_search import KitSearch
from bot.service.core import Core
from bot.store.engine import open_store
from tests.benchmarks.conftest import DATABASES
from tests.benchmarks.machine import Bot, Telegram, ours, peer
from tests.benchmarks.people import settle
from tests.benchmarks.report import Line, Report, spread
from tests.support.databases import Databases

pytestmark = pytest.mark.bench

LEARNERS = 4_000  # one message a second to a chat is the limit, so there must be many
SECONDS, ROUNDS, IN_FLIGHT = 4, 5, 16
TARGETS = {"sqlite": 1.5, "postgresql": 1.2}
NAMES = {
    "kit": "kit question of a new wording → answer",
    "known": "kit question of a usual wording → answer",
    "tap": "menu tap → menu",
}


@dataclass
class Measured:
    """Updates a second and processor time, round by round."""

    rates: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    p95_ms: list[float] = field(default_factory=list)


@pytest.fixture(scope="module")
def bots(telegram: Telegram, databases: Databases, library: Library) -> Iterator[dict[str, Bot]]:
    """All bots run all the time; those not measured are idle."""
    with ExitStack() as stack:
        found = {"peer": stack.enter_context(closing(peer(telegram)))}
        for kind in DATABASES:
            url = databases.fresh(kind)
            store = open_store(url)
            settle(Core(store, library, KitSearch.of(library)), LEARNERS, datetime.now(UTC))
            store.close()
            found[kind] = stack.enter_context(closing(ours(telegram, url)))
        yield found


def test_updates_are_answered(telegram: Telegram, bots: dict[str, Bot], report: Report) -> None:
    measured: dict[tuple[str, str], Measured] = {}
    for round_ in range(ROUNDS + 1):
        for name, bot in bots.items():
            for kind in ("kit",) if name == "peer" else NAMES:
                found = _load(telegram, bot, kind, 1 if round_ == 0 else SECONDS)
                if round_ > 0:  # the first warms up
                    _keep(measured.setdefault((name, kind), Measured()), *found)
    base = measured["peer", "kit"]
    for (name, kind), mine in measured.items():
        if name != "peer":
            report.add(_line(NAMES[kind], name, mine, base))
    assert all(rate > 0 for one in measured.values() for rate in one.rates)


def _load(telegram: Telegram, bot: Bot, kind: str, seconds: float) -> tuple[dict[str, float], float]:
    before = bot.cpu()
    found = telegram.order(load=kind, to=bot.to, seconds=seconds, in_flight=IN_FLIGHT, chats=LEARNERS)
    assert found["failed"] == 0, "the webhook refused updates"
    return found, bot.cpu() - before


def _keep(one: Measured, found: dict[str, float], cpu: float) -> None:
    one.rates.append(found["updates"] / found["seconds"])
    one.cpu_us.append(1e6 * cpu / found["updates"])
    one.p95_ms.append(found["p95_ms"])


def _line(what: str, database: str, mine: Measured, base: Measured) -> Line:
    ratio = median(a / b for a, b in zip(mine.rates, base.rates, strict=True))
    note = (
        f"{spread(mine.rates)} against {spread(base.rates)}; "
        f"cpu {median(mine.cpu_us):,.0f} against {median(base.cpu_us):,.0f} µs each, p95 {median(mine.p95_ms):.0f} ms"
    )
    target = TARGETS[database]
    return Line(
        what, database, median(mine.rates), "/s", median(base.rates), ratio, f"≥ {target}", ratio >= target, note
    )
