"""What is on the map: host organisations that agreed, former learners who agreed and were vetted, and the partners of
the source projects that the kits name, each with its source."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import cos, radians
from typing import Any

from sqlalchemy import Float, String, and_, bindparam, cast, or_, select, update
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.content.kits import Kit
from bot.content.loader import Library
from bot.i18n import SOURCE_LANGUAGE, Text
from bot.rules.gazetteer import town_of
from bot.rules.host_facts import CONFIRMED, MOST_TRADES, key_of
from bot.rules.nearby import SPHERE_OFF, Point, Spot, first, roughly
from bot.rules.places import Place
from bot.service import ambassadors as known, places_alike
from bot.store.prepared import among, first as first_row, rows
from bot.store.tables import Host, Placement

DEGREE_KM = 110.5  # the shortest degree of latitude (WGS 84), so that a box is never too small
YEAR = 365  # days after which an agreement is to be asked for again

SHOWN = (
    Host.agreed_on.is_not(None), Host.withdrawn_at.is_(None), Host.proposed_at.is_(None), Host.latitude.is_not(None),
    Host.longitude.is_not(None),
)  # fmt: skip


def public(session: Session, library: Library, now: datetime) -> list[Place]:
    """Everything that may be shown to anybody, by kind and name."""
    hosts = [place_of(host) for host in session.scalars(select(Host).where(*SHOWN))]
    found = [*hosts, *ambassadors(session, library, now), *partners(library)]
    return sorted(found, key=lambda place: (place.kind != "host", place.kind, place.name.casefold(), place.id))


def find(session: Session, library: Library, place_id: str, now: datetime) -> Place | None:
    """One of them by its id; None for what is not shown, or not any more."""
    if place_id.startswith("h"):
        number = place_id[1:]
        known = number.isascii() and number.isdigit() and len(number) < 18
        host = session.scalar(select(Host).where(*SHOWN, Host.id == int(number))) if known else None
        return place_of(host) if host is not None else None
    return next((p for p in (*ambassadors(session, library, now), *partners(library)) if p.id == place_id), None)


def can_be_narrowed(session: Session, library: Library, now: datetime) -> bool:
    """Is there any trade or language to choose among?"""
    filled = or_(cast(Host.trades, String) != "[]", cast(Host.languages, String) != "[]")
    if session.scalar(select(Host.id).where(*SHOWN, filled).limit(1)) is not None:
        return True
    return any(place.trades for place in ambassadors(session, library, now))


def place_of(host: Host) -> Place:
    """A host as others see it; it must have its degrees."""
    assert host.latitude is not None
    assert host.longitude is not None
    return card_of(host)


def card_of(host: Any) -> Place:
    """The same for its tutor and the desk, of a host or its columns; degrees are 0 where nobody knows them."""
    return Place(
        id=f"h{host.id}", kind="host", name=host.name, town=host.town, country=host.country,
        latitude=host.latitude or 0.0, longitude=host.longitude or 0.0, exact=host.exact,
        trades=tuple(host.trades)[:MOST_TRADES], languages=tuple(host.languages), about=host.about, size=host.size,
        capacity=host.capacity, tasks=host.tasks, website=host.website, source=None, sample=host.sample,
        agreed_on=host.agreed_on, when=None,
    )  # fmt: skip


def put(session: Session, host: Host, values: dict[str, str]) -> bool:
    """Set name, address, town or website; False where another host is called so there. A new town or address is placed
    in the middle of the town until the address is looked up."""
    name, town = values.get("name", host.name), values.get("town", host.town)
    key = key_of(name, town, host.country)
    taken = select(Host.id).where(Host.key == key, Host.id != host.id)
    if session.scalar(taken) is not None:
        return False
    moved = town != host.town or values.get("address", host.address) != host.address
    for field, value in values.items():
        if field in CONFIRMED:
            setattr(host, field, value)
    host.key = key
    if moved:
        at = town_of(town, host.country)
        host.exact = False
        host.latitude, host.longitude, host.zone = (at.latitude, at.longitude, at.zone) if at else (None, None, None)
    session.flush()
    return True


def forget_tutor(session: Session, members: Collection[int]) -> None:
    """What cards say of a tutor who is erased: the company's yes stays, without the name."""
    if members:
        mine = Host.agreed_member.in_(members)
        session.execute(update(Host).where(mine).values(agreed_by="–", agreed_member=None))
        session.execute(update(Host).where(Host.wished_by.in_(members)).values(wished=None, wished_by=None))


# --- others than hosts ----------------------------------------------------------------------------


