"""From rows of text to learners: every cell parsed, every rule between cells checked, every fault collected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.clock import country_zones, only_zone, zone
from bot.errors import BadInput, Fault
from bot.rules import column_names
from bot.rules.duty import parse_duty
from bot.rules.telling import Tell, quietly
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
from bot.service.stays import STAFF

STATUSES = ("pupil", "apprentice", "graduate")
LONGEST_STAY = 3 * 366  # days; more is a slip in the year


def _status(text: str) -> str:
    return column_names.status_of(text) or parse_choice(text, STATUSES, "a status")


def _role(text: str) -> str:
    return column_names.role_of(text) or parse_choice(text, column_names.ROLES, "a role")


def _truth(text: str) -> str | None:
    """ "no", or None for yes: whoever is not said to be without Telegram has it."""
    found = column_names.truth_of(text)
    if found is None:
        raise BadInput(f"“{shown(text)}” is neither yes nor no: write yes or no.")
    return None if found else "no"


def _yes_or_no(text: str) -> str:
    return "yes" if _truth(text) is None else "no"


def _zone(text: str) -> str:
    return zone(text).key


def _duty(text: str) -> str:
    return parse_duty(text).text


def _codes(text: str) -> tuple[str, ...]:
    return tuple(parse_code(part) for part in re.split(r"[,;\s]+", text.strip()) if part)


PARSERS: Mapping[str, Callable[[str], Any]] = {
    "code": parse_code,
    "role": _role,
    "first_name": parse_name,
    "last_name": parse_name,
    "language": parse_language,
    "birth_date": parse_day,
    "status": _status,
    "trade": parse_text,
    "fewer_opportunities": _yes_or_no,
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
    "tutor": parse_code,
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
    "group": parse_name,
    "telegram": _truth,
    "guardian_name": parse_name,
    "guardian_phone": parse_phone,
    "guardian_email": parse_email,
    "guardian_language": parse_language,
    "guardian_telegram": _truth,
    "emergency_contact_name": parse_name,
    "emergency_contact_phone": parse_phone,
    "duty": _duty,
    "timezone": _zone,
    "learners": _codes,
}
COLUMNS = tuple(PARSERS)
REQUIRED = ("code", "first_name", "language", "host_city", "arrival_date", "return_date", "referent")
TRAVELLERS = ("learner", "staff")
# What rows of other people may hold; the rest of a row is left aside.
PEOPLE = (
    "code", "role", "first_name", "last_name", "language", "phone", "email", "duty", "timezone", "host_organisation",
    "learners",
)  # fmt: skip
PEOPLE_REQUIRED = ("first_name", "language")
_NOT_TRAVELLERS = ("role", "duty", "timezone", "learners")


@dataclass(slots=True)
class Entry:
    """One person of the list: parsed values of the columns that the list has, None where the cell is empty."""

    source: Row
    role: str
    values: dict[str, Any] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)

    @property
    def typed(self) -> Mapping[str, str]:
        """As it stands in the list, for messages."""
        return self.source.cells

    @property
    def code(self) -> str:
        """The person's code; empty where it could not be read."""
        return self.values.get("code") or ""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.values.get('first_name') or ''} {self.values.get('last_name') or ''}".strip()

    def fault(self, column: str, what: str) -> Fault:
        """A fault of this row."""
        self.bad.add(column)
        return self.source.fault(column, what)


@dataclass(slots=True)
class Entries:
    """A list that was parsed: who travels, who else is in it, every fault, notes on what was assumed."""

    travellers: list[Entry] = field(default_factory=list)
    people: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_entries(
    table: Table, towns: Towns, home_zone: str, today: date, tell: Tell = quietly
) -> Entries:  # fmt: skip
    """Everybody of a list, every fault, and notes on what was assumed. `home_zone` is the cohort's."""
    found = Entries()
    for done, row in enumerate(table.rows):
        entry = _parse(row, found.faults)
        tell("checked", done + 1, len(table.rows))
        if entry.role not in TRAVELLERS:
            found.people.append(entry)
            continue
        found.travellers.append(entry)
        if entry.role == "staff":
            entry.values["status"] = STAFF
        found.faults += _date_faults(entry, today)
        _settle_host(entry, towns, found.faults, found.notes)
        _settle_home(entry, home_zone, found.faults, found.notes)
    found.faults += _duplicates(found.travellers) + _duplicates(found.people)
    found.faults += _families(found)
    found.faults += _partner_faults(found.travellers)
    return found


