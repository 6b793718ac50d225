"""`compagnon db …`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from admin_cli.asking import agreed
from admin_cli.output import Json, counted, print_json, say
from admin_cli.progress import progress
from bot.clock import SystemClock
from bot.errors import BadInput, StorageTrouble
from bot.service.broadcast_files import FOLDER
from bot.settings import load_settings
from bot.store import backup
from bot.store.engine import missing_file, open_store
from bot.store.schema import current, newest, upgrade

app = typer.Typer(name="db", help="The database: newest version, backup, restore.", no_args_is_help=True)


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


@app.command("backup")
def backup_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where it goes, such as monday.backup.")],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    json: Json = False,
) -> None:
    """Write the database, and what goes with messages, into one file, while the service runs. Keep it where nobody else
    reads it.

    Example: compagnon db backup backups/2027-03-01.backup
    """
    if file.exists() and not force:
        raise BadInput(f"There is a file {file} already: choose another name, or add --force to write over it.")
    settings = load_settings()
    address = settings.database()
    if (missing := missing_file(address)) is not None:
        raise StorageTrouble(f"There is no database {missing}: there is nothing to back up.")
    store = open_store(address)
    try:
        with progress("rows") as tell:
            counts = backup.back_up(store, file, tell, files=settings.data_dir / FOLDER)
    finally:
        store.close()
    if json:
        print_json({"file": str(file), "rows": counts})
        return
    people, cohorts = counts.get("person", 0), counts.get("cohort", 0)
    say(f"{file} holds everything: {_shown(people, cohorts)}, {sum(counts.values()):,} rows, {_size(file)}.")
    say(f"It holds names and telephone numbers. Back again with: compagnon db restore {file}")


@app.command("restore")
def restore_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `compagnon db backup` wrote.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Replace what is in the database, without asking.")] = False,
    json: Json = False,
) -> None:
    """Put a backup into the database, SQLite or PostgreSQL, wherever it was made. Stop the service first.

    Example: compagnon db restore backups/2027-03-01.backup
    """
    settings = load_settings()
    store = open_store(settings.database())
    try:
        if backup.in_use(store, SystemClock().now()):
            raise StorageTrouble("The service is running on this database: stop it, wait 15 seconds, and try again.")
        people, cohorts = backup.holds(store)
        if people or cohorts:
            what = f"{_shown(people, cohorts)} are in the database now, and all of it would be replaced"
            agreed(f"{what}. Replace it?", yes, f"{what}: add --yes if that is what you want.")
        with progress("rows") as tell:
            counts = backup.restore(store, file, tell, files=settings.data_dir / FOLDER)
    finally:
        store.close()
    if json:
        print_json({"file": str(file), "rows": counts})
    else:
        say(f"The database holds what {file} held: {_shown(counts['person'], counts['cohort'])}.")
        say("What was sent after the backup was made, it does not know: `compagnon doctor` before you start again.")


def _shown(people: int, cohorts: int) -> str:
    return f"{counted(people, 'person', 'people')} in {counted(cohorts, 'cohort')}"


def _size(file: Path) -> str:
    size = file.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.0f} kB"
