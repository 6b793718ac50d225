"""Who is acting: a person's roles as the permission mechanism sees them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.rules.permissions import Actor, Grant, Role
from bot.store.tables import Cohort, Membership, Placement, Project


def actor_of(session: Session, person_id: int) -> tuple[Actor, tuple[Membership, ...]]:
    """The person's grants, each with the scope it holds in, and the memberships behind them."""
    memberships = tuple(
        session.scalars(select(Membership).where(Membership.person_id == person_id, Membership.ended_at.is_(None)))
    )
    if not memberships:
        return Actor(person_id), ()
    return Actor(person_id, tuple(_grant(session, m) for m in memberships)), memberships


def _grant(session: Session, membership: Membership) -> Grant:
    organisation = membership.organisation_id
    if membership.cohort_id is not None and organisation is None:
        organisation = _organisation_of_cohort(session, membership.cohort_id)
    stays: frozenset[int] = frozenset()
    if membership.role == Role.FAMILY:
        stays = frozenset(session.scalars(select(Placement.id).where(Placement.guardian_id == membership.person_id)))
    return Grant(
        role=Role(membership.role), membership_id=membership.id, organisation_id=organisation,
        project_id=membership.project_id, cohort_id=membership.cohort_id, placement_ids=stays,
    )  # fmt: skip


def _organisation_of_cohort(session: Session, cohort_id: int) -> int | None:
    return session.scalar(
        select(Project.organisation_id).join(Cohort, Cohort.project_id == Project.id).where(Cohort.id == cohort_id)
    )
