"""From rows of text to learners: every cell parsed, every rule between cells checked, every fault collected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.clock import country_zones, only_zone, zone
from bot.errors import BadInput, Fault
from bot.rules.towns import Misplaced, Town, Towns
from bot.rules.typed import (
    parse_choice,
    parse_code,
    parse_country,
    parse_day,
    parse_email,
    parse_language,
    parse_name,
    parse_phone,
    parse_text,
    shown,
)
from bot.service.import_table import Row, Table

STATUSES = ("pupil", "apprentice", "graduate")
LONGEST_STAY = 3 * 366  # days; more is a slip in the year


def _status(text: str) -> str:
    return parse_choice(text, STATUSES, "a status")


def _zone(text: str) -> str:
    return zone(text).key


PARSERS: Mapping[str, Callable[[str], Any]] = {
    "code": parse_code,
    "first_name": parse_name,
    "last_name": parse_name,
    "language": parse_language,
    "birth_date": parse_day,
    "status": _status,
    "trade": parse_text,
    "phone": parse_phone,
    "email": parse_email,
    "home_city": parse_text,
    "home_country": parse_country,
    "home_timezone": _zone,
    "host_city": parse_name,
    "host_country": parse_country,
    "host_timezone": _zone,
    "host_organisation": parse_text,
    "host_phone": parse_phone,
    "tutor_name": parse_name,
    "tutor_email": parse_email,
    "accommodation": parse_text,
    "departure_date": parse_day,
    "arrival_date": parse_day,
    "return_date": parse_day,
    "referent": parse_code,
    "backup_referent": parse_code,
    "local_contact": parse_code,
    "partner": parse_code,
    "guardian_name": parse_name,
    "guardian_phone": parse_phone,
    "guardian_language": parse_language,
    "emergency_contact_name": parse_name,
    "emergency_contact_phone": parse_phone,
}
COLUMNS = tuple(PARSERS)
REQUIRED = ("code", "first_name", "language", "host_city", "arrival_date", "return_date", "referent")


@dataclass(slots=True)
class Entry:
    """One learner of the list: parsed values of the columns that the list has, None where the cell is empty."""

    row: int
    values: dict[str, Any]
    typed: Mapping[str, str] = field(default_factory=dict)  # as it stands in the list, for messages
    bad: set[str] = field(default_factory=set)

    @property
    def code(self) -> str:
        """The learner's code; empty where it could not be read."""
        return self.values.get("code") or ""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.values.get('first_name') or ''} {self.values.get('last_name') or ''}".strip()

    def fault(self, column: str, what: str) -> Fault:
        """A fault of this row."""
        self.bad.add(column)
        return Fault(f"row {self.row}, column {column}", what)


def read_entries(table: Table, towns: Towns, home_zone: str, today: date) -> tuple[list[Entry], list[Fault], list[str]]:
    """All learners of a list, every fault, and notes on what was assumed. `home_zone` is the cohort's."""
    entries: list[Entry] = []
    faults: list[Fault] = []
    notes: list[str] = []
    for row in table.rows:
        entry = _parse(row, faults)
        entries.append(entry)
        faults += _date_faults(entry, today)
        _settle_host(entry, towns, faults, notes)
        _settle_home(entry, home_zone, faults, notes)
    faults += _duplicates(entries)
    faults += _partner_faults(entries)
    faults.sort(key=lambda fault: int(fault.where.split(",")[0].removeprefix("row ")))
    return entries, faults, notes


def _parse(row: Row, faults: list[Fault]) -> Entry:
    entry = Entry(row.number, {}, row.cells)
    for column, text in row.cells.items():
        if not text:
            entry.values[column] = None
            if column in REQUIRED:
                faults.append(entry.fault(column, "is empty: every learner needs it"))
            continue
        try:
            entry.values[column] = PARSERS[column](text)
        except BadInput as error:
            entry.values[column] = None
            faults.append(entry.fault(column, str(error)))
    return entry


