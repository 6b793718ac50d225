"""Every table, and what it holds about a person: what a copy for them shows, and what stays of it when they are erased.

Copies, proofs, the page for data protection officers and tests all read this one list, so that none forgets a table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from bot.store import tables as t


@dataclass(frozen=True, slots=True)
class Whose:
    """One person as tables point to them: their stays, memberships, chats, and stays whose guardian they are."""

    person: int
    stays: tuple[int, ...]
    members: tuple[int, ...]
    chats: tuple[int, ...]
    wards: tuple[int, ...]


class After(StrEnum):
    """What becomes of a table's rows about a person who is erased."""

    GONE = "gone"  # every row is deleted
    EMPTIED = "emptied"  # rows stay for the counts, without contents and contact details
    STAYS = "stays"  # rows stay as they are: they name nobody, and something rests on them


Rows = Callable[[Whose], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Kept:
    """One table. `rows`: those about a person; None where it holds nothing of anybody, and `why` says so.

    `shown`: whether a copy for the person has these rows, else `why` not; `without`: columns that a copy leaves out.
    `after`: what erasing does, and `rests` what needs the rows that stay.
    """

    table: type[t.Base]
    rows: Rows | None = None
    after: After = After.GONE
    shown: bool = True
    without: tuple[str, ...] = ()
    why: str = ""
    rests: str = ""

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)


def whose(session: Session, person_id: int) -> Whose:
    """What points to a person."""

    def ids(query: object) -> tuple[int, ...]:
        return tuple(session.scalars(query))  # type: ignore[call-overload]

    return Whose(
        person_id,
        ids(select(t.Placement.id).where(t.Placement.person_id == person_id).order_by(t.Placement.id)),
        ids(select(t.Membership.id).where(t.Membership.person_id == person_id).order_by(t.Membership.id)),
        ids(select(t.TelegramAccount.chat_id).where(t.TelegramAccount.person_id == person_id)),
        ids(select(t.Placement.id).where(t.Placement.guardian_id == person_id).order_by(t.Placement.id)),
    )  # fmt: skip


def _stay(table: type[t.Base]) -> Rows:
    return lambda who: table.placement_id.in_(who.stays)  # type: ignore[attr-defined]


def _person(table: type[t.Base]) -> Rows:
    return lambda who: table.person_id == who.person  # type: ignore[attr-defined]


def _alert(who: Whose) -> ColumnElement[bool]:
    return t.AlertEvent.alert_id.in_(select(t.Alert.id).where(t.Alert.placement_id.in_(who.stays)))


def _case(who: Whose) -> ColumnElement[bool]:
    return t.CaseEvent.case_id.in_(select(t.Case.id).where(t.Case.placement_id.in_(who.stays)))


def _question(who: Whose) -> ColumnElement[bool]:
    return or_(t.Question.asker_id == who.person, t.Question.to_id == who.person)


def _walk_step(who: Whose) -> ColumnElement[bool]:
    return t.WalkStep.walk_id.in_(select(t.Walk.id).where(t.Walk.person_id == who.person))


def _second(who: Whose) -> ColumnElement[bool]:
    about = select(t.Alert.id).where(t.Alert.placement_id.in_(who.stays))
    return or_(t.SecondMessage.person_id == who.person, t.SecondMessage.alert_id.in_(about))


def _parked(who: Whose) -> ColumnElement[bool]:
    found: ColumnElement[bool] = t.ParkedUpdate.payload["chat_id"].as_string().in_([str(chat) for chat in who.chats])
    return found


def _drafted(who: Whose) -> ColumnElement[bool]:
    return or_(t.OutcomeDraft.placement_id.in_(who.stays), t.OutcomeDraft.by_person_id == who.person)


# Why something stays, as the texts `kept/proof/rests` have it.
_COUNTS, _TRAIL, _LOG, _CONSENT, _SENT, _WAY_IN = "counts", "trail", "log", "consent", "sent", "way_in"
_REPORT = "report"
_CHAT = "the same words lie in the person's own chat"
_NOBODY = "it holds nothing of a person"
_UNNAMED = "no name, number or hour leads from it to anybody: it cannot be told whose it is"

