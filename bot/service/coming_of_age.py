"""A learner turns 18 during the stay: what their family had a part in is theirs alone from then on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.flows import kept as talk
from bot.service import kept, notices
from bot.service.audit import note
from bot.service.stays import is_minor, today_of
from bot.store.tables import Invite, Membership, Person, Placement, Walk, WalkStep


def look(session: Session, cohort_id: int, now: datetime) -> None:
    """End the family's part in the stays of a cohort whose learners have come of age."""
    rows = session.execute(
        select(Placement, Person)
        .join(Person, Person.id == Placement.person_id)
        .where(Placement.cohort_id == cohort_id, Placement.guardian_id.is_not(None), Person.erased_at.is_(None),
               Person.birth_date.is_not(None))
    ).all()  # fmt: skip
    for placement, learner in rows:
        if not is_minor(learner.birth_date, today_of(placement, now), placement.status):
            _end(session, placement, learner, now)


def _end(session: Session, placement: Placement, learner: Person, now: datetime) -> None:
    family = placement.guardian_id
    assert family is not None
    notices.notify(session, learner.id, talk.of_age(), now=now, key=f"of_age:{placement.id}")
    notices.notify(
        session, family, talk.of_age_family(learner.first_name), now=now, key=f"of_age:family:{placement.id}"
    )
    for column in kept.GUARDIAN:
        setattr(placement, column, None)
    placement.guardian_by_phone = False
    session.flush()
    _stop_walks(session, family, placement)
    others = select(Placement.id).where(Placement.guardian_id == family, Placement.cohort_id == placement.cohort_id)
    if session.scalar(others.limit(1)) is None:
        mine = (Membership.person_id == family) & (Membership.cohort_id == placement.cohort_id)
        session.execute(
            update(Membership).where(mine, Membership.role == "family", Membership.ended_at.is_(None))
            .values(ended_at=now)
        )  # fmt: skip
        session.execute(
            update(Invite)
            .where(Invite.person_id == family, Invite.cohort_id == placement.cohort_id, Invite.role == "family",
                   Invite.token.is_not(None))
            .values(token=None, revoked_at=now)
        )  # fmt: skip
    note(session, None, "of_age", learner.id, now)


def _stop_walks(session: Session, family: int, placement: Placement) -> None:
    walks = select(Walk.id).where(Walk.person_id == family, Walk.placement_id == placement.id)
    session.execute(
        update(WalkStep).where(WalkStep.walk_id.in_(walks), WalkStep.state == "planned").values(state="skipped")
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    session.execute(
        update(Walk).where(Walk.person_id == family, Walk.placement_id == placement.id).values(plan_at=None)
    )
