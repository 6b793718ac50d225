"""Our shipped bot as a process: settings from the environment, webhook mode, until told to stop."""

from __future__ import annotations

import asyncio
import signal

from bot.app import App, new_event_loop
from bot.clock import SystemClock
from bot.content.loader import load_library
from bot.logs import set_up
from bot.memory import settle
from bot.rules.kit_search import KitSearch
from bot.service.core import Core
from bot.service.journeys import keep_retired_words
from bot.settings import Settings, load_settings
from bot.store.engine import open_store


def core_for(settings: Settings) -> Core:
    """The core on the settings' database, with the shipped content."""
    library = load_library()
    settle()  # as the shipped program does (`admin_cli.context`)
    core = Core(open_store(settings.database()), library, KitSearch.of(library), settings.data_dir)
    keep_retired_words(core)
    return core


async def serve(settings: Settings, core: Core) -> None:
    """The bot, until SIGTERM."""
    app = App(settings, SystemClock(), core)
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    await app.start()
    print("ready", flush=True)
    await over.wait()
    await app.stop()


def main() -> None:
    """Start and serve."""
    settings = load_settings(None)
    set_up(settings.log_level, settings.log_format)
    core = core_for(settings)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serve(settings, core))
    core.store.close()


if __name__ == "__main__":
    main()
