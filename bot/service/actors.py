"""Who is acting: a person's roles as the permission mechanism sees them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.rules.permissions import Actor, Grant, Role
from bot.service.sending import SENDING
from bot.store.prepared import among, rows
from bot.store.tables import Cohort, Membership, Placement, Project

_MEMBERSHIPS = (
    select(
        Membership.id, Membership.role, Membership.person_id, Membership.cohort_id, Membership.project_id,
        Membership.organisation_id, SENDING.label("cohort_organisation_id"), Cohort.home_zone,
    )
    .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
    .outerjoin(Project, Project.id == Cohort.project_id)
    .where(among(Membership.person_id, "people"), Membership.ended_at.is_(None))
    .order_by(Membership.id)
)  # fmt: skip
_CHILDREN = select(Placement.guardian_id, Placement.id).where(among(Placement.guardian_id, "guardians"))
_TUTORED = select(Placement.tutor_id, Placement.id).where(among(Placement.tutor_id, "tutors"))


def actor_of(session: Session, person_id: int) -> tuple[Actor, Sequence[Any]]:
    """The person's grants, each with the scope it holds in, and the memberships behind them.

    These have id, role, cohort_id and the cohort's home_zone.
    """
    return actors_of(session, (person_id,))[person_id]


def actors_of(session: Session, people: Collection[int]) -> dict[int, tuple[Actor, Sequence[Any]]]:
    """The same for many people in one read, two where there are families or tutors."""
    memberships: dict[int, list[Any]] = {person_id: [] for person_id in people}
    for row in rows(session, _MEMBERSHIPS, people=people):
        memberships[row.person_id].append(row)
    families = [p for p, held in memberships.items() if any(m.role == Role.FAMILY for m in held)]
    children: dict[int, set[int]] = {}
    for guardian, placement in rows(session, _CHILDREN, guardians=families) if families else ():
        children.setdefault(guardian, set()).add(placement)
    tutors = [m.id for held in memberships.values() for m in held if m.role == Role.HOST_TUTOR]
    tutored: dict[int, set[int]] = {}
    for tutor, placement in rows(session, _TUTORED, tutors=tutors) if tutors else ():
        tutored.setdefault(tutor, set()).add(placement)
    return {
        person_id: (Actor(person_id, tuple(_grant(m, children, tutored) for m in held)), held)
        for person_id, held in memberships.items()
    }


def _grant(
    membership: Any, children: Mapping[int, Collection[int]], tutored: Mapping[int, Collection[int]]
) -> Grant:  # fmt: skip
    organisation = membership.organisation_id
    if membership.cohort_id is not None and organisation is None:
        organisation = membership.cohort_organisation_id
    match membership.role:
        case Role.FAMILY:
            stays = frozenset(children.get(membership.person_id, ()))
        case Role.HOST_TUTOR:
            stays = frozenset(tutored.get(membership.id, ()))
        case _:
            stays = frozenset()
    return Grant(
        role=Role(membership.role), membership_id=membership.id, organisation_id=organisation,
        project_id=membership.project_id, cohort_id=membership.cohort_id, placement_ids=stays,
    )  # fmt: skip
