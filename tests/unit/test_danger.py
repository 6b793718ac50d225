"""Danger is told from words: every example, then the rules that must hold whatever the words are."""

import time
from pathlib import Path

import pytest

from bot.content.kits import DangerWords
from bot.rules.danger import Danger, DangerRules
from bot.rules.fold import fold
from tests.support import shipped

RULES = shipped.danger()
LINES = (Path(__file__).parent / "data" / "danger.tsv").read_text("utf-8").splitlines()[1:]
EXAMPLES = [line.split("\t") for line in LINES]


@pytest.mark.parametrize("expected, text", EXAMPLES)
def test_an_example_is_understood(expected: str, text: str) -> None:
    found = RULES.by_words(text)
    assert found == expected or (expected == "none" and found is Danger.IDIOM)


@pytest.mark.parametrize("text", [text for expected, text in EXAMPLES if expected == "crisis"])
def test_the_net_never_talks_a_crisis_away(text: str) -> None:
    assert RULES.assess(text) is Danger.CRISIS


@pytest.mark.parametrize("text", ["JE VEUX MOURIR", "je veux   mourrir !!!", "Je veux… mourir", "jé vëux mourir"])
def test_capitals_accents_spaces_and_doubled_letters_do_not_matter(text: str) -> None:
    assert RULES.assess(text) is Danger.CRISIS


def test_an_idiom_never_hides_what_stands_beside_it() -> None:
    assert RULES.assess("mort de rire, non mais en vrai je veux mourir") is Danger.CRISIS
    assert RULES.assess("my phone is dead and a man is following me") is Danger.CRISIS


def test_a_harmless_question_never_hides_what_stands_beside_it() -> None:
    assert RULES.assess("how do i call an ambulance? my friend is not breathing") is Danger.CRISIS


def test_words_of_two_sentences_are_not_read_together() -> None:
    assert RULES.assess("I want pizza. Die Hard is on tonight") is Danger.NONE


def test_crisis_is_found_at_the_end_of_a_long_message() -> None:
    assert RULES.assess("today we went to the market " * 140 + "i want to die") is Danger.CRISIS


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "…", "?", "こんにちは", "{who} .. |||", "~ ~ ~"])
def test_anything_may_be_typed(text: str) -> None:
    assert RULES.assess(text) is Danger.NONE


def test_the_longest_message_is_read_quickly() -> None:
    texts = ["i want he they my " * 230, "je veux il me en pas " * 200, "a" * 4096]
    RULES.assess("warm")
    started = time.process_time()
    for text in texts:
        RULES.assess(text)
    assert (time.process_time() - started) / len(texts) < 0.1


def test_patterns_read_as_their_comments_say() -> None:
    words = DangerWords(
        id="xx",
        path="danger/xx",
        groups={"who": "he|she"},
        crisis=("{who} .. hit* me|my_friend",),
        disclosure={"mental_health": ("sad",)},
        harmless=("hit_me up",),
    )
    rules = DangerRules.build({"xx": words})
    assert rules.by_words("he never ever hits my friend") is Danger.CRISIS
    assert rules.by_words("she one two three four five hits me") is Danger.NONE
    assert rules.by_words("she hit me up") is Danger.NONE
    assert rules.by_words("they hit me, so sad") is Danger.DISCLOSURE


def test_a_disclosure_says_which_topics_help() -> None:
    assert RULES.told("they call me a dirty arab at work") == ("discrimination",)
    assert RULES.told("my boss keeps touching me and i can't stop crying") == ("harassment", "mental_health")
    assert RULES.told("where can i wash my clothes") == ()


def test_folding_keeps_what_people_mean() -> None:
    assert fold("I can't BREATHE!!!") == "i cant breathe ."
    assert fold("J’ai été... à l’hôpital…") == "j ai ete a l hopital"
    assert fold("Straße, cœur 112") == "strase coeur 112"


@pytest.mark.parametrize(
    "text, folded",
    [
        ("Пребиће ме, дођи!", "prebice me dodi ."),
        ("prebiće me, dodji", "prebice me dodi"),
        ("Ќе ме убие, ѓубре", "ke me ubie gubre"),
        ("kje me ubie, gjubre", "ke me ubie gubre"),
        ("Łódź, ćma, żółć", "lodz cma zolc"),
        ("Ķērsti ģimeni, ļoti", "kersti gimeni loti"),
        ("Љубав и џем", "ljubav i dzem"),
    ],
)
def test_folding_reads_every_alphabet_of_ours_as_it_is_typed_without_its_keys(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_danger_is_read_in_every_language_that_is_spoken() -> None:
    library = shipped.library()
    assert set(library.catalogues.languages) <= set(library.danger)


@pytest.mark.parametrize("text", ["убиће ме, помоћ", "ubiće me, pomoć", "ubice me pomoc", "UBICE ME"])
def test_serbian_is_read_in_either_alphabet_and_without_its_accents(text: str) -> None:
    assert RULES.assess(text) is Danger.CRISIS


@pytest.mark.parametrize("text", ["ќе ме убие", "ke me ubie", "kje me ubie"])
def test_macedonian_is_read_as_it_is_typed(text: str) -> None:
    assert RULES.assess(text) is Danger.CRISIS


AROUND = (
    "there was an earthquake", "the train crashed", "le train a déraillé", "es gibt ein Erdbeben",
    "el tren ha descarrilado", "c'è il terremoto", "de trein is ontspoord", "houve um terramoto",
    "jest trzęsienie ziemi", "potres", "zemestrīce", "tërmet", "земјотрес",
)  # fmt: skip


@pytest.mark.parametrize("text", AROUND)
def test_who_tells_of_a_disaster_is_at_least_asked_whether_they_are_all_right(text: str) -> None:
    assert RULES.assess(text) is not Danger.NONE


def test_a_disaster_hides_nothing_that_stands_beside_it() -> None:
    assert RULES.assess("the bus crashed and i'm bleeding") is Danger.CRISIS
