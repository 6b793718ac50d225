"""Dates → due steps: days, hours, zones, conditions."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.rules.calendar import LearnerFacts, age_on, applies, between, calendar, day_of, due_at
from tests.support.journeys import journey, learner, step

MARCH = learner(date(2027, 3, 14), date(2027, 3, 28))


def only(*args, **more):
    return journey(step("s", *args, **more)).steps[0]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    "written, facts, expected",
    [
        (only(-1, "17:30"), MARCH, utc(2027, 3, 13, 16, 30)),
        # The home zone before, the host zone from the day of arrival on, home again after the day of return.
        (
            only(-1, "17:30"),
            learner(date(2027, 3, 14), date(2027, 3, 20), host="Europe/Lisbon"),
            utc(2027, 3, 13, 16, 30),
        ),
        (
            only(0, "17:30"),
            learner(date(2027, 3, 14), date(2027, 3, 20), host="Europe/Lisbon"),
            utc(2027, 3, 14, 17, 30),
        ),
        (
            only(1, "17:30", anchor="return", stage="after"),
            learner(date(2027, 3, 14), date(2027, 3, 20), host="Europe/Lisbon"),
            utc(2027, 3, 21, 16, 30),
        ),
        # Summer time begins on 28 March 2027: the wall clock stays, the instant moves.
        (only(13, "17:30"), MARCH, utc(2027, 3, 27, 16, 30)),
        (only(14, "17:30"), MARCH, utc(2027, 3, 28, 15, 30)),
        # 02:30 does not exist that night and becomes 03:30.
        (only(14, "02:30"), MARCH, utc(2027, 3, 28, 1, 30)),
        # 02:30 exists twice on 31 October 2027: the first.
        (only(1, "02:30"), learner(date(2027, 10, 30), date(2027, 11, 9)), utc(2027, 10, 31, 0, 30)),
        # Leap day and the turn of the year.
        (only(1, "12:00"), learner(date(2028, 2, 28), date(2028, 3, 9)), utc(2028, 2, 29, 11)),
        (only(3, "12:00"), learner(date(2027, 12, 30), date(2028, 1, 9)), utc(2028, 1, 2, 11)),
    ],
)
def test_a_step_is_due_at_its_hour_where_the_learner_is_on_that_day(written, facts, expected):
    assert due_at(written, facts) == expected


@pytest.mark.parametrize(
    "days, weekdays, expected",
    [
        (0, ["mon"], date(2027, 3, 15)),
        (0, ["sun"], date(2027, 3, 14)),
        (1, ["sun"], date(2027, 3, 21)),
        (5, ["mon", "tue", "wed", "thu", "fri"], date(2027, 3, 19)),
        (6, ["mon", "tue", "wed", "thu", "fri"], date(2027, 3, 22)),
    ],
)
def test_weekdays_mean_the_first_such_day_on_or_after(days, weekdays, expected):
    assert day_of(only(days, "12:00", weekdays=weekdays).when, MARCH.itinerary) == expected


@pytest.mark.parametrize(
    "conditions, facts, expected",
    [
        ({}, {}, True),
        ({"minors": True}, {"birth_date": date(2010, 1, 1)}, True),
        ({"minors": True}, {"birth_date": date(2009, 3, 15)}, False),  # 18 on the day itself
        ({"minors": True}, {"birth_date": date(2009, 3, 16)}, True),
        ({"minors": True}, {}, True),  # no birth date: a minor
        ({"minors": False}, {}, False),
        ({"min_age": 18}, {}, False),
        ({"min_age": 16}, {}, True),
        ({"min_age": 16, "max_age": 17}, {"birth_date": date(2012, 1, 1)}, False),
        ({"min_nights": 14}, {}, True),
        ({"min_nights": 15}, {}, False),
        ({"max_nights": 13}, {}, False),
        ({"statuses": ["apprentice"]}, {"status": "apprentice"}, True),
        ({"statuses": ["apprentice"]}, {"status": "pupil"}, False),
        ({"trades": ["baker"]}, {"trade": "Baker"}, True),
        ({"languages": ["fr"]}, {"language": "fr-CA"}, True),
        ({"languages": ["fr"]}, {"language": "en"}, False),
        ({"home_countries": ["FR"]}, {"home_country": "FR"}, True),
        ({"host_countries": ["ES", "PT"]}, {"host_country": "IT"}, False),
        ({"cities": ["seville"]}, {"host_city": "seville"}, True),
        ({"answers": {"trip": ["train"]}}, {"answers": {"trip": "train"}}, True),
        ({"answers": {"trip": ["train"]}}, {}, False),  # not answered yet
        ({"host_countries": ["ES"], "minors": False}, {"host_country": "ES"}, False),  # all must hold
    ],
)
def test_every_condition_must_hold_on_the_day(conditions, facts, expected):
    assert applies(only(1, "12:00", **{"for": conditions}), replace(MARCH, **facts), date(2027, 3, 15)) is expected


@pytest.mark.parametrize(
    "birth, day, age",
    [
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (None, date(2026, 3, 1), None),
    ],
)
def test_age_counts_whole_years_also_for_who_was_born_on_a_leap_day(birth, day, age):
    assert age_on(birth, day) == age


def test_a_step_that_a_short_stay_has_no_room_for_is_left_out():
    written = journey(step("early", 2, "12:00"), step("late", 20, "12:00"), step("last", -7, "12:00", anchor="return"))
    week = learner(date(2027, 3, 14), date(2027, 3, 19))
    assert [item.step.id for item in calendar(written, week)] == ["early"]


def test_the_calendar_is_sorted_by_instant_and_carries_local_time_and_expiry():
    written = journey(step("b", 1, "17:30"), step("a", 1, "12:30"))
    first, second = calendar(written, MARCH)
    assert (first.step.id, second.step.id) == ("a", "b")
    assert first.zone == "Europe/Madrid"
    assert first.local.isoformat() == "2027-03-15T12:30:00+01:00"
    assert first.expires_at == first.due_at + timedelta(days=2)


def test_moved_dates_give_another_calendar():
    written = journey(step("a", 1, "12:30"))
    later = learner(date(2027, 4, 14), date(2027, 4, 28))
    assert calendar(written, later)[0].due_at == utc(2027, 4, 15, 10, 30)


def test_a_candidate_without_dates_has_an_empty_calendar():
    assert calendar(journey(step("a", 1, "12:30")), LearnerFacts(None)) == []


def test_a_journey_is_only_for_its_roles():
    assert calendar(journey(step("a", 1, "12:30"), roles=["host_tutor"]), MARCH) == []


def test_between_takes_the_start_and_leaves_the_end():
    written = journey(step("a", 1, "12:30"), step("b", 2, "12:30"))
    start, end = utc(2027, 3, 15, 11, 30), utc(2027, 3, 16, 11, 30)
    assert [item.step.id for item in between(written, MARCH, start, end)] == ["a"]
