"""`compagnon map …`: host organisations from a list, what is on the map, and the map as a file."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from admin_cli import questions
from admin_cli.context import Desk, desk
from admin_cli.files import read_bytes, write_bytes
from admin_cli.kit_authors import Server
from admin_cli.lists import ListFile, Marked, faults_marked
from admin_cli.output import DryRun, Json, counted, heading, print_json, say, some, table, warn
from bot.content.languages import COMPLETE
from bot.errors import BadInput, NotFound
from bot.papers.map_page import Tiles
from bot.papers.plain_files import csv_file, json_file
from bot.rules.gazetteer import town_of
from bot.rules.nearby import Spot
from bot.rules.places import Place
from bot.rules.towns import Towns
from bot.service import host_desk, host_questions, places, places_desk, public_map
from bot.service.places_import import HostReport, import_hosts
from bot.transport.geocoding import CACHE, PUBLIC, Geocoder

app = typer.Typer(name="map", help="Hosts and former learners on the map.", no_args_is_help=True)

app.command("questions")(questions.questions)
app.command("question")(questions.question)

NO_ROWS = ("id", "kind", "name", "town", "country")  # the header of a table of nobody


@app.command("import")
def import_(
    file: ListFile,
    dry_run: DryRun = False,
    marked: Marked = None,
    json: Json = False,
) -> None:
    """Host organisations from a list: all rows or none; the same list again changes nothing.

    Columns: name, town, country; and as known address, latitude, longitude, trades, languages, size, capacity, tasks,
    about, website, contact_role, agreed_by, agreed_on. Only who agreed is shown to anybody.

    Example: compagnon map import hosts.xlsx --dry-run
    """
    data = read_bytes(file)
    with desk() as d, faults_marked(data, file, marked):
        report = import_hosts(d.core, data, d.now, dry_run=dry_run)
    if json:
        print_json(
            {
                "dry_run": report.dry_run, "added": report.added, "unchanged": report.unchanged,
                "changed": [{"name": n, "columns": c} for n, c in report.changed], "unplaced": report.unplaced,
                "missing": report.missing, "ignored": report.ignored, "alike": report.alike, "left": report.left,
            }
        )  # fmt: skip
        return
    _print(report, file)


def _print(report: HostReport, file: Path) -> None:
    for name in report.added:
        say(f"+ {name}")
    for name, columns in report.changed:
        say(f"~ {name}: " + "; ".join(f"{c}: {old or '–'} → {new or '–'}" for c, (old, new) in columns.items()))
    for sentence in report.alike:
        warn(f"Perhaps twice: {sentence}.")
    if report.left:
        say(f"Kept by their tutors, whose words stand: {some(report.left)}.")
    if report.unplaced:
        warn(f"Not on the map, for the gazetteer knows no such town: {some(report.unplaced)}.")
    if report.missing:
        say(f"On the map and not in this list (left alone): {some(report.missing)}.")
    if report.ignored:
        say(f"Columns left aside: {some(report.ignored)}.")
    would = "would be " if report.dry_run else ""
    heading(
        f"{len(report.added)} {would}added, {len(report.changed)} {would}changed, {len(report.unchanged)} unchanged."
    )
    if report.dry_run:
        say(f"Nothing was changed. To do it: compagnon map import {file}")


@app.command("list")
def list_(json: Json = False) -> None:
    """Everything that is on the map or could be: hosts, former learners, partners."""
    with desk() as d, d.core.store.transaction() as session:
        rows = places.listing(session, d.core.content, d.now)
    if json:
        print_json(rows)
        return
    table(
        ("ID", "KIND", "NAME", "TOWN", "COUNTRY", "TRADES", "SHOWN"),
        [
            [r[column] for column in ("id", "kind", "name", "town", "country", "trades", "shown")] for r in rows
        ],
        "Nothing is on the map yet: compagnon map import FILE",
    )  # fmt: skip


@app.command()
def check(json: Json = False) -> None:
    """What is missing or too old: positions, agreements over a year old, empty cards; and who may be there twice."""
    with desk() as d, d.core.store.transaction() as session:
        found = places.check(session, d.core.content, d.now)
    if json:
        print_json(found)
        return
    for one in found:
        say(f"{one['id']} {one['name']} {one['what']}.")
    heading(f"{counted(len(found), 'thing')} to see to." if found else "Every card is complete.")


@app.command()
def near(
    city: Annotated[str, typer.Argument(metavar="CITY", help="A kit's id or name, or any town with its --country.")],
    country: Annotated[str | None, typer.Option(metavar="CC", help="Of a town without a kit.")] = None,
    within: Annotated[float, typer.Option("--within", metavar="KM", min=1, max=20_000, help="Kilometres.")] = 30,
    most: Annotated[int | None, typer.Option("--most", metavar="N", min=1, help="Only the nearest so many.")] = None,
    json: Json = False,
) -> None:
    """The places nearest to a town, by distance as the crow flies.

    Example: compagnon map near seville --within 50
    """
    with desk() as d, d.core.store.transaction() as session:
        found = places.near(session, d.core.content, _spot(d, city, country), within, d.now, most)
    if json:
        print_json([{**places.as_row(one.place), "kilometres": round(one.kilometres, 2)} for one in found])
        return
    table(
        ("KM", "KIND", "NAME", "TOWN", "TRADES"),
        [
            (f"{one.kilometres:.1f}", one.place.kind, one.place.name, one.place.town, ", ".join(one.place.trades))
            for one in found
        ],
        f"Nothing within {within:g} km: --within looks further.",
    )


def _spot(d: Desk, city: str, country: str | None) -> Spot:
    kit_id = Towns(d.core.content).known(city)
    if kit_id is not None:
        kit = d.core.content.kits[kit_id]
        return Spot(kit.latitude, kit.longitude)
    if country is None:
        raise NotFound(f"There is no kit “{city}”: add --country, or take one of `compagnon kit list`.")
    town = town_of(city, country.upper())
    if town is None:
        raise NotFound(f"The gazetteer knows no “{city}” in {country.upper()}: try its name in the language there.")
    return Spot(town.latitude, town.longitude)


@app.command()
def geocode(
    server: Server = PUBLIC,
    json: Json = False,
) -> None:
    """Find the address of each host that is only placed by its town. One question a second; answers are kept.

    An address that is not found, or lies in another country than stated, is named and left as it is.
    """
    with desk() as d:
        asking = Geocoder(d.settings.data_dir / CACHE, server)
        found = places_desk.geocode(d.core, asking, d.now, time.sleep)
    if json:
        print_json(found)
        return
    for one in found:
        say(f"{one['id']} {one['name']}: {one['what']}")
    heading(f"{counted(sum(one['found'] for one in found), 'address', 'addresses')} found, of {len(found)}.")


@app.command()
def ambassador(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A former learner who agreed to be on the map.")],
    cohort: Annotated[str | None, typer.Option("--cohort", metavar="C", help="Where several have that code.")] = None,
    off: Annotated[bool, typer.Option("--off", help="Take them off the map.")] = False,
) -> None:
    """Put a former learner on the map who agreed in the chat and whom you know: first name, trade, town, year.

    They take themselves off with one tap in /settings, and are gone at once.
    """
    with desk() as d:
        name = places_desk.vet(d.core, code, cohort, not off, d.now)
    say(f"{name} is {'no longer ' if off else ''}on the map.")


@app.command()
def withdraw(
    host: Annotated[str, typer.Argument(metavar="ID", help="As `compagnon map list` shows it, such as h12.")],
    back: Annotated[bool, typer.Option("--back", help="Show it again.")] = False,
) -> None:
    """Take a host off the map at once; its card stays at the desk."""
    with desk() as d:
        name = places_desk.withdraw(d.core, host, back, d.now)
    say(f"{name} is {'back' if back else 'no longer'} on the map.")


@app.command()
def wishes(json: Json = False) -> None:
    """What tutors want of the map and a coordinator confirms: their card, a new one, another name or address.

    Coordinators who are in the chat are asked there; here it stands for everybody.
    """
    with desk() as d, d.core.store.transaction() as session:
        found = [host_desk.as_row(one) for one in host_questions.pending(session)]
    if json:
        print_json(found)
        return
    for one in found:
        changes = "; ".join(f"{field}: {old or '–'} → {new}" for field, (old, new) in one["values"].items())
        say(f"{one['id']} {one['tutor']} ({one['cohort']}) {host_desk.SAID[one['about']]} {one['name']}, {one['town']}"
            + (f": {changes}" if changes else "")
            + (f". Similar: {some(one['alike'])}" if one["alike"] else ""))  # fmt: skip
    heading("`compagnon map confirm ID` or `compagnon map refuse ID`" if found else "No tutor waits for an answer.")


Wish = Annotated[str, typer.Argument(metavar="ID", help="As `compagnon map wishes` shows it, such as new-12.")]


@app.command()
def confirm(wish: Wish) -> None:
    """Let a tutor's wish about a card come true; the tutor is told."""
    _decided(wish, True)


