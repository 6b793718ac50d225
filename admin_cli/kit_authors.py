"""`compagnon kit check`, `kit locate`: for those who write a city kit."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from admin_cli.context import content
from admin_cli.output import Json, facts, heading, print_json, say, table, warn
from bot.clock import SystemClock, local_date
from bot.content.kits import Kit
from bot.content.loader import Library
from bot.errors import BadInput
from bot.rules.kit_gaps import Gaps, gaps
from bot.rules.nearby import Spot, outside
from bot.rules.towns import Towns, kit_name
from bot.rules.typed import parse_name, shown
from bot.settings import load_settings
from bot.transport.geocoding import PUBLIC, Geocoder

CACHE = "located.json"  # in the data folder

City = Annotated[str, typer.Argument(metavar="CITY", help="A kit's id or name.")]
Server = Annotated[str, typer.Option(metavar="URL", help="Another Nominatim server than the public one.")]


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
