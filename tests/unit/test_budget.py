"""The message budget, joining late, and the preview of a whole journey."""

from collections import Counter
from datetime import UTC, date, datetime
from itertools import pairwise

from hypothesis import given, strategies as st

from bot.rules.budget import APART, allowance, missed, place, simulate
from bot.rules.calendar import calendar
from tests.support.journeys import journey, learner, step

MARCH = learner(date(2027, 3, 14), date(2027, 4, 10))
LONG_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


def placed(*steps, sent=None, facts=MARCH):
    return {item.due.step.id: item for item in place(calendar(journey(*steps), facts), sent or {}, facts)}


def test_one_message_a_day_two_in_the_first_week_after_arrival():
    days = [date(2027, 3, 13), date(2027, 3, 14), date(2027, 3, 20), date(2027, 3, 21)]
    assert [allowance(day, MARCH) for day in days] == [1, 2, 2, 1]


def test_the_second_message_of_a_usual_day_waits_for_the_next_at_the_same_hour():
    found = placed(step("a", 10, "12:30"), step("b", 10, "17:30"))
    assert not found["a"].moved
    assert found["b"].moved
    assert found["b"].local.isoformat() == "2027-03-25T17:30:00+01:00"


def test_waiting_keeps_the_hour_of_the_wall_clock_over_the_change_to_summer_time():
    found = placed(step("a", 13, "12:30"), step("b", 13, "17:30"))
    assert found["b"].local.isoformat() == "2027-03-28T17:30:00+02:00"
    assert found["b"].at == datetime(2027, 3, 28, 15, 30, tzinfo=UTC)


def test_a_step_that_waits_longer_than_it_is_worth_is_dropped_with_a_reason():
    found = placed(step("a", 10, "12:30"), step("b", 10, "17:30", worth="12h"))
    assert found["b"].at is None
    assert "2027-03-24" in found["b"].reason


def test_a_required_step_goes_first_even_when_it_is_later_in_the_day():
    found = placed(step("a", 10, "12:30"), step("b", 10, "17:30", required=True))
    assert not found["b"].moved
    assert found["a"].local.date() == date(2027, 3, 25)


def test_what_has_waited_goes_before_what_is_new():
    found = placed(step("a", 10, "12:30"), step("b", 10, "17:30"), step("c", 11, "12:30"))
    assert [found[name].local.day for name in "abc"] == [24, 25, 26]


def test_days_that_already_brought_their_message_are_full():
    found = placed(step("a", 10, "12:30"), sent={date(2027, 3, 24): 1})
    assert found["a"].local.date() == date(2027, 3, 25)


def test_two_messages_of_the_first_week_keep_an_hour_between_them():
    found = placed(step("a", 2, "12:30"), step("b", 2, "13:00"))
    assert found["b"].local.date() == date(2027, 3, 17)


def test_waiting_does_not_carry_a_step_out_of_its_stage():
    found = placed(step("a", 0, "12:30", anchor="return"), step("b", 0, "17:30", anchor="return"))
    assert found["b"].at is None


def test_placing_again_gives_the_same():
    due = calendar(journey(*(step(f"s{n}", n // 3, "12:30", worth="9d") for n in range(20))), MARCH)
    assert place(due, {}, MARCH) == place(due, {}, MARCH)


@given(
    st.lists(
        st.tuples(st.integers(-5, 26), st.integers(8, 20), st.booleans(), st.integers(1, 9)), min_size=1, max_size=25
    )
)
def test_no_day_ever_brings_more_than_the_budget_nor_two_messages_within_the_hour(rows):
    steps = [
        step(f"s{n}", days, f"{hour:02}:30", required=required, worth=f"{worth}d")
        for n, (days, hour, required, worth) in enumerate(rows)
    ]
    result = place(calendar(journey(*steps), MARCH), {}, MARCH)
    assert len(result) == len(steps)
    going = [item for item in result if item.at]
    for day, count in Counter(item.local.date() for item in going).items():
        assert count <= allowance(day, MARCH)
    instants = sorted(item.at for item in going)
    assert all(later - earlier >= APART for earlier, later in pairwise(instants))
    assert all(item.due.due_at <= item.at < item.due.expires_at for item in going)


# --- joining late -----------------------------------------------------------------------------------

LATE = journey(
    step("old", -20, "17:30", worth="3d"),
    step("papers", -18, "17:30", worth="3d", required=True),
    step("recent", -2, "17:30", worth="9d"),
    step("next", -1, "17:30"),
    step("hello", 1, "12:30"),
)


def test_who_joins_late_gets_required_and_still_valid_steps_in_one_summary():
    joined = datetime(2027, 3, 13, 9, tzinfo=UTC)
    assert [item.step.id for item in missed(LATE, MARCH, joined)] == ["papers", "recent"]


def test_who_joins_after_the_return_is_not_asked_to_prepare():
    assert missed(LATE, MARCH, datetime(2027, 5, 1, tzinfo=UTC)) == []


def test_a_simulation_of_a_late_joiner_shows_one_summary_and_no_flood():
    joined = datetime(2027, 3, 13, 9, tzinfo=UTC)
    lines = simulate(LATE, MARCH, joined)
    assert [(line.step_id or line.kind, line.sent) for line in lines] == [
        ("old", False),
        ("papers", False),
        ("recent", False),
        ("summary", True),
        ("next", True),
        ("hello", True),
    ]
    summary = lines[3]
    assert summary.utc == joined
    assert summary.local.isoformat() == "2027-03-13T10:00:00+01:00"
    assert "papers, recent" in summary.what


def test_a_simulation_in_time_has_no_summary():
    assert all(line.what == "sent" for line in simulate(LATE, MARCH, LONG_BEFORE))


def test_a_simulation_says_what_waits_and_what_is_dropped():
    crowded = journey(step("a", 10, "12:30"), step("b", 10, "17:30"), step("c", 10, "20:15", worth="1h"))
    what = {line.step_id: line.what for line in simulate(crowded, MARCH, LONG_BEFORE)}
    assert what["b"].startswith("sent, after waiting since 2027-03-24 17:30")
    assert what["c"].startswith("dropped: no room on 2027-03-24")
