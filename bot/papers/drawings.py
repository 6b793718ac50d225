"""Drawings that screens name, made in the reader's language at the last moment: pictures as PNG, papers as PDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.content.markup import visible
from bot.flows.vocabulary import Drawing
from bot.i18n import Catalogues, Text, locale_of, show_value
from bot.papers import certificate, grid_form, kept, learning_model, picture, portfolio


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

    def marked(self, value: Text) -> str:
        """The same with its markup, and what people wrote made safe."""
        return self.catalogues.html(value, self.language, self.zone)


def with_pictures(drawing: Drawing, pictures: Mapping[str, bytes | None]) -> Drawing:
    """The same with the photos it asks for in `photos`, by their ids; None for what could not be got."""
    return replace(drawing, facts={**drawing.facts, "pictures": pictures})


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


def _portfolio(facts: Mapping[str, Any], pen: Pen) -> bytes:
    pen = replace(pen, language=facts["language"] or pen.language)
    return portfolio.pdf(facts, pen.marked, pen.language)


def _portfolio_data(facts: Mapping[str, Any], pen: Pen) -> bytes:
    pen = replace(pen, language=facts["language"] or pen.language)
    return learning_model.document(facts, pen.words, pen.language)


def _grid_form(facts: Mapping[str, Any], pen: Pen) -> bytes:
    outcomes = tuple((unit, words) for unit, words in facts["outcomes"])
    return grid_form.grid_form(grid_form.Form(**{**facts, "outcomes": outcomes}), pen.words, pen.language)


def _reader(pen: Pen) -> kept.Reader:
    return kept.Reader(pen.marked, pen.words, pen.language, pen.zone)


def _kept(facts: Mapping[str, Any], pen: Pen) -> bytes:
    return kept.pdf(facts, _reader(pen))


def _erased(facts: Mapping[str, Any], pen: Pen) -> bytes:
    return kept.proof(facts, _reader(pen))


_DRAWN: Mapping[str, Callable[[Mapping[str, Any], Pen], bytes]] = {
    "certificate": _certificate,
    "skills": _skills,
    "progress": _progress,
    "portfolio_pdf": _portfolio,
    "portfolio_json": _portfolio_data,
    "grid_form": _grid_form,
    "kept": _kept,
    "erased": _erased,
}
