"""Many rows in one statement, on both databases."""

from __future__ import annotations

from sqlalchemy import select

from bot.store.engine import Store
from bot.store.tables import Person
from bot.store.writing import insert_many
from tests.support.desk import NOW


def test_rows_of_one_batch_may_name_their_columns_in_any_order(store: Store) -> None:
    one = {"first_name": "Lea", "last_name": "Beispiel", "language": "de", "created_at": NOW}
    other = {"created_at": NOW, "language": "fr", "last_name": "Exemple", "first_name": "Léa"}
    with store.transaction() as session:
        insert_many(session, Person, [one, other] * 30)
        found = session.execute(select(Person.first_name, Person.language).order_by(Person.id)).all()
    assert [tuple(row) for row in found] == [("Lea", "de"), ("Léa", "fr")] * 30
