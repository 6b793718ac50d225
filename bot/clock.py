"""Time and time zones: aware UTC inside, local only at the edge.

Rules of the house: time is an argument; a local time that does not exist (clocks go forward) moves forward by the gap,
one that exists twice (clocks go back) means the first. Facts on zones and countries come from the package `tzdata`.
"""

import difflib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from bot.errors import BadInput

Stage = Literal["before", "during", "after"]

ONE_DAY = timedelta(days=1)
# Kosovo has no ISO 3166 code, so zone.tab leaves it out; XK is the code the EU and Babel use for it.
EXTRA_COUNTRY_ZONES = {"XK": ("Europe/Belgrade",)}
# Two zones of one country count as one when their clocks agree on these days: from now on, not in the past.
COMPARED_DAYS = tuple(
    datetime(year, month, day, 12, tzinfo=UTC)
    for year in range(2025, 2038)
    for month in range(1, 13)
    for day in (1, 15)
)


class Clock(Protocol):
    """Whoever tells the time. Rules and use cases never hold one: they are given `now`."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime.now(UTC)


class VirtualClock:
    """A clock that stands still until it is told otherwise; for the demo, previews and simulations. Thread-safe."""

    def __init__(self, start: datetime) -> None:
        """Start at `start` (aware; ValueError if naive)."""
        self._lock = threading.Lock()
        self._now = ensure_utc(start)

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        with self._lock:
            return self._now

    def set(self, t: datetime) -> None:
        """Jump to `t` (aware; ValueError if naive). Going back is allowed: real clocks are set back, too."""
        instant = ensure_utc(t)
        with self._lock:
            self._now = instant

    def advance(self, delta: timedelta) -> None:
        """Go on by `delta` (ValueError if negative)."""
        if delta < timedelta(0):
            raise ValueError(f"A clock cannot advance by {delta}: use set() to go back.")
        with self._lock:
            self._now += delta


def ensure_utc(dt: datetime) -> datetime:
    """The same instant in UTC; ValueError on a naive datetime, which could mean any instant within a day."""
    if dt.utcoffset() is None:
        raise ValueError(f"{dt.isoformat()} has no time zone: pass an aware datetime.")
    return dt.astimezone(UTC)


@lru_cache
def _zone_names() -> frozenset[str]:
    return frozenset((files("tzdata") / "zones").read_text(encoding="utf-8").split())


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The IANA zone `name`, for example Europe/Paris; BadInput with a suggestion if there is none."""
    if name in _zone_names():
        return ZoneInfo(name)
    close = difflib.get_close_matches(name[:64], sorted(_zone_names()), n=1, cutoff=0.6)
    hint = close[0] if close else "Europe/Paris"
    raise BadInput(f"“{name}” is not a time zone: use a name such as {hint}.")


def to_utc(local_date: date, local_time: time, zone_name: str) -> datetime:
    """The instant of a local date and time.

    `fold=0` does both rules at once: in a gap it keeps the offset from before the change, which lands one gap later
    on the new clock; in an overlap it is the first of the two.
    """
    wall = datetime.combine(local_date, local_time.replace(tzinfo=None, fold=0), tzinfo=zone(zone_name))
    return wall.astimezone(UTC)


def local(dt: datetime, zone_name: str) -> datetime:
    """The instant on the clock of `zone_name` (aware; ValueError if `dt` is naive)."""
    return ensure_utc(dt).astimezone(zone(zone_name))


def local_date(dt: datetime, zone_name: str) -> date:
    """The calendar date of the instant in `zone_name`."""
    return local(dt, zone_name).date()


def start_of_local_day(instant: datetime, zone_name: str) -> datetime:
    """The first instant of the local day that `instant` lies in (01:00 where midnight is skipped)."""
    return to_utc(local_date(instant, zone_name), time(0), zone_name)


