"""Planning against APScheduler's own job store, and what a turn costs when nothing is due."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import delete, func, select, update

from bot.service import intake, planning
from bot.service.core import Core
from bot.store.tables import CheckIn, DueStep, Placement
from scheduler.due import BATCH, run_due
from tests.benchmarks.conftest import DATABASES
from tests.benchmarks.people import settle
from tests.benchmarks.report import Line, Report

pytestmark = pytest.mark.bench

STAYS, JOBS, TARGET = 1_000, 400, 20
FEW, MANY, TURNS, SAME = 100, 100_000, 200, 1.5


def plan_all(core: Core, now: datetime) -> tuple[int, float]:
    """Rows planned for everybody, and the seconds it took."""
    with core.store.transaction() as session:
        session.execute(delete(CheckIn))
        session.execute(delete(DueStep))
        session.execute(update(Placement).values(plan_at=now))
    began = time.perf_counter()
    while planning.plan(core, now, BATCH) == BATCH:
        pass
    took = time.perf_counter() - began
    with core.store.transaction() as session:
        rows = sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in (CheckIn, DueStep))
    return rows, took


def add_jobs(core: Core, now: datetime) -> float:
    """Jobs a second that APScheduler's store takes, on the same database, opened by its address as its docs have it."""
    address = core.store.engine.url.render_as_string(hide_password=False)
    store = SQLAlchemyJobStore(url=address, tablename="peer_jobs")
    scheduler = BackgroundScheduler(jobstores={"default": store}, timezone=UTC)
    scheduler.start(paused=True)
    began = time.perf_counter()
    for n in range(JOBS):
        scheduler.add_job("time:time", "date", run_date=now + timedelta(hours=1 + n), id=str(n))
    took = time.perf_counter() - began
    scheduler.remove_all_jobs()
    scheduler.shutdown()
    return JOBS / took


@pytest.mark.parametrize("core", DATABASES, indirect=True)
def test_stays_are_planned(core: Core, report: Report) -> None:
    now = datetime.now(UTC)
    settle(core, STAYS, now, history=False)
    rates: list[float] = []
    peers: list[float] = []
    rows = 0
    for _ in range(3):
        peers.append(add_jobs(core, now))
        rows, took = plan_all(core, now)
        rates.append(rows / took)
    ratio = median(a / b for a, b in zip(rates, peers, strict=True))
    note = f"{rows / STAYS:.0f} rows a stay; peer adds jobs one by one, as its interface has it"
    report.add(Line("rows planned against jobs added", core.store.engine.dialect.name, median(rates), "/s",
                    median(peers), ratio, f"≥ {TARGET}", ratio >= TARGET, note))  # fmt: skip
    assert rows > STAYS


@pytest.mark.parametrize("core", DATABASES, indirect=True)
def test_an_idle_turn_costs_the_same_with_many_learners(core: Core, report: Report) -> None:
    few = idle_turn(core, FEW)
    with core.store.transaction() as session:
        for table in reversed(Placement.metadata.sorted_tables):
            session.execute(table.delete())
    many = idle_turn(core, MANY)
    report.add(Line(f"idle turn, {MANY:,} against {FEW} learners", core.store.engine.dialect.name, 1000 * many, "ms",
                    None, many / few, f"≤ {SAME}", many / few <= SAME, f"{1000 * few:.2f} ms with {FEW}"))  # fmt: skip


def idle_turn(core: Core, learners: int) -> float:
    """Seconds of one turn with nothing due."""
    now = datetime.now(UTC)
    settle(core, learners, now)
    intake.heard(core, now)
    taken = []
    for _ in range(TURNS):
        began = time.perf_counter()
        done = run_due(core, now)
        taken.append(time.perf_counter() - began)
        assert not done.anything
    return median(taken)
