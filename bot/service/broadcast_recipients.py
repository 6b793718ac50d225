"""Who gets a cohort message, and when: roles, stages, cities, groups, single people; the clock of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bot.clock import Itinerary, to_utc
from bot.errors import BadInput
from bot.i18n import base_language, clean_name
from bot.rules.durations import parse_hhmm
from bot.rules.names import full_name
from bot.rules.typed import parse_choice, parse_day, shown
from bot.service.stays import itinerary_of
from bot.store.prepared import among, rows, run
from bot.store.tables import Cohort, CohortMessage, Membership, MessageCopy, Person, Placement, TelegramAccount

AUDIENCES: Mapping[str, tuple[str, ...]] = {
    "learners": ("learner", "staff"),
    "referents": ("referent", "coordinator", "local_contact", "accompanying"),
    "hosts": ("host_tutor",),
    "families": ("family",),
}
ROLES = ("learner", "staff", "referent", "coordinator", "local-contact", "accompanying", "safeguarding", "host-tutor",
         "family")  # fmt: skip
TRAVELLERS = ("learner", "staff")
_RELATIVE = re.compile(r"(departure|arrival|return)(?:([+-])(\d{1,3})d)? +(\d{1,2}:\d{2})")


@dataclass(frozen=True, slots=True)
class When:
    """`at`: a wall-clock time; else `anchor`, `days` and `hour` relative to each stay; neither: now. `text` is kept."""

    text: str | None = None
    at: datetime | None = None
    anchor: str | None = None
    days: int = 0
    hour: time = time(0)

    def day_for(self, itinerary: Itinerary) -> date:
        """The day that a relative time means for a stay."""
        days = {"departure": itinerary.departure, "arrival": itinerary.arrival, "return": itinerary.return_}
        return days[self.anchor or ""] + timedelta(days=self.days)


def parse_when(text: str) -> When:
    """`now`, `2026-03-02 18:00` or `arrival-3d 18:00`. Raises BadInput."""
    value = clean_name(text).replace("T", " ")
    if value.lower() == "now":
        return When()
    relative = _RELATIVE.fullmatch(value.lower())
    if relative is not None:
        days = int(relative[3] or 0) * (-1 if relative[2] == "-" else 1)
        return When(value.lower(), anchor=relative[1], days=days, hour=parse_hhmm(relative[4]))
    day, _, hour = value.partition(" ")
    if not hour:
        raise BadInput(
            f"“{shown(text)}” is not a date with a time: write “2026-03-02 18:00”, “arrival-3d 18:00”, or now."
        )
    at = datetime.combine(parse_day(day), parse_hhmm(hour.removesuffix(":00") if hour.count(":") == 2 else hour))
    return When(at.isoformat(sep=" ", timespec="minutes"), at)


def roles_of(to: str) -> frozenset[str]:
    """The stored roles behind audiences or roles, divided by commas. Raises BadInput."""
    found: set[str] = set()
    for part in to.split(","):
        word = parse_choice(part, (*AUDIENCES, *ROLES), "an audience")
        found |= set(AUDIENCES.get(word, (word.replace("-", "_"),)))
    return frozenset(found)


def words_in(original: str, translations: Mapping[str, str], language: str) -> str:
    """The wording for a reader: a translation into their language where there is one, else the original."""
    for tag in (language, base_language(language)):
        if tag in translations:
            return str(translations[tag])
    for tag, words in translations.items():
        if base_language(tag) == base_language(language):
            return str(words)
    return original


@dataclass(frozen=True, slots=True)
class Choice:
    """What decides who is in and when: a stage, whose clock, the time, and what else narrows it."""

    stage: str | None
    zone_of: str
    when: When
    only: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Copy:
    """One recipient: their instant in UTC, and the zone whose clock they read then."""

    person_id: int
    code: str
    name: str
    language: str
    due_at: datetime
    zone: str
    joined: bool
    by_phone: bool = False


@dataclass(frozen=True, slots=True)
class _Where:
    """What decides about a recipient's clock: their own or their child's stays; a desk has none."""

    itineraries: tuple[Itinerary | None, ...]
    home_zone: str


def recipients(
    session: Session, cohort: Cohort, roles: frozenset[str], choice: Choice, now: datetime
) -> list[Copy]:  # fmt: skip
    """One copy for each person who fits, in the order in which they were added."""
    found_rows = session.execute(
        select(Membership, Person, TelegramAccount.id)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(TelegramAccount, (TelegramAccount.person_id == Person.id) & TelegramAccount.revoked_at.is_(None))
        .where(
            Membership.cohort_id == cohort.id, Membership.role.in_(roles), Membership.ended_at.is_(None),
            Person.erased_at.is_(None),
        )
        .order_by(Membership.id)
    ).all()  # fmt: skip
    places = _places(session, cohort)
    found: dict[int, Copy] = {}
    for member, person, account in found_rows:
        if person.id in found:
            continue
        linked = places.get(_key(member), [])
        if not _fits(member, linked, choice.only):
            continue
        travels = member.role in TRAVELLERS
        where = _Where(tuple(itinerary_of(p) for p in linked), linked[0].home_zone if linked else cohort.home_zone)
        due = _due(where, choice, now, traveller=travels)
        if due is None:
            continue
        if choice.stage is None or any(i is not None and i.stage_at(due[0]) == choice.stage for i in where.itineraries):
            name = full_name(person)
            phone = any(p.by_phone if travels else p.guardian_by_phone for p in linked)
            phone = phone and member.role in (*TRAVELLERS, "family")
            found[person.id] = Copy(
                person.id, member.code or "", name, person.language, *due, account is not None, phone
            )  # fmt: skip
    return list(found.values())


def cities_of(session: Session, cohort: Cohort) -> list[tuple[int, str | None, str | None]]:
    """Host cities of a cohort, sorted: the number of one stay there, the kit, and the name as imported."""
    found: dict[str, tuple[int, str | None, str | None]] = {}
    stays = select(Placement.id, Placement.kit, Placement.host_city).where(Placement.cohort_id == cohort.id)
    for stay in session.execute(stays.order_by(Placement.id)):
        if city := stay.kit or stay.host_city:
            found.setdefault(city.casefold(), (stay.id, stay.kit, stay.host_city))
    return [found[city] for city in sorted(found)]


def people_of(session: Session, cohort: Cohort, roles: frozenset[str]) -> list[tuple[int, str]]:
    """People of a cohort in these roles by name, each with the number of their membership; who has no code is not
    among them."""
    members = (
        select(Membership.id, Person.first_name, Person.last_name)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.cohort_id == cohort.id, Membership.role.in_(roles), Membership.ended_at.is_(None),
               Person.erased_at.is_(None), Membership.code.is_not(None), Membership.code != "")
    )  # fmt: skip
    found = [(m.id, full_name(m)) for m in session.execute(members)]
    return sorted(found, key=lambda pair: (pair[1].casefold(), pair[0]))


def _key(member: Membership) -> tuple[str, int]:
    if member.role in TRAVELLERS:
        return "learners", member.person_id
    return ("families", member.person_id) if member.role == "family" else ("members", member.id)


def _fits(member: Membership, linked: Sequence[Placement], only: Mapping[str, Any]) -> bool:
    people = only.get("people")
    if people is not None and (member.code or "").casefold() not in people:
        return False
    cities, group = only.get("cities"), only.get("group")
    if cities is not None and not any((p.kit or p.host_city or "").casefold() in cities for p in linked):
        return False
    return group is None or any((p.travel_group or "").casefold() == group.casefold() for p in linked)


def _places(session: Session, cohort: Cohort) -> dict[tuple[str, int], list[Placement]]:
    """Stays by who has to do with them: the learner, the family, the memberships of contact persons and tutors."""
    found: dict[tuple[str, int], list[Placement]] = {}
    for p in session.scalars(select(Placement).where(Placement.cohort_id == cohort.id).order_by(Placement.id)):
        found.setdefault(("learners", p.person_id), []).append(p)
        if p.guardian_id is not None:
            found.setdefault(("families", p.guardian_id), []).append(p)
        for membership in {p.referent_id, p.backup_id, p.local_contact_id, p.tutor_id}:
            if membership is not None:
                found.setdefault(("members", membership), []).append(p)
    return found


def _due(where: _Where, choice: Choice, now: datetime, *, traveller: bool) -> tuple[datetime, str] | None:
    """The instant, and whose clock the recipient reads then; None where a relative time has no stay to go by.
    Only who travels reads the host's clock."""
    itinerary = next(iter(where.itineraries), None) if traveller else None
    when = choice.when
    if when.anchor is not None:
        stays = [i for i in where.itineraries if i is not None]
        if not stays:
            return None
        first = min(stays, key=when.day_for)
        at = datetime.combine(when.day_for(first), when.hour)
    elif when.at is not None:
        at = when.at
    else:
        return now, itinerary.zone_at(now) if itinerary else where.home_zone
    zone = where.home_zone
    if itinerary and choice.zone_of == "recipient":
        zone = itinerary.zone_on(at.date())
    due_at = to_utc(at.date(), at.time(), zone)
    return due_at, itinerary.zone_at(due_at) if itinerary else where.home_zone


