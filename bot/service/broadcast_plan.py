"""Planning a cohort message: its recipients, the instant for each, and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.clock import local
from bot.content.markup import CAPTION, MESSAGE
from bot.errors import BadInput, NotFound
from bot.i18n import base_language, utf16_length
from bot.rules.durations import parse_quiet_hours
from bot.rules.towns import Towns
from bot.rules.typed import parse_choice, parse_language
from bot.service.audit import note
from bot.service.broadcast_files import Kept
from bot.service.broadcast_recipients import Choice, Copy, When, parse_when, recipients, roles_of, words_in
from bot.service.cohorts import find
from bot.service.core import Core
from bot.store.tables import Cohort, CohortMessage, MessageCopy
from bot.store.writing import insert_or_ignore

STAGES = ("before", "during", "after")
GRACE = timedelta(minutes=1)  # typing the command may take that long


@dataclass(frozen=True, slots=True)
class Request:
    """What `compagnon message schedule` takes, as typed. `at` is `YYYY-MM-DD HH:MM`, `now`, or relative to each stay:
    `arrival-3d 18:00`. `to` are audiences or roles, divided by commas; `attachment` is a file already kept."""

    cohort: str
    at: str
    text: str
    translations: Mapping[str, str] = field(default_factory=dict)
    to: str = "learners"
    stage: str | None = None
    timezone: str = "recipient"
    urgent: bool = False
    cities: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    group: str | None = None
    attachment: Kept | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked message, ready to be written down."""

    cohort: str
    text: str
    translations: Mapping[str, str]
    to: str
    stage: str | None
    timezone: str
    when: When
    urgent: bool
    copies: tuple[Copy, ...]
    only: Mapping[str, Any] = field(default_factory=dict)
    attachment: Kept | None = None

    @property
    def not_joined(self) -> list[str]:
        """Codes of those who get nothing unless they join before."""
        return [copy.code for copy in self.copies if not copy.joined and not copy.by_phone]

    @property
    def by_phone(self) -> list[str]:
        """Codes of those to whom a contact person reads it on the telephone."""
        return [copy.code for copy in self.copies if copy.by_phone and not copy.joined]

    @property
    def local_at(self) -> datetime | None:
        """The same naive wall-clock time for all; None for now, and where it depends on the stay."""
        return self.when.at

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
    with core.store.transaction() as session:
        found = plan_in(core, session, request, now)
        if not request.urgent:
            _refuse_night(found.copies, find(session, found.cohort))
    return found


class NobodyFits(BadInput):
    """No recipient fits the choice."""


def plan_in(core: Core, session: Session, request: Request, now: datetime) -> Plan:
    """The same within a transaction; who would be disturbed at night is for the caller to say (`asleep`)."""
    limit = MESSAGE if request.attachment is None else CAPTION
    text = _words(request.text, "The message", limit)
    translations = {
        parse_language(tag): _words(words, f"The version {tag}", limit) for tag, words in request.translations.items()
    }
    roles = roles_of(request.to)
    stage = parse_choice(request.stage, STAGES, "a stage") if request.stage else None
    zone_of = parse_choice(request.timezone, ("recipient", "home"), "a time zone for --timezone")
    when = parse_when(request.at)
    only = _only(core, request)
    cohort = find(session, request.cohort)
    copies = tuple(recipients(session, cohort, roles, Choice(stage, zone_of, when, only), now))
    if not copies:
        chosen = f" {stage} the stay" if stage else ""
        chosen += " that fit the choice" if only else ""
        raise NobodyFits(f"Nobody in {cohort.code} would get this: there are no {request.to}{chosen}.")
    _refuse_past(copies, now)
    return Plan(
        cohort.code, text, translations, request.to, stage, zone_of, when, request.urgent, copies, only,
        request.attachment,
    )  # fmt: skip


def _only(core: Core, request: Request) -> dict[str, Any]:
    """What narrows the audience, tidied; a city's name in any language is its kit's id."""
    found: dict[str, Any] = {}
    if request.cities:
        towns = Towns(core.content)
        found["cities"] = sorted({towns.known(city) or city.casefold() for city in request.cities})
    if request.people:
        found["people"] = sorted({code.casefold() for code in request.people})
    if request.group:
        found["group"] = request.group
    return found


def schedule(core: Core, plan: Plan, now: datetime) -> int:
    """Write a planned message down. Returns its id."""
    with core.store.transaction() as session:
        return schedule_in(session, plan, None, now)


def schedule_in(session: Session, plan: Plan, by: int | None, now: datetime) -> int:
    """The same within a transaction; `by`: the person who sends it, None for the command line."""
    message = CohortMessage(
        cohort_id=find(session, plan.cohort).id, words=plan.text, translations=dict(plan.translations),
        audience=plan.to, stage=plan.stage, local_at=plan.when.text, only=dict(plan.only) or None,
        attachment=plan.attachment.as_data() if plan.attachment else None,
        zone_of=plan.timezone, urgent=plan.urgent, created_at=now,
    )  # fmt: skip
    session.add(message)
    session.flush()
    _write_copies(session, message.id, plan)
    note(session, by, "message_scheduled", None, now, message=message.id, recipients=len(plan.copies))
    return message.id


def _write_copies(session: Session, message_id: int, plan: Plan) -> None:
    insert_or_ignore(session, MessageCopy, [
        {"message_id": message_id, "person_id": copy.person_id, "due_at": copy.due_at, "state": "planned"}
        for copy in plan.copies
    ])  # fmt: skip


