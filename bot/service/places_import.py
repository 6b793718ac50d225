"""Host organisations from a list: all rows or none, every fault with its place. The same list again changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.errors import BadInput, Fault, Faults
from bot.rules import host_facts
from bot.rules.fold import fold
from bot.rules.gazetteer import country_at, town_of, zone_at
from bot.rules.host_facts import key_of
from bot.rules.nearby import Spot
from bot.rules.typed import parse_country, parse_day, shown
from bot.service import places_alike
from bot.service.core import Core
from bot.service.import_table import Row, one_line, plain_list
from bot.store.tables import Host, Membership

_HEADERS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "organisation", "company", "nom", "entreprise", "nombre", "empresa", "nome", "azienda", "firma",
             "betrieb", "naam", "bedrijf"),
    "town": ("town", "city", "ville", "ciudad", "citta", "stadt", "ort", "plaats", "stad"),
    "country": ("country", "pays", "pais", "paese", "land"),
    "address": ("address", "adresse", "direccion", "indirizzo", "adres"),
    "latitude": ("latitude", "lat", "latitud", "latitudine", "breite", "breedtegraad"),
    "longitude": ("longitude", "lon", "lng", "longitud", "longitudine", "laenge", "lengtegraad"),
    "trades": ("trades", "trade", "metiers", "metier", "oficios", "oficio", "mestieri", "mestiere", "berufe", "beruf",
               "beroepen", "beroep"),
    "languages": ("languages", "language", "langues", "idiomas", "lingue", "sprachen", "talen"),
    "size": ("size", "taille", "tamano", "dimensione", "groesse", "grootte"),
    "capacity": ("capacity", "places", "capacite", "plazas", "posti", "plaetze", "aantal"),
    "tasks": ("tasks", "taches", "tareas", "compiti", "aufgaben", "taken"),
    "about": ("about", "description", "descripcion", "descrizione", "beschreibung", "beschrijving"),
    "website": ("website", "site", "web", "sito"),
    "contact_role": ("contact_role", "contact role", "contact"),
    "agreed_by": ("agreed_by", "agreed by", "accord de", "acuerdo de", "consenso di", "zugestimmt von", "akkoord van"),
    "agreed_on": ("agreed_on", "agreed on", "accord du", "fecha de acuerdo", "consenso del", "zugestimmt am",
                  "akkoord op"),
}  # fmt: skip
REQUIRED = ("name", "town", "country")
COLUMNS = tuple(_HEADERS)


@dataclass(slots=True)
class HostReport:
    """What an import did, or would do. `changed`: the name and by column old and new; `left`: kept by their tutors, who
    say otherwise; `alike`: sentences on rows that may be one host twice, in the list or on the map; `unplaced`: towns
    unknown."""

    dry_run: bool
    added: list[str] = field(default_factory=list)
    changed: list[tuple[str, dict[str, tuple[str, str]]]] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    alike: list[str] = field(default_factory=list)
    unplaced: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def import_hosts(core: Core, data: bytes, now: datetime, *, dry_run: bool = False) -> HostReport:
    """Add and change hosts. Raises BadInput for what is no list, Faults with every fault of every row; then nothing is
    changed. Whoever is on the map and not in the list stays."""
    faults: list[Fault] = []
    report = HostReport(dry_run)
    today = local_date(now, "UTC")
    seen: dict[str, int] = {}
    read = []
    for row in _rows(data, report):
        values = _values(row, today, faults)
        before = seen.setdefault(values["key"], row.number)
        if before != row.number:
            faults.append(row.fault("name", f"stands in row {before} already: keep one of them"))
        read.append(values | {"row": row.number, "columns": frozenset(row.cells)})
    if faults:
        raise Faults(faults)
    with core.store.transaction() as session:
        report.alike = places_alike.in_list(session, core.content, read)
        _write(session, read, report, now)
        if dry_run:
            session.rollback()
    return report


# --- reading --------------------------------------------------------------------------------------


def _rows(data: bytes, report: HostReport) -> Sequence[Row]:
    empty = f"The file is empty: its first row names the columns, at least {', '.join(REQUIRED)}."
    found = plain_list(data, _column, one_line, empty)
    report.ignored += found.ignored
    found.require(REQUIRED, f"; known are {', '.join(COLUMNS)}.")
    if not found.rows:
        raise BadInput("The file has a header but no organisations: write one row for each below it.")
    return found.rows


def _column(name: str) -> str | None:
    typed = fold(name.replace("_", " "))
    return next((c for c, names in _HEADERS.items() if any(typed == fold(n.replace("_", " ")) for n in names)), None)


def _values(row: Row, today: date, faults: list[Fault]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column in COLUMNS:
        cell = row.cells.get(column, "")
        if not cell:
            values[column] = [] if column in ("trades", "languages") else None
            if column in REQUIRED:
                faults.append(row.fault(column, f"is empty: every organisation has a {column}"))
            continue
        try:
            values[column] = _PARSERS.get(column, host_facts.text)(cell)
        except BadInput as error:
            values[column] = None
            faults.append(row.fault(column, str(error)))
    if values["agreed_on"] and values["agreed_on"] > today:
        faults.append(row.fault("agreed_on", f"{values['agreed_on']} is in the future: give the day of the agreement"))
    if bool(values["agreed_on"]) != bool(values["agreed_by"]):
        lacking = "agreed_by" if values["agreed_on"] else "agreed_on"
        faults.append(row.fault(lacking, "is empty: an agreement has somebody who gave it, and a day"))
    values["key"] = key_of(values["name"] or "", values["town"] or "", values["country"] or "")
    return values | _position(row, values, faults)


def _position(row: Row, values: Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
    """Degrees as given, else those of the town; never a guess."""
    latitude, longitude, country = values["latitude"], values["longitude"], values["country"]
    nowhere = {"latitude": None, "longitude": None, "exact": False, "zone": None}
    if (latitude is None) != (longitude is None):
        lacking = "latitude" if latitude is None else "longitude"
        if not row.cells.get(lacking):
            faults.append(row.fault(lacking, "is empty: a position needs both latitude and longitude"))
        return nowhere
    if latitude is None:
        town = town_of(values["town"], country) if values["town"] and country else None
        if town is None:
            return nowhere
        return {"latitude": town.latitude, "longitude": town.longitude, "exact": False, "zone": town.zone}
    spot = Spot(latitude, longitude)
    if latitude == longitude == 0:
        faults.append(row.fault("latitude", "0 and 0 lie in the sea: leave both empty where you don't know them"))
    elif country and (there := country_at(spot, country)) != country:
        if there is None:
            where = f"{latitude}, {longitude} lies in the open sea, or far from any town"
            faults.append(row.fault("latitude", f"{where}: correct it, or leave both empty"))
            return nowhere
        swapped = abs(longitude) <= 90 and country_at(Spot(longitude, latitude), country) == country
        hint = "latitude and longitude are swapped" if swapped else "correct the position or the country"
        faults.append(row.fault("latitude", f"{latitude}, {longitude} lies in {there}, not in {country}: {hint}"))
    return {"latitude": latitude, "longitude": longitude, "exact": True, "zone": zone_at(spot)}


def _degrees(most: int) -> Callable[[str], float]:
    def parse(cell: str) -> float:
        try:
            value = float(cell.replace(",", "."))
        except ValueError:
            raise BadInput(f"“{shown(cell)}” is no number of degrees: write it like 47.2184") from None
        if not abs(value) <= most:
            raise BadInput(f"{shown(cell)} is beyond {most} degrees: write it like 47.2184")
        return value

    return parse


_PARSERS: Mapping[str, Callable[[str], Any]] = {
    **host_facts.PARSERS, "country": parse_country, "latitude": _degrees(90), "longitude": _degrees(180),
    "agreed_on": parse_day,
}  # fmt: skip


# --- writing --------------------------------------------------------------------------------------

_COMPARED = (*(c for c in COLUMNS if c not in ("latitude", "longitude")), "latitude", "longitude", "exact", "zone")


_DERIVED = frozenset(("latitude", "longitude", "exact", "zone"))


def _write(session: Session, read: list[dict[str, Any]], report: HostReport, now: datetime) -> None:
    tutors = set(session.scalars(select(Membership.host_id).where(Membership.ended_at.is_(None)).distinct()))
    known = {host.key: host for host in session.scalars(select(Host))}
    for values in read:
        host = known.get(values["key"])
        if values["latitude"] is None and (host is None or host.latitude is None):
            report.unplaced.append(f"{values['name']} ({values['town']})")
        if host is None:
            session.add(Host(**{c: values[c] for c in (*_COMPARED, "key")}, withdrawn_at=None, changed_at=now))
            report.added.append(values["name"])
            continue
        differing = {c: values[c] for c in _COMPARED if values[c] != getattr(host, c) and not _kept(host, c, values)}
        theirs = _theirs(host) if host.id in tutors else frozenset[str]()
        changes = {c: new for c, new in differing.items() if c not in theirs}
        if len(changes) < len(differing):
            report.left.append(host.name)
        if not changes:
            report.unchanged.append(host.name)
            continue
        told = {c: (_told(getattr(host, c)), _told(new)) for c, new in changes.items()}
        report.changed.append((host.name, told))
        for column, new in changes.items():
            setattr(host, column, new)
        host.changed_at = now
    listed = {values["key"] for values in read}
    report.missing = [host.name for key, host in known.items() if key not in listed]


def _kept(host: Host, column: str, values: Mapping[str, Any]) -> bool:
    """What the list has no column for stays; and a position that was found or given before is not lost to a list that
    has none of its own."""
    if column in _DERIVED:
        return host.latitude is not None and not values["exact"]
    return column not in values["columns"]


def _theirs(host: Host) -> frozenset[str]:
    """What the tutor who keeps a card has said, and no list says otherwise."""
    said = {column for column in host_facts.OWN if getattr(host, column)}
    return frozenset(said | ({"agreed_by", "agreed_on"} if host.agreed_member is not None else set()))


def _told(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
