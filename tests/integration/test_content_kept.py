"""The shipped content is read once and kept; a change of any file is seen at once."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from bot.content import checker, kept, loader
from bot.content.folder import SHIPPED
from tests.support.content import write

OWN = """
minutes: 2
title: Our own money lesson
cards:
  - id: only
    text: {wording}
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for what is kept."""
    monkeypatch.setattr(kept, "HERE", tmp_path / "kept")
    return tmp_path / "kept"


def test_the_second_start_takes_up_what_the_first_one_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = loader.load_library()
    assert len(list(place.iterdir())) == 1
    monkeypatch.setattr(loader, "read_tree", None)  # nothing is read from the sources any more
    second = loader.load_library()
    assert second.journeys == first.journeys
    assert second.catalogues.translations == first.catalogues.translations


def test_a_changed_text_changes_what_is_said_at_once(tmp_path: Path) -> None:
    own = tmp_path / "own"
    for wording in ("First wording.", "Other wording."):
        write(own, {"lessons/own-money.yaml": OWN.format(wording=wording)})
        sources = loader.load_library(own).catalogues.sources
        assert sources["lessons/own-money/cards/only/text"].forms == (wording,)


def test_a_broken_copy_is_as_good_as_none(place: Path) -> None:
    kept.keep("name", "what was read")
    (copy,) = place.iterdir()
    for broken in (b"", b"no pickle", pickle.dumps("what was read")[:-3]):
        copy.write_bytes(broken)
        assert kept.take_up("name") is None


def test_whoever_runs_the_program_may_read_what_somebody_else_kept(place: Path) -> None:
    kept.keep("name", "what was read")
    (copy,) = place.iterdir()
    assert copy.stat().st_mode & 0o044 == 0o044


def test_where_nobody_may_write_everything_is_read_anew(place: Path) -> None:
    place.write_text("a file where the folder would be")
    assert "learner-short" in loader.load_library().journeys
    assert place.is_file()


def test_of_many_contents_only_the_newest_are_kept(place: Path) -> None:
    for number in range(kept.NEWEST + 2):
        kept.keep(f"kind-{number}", number)
    assert len(list(place.iterdir())) == kept.NEWEST
    assert kept.take_up(f"kind-{kept.NEWEST + 1}") == kept.NEWEST + 1


def test_the_name_tells_the_same_files_apart_by_what_they_hold(tmp_path: Path) -> None:
    write(tmp_path / "own", {"lessons/own-money.yaml": OWN.format(wording="One.")})
    one = kept.fingerprint("kind", [SHIPPED, tmp_path / "own"])
    assert one == kept.fingerprint("kind", [SHIPPED, tmp_path / "own"])
    write(tmp_path / "own", {"lessons/own-money.yaml": OWN.format(wording="Two.")})
    assert one != kept.fingerprint("kind", [SHIPPED, tmp_path / "own"])


def test_what_is_known_of_the_same_content_is_not_looked_for_again(place: Path) -> None:
    kept.keep(kept.fingerprint("faults", [SHIPPED]), 3)
    assert checker.faults_known(None) == 3
