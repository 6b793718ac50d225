"""What is kept about a person: handed over on request, and forgotten on request."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.errors import BadInput
from bot.flows.scene import Scene
from bot.flows.vocabulary import Attachment, Screen, screen
from bot.i18n import say
from bot.rules.alert import Reason
from bot.service import open_cases
from bot.service.audit import note
from bot.service.core import Core
from bot.store.tables import (
    Alert,
    Base,
    CallTask,
    Case,
    CaseEvent,
    Certificate,
    CheckIn,
    Consent,
    Conversation,
    DayCount,
    DueStep,
    Invite,
    JournalEntry,
    LanguageClaim,
    LanguageResult,
    Membership,
    MessageCopy,
    Mood,
    Outbox,
    Outcome,
    OutcomeGrade,
    OutcomeGrid,
    OutcomeLog,
    OutcomeValidation,
    OutcomeWeek,
    ParkedUpdate,
    Pause,
    Person,
    Placement,
    Point,
    Portfolio,
    Relay,
    ReviewNote,
    SecondMessage,
    SelfAssessment,
    SharedPlace,
    StepRun,
    TelegramAccount,
    Travel,
    Walk,
    WalkStep,
)

_OF_PERSON = (Membership, TelegramAccount, Consent, SharedPlace, Walk, Certificate)
# Deleted where a learner is erased; of the rest of a stay only what was said about it goes.
_ERASED = (
    JournalEntry, DueStep, Pause, Mood, SelfAssessment, Portfolio, LanguageResult, LanguageClaim,
    Outcome, OutcomeLog, OutcomeWeek, OutcomeGrid, OutcomeGrade, OutcomeValidation, ReviewNote,
)  # fmt: skip
_OF_STAY = (CheckIn, Travel, Alert, Case, StepRun, Point, CallTask, *_ERASED)
BOTS_CAN_DELETE = timedelta(hours=48)  # Bot API, deleteMessage


def export(session: Session, person_id: int, now: datetime) -> dict[str, Any]:
    """Everything kept about a person as plain JSON data, table by table."""
    person = session.get_one(Person, person_id)
    stays = list(session.scalars(select(Placement).where(Placement.person_id == person_id)))
    ids = [stay.id for stay in stays]
    data: dict[str, Any] = {
        "exported_at": now.isoformat(),
        "person": _row(person),
        "stays": [_row(stay) for stay in stays],
    }
    for table in _OF_PERSON:
        rows = session.scalars(select(table).where(table.person_id == person_id))
        data[table.__tablename__] = [_row(row) for row in rows]
    for of_stay in _OF_STAY:
        rows = session.scalars(select(of_stay).where(of_stay.placement_id.in_(ids)))
        data[of_stay.__tablename__] = [_row(row) for row in rows]
    _keep_back(data)
    walked = select(WalkStep).join(Walk, Walk.id == WalkStep.walk_id).where(Walk.person_id == person_id)
    data["walk_step"] = [_row(row) for row in session.scalars(walked)]
    told = select(CaseEvent).join(Case, Case.id == CaseEvent.case_id).where(Case.placement_id.in_(ids))
    data["case_event"] = [_row(row) for row in session.scalars(told)]
    written = session.scalars(select(Relay).where((Relay.from_id == person_id) | (Relay.to_id == person_id)))
    data["relay"] = [_row(row) for row in written]
    note(session, person_id, "exported", person_id, now)
    return data


def _keep_back(data: dict[str, Any]) -> None:
    """Leave out what a tutor has not shown or handed in yet: it is the tutor's until then."""
    data["review_note"] = [n for n in data["review_note"] if n["side"] != "tutor" or n["shown_at"]]
    grids = [grid for grid in data["outcome_grid"] if grid["handed_in_at"]]
    counts = {(grid["placement_id"], grid["moment"]) for grid in grids}
    data["outcome_grid"] = grids
    data["outcome_grade"] = [g for g in data["outcome_grade"] if (g["placement_id"], g["moment"]) in counts]


def _row(row: Base) -> dict[str, Any]:
    return {c.key: _plain(getattr(row, c.key)) for c in row.__table__.columns}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def export_screen(session: Session, person_id: int, now: datetime) -> Screen:
    """The export as a document into the chat. It travels in the outbox row and is blanked once it was sent."""
    data = export(session, person_id, now)
    words = json.dumps(data, ensure_ascii=False, indent=2)
    attachment = Attachment("document", name="compagnon.json", content=words)
    return Screen((say("privacy/export_here"),), attachment=attachment)


def open_case(session: Session, person_id: int) -> bool:
    """Is an alert or a case about this person open? Then erasing waits: safety first."""
    about = select(Case.id).join(Placement, Placement.id == Case.placement_id).limit(1)
    if session.scalar(about.where(Placement.person_id == person_id, Case.closed_at.is_(None))) is not None:
        return True
    return (
        session.scalar(
            select(Alert.id)
            .join(Placement, Placement.id == Alert.placement_id)
            .where(Placement.person_id == person_id, Alert.resolved_at.is_(None), Alert.reason != Reason.DRILL.value)
            .limit(1)
        )
        is not None
    )


