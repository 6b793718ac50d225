"""Forgetting a person: contents and contact details go, bare counts stay, and a proof says which is which."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bot.errors import BadInput
from bot.flows import kept as talk
from bot.flows.scene import Scene
from bot.flows.vocabulary import Drawing, Kind, Screen, screen
from bot.i18n import say
from bot.rules.alert import Reason
from bot.service import asking, drafts, kept, open_cases, places
from bot.service.audit import note
from bot.service.core import Core
from bot.service.delivered import EXPORT, FAREWELL
from bot.service.stays import is_minor
from bot.store.tables import (
    Alert,
    CallTask,
    Case,
    CheckIn,
    Cohort,
    CohortMessage,
    Invite,
    Membership,
    MessageCopy,
    Outbox,
    OutcomeGrid,
    OutcomeValidation,
    Pause,
    Person,
    Placement,
    ReviewNote,
    SecondMessage,
    StepRun,
    TelegramAccount,
    Travel,
)

BOTS_CAN_DELETE = timedelta(hours=48)  # Bot API, deleteMessage
_WAITING = ("queued", "unknown", "leased", "attempting")
# Of what an alert's ladder remembers, what stays once it is closed for good: numbers and flags.
ALERT_KEEPS = frozenset({"told", "chosen", "mailed", "failed", "reopened", "set_aside"})


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


def erase(
    core: Core, session: Session, person_id: int, now: datetime, actor_id: int | None, by: str = "organisation"
) -> dict[str, Any]:
    """Forget a person. `by`: themselves, organisation or time. Returns the proof, as plain data (`_proof`). Raises
    BadInput while an alert or a case about them is open, and for somebody who was erased before."""
    person = session.get_one(Person, person_id)
    if person.erased_at is not None:
        raise BadInput(f"The data of this person were erased already, on {person.erased_at.date()}.")
    if open_case(session, person_id):
        raise BadInput("An alert or a case about this person is open: resolve it first, then erase.")
    who = kept.whose(session, person_id)
    before, codes = _counted(session, who), _codes(session, who)
    asking.forget(core, session, person_id, now)
    sent = _take_back(session, who, now)
    open_cases.seal(session, person, who.members)
    _leave_others(session, who)
    _clear_messages(session, person, who)
    _empty(session, who, now)
    for one in reversed(kept.ALL):
        if one.after is kept.After.GONE and one.rows is not None:
            session.execute(delete(one.table).where(one.rows(who)).execution_options(synchronize_session=False))
    _blank(session, who, now)
    session.flush()
    proof = _proof(before, _counted(session, who), codes, sent, now, by)
    counts = {row["table"]: [row["deleted"], row["left"]] for row in proof["tables"]}
    note(session, actor_id, "erased", person_id, now, tables=counts)
    return proof


def _counted(session: Session, who: kept.Whose) -> dict[str, int]:
    return {
        one.name: session.scalar(select(func.count()).select_from(one.table).where(one.rows(who))) or 0
        for one in kept.ALL
        if one.rows is not None
    }


def _codes(session: Session, who: kept.Whose) -> list[str]:
    """What lists called them: `SPRING L01`. The proof names nobody otherwise."""
    mine = (
        select(Cohort.code, Membership.code, Membership.role)
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .where(Membership.id.in_(who.members))
    )
    stays = select(Cohort.code, Placement.code).join(Cohort, Cohort.id == Placement.cohort_id)
    found = [f"{cohort} {code}" for cohort, code in session.execute(stays.where(Placement.id.in_(who.stays)))]
    found += [f"{cohort} {code or role}" for cohort, code, role in session.execute(mine)]
    return sorted(set(found))


def _proof(
    before: Mapping[str, int], after: Mapping[str, int], codes: list[str], sent: tuple[int, int], now: datetime,
    by: str,
) -> dict[str, Any]:  # fmt: skip
    """What was deleted, what stays and why; `left` rows are `emptied` or `stay`. Tables without rows are left out."""
    tables = [
        {
            "table": one.name, "deleted": before[one.name] - after[one.name], "left": after[one.name],
            "after": one.after.value, "why": one.rests if after[one.name] else "",
        }
        for one in kept.ALL
        if one.rows is not None and before[one.name]
    ]  # fmt: skip
    return {
        "erased_at": now.isoformat(), "by": by, "was": codes,
        "tables": tables, "telegram": {"taken_back": sent[0], "too_old": sent[1]},
    }  # fmt: skip


def _take_back(session: Session, who: kept.Whose, now: datetime) -> tuple[int, int]:
    """Have the bot delete its messages of the last two days. Returns how many, and how many are too old for that."""
    mine = (Outbox.person_id == who.person) & (Outbox.state == "sent") & Outbox.message_id.is_not(None)
    lately = select(Outbox.chat_id, Outbox.message_id, Outbox.payload, Outbox.ref).where(
        mine, Outbox.finished_at > now - BOTS_CAN_DELETE, Outbox.chat_id.in_(who.chats)
    )
    young = {
        (row.chat_id, row.message_id)
        for row in session.execute(lately)
        if row.ref != EXPORT and "attachment" not in row.payload  # copies, portfolios, certificates: theirs to keep
    }
    everything = session.scalar(select(func.count(Outbox.message_id.distinct())).where(mine)) or 0
    gone = [drafts.Draft(chat, Screen(()), Kind.ANSWER, ref=FAREWELL, edits=number) for chat, number in sorted(young)]
    drafts.queue(session, gone, now)
    return len(young), max(0, everything - len(young))


def _leave_others(session: Session, who: kept.Whose) -> None:
    """Of other people's stays: this person's word stays where it was given, their name and their drafts go."""
    me = who.person
    session.execute(
        delete(ReviewNote).where(kept.tutors_of(who), ReviewNote.shown_at.is_(None))
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    for signed in (OutcomeGrid, OutcomeValidation):
        session.execute(update(signed).where(signed.by_person_id == me).values(by_person_id=None, by_name=""))
    session.execute(update(Pause).where(Pause.decided_by == me).values(decided_by=None))
    session.execute(update(CallTask).where(CallTask.done_by == me).values(done_by=None))
    tutored = Placement.tutor_id.in_(who.members)
    places.forget_tutor(session, who.members)
    session.execute(update(Placement).where(tutored).values(tutor_id=None, tutor_name=None, tutor_email=None))
    session.execute(update(Placement).where(Placement.id.in_(who.wards)).values(**dict.fromkeys(kept.GUARDIAN)))


def _clear_messages(session: Session, person: Person, who: kept.Whose) -> None:
    """Messages to the person lose words and chat; messages about them, to those who looked after them, their words.

    What is being sent at this instant is cancelled as well: whoever holds it asks once more before the call."""
    alerts = select(Alert.id).where(Alert.placement_id.in_(who.stays))
    second = (SecondMessage.person_id == person.id) | SecondMessage.alert_id.in_(alerts)
    held = {"lease_owner": None, "lease_until": None}
    session.execute(
        update(SecondMessage).where(second, SecondMessage.state.in_(_WAITING)).values(state="cancelled", **held)
    )
    session.execute(update(SecondMessage).where(second).values(payload={}, address="", person_id=None))
    mine = Outbox.person_id == person.id
    session.execute(update(Outbox).where(mine, Outbox.state.in_(_WAITING)).values(state="cancelled", **held))
    session.execute(update(Outbox).where(mine).values(payload={"body": []}, chat_id=0, language=None))
    theirs = Outbox.person_id.in_(_around(session, who))
    staff = theirs & Outbox.person_id.not_in(_learners(session, who))
    session.execute(update(Outbox).where(staff, Outbox.state.not_in(_WAITING)).values(payload={"body": []}))
    names = [name for name in (person.first_name, person.last_name) if name]
    for row in session.scalars(select(Outbox).where(theirs).with_for_update()):
        if any(name in json.dumps(row.payload, ensure_ascii=False) for name in names):
            row.payload = {"body": []}
            if row.state in _WAITING:
                row.state, row.lease_owner, row.lease_until = "cancelled", None, None
    _unname_broadcasts(session, who, names)
    session.flush()


def _unname_broadcasts(session: Session, who: kept.Whose, names: Iterable[str]) -> None:
    """What a coordinator wrote to all stays, but for the name of who is erased."""
    named = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names) or r"(?!)")
    mine = select(Placement.cohort_id).where(Placement.id.in_(who.stays))
    for message in session.scalars(select(CohortMessage).where(CohortMessage.cohort_id.in_(mine))):
        message.words = named.sub("…", message.words)
        message.translations = {tag: named.sub("…", words) for tag, words in message.translations.items()}


def _around(session: Session, who: kept.Whose) -> set[int]:
    """Ids of everybody who may have been written to about these stays."""
    people: set[int] = set()
    for stay in session.scalars(select(Placement).where(Placement.id.in_(who.stays))):
        named = [m for m in (stay.referent_id, stay.backup_id, stay.local_contact_id) if m is not None]
        mine = (Membership.cohort_id == stay.cohort_id) | Membership.id.in_(named)
        people.update(session.scalars(select(Membership.person_id).where(mine)))
        people.update({stay.guardian_id} - {None})  # type: ignore[arg-type]
    return people - {who.person}


def _learners(session: Session, who: kept.Whose) -> set[int]:
    """Ids of the other learners of their cohorts: of their messages only those that name the person lose words."""
    mine = select(Placement.cohort_id).where(Placement.id.in_(who.stays))
    return set(session.scalars(select(Placement.person_id).where(Placement.cohort_id.in_(mine))))


def _empty(session: Session, who: kept.Whose, now: datetime) -> None:
    """What stays for the counts keeps no contents."""
    stays = who.stays
    session.execute(update(StepRun).where(StepRun.placement_id.in_(stays)).values(data={}))
    session.execute(delete(CallTask).where(CallTask.placement_id.in_(stays), CallTask.day.is_not(None)))
    session.execute(update(CheckIn).where(CheckIn.placement_id.in_(stays)).values(wake_at=None))
    copies = update(MessageCopy).where(MessageCopy.person_id == who.person, MessageCopy.state == "planned")
    session.execute(copies.values(state="cancelled"))
    session.execute(update(Travel).where(Travel.placement_id.in_(stays)).values(wake_at=None))
    session.execute(update(Case).where(Case.placement_id.in_(stays)).values(named_id=None, named_role=""))
    alerts = session.scalars(select(Alert).where(Alert.placement_id.in_(stays))).all()
    edit_messages(session, [row.id for row in alerts], now)
    for row in alerts:
        row.state = {key: value for key, value in row.state.items() if key in ALERT_KEEPS}
    mine = Invite.person_id == who.person
    session.execute(update(Invite).where(mine).values(token=None, code=""))
    session.execute(update(Invite).where(mine, Invite.used_at.is_(None)).values(revoked_at=now))
    session.execute(
        update(TelegramAccount)
        .where(TelegramAccount.person_id == who.person)
        .values(chat_id=-TelegramAccount.id, revoked_at=now, commands=None, last_active_at=None)
    )
    session.execute(
        update(Membership).where(Membership.person_id == who.person)
        .values(ended_at=func.coalesce(Membership.ended_at, now), code=None, duty=None, zone=None, works_at=None,
                host_id=None, host_wanted_id=None, digest_at=None, digest_next=None)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def edit_messages(session: Session, alerts: Iterable[int], now: datetime) -> None:
    """In the chats of those who were told, alerts lose their details; their rows, the words."""
    for alert in alerts:
        sent = (Outbox.ref.like(f"alert:{alert}:%")) & (Outbox.kind == Kind.ALERT.value) & (Outbox.state == "sent")
        rows = session.execute(
            select(Outbox.id, Outbox.chat_id, Outbox.message_id, Outbox.person_id)
            .join(TelegramAccount, (TelegramAccount.chat_id == Outbox.chat_id) & TelegramAccount.revoked_at.is_(None))
            .where(sent, Outbox.message_id.is_not(None), TelegramAccount.blocked_at.is_(None))
        ).all()
        drafts.queue(session, [
            drafts.Draft(row.chat_id, talk.alert_closed(), Kind.NOTICE, row.person_id, key=f"edited:{row.id}",
                         edits=row.message_id)
            for row in rows
        ], now)  # fmt: skip
        session.execute(
            update(Outbox).where(sent).values(payload={"body": []}).execution_options(synchronize_session=False)
        )


# Of a stay, what leads to somebody and no count needs.
_STAY_BLANKS = (
    "host_phone", "tutor_name", "tutor_email", "tutor_id", "accommodation", *kept.GUARDIAN, "emergency_contact_name",
    "emergency_contact_phone", "trade", "plan_at", "home_city", "travel_group", "check_in_reason", "rhythm",
    "quiet_kinds", "fewer_opportunities", "vetted_at", "asks_a_week",
)  # fmt: skip


def _blank(session: Session, who: kept.Whose, now: datetime) -> None:
    born = session.scalar(select(Person.birth_date).where(Person.id == who.person))
    stays = session.scalars(select(Placement).where(Placement.id.in_(who.stays))).all()
    minors = {p.id: is_minor(born, p.arrival_date, p.status) if p.arrival_date else None for p in stays}
    session.execute(
        update(Person).where(Person.id == who.person)
        .values(first_name="", last_name="", phone=None, email=None, birth_date=None, mood_off_at=None, plain_at=None,
                erased_at=now)
    )  # fmt: skip
    for placement_id, minor in minors.items():
        session.execute(
            update(Placement).where(Placement.id == placement_id)
            .values(code=f"erased-{placement_id}", minor_at_arrival=minor, **dict.fromkeys(_STAY_BLANKS))
        )  # fmt: skip


def paper(proof: Mapping[str, Any]) -> Drawing:
    """The proof as a paper to file."""
    told = {row["table"]: row for row in proof["tables"]}
    groups: list[list[Any]] = []
    for group, tables in kept.GROUPS.items():
        found = [told[one.__tablename__] for one in tables if one.__tablename__ in told]
        whys = list(dict.fromkeys(row["why"] for row in found if row["why"]))
        groups.append([group, sum(row["deleted"] for row in found), sum(row["left"] for row in found), whys])
    return Drawing("erased", {"proof": dict(proof), "groups": groups})


def erase_from_chat(core: Core, session: Session, person_id: int, scene: Scene, now: datetime) -> Screen:
    """The person asked for it in the chat: done, or why not now."""
    if open_case(session, person_id):
        stays = select(Placement.id).where(Placement.person_id == person_id)
        trusted = any(open_cases.is_open(session, stay) for stay in session.scalars(stays))
        return screen(say("privacy/erase_waits_case" if trusted else "privacy/erase_waits"))
    proof = erase(core, session, person_id, now, person_id, "themselves")
    deleted = sum(row["deleted"] for row in proof["tables"])
    left = sum(row["left"] for row in proof["tables"])
    lines = [say("kept/proof/chat", deleted=deleted, left=left)]
    # Said to everybody in the same words: whoever an open case names does not learn of it here.
    lines.append(say("kept/proof/chat_law"))
    if proof["telegram"]["too_old"]:
        lines.append(say("kept/proof/chat_old", n=proof["telegram"]["too_old"]))
    return screen(say("privacy/erased"), *lines, reply=())
