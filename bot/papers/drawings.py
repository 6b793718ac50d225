"""Drawings that screens name, made in the reader's language at the last moment: pictures as PNG, papers as PDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.content.markup import visible
from bot.flows.vocabulary import Drawing
from bot.i18n import Catalogues, Text, locale_of, show_value
from bot.papers import certificate, picture


@dataclass(frozen=True, slots=True)
class Pen:
    """Who writes the words: a language, a zone, and the catalogues they are taken from."""

    catalogues: Catalogues
    language: str
    zone: str

    def words(self, value: Any) -> str:
        """A text, or a number as it is written there."""
        if isinstance(value, Text):
            return self.catalogues.plain(value, self.language, self.zone)
        return value if isinstance(value, str) else show_value(value, locale_of(self.language), self.zone)


def draw(drawing: Drawing, catalogues: Catalogues, language: str, zone: str) -> bytes:
    """The file. Raises KeyError for a drawing nobody knows."""
    return _DRAWN[drawing.what](drawing.facts, Pen(catalogues, language, zone))


def _skills(facts: Mapping[str, Any], pen: Pen) -> bytes:
    rows = [
        (pen.words(name), [(value, "" if value is None else pen.words(value)) for value in values])
        for name, *values in facts["rows"]
    ]
    columns = [(column, pen.words(name)) for column, name in facts["columns"]]
    scale = [pen.words(text) for text in facts["scale"]]
    return picture.skills(pen.words(facts["title"]), rows, columns, scale, dark=bool(facts["dark"]))


def _progress(facts: Mapping[str, Any], pen: Pen) -> bytes:
    rows = [(pen.words(name), share, pen.words(points)) for name, share, points in facts["rows"]]
    badges = [(pen.words(name), level > 1) for name, level in facts["badges"]]
    team = visible(pen.words(facts["team"])) if facts["team"] else ""
    return picture.progress(pen.words(facts["title"]), pen.words(facts["points"]), team, rows, badges)


def _certificate(facts: Mapping[str, Any], pen: Pen) -> bytes:
    """In the language that was asked for, whoever reads."""
    pen = replace(pen, language=facts["language"] or pen.language)
    some = {
        key: pen.words(facts[key]) for key in ("title", "before", "body", "modules_title", "issued", "code", "verify")
    }
    lines, modules = (tuple(pen.words(text) for text in facts[key]) for key in ("lines", "modules"))
    return certificate.pdf(certificate.Certificate(name=facts["name"], lines=lines, modules=modules, **some))


_DRAWN: Mapping[str, Callable[[Mapping[str, Any], Pen], bytes]] = {
    "certificate": _certificate,
    "skills": _skills,
    "progress": _progress,
}
