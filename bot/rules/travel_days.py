"""The days and hours of the two journeys of a stay, worked out from its dates alone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.clock import ONE_DAY, Itinerary, QuietHours, local, local_date, next_allowed, to_utc

EVENING = time(18)  # of the day before: which hour?
MORNING = time(8)
# Nobody said an hour: most trains, buses and flights of learners arrive in the afternoon or early evening. Later would
# wake contact persons after midnight for no reason, earlier would alarm them over people who sit in a train.
USUAL = time(20)
NOON = time(12)  # there and back on one day
HOURS = (10, 13, 16, 19, 22, 26)  # offered for the arrival, from midnight of its day; 26 is “after midnight”
FARTHEST = timedelta(hours=36)  # how far from now a new hour may lie


class Direction(StrEnum):
    """There or back."""

    OUT = "out"
    BACK = "back"


@dataclass(frozen=True)
class Leg:
    """A journey: from the morning of `day` to the planned arrival on `arrives_on`, by the clock of `zone`."""

    direction: Direction
    day: date
    arrives_on: date
    zone: str
    plan_at: datetime
    ask_at: datetime
    expected_at: datetime


def legs(itinerary: Itinerary, quiet: QuietHours) -> tuple[Leg, ...]:
    """The journeys of a stay. Who turned round before arriving travels home only; who never left does not travel."""
    stay = itinerary
    if stay.return_ < stay.departure:
        return ()
    found = []
    if stay.return_ >= stay.arrival:
        hour = USUAL if stay.return_ > stay.arrival else NOON
        found.append(_leg(Direction.OUT, stay, stay.departure, stay.arrival, stay.host_zone, hour, quiet))
    found.append(_leg(Direction.BACK, stay, stay.return_, stay.return_, stay.home_zone, USUAL, quiet))
    return tuple(found)


def _leg(
    direction: Direction, stay: Itinerary, day: date, arrives_on: date, zone: str, hour: time, quiet: QuietHours
) -> Leg:
    starts_in = stay.home_zone if direction is Direction.OUT else stay.host_zone
    evening = next_allowed(to_utc(day - ONE_DAY, EVENING, starts_in), starts_in, quiet)
    morning = next_allowed(to_utc(day, MORNING, starts_in), starts_in, quiet)
    return Leg(direction, day, arrives_on, zone, evening, morning, to_utc(arrives_on, hour, zone))


def morning_after(instant: datetime, zone: str, quiet: QuietHours) -> datetime:
    """The first morning on the clock of `zone` that is later than `instant`."""
    today = local_date(instant, zone)
    mornings = (next_allowed(to_utc(today + n * ONE_DAY, MORNING, zone), zone, quiet) for n in (0, 1, 2))
    return next(morning for morning in mornings if morning > instant)


def hour_of(arrives_on: date, zone: str, hours: int) -> datetime:
    """The instant that many hours on the wall clock after midnight of the day of arrival: 26 is two the next night."""
    return to_utc(arrives_on + hours // 24 * ONE_DAY, time(hours % 24), zone)


def unsaid(arrival: datetime, zone: str) -> bool:
    """Is this the hour that holds as long as nobody says one? `HOURS` offers neither."""
    return local(arrival, zone).time() in (USUAL, NOON)


def new_hours(arrives_on: date, zone: str, after: datetime) -> tuple[int, ...]:
    """Hours to offer for an arrival later than `after`, counted as in `hour_of`: soon ones close together.

    All within a day, so that every hour stands for one instant."""
    here = local(after, zone)
    first = (here.date() - arrives_on).days * 24 + here.hour + 1
    return tuple(first + more for more in (0, 1, 2, 3, 5, 8, 11, 14, 17))