# --- stays that end or move ---------------------------------------------------------------------

_WAITING = (
    select(
        MessageCopy.id, MessageCopy.person_id, MessageCopy.due_at, CohortMessage.local_at, CohortMessage.zone_of,
        CohortMessage.cohort_id,
    )
    .join(CohortMessage, CohortMessage.id == MessageCopy.message_id)
    .where(among(MessageCopy.person_id, "people"), MessageCopy.state == "planned",
           CohortMessage.cancelled_at.is_(None), CohortMessage.local_at.is_not(None))
)  # fmt: skip


def work_out_again(session: Session, stays: Iterable[Any], now: datetime) -> None:
    """Copies not sent yet go by the clock that these stays (placements, or their columns) have now. One whose hour is
    over by that clock goes when it was to go: it may have been held back till morning."""
    by_learner = {(stay.cohort_id, stay.person_id): stay for stay in stays}
    people = sorted({person for _, person in by_learner})
    for copy in rows(session, _WAITING, people=people) if people else ():
        stay = by_learner.get((copy.cohort_id, copy.person_id))
        if stay is None:
            continue
        where = _Where((itinerary_of(stay),), stay.home_zone)
        due = _due(where, Choice(None, copy.zone_of, parse_when(copy.local_at), {}), now, traveller=True)
        if due is not None and due[0] != copy.due_at and due[0] > now:
            run(session, _MOVED, copy=copy.id, at=due[0])


_MOVED = update(MessageCopy).where(MessageCopy.id == bindparam("copy")).values(due_at=bindparam("at"))
