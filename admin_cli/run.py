"""`compagnon run`: the service, in one process or in several."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Coroutine
from enum import StrEnum
from typing import Annotated, Any

import typer

from admin_cli.context import content, database_for_service
from bot.app import App, Part, new_event_loop
from bot.clock import SystemClock
from bot.logs import set_up
from bot.rules.kit_search import KitSearch
from bot.service import bot_state
from bot.service.core import Core
from bot.service.journeys import keep_retired_words
from bot.settings import Settings, load_settings
from scheduler.service import Scheduler

log = logging.getLogger(__name__)


class What(StrEnum):
    """Which part of the service a process is."""

    ALL = "all"
    BOT = "bot"
    SCHEDULER = "scheduler"


# Every process sends: a lease sees to it that the rate budget is spent once, and safety goes out when the other died.
PARTS = {
    What.ALL: (Part.INTAKE, Part.SENDER),
    What.BOT: (Part.INTAKE, Part.SENDER),
    What.SCHEDULER: (Part.SENDER,),
}


def run(
    what: Annotated[What, typer.Argument(help="All in one, or bot and scheduler apart.")] = What.ALL,
) -> None:
    """Run the service until it is stopped (Ctrl-C or SIGTERM). Needs a token: COMPAGNON_TOKEN."""
    settings = load_settings()
    set_up(settings.log_level, settings.log_format)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    settings.require_token()
    settings.require_sender()
    library = content(settings)
    store = database_for_service(settings)
    try:
        core = Core(store, library, KitSearch.of(library), settings.data_dir, settings.channels(),
                    settings.messages_per_second)  # fmt: skip
        keep_retired_words(core)
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(_serve(settings, core, what))
    finally:
        store.close()


async def _serve(settings: Settings, core: Core, what: What) -> None:
    clock = SystemClock()
    app = App(settings, clock, core)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(name, stopped.set)
    scheduler = None
    if what is not What.BOT:
        scheduler = Scheduler(core, clock, app.sender.poke, settings.heartbeat_url)
        scheduler.start()
    try:
        await _until(stopped, app.start(PARTS[what], patient=await _ran_before(app, core)))
        if app.user is not None:
            log.info("running as @%s (%s); stop with Ctrl-C", app.user.username, what.value)
        await stopped.wait()
        log.info("stopping")
    finally:
        if scheduler is not None:
            await scheduler.stop()
        await app.stop()


async def _ran_before(app: App, core: Core) -> bool:
    """Has this installation reached Telegram before? Then a start during an outage waits for its end.

    Alerts go on meanwhile, through the second channels. A first start rather says what is wrong and ends.
    """
    return await app.pool.run(bot_state.username, core) is not None


async def _until(stopped: asyncio.Event, work: Coroutine[Any, Any, object]) -> None:
    """Do this, unless we are told to stop before it is done."""
    doing, stop = asyncio.ensure_future(work), asyncio.ensure_future(stopped.wait())
    await asyncio.wait({doing, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not doing.done():
        doing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await doing
        return
    await doing