def partners(library: Library, kits: Collection[str] | None = None) -> Iterator[Place]:
    """The organisation that a kit (of these, or of all) names as partner there, in the middle of its town, with the
    source of that."""
    for kit_id, kit in library.kits.items():
        fact = kit.facts.get("partner")
        if fact is None or (kits is not None and kit_id not in kits):
            continue
        sources = [kit.sources.get(key, key) for key in fact.source]
        yield _place(
            library, kit, id=f"s-{kit_id}", kind="partner", name=str(fact.value), source=", ".join(map(str, sources))
        )


_ANY_VETTED = select(Placement.id).where(Placement.vetted_at.is_not(None)).limit(1)


def ambassadors(
    session: Session, library: Library, now: datetime, kits: Collection[str] | None = None
) -> Iterator[Place]:
    """Former learners of age who said yes themselves and whom a coordinator vetted: first name, trade, town, year.
    Of all kits, or of these."""
    if kits is not None and not (kits and first_row(session, _ANY_VETTED)):
        return  # nearly always, and then nothing more is asked
    for one in known.shown(session, library, now, kits):
        stay = one.stay
        assert stay.itinerary is not None
        yield _place(
            library, library.kits[one.placement.kit or ""], id=f"a{one.placement.id}", kind="ambassador", name=one.name,
            trades=(stay.trade,) if stay.trade else (), when=str(stay.itinerary.arrival.year),
        )  # fmt: skip


def _place(library: Library, kit: Kit, **facts: Any) -> Place:
    town = library.catalogues.plain(Text(f"{kit.path}/name"), SOURCE_LANGUAGE, "UTC")
    empty = ("about", "size", "capacity", "tasks", "website", "source", "agreed_on", "when")
    usual: dict[str, Any] = dict.fromkeys(empty)
    usual |= {"trades": (), "languages": (), "sample": False}
    return Place(
        **usual | facts, town=town, country=kit.country, latitude=kit.latitude, longitude=kit.longitude, exact=False
    )


# --- near -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """A place, and how far it is."""

    place: Place
    kilometres: float


def near(
    session: Session, library: Library, spot: Spot, within: float, now: datetime, most: int | None = None
) -> list[Found]:
    """All, or the first so many, that lie within so many kilometres, nearest first: hosts by a box on an index, then
    the true distance; whole cards are read only of those that are told."""
    kits = _kits_near(library, spot, within)
    others = {place.id: place for place in (*ambassadors(session, library, now, kits), *partners(library, kits))}
    around = [(place.latitude, place.longitude, place.name, place.id) for place in others.values()]
    told: list[tuple[float, Point]] = []
    # Where many stand close together a smaller box holds enough of them, and reading costs more than asking.
    for reach in (within / 8, within / 3, within) if most is not None else (within,):
        told = first([*around, *_hosts_around(session, spot, reach)], spot, reach, most)
        if len(told) == most:
            break
    numbers = [int(point[3][1:]) for _, point in told if point[3] not in others]
    hosts = {row.id: row for row in rows(session, _CARDS, numbers=numbers)} if numbers else {}
    return [Found(others.get(id_) or card_of(hosts[int(id_[1:])]), away) for away, (*_, id_) in told]


_BAND = and_(*SHOWN, Host.latitude.between(bindparam("south"), bindparam("north")))
_AT = select(Host.latitude, Host.longitude, Host.name, Host.id)
_WEST, _EAST = bindparam("west", type_=Float()), bindparam("east", type_=Float())
_IN_BAND = _AT.where(_BAND)
_IN_BOX = _AT.where(_BAND, Host.longitude.between(_WEST, _EAST))
_ACROSS = _AT.where(_BAND, or_(Host.longitude >= _WEST, Host.longitude <= _EAST))  # the date line
_CARDS = select(
    Host.id, Host.name, Host.town, Host.country, Host.latitude, Host.longitude, Host.exact, Host.trades, Host.languages,
    Host.about, Host.size, Host.capacity, Host.tasks, Host.website, Host.sample, Host.agreed_on,
).where(among(Host.id, "numbers"))  # fmt: skip


def _hosts_around(session: Session, spot: Spot, reach: float) -> list[Point]:
    """All in a box of degrees that holds every point within so many kilometres; all longitudes around a pole, and two
    boxes across the date line."""
    high = reach / DEGREE_KM
    box = {"south": spot.latitude - high, "north": spot.latitude + high}
    widest = max(abs(box["south"]), abs(box["north"]))
    wide = reach / (DEGREE_KM * cos(radians(widest))) if widest < 89 else 180.0
    if wide >= 180:
        found = rows(session, _IN_BAND, **box)
    else:
        west, east = spot.longitude - wide, spot.longitude + wide
        across = _ACROSS if west < -180 or east > 180 else _IN_BOX
        found = rows(session, across, **box, west=_turned(west), east=_turned(east))
    return [(north, east, name, f"h{number}") for north, east, name, number in found]