def next_local_day_same_time(instant: datetime, zone_name: str) -> datetime:
    """The next local day at the same time on the wall clock: 23, 24 or 25 hours later.

    For one-off postponing only. A recurrence is worked out from the person's hour with `to_utc`, never from its last
    occurrence: that may have been moved by a gap.
    """
    wall = local(instant, zone_name)
    return to_utc(wall.date() + ONE_DAY, wall.time(), zone_name)


@dataclass(frozen=True)
class QuietHours:
    """Local hours in which nothing but safety is sent: from `start` until before `end`, over midnight if start > end.

    Equal start and end mean: never quiet.
    """

    start: time
    end: time

    def contains(self, local_time: time) -> bool:
        """Whether the wall clock shows a quiet time."""
        wall = local_time.replace(tzinfo=None)
        if self.start <= self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end


def next_allowed(instant: datetime, zone_name: str, quiet: QuietHours) -> datetime:
    """`instant` itself when it is not quiet in `zone_name`, else the end of the quiet hours it lies in (UTC)."""
    allowed = ensure_utc(instant)
    while quiet.contains(local(allowed, zone_name).time()):
        allowed = _quiet_end(allowed, zone_name, quiet)
    return allowed


def _quiet_end(instant: datetime, zone_name: str, quiet: QuietHours) -> datetime:
    wall = local(instant, zone_name)
    day = wall.date() if wall.time() < quiet.end else wall.date() + ONE_DAY
    end = to_utc(day, quiet.end, zone_name)
    if end > instant:
        return end
    # The night the clocks go back: the first `end` is over, the quiet time came a second time, so take the second.
    return datetime.combine(day, quiet.end.replace(fold=1), tzinfo=zone(zone_name)).astimezone(UTC)


@dataclass(frozen=True)
class Itinerary:
    """The dates and zones of one stay. Candidates have none.

    Home zone until 00:00 of the arrival date in the host zone; host zone from then through the end of the return date
    there; home again after. A stay that ended before it began (return before arrival) never leaves home.
    """

    home_zone: str
    host_zone: str
    departure: date
    arrival: date
    return_: date

    def stage_at(self, instant: datetime) -> Stage:
        """Before, during or after the stay, by the same boundaries as the zones."""
        if ensure_utc(instant) >= to_utc(self.return_ + ONE_DAY, time(0), self.host_zone):
            return "after"
        return "during" if instant >= to_utc(self.arrival, time(0), self.host_zone) else "before"

    def zone_at(self, instant: datetime) -> str:
        """The zone whose clock the traveller reads at that instant."""
        return self.host_zone if self.stage_at(instant) == "during" else self.home_zone

    def zone_on(self, day: date) -> str:
        """The zone in which something planned for that calendar day is worked out."""
        return self.host_zone if self.arrival <= day <= self.return_ else self.home_zone


def country_zones(country_code: str) -> tuple[str, ...]:
    """The IANA zones of an ISO 3166 country, the most populous first; empty for an unknown country.

    From tzdata's zone.tab, which names a zone per country (Europe/Amsterdam), where zone1970.tab would merge it with
    its neighbours' (Europe/Brussels).
    """
    return _zones_by_country().get(country_code.upper(), ())


@lru_cache(maxsize=512)
def only_zone(country_code: str) -> str | None:
    """The zone of a country whose clocks all agree, so that a town there needs none; else None (ES, PT, US, unknown).

    Germany has two names (Berlin, Büsingen) and one time; Spain has the Canaries an hour behind.
    """
    zones = country_zones(country_code)
    clocks = {tuple(at.astimezone(zone(name)).utcoffset() for at in COMPARED_DAYS) for name in zones}
    return zones[0] if len(clocks) == 1 else None


@lru_cache
def _zones_by_country() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = dict(EXTRA_COUNTRY_ZONES)
    for line in (files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        country, _, name = line.split("\t")[:3]
        found[country] = (*found.get(country, ()), name)
    return found