def erase(core: Core, session: Session, person_id: int, now: datetime, actor_id: int | None) -> None:
    """Forget a person: contents and contact details go, bare counts stay. Raises BadInput while an alert is open."""
    if open_case(session, person_id):
        raise BadInput("An alert or a case about this person is open: resolve it first, then erase.")
    stays = list(session.scalars(select(Placement.id).where(Placement.person_id == person_id)))
    for table in (*_ERASED, DayCount):
        session.execute(delete(table).where(table.placement_id.in_(stays)))
    session.execute(
        delete(Relay).where(Relay.placement_id.in_(stays) | (Relay.from_id == person_id) | (Relay.to_id == person_id))
    )
    session.execute(update(StepRun).where(StepRun.placement_id.in_(stays)).values(data={}))
    session.execute(delete(CallTask).where(CallTask.placement_id.in_(stays), CallTask.day.is_not(None)))
    for signed in (OutcomeGrid, OutcomeValidation):  # of others' stays: their word stays, their name goes
        mine = update(signed).where(signed.by_person_id == person_id)
        session.execute(mine.values(by_person_id=None, by_name=""))
    session.execute(update(CheckIn).where(CheckIn.placement_id.in_(stays)).values(wake_at=None))
    session.execute(update(Case).where(Case.placement_id.in_(stays)).values(named_id=None, named_role=""))
    session.execute(update(Travel).where(Travel.placement_id.in_(stays)).values(wake_at=None))
    walks = select(Walk.id).where(Walk.person_id == person_id)
    session.execute(delete(WalkStep).where(WalkStep.walk_id.in_(walks)).execution_options(synchronize_session=False))
    for own in (SharedPlace, Conversation, MessageCopy, Walk, Certificate):
        session.execute(delete(own).where(own.person_id == person_id))
    session.execute(update(Invite).where(Invite.person_id == person_id).values(token=None, revoked_at=now))
    _clear_outbox(session, session.get_one(Person, person_id), stays)
    session.execute(
        update(TelegramAccount)
        .where(TelegramAccount.person_id == person_id)
        .values(chat_id=-TelegramAccount.id, revoked_at=now, commands=None, last_active_at=None)
    )
    session.execute(update(Membership).where(Membership.person_id == person_id).values(ended_at=now, code=None))
    _blank(session, person_id, stays, now)
    note(session, actor_id, "erased", person_id, now)


def _clear_outbox(session: Session, person: Person, stays: list[int]) -> None:
    """Messages to the person lose words and chat; messages about them, to those who looked after them, their words."""
    alerts = select(Alert.id).where(Alert.placement_id.in_(stays))
    second = (SecondMessage.person_id == person.id) | SecondMessage.alert_id.in_(alerts)
    session.execute(update(SecondMessage).where(second, SecondMessage.state == "queued").values(state="cancelled"))
    session.execute(update(SecondMessage).where(second).values(payload={}, address="", person_id=None))
    waiting = Outbox.state.in_(("queued", "unknown"))
    session.execute(update(Outbox).where(Outbox.person_id == person.id, waiting).values(state="cancelled"))
    session.execute(update(Outbox).where(Outbox.person_id == person.id).values(payload={"body": []}, chat_id=0))
    chats = select(TelegramAccount.chat_id).where(TelegramAccount.person_id == person.id)
    session.execute(delete(ParkedUpdate).where(ParkedUpdate.payload["chat_id"].as_integer().in_(chats)))
    around = _people_around(session, stays) - {person.id}
    theirs = Outbox.person_id.in_(around)
    done = Outbox.state.in_(("sent", "failed", "expired", "cancelled", "repeated"))
    session.execute(update(Outbox).where(theirs, done).values(payload={"body": []}))
    names = [name for name in (person.first_name, person.last_name) if name]
    for row in session.scalars(select(Outbox).where(theirs, waiting).with_for_update()):
        if any(name in json.dumps(row.payload, ensure_ascii=False) for name in names):
            row.state, row.payload = "cancelled", {"body": []}
    session.flush()


def _people_around(session: Session, stays: list[int]) -> set[int]:
    """Ids of everybody who may have been written to about these stays."""
    people: set[int] = set()
    for stay in session.scalars(select(Placement).where(Placement.id.in_(stays))):
        named = [m for m in (stay.referent_id, stay.backup_id, stay.local_contact_id) if m is not None]
        mine = (Membership.cohort_id == stay.cohort_id) | Membership.id.in_(named)
        people.update(session.scalars(select(Membership.person_id).where(mine, Membership.role != "learner")))
        people.update({stay.guardian_id} - {None})  # type: ignore[arg-type]
    return people


_STAY_BLANKS = (
    "host_phone", "tutor_name", "tutor_email", "accommodation", "guardian_name", "guardian_phone",
    "emergency_contact_name", "emergency_contact_phone", "trade", "plan_at", "fewer_opportunities",
)  # fmt: skip


def _blank(session: Session, person_id: int, stays: list[int], now: datetime) -> None:
    session.execute(
        update(Person).where(Person.id == person_id)
        .values(first_name="", last_name="", phone=None, email=None, birth_date=None, erased_at=now)
    )  # fmt: skip
    for placement_id in stays:
        session.execute(
            update(Placement).where(Placement.id == placement_id)
            .values(code=f"erased-{placement_id}", **dict.fromkeys(_STAY_BLANKS))
        )  # fmt: skip


def erase_from_chat(core: Core, session: Session, person_id: int, scene: Scene, now: datetime) -> Screen:
    """The person asked for it in the chat: done, or why not now."""
    if open_case(session, person_id):
        stays = select(Placement.id).where(Placement.person_id == person_id)
        trusted = any(open_cases.is_open(session, stay) for stay in session.scalars(stays))
        return screen(say("privacy/erase_waits_case" if trusted else "privacy/erase_waits"))
    erase(core, session, person_id, now, person_id)
    return screen(say("privacy/erased"), reply=())
