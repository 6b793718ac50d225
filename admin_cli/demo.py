"""`compagnon demo`: the whole system on this machine, with nothing set up: sandbox, bot, scheduler, sample cohort.

It ignores `.env`, token and database of a real installation, and binds loopback only. Own content is played from
`--content` or, as in a real installation, from the environment variable COMPAGNON_CONTENT_DIR.
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import signal
import sys
import tempfile
import webbrowser
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from admin_cli.stage import Stage, morning_of
from bot.app import App, new_event_loop
from bot.clock import VirtualClock
from bot.content.loader import Library, load_library
from bot.errors import BadInput
from bot.logs import set_up
from bot.rules.kit_search import KitSearch
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from bot.service import cohorts, places_desk, referents, samples
from bot.service.core import Core
from bot.service.import_file import import_cohort
from bot.settings import Settings
from bot.store.engine import open_store
from bot.store.schema import upgrade
from bot.transport.pacing import Pacing

FINE = ("check_in:fine", "travel:arrived")  # how the data of the buttons begins that say all is well
TOKEN = "100:DEMO"  # the sandbox's own; it opens nothing anywhere
COHORT = "SPRING"
HOST_ZONE = "Europe/Madrid"
WEEKS_BEFORE = 8  # the journey begins 56 days before the departure
NIGHTS = 20

# Nobody here exists; telephone numbers are from the ranges kept free for fiction (ARCEP, Ofcom).
LEARNERS = (
    ("L01", "Léa", "Exemple", "fr", "2006-05-14", "apprentice", "baker", "seville", "Panadería de Ejemplo"),
    ("L02", "Noah", "Sample", "en", "2005-11-02", "apprentice", "carpenter", "seville", "Carpintería de Ejemplo"),
    ("L03", "Inès", "Modèle", "fr", "2009-09-23", "pupil", "hairdresser", "seville", "Peluquería de Ejemplo"),
)
PAIRS = {"L01": "L02", "L02": "L01"}
TUTORS = {"L01": "T01"}
# Made up, and said to be: name, degrees, trade, languages, what learners do there.
HOSTS = (
    ("Panadería de Ejemplo", 37.3926, -5.9935, "baker", ("es", "en"), "bread, cakes, the shop on Saturdays"),
    ("Carpintería de Ejemplo", 37.4012, -5.9718, "carpenter", ("es",), "tables and doors, measuring at customers'"),
    ("Peluquería de Ejemplo", 37.3841, -5.9877, "hairdresser", ("es", "fr"), "washing, cutting on models"),
)
COLUMNS = (
    "code", "role", "first_name", "last_name", "language", "birth_date", "status", "trade", "host_city",
    "host_organisation", "home_city", "home_country", "phone", "host_phone", "accommodation", "departure_date",
    "arrival_date", "return_date", "referent", "backup_referent", "partner", "tutor", "guardian_name",
    "guardian_phone", "guardian_language",
)  # fmt: skip


def demo(
    port: Annotated[
        int, typer.Option(help="Port of the web page on this machine; 0 takes a free one.", min=0, max=65535)
    ] = 8765,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a web page.")] = False,
    content: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", envvar="COMPAGNON_CONTENT_DIR", help="Your own content, laid over the shipped one."
        ),
    ] = None,
) -> None:
    """The whole system with no token and no set-up: sandbox Bot API, web chat, sample cohort."""
    set_up("WARNING", "text")
    library = load_library(content)
    with (
        tempfile.TemporaryDirectory(prefix="compagnon-demo-") as folder,
        asyncio.Runner(loop_factory=new_event_loop) as runner,
    ):
        runner.run(_run(library, Path(folder), port, not no_browser))


async def _run(library: Library, folder: Path, port: int, browser: bool) -> None:
    start = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    clock = VirtualClock(start)
    store = open_store(f"sqlite:///{folder / 'demo.sqlite3'}")
    upgrade(store)
    core = Core(store, library, KitSearch.of(library), data_dir=folder)
    arrival = start.date() + timedelta(weeks=WEEKS_BEFORE)
    arrival += timedelta(days=(6 - arrival.weekday()) % 7)  # a Sunday, as most stays begin
    fill(core, arrival, start)
    marks = {
        "arrival": morning_of(arrival, HOST_ZONE),
        "return": morning_of(arrival + timedelta(days=NIGHTS), HOST_ZONE),
    }
    sandbox = Sandbox(TOKEN, "compagnon_demo_bot", clock.now)
    try:
        await sandbox.start("127.0.0.1", port)
    except OSError:
        store.close()
        raise BadInput(f"Port {port} is in use on this machine: choose another with --port, or --port 0.") from None
    mila = sandbox.world.add_user("Mila", "Exemple", language_code="en", label="Ambassador, made up")
    mila.started = True
    samples.add_ambassador(core, mila.id, "Mila", "seville", "baker (made up)", start, coordinated_like=COHORT)
    settings = Settings(_env_file=None, token=SecretStr(TOKEN), api_url=sandbox.url, data_dir=folder)  # type: ignore[call-arg]
    app = App(settings, clock, core, Pacing(None, per_chat=False))
    sandbox.map = app.map_page().show
    await app.start()
    stage = Stage(core, app, clock, COHORT, HOST_ZONE, marks)
    sandbox.control.director = stage
    stage.changed = sandbox.clock_changed
    stage.meanwhile = Answering(sandbox).answer
    ticking = asyncio.create_task(stage.tick())
    _announce(sandbox.url, browser)
    await _until_stopped()
    ticking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await ticking
    await stage.close()
    await app.stop()
    await sandbox.stop()
    store.close()


class Answering:
    """On the way to the return the learners answer their check-ins, as on most days; else every day were an alert."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._answered: set[tuple[int, int]] = set()  # chat, message

    async def answer(self) -> None:
        """Say that all is well, to every check-in and travel question that was just asked."""
        for user in list(self._sandbox.world.users.values()):
            person = Person(self._sandbox.url, user.id)
            for message in (await person.messages())[-3:]:
                rows = message.get("reply_markup", {}).get("inline_keyboard", [])
                buttons = [str(button.get("callback_data", "")) for row in rows for button in row]
                data = next((one for one in buttons if one.startswith(FINE)), None)
                key = (user.id, message["message_id"])
                if data is not None and not user.blocked and key not in self._answered:
                    self._answered.add(key)
                    await person.forge(message["message_id"], data)


