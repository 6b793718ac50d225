"""Time as tables: gaps and overlaps of local time, quiet hours, the zones of a stay, the zones of a country."""

import threading
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from bot.clock import (
    Itinerary,
    QuietHours,
    SystemClock,
    VirtualClock,
    country_zones,
    ensure_utc,
    local,
    local_date,
    next_allowed,
    next_local_day_same_time,
    only_zone,
    start_of_local_day,
    to_utc,
    zone,
)
from bot.errors import BadInput

PARIS, MADRID, ATHENS = "Europe/Paris", "Europe/Madrid", "Europe/Athens"
NIGHT = QuietHours(time(22), time(7))
STAY = Itinerary(PARIS, ATHENS, date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 28))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


zones = st.sampled_from(
    [PARIS, ATHENS, "America/Havana", "Asia/Beirut", "Australia/Lord_Howe", "Atlantic/Azores", "Africa/Casablanca"]
)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))
times = st.times().map(lambda t: t.replace(second=0, microsecond=0))


def test_the_system_clock_is_aware_and_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_a_virtual_clock_stands_still_until_told() -> None:
    clock = VirtualClock(utc("2026-03-01T10:00"))
    assert clock.now() == clock.now() == utc("2026-03-01T10:00")
    clock.advance(timedelta(hours=1))
    assert clock.now() == utc("2026-03-01T11:00")
    clock.set(utc("2026-02-01T00:00"))
    assert clock.now() == utc("2026-02-01T00:00")


def test_a_virtual_clock_refuses_naive_instants() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        VirtualClock(datetime(2026, 3, 1))
    with pytest.raises(ValueError, match="no time zone"):
        VirtualClock(utc("2026-03-01T10:00")).set(datetime(2026, 3, 1))


def test_a_virtual_clock_does_not_advance_backwards() -> None:
    VirtualClock(utc("2026-03-01T10:00")).advance(timedelta(0))
    with pytest.raises(ValueError, match="use set"):
        VirtualClock(utc("2026-03-01T10:00")).advance(timedelta(seconds=-1))


def test_a_virtual_clock_loses_no_step_between_threads() -> None:
    clock = VirtualClock(utc("2026-03-01T00:00"))

    def walk() -> None:
        for _ in range(1000):
            clock.advance(timedelta(seconds=1))

    threads = [threading.Thread(target=walk) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.now() == utc("2026-03-01T00:00") + timedelta(seconds=4000)


def test_ensure_utc_keeps_the_instant() -> None:
    assert ensure_utc(datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2)))) == utc("2026-03-01T10:00")
    assert ensure_utc(datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2)))).tzinfo is UTC


@pytest.mark.parametrize("name", ["Europe/Pariss", "", "../../etc/passwd", "Europe", "Mars/Base", "x" * 10_000, "a\0b"])
def test_an_unknown_zone_is_bad_input(name: str) -> None:
    with pytest.raises(BadInput, match="is not a time zone"):
        zone(name)


def test_an_unknown_zone_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(BadInput, match="such as Europe/Paris"):
        zone("europe/Pariss")


@pytest.mark.parametrize(
    "day, at, zone_name, expected",
    [
        ("2026-03-01", "19:00", PARIS, "2026-03-01T18:00"),
        ("2026-07-01", "19:00", PARIS, "2026-07-01T17:00"),
        ("2026-03-29", "02:30", PARIS, "2026-03-29T01:30"),  # does not exist: 03:30 summer time
        ("2026-10-25", "02:30", PARIS, "2026-10-25T00:30"),  # exists twice: the first, still summer time
        ("2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-03T15:45"),  # a gap of half an hour: 02:45
        ("2026-03-29", "00:30", "Asia/Beirut", "2026-03-28T22:30"),  # midnight is skipped: 01:30
        ("2026-11-01", "00:30", "America/Havana", "2026-11-01T04:30"),  # midnight comes twice: the first
    ],
)
def test_local_times_become_instants(day: str, at: str, zone_name: str, expected: str) -> None:
    assert to_utc(date.fromisoformat(day), time.fromisoformat(at), zone_name) == utc(expected)


@given(day=st.dates(date(2020, 1, 1), date(2035, 12, 31)), at=times, zone_name=zones)
def test_a_local_time_is_itself_or_moved_forward(day: date, at: time, zone_name: str) -> None:
    wall = local(to_utc(day, at, zone_name), zone_name).replace(tzinfo=None)
    assert timedelta(0) <= wall - datetime.combine(day, at) <= timedelta(hours=1)


def test_a_local_date_may_differ_from_the_utc_date() -> None:
    assert local_date(utc("2026-03-01T23:30"), PARIS) == date(2026, 3, 2)


@given(instant=instants, zone_name=zones)
def test_a_local_day_starts_before_all_its_instants_and_on_the_same_date(instant: datetime, zone_name: str) -> None:
    start = start_of_local_day(instant, zone_name)
    assert start <= instant
    assert local_date(start, zone_name) == local_date(instant, zone_name)
    assert local_date(start - timedelta(microseconds=1), zone_name) < local_date(instant, zone_name)


@pytest.mark.parametrize(
    "instant, expected",
    [
        ("2026-03-28T18:00", "2026-03-29T17:00"),  # 19:00 → 19:00, 23 hours
        ("2026-10-24T17:00", "2026-10-25T18:00"),  # 25 hours
        ("2026-03-28T01:30", "2026-03-29T01:30"),  # 02:30 does not exist on the 29th: 03:30
    ],
)
def test_the_next_day_has_the_same_wall_clock(instant: str, expected: str) -> None:
    assert next_local_day_same_time(utc(instant), PARIS) == utc(expected)


