"""Planning a cohort message: its recipients, the instant for each, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bot.clock import Itinerary, local, to_utc
from bot.errors import BadInput
from bot.i18n import base_language, clean_name, utf16_length
from bot.rules.durations import parse_hhmm, parse_quiet_hours
from bot.rules.typed import parse_choice, parse_day, parse_language, shown
from bot.service.audit import note
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.stays import itinerary_of
from bot.store.prepared import ids, rows, run
from bot.store.tables import Cohort, CohortMessage, Membership, MessageCopy, Person, Placement, TelegramAccount
from bot.store.writing import insert_or_ignore

AUDIENCES = {
    "learners": ("learner", "staff"),
    "referents": ("referent", "coordinator", "local_contact", "accompanying"),
    "hosts": ("host_tutor",),
    "families": ("family",),
}
STAGES = ("before", "during", "after")
LONGEST = 4096  # UTF-16 units, Bot API sendMessage
GRACE = timedelta(minutes=1)  # typing the command may take that long


@dataclass(frozen=True, slots=True)
class Request:
    """What `compagnon message schedule` takes, as typed. `at` is `YYYY-MM-DD HH:MM` or `now`."""

    cohort: str
    at: str
    text: str
    translations: Mapping[str, str] = field(default_factory=dict)
    to: str = "learners"
    stage: str | None = None
    timezone: str = "recipient"
    urgent: bool = False


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


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked message, ready to be written down."""

    cohort: str
    text: str
    translations: Mapping[str, str]
    to: str
    stage: str | None
    timezone: str
    local_at: datetime | None  # naive wall-clock time; None: now
    urgent: bool
    copies: tuple[Copy, ...]

    @property
    def not_joined(self) -> list[str]:
        """Codes of those who get nothing unless they join before."""
        return [copy.code for copy in self.copies if not copy.joined]

    @property
    def untranslated(self) -> dict[str, int]:
        """Languages of recipients that have no version of their own, with how many read the original instead."""
        have = {base_language(tag) for tag in self.translations}
        found: dict[str, int] = {}
        for copy in self.copies:
            spoken = base_language(copy.language)
            if spoken not in have:
                found[spoken] = found.get(spoken, 0) + 1
        return dict(sorted(found.items()))


def plan(core: Core, request: Request, now: datetime) -> Plan:
    """Work out who gets the message and when; nothing is written. Raises BadInput naming who would be disturbed at
    night or whose hour is over, and NotFound."""
    text = _words(request.text, "The message")
    translations = {parse_language(tag): _words(t, f"The version {tag}") for tag, t in request.translations.items()}
    to = parse_choice(request.to, AUDIENCES, "an audience")
    stage = parse_choice(request.stage, STAGES, "a stage") if request.stage else None
    zone_of = parse_choice(request.timezone, ("recipient", "home"), "a time zone for --timezone")
    local_at = _instant(request.at)
    with core.store.transaction() as session:
        cohort = find(session, request.cohort)
        copies = tuple(_copies(session, cohort, to, stage, zone_of, local_at, now))
    if not copies:
        raise BadInput(
            f"Nobody in {cohort.code} would get this: there are no {to}{f' {stage} the stay' if stage else ''}."
        )
    _refuse_past(copies, now)
    if not request.urgent:
        _refuse_night(copies, cohort)
    return Plan(cohort.code, text, translations, to, stage, zone_of, local_at, request.urgent, copies)


def schedule(core: Core, plan: Plan, now: datetime) -> int:
    """Write a planned message down. Returns its id."""
    with core.store.transaction() as session:
        cohort = find(session, plan.cohort)
        message = CohortMessage(
            cohort_id=cohort.id, words=plan.text, translations=dict(plan.translations), audience=plan.to,
            stage=plan.stage, local_at=plan.local_at.isoformat(sep=" ", timespec="minutes") if plan.local_at else None,
            zone_of=plan.timezone, urgent=plan.urgent, created_at=now,
        )  # fmt: skip
        session.add(message)
        session.flush()
        insert_or_ignore(session, MessageCopy, [
            {"message_id": message.id, "person_id": copy.person_id, "due_at": copy.due_at, "state": "planned"}
            for copy in plan.copies
        ])  # fmt: skip
        note(session, None, "message_scheduled", None, now, message=message.id, recipients=len(plan.copies))
        return message.id


