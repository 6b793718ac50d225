"""The map in a browser: one HTML file with places, outlines of countries and all its words, that asks nobody.

The file may open from a disk, without a network. It says itself (Content Security Policy) that nothing but its own
script and style may run, and that no address is asked, save for pictures of a tile server where one is configured.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.content.languages import COMPLETE
from bot.i18n import Catalogues, Country, LanguageName, Text, locale_of, show_value
from bot.rules.places import Place

WEB = Path(__file__).parent / "web"
SCRIPTS = ("words", "places", "base", "clusters", "cards", "list", "page")
FILE = "interface/map_page/"
ZONE = "UTC"  # nothing on the page has an hour


@dataclass(frozen=True, slots=True)
class Tiles:
    """A tile server: an address with {z}, {x} and {y}, and who is to be named on the map."""

    url: str
    attribution: str = ""


def page(
    places: Sequence[Place], language: str | None, catalogues: Catalogues, tiles: Tiles | None = None,
    trades: Mapping[str, Mapping[str, str]] | None = None, towns: Mapping[str, Mapping[str, str]] | None = None,
) -> bytes:  # fmt: skip
    """The HTML file.

    `language`: the one it opens in, where the reader has not chosen another; None: the browser's own.
    `trades`, `towns`: language → trade, or `town|country`, as it stands in a place → its name in that language; what
    has none is shown as it stands.
    """
    opening = language if language in COMPLETE else "en"
    facts = {
        "language": language, "languages": [(tag, _own_name(tag)) for tag in _order()],
        "words": {tag: _words(catalogues, tag) for tag in COMPLETE}, "countries": _countries(places),
        "tongues": {tag: _tongues(places, tag) for tag in COMPLETE}, "capitals": _capitals(), "trades": trades or {},
        "towns": towns or {},
        "places": [_public(place) for place in places],
        "tiles": {"url": tiles.url, "attribution": tiles.attribution} if tiles else None, "base": None,
    }  # fmt: skip
    style, script = _style(), _script()
    title = html.escape(catalogues.plain(Text(f"{FILE}title"), opening, ZONE))
    no_script = html.escape(catalogues.plain(Text(f"{FILE}no_script"), opening, ZONE))
    policy = html.escape(content_policy(tiles))
    return (
        f'<!DOCTYPE html>\n<html lang="{opening}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f"{_body().replace(NO_SCRIPT, f'<p>{no_script}</p>')}"
        f'<script type="application/json" id="data">{_embedded(facts)}</script>\n'
        f"<script>{script}</script>\n</body>\n</html>\n"
    ).encode()


def content_policy(tiles: Tiles | None = None) -> str:
    """What the page may do: run its own script and style, show the tile server's pictures, and nothing else."""
    pictures = f"; img-src {_origin(tiles.url)}" if tiles else ""
    return f"default-src 'none'; script-src {_hash(_script())}; style-src {_hash(_style())}{pictures}; base-uri 'none'"


def _origin(url: str) -> str:
    """Scheme and host of a tile address, with `*` for the servers that take turns."""
    parts = urlsplit(url.replace("{s}", "*"))
    return f"{parts.scheme}://{parts.netloc}"


# --- what stands in it ------------------------------------------------------------------------------


def _order() -> list[str]:
    return sorted(COMPLETE, key=_own_name)


def _own_name(tag: str) -> str:
    return show_value(LanguageName(tag, own=True), locale_of(tag), ZONE)


def _words(catalogues: Catalogues, language: str) -> dict[str, str]:
    """The page's texts; what stands between braces is filled in by the page."""
    keys = [text_id.removeprefix(FILE) for text_id in catalogues.sources if text_id.startswith(FILE)]
    return {key: catalogues.forms(FILE + key, language)[0][0] for key in keys}


def _countries(places: Iterable[Place]) -> dict[str, dict[str, str]]:
    codes = sorted({place.country for place in places} | _outlined())
    return {tag: {code: show_value(Country(code), locale_of(tag), ZONE) for code in codes} for tag in COMPLETE}


def _tongues(places: Iterable[Place], language: str) -> dict[str, str]:
    tags = sorted({tag for place in places for tag in place.languages})
    return {tag: show_value(LanguageName(tag), locale_of(language), ZONE) for tag in tags}


def _public(place: Place) -> dict[str, Any]:
    """What the page shows of a place; fields without a value are left out."""
    fields: dict[str, Any] = {
        "id": place.id, "kind": place.kind, "name": place.name, "town": place.town, "country": place.country,
        "latitude": round(place.latitude, 5), "longitude": round(place.longitude, 5), "exact": place.exact,
        "trades": list(place.trades), "languages": list(place.languages), "about": place.about, "size": place.size,
        "capacity": place.capacity, "tasks": place.tasks, "website": _web_address(place.website),
        "source": place.source, "sample": place.sample, "when": place.when,
        "agreed_on": place.agreed_on.isoformat() if place.agreed_on else None,
    }  # fmt: skip
    return {name: value for name, value in fields.items() if value not in (None, "", [], False)}


def _web_address(written: str | None) -> str | None:
    """An address that a browser may open; nothing else (javascript:, data:) becomes a link."""
    return written if written and re.match(r"https?://[^\s/]", written, re.IGNORECASE) else None


def _embedded(facts: Mapping[str, Any]) -> str:
    """JSON that no text can break out of: in a script element only `<` could end it, or begin a comment."""
    words = json.dumps({**facts, "base": None}, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return words.removesuffix('"base":null}') + f'"base":{_base_map()}}}'


# --- what is the same for every page ------------------------------------------------------------------

NO_SCRIPT = '<p data-words="no_script"></p>'


@cache
def _read(name: str) -> str:
    return (WEB / name).read_text(encoding="utf-8")


@cache
def _body() -> str:
    return _read("map/page.html")


@cache
def _base_map() -> str:
    return _read("base_map.json").strip()


@cache
def _outlined() -> frozenset[str]:
    return frozenset(code for code, *_ in json.loads(_base_map())["countries"] if code)


@cache
def _capitals() -> dict[str, dict[str, str]]:
    """By language the names of capitals, which CLDR knows as those of time zones."""
    zones = [zone for *_, zone in json.loads(_base_map())["towns"] if zone]
    found = {tag: {zone: _town_of(zone, tag) for zone in zones} for tag in COMPLETE}
    return {tag: {zone: name for zone, name in names.items() if name} for tag, names in found.items()}


def _town_of(zone: str, language: str) -> str | None:
    name = locale_of(language).time_zones.get(zone, {}).get("city")
    return str(name) if name else None


@cache
def _script() -> str:
    """Leaflet as it was published, without the line that makes a browser's tools ask for its source map; then ours."""
    leaflet = re.sub(r"\n//# sourceMappingURL=\S+", "", _read("leaflet/leaflet.js"))
    ours = "\n".join(_read(f"map/{name}.js") for name in SCRIPTS)
    licence = f"/*\n{_read('leaflet/LICENSE')}*/"
    return f'{licence}\n{leaflet}\n(() => {{\n"use strict";\n{ours}}})();\n'


@cache
def _style() -> str:
    """Leaflet's style without the pictures it names (none of what shows them is on the page); then ours."""
    bare = re.sub(r"/\*.*?\*/", "", _read("leaflet/leaflet.css"), flags=re.DOTALL)
    leaflet = re.sub(r"[ \t]*(?:background-image|behavior):\s*url\([^)]*\);?\n?", "", bare)
    return f"\n{leaflet}\n{_read('map/page.css')}"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
