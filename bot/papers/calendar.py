"""A calendar file (RFC 5545) of whole days, for any calendar program."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

WIDTH = 73  # bytes of a line before it is folded


@dataclass(frozen=True, slots=True)
class DayEvent:
    """Something on one day; `uid` stays the same when the file is made again."""

    uid: str
    day: date
    title: str
    description: str = ""


def calendar(events: Iterable[DayEvent], name: str, stamp: datetime) -> bytes:
    """The .ics file."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Compagnon//EN", f"X-WR-CALNAME:{_text(name)}"]
    for event in events:
        lines += [
            "BEGIN:VEVENT", f"UID:{event.uid}", f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}", f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(event.title)}", f"DESCRIPTION:{_text(event.description)}",
            "TRANSP:TRANSPARENT", "END:VEVENT",
        ]  # fmt: skip
    lines.append("END:VCALENDAR")
    return "".join(_folded(line) + "\r\n" for line in lines).encode()


def _text(words: str) -> str:
    return words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    found, width = "", 0
    for character in line:
        size = len(character.encode())
        if width + size > WIDTH:
            found, width = found + "\r\n ", 1
        found, width = found + character, width + size
    return found
