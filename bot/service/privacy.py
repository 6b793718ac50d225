"""What is kept about a person, handed over on request: as data, and as a paper to read."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content.loader import Library
from bot.errors import BadInput
from bot.flows.privacy import looked
from bot.flows.vocabulary import Attachment, Drawing, Screen
from bot.i18n import Text, say
from bot.rules.asking import State
from bot.service import kept, looked_at
from bot.service.audit import note
from bot.service.spoken import spoken, titles
from bot.store.tables import Base, Person, Question

_NAMES = {"placement": "stays"}  # what a copy calls a table, where that is not its own name


def export(session: Session, person_id: int, now: datetime, by: int | None = None) -> dict[str, Any]:
    """Everything kept about a person as plain JSON data, table by table; `by`: who asked for it, None at the desk.

    Raises BadInput for somebody who was erased."""
    person = session.get_one(Person, person_id)
    if person.erased_at is not None:
        raise BadInput(f"The data of this person were erased on {person.erased_at.date()}: there is nothing to export.")
    who = kept.whose(session, person_id)
    data: dict[str, Any] = {"exported_at": now.isoformat(), "person": _row(person)}
    for one in kept.ALL:
        if one.table is Person or one.rows is None or not one.shown:
            continue
        found = session.scalars(select(one.table).where(one.rows(who)).order_by(*one.table.__table__.primary_key))
        data[_NAMES.get(one.name, one.name)] = [_row(row, one.without) for row in found]
    _keep_back(session, data, who)
    data["looked_at"] = looked_at.as_data(looked_at.looks_of(session, person_id, "UTC"))
    data["about_others"] = _acted(session, who)
    data["not_in_this_copy"] = {one.name: one.why for one in kept.ALL if one.why}
    note(session, by, "exported", person_id, now)
    return data


def _acted(session: Session, who: kept.Whose) -> dict[str, list[dict[str, Any]]]:
    """What they did or wrote about others, where there is anything."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in kept.ACTED:
        query = select(one.table).where(one.rows(who)).order_by(*one.table.__table__.primary_key)
        rows = [{name: _plain(getattr(row, name)) for name in one.columns} for row in session.scalars(query)]
        if rows:
            found.setdefault(one.name, []).extend(rows)
    return found


def _keep_back(session: Session, data: dict[str, Any], who: kept.Whose) -> None:
    """Leave out what a tutor has not shown yet, which is the tutor's until then, and what a learner wrote
    to somebody who looks after them: that they wrote is the reader's, the words are the learner's. Of questions, what
    has not come to this side, or never will."""
    for letter in data["relay"]:
        if letter["from_id"] != who.person and letter["placement_id"] not in who.stays:
            letter["words"] = None
    mine = set(session.scalars(select(Question.id).where(Question.asker_id == who.person)))
    for asked in data["question"]:
        if asked["id"] not in mine:
            came = asked["goes_at"] is not None and asked["goes_at"] <= data["exported_at"]
            asked["words"] = asked["words"] if came else None
        elif asked["state"] != State.ANSWERED:
            asked["answer"] = None
    data["review_note"] = [n for n in data["review_note"] if n["side"] != "tutor" or n["shown_at"]]


def _row(row: Base, without: tuple[str, ...] = ()) -> dict[str, Any]:
    return {c.key: _plain(getattr(row, c.key)) for c in row.__table__.columns if c.key not in without}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def export_screens(library: Library, session: Session, person_id: int, now: datetime) -> tuple[Screen, Screen]:
    """The copy as two documents into the chat: to read, and as data. They travel in the outbox and are blanked there
    once they were sent."""
    data = export(session, person_id, now, person_id)
    words = json.dumps(data, ensure_ascii=False, indent=2)
    paper = Attachment("document", name="compagnon.pdf", drawing=drawing_of(library, data))
    as_data = Attachment("document", name="compagnon.json", content=words)
    return (
        Screen((say("privacy/export_here"),), attachment=paper),
        Screen((say("kept/as_data"),), attachment=as_data),
    )


def drawing_of(library: Library, data: dict[str, Any]) -> Drawing:
    """The copy as a paper, drawn in its reader's language and zone."""
    person = data["person"]
    name = " ".join(part for part in (person["first_name"], person["last_name"]) if part)
    steps = titles(library)
    groups: list[list[Any]] = []
    for group, tables in kept.GROUPS.items():
        names = [_NAMES.get(table.__tablename__, table.__tablename__) for table in tables]
        rows = [row for one in names for row in _as_list(data.get(one, []))]
        groups.append([group, [spoken(row, library, steps) for row in rows]])
    rows = [row for found in data["about_others"].values() for row in found]
    groups.append(["others", [spoken(row, library, steps) for row in rows]])
    groups.append(["looks", [{"day": row["day"], "said": _look(row)} for row in data["looked_at"]]])
    return Drawing("kept", {"name": name, "at": data["exported_at"], "groups": groups})


def _look(row: dict[str, str]) -> Text:
    return looked(row["by"], row["name"], row["what"])


def _as_list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]