def _turned(longitude: float) -> float:
    return longitude + 360 if longitude < -180 else longitude - 360 if longitude > 180 else longitude


def nearest(places: Collection[Place], spot: Spot, within: float | None = None, most: int | None = None) -> list[Found]:
    """Nearest first, by geodesic distance; all, or the first so many."""
    by_id = {place.id: place for place in places}
    points = [(place.latitude, place.longitude, place.name, place.id) for place in places]
    return [Found(by_id[id_], away) for away, (*_, id_) in first(points, spot, within, most)]


def _kits_near(library: Library, spot: Spot, within: float) -> frozenset[str]:
    """The kits whose town may lie within so many kilometres."""
    far = within * (1 + SPHERE_OFF)
    return frozenset(
        kit_id for kit_id, kit in library.kits.items() if roughly(spot, kit.latitude, kit.longitude) <= far
    )


# --- the desk -------------------------------------------------------------------------------------


def listing(session: Session, library: Library, now: datetime) -> list[dict[str, Any]]:
    """Every host, shown or not, and everything else on the map, as plain data."""
    hosts = session.scalars(select(Host).order_by(Host.country, Host.town, Host.name)).all()
    others = [*ambassadors(session, library, now), *partners(library)]
    return [
        *(_listed(f"h{host.id}", "host", host, _is_shown(host)) for host in hosts),
        *(_listed(place.id, place.kind, place, True) for place in others),
    ]


def _listed(place_id: str, kind: str, one: Host | Place, shown: bool) -> dict[str, Any]:
    return {
        "id": place_id, "kind": kind, "name": one.name, "town": one.town, "country": one.country,
        "trades": list(one.trades), "shown": shown, "agreed_on": _iso(one.agreed_on),
    }  # fmt: skip


def check(session: Session, library: Library, now: datetime) -> list[dict[str, str]]:
    """What is missing or old, host by host, and what may be there twice: `id`, `name`, `what`."""
    today, found = local_date(now, "UTC"), []
    for host in session.scalars(select(Host).where(Host.withdrawn_at.is_(None)).order_by(Host.id)):
        found += [{"id": f"h{host.id}", "name": host.name, "what": what} for what in _gaps(host, today)]
    alike = places_alike.on_map(session, library)
    return found + [{"id": number, "name": name, "what": what} for number, name, what in alike]


def _gaps(host: Host, today: date) -> Iterator[str]:
    if host.latitude is None:
        yield "has no position: give its latitude and longitude, or correct the town"
    elif not host.exact:
        yield "lies in the middle of its town: `compagnon map geocode` finds its address"
    if host.proposed_at is not None or host.wished:
        yield "waits for a coordinator: `compagnon map wishes`"
    if host.agreed_on is None:
        yield "is not shown: nobody has agreed yet (agreed_by, agreed_on)"
    elif (today - host.agreed_on).days > YEAR:
        yield f"agreed on {host.agreed_on}, over a year ago: ask again"
    missing = [name for name in ("trades", "languages", "tasks", "capacity") if not getattr(host, name)]
    if missing:
        yield f"lacks {', '.join(missing)}"


def _is_shown(host: Host) -> bool:
    agreed = host.agreed_on is not None and host.withdrawn_at is None and host.proposed_at is None
    return agreed and host.latitude is not None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def as_geojson(places: Sequence[Place]) -> dict[str, Any]:
    """RFC 7946: a collection of points, longitude first."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature", "id": place.id,
                "geometry": {"type": "Point", "coordinates": [place.longitude, place.latitude]},
                "properties": as_row(place),
            }
            for place in places
        ],
    }  # fmt: skip


def as_row(place: Place) -> dict[str, Any]:
    """A place as plain data, lists joined with a comma."""
    return {
        "id": place.id, "kind": place.kind, "name": place.name, "town": place.town, "country": place.country,
        "trades": ", ".join(place.trades), "languages": ", ".join(place.languages), "about": place.about,
        "size": place.size, "capacity": place.capacity, "tasks": place.tasks, "website": place.website,
        "source": place.source, "sample": place.sample, "agreed_on": _iso(place.agreed_on), "when": place.when,
        "town_level": not place.exact,
    }  # fmt: skip
