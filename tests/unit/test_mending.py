"""Slips of the finger are put right where they are plain, and nothing else is touched."""

import pytest

from bot.content.learned import Example
from bot.rules.danger import Danger
from bot.rules.mending import Mending, Words
from tests.support import shipped

PHRASES = ("where is the pharmacy", "the Café near here")
SMALL = Mending(lambda: Words.of(Example("pharmacy", "en", text) for text in PHRASES))


@pytest.mark.parametrize(
    "slip",
    ["pharmcy", "phamracy", "pharmaacy", "pharmaxy", "pharmacyy"],
    ids=["out", "swapped", "doubled", "other", "end"],
)
def test_one_letter_wrong_in_any_of_the_usual_ways_is_put_right(slip: str) -> None:
    assert SMALL.mended(f"Where is the {slip}?", "en") in ("Where is the pharmacy?", f"Where is the {slip}?")
    assert shipped.search().ask(f"where is the nearest {slip}", "en").topic == "pharmacy"


def test_known_words_short_words_names_and_other_languages_stay() -> None:
    for text in ("Where is the cafe", "we are at hre", "Pharmazia Müller", "Flensburg"):
        assert SMALL.mended(text, "en") == text
    assert SMALL.mended("pharmcy", "fr") == "pharmcy"


def test_the_first_letter_is_never_guessed() -> None:
    assert SMALL.mended("xharmacy", "en") == "xharmacy"


def test_a_slip_hides_no_danger() -> None:
    assert shipped.danger().assess("he lokced me in and wont let me out of the falt") is Danger.CRISIS
