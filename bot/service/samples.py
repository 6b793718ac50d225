"""Somebody made up for a demonstration, who says so wherever they are shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from bot.rules.asking import TEXT_VERSION
from bot.service import ambassadors, cohorts
from bot.service.core import Core
from bot.store.tables import Consent, Membership, Person, Placement, TelegramAccount

COHORT = "BEFORE"
NIGHTS, BACK = timedelta(days=20), timedelta(days=60)


def add_ambassador(
    core: Core, chat_id: int, name: str, kit: str, trade: str, now: datetime, *, coordinated_like: str | None = None
) -> None:
    """A former learner of age who agreed and was vetted, in a cohort of their own; its coordinators are those of the
    cohort `coordinated_like`."""
    cohorts.create(core, cohorts.NewCohort(COHORT, "Made up: who was there before", "learner-short"), now)
    home = core.content.kits[kit]
    back = now.date() - BACK
    with core.store.transaction() as session:
        cohort = cohorts.find(session, COHORT)
        person = Person(first_name=name, last_name="Exemple", language="en", birth_date=date(now.year - 21, 1, 1),
                        created_at=now, onboarded_at=now)  # fmt: skip
        session.add(person)
        session.flush()
        session.add_all([
            Membership(person_id=person.id, role="learner", code="B01", cohort_id=cohort.id, created_at=now),
            TelegramAccount(person_id=person.id, chat_id=chat_id, linked_at=now),
            Placement(cohort_id=cohort.id, person_id=person.id, code="B01", status="graduate", trade=trade,
                      home_country="FR", home_zone=cohort.home_zone, kit=kit, host_city=kit,
                      host_country=home.country, departure_date=back - NIGHTS, arrival_date=back - NIGHTS,
                      return_date=back, vetted_at=now, created_at=now),
            Consent(person_id=person.id, kind=ambassadors.ON_MAP, version=TEXT_VERSION, given=True, given_by="self",
                    by_person_id=person.id, at=now),
        ])  # fmt: skip
        if coordinated_like is not None:
            theirs = Membership.cohort_id == cohorts.find(session, coordinated_like).id
            for one in session.scalars(select(Membership).where(theirs, Membership.role == "coordinator")).all():
                session.add(Membership(person_id=one.person_id, role=one.role, code=one.code, cohort_id=cohort.id,
                                       created_at=now))  # fmt: skip
