"""`compagnon journey …`"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any

import typer

from admin_cli import booklets
from admin_cli.asking import agreed
from admin_cli.context import content, desk
from admin_cli.output import Json, counted, heading, print_json, say, table
from bot.clock import Itinerary, to_utc, zone
from bot.content.loader import Library
from bot.content.schema import Journey, Step
from bot.content.versions import current
from bot.errors import BadInput
from bot.flows.running import title
from bot.rules.budget import SimulatedMessage, simulate
from bot.rules.calendar import LearnerFacts
from bot.rules.eves import eves
from bot.rules.permissions import Role
from bot.rules.towns import Misplaced, Towns
from bot.rules.typed import parse_choice, parse_country, parse_day, parse_language, parse_name
from bot.service import migrations
from bot.service.import_rows import STATUSES
from bot.settings import load_settings

app = typer.Typer(name="journey", help="The scripts that learners walk.", no_args_is_help=True)
app.command()(booklets.export)

Id = Annotated[str, typer.Argument(metavar="ID", help="The journey's id.")]
HOME = "Europe/Paris"
AHEAD = timedelta(days=400)  # joined long before anything is due


@app.command("list")
def list_(json: Json = False) -> None:
    """All journeys."""
    library = content(load_settings())
    rows = [
        {"id": j.id, "title": _title(library, j.path), "steps": len(j.steps), "roles": list(j.roles)}
        for j in library.journeys.values()
    ]
    if json:
        print_json(rows)
        return
    table(
        ("ID", "TITLE", "STEPS", "FOR"), [(r["id"], r["title"], r["steps"], r["roles"]) for r in rows], "No journeys."
    )


def _title(library: Library, path: str) -> str:
    forms, _ = library.catalogues.forms(f"{path}/title", "en")
    return forms[0]


@app.command()
def show(journey: Id, json: Json = False) -> None:
    """Every step of a journey, as written."""
    library = content(load_settings())
    script = current(library.journey(journey), library)
    rows = [
        _step(step, library.catalogues.plain(title(step, script.item(step)), "en", "UTC"))
        for step in script.journey.steps
    ]
    if json:
        print_json({"id": journey, "steps": rows})
        return
    heading(f"{journey}: {counted(len(rows), 'step')}")
    table(
        ("STEP", "STAGE", "WHEN", "KIND", "TITLE", "POINTS", "COMPETENCES"),
        [(r["id"], r["stage"], r["when"], r["kind"], r["title"], r["points"], r["competences"]) for r in rows],
        "No steps.",
    )


def _step(step: Step, name: str) -> dict[str, Any]:
    when = step.when
    days = f"{when.days:+d} days" if when.days else "day"
    only = f", next {'/'.join(when.weekdays)}" if when.weekdays else ""
    return {
        "id": step.id, "stage": step.stage, "kind": step.kind, "use": step.use, "title": name,
        "when": f"{when.anchor} {days}{only} {when.at:%H:%M}", "required": step.required, "points": step.points,
        "competences": list(step.competences),
    }  # fmt: skip


@app.command("simulate")
def simulate_(
    journey: Id,
    arrival: Annotated[str, typer.Option(metavar="D", help="Day of arrival, 2026-03-01 or 01/03/2026.")],
    return_: Annotated[str, typer.Option("--return", metavar="D", help="Day of return.")],
    host_city: Annotated[str, typer.Option(metavar="C", help="A city with a kit, or any town.")],
    home_timezone: Annotated[
        str | None,
        typer.Option(metavar="Z", help="Where the person comes from: Europe/Paris; hosts are at home there."),
    ] = None,
    host_country: Annotated[str | None, typer.Option(help="Two letters; for a town without a kit.")] = None,
    host_timezone: Annotated[str | None, typer.Option(help="Where a country has several.")] = None,
    departure: Annotated[str | None, typer.Option(metavar="D", help="Departure; the arrival by default.")] = None,
    home_country: Annotated[str, typer.Option(help="Two letters.")] = "FR",
    birth_date: Annotated[str | None, typer.Option(metavar="D", help="Without one: a minor.")] = None,
    status: Annotated[str, typer.Option(help=f"One of {', '.join(STATUSES)}.")] = "apprentice",
    trade: Annotated[str, typer.Option()] = "",
    language: Annotated[str, typer.Option(help="The learner's language.")] = "en",
    joined: Annotated[str | None, typer.Option(metavar="D", help="Joins at noon then; long before by default.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is left out, and why.")] = False,
    json: Json = False,
) -> None:
    """Every message of a journey for one learner, with its local and UTC time."""
    library = content(load_settings())
    script = current(library.journey(journey), library)
    zone(home_timezone or HOME)
    goes, returns = parse_day(arrival), parse_day(return_)
    leaves = parse_day(departure) if departure else goes
    if not leaves <= goes <= returns:
        raise BadInput(f"The dates {leaves}, {goes}, {returns} are the wrong way round: departure, arrival, return.")
    try:
        town = Towns(library).find(
            parse_name(host_city), parse_country(host_country) if host_country else None, host_timezone
        )
    except Misplaced as error:
        raise BadInput(f"{str(error).replace('host_', '--host-')}") from None
    home = home_timezone or _home(script.journey, town.zone)
    learner = LearnerFacts(
        Itinerary(home, town.zone, leaves, goes, returns), parse_day(birth_date) if birth_date else None,
        parse_choice(status, STATUSES, "a status"), trade, parse_language(language), parse_country(home_country),
        town.country, town.city, role=next(iter(script.journey.roles), "learner"),
    )  # fmt: skip
    start = datetime.combine(leaves, time(12), UTC) - AHEAD
    at = to_utc(parse_day(joined), time(12), home) if joined else start
    names = {s.id: library.catalogues.plain(title(s, script.item(s)), "en", "UTC") for s in script.journey.steps}
    over = to_utc(learner.itinerary.return_, time(23), "UTC") if learner.itinerary else at
    beside = eves(library, learner, at, over) if "learner" in script.journey.roles else ()
    names |= {item.step.id: item.step.use.replace("-", " ") for item in beside}
    rows = [_line(message, names) for message in simulate(script.journey, learner, at, beside)]
    _print_simulation(journey, rows, json, everything)


def _home(journey: Journey, host_zone: str) -> str:
    """Whoever receives a learner lives by the clock of the host city all the time."""
    return host_zone if Role.HOST_TUTOR in journey.roles else HOME


def _line(message: SimulatedMessage, names: dict[str, str]) -> dict[str, Any]:
    return {
        "local": message.local.isoformat(), "utc": message.utc.isoformat(), "timezone": message.zone,
        "stage": message.stage, "step": message.step_id or None, "kind": message.kind,
        "title": names.get(message.step_id, ""), "sent": message.sent, "what": message.what,
    }  # fmt: skip


def _print_simulation(journey: str, rows: list[dict[str, Any]], json: bool, everything: bool) -> None:
    sent = [row for row in rows if row["sent"]]
    shown = rows if everything else sent
    if json:
        print_json(shown)
        return
    table(
        ("LOCAL TIME", "ZONE", "UTC", "STAGE", "STEP", "KIND", "WHAT"),
        [
            (r["local"][:16].replace("T", " "), r["timezone"], r["utc"][:16].replace("T", " "), r["stage"], r["step"],
             r["kind"], r["what"])
            for r in shown
        ],
        "Nothing would be sent.",
    )  # fmt: skip
    say(f"{counted(len(sent), 'message')} of {journey}; the daily check-in is not counted.")
    if len(sent) < len(rows) and not everything:
        say(f"{len(rows) - len(sent)} left out: --all says why.")


@app.command()
def migrate(
    journey: Id,
    cohort: Annotated[str | None, typer.Option("--cohort", metavar="C", help="One cohort only.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show whom it touches, change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Move everybody who walks an older version of a journey to the newest one, with their answers."""
    with desk() as d:
        touched = migrations.migrate(d.core, journey, d.now, cohort, dry_run=True)
        if touched and not dry_run:
            agreed(f"Move {counted(len(touched), 'person', 'people')} to the newest {journey}?", yes,
                   "Nobody is here to confirm: look with --dry-run, then add --yes.")  # fmt: skip
            touched = migrations.migrate(d.core, journey, d.now, cohort)
    if json:
        print_json([asdict(one) for one in touched])
        return
    table(
        ("COHORT", "WHO", "GOES ON AT", "RENAMED", "GONE", "NEW"),
        [(one.cohort, one.code, _goes_on(one), [f"{a} → {b}" for a, b in one.renamed], one.gone, one.added)
         for one in touched],
        f"Everybody walks the newest version of {journey}.",
    )  # fmt: skip
    if touched:
        say("Nothing was changed." if dry_run else "Moved, with everything answered so far.")


def _goes_on(one: migrations.Moved) -> str:
    if one.from_step is None:
        return "where they are"
    return f"{one.to_step or 'the menu'} (was in {one.from_step})"