def _announce(url: str, browser: bool) -> None:
    typer.echo(f"Compagnon's demo is running: {url}/")
    typer.echo(f"The map in a browser: {url}/map")
    typer.echo("A learner and a contact person are waiting there. Stop it with Ctrl-C; nothing is kept.")
    if browser:
        webbrowser.open(f"{url}/")


async def _until_stopped() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stopped.set)
    await stopped.wait()
    sys.stdout.write("\n")


# --- the sample cohort --------------------------------------------------------------------------


def fill(core: Core, arrival: date, now: datetime) -> None:
    """A cohort with two contact persons, a tutor, a coordinator and three learners, by the same ways a coordinator
    takes, and their companies on the map."""
    cohorts.create(core, cohorts.NewCohort(COHORT, "Bakers and others to Seville", "learner-short"), now)
    referents.add(core, referents.NewReferent("Claire Référente", COHORT, "en", "R01", phone="+33 1 99 00 12 34"), now)
    referents.add(core, referents.NewReferent("Marco Esempio", COHORT, "en", "R02", phone="+33 1 99 00 56 78"), now)
    import_cohort(core, COHORT, sample(arrival), now)
    coordinator = referents.NewReferent("Cora Coordinatrice", COHORT, "en", "C01", role="coordinator")
    referents.add(core, coordinator, now)
    places_desk.add_samples(core, [
        {"name": name, "town": "Sevilla", "country": "ES", "latitude": north, "longitude": east, "trades": [trade],
         "languages": list(tongues), "tasks": tasks}
        for name, north, east, trade, tongues, tasks in HOSTS
    ], now)  # fmt: skip


def sample(arrival: date) -> bytes:
    """The learners as a coordinator's file: semicolons, Windows-1252, dates with the day first."""
    words = io.StringIO()
    table = csv.writer(words, delimiter=";", lineterminator="\r\n")
    table.writerow(COLUMNS)
    goes, comes = f"{arrival:%d/%m/%Y}", f"{arrival + timedelta(days=NIGHTS):%d/%m/%Y}"
    for code, first, last, language, born, status, trade, city, host in LEARNERS:
        family = ("Marie Modèle", "+33 6 39 98 00 09", "fr") if born > "2008" else ("", "", "")
        table.writerow((
            code, "learner", first, last, language, f"{date.fromisoformat(born):%d/%m/%Y}", status, trade, city, host,
            "Lyon", "FR", f"+33 6 39 98 00 {code[1:]}", "+34 900 000 000", "Residencia de Ejemplo, Sevilla",
            goes, goes, comes, "R01", "R02", PAIRS.get(code, ""), TUTORS.get(code, ""), *family,
        ))  # fmt: skip
    tutor = {
        "code": "T01", "role": "host-tutor", "first_name": "Tomás", "last_name": "Ejemplo", "language": "en",
        "host_organisation": "Panadería de Ejemplo",
    }  # fmt: skip
    table.writerow([tutor.get(column, "") for column in COLUMNS])
    return words.getvalue().encode("cp1252")
