"""Subjects of letters show on locked screens: they name nobody, and still say which alert."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.flows import second
from bot.flows.dossier import Dossier
from bot.flows.second import Letter, encode_letter
from bot.flows.vocabulary import screen
from bot.i18n import say

NOW = datetime(2026, 3, 2, 20, tzinfo=UTC)
ONE = Dossier(31, "Lea Beispiel", "L01", "SPRING", "not_answered", "amber", NOW, NOW, "Europe/Madrid")
MANY = replace(ONE, learner="Lea Beispiel, Kim Exemplo, Noah Sample +9", many=12)
SHOWN = screen(say("alerts/none"))
LETTERS: dict[str, Callable[[Dossier], Letter]] = {
    "new": lambda d: second.alert(d, SHOWN, repeat=False, exhausted=False),
    "again": lambda d: second.alert(d, SHOWN, repeat=True, exhausted=False),
    "exhausted": lambda d: second.alert(d, SHOWN, repeat=True, exhausted=True),
    "taken": lambda d: second.taken(d, SHOWN, "Claire Exemple"),
    "clear": lambda d: second.clear(d, SHOWN),
}


def subject(letter: Letter) -> str:
    return json.dumps(encode_letter(letter)["subject"])


@pytest.mark.parametrize("what", LETTERS)
@pytest.mark.parametrize("about", [ONE, MANY], ids=["one", "many"])
def test_no_subject_names_a_learner(what: str, about: Dossier) -> None:
    written = subject(LETTERS[what](about))
    assert not any(name in written for name in ("Beispiel", "Exemplo", "Sample"))
    assert '"31"' in written
    assert "SPRING" in written


def test_a_short_message_for_a_telephone_still_says_who() -> None:
    assert all("Lea Beispiel" in json.dumps(encode_letter(write(ONE))["short"]) for write in LETTERS.values())


def test_the_subject_about_a_group_says_how_many() -> None:
    assert "12" in subject(LETTERS["new"](MANY))
