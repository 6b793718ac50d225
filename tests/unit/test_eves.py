"""The eve of a public holiday and of the first day at work: which days have one, and what is said."""

from datetime import UTC, date, datetime, time

import pytest

from bot.clock import to_utc
from bot.flows.eves import Expected, shown
from bot.rules.budget import simulate
from bot.rules.calendar import LearnerFacts
from bot.rules.eves import FIRST_MORNING, HOLIDAY, Eve, eves, first_workday, is_eve, parse
from bot.rules.wishes import Wishes
from tests.support import shipped
from tests.support.journeys import journey, learner, step
from tests.support.scenes import stay

LIBRARY = shipped.library()
NOBODY = Expected()


def of(arrival: date, return_: date, **more: object) -> LearnerFacts:
    """A learner in Barcelona unless told otherwise."""
    where = {"host_country": "ES", "host_city": "barcelona", "home_country": "FR"} | more
    return learner(arrival, return_, **where)


def days_of(facts: LearnerFacts, what: str = HOLIDAY) -> list[date]:
    found = eves(LIBRARY, facts, datetime(2026, 12, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
    return [parse(item.step.id).day for item in found if parse(item.step.id).what == what]


def words(eve: Eve, language: str = "en", expected: Expected = NOBODY, **more: object) -> str:
    where = {"kit": "barcelona", "host_city": "barcelona", "host_country": "ES", "home_country": "FR"} | more
    screen = shown(LIBRARY, eve, stay(**where), expected)
    assert screen is not None
    return "\n".join(LIBRARY.catalogues.plain(text, language, "Europe/Madrid") for text in screen.body)


def test_a_holiday_of_the_region_is_told_there_and_nowhere_else() -> None:
    september = date(2027, 9, 1), date(2027, 9, 30)
    assert days_of(of(*september)) == [date(2027, 9, 11)]
    assert days_of(of(*september, host_city="seville")) == []


def test_it_comes_at_five_on_the_evening_before_by_the_clock_there() -> None:
    (item,) = (one for one in eves(LIBRARY, of(date(2027, 9, 5), date(2027, 9, 30)), *_year())
               if parse(one.step.id).what == HOLIDAY)  # fmt: skip
    assert item.due_at == to_utc(date(2027, 9, 10), time(17), "Europe/Madrid")


def test_days_in_a_row_are_told_once() -> None:
    christmas = days_of(of(date(2026, 12, 20), date(2027, 1, 4)))
    assert christmas == [date(2026, 12, 25), date(2027, 1, 1)]
    said = words(Eve(HOLIDAY, date(2026, 12, 25)))
    assert "Natividad del Señor (Spain)" in said
    assert "San Esteban (Catalonia)" in said


def test_somebody_who_arrives_between_two_holidays_hears_of_the_second() -> None:
    assert days_of(of(date(2026, 12, 25), date(2027, 1, 4)))[0] == date(2026, 12, 26)


def test_only_days_abroad_count_and_nobody_at_home_is_told() -> None:
    assert days_of(of(date(2026, 12, 25), date(2026, 12, 25))) == []
    assert days_of(of(date(2027, 1, 1), date(2027, 1, 5))) == []
    assert days_of(of(date(2027, 1, 1), date(2027, 1, 6))) == [date(2027, 1, 6)]


def test_who_switched_them_off_gets_none_but_still_the_first_morning() -> None:
    facts = of(date(2026, 12, 20), date(2027, 1, 10), wishes=Wishes(quiet=frozenset({"holiday"})))
    assert days_of(facts) == []
    assert days_of(facts, FIRST_MORNING) == [date(2026, 12, 21)]


@pytest.mark.parametrize(
    ("arrival", "work"),
    [
        (date(2027, 2, 1), date(2027, 2, 2)),  # Monday
        (date(2027, 2, 5), date(2027, 2, 8)),  # Friday: after the weekend
        (date(2027, 3, 25), date(2027, 3, 30)),  # before Good Friday, with Easter Monday in Catalonia
    ],
)
def test_the_first_working_day_is_no_weekend_and_no_holiday(arrival: date, work: date) -> None:
    assert first_workday(LIBRARY, of(arrival, date(2027, 4, 20))) == work


def test_a_stay_without_a_working_day_has_no_first_morning() -> None:
    assert days_of(of(date(2027, 2, 5), date(2027, 2, 8)), FIRST_MORNING) == []


def test_the_first_morning_says_what_is_known() -> None:
    eve = Eve(FIRST_MORNING, date(2027, 2, 2))
    known = Expected(tutor="Inés Ejemplo", phone="+34 900 000 000", contact="Claire Exemple", partner="Tom")
    said = words(eve, expected=known, host_organisation="Panadería de Ejemplo", accommodation="Calle Ejemplo 3")
    for fact in ("Calle Ejemplo 3", "Panadería de Ejemplo", "Inés Ejemplo", "+34 900 000 000", "Tom goes to the same",
                 "TMB", "Mercadona", "2 February 2027", "I don't know when you start: ask Claire Exemple"):  # fmt: skip
        assert fact in said


def test_the_first_morning_says_what_is_not_known_and_whom_to_ask() -> None:
    said = words(Eve(FIRST_MORNING, date(2027, 2, 2)), host_organisation=None, accommodation=None, kit=None,
                 host_city="Ogijares")  # fmt: skip
    assert "I don't know where you will work. Ask your contact person" in said
    assert "I don't know who expects you" in said
    assert "{" not in said


@pytest.mark.parametrize("language", ["en", "fr", "es", "it", "de", "nl"])
def test_both_read_well_in_every_language(language: str) -> None:
    for eve in (Eve(HOLIDAY, date(2027, 9, 11)), Eve(FIRST_MORNING, date(2027, 2, 2))):
        said = words(eve, language, accommodation="Calle Ejemplo 3")
        assert "{" not in said
        assert len(said) < 1500


def test_they_share_the_budget_and_go_before_what_can_wait() -> None:
    facts = of(date(2026, 12, 10), date(2027, 1, 5))
    script = journey(*(step(f"s{day}", day, "12:30") for day in range(10, 20)))
    lines = simulate(script, facts, datetime(2026, 12, 1, tzinfo=UTC), eves(LIBRARY, facts, *_year()))
    on_the_eve = [m.step_id for m in lines if m.sent and m.local.date() == date(2026, 12, 24)]
    assert on_the_eve == ["eve~holiday~2026-12-25"]


def test_a_day_that_is_no_holiday_any_more_says_nothing() -> None:
    assert shown(LIBRARY, Eve(HOLIDAY, date(2027, 9, 12)), stay(kit="barcelona"), NOBODY) is None
    assert is_eve("eve~holiday~2027-09-12")
    assert not is_eve("holiday")


def _year() -> tuple[datetime, datetime]:
    return datetime(2026, 12, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
