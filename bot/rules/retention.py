"""How long what is known of people is kept: until a set time after the last stay that they were part of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ERASE_AFTER = timedelta(days=180)  # after the return, unless a cohort says otherwise
NOTICE = timedelta(days=14)  # between being told and being erased, at least
ALERTS = timedelta(days=30)  # after it was closed an alert is edited down
MESSAGES = timedelta(days=30)  # after they went out messages lose their words
UNNAMED = timedelta(days=365)  # questions and feedback kept for authors


class Todo(StrEnum):
    """What is to be done about a person's data now."""

    WAIT = "wait"
    TELL = "tell"
    ERASE = "erase"
    UNTELL = "untell"  # dates moved: what was announced does not hold any more


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do, and from when on the data may go (None: nothing is decided yet)."""

    todo: Todo
    at: datetime | None = None


def judge(ties: Sequence[datetime | None], told_at: datetime | None, now: datetime) -> Verdict:
    """`ties`: for each stay or role the instant until which it keeps the person; None for one without an end.

    Nobody goes without having been told `NOTICE` before, however late that is: also the first time after an upgrade.
    """
    ends = [tie for tie in ties if tie is not None]
    if len(ends) < len(ties) or not ends or max(ends) - NOTICE > now:
        return Verdict(Todo.WAIT if told_at is None else Todo.UNTELL)
    if told_at is None:
        return Verdict(Todo.TELL, max(*ends, now + NOTICE))
    at = max(*ends, told_at + NOTICE)
    return Verdict(Todo.ERASE if at <= now else Todo.WAIT, at)
