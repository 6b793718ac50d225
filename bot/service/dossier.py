"""What a person woken at 3 a.m. needs to know about an alert, gathered from the book."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from bot.clock import ONE_DAY
from bot.content.loader import Library
from bot.flows.call_list import ON_THE_SPOT, Help, to_dial
from bot.flows.dossier import Dossier, SkippedPerson
from bot.flows.naming import town
from bot.flows.scene import Contact
from bot.rules.kit_answer import EmergencyNumber, emergency_numbers_in
from bot.rules.names import full_name
from bot.rules.travel_days import Direction
from bot.service.book import Book
from bot.service.contacts import assistance_of, by_telephone, once
from bot.service.open_cases import named_roles
from bot.service.travel_views import clock_of, view_of
from bot.store.tables import Alert, Placement


def dossier_of(
    book: Book, alert: Alert, library: Library, nobody_on_duty: bool = False,
    became_red: bool = False,
) -> Dossier:  # fmt: skip
    """Who, since when, where, whom to call, what has been done."""
    now, placement = book.now, book.placements[alert.placement_id]
    person, place = book.learners[placement.person_id], book.places.get(placement.person_id)
    check_in = book.asked(alert.check_in_id) if alert.check_in_id else None
    itinerary = book.itinerary(placement)
    stage, zone = book.phase(itinerary) if itinerary else ("before", placement.home_zone)
    trip = book.travels.get(placement.id)
    at_host = stage == "during"
    if trip is not None and trip.state != ARRIVED:
        stage = "during"  # on the way: those at both ends may know something
        at_host = at_host if trip.left_at else trip.direction == Direction.BACK.value  # where the journey begins
    country = placement.host_country if at_host else placement.home_country or placement.host_country
    contacts, colleagues = _people(book, alert, placement, stage)
    lapsed = alert.state.get("lapsed") or (None, None)
    return Dossier(
        alert_id=alert.id, learner=person.name, code=placement.code,
        cohort=book.staff.cohorts[placement.cohort_id].code,
        reason=alert.reason, severity=alert.severity, raised_at=alert.raised_at, now=now,
        zone=zone,
        asked_at=check_in.delivered_at if check_in else None,
        reminded_at=check_in.reminder_delivered_at if check_in else None,
        roll_call=check_in.due_at if check_in and check_in.roll_call else None,
        last_active_at=person.last_active_at,
        city=town(placement.kit, placement.host_city) if at_host else placement.home_city,
        travel=view_of(trip, placement) if trip is not None and trip.state != ARRIVED else None,
        country=placement.host_country if at_host else placement.home_country,
        host_organisation=placement.host_organisation if stage == "during" else None,
        accommodation=placement.accommodation if stage == "during" else None,
        learner_phone=person.phone, contacts=contacts,
        help=_help(placement, library, stage, country, colleagues), clock=clock_of(placement, zone),
        at_home=not at_host, said=alert.state.get("said"), said_at=_instant(alert.state.get("said_at")),
        taken_back=bool(alert.state.get("taken_back")), danger_at=_instant(alert.state.get("danger_at")),
        latitude=place.latitude if place else None, longitude=place.longitude if place else None,
        placed_at=place.at if place else None,
        skipped=_skipped(book, alert),
        nobody_on_duty=nobody_on_duty, became_red=became_red, 
        told=book.told(alert.id, without=book.in_place(placement)),
        acknowledged_by=book.member_name(alert.acknowledged_by) if alert.acknowledged_by else None,
        reopened=alert.state.get("reopened", 0) > 0,
        lapsed_by=book.member_name(lapsed[0]) if lapsed[0] is not None else None, lapsed_since=_instant(lapsed[1]),
        closed_by=book.member_name(alert.state["set_aside"]) if alert.state.get("set_aside") else None,
        paused=_paused(book, placement, zone), confided=alert.confided, incident=alert.incident_id,
        also=tuple(alert.state.get("also", ())),
    )  # fmt: skip


ARRIVED = "arrived"
AT_THE_HOST = frozenset({"host", "tutor", "local_contact"})
AT_THE_COMPANY = frozenset({"host", "tutor"})  # one telephone: where a case names one of them, neither is called


def _people(
    book: Book, alert: Alert, placement: Placement, stage: str
) -> tuple[tuple[Contact, ...], tuple[Contact, ...]]:  # fmt: skip
    """Those around the stay who can do something, and who else may be told of it, each person once; of what was
    confided, only whom the learner chose."""
    if alert.confided:
        chosen = {book.member_person(int(m)) for m in alert.state.get("chosen", ())}
        return tuple(c for c in _contacts(book, placement) if c.person_id in chosen), ()
    hidden = book.in_place(placement)  # their number would say that there is a case
    told = tuple(c for c in book.colleagues(placement) if c.person_id not in hidden)
    along = tuple(c for c in told if c.role == "accompanying") if stage == "during" else ()
    contacts = (*_within_reach(_contacts(book, placement), stage), *along)
    there = {c.person_id for c in contacts if c.role in ON_THE_SPOT and c.phone} | {placement.person_id}
    return contacts, tuple(c for c in told if c.phone and c.person_id not in there)


def _skipped(book: Book, alert: Alert) -> tuple[SkippedPerson, ...]:
    """Who was passed over and has not been told since, each with the newest reason."""
    told, passed = alert.state.get("told", ()), alert.state.get("skipped") or {}
    hidden = book.in_place(book.placements[alert.placement_id])
    return tuple(
        SkippedPerson(book.member_name(int(who)), why or "unknown")
        for who, why in passed.items()
        if int(who) not in told and book.member_person(int(who)) not in hidden
    )


def _help(
    placement: Placement, library: Library, stage: str, country: str | None, colleagues: tuple[Contact, ...]
) -> Help:  # fmt: skip
    numbers = _numbers(library, country) if country else ()
    abroad = stage == "during"
    nothing = {
        "host": abroad and not placement.host_phone,
        "accommodation": abroad and not placement.accommodation,
        "family": not placement.guardian_phone and not placement.emergency_contact_phone,
        "emergency": not numbers,
    }
    return Help(colleagues, country, numbers, abroad, tuple(what for what, lacks in nothing.items() if lacks))


@lru_cache(maxsize=64)
def _numbers(library: Library, country: str) -> tuple[EmergencyNumber, ...]:
    return to_dial(emergency_numbers_in(library, country))


def _within_reach(contacts: tuple[Contact, ...], stage: str) -> tuple[Contact, ...]:
    """Before and after the stay nobody at the host place can look after the learner."""
    return contacts if stage == "during" else tuple(c for c in contacts if c.role not in AT_THE_HOST)


def _paused(book: Book, placement: Placement, zone: str) -> tuple[date, date] | None:
    """The days of a pause of check-ins that holds today, or held yesterday: why nobody asked."""
    pauses = book.pauses.get(placement.id)
    if not pauses:
        return None
    today = book.today(zone)
    holding = (p for p in pauses if p.covers(today) or p.covers(today - ONE_DAY))
    return next(((p.first, p.ends) for p in holding), None)


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _contacts(book: Book, placement: Placement) -> tuple[Contact, ...]:
    """Everybody around the stay, as `bot.service.contacts` lists them, from what the book has loaded."""
    found = [
        _member(book, role, membership_id)
        for role, membership_id in (
            ("referent", placement.referent_id),
            ("backup", placement.backup_id),
            ("local_contact", placement.local_contact_id),
        )
        if membership_id is not None
    ]
    hidden, around = book.hidden(placement.id), by_telephone(placement)
    found = [contact for contact in found if contact.person_id not in hidden]
    if placement.id in book.staff.hidden and named_roles(book.session, placement.id) & AT_THE_COMPANY:
        around = tuple(contact for contact in around if contact.role not in AT_THE_COMPANY)
    if placement.partner_id is not None:
        partner = book.partners[placement.partner_id]
        if partner.erased_at is None:
            found.append(Contact(full_name(partner), "partner", partner.phone))
    return (*once(found), *around, *assistance_of(book.staff.cohorts[placement.cohort_id]))


def _member(book: Book, role: str, membership_id: int) -> Contact:
    found = book.contacts.get((role, membership_id))
    if found is None:
        person = book.staff.people[book.staff.memberships[membership_id].person_id]
        name = full_name(person)
        linked = person.id in book.staff.accounts
        found = Contact(name, role, person.phone, person.id, linked, linked and not book.writes_to(person.id))
        book.contacts[role, membership_id] = found
    return found