# In the order of a copy. A new table stands here, or a test fails.
ALL: tuple[Kept, ...] = (
    Kept(t.Person, lambda who: t.Person.id == who.person, After.EMPTIED, rests=_COUNTS),
    Kept(t.Placement, lambda who: t.Placement.person_id == who.person, After.EMPTIED, rests=_COUNTS),
    Kept(t.Membership, _person(t.Membership), After.EMPTIED, rests=_COUNTS),
    Kept(t.TelegramAccount, _person(t.TelegramAccount), After.EMPTIED, rests=_WAY_IN),
    Kept(t.Consent, _person(t.Consent), After.STAYS, rests=_CONSENT),
    Kept(t.Invite, _person(t.Invite), After.EMPTIED, without=("token",), rests=_WAY_IN),
    Kept(t.Conversation, _person(t.Conversation)),
    Kept(t.SharedPlace, _person(t.SharedPlace)),
    Kept(t.CheckIn, _stay(t.CheckIn), After.STAYS, rests=_COUNTS),
    Kept(t.Travel, _stay(t.Travel), After.STAYS, rests=_COUNTS),
    Kept(t.Alert, _stay(t.Alert), After.EMPTIED, rests=_TRAIL),
    Kept(t.AlertEvent, _alert, After.STAYS, rests=_TRAIL),
    Kept(t.Case, _stay(t.Case), After.EMPTIED, without=("named_sealed",), rests=_TRAIL),
    Kept(t.CaseEvent, _case, After.STAYS, rests=_TRAIL),
    Kept(t.Pause, _stay(t.Pause)),
    Kept(t.Mood, _stay(t.Mood)),
    Kept(t.Relay, lambda who: or_(t.Relay.placement_id.in_(who.stays), t.Relay.from_id == who.person,
                                  t.Relay.to_id == who.person)),
    Kept(t.Question, _question, After.EMPTIED, rests=_REPORT,
         without=("placement_id", "asker_id", "to_placement_id", "to_id", "decided_by", "reported_by", "reported_at",
                  "report_settled_at", "wake_at")),
    Kept(t.StepRun, _stay(t.StepRun), After.EMPTIED, rests=_COUNTS),
    Kept(t.DueStep, _stay(t.DueStep)),
    Kept(t.Point, _stay(t.Point), After.STAYS, rests=_COUNTS),
    Kept(t.DayCount, _stay(t.DayCount)),
    Kept(t.JournalEntry, _stay(t.JournalEntry)),
    Kept(t.SelfAssessment, _stay(t.SelfAssessment)),
    Kept(t.Portfolio, _stay(t.Portfolio)),
    Kept(t.LanguageResult, _stay(t.LanguageResult)),
    Kept(t.LanguageClaim, _stay(t.LanguageClaim)),
    Kept(t.Outcome, _stay(t.Outcome)),
    Kept(t.OutcomeLog, _stay(t.OutcomeLog)),
    Kept(t.OutcomeWeek, _stay(t.OutcomeWeek)),
    Kept(t.OutcomeGrid, _stay(t.OutcomeGrid)),
    Kept(t.OutcomeDraft, _drafted, shown=False, why="the tutor who writes a draft has it in their own copy"),
    Kept(t.OutcomeGrade, _stay(t.OutcomeGrade)),
    Kept(t.OutcomeValidation, _stay(t.OutcomeValidation)),
    Kept(t.ReviewNote, _stay(t.ReviewNote)),
    Kept(t.Certificate, _person(t.Certificate)),
    Kept(t.CallTask, lambda who: or_(t.CallTask.placement_id.in_(who.stays), t.CallTask.person_id == who.person),
         After.EMPTIED, rests=_COUNTS),
    Kept(t.MessageCopy, _person(t.MessageCopy), After.STAYS, rests=_COUNTS),
    Kept(t.Walk, _person(t.Walk)),
    Kept(t.WalkStep, _walk_step),
    Kept(t.Absence, _person(t.Absence)),
    Kept(t.SecondMessage, _second, After.EMPTIED, without=("payload", "key", "lease_owner", "lease_until"),
         rests=_SENT),
    Kept(t.Outbox, lambda who: t.Outbox.person_id == who.person, After.EMPTIED, shown=False, why=_CHAT,
         rests=_SENT),
    Kept(t.ParkedUpdate, _parked),
    Kept(t.Audit, lambda who: t.Audit.person_id == who.person, After.STAYS, without=("person_id",),
         rests=_LOG),
    # --- nothing that leads to a person ---------------------------------------------------------
    Kept(t.SurveyResponse, why=_UNNAMED),
    Kept(t.Feedback, why=_UNNAMED),
    Kept(t.KitQuestion, why=_UNNAMED),
    Kept(t.SeenUpdate, why="numbers of updates for two weeks, with nobody beside them"),
    Kept(t.CohortMessage, why="what a coordinator wrote to a whole cohort; who got it is among the copies"),
    Kept(t.Improvement, why="what a cohort is to do better; whoever sees to it is named by function"),
    Kept(t.Drill, why="tests of a cohort's ladders; who was asked is in the trail of its alerts"),
    Kept(t.Host, why="a company or school on the map; whoever agreed there is named by the desk alone"),
    *(Kept(table, why=_NOBODY) for table in (t.Organisation, t.Project, t.Cohort, t.CohortPartner, t.JourneyVersion,
                                             t.Outage, t.Lease, t.Heartbeat, t.BotState)),
)  # fmt: skip


