"""Prepared statements that go straight to the driver say what SQLAlchemy says, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot.errors import StorageTrouble
from bot.store.engine import Store
from bot.store.prepared import among, connection_of, first, rows, run
from bot.store.straight import execute
from bot.store.tables import BotState, Conversation, Outbox, Person
from bot.store.writing import update_many
from tests.support.desk import NOW

PEOPLE = [
    {"id": n, "first_name": f"Léa {n}", "last_name": "", "language": "fr", "created_at": NOW,
     "birth_date": date(2009, 2, n), "onboarded_at": None if n % 2 else NOW}
    for n in range(1, 6)
]  # fmt: skip
ALL = (
    select(Person.id, Person.first_name, Person.birth_date, Person.created_at, Person.onboarded_at,
           Person.onboarded_at.is_(None).label("new"), Conversation.data)
    .outerjoin(Conversation, Conversation.person_id == Person.id)
    .where(among(Person.id, "people"), Person.created_at <= bindparam("now"))
    .order_by(Person.id)
    .limit(4)
    .with_for_update(of=Person, skip_locked=True)
)  # fmt: skip
CHANGE = update(Person).where(Person.id == bindparam("person")).values(onboarded_at=bindparam("at"))


@pytest.fixture
def filled(store: Store) -> Store:
    talk = {"person_id": 2, "flow": "kit", "data": {"asked": ["é", 1, None]}, "updated_at": NOW}
    with store.transaction() as session:
        session.execute(insert(Person), PEOPLE)
        session.execute(insert(Conversation), [talk])
    return store


def test_rows_are_those_of_sqlalchemy(filled: Store) -> None:
    values: dict[str, Any] = {"people": [1, 2, 3, 4, 5, 9], "now": NOW}
    with filled.transaction() as session:
        connection = connection_of(session)
        straight, usual = execute(connection, ALL, values), connection.execute(ALL, values).all()
    assert straight is not None
    assert [tuple(row) for row in straight] == [tuple(row) for row in usual]
    assert [row._fields for row in straight] == [row._fields for row in usual]
    assert (len(straight), straight[1].data, straight[0].new) == (4, {"asked": ["é", 1, None]}, True)
    assert (straight[1].onboarded_at.tzinfo, straight[0].onboarded_at) == (UTC, None)


def test_changes_are_seen_and_return_what_they_changed(filled: Store) -> None:
    with filled.transaction() as session:
        run(session, CHANGE, person=1, at=NOW)
        changed = rows(session, CHANGE.returning(Person.id, Person.onboarded_at), person=3, at=NOW)
        assert [tuple(row) for row in changed] == [(3, NOW)]
        assert first(session, ALL, people=[1], now=NOW).onboarded_at == NOW
        assert first(session, ALL, people=[], now=NOW) is None


def test_an_instant_without_a_zone_and_a_value_left_out_are_refused(filled: Store) -> None:
    with filled.transaction() as session:
        with pytest.raises(ValueError):
            run(session, CHANGE, person=1, at=datetime(2026, 3, 1))
        with pytest.raises(KeyError):
            run(session, CHANGE, person=1)


def test_what_is_not_plain_goes_the_long_way(filled: Store) -> None:
    spelled = select(Person.id).where(Person.id.in_([1, 2]))
    twice = select(Person.id, Conversation.person_id.label("id"))
    added = insert(BotState).values(name=bindparam("n"), value="x")
    with filled.transaction() as session:
        for statement in (spelled, twice, added):
            assert execute(connection_of(session), statement, {"n": "a"}) is None
        assert [row.id for row in rows(session, spelled.order_by(Person.id))] == [1, 2]


def test_who_listens_hears_every_statement(filled: Store) -> None:
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        heard.append(statement)

    event.listen(filled.engine, "before_cursor_execute", hear)
    with filled.transaction() as session:
        rows(session, ALL, people=[1], now=NOW)
    assert any("conversation" in statement for statement in heard)


def test_errors_of_the_driver_are_those_of_sqlalchemy(filled: Store) -> None:
    def break_it() -> None:
        with filled.transaction() as session:
            connection_of(session).exec_driver_sql("ALTER TABLE person RENAME TO nobody")
            rows(session, ALL, people=[1], now=NOW)

    with pytest.raises((StorageTrouble, ProgrammingError)) as caught:
        break_it()
    cause = caught.value.__cause__ if isinstance(caught.value, StorageTrouble) else caught.value
    assert isinstance(cause, OperationalError | ProgrammingError)
    with filled.transaction() as session:
        assert len(rows(session, ALL, people=[1, 2], now=NOW)) == 2


def test_many_rows_are_changed_at_once(filled: Store) -> None:
    with filled.transaction() as session:
        changes = [{"id": n, "onboarded_at": NOW, "birth_date": None} for n in range(1, 6)]
        update_many(session, Person, changes)
        update_many(session, Person, [{"id": 1, "onboarded_at": None}])
        found = session.execute(select(Person.onboarded_at, Person.birth_date).order_by(Person.id)).all()
        assert session.scalar(select(Outbox.id)) is None
    assert [tuple(row) for row in found] == [(None, None), *[(NOW, None)] * 4]
