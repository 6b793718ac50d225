"""Checks of language tests: what is wrong with a form is told with its line, what makes it worse as a warning."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content.folder import read_tree
from bot.content.language_test_checks import language_test_faults, language_test_warnings
from tests.support.language_tests import made_up

Change = Callable[[list[dict[str, Any]]], object]


def forms(folder: Path, names: Iterable[str] = ("fr-a", "fr-b"), change: Change | None = None) -> list[str]:
    """What is said of these forms, with the items of the last one changed."""
    (folder / "language_tests").mkdir()
    for name in names:
        test = made_up("fr", "b" if name.endswith("b") else "a")
        items = [item.model_dump(exclude_none=True) for item in test.items]
        if change is not None and name == list(names)[-1]:
            change(items)
        data = {"language": "fr", "form": name[-1], "items": [{**i, "wrong": list(i["wrong"])} for i in items]}
        (folder / "language_tests" / f"{name}.yaml").write_text(yaml.safe_dump(data), "utf-8")
    tree = read_tree(folder)
    return [fault.what for fault in (*tree.faults, *language_test_faults(tree), *language_test_warnings(tree))]


def test_two_full_forms_are_in_order_but_for_right_answers_known_by_their_length(tmp_path: Path) -> None:
    assert {what.split(" in ")[0] for what in forms(tmp_path)} == {"has the right answer as the longest"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda items: items.pop(0), "has at A1 2 of reading instead of 3; each level needs 10 items"),
        (lambda items: items[0].update(id="a1-use-9"), "its level and skill ask for 'a1-reading-' and a number"),
        (lambda items: items[0].update(wrong=["Yes, in the morning ", "b", "c"]), "among the wrong ones"),
        (lambda items: items[0].update(wrong=["b", "B", "c"]), "has the same wrong answer twice"),
        (lambda items: items[0].update(wrong=["b", "c"]), "has 2 and needs at least 3"),
        (lambda items: items[0].update(prompt="I __ here."), "write one gap as ___"),
        (lambda items: items[0].update(prompt="___ and ___"), "write one gap as ___"),
        (lambda items: items[0].update(right="x" * 61), "right has 61 characters, at most 60 may stand there"),
        (lambda items: items[0].update(level="C1"), "choose one of A1, A2, B1, B2"),
        (lambda items: items[1].update(prompt=items[0]["prompt"]), "asks the same as a1-reading-1"),
        (lambda items: items[0].update(prompt="A1 reading 1a?"), "asks the same as fr-a/a1-reading-1"),
        (lambda items: [i.update(text="x" * 200) for i in items], "characters at A1 and fr-b of"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, change: Change, said: str) -> None:
    assert any(said in what for what in forms(tmp_path, change=change))


def test_a_form_alone_and_a_file_of_another_name_are_told(tmp_path: Path) -> None:
    assert any("write fr-b.yaml" in what for what in forms(tmp_path, ["fr-a"]))
    (tmp_path / "language_tests" / "fr-a.yaml").rename(tmp_path / "language_tests" / "french.yaml")
    assert any("call the file fr-a.yaml" in fault.what for fault in read_tree(tmp_path).faults)
