"""Adding the learners of a checked list: thousands in a few statements, with guardians, roles, invites, pairs."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.flows.scene import CONSENT_VERSION
from bot.service import invites
from bot.service.import_rows import Entry
from bot.store.tables import Audit, Cohort, Consent, Invite, Membership, Person, Placement
from bot.store.writing import insert_many, reserve_ids, update_many

# Column of the list → attribute of the table.
PERSON = {
    "first_name": "first_name", "last_name": "last_name", "language": "language", "birth_date": "birth_date",
    "phone": "phone", "email": "email",
}  # fmt: skip
PLACEMENT = {
    "status": "status", "trade": "trade", "fewer_opportunities": "fewer_opportunities",
    "home_city": "home_city", "home_country": "home_country",
    "home_timezone": "home_zone", "host_city": "host_city", "host_country": "host_country",
    "host_timezone": "host_zone", "kit": "kit", "host_organisation": "host_organisation", "host_phone": "host_phone",
    "tutor_name": "tutor_name", "tutor_email": "tutor_email", "accommodation": "accommodation",
    "departure_date": "departure_date", "arrival_date": "arrival_date", "return_date": "return_date",
    "guardian_name": "guardian_name", "guardian_phone": "guardian_phone", "guardian_language": "guardian_language",
    "guardian_email": "guardian_email", "group": "travel_group",
    "emergency_contact_name": "emergency_contact_name", "emergency_contact_phone": "emergency_contact_phone",
}  # fmt: skip
FEWER = "fewer_opportunities"  # the column, and the kind of consent that is given with it
FLAGS = {"telegram": "by_phone", "guardian_telegram": "guardian_by_phone"}
REFERENCES = {
    "referent": "referent_id", "backup_referent": "backup_id", "local_contact": "local_contact_id", "tutor": "tutor_id",
}  # fmt: skip


def add(session: Session, cohort: Cohort, entries: list[Entry], stays: dict[str, int], now: datetime) -> None:
    """Add learners in the caller's transaction; their placement ids are added to `stays`, by code in lower case."""
    session.flush()
    people = dict(zip((e.code for e in entries), reserve_ids(session, Person, len(entries)), strict=True))
    stays |= zip((e.code.casefold() for e in entries), reserve_ids(session, Placement, len(entries)), strict=True)
    guarded = [entry for entry in entries if entry.values.get("guardian_name")]
    first = max(people.values(), default=0)
    guardians = dict(zip((e.code for e in guarded), _after(session, first, len(guarded)), strict=True))
    persons = [{"id": people[e.code], **_person(e)} for e in entries]
    persons += [{"id": guardians[e.code], **_guardian(e)} for e in guarded]
    insert_many(session, Person, [{**row, "created_at": now} for row in persons])
    insert_many(session, Placement, [
        {"id": stays[e.code.casefold()], "cohort_id": cohort.id, "person_id": people[e.code], "code": e.code,
         "guardian_id": guardians.get(e.code), "created_at": now, **_stay(e, cohort)}
        for e in entries
    ])  # fmt: skip
    _pair(session, entries, stays)
    insert_many(session, Consent, [
        {"person_id": people[e.code], "placement_id": stays[e.code.casefold()], "kind": FEWER,
         "version": CONSENT_VERSION, "given": True, "given_by": "paper", "at": now}
        for e in entries if e.values.get(FEWER)
    ])  # fmt: skip
    roles = [(people[e.code], e.role, e.code) for e in entries]
    roles += [(guardians[e.code], "family", f"{e.code}-family") for e in guarded]
    insert_many(session, Membership, [
        {"person_id": person, "role": role, "code": code, "cohort_id": cohort.id, "created_at": now}
        for person, role, code in roles
    ])  # fmt: skip
    insert_many(session, Invite, [invite(person, cohort.id, role, code, now) for person, role, code in roles])
    insert_many(session, Audit, [
        {"at": now, "action": "imported", "person_id": people[e.code], "detail": {"cohort": cohort.code}}
        for e in entries
    ])  # fmt: skip


def _after(session: Session, last: int, many: int) -> list[int]:
    """Numbers for further people of whom none is written yet."""
    if session.get_bind().dialect.name == "postgresql":
        return reserve_ids(session, Person, many)
    return list(range(last + 1, last + 1 + many)) if last else reserve_ids(session, Person, many)


def invite(person_id: int, cohort_id: int, role: str, code: str, now: datetime) -> dict[str, Any]:
    """A first invite: there is no older one to revoke, which thousands of rows would each pay for."""
    return {
        "token": secrets.token_urlsafe(18), "person_id": person_id, "cohort_id": cohort_id, "role": role, "code": code,
        "created_at": now, "expires_at": now + invites.LASTS,
    }  # fmt: skip


def _person(entry: Entry) -> dict[str, Any]:
    values = {attribute: entry.values.get(column) for column, attribute in PERSON.items()}
    return values | {"last_name": values["last_name"] or ""}


def _guardian(entry: Entry) -> dict[str, Any]:
    first, _, last = entry.values["guardian_name"].partition(" ")
    return {
        "first_name": first, "last_name": last,
        "language": entry.values.get("guardian_language") or entry.values.get("language") or "en",
        "birth_date": None, "phone": entry.values.get("guardian_phone"), "email": entry.values.get("guardian_email"),
    }  # fmt: skip


def _stay(entry: Entry, cohort: Cohort) -> dict[str, Any]:
    values = {attribute: entry.values.get(column) for column, attribute in PLACEMENT.items()}
    values |= {attribute: entry.values.get(column) == "no" for column, attribute in FLAGS.items()}
    for column, attribute in REFERENCES.items():
        member = entry.values.get(column)
        values[attribute] = member.id if member else None
    return values | {"home_zone": values["home_zone"] or cohort.home_zone}


def _pair(session: Session, entries: Iterable[Entry], stays: dict[str, int]) -> None:
    """Afterwards, for the two name each other."""
    pairs = [(stays[e.code.casefold()], stays.get(e.values["partner"].casefold())) for e in entries
             if e.values.get("partner")]  # fmt: skip
    update_many(session, Placement, [{"id": one, "partner_id": other} for one, other in pairs])
