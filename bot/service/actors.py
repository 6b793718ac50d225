"""Who is acting: a person's roles as the permission mechanism sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.rules.permissions import Actor, Grant, Role
from bot.store.prepared import rows
from bot.store.tables import Cohort, Membership, Placement, Project

_MEMBERSHIPS = (
    select(
        Membership.id, Membership.role, Membership.person_id, Membership.cohort_id, Membership.project_id,
        Membership.organisation_id, Project.organisation_id.label("cohort_organisation_id"), Cohort.home_zone,
    )
    .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
    .outerjoin(Project, Project.id == Cohort.project_id)
    .where(Membership.person_id == bindparam("person"), Membership.ended_at.is_(None))
    .order_by(Membership.id)
)  # fmt: skip
_CHILDREN = select(Placement.id).where(Placement.guardian_id == bindparam("guardian"))


def actor_of(session: Session, person_id: int) -> tuple[Actor, Sequence[Any]]:
    """The person's grants, each with the scope it holds in, and the memberships behind them.

    These have id, role, cohort_id and the cohort's home_zone.
    """
    memberships = rows(session, _MEMBERSHIPS, person=person_id)
    return Actor(person_id, tuple(_grant(session, m) for m in memberships)), memberships


def _grant(session: Session, membership: Any) -> Grant:
    organisation = membership.organisation_id
    if membership.cohort_id is not None and organisation is None:
        organisation = membership.cohort_organisation_id
    stays: frozenset[int] = frozenset()
    if membership.role == Role.FAMILY:
        stays = frozenset(row.id for row in rows(session, _CHILDREN, guardian=membership.person_id))
    return Grant(
        role=Role(membership.role), membership_id=membership.id, organisation_id=organisation,
        project_id=membership.project_id, cohort_id=membership.cohort_id, placement_ids=stays,
    )  # fmt: skip
