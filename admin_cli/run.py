"""`compagnon run`: the service, in one process or in several."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from enum import StrEnum
from typing import Annotated

import typer

from admin_cli.context import content, database_for_service
from bot.app import App, Part, new_event_loop
from bot.clock import SystemClock
from bot.logs import set_up
from bot.rules.kit_search import KitSearch
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
        core = Core(store, library, KitSearch.of(library), settings.data_dir, settings.channels())
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
    user = await app.start(PARTS[what])
    scheduler = None
    if what is not What.BOT:
        scheduler = Scheduler(core, clock, app.sender.poke, settings.heartbeat_url)
        scheduler.start()
    log.info("running as @%s (%s); stop with Ctrl-C", user.username, what.value)
    try:
        await stopped.wait()
    finally:
        log.info("stopping")
        if scheduler is not None:
            await scheduler.stop()
        await app.stop()
