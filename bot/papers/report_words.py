"""Cells of a report as words: counts, shares and means as a language writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from bot.i18n import Country, Text, locale_of, say
from bot.papers.report import NUMBER, SHARE, Chart, Column

Words = Callable[[Text], str]


def split(cell: Any, column: Column) -> tuple[Any, str]:
    """A cell's value and its kind."""
    return cell if isinstance(cell, tuple) else (cell, column.kind)


def written(value: Any, kind: str, words: Words, language: str) -> str:
    """A cell for people; nothing for what is not shown."""
    if value is None:
        return ""
    if isinstance(value, Text):
        return words(value)
    if isinstance(value, Country):
        return str(locale_of(language).territories.get(value.code.upper(), value.code))
    if isinstance(value, date):
        return format_date(value, "medium", locale_of(language))
    if isinstance(value, str):
        return value
    if kind == SHARE:
        return format_percent(value, "#,##0 %" if language not in ("en", "it", "nl") else "#,##0%", locale_of(language))
    return format_decimal(value, "#,##0.0" if kind == NUMBER else "#,##0", locale_of(language))


def told(chart: Chart, words: Words, language: str) -> str:
    """A chart in words, for those who cannot see it."""
    points = []
    for n, label in enumerate(chart.labels):
        values = [
            f"{words(name)} {written(series[n], chart.kind, words, language) or '–'}" for name, series in chart.series
        ]
        points.append(f"{written(label, '', words, language)}: {', '.join(values)}")
    return words(say("report/chart", title=words(chart.title), points="; ".join(points)))
