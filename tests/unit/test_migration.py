"""What an edit of a journey means for somebody who walks it."""

from __future__ import annotations

from typing import Any

from bot.content.fields import PINNED
from bot.content.schema import Journey
from bot.rules.migration import compare, nearest


def journey(*steps: tuple[str, str, str]) -> Journey:
    when: dict[str, Any] = {"anchor": "arrival", "days": 0, "at": "12:00"}
    written = [
        {"id": name, "kind": kind, "use": use, "stage": "during", "when": when, "worth": "1d"}
        for name, kind, use in steps
    ]
    data = {"id": "x", "path": "journeys/x", "title": "", "roles": ["learner"], "steps": written}
    return Journey.model_validate(data, context=PINNED)


OLD = journey(("a", "text", "hello"), ("b", "quiz", "money"), ("c", "lesson", "way"), ("d", "text", "bye"))


def test_nothing_changed_is_no_change() -> None:
    assert compare(OLD, OLD).empty


def test_a_step_under_another_name_is_known_by_what_it_shows() -> None:
    change = compare(OLD, journey(("a", "text", "hello"), ("b2", "quiz", "money"), ("d", "text", "bye")))
    assert (change.renamed, change.gone, change.added) == ({"b": "b2"}, ("c",), ())


def test_the_same_name_for_another_kind_is_said() -> None:
    change = compare(OLD, journey(("a", "quiz", "hello"), ("n", "text", "new")))
    assert (change.rekinded, change.kept, change.added) == (("a",), (), ("n",))


def test_who_was_in_a_step_that_is_gone_goes_on_at_the_next_that_is_left_or_the_last_before() -> None:
    change = compare(OLD, journey(("a", "text", "hello"), ("d2", "text", "bye")))
    assert nearest("b", OLD, change) == "d2"
    assert nearest("c", OLD, compare(OLD, journey(("a", "text", "hello")))) == "a"
    assert nearest("a", OLD, compare(OLD, journey(("z", "text", "other")))) is None
