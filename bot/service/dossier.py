"""What a person woken at 3 a.m. needs to know about an alert, gathered from the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.flows.alert_screens import Dossier, SkippedPerson
from bot.flows.naming import town
from bot.flows.scene import Contact
from bot.rules.alert import Responder
from bot.service.contacts import contacts_of
from bot.service.stays import itinerary_of
from bot.store.tables import (
    Alert,
    AlertEvent,
    CheckIn,
    Cohort,
    Membership,
    Person,
    Placement,
    SharedPlace,
    TelegramAccount,
)


def dossier_of(
    session: Session, alert: Alert, placement: Placement, now: datetime,
    skipped: tuple[Responder, ...] = (), nobody_on_duty: bool = False, became_red: bool = False,
) -> Dossier:  # fmt: skip
    """Who, since when, where, whom to call, what has been done."""
    person = session.get_one(Person, placement.person_id)
    check_in = session.get(CheckIn, alert.check_in_id) if alert.check_in_id else None
    itinerary = itinerary_of(placement)
    account = session.scalars(
        select(TelegramAccount).where(TelegramAccount.person_id == person.id, TelegramAccount.revoked_at.is_(None))
    ).first()
    place = session.scalars(
        select(SharedPlace)
        .where(SharedPlace.person_id == person.id, SharedPlace.expires_at > now)
        .order_by(SharedPlace.at.desc())
        .limit(1)
    ).first()
    stage = itinerary.stage_at(now) if itinerary else "before"
    return Dossier(
        alert_id=alert.id, learner=f"{person.first_name} {person.last_name}".strip(), code=placement.code,
        cohort=session.scalars(select(Cohort.code).where(Cohort.id == placement.cohort_id)).one(),
        reason=alert.reason, severity=alert.severity, raised_at=alert.raised_at, now=now,
        zone=itinerary.zone_at(now) if itinerary else placement.home_zone,
        asked_at=check_in.delivered_at if check_in else None,
        reminded_at=check_in.reminder_delivered_at if check_in else None,
        last_active_at=account.last_active_at if account else None,
        city=town(placement.kit, placement.host_city) if stage == "during" else placement.home_city,
        country=placement.host_country if stage == "during" else placement.home_country,
        host_organisation=placement.host_organisation if stage == "during" else None,
        accommodation=placement.accommodation if stage == "during" else None,
        learner_phone=person.phone, contacts=_within_reach(contacts_of(session, placement.id), stage),
        at_home=stage != "during", said=alert.state.get("said"), said_at=_instant(alert.state.get("said_at")),
        taken_back=bool(alert.state.get("taken_back")),
        latitude=place.latitude if place else None, longitude=place.longitude if place else None,
        placed_at=place.at if place else None,
        skipped=tuple(SkippedPerson(_name(session, r.id), r.why or "unknown") for r in skipped),
        nobody_on_duty=nobody_on_duty, became_red=became_red, told=_told(session, alert),
        acknowledged_by=_name(session, alert.acknowledged_by) if alert.acknowledged_by else None,
        reopened=alert.state.get("reopened", 0) > 0,
        closed_by=_name(session, alert.state["set_aside"]) if alert.state.get("set_aside") else None,
    )  # fmt: skip


AT_THE_HOST = frozenset({"host", "tutor", "local_contact"})


def _within_reach(contacts: tuple[Contact, ...], stage: str) -> tuple[Contact, ...]:
    """Before and after the stay nobody at the host place can look after the learner."""
    return contacts if stage == "during" else tuple(c for c in contacts if c.role not in AT_THE_HOST)


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _name(session: Session, membership_id: int) -> str:
    person = session.scalars(
        select(Person).join(Membership, Membership.person_id == Person.id).where(Membership.id == membership_id)
    ).one()
    return f"{person.first_name} {person.last_name}".strip()


def _told(session: Session, alert: Alert) -> tuple[tuple[str, datetime], ...]:
    """Whom we told and when first, in order."""
    rows = session.execute(
        select(Person.first_name, Person.last_name, AlertEvent.at)
        .join(Person, Person.id == AlertEvent.person_id)
        .where(AlertEvent.alert_id == alert.id, AlertEvent.what == "told")
        .order_by(AlertEvent.id)
    )
    first: dict[str, datetime] = {}
    for first_name, last_name, at in rows:
        first.setdefault(f"{first_name} {last_name}".strip(), at)
    return tuple(first.items())
