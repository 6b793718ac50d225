"""What alerts and check-ins read and write about some stays: read in a few statements, written in a few.

One learner who asks for help and ten thousand who miss their check-in at one hour go through the same code: it works
on plain Python objects, the book fills them for all stays at once and writes what comes out at the end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, func, literal_column, or_, select
from sqlalchemy.orm import Session

from bot.clock import Itinerary, local_date
from bot.flows.dossier import Told
from bot.flows.scene import Contact
from bot.rules.alert import Ladder, Reason, Severity
from bot.rules.confiding import confided_ladder
from bot.rules.names import full_name
from bot.rules.pause import Pause
from bot.service import drafts
from bot.service.drafts import Draft
from bot.service.ladder import COHORTS, Staff, confidants_in, ladder_in, staff_of
from bot.service.pause_days import pauses_of
from bot.service.stays import itinerary_of
from bot.service.travel_views import current_rows
from bot.store.plain import columns_of, plain_row
from bot.store.prepared import among, rows
from bot.store.tables import (
    Alert,
    AlertEvent,
    CheckIn,
    Cohort,
    Membership,
    Person,
    Placement,
    SecondMessage,
    SharedPlace,
    TelegramAccount,
    Travel,
)
from bot.store.writing import insert_many, insert_or_ignore, reserve_ids

OPEN = Alert.resolved_at.is_(None)
_MANY = 20  # new alerts from which they are written as plain rows


@dataclass(frozen=True, slots=True)
class Learner:
    """The person of a stay, and their chat if they have one."""

    person_id: int
    first_name: str
    last_name: str
    phone: str | None
    chat_id: int | None
    last_active_at: datetime | None

    @property
    def name(self) -> str:
        return full_name(self)


_LEARNERS = (
    select(Person.id.label("person_id"), Person.first_name, Person.last_name, Person.phone, TelegramAccount.chat_id,
           TelegramAccount.last_active_at)
    .outerjoin(TelegramAccount, (TelegramAccount.person_id == Person.id) & TelegramAccount.revoked_at.is_(None))
    .where(among(Person.id, "people"))
)  # fmt: skip
_PLACES = (
    select(SharedPlace.person_id, SharedPlace.latitude, SharedPlace.longitude, SharedPlace.at)
    .where(among(SharedPlace.person_id, "people"), SharedPlace.expires_at > bindparam("now"))
    .order_by(SharedPlace.at)
)
_PARTNERS = (
    select(Placement.id, Person.first_name, Person.last_name, Person.phone, Person.erased_at)
    .join(Person, Person.id == Placement.person_id)
    .where(among(Placement.id, "placements"))
)
_ASKED = select(
    CheckIn.id, CheckIn.roll_call, CheckIn.due_at, CheckIn.delivered_at, CheckIn.reminder_delivered_at
).where(among(CheckIn.id, "check_ins"))
# The first of each kind only: an alert that nobody takes is told again and again, over days if need be.
_TOLD = (
    select(
        AlertEvent.alert_id,
        AlertEvent.what,
        func.min(AlertEvent.at).label("at"),
        Person.id.label("person_id"),
        Person.first_name,
        Person.last_name,
    )
    .join(Person, Person.id == AlertEvent.person_id)
    .where(
        among(AlertEvent.alert_id, "alerts"),
        AlertEvent.what.in_([literal_column(f"'{what}'") for what in ("told", "delivered", "not_delivered")]),
    )
    .group_by(AlertEvent.alert_id, AlertEvent.what, Person.id, Person.first_name, Person.last_name)
    .order_by(func.min(AlertEvent.id))
)


# A drill never mixes with the real thing, nor does what was confided to some.
_REAL = OPEN, Alert.reason != Reason.DRILL.value, Alert.confided.is_(False)
_INCIDENTS = select(Alert.incident_id).where(
    among(Alert.placement_id, "placements"), OPEN, Alert.incident_id.is_not(None)
)
# Those who share an incident with one of them, too: whoever leaves it changes it for all. In one order everywhere.
_OPEN_ALERTS = (
    select(Alert)
    .where(or_(among(Alert.placement_id, "placements"), Alert.incident_id.in_(_INCIDENTS)), *_REAL)
    .order_by(Alert.id)
    .with_for_update()
)
_MEMBERS = select(Alert).where(among(Alert.incident_id, "incidents"), OPEN).order_by(Alert.id).with_for_update()
_STAYS = select(Placement).where(among(Placement.id, "placements"))


class Book:
    """Lives within one transaction, for stays known from the start. Nothing is written before `write`."""

    def __init__(self, session: Session, now: datetime, placements: Iterable[Placement]) -> None:
        self.session, self.now = session, now
        self.placements = {placement.id: placement for placement in placements}
        self._alerts: dict[int, Alert] = {}
        self._new: list[Alert] = []
        self._ids: list[int] = []
        self._events: list[dict[str, Any]] = []
        self._drafts: list[Draft] = []
        self._second: list[dict[str, Any]] = []
        self._colleagues: dict[tuple[int, ...], tuple[Contact, ...]] = {}
        self._ladders: dict[tuple[int | None, ...], Ladder] = {}
        self._told: dict[int, dict[int, Told]] = {}  # by alert and person
        self._check_ins: dict[int, Any] = {}
        self._names: dict[int, str] = {}
        self._members: dict[int, int] = {}
        self._itineraries: dict[int, Itinerary | None] = {}
        self._phases: dict[Itinerary, tuple[str, str]] = {}
        self._days: dict[str, date] = {}
        self.directory: object = None  # of `bot.service.second_channel`, which reads it for all at once
        self._plain = False  # new alerts are written as plain rows

    # --- reading: each for all stays at once, when first asked for ---

    @cached_property
    def cohorts(self) -> Mapping[int, Cohort]:
        """By id."""
        wanted = {placement.cohort_id for placement in self.placements.values()}
        return {c.id: c for c in self.session.scalars(COHORTS, {"numbers": wanted})}

    @cached_property
    def staff(self) -> Staff:
        return staff_of(self.session, self.placements.values())

    @cached_property
    def learners(self) -> Mapping[int, Learner]:
        """By person id."""
        people = [placement.person_id for placement in self.placements.values()]
        return {row.person_id: Learner(*row) for row in rows(self.session, _LEARNERS, people=people)}

    @cached_property
    def places(self) -> Mapping[int, Any]:
        """The last location somebody shares now, by person id."""
        people = [placement.person_id for placement in self.placements.values()]
        return {row.person_id: row for row in rows(self.session, _PLACES, people=people, now=self.now)}

    @cached_property
    def pauses(self) -> Mapping[int, tuple[Pause, ...]]:
        """Pauses of check-ins by stay."""
        return pauses_of(self.session, self.placements)

    @cached_property
    def travels(self) -> Mapping[int, Travel]:
        """The journey of these days, by placement id."""
        return current_rows(self.session, self.placements, self.now)

    @cached_property
    def contacts(self) -> dict[tuple[str, int], Contact]:
        """Who was looked up already, by role and membership id."""
        return {}

    def colleagues(self, placement: Placement) -> tuple[Contact, ...]:
        """Everybody on the ladder of a stay, in its order; known once for all who have the same."""
        people = tuple(responder.id for responder in self.ladder(placement).everybody())
        if people not in self._colleagues:
            known = self.staff.memberships
            self._colleagues[people] = tuple(self._colleague(known[number]) for number in people if number in known)
        return self._colleagues[people]

    def _colleague(self, member: Membership) -> Contact:
        person = self.staff.people[member.person_id]
        return Contact(full_name(person), member.role, person.phone, person.id, person.id in self.staff.accounts)

    @cached_property
    def partners(self) -> Mapping[int, Any]:
        """Who travels with somebody of these stays, by placement id."""
        wanted = {p.partner_id for p in self.placements.values() if p.partner_id is not None}
        return {row.id: row for row in rows(self.session, _PARTNERS, placements=list(wanted))} if wanted else {}

    def ladder(self, placement: Placement) -> Ladder:
        """Who is told about this learner, as things are now."""
        named = (placement.referent_id, placement.backup_id, placement.local_contact_id)
        # Who looks after others is left out of their own ladder, and so is whom a case names; all else share it.
        alone = placement.person_id in self.staff.people or placement.id in self.staff.hidden
        key = (placement.cohort_id, *named, placement.person_id if alone else None)
        if key not in self._ladders:
            self._ladders[key] = ladder_in(self.staff, placement, self.now)
        return self._ladders[key]

    def confided_ladder(self, alert: Alert) -> Ladder:
        """Who hears of what a learner confided: whom they chose, then who looks after safeguarding."""
        placement, chosen = self.placements[alert.placement_id], alert.state.get("chosen", ())
        known = confidants_in(self.staff, placement, chosen, self.now)
        return confided_ladder(known, chosen, self.staff.leads.get(placement.cohort_id, ()))

    def in_place(self, placement: Placement) -> frozenset[int]:
        """Person ids of who is on the ladder only in place of somebody whom a case names: others must not see that."""
        if placement.id not in self.staff.hidden:
            return frozenset()
        serving = self.staff.serving
        people = {serving[m].person_id for m in self.staff.leads.get(placement.cohort_id, ())}
        ladder = {placement.referent_id, placement.backup_id, placement.local_contact_id}
        ladder |= set(self.staff.last_rung.get(placement.cohort_id, ()))
        return frozenset(people - {serving[m].person_id for m in ladder if m is not None and m in serving})

    def hidden(self, placement_id: int) -> frozenset[int]:
        """Person ids who see no alert about this stay: an open case names them."""
        return self.staff.hidden.get(placement_id, frozenset())

    def itinerary(self, placement: Placement) -> Itinerary | None:
        """The dates and zones of one of the stays."""
        if placement.id not in self._itineraries:
            self._itineraries[placement.id] = itinerary_of(placement)
        return self._itineraries[placement.id]

    def phase(self, itinerary: Itinerary) -> tuple[str, str]:
        """Before, during or after, and the zone that holds: the same for all who travel together."""
        if itinerary not in self._phases:
            self._phases[itinerary] = itinerary.stage_at(self.now), itinerary.zone_at(self.now)
        return self._phases[itinerary]

    def today(self, zone: str) -> date:
        """The date in a zone now."""
        if zone not in self._days:
            self._days[zone] = local_date(self.now, zone)
        return self._days[zone]

    def member_name(self, membership_id: int) -> str:
        """First and last name of whoever holds a membership."""
        if membership_id not in self._names:
            person = self._staff_person(membership_id)
            self._names[membership_id] = full_name(person)
        return self._names[membership_id]

    def member_person(self, membership_id: int) -> int:
        """The person who holds a membership."""
        if membership_id not in self._members:
            self._members[membership_id] = self._staff_person(membership_id).id
        return self._members[membership_id]

    def _staff_person(self, membership_id: int) -> Person:
        member = self.staff.memberships.get(membership_id)
        if member is not None:
            return self.staff.people[member.person_id]
        # Told before, and off every ladder since.
        return self.session.get_one(Person, self.session.get_one(Membership, membership_id).person_id)

    def chat_of(self, person_id: int) -> int | None:
        """The live chat of a learner of these stays or of their staff."""
        if person_id in self.learners:
            return self.learners[person_id].chat_id
        if person_id in self.staff.people:
            account = self.staff.accounts.get(person_id)
            return account.chat_id if account else None
        return drafts.chat_of(self.session, person_id)

    def writes_to(self, person_id: int) -> bool:
        """Has this member of staff a chat that has not blocked the bot?"""
        account = self.staff.accounts.get(person_id)
        return account is not None and account.blocked_at is None

    def asked(self, check_in_id: int) -> Any:
        """When a check-in was due, delivered and reminded of, and whether it was a roll call."""
        if check_in_id not in self._check_ins:
            wanted = {a.check_in_id for a in self._alerts.values() if a.check_in_id is not None} | {check_in_id}
            found = rows(self.session, _ASKED, check_ins=list(wanted - self._check_ins.keys()))
            self._check_ins |= {row.id: row for row in found}
        return self._check_ins[check_in_id]

    def has_asked(self, check_in: Any) -> None:
        """A check-in that is at hand needs no reading."""
        self._check_ins[check_in.id] = check_in

    # --- alerts ---

    def hold(self, alerts: Iterable[Alert]) -> None:
        """These alerts are locked by the caller and are worked on."""
        self._alerts |= {alert.id: alert for alert in alerts}

    def alert(self, alert_id: int) -> Alert:
        """One of the alerts at hand."""
        return self._alerts[alert_id]

    def alert_ids(self) -> set[int]:
        """Those of the alerts at hand."""
        return set(self._alerts)

    def open_alerts(self, placement_id: int) -> list[Alert]:
        """The open real alerts of one of the stays, oldest first, locked until the end of the transaction; not those
        that the learner confided to some."""
        return self._open.get(placement_id, [])

    @cached_property
    def _open(self) -> dict[int, list[Alert]]:
        found = self.session.scalars(_OPEN_ALERTS, {"placements": list(self.placements)}).all()
        self.take_in(found)
        by_placement: dict[int, list[Alert]] = {}
        for alert in found:
            by_placement.setdefault(alert.placement_id, []).append(alert)
        return by_placement

    def members(self, incident_id: int | None) -> list[Alert]:
        """The alerts at hand that belong to an incident, oldest first."""
        return sorted((a for a in self._alerts.values() if a.incident_id == incident_id), key=lambda a: a.id)

    def take_in(self, alerts: Iterable[Alert]) -> None:
        """Alerts of further stays, locked by the caller; what was read before is read again for all."""
        found = list(alerts)
        self.hold(found)
        missing = {alert.placement_id for alert in found} - self.placements.keys()
        if missing:
            stays = self.session.scalars(_STAYS, {"placements": list(missing)})
            self.placements |= {placement.id: placement for placement in stays}
            for name in ("cohorts", "staff", "learners", "places", "partners", "pauses", "travels", "contacts"):
                self.__dict__.pop(name, None)
            self._ladders.clear()
            self._colleagues.clear()

    def expect(self, many: int) -> None:
        """So many new alerts may follow: their numbers are taken at once, and many are written as plain rows."""
        self._ids += reserve_ids(self.session, Alert, many)
        self._plain = many >= _MANY

    def new_alert(
        self, placement: Placement, reason: Reason, severity: Severity, check_in_id: int | None,
        *, chosen: Sequence[int] | None = None,
    ) -> Alert:  # fmt: skip
        """An alert that is about to be raised; `chosen`: confided to these, and no others will hear of it."""
        if not self._ids:
            self.expect(1)
        values: dict[str, Any] = {
            "id": self._ids.pop(0), "placement_id": placement.id, "cohort_id": placement.cohort_id,
            "check_in_id": check_in_id, "reason": reason.value, "severity": severity.value, "level": 0,
            "raised_at": self.now, "confided": chosen is not None,
            "state": {"told": [], "new": True, **({"chosen": list(chosen)} if chosen is not None else {})},
        }  # fmt: skip
        alert = plain_row(Alert, **values) if self._plain else Alert(**values)
        self._new.append(alert)
        self._told[alert.id] = {}
        self._alerts[alert.id] = alert
        if chosen is None:
            self._open.setdefault(placement.id, []).append(alert)
        return alert

    # --- the trail ---

    def note(self, alert_id: int, what: str, person_id: int | None = None, **detail: Any) -> None:
        """A line of an alert's trail."""
        self._events.append(
            {"alert_id": alert_id, "at": self.now, "what": what, "person_id": person_id, "detail": detail}
        )

    def note_told(self, alert_id: int, membership_id: int) -> None:
        """The trail's most important line: this person was told."""
        person = self.member_person(membership_id)
        self.note(alert_id, "told", person)
        self._told_of(alert_id).setdefault(person, Told(self.member_name(membership_id), self.now))

    def note_not_delivered(self, alert_id: int, membership_id: int) -> None:
        """The message did not reach this person."""
        person, told = self.member_person(membership_id), self._told_of(alert_id)
        self.note(alert_id, "not_delivered", person)
        if person in told and told[person].delivered_at is None:
            told[person] = replace(told[person], failed=True)

    def told(self, alert_id: int, without: Collection[int] = ()) -> tuple[Told, ...]:
        """Whom we told and when first, in order; `without` these person ids."""
        return tuple(told for person, told in self._told_of(alert_id).items() if person not in without)

    def _told_of(self, alert_id: int) -> dict[int, Told]:
        if alert_id not in self._told:
            wanted = [number for number in {*self._alerts, alert_id} if number not in self._told]
            self._told |= {number: {} for number in wanted}
            self._told |= self._read_told(wanted)
        return self._told[alert_id]

    def _read_told(self, wanted: list[int]) -> dict[int, dict[int, Told]]:
        found: dict[int, dict[int, Told]] = {}
        for row in rows(self.session, _TOLD, alerts=wanted) if wanted else ():
            who, of_alert = row.person_id, found.setdefault(row.alert_id, {})
            known = of_alert.get(who)
            if known is None:
                of_alert[who] = Told(full_name(row), row.at)
            elif row.what == "delivered":
                of_alert[who] = replace(known, delivered_at=row.at, failed=False)
            elif row.what == "not_delivered" and known.delivered_at is None:
                of_alert[who] = replace(known, failed=True)
        return found

    # --- writing ---

    def send(self, draft: Draft) -> None:
        """A message that goes out with the rest."""
        self._drafts.append(draft)

    def send_otherwise(self, messages: Iterable[dict[str, Any]]) -> None:
        """Messages of the second channels that go out with the rest."""
        self._second += messages

    def otherwise(self) -> Sequence[dict[str, Any]]:
        """Messages of the second channels that are not written yet."""
        return self._second

    def write(self) -> None:
        """Everything into the database, in a few statements; the book may go on being used."""
        new, self._new = self._new, []
        events, self._events = self._events, []
        queued, self._drafts = self._drafts, []
        second, self._second = self._second, []
        # Whoever asked for a single one may go on changing it.
        self.session.add_all([alert for alert in new if isinstance(alert, Alert)])
        self.session.flush()
        insert_many(self.session, Alert, [columns_of(alert) for alert in new if not isinstance(alert, Alert)])
        insert_many(self.session, AlertEvent, events)
        drafts.queue(self.session, queued, self.now)
        insert_or_ignore(self.session, SecondMessage, second)


def book_of(session: Session, now: datetime, alerts: Sequence[Alert]) -> Book:
    """A book on the stays of these alerts, which the caller has locked, and of those that share an incident."""
    book = Book(session, now, ())
    book.take_in(alerts)
    book.take_in(members_of(session, {alert.incident_id for alert in alerts if alert.incident_id is not None}))
    return book


def members_of(session: Session, leaders: Collection[int]) -> Sequence[Alert]:
    """The open alerts of these incidents, locked, oldest first: the oldest leads."""
    if not leaders:
        return ()
    return session.scalars(_MEMBERS, {"incidents": list(leaders)}).all()
