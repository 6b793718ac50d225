"""The places nearest to a town among ten thousand: a box on an index, then the true distance."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from statistics import median

import pytest
from sqlalchemy import insert, text

from bot.rules.nearby import Spot
from bot.service import places
from bot.service.core import Core
from bot.store.tables import Host
from tests.benchmarks.conftest import DATABASES
from tests.benchmarks.report import Line, Report
from tests.support.map_places import many

pytestmark = pytest.mark.bench

PLACES, TEN, WITHIN, ROUNDS, LIMIT_MS = 10_000, 10, 30.0, 60, 5.0
NANTES, LYON = Spot(47.2184, -1.5536), Spot(45.764, 4.8357)  # each with hundreds of places around


def settle_hosts(core: Core, now: datetime) -> None:
    """Ten thousand hosts around twelve towns, all agreed."""
    hosts = [place for place in many(PLACES * 3 // 2) if place.kind == "host"]
    rows = [
        {
            "name": place.name, "town": place.town, "country": place.country, "key": str(number),
            "latitude": place.latitude, "longitude": place.longitude, "exact": True, "trades": list(place.trades),
            "languages": list(place.languages), "agreed_by": "X", "agreed_on": now.date(), "sample": False,
            "changed_at": now,
        }
        for number, place in enumerate(hosts)
    ]  # fmt: skip
    with core.store.transaction() as session:
        session.execute(insert(Host), rows)
        session.execute(text("ANALYZE host"))


@pytest.mark.parametrize("core", DATABASES, indirect=True)
def test_the_nearest_ten_of_ten_thousand(core: Core, report: Report) -> None:
    now = datetime.now(UTC)
    settle_hosts(core, now)
    taken, spent, reach = [], [], 0
    with core.store.transaction() as session:
        reach = len(places.near(session, core.content, NANTES, WITHIN, now))
    for turn in range(ROUNDS):
        with core.store.transaction() as session:
            began, used = time.perf_counter(), time.process_time()
            found = places.near(session, core.content, (NANTES, LYON)[turn % 2], WITHIN, now, TEN)
            taken.append(1000 * (time.perf_counter() - began))
            spent.append(1000 * (time.process_time() - used))
        assert len(found) == TEN
    took = median(taken)
    note = f"{reach} within reach; {median(spent):.1f} ms of our own processor time"
    report.add(Line(f"nearest {TEN} of {PLACES:,} within {WITHIN:g} km", core.store.engine.dialect.name, took, "ms",
                    None, None, f"under {LIMIT_MS:g} ms", took < LIMIT_MS, note))  # fmt: skip
    assert reach > TEN
