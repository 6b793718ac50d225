"""What open cases and confided alerts mean for everything else: who is left out, and who may be written to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from bot.flows.scene import Contact
from bot.rules.names import full_name
from bot.store.prepared import among, first, rows
from bot.store.tables import Alert, Case, Membership, Person, Placement, Relay, TelegramAccount

TUTORS = ("tutor", "host_tutor")

_NAMED = select(Case.placement_id, Case.named_id, Case.named_role).where(
    among(Case.placement_id, "placements"), Case.closed_at.is_(None)
)
_TOLD = select(Case.told).where(Case.placement_id == bindparam("placement"), Case.closed_at.is_(None))
_CONFIDED = select(Alert.state).where(
    Alert.placement_id == bindparam("placement"), Alert.confided.is_(True), Alert.resolved_at.is_(None)
)
_WROTE = select(Relay.from_id).where(Relay.placement_id == bindparam("placement"), Relay.to_id == bindparam("person"))
_PEOPLE = (
    select(Membership.id, Membership.role, Person.id.label("person_id"), Person.first_name, Person.last_name,
           Person.phone, TelegramAccount.id.label("account_id"))
    .join(Person, Person.id == Membership.person_id)
    .outerjoin(TelegramAccount, (TelegramAccount.person_id == Person.id) & TelegramAccount.revoked_at.is_(None))
    .where(among(Membership.id, "memberships"), Membership.ended_at.is_(None), Person.erased_at.is_(None))
    .order_by(Membership.id)
)  # fmt: skip
_OF_COHORT = select(Case.placement_id).where(Case.placement_id == bindparam("placement"), Case.closed_at.is_(None))


def hidden_people(session: Session, placements: Collection[int]) -> dict[int, frozenset[int]]:
    """Person ids who are named in an open case, by placement: they see no alert about that learner."""
    found: dict[int, set[int]] = {}
    for row in rows(session, _NAMED, placements=placements) if placements else ():
        found.setdefault(row.placement_id, set()).update({row.named_id} - {None})
    return {placement: frozenset(people) for placement, people in found.items()}


def named_roles(session: Session, placement_id: int) -> frozenset[str]:
    """Roles named in an open case of a stay, such as host: nobody is told to call them about an alert."""
    return frozenset(row.named_role for row in rows(session, _NAMED, placements=[placement_id]))


def is_open(session: Session, placement_id: int) -> bool:
    """Is there an open case about this stay?"""
    return first(session, _OF_COHORT, placement=placement_id) is not None


def seal(session: Session, person: Person, members: Collection[int]) -> None:
    """Somebody is about to be erased: where an open case names them, it keeps how to find them, for its readers alone.

    Those of a company are named by their part; a tutor with a chat is who stands in the stay."""
    at_work = Case.named_id.is_(None) & Case.named_role.in_(TUTORS) & Placement.tutor_id.in_(members)
    named = (
        select(Case).join(Placement, Placement.id == Case.placement_id)
        .where(Case.closed_at.is_(None), or_(Case.named_id == person.id, at_work))
    )  # fmt: skip
    for case in session.scalars(named):
        case.named_sealed = {"name": full_name(person), "phone": person.phone, "email": person.email}


def named_in(case: Case, placement: Placement, person: Person | None) -> str:
    """Who a case is about, for whoever may read it."""
    if case.named_sealed:
        return ", ".join(str(value) for value in case.named_sealed.values() if value)
    at_company = placement.host_organisation if case.named_role == "host" else placement.tutor_name
    return full_name(person) if person is not None else at_company or "–"


def trusted(session: Session, placement_id: int) -> frozenset[int]:
    """Membership ids of who was told of an open case or of something the learner confided."""
    told = {int(m) for row in rows(session, _TOLD, placement=placement_id) for m in row.told}
    for row in rows(session, _CONFIDED, placement=placement_id):
        told |= {int(m) for m in row.state.get("told", ())}
    return frozenset(told)


def trusted_contacts(session: Session, memberships: Iterable[int]) -> tuple[Contact, ...]:
    """The same as people who can be written to."""
    wanted = sorted(set(memberships))
    return tuple(
        Contact(full_name(row), row.role, row.phone, row.person_id,
                row.account_id is not None)
        for row in (rows(session, _PEOPLE, memberships=wanted) if wanted else ())
    )  # fmt: skip


def correspondents(session: Session, placement_id: int, learner: int) -> frozenset[int]:
    """Person ids whom a learner may write to beside their contact persons: whom they trusted, who wrote to them."""
    wrote = {row.from_id for row in rows(session, _WROTE, placement=placement_id, person=learner)}
    return frozenset(wrote | {c.person_id or 0 for c in trusted_contacts(session, trusted(session, placement_id))})


def for_learners(session: Session, contacts: Mapping[int, tuple[Contact, ...]]) -> dict[int, tuple[Contact, ...]]:
    """The contacts of stays as their learners are shown them: nobody whom an open case names, and who has the case.

    One read, and two more for each stay that has a case.
    """
    named: dict[int, list[Any]] = {}
    for row in rows(session, _NAMED, placements=contacts) if contacts else ():
        named.setdefault(row.placement_id, []).append(row)
    return {
        placement: _without(session, placement, found, named[placement]) if placement in named else found
        for placement, found in contacts.items()
    }


def _without(
    session: Session, placement_id: int, contacts: tuple[Contact, ...], named: Sequence[Any]
) -> tuple[Contact, ...]:
    people, roles = {row.named_id for row in named} - {None}, {row.named_role for row in named}
    kept = tuple(c for c in contacts if c.person_id not in people and (c.person_id or c.role not in roles))
    told = {int(m) for row in rows(session, _TOLD, placement=placement_id) for m in row.told}
    known = {c.person_id for c in kept}
    in_place = any(c.person_id in people for c in contacts)  # on the ladder, too, for whom the case names
    leads = (
        replace(c, role="safeguarding", alerted=in_place)
        for c in trusted_contacts(session, told) if c.person_id not in known
    )  # fmt: skip
    return (*kept, *leads)