def _parse(row: Row, faults: list[Fault]) -> Entry:
    entry = Entry(row, row.role)
    marks = row.marks or {}
    _read_role(entry, faults)
    travels = entry.role in TRAVELLERS
    required = REQUIRED if travels else PEOPLE_REQUIRED
    for column in (*row.cells, *(name for name in required if name not in row.cells)):
        text = row.cells.get(column, "")
        if column == "role" or (column in _NOT_TRAVELLERS if travels else column not in PEOPLE):
            continue
        if column in marks:
            entry.values[column] = None
            faults.append(entry.fault(column, marks[column]))
        elif not text:
            entry.values[column] = None
            if column in required:
                what = "is empty: every learner needs it" if travels else "is empty: everybody needs it"
                faults.append(entry.fault(column, what))
        else:
            _parse_cell(entry, column, text, faults)
    return entry


def _read_role(entry: Entry, faults: list[Fault]) -> None:
    text = entry.typed.get("role", "")
    if text:
        try:
            entry.role = _role(text)
        except BadInput as error:
            faults.append(entry.fault("role", str(error)))


def _parse_cell(entry: Entry, column: str, text: str, faults: list[Fault]) -> None:
    try:
        entry.values[column] = PARSERS[column](text)
    except BadInput as error:
        entry.values[column] = None
        faults.append(entry.fault(column, str(error)))


def _families(found: Entries) -> list[Fault]:
    """A guardian's own row is written into the rows of their learners."""
    by_code = {entry.code.casefold(): entry for entry in found.travellers if entry.code}
    faults = []
    for family in [entry for entry in found.people if entry.role == "family"]:
        found.people.remove(family)
        codes = family.values.get("learners") or ()
        if not codes and "learners" not in family.bad:
            faults.append(family.fault("learners", "is empty: name the codes of the learners they are the guardian of"))
        for code in codes:
            learner = by_code.get(code.casefold())
            if learner is None:
                faults.append(family.fault("learners", f"“{shown(code)}” is no learner of this list: correct the code"))
            elif learner.values.get("guardian_name") not in (None, family.name):
                what = f"{learner.code} has the guardian “{shown(learner.values['guardian_name'])}” already: keep one"
                faults.append(family.fault("learners", what))
            else:
                learner.values |= {
                    "guardian_name": family.name, "guardian_phone": family.values.get("phone"),
                    "guardian_email": family.values.get("email"), "guardian_language": family.values.get("language"),
                }  # fmt: skip
    return faults


def _date_faults(entry: Entry, today: date) -> list[Fault]:
    departure, arrival, back = (entry.values.get(f"{name}_date") for name in ("departure", "arrival", "return"))
    birth = entry.values.get("birth_date")
    faults: list[Fault] = []
    for column, what in _date_troubles(departure, arrival, back, birth, today):
        typed = {name: f"“{shown(entry.typed.get(name, ''))}”" for name in (column, "arrival_date")}
        faults.append(entry.fault(column, what.format(value=typed[column], arrival=typed["arrival_date"])))
    return faults


def _date_troubles(
    departure: date | None, arrival: date | None, back: date | None, birth: date | None, today: date
) -> Iterator[tuple[str, str]]:
    if arrival and back and arrival > back:
        yield "return_date", "{value} is before the arrival on {arrival}: correct one of them"
    elif arrival and back and (back - arrival).days > LONGEST_STAY:
        yield "return_date", "{value} is over three years after the arrival: check the year"
    if departure and arrival and departure > arrival:
        yield "departure_date", "{value} is after the arrival on {arrival}: correct one of them"
    if birth and birth >= today:
        yield "birth_date", "{value} is not in the past: check the year"


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
        notes.append(f"{entry.source.where()}: {town.note}.")


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
        notes.append(f"{entry.source.where()}: home is taken to keep {zones[0]}; if not, add home_timezone.")


def _duplicates(entries: list[Entry]) -> list[Fault]:
    seen: dict[tuple[str, str], Entry] = {}
    faults = []
    for entry in entries:
        key = ("" if entry.role in TRAVELLERS else entry.role, entry.code.casefold())
        if key[1] and key in seen:
            first = seen[key].source.where()
            faults.append(entry.fault("code", f"“{entry.code}” stands in {first} already: codes are unique"))
        elif key[1]:
            seen[key] = entry
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
                faults.append(entry.fault("partner", f"“{partner}” is paired with {theirs} in {other.source.where()}"))
    return faults