# Under which words a paper has them (`kept/groups`), in its order.
GROUPS: Mapping[str, tuple[type[t.Base], ...]] = {
    "person": (t.Person,),
    "stays": (t.Placement,),
    "roles": (
        t.Membership,
        t.TelegramAccount,
        t.Invite,
        t.Absence,
    ),
    "consent": (t.Consent,),
    "conversation": (t.Conversation,),
    "check_ins": (
        t.SharedPlace,
        t.CheckIn,
        t.Travel,
        t.Pause,
    ),
    "alerts": (
        t.Alert,
        t.AlertEvent,
        t.Case,
        t.CaseEvent,
    ),
    "letters": (
        t.Relay,
        t.Question,
    ),
    "steps": (
        t.StepRun,
        t.DueStep,
        t.Point,
        t.DayCount,
        t.CallTask,
        t.Walk,
        t.WalkStep,
    ),
    "journal": (
        t.JournalEntry,
        t.Mood,
    ),
    "views": (t.SelfAssessment,),
    "languages": (
        t.LanguageResult,
        t.LanguageClaim,
    ),
    "outcomes": (
        t.Outcome,
        t.OutcomeLog,
        t.OutcomeWeek,
        t.OutcomeGrid,
        t.OutcomeDraft,
        t.OutcomeGrade,
        t.OutcomeValidation,
        t.ReviewNote,
    ),
    "papers": (
        t.Portfolio,
        t.Certificate,
    ),
    "messages": (
        t.MessageCopy,
        t.SecondMessage,
        t.Outbox,
        t.ParkedUpdate,
    ),
    "log": (t.Audit,),
}


@dataclass(frozen=True, slots=True)
class Acted:
    """What somebody did or wrote about others: for their own copy, without what it says of whom."""

    table: type[t.Base]
    rows: Rows
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)


def _assessed(who: Whose) -> ColumnElement[bool]:
    grids = select(t.OutcomeGrid.id).where(
        t.OutcomeGrid.placement_id == t.OutcomeGrade.placement_id, t.OutcomeGrid.moment == t.OutcomeGrade.moment,
        t.OutcomeGrid.by_person_id == who.person,
    )  # fmt: skip
    return grids.exists()


# What a stay says of the family of its learner.
GUARDIAN = ("guardian_id", "guardian_name", "guardian_phone", "guardian_language", "guardian_email")


def tutors_of(who: Whose) -> ColumnElement[bool]:
    """Notes of the talk half-way that this person wrote as tutor at work."""
    mine = select(t.Placement.id).where(t.Placement.tutor_id.in_(who.members))
    return (t.ReviewNote.side == "tutor") & t.ReviewNote.placement_id.in_(mine)


ACTED: tuple[Acted, ...] = (
    Acted(t.Placement, lambda who: t.Placement.id.in_(who.wards),
          ("guardian_name", "guardian_phone", "guardian_email", "guardian_language", "guardian_by_phone")),
    Acted(t.Consent, lambda who: (t.Consent.by_person_id == who.person) & (t.Consent.person_id != who.person),
          ("kind", "version", "given", "at", "withdrawn_at")),
    Acted(t.Host, lambda who: t.Host.agreed_member.in_(who.members), ("name", "agreed_by", "agreed_on")),
    Acted(t.OutcomeGrid, lambda who: t.OutcomeGrid.by_person_id == who.person,
          ("moment", "by_name", "by_role", "assessed_on", "channel", "comment", "begun_at", "handed_in_at")),
    Acted(t.OutcomeGrade, _assessed, ("moment", "code", "value")),
    Acted(t.OutcomeDraft, lambda who: t.OutcomeDraft.by_person_id == who.person,
          ("moment", "grades", "comment", "begun_at")),
    Acted(t.OutcomeValidation, lambda who: t.OutcomeValidation.by_person_id == who.person,
          ("code", "verdict", "note", "by_name", "by_role", "validated_at")),
    Acted(t.ReviewNote, tutors_of, ("part", "words", "file_id", "written_at", "shown_at")),
    Acted(t.Pause, lambda who: t.Pause.decided_by == who.person, ("state", "decided_at")),
    Acted(t.Question, lambda who: t.Question.decided_by == who.person, ("decided_at", "reason")),
    Acted(t.CallTask, lambda who: t.CallTask.done_by == who.person, ("done_at", "outcome")),
    Acted(t.Alert, lambda who: or_(t.Alert.acknowledged_by.in_(who.members), t.Alert.resolved_by.in_(who.members)),
          ("reason", "raised_at", "acknowledged_at", "resolved_at")),
    Acted(t.AlertEvent, lambda who: (t.AlertEvent.person_id == who.person) & ~_alert(who), ("at", "what")),
    Acted(t.CaseEvent, lambda who: (t.CaseEvent.person_id == who.person) & ~_case(who), ("at", "what")),
    Acted(t.Absence, lambda who: t.Absence.substitute_id.in_(who.members), ("state", "agreed_at", "until")),
    Acted(t.Audit, lambda who: (t.Audit.actor_id == who.person) & t.Audit.person_id.is_distinct_from(who.person),
          ("at", "action")),
)  # fmt: skip
