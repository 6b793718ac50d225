"""Who alone may do something: one row per job, taken for a while, taken over when it lapses."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, update

from bot.service.core import Core
from bot.store.tables import Lease
from bot.store.writing import insert_or_ignore


def take(core: Core, name: str, now: datetime, seconds: float) -> bool:
    """Take or prolong the lease `name` until now + seconds; False while another process holds it."""
    until = now + timedelta(seconds=seconds)
    with core.store.transaction() as session:
        changed = session.execute(
            update(Lease)
            .where(Lease.name == name, (Lease.owner == core.owner) | (Lease.until <= now))
            .values(owner=core.owner, until=until)
            .returning(Lease.name)
        ).first()
        if changed:
            return True
        new = insert_or_ignore(session, Lease, [{"name": name, "owner": core.owner, "until": until}])
        return new == 1


def drop(core: Core, name: str) -> None:
    """Give the lease back, so that another process need not wait for it to lapse."""
    with core.store.transaction() as session:
        session.execute(delete(Lease).where(Lease.name == name, Lease.owner == core.owner))
