"""Our shipped scheduler turn and sender as a process: a due cohort message is fired and sent, then the process ends.

`BENCH_CEILING` is messages a second, empty: lifted. Prints one JSON line: how many were sent and how long it took, from
before the turn that fires them to the last one marked.
"""

from __future__ import annotations

import asyncio
import json
import os
import time

from sqlalchemy import func, select

from bot.app import App, Part, new_event_loop
from bot.clock import SystemClock
from bot.logs import set_up
from bot.service.core import Core
from bot.settings import Settings, load_settings
from bot.store.tables import Outbox
from bot.transport.pacing import Pacing
from scheduler.due import run_due
from tests.benchmarks.our_bot import core_for


def marked(core: Core) -> int:
    """Messages whose fate is written down as sent."""
    with core.store.transaction() as session:
        return session.scalar(select(func.count(Outbox.id)).where(Outbox.state == "sent")) or 0


async def send(settings: Settings, core: Core, ceiling: float | None) -> None:
    """Fire what is due, send it all, say how it went."""
    app = App(settings, SystemClock(), core, Pacing(ceiling))
    await app.start((Part.SENDER,))
    before = marked(core)
    began, cpu = time.monotonic(), time.process_time()
    await app.pool.run(run_due, core, SystemClock().now())
    app.sender.poke()
    await app.drain()
    took, used = time.monotonic() - began, time.process_time() - cpu
    await app.stop()
    print(json.dumps({"sent": marked(core) - before, "seconds": took, "cpu": used}), flush=True)


def main() -> None:
    """Once, to the end."""
    settings = load_settings(None)
    set_up(settings.log_level, settings.log_format)
    core = core_for(settings)
    ceiling = os.environ.get("BENCH_CEILING")
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(send(settings, core, float(ceiling) if ceiling else None))
    core.store.close()


if __name__ == "__main__":
    main()
