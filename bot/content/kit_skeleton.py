"""The first lines of a new city kit, and of its country where nobody has written that yet: what packages know, with
the package as its source. What no package knows is left out: an author adds what somebody looked up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version

import holidays
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies

from bot.i18n import Country, locale_of, show_value

# Members of the EU, where directive (EU) 2018/1972, article 109, lets 112 be dialled everywhere.
EU = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    )
)
DIRECTIVE = "https://eur-lex.europa.eu/eli/dir/2018/1972/oj"


def kit_skeleton(name: str, country: str, zone: str, latitude: float, longitude: float, subdivision: str | None) -> str:
    """The YAML of `kits/<id>.yaml`."""
    part = f"subdivision: {_quoted(subdivision)}\n" if subdivision else ""
    return (
        f"# {name}: what is true of the city. Facts of {_country(country)} are in countries/{country}.yaml.\n"
        f"source_language: en\nname: {_quoted(name)}\ncountry: {country}\nzone: {zone}\n"
        f"latitude: {latitude}\nlongitude: {longitude}\n{part}"
        "# Every fact says who says so and when somebody looked:\n"
        '# facts:\n#   transport_operator: {value: "…", source: [site], checked: 2026-01-31}\n'
        '# places:\n#   - {id: hospital, kind: hospital, name: "…", source: [site], checked: 2026-01-31}\n'
        '# sources:\n#   site: "https://…"\n'
    )


def country_skeleton(country: str, number: str, source: str, today: date) -> str:
    """The YAML of `countries/<CODE>.yaml`; `number` is the emergency number and `source` an address that says so."""
    babel, calendar = f"pypi:babel=={version('babel')}", f"pypi:holidays=={version('holidays')}"
    checked = f"checked: {today.isoformat()}"
    lines = [
        f"# Facts about {_country(country)}, the same in every language.",
        "source_language: en",
        "numbers:",
        f"  - {{kind: emergency, number: {_quoted(number)}, source: [emergency], {checked}}}",
        "facts:",
        *(f"  {key}: {{value: {value}, source: [pkg_babel], {checked}}}" for key, value in _facts(country)),
    ]
    days = list(_holidays(country, today))
    if days:
        lines += ["holidays:", "  source: [pkg_holidays]", f"  {checked}", "  days:", *days]
    lines += ["sources:", f"  emergency: {_quoted(source)}", f"  pkg_babel: {_quoted(babel)}"]
    lines += [f"  pkg_holidays: {_quoted(calendar)}"] if days else []
    return "\n".join(lines) + "\n"


def subdivisions(country: str) -> tuple[str, ...]:
    """The parts of a country whose holidays differ, as the `holidays` package names them."""
    return tuple(holidays.list_supported_countries().get(country, ()))


def _facts(country: str) -> Iterator[tuple[str, str]]:
    languages = dict.fromkeys(tag.split("_")[0] for tag in get_official_languages(country, de_facto=True))
    if languages:
        yield "languages", json.dumps(list(languages))
    currencies = get_territory_currencies(country)
    if currencies:
        yield "currency", currencies[0]


def _holidays(country: str, today: date) -> Iterator[str]:
    """From today until the end of next year, those of only some parts with the names of these."""
    if country not in holidays.list_supported_countries():
        return
    years = [today.year, today.year + 1]
    language = holidays.country_holidays(country).default_language
    everywhere = holidays.country_holidays(country, years=years, language=language)
    found: dict[tuple[date, str], list[str]] = {(day, name): [] for day, name in everywhere.items()}
    for part in subdivisions(country):
        for day, name in holidays.country_holidays(country, subdiv=part, years=years, language=language).items():
            if day not in everywhere:
                found.setdefault((day, name), []).append(part)
    for (day, name), parts in sorted(found.items()):
        if day >= today:
            only = f", subdivisions: {json.dumps(parts)}" if parts else ""
            yield f"    - {{day: {day.isoformat()}, name: {_quoted(name)}{only}}}"


def _country(code: str) -> str:
    return show_value(Country(code), locale_of("en"), "UTC")


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)  # JSON's strings are YAML's
