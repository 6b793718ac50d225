"""The net under the words of danger: what it adds on lines that no list of words was made for."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.rules.danger import Danger
from bot.rules.danger_net import Likeness, likeness
from tests.support import shipped

RULES = shipped.danger()
CALM = Path(__file__).parent / "data" / "calm_aside.tsv"
ASIDE = Path(__file__).parent / "data" / "danger_aside.tsv"


@pytest.mark.parametrize(
    "text",
    [
        "my brother will find me in the morning, i left him a note with my passwords",
        "le collègue a la main prise dans le broyeur et il hurle",
        "mi casero no me devuelve el pasaporte y me obliga a limpiar sus pisos de noche",
        "il ragazzo con cui vivo mi tiene la testa sotto l'acqua",
        "er steht mit dem hammer vor meiner tür und tritt dagegen",
        "ze hebben me in de kelder gezet en de deur vergrendeld",
    ],
)
def test_what_no_word_foresaw_is_cared_for(text: str) -> None:
    assert RULES.assess(text) in (Danger.CRISIS, Danger.DISCLOSURE)


@pytest.mark.parametrize(
    "text",
    [
        "where can i buy a monthly bus pass for the tram",
        "on mange où ce soir pour moins de dix euros",
        "a qué hora cierra la biblioteca los viernes",
        "quanto costa spedire un pacco in italia",
        "welche kleidung brauche ich für die küche",
        "hoe laat gaat de laatste bus naar het centrum",
    ],
)
def test_everyday_questions_leave_the_net_calm(text: str) -> None:
    assert likeness(text) is Likeness.CALM


def test_words_that_sound_like_danger_only_ask_back_where_all_else_is_everyday() -> None:
    assert RULES.by_words("I'm drowning in paperwork, who can help me with the registration?") is Danger.CRISIS
    assert RULES.assess("I'm drowning in paperwork, who can help me with the registration?") is Danger.IDIOM


def test_one_sentence_in_a_long_story_is_heard() -> None:
    story = "today we went to the market and bought some fruit for the host family and it was sunny " * 6
    assert RULES.assess(story + "he has me locked in the cellar and beats me when i shout") is Danger.CRISIS


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "?!…", "こんにちは", "\x00", "a" * 4096])
def test_anything_may_be_read(text: str) -> None:
    assert likeness(text) is Likeness.CALM


def test_the_longest_message_is_read_quickly() -> None:
    text = "we walked through the old town and looked at the houses " * 70
    likeness("warm")
    started = time.process_time()
    likeness(text)
    assert time.process_time() - started < 0.3


def test_ordinary_words_about_other_people_alarm_nobody() -> None:
    rows = [line.split("\t") for line in CALM.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert [text for _, text in rows if RULES.assess(text) is Danger.CRISIS] == []
    assert sum(RULES.assess(text) is Danger.DISCLOSURE for _, text in rows) <= 0.1 * len(rows)


def test_danger_told_aside_alerts_and_the_same_words_of_everyday_do_not() -> None:
    rows = [line.split("\t") for line in ASIDE.read_text("utf-8").splitlines() if not line.startswith("#")]
    found = [(kind, RULES.assess(text), text) for _, kind, text in rows]
    missed = [text for kind, read, text in found if kind == "crisis" and read is not Danger.CRISIS]
    false = [text for kind, read, text in found if kind == "none" and read is Danger.CRISIS]
    assert len(missed) <= 0.05 * len(found), missed
    assert len(false) <= 0.02 * len(found), false


def test_a_wide_gap_joins_what_stands_far_apart_in_one_sentence() -> None:
    lost = "it is dark and there is nobody and i have no money with me and no idea where i am"
    assert RULES.by_words(lost) is Danger.CRISIS
    assert RULES.by_words("it is dark at five already. can i pay by card, i have no money with me") is not Danger.CRISIS