def _date_faults(entry: Entry, today: date) -> list[Fault]:
    departure, arrival, back = (entry.values.get(f"{name}_date") for name in ("departure", "arrival", "return"))
    birth = entry.values.get("birth_date")
    typed = {column: f"“{shown(text)}”" for column, text in entry.typed.items()}
    faults = []
    if arrival and back and arrival > back:
        what = f"{typed['return_date']} is before the arrival on {typed['arrival_date']}: correct one of them"
        faults.append(entry.fault("return_date", what))
    elif arrival and back and (back - arrival).days > LONGEST_STAY:
        what = f"{typed['return_date']} is over three years after the arrival: check the year"
        faults.append(entry.fault("return_date", what))
    if departure and arrival and departure > arrival:
        what = f"{typed['departure_date']} is after the arrival on {typed['arrival_date']}: correct one of them"
        faults.append(entry.fault("departure_date", what))
    if birth and birth >= today:
        faults.append(entry.fault("birth_date", f"{typed['birth_date']} is not in the past: check the year"))
    return faults


def _settle_host(entry: Entry, towns: Towns, faults: list[Fault], notes: list[str]) -> None:
    """Fill in country, zone and kit of the host city."""
    city = entry.values.get("host_city")
    if not city or entry.bad & {"host_country", "host_timezone"}:
        return
    try:
        town: Town = towns.find(city, entry.values.get("host_country"), entry.values.get("host_timezone"))
    except Misplaced as error:
        faults.append(entry.fault(error.column, str(error)))
        return
    entry.values |= {"host_city": town.city, "host_country": town.country, "host_timezone": town.zone, "kit": town.kit}
    if town.note:
        notes.append(f"row {entry.row}: {town.note}.")


def _settle_home(entry: Entry, home_zone: str, faults: list[Fault], notes: list[str]) -> None:
    """The home zone: as given, else the country's, else the cohort's. Left alone when the list says nothing."""
    if "home_timezone" in entry.bad or "home_country" in entry.bad or entry.values.get("home_timezone"):
        return
    country = entry.values.get("home_country")
    if country is None:
        if "home_timezone" in entry.values or "home_country" in entry.values:
            entry.values["home_timezone"] = home_zone
        return
    zones = country_zones(country)
    if home_zone in zones or not zones:
        entry.values["home_timezone"] = home_zone
    elif (found := only_zone(country)) is not None:
        entry.values["home_timezone"] = found
    else:
        entry.values["home_timezone"] = zones[0]
        notes.append(f"row {entry.row}: home is taken to keep {zones[0]}; if not, add home_timezone.")


def _duplicates(entries: list[Entry]) -> list[Fault]:
    seen: dict[str, int] = {}
    faults = []
    for entry in entries:
        key = entry.code.casefold()
        if key and key in seen:
            faults.append(entry.fault("code", f"“{entry.code}” stands in row {seen[key]} already: codes are unique"))
        elif key:
            seen[key] = entry.row
    return faults


def _partner_faults(entries: list[Entry]) -> list[Fault]:
    """Pairs go both ways; a partner named on one side only is filled in on the other."""
    by_code = {entry.code.casefold(): entry for entry in entries if entry.code}
    faults = []
    for entry in entries:
        partner = entry.values.get("partner")
        if not partner:
            continue
        other = by_code.get(partner.casefold())
        if partner.casefold() == entry.code.casefold():
            faults.append(entry.fault("partner", f"“{shown(partner)}” is the learner: write the other one's code"))
        elif other is not None:
            entry.values["partner"] = other.code
            if not other.values.get("partner"):
                other.values["partner"] = entry.code
            elif other.values["partner"].casefold() != entry.code.casefold():
                theirs = other.values["partner"]
                faults.append(entry.fault("partner", f"“{partner}” is paired with {theirs} in row {other.row}"))
    return faults
