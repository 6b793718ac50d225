"""What a city kit still lacks, for the author or the local partner who could fill it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from bot.content.kit_checks import dated
from bot.content.kits import Keeper, PlaceKind
from bot.content.loader import Library
from bot.rules.kit_answer import Reach, reaches

WANTED: tuple[PlaceKind, ...] = ("hospital", "police", "station", "pharmacy", "youth_information")
REACHES: tuple[Reach, ...] = ("local", "country", "general")


class Overdue(NamedTuple):
    """Something sourced that should have been looked at again by now. `what` is its place in the file `path`."""

    path: str
    what: str
    checked: date
    due: date
    by: Keeper


@dataclass(frozen=True, slots=True)
class Gaps:
    """Topics by what their answer rests on, and of those that should be local the ones that aren't; places by id or
    kind; notes by topic. `holidays_until` is the last holiday that is known, None where none is."""

    topics: dict[Reach, tuple[str, ...]]
    should_be_local: tuple[str, ...]
    places_without_degrees: tuple[str, ...]
    missing_places: tuple[PlaceKind, ...]
    unverified_notes: tuple[str, ...]
    overdue: tuple[Overdue, ...]
    holidays_until: date | None


def gaps(library: Library, kit_id: str, today: date) -> Gaps:
    """What the kit lacks on a day. Raises KeyError for a kit that is not there."""
    kit = library.kits[kit_id]
    country = library.countries.get(kit.country)
    reach = reaches(library, kit_id)
    return Gaps(
        topics={
            kind: tuple(t for t, near in reach.items() if near == kind) for kind in ("local", "country", "general")
        },
        should_be_local=tuple(t for t, near in reach.items() if library.topics[t].local and near != "local"),
        places_without_degrees=tuple(p.id for p in kit.places if p.latitude is None or p.longitude is None),
        missing_places=tuple(kind for kind in WANTED if not any(p.kind == kind for p in kit.places)),
        unverified_notes=tuple(topic for topic, note in kit.notes.items() if not note.source),
        overdue=tuple(
            Overdue(source.path, "/".join(map(str, where)), checked, due, source.rechecked_by)
            for source in (kit, country)
            if source
            for where, checked, due in dated(source)
            if due <= today
        ),
        holidays_until=max(one.day for one in country.holidays.days) if country and country.holidays else None,
    )
