"""Who hears of it when somebody leaves: an erased learner or contact person, an unlinked chat, a yes taken back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.flows import kept, learners
from bot.flows.scene import Stay
from bot.flows.vocabulary import Kind, Screen
from bot.service import drafts, invites, notices
from bot.service.contacts import contact_person
from bot.service.stays import stays_of
from bot.store.tables import Consent, Membership, Person, Placement

LOOK_AFTER = ("referent", "coordinator", "local_contact")

Notices = list[tuple[int, Screen]]  # person id and what they read


def of_erased(session: Session, person_id: int, now: datetime) -> Notices:
    """What others have to read once this person is erased; asked before, for afterwards nothing is known any more."""
    told: Notices = []
    for stay in stays_of(session, person_id, now):
        if stay.stage == "during" and not stay.ended:
            placement = session.get_one(Placement, stay.placement_id)
            told += [(to, learners.erased(stay.code)) for to in _around(session, placement, person_id)]
    codes: dict[int, list[str]] = {}
    for placement in _looked_after(session, person_id, now):
        for to in _around(session, placement, person_id):
            codes.setdefault(to, []).append(placement.code)
    return told + [(to, learners.take_over(sorted(of_them))) for to, of_them in sorted(codes.items())]


def _looked_after(session: Session, person_id: int, now: datetime) -> list[Placement]:
    """Stays that are not over and have this person as referent, backup or local contact."""
    mine = select(Membership.id).where(Membership.person_id == person_id, Membership.ended_at.is_(None))
    named = or_(Placement.referent_id.in_(mine), Placement.backup_id.in_(mine), Placement.local_contact_id.in_(mine))
    lasts = or_(Placement.return_date.is_(None), Placement.return_date >= now.date())
    people = select(Person.id).where(Person.erased_at.is_(None))
    return list(session.scalars(select(Placement).where(named, lasts, Placement.person_id.in_(people))))


def _around(session: Session, placement: Placement, leaving: int) -> list[int]:
    """Person ids of those who look after a stay and have a chat; where there is none, of the cohort's others."""
    named = [m for m in (placement.referent_id, placement.backup_id, placement.local_contact_id) if m is not None]
    cohort = (Membership.cohort_id == placement.cohort_id) & Membership.role.in_(LOOK_AFTER)
    for where in (Membership.id.in_(named), cohort):
        members = session.scalars(
            select(Membership.person_id).where(
                where, Membership.ended_at.is_(None), Membership.person_id.not_in((leaving, placement.person_id))
            )
        )
        found = sorted({to for to in members if drafts.chat_of(session, to) is not None})
        if found:
            return found
    return []


def tell(session: Session, told: Notices, now: datetime) -> None:
    """Queue the notices."""
    for to, shown in told:
        notices.notify(session, to, shown, now=now)


def unlink(session: Session, person_id: int, now: datetime) -> None:
    """Disconnect a learner's chat, which reads so once. Somebody else had it: their yes is not the learner's."""
    person = session.get_one(Person, person_id)
    chats = invites.unlink(session, person_id, now)
    gone = [drafts.Draft(chat, learners.disconnected(), Kind.NOTICE, language=person.language) for chat in chats]
    drafts.queue(session, gone, now)
    person.onboarded_at = None
    session.execute(
        update(Consent)
        .where(Consent.person_id == person_id, Consent.given_by == "self", Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
        .execution_options(synchronize_session=False)
    )


def stopped_by_guardian(session: Session, placement_id: int, now: datetime) -> Notices:
    """What learner and referent read when a guardian takes back the yes that the journey needs; asked before."""
    placement = session.get_one(Placement, placement_id)
    stay = next((s for s in stays_of(session, placement.person_id, now) if s.placement_id == placement_id), None)
    if stay is None or not (stay.minor and stay.guardian_consented):
        return []
    return [(stay.person_id, learners.guardian_stopped()), *_referent_of(session, placement, stay)]


def yes_gone(session: Session, person_id: int, now: datetime) -> Notices:
    """What contact persons read when a learner who is abroad takes back the yes, or says no; asked before."""
    return [
        (to, kept.yes_gone(stay.learner, stay.code, before=stay.consented))
        for stay in stays_of(session, person_id, now)
        if stay.stage == "during" and not stay.ended and not stay.refused
        and (to := contact_person(session, session.get_one(Placement, stay.placement_id))) is not None
    ]  # fmt: skip


def _referent_of(session: Session, placement: Placement, stay: Stay) -> Notices:
    to = contact_person(session, placement)
    if to is None:
        return []
    return [(to, learners.guardian_took_back(stay.learner))]
