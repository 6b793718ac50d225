"""A small cohort, put into the database directly: two referents and learners on their way to Seville."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from bot.service import invites
from bot.service.core import Core
from bot.store.tables import Cohort, Membership, Organisation, Person, Placement, Project
from tests.support.world import World

START = datetime(2026, 2, 2, 9, tzinfo=UTC)
SECOND_DAY = datetime(2026, 3, 2, 11, tzinfo=UTC)
ARRIVAL, RETURN = date(2026, 3, 1), date(2026, 3, 21)

LEARNER, REFERENT, BACKUP, COORDINATOR, GUARDIAN = 1, 2, 3, 4, 5  # chat ids
SECOND_LEARNER = 11


@dataclass
class Small:
    """Ids and invite tokens of the people in the small cohort, by name."""

    world: World
    cohort_id: int = 0
    people: dict[str, int] = field(default_factory=dict)
    memberships: dict[str, int] = field(default_factory=dict)
    placements: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def twin(self, core: Core) -> Small:
        """The same cohort once more, on a database with the same rows."""
        names = {name: dict(getattr(self, name)) for name in ("people", "memberships", "placements", "tokens")}
        return Small(self.world.twin(core), self.cohort_id, **names)

    def join_staff(self, *, backup: bool = True) -> None:
        """The referents open their invites and choose English."""
        chats = {REFERENT: "claire", **({BACKUP: "marco"} if backup else {})}
        for chat_id, name in chats.items():
            self.world.say(chat_id, f"/start {self.tokens[name]}")
            self.world.tap(chat_id, "English")

    def join(
        self, name: str = "lea", chat_id: int = LEARNER, *, consent: bool = True, language: str = "English"
    ) -> None:
        """A learner walks through the whole onboarding."""
        self.world.say(chat_id, f"/start {self.tokens[name]}")
        self.world.tap(chat_id, language)
        if language == "English":
            self.world.tap(chat_id, "Yes, I agree" if consent else "No, only safety and kit")
            self.world.tap(chat_id, "Yes, that's right")
            self.world.tap(chat_id, "Keep 19:00")


Begin = Callable[[Callable[[Core], Small]], Small]  # plays a beginning, or puts back what came of it


def abroad_cohort(core: Core) -> Small:
    """The cohort on its second day abroad, at noon: both referents and Lea have joined."""
    found = small_cohort(core, start=SECOND_DAY)
    found.join_staff()
    found.join()
    found.world.turn()
    return found


def small_cohort(core: Core, start: datetime = START, **cohort: Any) -> Small:
    """The cohort SPRING at `start`; keyword arguments change the cohort's settings."""
    small = Small(World(core, start))
    with core.store.transaction() as session:
        organisation = Organisation(name="default")
        session.add(organisation)
        session.flush()
        project = Project(organisation_id=organisation.id, code="default", name="default")
        session.add(project)
        session.flush()
        settings = {
            "code": "SPRING", "name": "Spring", "journey": "learner-short", "home_zone": "Europe/Paris",
            "check_in_at": "19:00", "check_in_days": "daily", "answer_window": 4 * 3600, "reminder_after": 3600,
            "grace": 7200, "escalate_after": 1800, "quiet_hours": "22:00-07:00",
        } | cohort  # fmt: skip
        row = Cohort(project_id=project.id, created_at=start, **settings)
        session.add(row)
        session.flush()
        small.cohort_id = row.id
    add_staff(core, small, "claire", "Claire", "Exemple", "referent", "R01")
    add_staff(core, small, "marco", "Marco", "Esempio", "referent", "R02")
    add_learner(core, small, "lea", "Lea", "Beispiel", "L01")
    return small


def add_staff(core: Core, small: Small, name: str, first: str, last: str, role: str, code: str) -> None:
    """Somebody who looks after learners, with an open invite."""
    now = small.world.now
    with core.store.transaction() as session:
        person = Person(first_name=first, last_name=last, language="en", phone="+33 1 99 00 00 01", created_at=now)
        session.add(person)
        session.flush()
        member = Membership(person_id=person.id, role=role, code=code, cohort_id=small.cohort_id, created_at=now)
        session.add(member)
        session.flush()
        small.people[name], small.memberships[name] = person.id, member.id
        small.tokens[name] = invites.issue(session, person.id, small.cohort_id, role, code, now).token or ""


def add_learner(core: Core, small: Small, name: str, first: str, last: str, code: str, **stay: Any) -> None:
    """A learner of age with an open invite; keyword arguments change the placement (or `birth_date`)."""
    now = small.world.now
    birth_date = stay.pop("birth_date", date(2006, 5, 1))
    with core.store.transaction() as session:
        person = Person(
            first_name=first, last_name=last, language="en", phone="+33 6 39 98 00 01", birth_date=birth_date,
            created_at=now,
        )  # fmt: skip
        session.add(person)
        session.flush()
        session.add(
            Membership(person_id=person.id, role="learner", code=code, cohort_id=small.cohort_id, created_at=now)
        )
        facts = {
            "home_country": "FR", "home_city": "Lyon", "home_zone": "Europe/Paris", "host_city": "seville",
            "kit": "seville", "host_country": "ES", "host_zone": "Europe/Madrid", "departure_date": ARRIVAL,
            "arrival_date": ARRIVAL, "return_date": RETURN, "referent_id": small.memberships["claire"],
            "backup_id": small.memberships["marco"], "host_organisation": "Panadería de Ejemplo",
            "host_phone": "+34 900 000 000", "status": "apprentice",
        } | stay  # fmt: skip
        placement = Placement(
            cohort_id=small.cohort_id, person_id=person.id, code=code, created_at=now, plan_at=now, **facts
        )
        session.add(placement)
        session.flush()
        small.people[name], small.placements[name] = person.id, placement.id
        small.tokens[name] = invites.issue(session, person.id, small.cohort_id, "learner", code, now).token or ""
