"""Importing a list into a cohort: what it would add and change, and doing it; all rows or none.

Importing the same list again changes nothing. A corrected list updates what differs and plans again what is not sent
yet. Whoever is in the cohort and not in the list is named and left alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.errors import Fault, Faults
from bot.rules.names import full_name
from bot.rules.telling import Tell, quietly
from bot.rules.towns import Towns
from bot.rules.typed import shown
from bot.service import import_apply, import_people, readiness, referents
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.import_notes import age_notes, overlap_notes, some, stay_notes, weekend_notes
from bot.service.import_people import PersonChange
from bot.service.import_rows import COLUMNS, REQUIRED, Entries, Entry, read_entries
from bot.service.import_table import CellFault, Table, read_table
from bot.service.stays import is_minor
from bot.store.tables import Cohort, Membership, Person


@dataclass(frozen=True, slots=True)
class Change:
    """A learner whose data differ: by column the old and the new value, as text."""

    code: str
    name: str
    columns: dict[str, tuple[str, str]]


@dataclass(slots=True)
class ImportReport:
    """What an import did, or would do when `dry_run`: codes and names of who travels; `people` are all the others."""

    cohort: str
    dry_run: bool
    added: list[tuple[str, str]] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    people: list[PersonChange] = field(default_factory=list)


def import_cohort(
    core: Core, cohort_code: str, data: bytes, now: datetime, *, dry_run: bool = False, tell: Tell = quietly
) -> ImportReport:
    """Import the bytes of a CSV or XLSX file. Raises Faults with every fault of every row, BadInput for what is no
    list, NotFound for the cohort; then nothing at all is changed. `tell` hears how far it is."""
    with core.store.transaction() as session:
        find(session, cohort_code)  # whoever mistypes the cohort need not wait for the list to be read
    table = read_table(data, COLUMNS, REQUIRED, tell)
    tell("read", len(table.rows), len(table.rows))
    with core.store.transaction() as session:
        attempt = session.begin_nested()
        report = _import(core, session, find(session, cohort_code), table, now, dry_run, tell)
        if dry_run:
            attempt.rollback()
        else:
            attempt.commit()
    return report


def _import(
    core: Core, session: Session, cohort: Cohort, table: Table, now: datetime, dry_run: bool, tell: Tell
) -> ImportReport:
    today = local_date(now, cohort.home_zone)
    read = read_entries(table, Towns(core.content), cohort.home_zone, today, tell)
    placed, directory = import_apply.load(session, cohort.id), import_people.load(session, cohort.id)
    faults = [*read.faults, *import_people.check(read.people, directory)]
    people = import_people.apply(session, cohort, read.people, directory, now)
    faults += [*_check_references(session, cohort, read, placed), *table.faults]
    if faults:
        raise Faults(sorted(faults, key=lambda fault: _position(fault, table)))
    entries = read.travellers
    report = _compare(cohort, entries, placed, dry_run)
    report.people = people
    longest = core.content.journey(cohort.journey).nights.max
    report.notes += [*table.notes, *_notes(entries, table.ignored, today), *stay_notes(entries, longest, today)]
    report.notes += overlap_notes(session, cohort, entries)
    report.notes += [*read.notes, *weekend_notes(entries, cohort, today), *age_notes(entries, today)]
    if not dry_run:
        import_apply.apply(session, cohort, entries, placed, now, tell)
        readiness.watch(session, cohort.id, now)
        tell("written", len(entries), len(entries))
    return report


def _position(fault: Fault, table: Table) -> tuple[int, int]:
    sheet, row = (fault.sheet, fault.row) if isinstance(fault, CellFault) else ("", 0)
    return (table.order or {}).get(sheet, 0), row


# --- references ---------------------------------------------------------------------------------


def _check_references(session: Session, cohort: Cohort, read: Entries, placed: import_apply.People) -> list[Fault]:
    """Replace codes of referents by memberships; unknown ones are faults."""
    known = referents.by_code(session, cohort.id)
    tutors = referents.by_code(session, cohort.id, ("host_tutor",))
    in_list = {entry.code.casefold() for entry in read.travellers}
    # Whose own row is at fault is told there; rows that name them are not.
    announced = {entry.code.casefold() for entry in read.people if entry.bad}
    faults = []
    for entry in read.travellers:
        for column in ("referent", "backup_referent", "local_contact", "tutor"):
            code = entry.values.get(column)
            if code:
                among = tutors if column == "tutor" else known
                found = _choose(among.get(code.casefold(), []), column)
                entry.values[column] = found
                if found is None and code.casefold() not in announced:
                    faults.append(entry.fault(column, _unknown(code, among, cohort.code, column)))
        _settle_tutor(session, entry)
        faults += _partner_fault(entry, in_list, placed)
    return faults


def _settle_tutor(session: Session, entry: Entry) -> None:
    """Where the tutor has a row of their own, the learner's need not repeat it."""
    tutor = entry.values.get("tutor")
    if tutor is None:
        return
    person = session.get_one(Person, tutor.person_id)
    said = {
        "tutor_name": full_name(person), "tutor_email": person.email,
        "host_organisation": tutor.works_at,
    }  # fmt: skip
    for column, value in said.items():
        if value and not entry.values.get(column):
            entry.values[column] = value


