"""Learning outcomes: which list fits a trade, which week is logged, and paper forms in every language."""

from __future__ import annotations

from datetime import date

import pytest

from bot.i18n import Day, Text
from bot.papers.grid_form import Form, grid_form
from bot.rules.outcomes import GENERIC, best, code_of, days_of, list_for, week_on, week_to_log, weeks_of
from tests.support import shipped

ARRIVAL, RETURN = date(2026, 3, 1), date(2026, 3, 21)
LISTS = {list_id: one.trades for list_id, one in shipped.library().outcomes.items()}


@pytest.mark.parametrize(
    ("trade", "found"),
    [
        ("Cook", "cook"), ("CAP Cuisine", "cook"), ("Köchin", "cook"), ("cocinero", "cook"), ("Kok", "cook"),
        ("Bäcker/in", "baker"), ("boulangerie-pâtisserie", "baker"), ("panadería", "baker"), ("banketbakker", "baker"),
        ("Friseurin", "hairdresser"), ("coiffure", "hairdresser"), ("parrucchiere", "hairdresser"),
        ("Tischler", "carpenter"), ("menuisier", "carpenter"), ("falegname", "carpenter"),
        ("Elektroniker", "electrician"), ("électricien", "electrician"), ("electricidad", "electrician"),
        ("Kfz-Mechatroniker", "car-mechatronics"), ("mécanicien automobile", "car-mechatronics"),
        ("Técnico en electromecánica de vehículos", "car-mechatronics"), ("autotechniek", "car-mechatronics"),
        ("Pflegefachfrau", "care-assistant"), ("aide-soignante", "care-assistant"), ("verzorgende", "care-assistant"),
        ("Kauffrau für Büromanagement", "office"), ("gestion-administration", "office"), ("comercio", "office"),
        ("Hotelfachmann", "hotel-restaurant"), ("hostelería", "hotel-restaurant"), ("horeca", "hotel-restaurant"),
        ("Gärtner", "gardening"), ("jardinero", "gardening"), ("hovenier", "gardening"),
        ("Sound design", GENERIC), ("Backend-Entwicklung", GENERIC), ("藍染", GENERIC), ("", GENERIC), (None, GENERIC),
    ],
)  # fmt: skip
def test_a_trade_finds_its_list_in_any_language(trade: str | None, found: str) -> None:
    assert list_for(trade, LISTS) == found


def test_every_list_has_six_to_eight_outcomes() -> None:
    counts = {list_id: len(list(one.entries())) for list_id, one in shipped.library().outcomes.items()}
    assert len(counts) == 11
    assert set(counts.values()) <= {6, 7, 8}


@pytest.mark.parametrize(
    ("day", "closed", "week"),
    [
        (date(2026, 2, 28), (), None),  # not there yet
        (date(2026, 3, 1), (), 1),
        (date(2026, 3, 7), (), 1),
        (date(2026, 3, 9), (), 1),  # the first days of a week still ask about the one before
        (date(2026, 3, 9), (1,), 2),
        (date(2026, 3, 11), (), 2),
        (date(2026, 4, 20), (), 3),  # long after the return: the last week
    ],
)
def test_the_week_to_log_is_the_one_just_over_until_it_is_closed(
    day: date, closed: tuple[int, ...], week: int | None
) -> None:
    assert week_to_log(day, ARRIVAL, RETURN, closed) == week


def test_weeks_begin_on_the_day_of_arrival_and_end_with_the_return() -> None:
    assert weeks_of(ARRIVAL, RETURN) == 3
    assert weeks_of(ARRIVAL, ARRIVAL) == 1
    assert days_of(3, ARRIVAL, date(2026, 3, 18)) == (date(2026, 3, 15), date(2026, 3, 18))
    assert week_on(RETURN, ARRIVAL, RETURN) == 3


def test_the_furthest_is_told_and_the_same_words_have_the_same_code() -> None:
    assert best(["helped", None, "alone", "shown"]) == "alone"
    assert best([None]) is None
    assert code_of(" Bake  bread ") == code_of("bake bread") != code_of("bake rolls")


@pytest.mark.parametrize("language", ["en", "de"])  # the shortest words and the longest
def test_the_tutors_form_is_one_page_in_any_language_and_for_any_name(language: str) -> None:
    library = shipped.library()
    units = library.outcomes["car-mechatronics"].units
    outcomes = tuple(
        (Text(f"outcomes/car-mechatronics/units/{unit.id}/title"),
         Text(f"outcomes/car-mechatronics/units/{unit.id}/outcomes/{entry.id}/text"))
        for unit in units for entry in unit.outcomes
    )  # fmt: skip
    form = Form("ليلى 🌻 Ćosić", "L01", "Spring", "Taller de Ejemplo", "", Day(ARRIVAL), Day(RETURN), outcomes)
    data = grid_form(form, lambda text: library.catalogues.plain(text, language, "UTC"), language)
    assert data.startswith(b"%PDF")
    assert data.count(b"/Type /Page\n") == 1