@app.command()
def refuse(wish: Wish) -> None:
    """Refuse a tutor's wish about a card; the tutor is told. A refused new card is gone."""
    _decided(wish, False)


def _decided(wish: str, yes: bool) -> None:
    with desk() as d:
        name = host_desk.decide(d.core, wish, yes, d.now)
    say(f"{'Confirmed' if yes else 'Refused'}: {name}.")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A name that ends in .html, .geojson or .csv.")],
    language: Annotated[
        str | None,
        typer.Option(metavar="L", help="The language in which the page opens; each reader's own by default."),
    ] = None,
) -> None:
    """The map as one page that needs no network, or as data: only who agreed, nothing of any contact person.

    Example: compagnon map export map.html --language de
    """
    with desk() as d:
        found = public_map.shown(d.core, d.now)
        data = _written(d, file, found, language)
    write_bytes(file, data)
    say(f"{file} is ready: {counted(len(found), 'place')}.")


def _written(d: Desk, file: Path, found: Sequence[Place], language: str | None) -> bytes:
    match file.suffix.lower():
        case ".html" | ".htm":
            if language is not None and language not in COMPLETE:
                raise BadInput(f"There is no map in '{language}'; choose one of {', '.join(COMPLETE)}.")
            tiles = d.settings.map_tiles()
            return public_map.drawn(d.core.content, found, language, Tiles(*tiles) if tiles else None)
        case ".geojson" | ".json":
            return json_file(places.as_geojson(found))
        case ".csv":
            rows = [{**places.as_row(p), "latitude": p.latitude, "longitude": p.longitude} for p in found]
            return csv_file([list(rows[0]) if rows else NO_ROWS, *(list(row.values()) for row in rows)])
        case other:
            raise BadInput(f"“{other or file.name}” is no kind of map: end the name in .html, .geojson or .csv.")
