"""Looking into the database from outside, and the days of March 2026 when the small cohort is abroad."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, inspect, select

from bot.flows.scene import CONSENT_VERSION
from bot.service import invites
from bot.service.core import Core
from bot.store.tables import Base, Consent, Membership, Person, Placement
from tests.support.cohort import Small

Row = TypeVar("Row", bound=Base)


def march(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of March 2026 in UTC; Seville is an hour ahead until the 29th."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def rows(core: Core, table: type[Row], *where: ColumnElement[bool]) -> list[Row]:
    """The rows of a table that fit, in the order they were written."""
    with core.store.transaction() as session:
        key = list(inspect(table).primary_key)
        return list(session.scalars(select(table).where(*where).order_by(*key)))


def change(core: Core, row: Base, **values: Any) -> None:
    """Set columns of a row that was read before, as an import or the command line would."""
    with core.store.transaction() as session:
        session.merge(row)
        found = session.get_one(type(row), row.__mapper__.primary_key_from_instance(row))
        for name, value in values.items():
            setattr(found, name, value)


def change_stay(core: Core, small: Small, name: str = "lea", **values: Any) -> None:
    """Change a placement and have it planned again."""
    with core.store.transaction() as session:
        placement = session.get_one(Placement, small.placements[name])
        for column, value in {"plan_at": small.world.now, **values}.items():
            setattr(placement, column, value)


def set_person(core: Core, person_id: int, **values: Any) -> None:
    """Change a person's own columns."""
    with core.store.transaction() as session:
        person = session.get_one(Person, person_id)
        for column, value in values.items():
            setattr(person, column, value)


def add_guardian(core: Core, small: Small, child: str, first: str, last: str) -> None:
    """A parent with an invite into their own chat; the token is kept as `small.tokens[first]`."""
    now = small.world.now
    with core.store.transaction() as session:
        person = Person(first_name=first, last_name=last, language="en", created_at=now)
        session.add(person)
        session.flush()
        session.add(
            Membership(person_id=person.id, role="family", code=f"G-{child}", cohort_id=small.cohort_id, created_at=now)
        )
        session.get_one(Placement, small.placements[child]).guardian_id = person.id
        small.people[first] = person.id
        small.tokens[first] = (
            invites.issue(session, person.id, small.cohort_id, "family", f"G-{child}", now).token or ""
        )


def paper_consent(core: Core, small: Small, child: str) -> None:
    """The coordinator has the guardian's signature on paper."""
    with core.store.transaction() as session:
        session.add(
            Consent(
                person_id=small.people[child], placement_id=small.placements[child], kind="guardian",
                version=CONSENT_VERSION, given=True, given_by="paper", at=small.world.now,
            )
        )  # fmt: skip


def dump(core: Core) -> str:
    """Every row of every table as text, to be searched for what must not be there."""
    lines = []
    with core.store.transaction() as session:
        for table in Base.metadata.sorted_tables:
            lines += [f"{table.name}: {dict(row)!r}" for row in session.execute(select(table)).mappings()]
    return "\n".join(lines)


SEVENTEEN = date(2008, 12, 1)  # a birthday after the stay: a minor all the way
