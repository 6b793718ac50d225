"""The append-only log of who read or changed what about a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.store.tables import Audit


def note(
    session: Session, actor_id: int | None, action: str, person_id: int | None, now: datetime, **detail: Any
) -> None:
    """One line; `actor_id` is None for the command line and for the bot itself. No names, no texts."""
    session.add(Audit(at=now, actor_id=actor_id, action=action, person_id=person_id, detail=detail))
