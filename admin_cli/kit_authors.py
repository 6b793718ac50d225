"""`compagnon kit check`, `kit locate`, `kit new`: for those who write a city kit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from admin_cli.context import content
from admin_cli.files import write_bytes
from admin_cli.output import Json, facts, heading, print_json, say, table, warn
from bot.clock import SystemClock, local_date
from bot.content.kit_skeleton import DIRECTIVE, EU, country_skeleton, kit_skeleton, subdivisions
from bot.content.kits import Kit
from bot.content.loader import Library
from bot.errors import BadInput
from bot.rules.kit_gaps import Gaps, gaps
from bot.rules.nearby import Spot, outside
from bot.rules.towns import Misplaced, Towns, kit_name
from bot.rules.typed import parse_country, parse_name, shown, slug
from bot.settings import load_settings
from bot.transport.geocoding import CACHE, PUBLIC, Geocoder

City = Annotated[str, typer.Argument(metavar="CITY", help="A kit's id or name.")]
Server = Annotated[
    str,
    typer.Option(
        "--server", metavar="URL", envvar="COMPAGNON_GEOCODER_URL", help="Another Nominatim server than the public one."
    ),
]


def check(city: City, json: Json = False) -> None:
    """What a kit still lacks: topics without local facts, places without degrees, what is due to be checked again."""
    library = content(load_settings())
    kit = kit_of(library, city)
    found = gaps(library, kit.id, local_date(SystemClock().now(), kit.zone))
    if json:
        print_json(_as_json(library, kit, found))
        return
    heading(f"{kit_name(library, kit.id)} ({kit.country})")
    facts({
        "Rest on local facts": len(found.topics["local"]), "On those of the country": len(found.topics["country"]),
        "On general advice": len(found.topics["general"]), "Should be local": found.should_be_local,
        "Without any fact": found.topics["general"], "Places without degrees": found.places_without_degrees,
        "No place of kind": found.missing_places, "Notes not verified": found.unverified_notes,
        "Holidays known until": found.holidays_until or "none",
    })  # fmt: skip
    table(
        ("FILE", "WHAT", "CHECKED", "DUE", "BY"),
        [(one.path, one.what, one.checked, one.due, one.by) for one in found.overdue],
        "Nothing is due to be checked again.",
    )


def locate(
    city: City,
    place: Annotated[str, typer.Argument(metavar="PLACE", help="Its name or address, in quotation marks.")],
    server: Server = PUBLIC,
    json: Json = False,
) -> None:
    """Degrees of a place in the city, from OpenStreetMap; needs the network once, then knows it."""
    settings = load_settings()
    library = content(settings)
    kit = kit_of(library, city)
    found = Geocoder(settings.data_dir / CACHE, server).find(
        f"{parse_name(place)}, {kit_name(library, kit.id)}", kit.country
    )
    away = outside(kit, Spot(found.latitude, found.longitude))
    if json:
        print_json({
            "place": place, "latitude": found.latitude, "longitude": found.longitude, "address": found.address,
            "outside_km": None if away is None else round(away, 1), "cached": found.cached,
        })  # fmt: skip
        return
    facts({"Latitude": found.latitude, "Longitude": found.longitude, "Address": found.address})
    if away is not None:
        warn(f"warning: that is {away:.0f} km from the centre of {kit_name(library, kit.id)}; is it the right place?")
    say("© OpenStreetMap contributors (ODbL): name it as the source, and look at the map before you ship it.")


def new(
    city: Annotated[str, typer.Argument(metavar="CITY", help="Its name in English.")],
    country: Annotated[str, typer.Option(metavar="CC", help="Two letters.")],
    lat: Annotated[float | None, typer.Option(min=-90, max=90, help="Degrees; asked of the map if missing.")] = None,
    lon: Annotated[float | None, typer.Option(min=-180, max=180)] = None,
    timezone: Annotated[str | None, typer.Option(metavar="Z", help="For a country with several.")] = None,
    subdivision: Annotated[str | None, typer.Option(metavar="S", help="The part of the country, for holidays.")] = None,
    emergency_number: Annotated[str | None, typer.Option(metavar="N", help="For a country outside the EU.")] = None,
    emergency_source: Annotated[str | None, typer.Option(metavar="URL", help="Where that number stands.")] = None,
    folder: Annotated[Path | None, typer.Option("--dir", metavar="DIR", help="Else COMPAGNON_CONTENT_DIR.")] = None,
    server: Server = PUBLIC,
) -> None:
    """Begin a kit: the city's file, and its country's where there is none, with what packages know."""
    settings = load_settings()
    library, name, code = content(settings), parse_name(city), parse_country(country)
    target = folder or settings.content_dir
    if target is None:
        raise BadInput("Name the folder of your own content with --dir, or set COMPAGNON_CONTENT_DIR.")
    kit_id = slug(name, "")
    if not kit_id:
        raise BadInput(f"“{shown(name)}” makes no id: write the city's name in Latin letters.")
    if kit_id in library.kits:
        raise BadInput(f"There is a kit {kit_id} already: choose another name, or change that one.")
    if subdivision is not None and subdivision not in subdivisions(code):
        known = ", ".join(subdivisions(code)) or "none; leave it out"
        raise BadInput(f"“{shown(subdivision)}” is no part of {code} with holidays of its own: there are {known}.")
    try:
        zone = Towns(library).find(name, code, timezone).zone
    except Misplaced as error:
        raise BadInput(str(error).replace("host_timezone", "--timezone")) from None
    files = {}
    if code not in library.countries:
        number, source = _emergency(code, emergency_number, emergency_source)
        files[target / "countries" / f"{code}.yaml"] = country_skeleton(
            code, number, source, local_date(SystemClock().now(), zone)
        )
    if lat is None or lon is None:
        found = Geocoder(settings.data_dir / CACHE, server).find(name, code)
        lat, lon = found.latitude, found.longitude
    files[target / "kits" / f"{kit_id}.yaml"] = kit_skeleton(name, code, zone, lat, lon, subdivision)
    _write(files)
    say(f"Next: add what somebody looked up, then `compagnon content check {target}`.")


def _emergency(country: str, number: str | None, source: str | None) -> tuple[str, str]:
    if number and source:
        if not re.fullmatch(r"[0-9][0-9 -]*", number):
            raise BadInput(f"“{shown(number)}” is no emergency number: write its digits, such as 112.")
        return number, source
    if country in EU and not number and not source:
        return "112", DIRECTIVE
    raise BadInput(
        f"There are no facts on {country} yet: look up its emergency number and give it with --emergency-number N "
        "--emergency-source URL."
    )


def _write(files: Mapping[Path, str]) -> None:
    """All of the files, or none where one is there already."""
    for file in files:
        if file.exists():
            raise BadInput(f"There is a file {file} already: nothing was written.")
    for file, text in files.items():
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"The folder {file.parent} cannot be made ({error.strerror}): choose another.") from None
        write_bytes(file, text.encode(), force=False)
        say(f"Written: {file}")


def kit_of(library: Library, city: str) -> Kit:
    """The kit of that id or name. Raises BadInput naming those there are."""
    kit_id = Towns(library).known(parse_name(city))
    if kit_id is None:
        raise BadInput(f"There is no kit for “{shown(city)}”: choose one of {', '.join(library.kits)}.")
    return library.kits[kit_id]


def _as_json(library: Library, kit: Kit, found: Gaps) -> dict[str, Any]:
    return {
        "kit": kit.id, "city": kit_name(library, kit.id), "country": kit.country,
        "topics": {reach: list(topics) for reach, topics in found.topics.items()},
        "should_be_local": list(found.should_be_local),
        "places_without_degrees": list(found.places_without_degrees), "missing_places": list(found.missing_places),
        "unverified_notes": list(found.unverified_notes),
        "overdue": [
            {"file": o.path, "what": o.what, "checked": o.checked.isoformat(), "due": o.due.isoformat(), "by": o.by}
            for o in found.overdue
        ],
        "holidays_until": found.holidays_until.isoformat() if found.holidays_until else None,
    }  # fmt: skip
