"""What people said about steps, for the authors: no name, no hour."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from bot.service.core import Core
from bot.store.tables import Feedback


def listing(core: Core, since: date | None = None, item: str | None = None) -> list[dict[str, Any]]:
    """The newest first; `item` is a file of the content (`lessons/money-abroad`) or the id of a step."""
    query = select(Feedback).order_by(Feedback.written_on.desc(), Feedback.id.desc())
    if since is not None:
        query = query.where(Feedback.written_on >= since)
    if item is not None:
        query = query.where((Feedback.item == item) | (Feedback.step == item))
    with core.store.transaction() as session:
        return [
            {"on": row.written_on.isoformat(), "journey": row.journey, "step": row.step, "item": row.item,
             "language": row.language, "words": row.words}
            for row in session.scalars(query)
        ]  # fmt: skip