# --- changing it before the first is out --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Edit:
    """What `compagnon message edit` takes; what is None stays."""

    text: str | None = None
    translations: Mapping[str, str] | None = None
    at: str | None = None


def plan_edit(core: Core, message_id: int, edit: Edit, now: datetime) -> Plan:
    """A message as it would be after a change, planned anew. Raises BadInput when the first copy is out."""
    with core.store.transaction() as session:
        message = _still_ours(session, message_id)
        only = message.only or {}
        kept = Kept.of(message.attachment) if message.attachment else None
        versions = message.translations if edit.translations is None else {**message.translations, **edit.translations}
        request = Request(
            session.get_one(Cohort, message.cohort_id).code, edit.at or message.local_at or "now",
            edit.text if edit.text is not None else message.words, versions, message.audience, message.stage,
            message.zone_of, message.urgent, tuple(only.get("cities", ())), tuple(only.get("people", ())),
            only.get("group"), kept,
        )  # fmt: skip
    return plan(core, request, now)


def change(core: Core, message_id: int, plan: Plan, now: datetime) -> None:
    """Write a changed message down under its number. Raises BadInput when the first copy went out meanwhile."""
    with core.store.transaction() as session:
        message = _still_ours(session, message_id)
        session.execute(delete(MessageCopy).where(MessageCopy.message_id == message_id))
        message.words, message.translations = plan.text, dict(plan.translations)
        message.local_at, message.edited_at = plan.when.text, now
        session.flush()
        _write_copies(session, message_id, plan)
        note(session, None, "message_edited", None, now, message=message_id, recipients=len(plan.copies))


def _still_ours(session: Session, message_id: int) -> CohortMessage:
    message = session.scalars(select(CohortMessage).where(CohortMessage.id == message_id).with_for_update()).first()
    if message is None:
        raise NotFound(f"There is no message {message_id}: `compagnon message list` shows all.")
    if message.cancelled_at is not None:
        raise BadInput(f"Message {message_id} was cancelled: schedule a new one.")
    copies = session.scalars(select(MessageCopy).where(MessageCopy.message_id == message_id).with_for_update()).all()
    out = sum(1 for copy in copies if copy.state != "planned")
    if out:
        raise BadInput(
            f"Message {message_id} is out already for {out} of {len(copies)}: cancel the rest with `compagnon message "
            f"cancel {message_id}` and schedule a new one."
        )
    return message


def _words(text: str, what: str, limit: int) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise BadInput(f"{what} is empty: write what people are to read.")
    if utf16_length(words) > limit:
        below = " below a picture or document" if limit == CAPTION else ""
        raise BadInput(f"{what} has {utf16_length(words)} characters: Telegram takes at most {limit}{below}.")
    return words


# --- what speaks against it ---------------------------------------------------------------------


def _refuse_past(copies: tuple[Copy, ...], now: datetime) -> None:
    past = [copy for copy in copies if copy.due_at < now - GRACE]
    if past:
        raise BadInput(f"That hour is over for {_names(past)}: choose a later one, or --at now.")


def _refuse_night(copies: tuple[Copy, ...], cohort: Cohort) -> None:
    night = asleep(copies, cohort)
    if night:
        raise BadInput(
            f"That is within the quiet hours {cohort.quiet_hours} of {_names(night)}: choose another hour, or add "
            "--urgent if it cannot wait."
        )


def asleep(copies: tuple[Copy, ...], cohort: Cohort) -> list[Copy]:
    """The copies that would come within their reader's quiet hours."""
    quiet = parse_quiet_hours(cohort.quiet_hours)
    return [copy for copy in copies if quiet.contains(local(copy.due_at, copy.zone).time())]


def _names(copies: list[Copy]) -> str:
    named = [f"{c.code} {c.name} ({local(c.due_at, c.zone):%Y-%m-%d %H:%M} {c.zone})" for c in copies[:20]]
    rest = len(copies) - len(named)
    return ", ".join(named) + (f" and {rest} more" if rest else "")


def wording(plan: Plan, language: str) -> str:
    """What a reader of that language gets: a version of theirs where there is one, else the original."""
    return words_in(plan.text, plan.translations, language)


def last_out(plan: Plan, per_second: float) -> datetime:
    """When the last copy will have gone out at that rate, if nothing else is waiting."""
    at = datetime.min.replace(tzinfo=UTC)
    for due in sorted(copy.due_at for copy in plan.copies if copy.joined):
        at = max(at, due) + timedelta(seconds=1 / per_second)
    return max(at, max(copy.due_at for copy in plan.copies))


def as_json(plan: Plan, per_second: float = 25) -> dict[str, Any]:
    """A plan as plain data."""
    dues = sorted(copy.due_at for copy in plan.copies)
    return {
        "cohort": plan.cohort, "to": plan.to, "stage": plan.stage, "recipients": len(plan.copies),
        "not_joined": plan.not_joined, "by_phone": plan.by_phone, "read_the_original": plan.untranslated,
        "attachment": plan.attachment.name if plan.attachment else None, "only": dict(plan.only),
        "last_out": last_out(plan, per_second).isoformat(),
        "first_due": dues[0].isoformat(), "last_due": dues[-1].isoformat(), "urgent": plan.urgent,
        "zones": sorted({copy.zone for copy in plan.copies}),
    }  # fmt: skip
