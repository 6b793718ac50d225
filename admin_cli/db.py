"""`compagnon db …`"""

from __future__ import annotations

import typer

from admin_cli.output import say
from bot.settings import load_settings
from bot.store.engine import open_store
from bot.store.schema import current, newest, upgrade

app = typer.Typer(name="db", help="The database.", no_args_is_help=True)


@app.command("upgrade")
def upgrade_() -> None:
    """Bring the database to the version of this program; does nothing when it is there."""
    store = open_store(load_settings().database())
    try:
        before = current(store)
        upgrade(store)
    finally:
        store.close()
    if before == newest():
        say(f"The database is at version {before} already.")
    else:
        say(f"The database went from {before or 'empty'} to version {newest()}.")
