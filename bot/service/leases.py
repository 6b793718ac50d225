"""Who alone may do something: one row per job, taken for a while, taken over when it lapses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, delete, select, update

from bot.service.core import Core
from bot.store.prepared import first, run
from bot.store.tables import Lease
from bot.store.writing import insert_or_ignore, upsert

PROCESS = "process:"  # and the owner: a process that lives and may hold messages
PROCESS_SECONDS = 15.0
_A_PROCESS = Lease.name.between(PROCESS, PROCESS + "\uffff")  # a range of the key, where LIKE reads all
FORGOTTEN = timedelta(days=1)  # longer than any message is held


_TAKE = (
    update(Lease)
    .where(Lease.name == bindparam("job"), (Lease.owner == bindparam("mine")) | (Lease.until <= bindparam("now")))
    .values(owner=bindparam("mine"), until=bindparam("lasts", type_=Lease.until.type))
    .returning(Lease.name)
)
_FORGET = delete(Lease).where(_A_PROCESS, Lease.until <= bindparam("before"))


def take(core: Core, name: str, now: datetime, seconds: float) -> bool:
    """Take or prolong the lease `name` until now + seconds; False while another process holds it."""
    until = now + timedelta(seconds=seconds)
    with core.store.transaction() as session:
        if first(session, _TAKE, job=name, mine=core.owner, now=now, lasts=until) is not None:
            return True
        new = insert_or_ignore(session, Lease, [{"name": name, "owner": core.owner, "until": until}])
        return new == 1


def drop(core: Core, name: str) -> None:
    """Give the lease back, so that another process need not wait for it to lapse."""
    with core.store.transaction() as session:
        session.execute(delete(Lease).where(Lease.name == name, Lease.owner == core.owner))


def alive(core: Core, now: datetime, seconds: float = PROCESS_SECONDS) -> None:
    """This process lives, at least for that long: nobody takes what it holds. With 0 it says that it ends."""
    with core.store.transaction() as session:
        upsert(session, Lease, {"name": PROCESS + core.owner},
               {"owner": core.owner, "until": now + timedelta(seconds=seconds)})  # fmt: skip
        run(session, _FORGET, before=now - FORGOTTEN)


def dead(core: Core, now: datetime) -> Select[Any]:
    """The other processes that have said that they live, and say so no more: their owners."""
    silent = _A_PROCESS & (Lease.until <= now)
    return select(Lease.owner).where(silent, Lease.owner != core.owner)
