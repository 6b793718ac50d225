"""Most of a cohort silent at once: alerts that rest behind one of them, whose ladder stands for all.

`alert.incident_id` is the number of the alert that began it, and stays. One open alert leads; the others have no
`next_at` until they are taken out: by a call for help, a second miss of their own, somebody who takes or closes that
one, or a learner for whom it is not settled. When the leading one leaves, the next takes over what its ladder knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, column, distinct, func, or_, select, update, values
from sqlalchemy.orm import Session, aliased

from bot.flows import incident_screens, learner_news
from bot.flows.dossier import Dossier
from bot.flows.vocabulary import Kind, Screen, encode_screen
from bot.rules import alert as words
from bot.rules.alert import Reason, Severity
from bot.rules.incident import AT_LEAST, REASONS, SOON, WINDOW, Grouping, grouping
from bot.rules.names import full_name
from bot.service.alert_speaker import Speaker
from bot.service.book import Book
from bot.service.core import Core
from bot.service.drafts import Draft
from bot.store.prepared import among, rows
from bot.store.tables import Alert, CheckIn, Cohort, Membership, Outbox, Person, Placement

LADDER = ("level", "next_at", "acknowledged_by", "acknowledged_at", "exhausted_at")
FOLLOWS = ("acknowledged_by", "acknowledged_at", "resolved_at", "resolved_by", "outcome", "severity", "level",
           "exhausted_at")  # fmt: skip
OWN = ("said", "said_at", "taken_back", "danger_at")  # what in an alert's state belongs to its learner


def leads(row: Alert) -> bool:
    """Does this alert stand for others?"""
    return row.incident_id is not None and bool(row.state.get("leads"))


def rests(row: Alert) -> bool:
    """Does this alert wait behind another?"""
    return row.incident_id is not None and not leads(row)


def leader_of(members: Iterable[Alert]) -> Alert | None:
    """The one of them that leads."""
    return next((member for member in members if leads(member)), None)


def take_out(core: Core, book: Book, row: Alert) -> None:
    """An alert goes its own way; if it led, the next open one leads from here, with all that the ladder remembers.

    The message about the others no longer names it.
    """
    if row.incident_id is None:
        return
    rest = [member for member in book.members(row.incident_id) if member.id != row.id]
    led, left, row.incident_id = leads(row), row.incident_id, None
    book.note(row.id, "stands_alone")
    if led and rest:
        for name in LADDER:
            setattr(rest[0], name, getattr(row, name))
        rest[0].state = {**row.state, **{key: rest[0].state.get(key) for key in OWN}}
    kept = {
        "told": row.state.get("told", []),
        "left": left,
        "skipped": row.state.get("skipped"),
        **{key: row.state.get(key) for key in OWN},
    }
    if row.resolved_at is None:
        row.level, row.acknowledged_by, row.acknowledged_at, row.exhausted_at, row.next_at = 0, None, None, None, None
        row.state = kept
    leader = leader_of(rest)
    if leader is not None and not leader.state.get("new"):
        Chorus(core, book, leader).refresh()


def follow(book: Book, leader: Alert) -> None:
    """Those who rest show what became of the one that leads."""
    for member in book.members(leader.incident_id):
        if member.id != leader.id and member.resolved_at is None:
            for name in FOLLOWS:
                setattr(member, name, getattr(leader, name))
            member.state = {
                **member.state,
                "told": leader.state.get("told", []),
                "skipped": leader.state.get("skipped"),
            }
            member.next_at = None


_LEARNER, _TAKER = aliased(Person), aliased(Person)
_TAKEN_OUT = (
    select(Alert, Placement.code, _LEARNER, _TAKER)
    .join(Placement, Placement.id == Alert.placement_id)
    .join(_LEARNER, _LEARNER.id == Placement.person_id)
    .outerjoin(Membership, Membership.id == Alert.acknowledged_by)
    .outerjoin(_TAKER, _TAKER.id == Membership.person_id)
    .where(Alert.cohort_id == bindparam("cohort"), Alert.resolved_at.is_(None), Alert.incident_id.is_(None),
           Alert.confided.is_(False))
    .order_by(Alert.id)
)  # fmt: skip


class Chorus(Speaker):
    """Speaks for all open alerts of an incident at once."""

    def __init__(self, core: Core, book: Book, row: Alert, said: str | None = None) -> None:
        super().__init__(core, book, row, said)
        # Those that are closed by the very move that is spoken of belong to it, too.
        self.members = [m for m in book.members(row.incident_id) if m.resolved_at is None or m.id == row.id]

    def ref(self, membership_id: int) -> str:
        """What messages to this person are about: the incident, whoever leads it."""
        return f"group:{self.row.incident_id}:{membership_id}"

    def note(self, what: str, **detail: Any) -> None:
        """Everybody's trail tells the same."""
        for member in self.members:
            self.book.note(member.id, what, **detail)

    def lead(self) -> Dossier:
        """What is known of the one that leads, under the incident's number."""
        return replace(self.dossier(), alert_id=self.row.incident_id or self.row.id, whole=True)

    def in_letters(self) -> Dossier:
        """Letters stand for all of them, too."""
        return self._named(self.lead())

    def dossiers(self) -> list[Dossier]:
        """What is known of each."""
        return [Speaker(self.core, self.book, member).dossier() for member in self.members]

    def notify(self, people: tuple[int, ...], repeat: bool, exhausted: bool) -> None:
        """One message about all of them to each."""
        self.spread_notice(people, repeat=repeat, exhausted=exhausted)

    def spread_notice(self, people: Sequence[int], *, repeat: bool, exhausted: bool = False, grown: int = 0) -> None:
        """The same; `grown`: so many more since the last one."""
        lead = self._noticed = self.lead()
        shown = incident_screens.notice(self.dossiers(), lead, repeat=repeat, exhausted=exhausted, grown=grown)
        linked = self.linked(people)
        self.row.state = {**self.row.state, "told": sorted(self.told() | set(linked)), "spoke_at": self.now.isoformat()}
        for member in self.members:
            for person in linked:
                self.book.note_told(member.id, person)
        self.tell(linked, shown, Kind.ALERT)
        self.elsewhere(self._named(lead), shown, tuple(people), repeat, exhausted)

    def _named(self, lead: Dossier) -> Dossier:
        """For letters: how many they are, and a few names instead of one."""
        names = [d.learner for d in self.dossiers()]
        more = f" +{len(names) - 3}" if len(names) > 3 else ""
        return replace(lead, learner=", ".join(names[:3]) + more, many=len(names))

    def _spread(self, effect: words.Effect) -> None:
        lead = self.lead()
        match effect:
            case words.TellOthersTaken(by):
                shown = incident_screens.taken(self.dossiers(), lead, self.name(by))
                self.tell(self.told() - {by}, shown)
                self.second(shown, "alert_taken", by, self.name(by))
            case words.AlreadyTaken(to, by):
                self.tell({to}, incident_screens.already_taken(lead, self.name(by)))
            case words.TellLearnerAnswered():
                self.tell(self.told(), incident_screens.all_answered(self.dossiers(), lead))
            case words.AskSettled():
                for member in self.members:
                    if member.state.get("said") is None:
                        person = self.book.placements[member.placement_id].person_id
                        known = Speaker(self.core, self.book, member).dossier()
                        self.to_person(person, learner_news.ask_settled(known), Kind.SAFETY, None)
            case _:
                super()._spread(effect)

    def come_back(self, by: int) -> None:
        """To who took it, two hours later."""
        self.tell({by}, incident_screens.still_open(self.dossiers(), self.lead()), Kind.ALERT)

    def all_clear(self) -> None:
        """To all who were told, once."""
        who = self.name(self.row.resolved_by) if self.row.resolved_by else None
        shown = incident_screens.all_clear(self.lead(), who, self.row.outcome or "other", self._apart())
        self.tell(self.told() - {self.row.resolved_by}, shown)
        self.second(shown, "alert_resolved", self.row.resolved_by, who)

    def _apart(self) -> list[incident_screens.Apart]:
        """Who was taken out, and whose own alert is open."""
        found = self.book.session.execute(_TAKEN_OUT, {"cohort": self.row.cohort_id})
        return [
            incident_screens.Apart(
                alert.id, full_name(learner), code, alert.severity, alert.reason, alert.raised_at,
                full_name(taker) if taker is not None else None,
            )
            for alert, code, learner, taker in found
            if alert.state.get("left") == self.row.incident_id
        ]  # fmt: skip

    def tell_learner(self, what: words.News, people: tuple[int, ...], *, promised: bool = False) -> None:
        """Each learner reads the usual about themselves."""
        for member in self.members:
            speaker = Speaker(self.core, self.book, member)
            speaker.mailed_for_all = self.mailed()
            speaker.tell_learner(what, people, promised=promised)

    def yours(self) -> Screen:
        """The message in the chat of who took it."""
        return incident_screens.notice(self.dossiers(), self.lead(), repeat=False, exhausted=False, taken=True)

    def refresh(self) -> None:
        """The last message of everybody who was told is brought up to date, without a sound."""
        if not self.told():
            return
        lead, members = self.lead(), self.dossiers()
        shown = incident_screens.notice(members, lead, repeat=False, exhausted=False)
        held = incident_screens.notice(members, lead, repeat=False, exhausted=False, taken=True)
        for membership_id in sorted(self.told()):
            mine = held if membership_id == self.row.acknowledged_by else shown
            self._refresh_of(membership_id, mine)

    def _refresh_of(self, membership_id: int, shown: Screen) -> None:
        ref, session = self.ref(membership_id), self.book.session
        unsent = Outbox.ref == ref, Outbox.state == "queued"
        session.execute(
            update(Outbox).where(*unsent, Outbox.kind == Kind.ALERT.value).values(payload=encode_screen(shown))
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        session.execute(
            update(Outbox).where(*unsent, Outbox.edits.is_not(None)).values(state="cancelled", finished_at=self.now)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        sent = session.execute(
            select(Outbox.message_id, Outbox.chat_id)
            .where(Outbox.ref == ref, Outbox.kind == Kind.ALERT.value, Outbox.state == "sent")
            .order_by(Outbox.id.desc())
            .limit(1)
        ).first()
        if sent is not None and sent.message_id is not None:
            person = self.book.member_person(membership_id)
            self.book.send(Draft(sent.chat_id, shown, Kind.SAFETY, person, ref=ref, edits=sent.message_id))


# --- who is silent together ---------------------------------------------------------------------

_WAITS = CheckIn.state.in_(("asked", "delivered", "reminded"))
# Whoever was asked twice, by a roll call beside the daily check-in, is one learner all the same.
_SOON = (
    select(Placement.cohort_id, func.count(distinct(Placement.id)))
    .select_from(CheckIn)
    .join(Placement, Placement.id == CheckIn.placement_id)
    .where(CheckIn.wake_at <= bindparam("soon"), _WAITS,
           or_(CheckIn.state == "asked", CheckIn.deadline <= bindparam("soon")),
           among(Placement.cohort_id, "cohorts"))
    .group_by(Placement.cohort_id)
)  # fmt: skip
_MISSED = (
    select(Alert.cohort_id, func.count())
    .where(among(Alert.cohort_id, "cohorts"), Alert.resolved_at.is_(None), Alert.raised_at >= bindparam("since"),
           Alert.reason.in_([reason.value for reason in REASONS]))
    .group_by(Alert.cohort_id)
)  # fmt: skip
# When those of each cohort that are judged now were asked, and by which roll calls (0: by none): one row each.
_ASKED = values(
    column("cohort", BigInteger), column("first_day", CheckIn.day.type), column("last_day", CheckIn.day.type),
    column("first", CheckIn.due_at.type), column("last", CheckIn.due_at.type),
    column("first_call", CheckIn.roll_call.type), column("last_call", CheckIn.roll_call.type), name="asked",
)  # fmt: skip
_IN_INCIDENTS = (
    select(Alert)
    .where(among(Alert.cohort_id, "cohorts"), Alert.resolved_at.is_(None), Alert.incident_id.is_not(None))
    .order_by(Alert.id)
    .with_for_update()
)

Miss = tuple[CheckIn, Severity]


def _others(session: Session, of_cohorts: Mapping[int, Sequence[Miss]], now: datetime, enough: int) -> dict[int, int]:
    """By cohort, how many of those who were asked together answered, or still have time; counted up to `enough`."""
    asked = _ASKED.data([_when_asked(cohort, misses) for cohort, misses in sorted(of_cohorts.items())]).cte("asked")
    with_them = (
        select(CheckIn.id)
        .where(CheckIn.placement_id == Placement.id,
               CheckIn.day.between(asked.c.first_day, asked.c.last_day),
               CheckIn.due_at.between(asked.c.first, asked.c.last),
               CheckIn.roll_call.between(asked.c.first_call, asked.c.last_call),
               or_(CheckIn.state == "answered", _WAITS & (CheckIn.deadline > now + SOON)))
        .correlate(asked, Placement)
        .offset(0)  # PostgreSQL would join, and read everybody's check-ins for a few hundred
    )  # fmt: skip
    some = select(Placement.id).where(Placement.cohort_id == asked.c.cohort, with_them.exists())
    many = select(func.count()).select_from(some.correlate(asked).limit(enough).subquery()).scalar_subquery()
    return {row.cohort: row.many for row in session.execute(select(asked.c.cohort, many.label("many")))}


def _when_asked(cohort: int, misses: Sequence[Miss]) -> tuple[int, date, date, datetime, datetime, int, int]:
    days, due = [row.day for row, _ in misses], [row.due_at for row, _ in misses]
    calls = [row.roll_call for row, _ in misses]
    return cohort, min(days), max(days), min(due) - WINDOW, max(due) + WINDOW, min(calls), max(calls)


def together(session: Session, misses: Sequence[tuple[int, Miss]], now: datetime) -> dict[int, Grouping]:
    """By cohort, what becomes of the misses that are judged now: (cohort id, (check-in, severity)).

    Cohorts that have an incident stay locked, so that two processes never make two of one.
    """
    by_cohort: dict[int, list[Miss]] = {}
    for cohort, miss in misses:
        by_cohort.setdefault(cohort, []).append(miss)
    soon = {"cohorts": list(by_cohort), "soon": now + SOON}
    missing = dict.fromkeys(by_cohort, 0)
    for cohort, many in (
        *rows(session, _SOON, **soon),
        *rows(session, _MISSED, cohorts=list(by_cohort), since=now - WINDOW),
    ):
        missing[cohort] += many
    many_enough = {cohort: by_cohort[cohort] for cohort, many in missing.items() if many >= AT_LEAST}
    # More than are missing is enough to know that it is no incident: a large cohort need not be counted whole.
    others = _others(session, many_enough, now, max(missing.values()) + 1) if many_enough else {}
    found = {
        cohort: grouping([severity for _, severity in of_cohort], missing[cohort], others.get(cohort, 0))
        for cohort, of_cohort in sorted(many_enough.items())
    }
    return {cohort: group for cohort, group in found.items() if group.amber}


def open_leaders(session: Session, cohorts: Iterable[int]) -> dict[int, Alert]:
    """The open incident of each of these cohorts, which are locked first."""
    wanted = sorted(cohorts)
    if not wanted:
        return {}
    session.execute(select(Cohort.id).where(Cohort.id.in_(wanted)).order_by(Cohort.id).with_for_update())
    return {row.cohort_id: row for row in session.scalars(_IN_INCIDENTS, {"cohorts": wanted}) if leads(row)}


def is_miss(reason: Reason) -> bool:
    """Is this a reason that a whole cohort may have at once?"""
    return reason in REASONS