def _choose(candidates: list[Membership], column: str) -> Membership | None:
    """Who is meant by a code: whoever has the column's own role first."""
    role = "local_contact" if column == "local_contact" else "referent"
    return next((m for m in candidates if m.role == role), candidates[0] if candidates else None)


def _unknown(code: str, known: dict[str, list[Membership]], cohort: str, column: str) -> str:
    codes = sorted(m.code or "" for found in known.values() for m in found[:1])
    close = get_close_matches(code.casefold(), [c.casefold() for c in codes], n=1)
    hint = (
        f"did you mean {close[0]}?" if close else f"known are {', '.join(codes[:8])}" if codes else "there is none yet"
    )
    if column == "tutor":
        return f"“{shown(code)}” is no code of a tutor in {cohort}: {hint}; tutors have rows with the role host-tutor"
    return (
        f"“{shown(code)}” is no code of a referent in {cohort}: {hint}"
        f"{'' if close else f'; add one with `compagnon referent add NAME --cohort {cohort}`, or a row to the list'}"
    )


def _partner_fault(entry: Entry, in_list: set[str], people: import_apply.People) -> list[Fault]:
    partner = entry.values.get("partner")
    if not partner or partner.casefold() in in_list:
        return []
    known = people.get(partner)
    if known is None:
        return [entry.fault("partner", f"“{shown(partner)}” is no learner of this list or cohort: correct the code")]
    entry.values["partner"] = known.placement.code
    return []


# --- what is different --------------------------------------------------------------------------


def _compare(cohort: Cohort, entries: list[Entry], people: import_apply.People, dry_run: bool) -> ImportReport:
    report = ImportReport(cohort.code, dry_run)
    for entry in entries:
        placed = people.get(entry.code)
        if placed is None:
            report.added.append((entry.code, entry.name))
            continue
        differing = import_apply.differences(entry, placed, people)
        if differing:
            columns = {c: (text_of(old), text_of(new)) for c, (old, new) in differing.items() if c != "kit"}
            report.changed.append(Change(entry.code, placed.name, columns))
        else:
            report.unchanged.append(entry.code)
    in_list = {entry.code.casefold() for entry in entries}
    report.missing = [
        (p.placement.code, p.name)
        for p in people.everybody()
        if p.placement.code.casefold() not in in_list and p.person.erased_at is None
    ]
    return report


def text_of(value: Any) -> str:
    """A value in a report: dates in ISO, referents by their code, nothing as an empty string."""
    if value is None:
        return ""
    if isinstance(value, Membership):
        return value.code or ""
    return value.isoformat() if isinstance(value, date) else str(value)


def _notes(entries: list[Entry], ignored: tuple[str, ...], today: date) -> list[str]:
    notes = []
    if ignored:
        notes.append(f"Columns not known and left aside: {', '.join(shown(name) for name in ignored)}.")
    alone = [
        e.code
        for e in entries
        if not e.values.get("guardian_name") and is_minor(e.values.get("birth_date"), today, e.values.get("status"))
    ]
    if alone:
        notes.append(
            f"Minors (or no birth date) without guardian_name: {some(alone)}. Their journey waits until "
            "`compagnon learner consent` records the guardian's consent on paper."
        )
    there = [e.code for e in entries if e.values["arrival_date"] < today <= e.values["return_date"]]
    if there:
        notes.append(f"Arrived already: {some(there)}. They get one summary of what they missed when they join.")
    same = [e.code for e in entries if e.values.get("backup_referent") and _same(e)]
    if same:
        notes.append(f"The backup is the referent: {some(same)}. Nobody stands in when the referent does not answer.")
    return notes


def _same(entry: Entry) -> bool:
    return bool(entry.values["backup_referent"].person_id == entry.values["referent"].person_id)
