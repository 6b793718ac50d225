"""A coordinator's desk for tests: a cohort with two referents, lists as bytes, people who have joined."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count

from sqlalchemy import select

from bot.service import cohorts, referents
from bot.service.core import Core
from bot.store.tables import Membership, TelegramAccount

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
CODE = "SPRING"
LEARNER = {
    "code": "L01",
    "first_name": "Léa",
    "last_name": "Exemple",
    "language": "fr",
    "birth_date": "2006-05-14",
    "host_city": "seville",
    "arrival_date": "2026-03-01",
    "return_date": "2026-03-28",
    "referent": "claire",
}
_CHATS = count(1_000)


def cohort(core: Core, code: str = CODE) -> None:
    """A cohort from Paris with the referents claire and paul and the local contact ines."""
    cohorts.create(core, cohorts.NewCohort(code, "Spring", "learner-short"), NOW)
    for name, ref, role in (
        ("Claire Martin", "claire", "referent"),
        ("Paul Durand", "paul", "referent"),
        ("Inés Ejemplo", "ines", "local-contact"),
    ):
        referents.add(core, referents.NewReferent(name, code, "fr", ref, role), NOW)


def listed(*learners: Mapping[str, str], separator: str = ",", encoding: str = "utf-8") -> bytes:
    """A list of learners as bytes; each is `LEARNER` with what is given, columns in the order first seen."""
    full = [{**LEARNER, **learner} for learner in learners]
    columns = list(dict.fromkeys(column for learner in full for column in learner))
    lines = [separator.join(columns)]
    lines += [separator.join(_quoted(row.get(column, ""), separator) for column in columns) for row in full]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def _quoted(cell: str, separator: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in (separator, '"', "\n")) else cell


def join(core: Core, *codes: str, at: datetime = NOW) -> dict[str, int]:
    """Give people a chat, as if they had opened their invite. Returns the chat ids by code."""
    chats: dict[str, int] = {}
    with core.store.transaction() as session:
        for code in codes:
            person = session.scalars(select(Membership.person_id).where(Membership.code == code)).one()
            chats[code] = next(_CHATS)
            session.add(TelegramAccount(person_id=person, chat_id=chats[code], linked_at=at))
    return chats
