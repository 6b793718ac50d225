"""A report as a PDF: a first page that explains, a chapter for each theme, every chart with its figures beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bot.i18n import Day, Text, say
from bot.papers.blocks import Block, Document, Grid, Heading, NewPage, Paragraph, Picture
from bot.papers.booklet import booklet
from bot.papers.report import TEXT, Table, Theme, explained
from bot.papers.report_plots import drawn
from bot.papers.report_words import Words, split, told, written


def pdf(found: Mapping[str, Any], themes: Sequence[Theme], words: Words, language: str) -> bytes:
    """`found` names what the report is about: cohort or project, name, at."""
    return booklet(document(found, themes, words, language))


def document(found: Mapping[str, Any], themes: Sequence[Theme], words: Words, language: str) -> Document:
    """What is drawn, block by block."""
    head = header(found)
    blocks: list[Block] = [Paragraph(words(head)), Heading(2, words(say("report/explain/title")))]
    blocks += [Paragraph(words(line)) for line in explained()]
    if not found.get("enough", True):
        blocks.append(Paragraph(words(say("report/few" if found["learners"] else "report/no_learners"))))
    for theme in themes:
        blocks += _chapter(theme, words, language)
    title = words(say("report/title", name=found["name"]))
    return Document(language, title, tuple(blocks), contents=words(say("report/contents")), foot=words(foot(found)))


def header(found: Mapping[str, Any]) -> Text:
    """What a report is about, and as of when."""
    day = Day(date.fromisoformat(found["at"][:10]))
    if "project" in found:
        return say("report/of_project", code=found["project"], day=day)
    return say("report/of_cohort", code=found["cohort"], day=day)


def foot(found: Mapping[str, Any]) -> Text:
    """What stands at the foot of every page."""
    code = found.get("cohort") or found.get("project") or ""
    return say("report/foot", code=code, day=Day(date.fromisoformat(found["at"][:10])))


def _chapter(theme: Theme, words: Words, language: str) -> Iterator[Block]:
    if theme.tables[0].title in {chart.title for chart in theme.charts}:
        yield NewPage()  # a chart and its table fill one
    yield Heading(1, words(theme.title))
    if theme.note is not None:
        yield Paragraph(words(theme.note), quiet=True)
    charts = {chart.title: chart for chart in theme.charts}
    for table in theme.tables:
        yield Heading(2, words(table.title))
        if chart := charts.pop(table.title, None):
            yield Picture(*drawn(chart, words, language), told=told(chart, words, language), wide=True)
        yield grid(table, words, language)
    for chart in charts.values():
        yield Heading(3, words(chart.title))
        yield Picture(*drawn(chart, words, language), told=told(chart, words, language), wide=True)


def grid(table: Table, words: Words, language: str) -> Grid:
    """A table as words."""
    texts = 0
    while texts < len(table.columns) and table.columns[texts].kind == TEXT:
        texts += 1
    rows = tuple(
        tuple(written(*split(cell, column), words, language) for cell, column in zip(row, table.columns, strict=True))
        for row in table.rows
    )
    return Grid(tuple(words(column.title) for column in table.columns), rows, texts)