def _words(text: str, what: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise BadInput(f"{what} is empty: write what people are to read.")
    if utf16_length(words) > LONGEST:
        raise BadInput(f"{what} has {utf16_length(words)} characters: Telegram takes at most {LONGEST}.")
    return words


def _instant(text: str) -> datetime | None:
    value = clean_name(text).replace("T", " ")
    if value.lower() == "now":
        return None
    day, _, hour = value.partition(" ")
    if not hour:
        raise BadInput(f"“{shown(text)}” is not a date with a time: write “2026-03-02 18:00”, or now.")
    return datetime.combine(parse_day(day), parse_hhmm(hour.removesuffix(":00") if hour.count(":") == 2 else hour))


# --- recipients ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Where:
    """What decides about a recipient's clock: their own or their child's stays; a desk has none."""

    itineraries: tuple[Itinerary | None, ...]
    home_zone: str


def _copies(
    session: Session, cohort: Cohort, to: str, stage: str | None, zone_of: str, local_at: datetime | None, now: datetime
) -> list[Copy]:
    rows = session.execute(
        select(Membership, Person, TelegramAccount.id)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(TelegramAccount, (TelegramAccount.person_id == Person.id) & TelegramAccount.revoked_at.is_(None))
        .where(
            Membership.cohort_id == cohort.id, Membership.role.in_(AUDIENCES[to]), Membership.ended_at.is_(None),
            Person.erased_at.is_(None),
        )
        .order_by(Membership.id)
    ).all()  # fmt: skip
    places = _places(session, cohort)
    found: dict[int, Copy] = {}
    for membership, person, account in rows:
        if person.id in found:
            continue
        linked = places.get((to, membership.id if to == "referents" else person.id), [])
        where = _Where(tuple(itinerary_of(p) for p in linked), linked[0].home_zone if linked else cohort.home_zone)
        due_at, zone = _due(where, zone_of, local_at, now, traveller=to == "learners")
        if stage is None or any(i is not None and i.stage_at(due_at) == stage for i in where.itineraries):
            name = f"{person.first_name} {person.last_name}".strip()
            found[person.id] = Copy(
                person.id, membership.code or "", name, person.language, due_at, zone, account is not None
            )
    return list(found.values())


def _places(session: Session, cohort: Cohort) -> dict[tuple[str, int], list[Placement]]:
    """Stays by who has to do with them: the learner, the family, the membership of the referents."""
    found: dict[tuple[str, int], list[Placement]] = {}
    for p in session.scalars(select(Placement).where(Placement.cohort_id == cohort.id).order_by(Placement.id)):
        found.setdefault(("learners", p.person_id), []).append(p)
        if p.guardian_id is not None:
            found.setdefault(("families", p.guardian_id), []).append(p)
        for membership in {p.referent_id, p.backup_id, p.local_contact_id} - {None}:
            found.setdefault(("referents", membership), []).append(p)  # type: ignore[arg-type]
    return found


def _due(
    where: _Where, zone_of: str, local_at: datetime | None, now: datetime, *, traveller: bool
) -> tuple[datetime, str]:
    """The instant, and whose clock the recipient reads then. Only who travels reads the host's clock."""
    itinerary = next(iter(where.itineraries), None) if traveller else None
    if local_at is None:
        return now, itinerary.zone_at(now) if itinerary else where.home_zone
    zone = where.home_zone
    if itinerary and zone_of == "recipient":
        zone = itinerary.zone_on(local_at.date())
    due_at = to_utc(local_at.date(), local_at.time(), zone)
    return due_at, itinerary.zone_at(due_at) if itinerary else where.home_zone


_WAITING = (
    select(
        MessageCopy.id, MessageCopy.person_id, MessageCopy.due_at, CohortMessage.local_at, CohortMessage.zone_of,
        CohortMessage.cohort_id,
    )
    .join(CohortMessage, CohortMessage.id == MessageCopy.message_id)
    .where(MessageCopy.person_id.in_(ids("people")), MessageCopy.state == "planned",
           CohortMessage.cancelled_at.is_(None), CohortMessage.audience == "learners",
           CohortMessage.local_at.is_not(None))
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
        due_at, _ = _due(where, copy.zone_of, datetime.fromisoformat(copy.local_at), now, traveller=True)
        if due_at != copy.due_at and due_at > now:
            run(session, _MOVED, copy=copy.id, at=due_at)


_MOVED = update(MessageCopy).where(MessageCopy.id == bindparam("copy")).values(due_at=bindparam("at"))

# --- what speaks against it ---------------------------------------------------------------------


def _refuse_past(copies: tuple[Copy, ...], now: datetime) -> None:
    past = [copy for copy in copies if copy.due_at < now - GRACE]
    if past:
        raise BadInput(f"That hour is over for {_names(past)}: choose a later one, or --at now.")


def _refuse_night(copies: tuple[Copy, ...], cohort: Cohort) -> None:
    quiet = parse_quiet_hours(cohort.quiet_hours)
    asleep = [copy for copy in copies if quiet.contains(local(copy.due_at, copy.zone).time())]
    if asleep:
        raise BadInput(
            f"That is within the quiet hours {cohort.quiet_hours} of {_names(asleep)}: choose another hour, or add "
            "--urgent if it cannot wait."
        )


def _names(copies: list[Copy]) -> str:
    named = [f"{c.code} {c.name} ({local(c.due_at, c.zone):%Y-%m-%d %H:%M} {c.zone})" for c in copies[:20]]
    rest = len(copies) - len(named)
    return ", ".join(named) + (f" and {rest} more" if rest else "")


def as_json(plan: Plan) -> dict[str, Any]:
    """A plan as plain data."""
    dues = sorted(copy.due_at for copy in plan.copies)
    return {
        "cohort": plan.cohort, "to": plan.to, "stage": plan.stage, "recipients": len(plan.copies),
        "not_joined": plan.not_joined, "read_the_original": plan.untranslated,
        "first_due": dues[0].isoformat(), "last_due": dues[-1].isoformat(), "urgent": plan.urgent,
        "zones": sorted({copy.zone for copy in plan.copies}),
    }  # fmt: skip