@pytest.mark.parametrize(
    "start, end, at, quiet",
    [
        (22, 7, "21:59", False),
        (22, 7, "22:00", True),
        (22, 7, "00:00", True),
        (22, 7, "06:59", True),
        (22, 7, "07:00", False),
        (13, 15, "12:59", False),
        (13, 15, "13:00", True),
        (13, 15, "15:00", False),
        (0, 0, "00:00", False),  # equal means never
        (22, 0, "23:59", True),
        (22, 0, "00:00", False),
    ],
)
def test_quiet_hours_contain_their_start_but_not_their_end(start: int, end: int, at: str, quiet: bool) -> None:
    assert QuietHours(time(start), time(end)).contains(time.fromisoformat(at)) is quiet


@pytest.mark.parametrize(
    "instant, zone_name, quiet, expected",
    [
        ("2026-03-01T12:00", PARIS, NIGHT, "2026-03-01T12:00"),
        ("2026-03-01T22:00", PARIS, NIGHT, "2026-03-02T06:00"),  # 23:00 → 07:00
        ("2026-03-28T23:30", PARIS, NIGHT, "2026-03-29T05:00"),  # over the shorter night
        ("2026-10-24T22:30", PARIS, NIGHT, "2026-10-25T06:00"),  # over the longer night
        ("2026-03-29T00:30", PARIS, QuietHours(time(1), time(2, 30)), "2026-03-29T01:30"),  # the end does not exist
        ("2026-10-25T01:10", PARIS, QuietHours(time(1), time(2, 30)), "2026-10-25T01:30"),  # the second 02:10 → 02:30
        ("2026-10-25T00:40", PARIS, QuietHours(time(1), time(2, 30)), "2026-10-25T00:40"),  # 02:40, the first time
    ],
)
def test_quiet_hours_end_on_the_local_clock(instant: str, zone_name: str, quiet: QuietHours, expected: str) -> None:
    assert next_allowed(utc(instant), zone_name, quiet) == utc(expected)


@given(instant=instants, zone_name=zones, start=times, end=times)
def test_the_next_allowed_instant_is_not_quiet_and_not_in_the_past(
    instant: datetime, zone_name: str, start: time, end: time
) -> None:
    quiet = QuietHours(start, end)
    allowed = next_allowed(instant, zone_name, quiet)
    assert allowed >= instant
    assert not quiet.contains(local(allowed, zone_name).time())
    assert allowed - instant <= timedelta(hours=26)


@pytest.mark.parametrize(
    "instant, stage, zone_name",
    [
        ("2026-01-01T00:00", "before", PARIS),
        ("2026-02-28T21:59", "before", PARIS),  # 23:59 in Athens
        ("2026-02-28T22:00", "during", ATHENS),  # 00:00 in Athens, still 23:00 in Paris
        ("2026-03-28T21:59", "during", ATHENS),  # 23:59 on the return date
        ("2026-03-28T22:00", "after", PARIS),
    ],
)
def test_a_stay_changes_zone_at_the_hosts_midnight(instant: str, stage: str, zone_name: str) -> None:
    assert STAY.stage_at(utc(instant)) == stage
    assert STAY.zone_at(utc(instant)) == zone_name


@pytest.mark.parametrize(
    "day, zone_name",
    [("2026-02-28", PARIS), ("2026-03-01", ATHENS), ("2026-03-28", ATHENS), ("2026-03-29", PARIS)],
)
def test_a_day_of_a_stay_has_one_zone(day: str, zone_name: str) -> None:
    assert STAY.zone_on(date.fromisoformat(day)) == zone_name


def test_a_stay_of_one_day_is_abroad_for_that_day() -> None:
    stay = Itinerary(PARIS, ATHENS, date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 1))
    assert stay.stage_at(utc("2026-03-01T12:00")) == "during"
    assert stay.stage_at(utc("2026-03-02T12:00")) == "after"


def test_a_stay_that_ended_before_it_began_never_leaves_home() -> None:
    stay = Itinerary(PARIS, ATHENS, date(2026, 2, 28), date(2026, 3, 1), date(2026, 2, 20))
    moments = [utc(f"2026-{day}T12:00") for day in ("02-10", "02-20", "02-21", "03-01", "03-10")]
    assert [stay.stage_at(at) for at in moments] == ["before", "before", "after", "after", "after"]
    assert {stay.zone_at(at) for at in moments} == {PARIS}


def test_a_stay_refuses_naive_instants() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        STAY.stage_at(datetime(2026, 3, 1))


@pytest.mark.parametrize(
    "country, zone_names",
    [
        ("FR", ("Europe/Paris",)),
        ("nl", ("Europe/Amsterdam",)),
        ("ME", ("Europe/Podgorica",)),
        ("XK", ("Europe/Belgrade",)),
        ("ES", ("Europe/Madrid", "Africa/Ceuta", "Atlantic/Canary")),
        ("ZZ", ()),
    ],
)
def test_a_country_has_its_zones(country: str, zone_names: tuple[str, ...]) -> None:
    assert country_zones(country) == zone_names


@pytest.mark.parametrize(
    "country, zone_name",
    [("FR", PARIS), ("DE", "Europe/Berlin"), ("XK", "Europe/Belgrade"), ("ES", None), ("PT", None), ("ZZ", None)],
)
def test_a_town_needs_no_zone_where_the_whole_country_has_one_time(country: str, zone_name: str | None) -> None:
    assert only_zone(country) == zone_name


@pytest.mark.parametrize("country", ["BE", "NL", "IT", "LV", "PL", "SI", "AL", "RS", "ME", "BA", "XK", "MK"])
def test_most_host_countries_need_no_zone_column(country: str) -> None:
    assert only_zone(country) is not None
