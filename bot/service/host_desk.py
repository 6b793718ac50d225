"""What tutors wish of the map, decided at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.errors import NotFound
from bot.flows.host_views import Question
from bot.rules.permissions import OPERATOR
from bot.rules.typed import shown
from bot.service import host_questions
from bot.service.core import Core

SAID = {"claim": "keeps the card of", "new": "made a card for", "change": "changes the card of"}


def as_row(one: Question) -> dict[str, Any]:
    """A wish as plain data; `values`: by field old and new."""
    return {
        "id": f"{one.about}-{one.number}", "about": one.about, "tutor": one.tutor, "cohort": one.cohort,
        "host": one.place.id, "name": one.place.name, "town": one.place.town, "country": one.place.country,
        "values": {field: list(pair) for field, pair in one.values.items()}, "alike": list(one.alike),
    }  # fmt: skip


def decide(core: Core, wish: str, yes: bool, now: datetime) -> str:
    """Carry out or refuse a wish; returns the company's name. Raises NotFound."""
    about, _, number = wish.partition("-")
    known = about in host_questions.ABOUT and number.isascii() and number.isdigit() and len(number) < 18
    with core.store.transaction() as session:
        name = host_questions.decide(session, OPERATOR, about, int(number), yes, now) if known else None
    if name is None:
        raise NotFound(
            f"Nothing waits under “{shown(wish)}”, or another host is called so there: `compagnon map wishes` tells."
        )
    return name
