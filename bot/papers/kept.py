"""What is kept about somebody, to be read by them; and the proof that it was erased. Both as PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.i18n import Day, Moment, Text, say, verbatim
from bot.papers.blocks import Block, Bullets, Document, Facts, Heading, Paragraph
from bot.papers.booklet import booklet

CHUNK = 700  # characters of one line of a list: it must fit on a page
MOST = 200  # lines of one group that are printed; the file with the data has them all
Words = Callable[[Text], str]
Value = Callable[[Any], str]

# Of a row: what it is called, in plain words of the paper; anything else is in the file with the data.
LABELS = (
    "first_name", "last_name", "language", "birth_date", "phone", "email", "code", "status", "trade", "home_city",
    "host_city", "host_organisation", "host_phone", "tutor_name", "tutor_email", "accommodation", "departure_date",
    "arrival_date", "return_date", "guardian_name", "guardian_phone", "emergency_contact_name",
    "emergency_contact_phone", "check_in_at",
)  # fmt: skip
_WHEN = (
    "at", "day", "written_at", "answered_at", "done_at", "raised_at", "opened_at", "taken_at", "given_at", "logged_at",
    "issued_at", "validated_at", "assessed_on", "asked_at", "offered_at", "begun_at", "first_day", "changed_at",
    "linked_at", "closed_at", "due_at", "created_at", "updated_at", "parked_at", "last_at",
)  # fmt: skip
_FACTS = frozenset({"person", "stays"})
_TECHNICAL = frozenset({
    "id", "key", "message_id", "file_id", "lease_owner", "commands", "version", "number", "attempts", "form", "chat_id",
    "position", "ambiguous", "error", "level", "beside", "score", "extended", "journey",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom it is written for: texts with their markup, single values as written there, a language and a zone."""

    words: Words
    value: Value
    language: str
    zone: str

    def when(self, instant: str) -> str:
        """An instant as day, year and hour."""
        at = datetime.fromisoformat(instant).astimezone(ZoneInfo(self.zone))
        return f"{self.value(Day(at.date(), 'medium'))}, {self.value(Moment(at, 'time', self.zone))}"


def pdf(facts: Mapping[str, Any], reader: Reader) -> bytes:
    """`facts`: name, at (ISO 8601), and groups as [id, rows]; a row is plain JSON data by column."""
    return booklet(document(facts, reader))


def document(facts: Mapping[str, Any], reader: Reader) -> Document:
    """The copy for the person, block by block."""
    words = reader.words
    blocks: list[Block] = [Paragraph(words(say("kept/intro", at=reader.when(facts["at"]))))]
    for group, rows in facts["groups"]:
        if rows:
            blocks.append(Heading(1, words(say(f"kept/groups/{group}"))))
            blocks += _labelled(rows, reader) if group in _FACTS else _listed(rows, reader)
    blocks.append(Heading(1, words(say("kept/left_out"))))
    blocks.append(Bullets(tuple((words(say(f"kept/left_out_{why}")), "") for why in ("unnamed", "chat", "drafts"))))
    blocks.append(Paragraph(words(say("kept/rights"))))
    name = facts["name"]
    title = words(say("kept/title", name=name))
    return Document(reader.language, title, tuple(blocks), foot=words(say("kept/foot", name=name)))


def _labelled(rows: Sequence[Mapping[str, Any]], reader: Reader) -> Iterator[Block]:
    for row in rows:
        known = [(name, row[name]) for name in LABELS if row.get(name) not in (None, "")]
        yield Facts(tuple((reader.words(say(f"kept/labels/{name}")), _shown(what, reader)) for name, what in known))


def _listed(rows: Sequence[Mapping[str, Any]], reader: Reader) -> Iterator[Block]:
    lines = [line for row in rows[:MOST] for line in _lines(row, reader)]
    yield Paragraph(reader.words(say("kept/entries", n=len(rows))), quiet=True)
    yield Bullets(tuple(lines))


def _lines(row: Mapping[str, Any], reader: Reader) -> Iterator[tuple[str, str]]:
    when = next((name for name in _WHEN if row.get(name)), None)
    rest = [
        _shown(what, reader)
        for name, what in row.items()
        if name != when and name not in _TECHNICAL and not name.endswith(("_id", "_at", "_by", "_until"))
        and what not in (None, "", False, True) and not isinstance(what, dict | list)
    ]  # fmt: skip
    text = " · ".join(rest)
    begins = _shown(row[when], reader) if when else ""
    pieces = [text[start : start + CHUNK] for start in range(0, len(text), CHUNK)] or [""]
    yield begins or pieces[0], pieces[0] if begins else ""
    yield from (("…", piece) for piece in pieces[1:])


def _shown(what: Any, reader: Reader) -> str:
    if isinstance(what, Text):
        return reader.words(what)
    if not isinstance(what, str):
        return reader.value(what)
    try:
        return reader.value(Day(date.fromisoformat(what), "medium")) if len(what) == 10 else reader.when(what)
    except ValueError:
        return reader.words(verbatim(what))


# --- the proof --------------------------------------------------------------------------------------


def proof(facts: Mapping[str, Any], reader: Reader) -> bytes:
    """`facts["proof"]` as `bot.service.erasing` makes it, with `groups` as [id, deleted, left, [why …]]."""
    return booklet(proof_document(facts, reader))


def proof_document(facts: Mapping[str, Any], reader: Reader) -> Document:
    """The proof, block by block."""
    told, words = facts["proof"], reader.words
    by = words(say(f"kept/proof/by/{told['by']}"))
    blocks: list[Block] = [
        Paragraph(words(say("kept/proof/at", at=reader.when(told["erased_at"])))), Paragraph(by),
        Paragraph(words(say("kept/proof/was", codes=", ".join(told["was"])))),
        Heading(1, words(say("kept/proof/deleted"))),
        Bullets(tuple(_count(group, gone, words) for group, gone, _, _ in facts["groups"] if gone)),
        Heading(1, words(say("kept/proof/left"))),
        Bullets(tuple(_rest(group, left, whys, words) for group, _, left, whys in facts["groups"] if left)),
        Heading(1, words(say("kept/proof/telegram"))),
        Bullets((
            (words(say("kept/proof/taken_back", n=told["telegram"]["taken_back"])), ""),
            (words(say("kept/proof/too_old", n=told["telegram"]["too_old"])), ""),
            (words(say("kept/proof/unknown")), ""),
        )),
    ]  # fmt: skip
    title = words(say("kept/proof/title"))
    return Document(reader.language, title, tuple(blocks), foot=title)


def _count(group: str, rows: int, words: Words) -> tuple[str, str]:
    return words(say(f"kept/groups/{group}")), words(say("kept/proof/rows", n=rows))


def _rest(group: str, rows: int, whys: Sequence[str], words: Words) -> tuple[str, str]:
    name, count = _count(group, rows, words)
    return f"{name}: {count}", "; ".join(words(say(f"kept/proof/rests/{why}")) for why in whys)
