"""What the database itself refuses: the trail of alerts and the audit are written once and never changed.

Kept beside the migrations, for a trigger is spelled differently on each database and may be put there again and again.
"""

from __future__ import annotations

from sqlalchemy import Connection

APPEND_ONLY = ("alert_event", "audit", "case_event")

_REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = 'rows of ' || TG_TABLE_NAME || ' are never changed'; END $$
"""


def guard(connection: Connection) -> None:
    """Put the guards there; those that are there stay."""
    postgresql = connection.dialect.name == "postgresql"
    if postgresql:
        connection.exec_driver_sql(_REFUSE)
    for table in APPEND_ONLY:  # names of ours
        if postgresql:
            connection.exec_driver_sql(
                f"CREATE OR REPLACE TRIGGER append_only_{table} BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
            continue
        for what in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS append_only_{table}_{what.lower()} BEFORE {what} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
            )


def unguard(connection: Connection) -> None:
    """Take them away, to empty a database for another test."""
    for table in APPEND_ONLY:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS append_only_{table} ON {table}")
            continue
        for what in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS append_only_{table}_{what}")
