"""What a learner may change about the steps of their journey, as plain data; the rest is in `bot.flows.effects`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.rules.language_test import Result


@dataclass(frozen=True, slots=True)
class OpenStep:
    placement_id: int
    step: str


@dataclass(frozen=True, slots=True)
class SaveStep:
    """What was answered so far; a restart goes on from here."""

    placement_id: int
    step: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FinishStep:
    """Done: points are given once, waiting prompts are let go."""

    placement_id: int
    step: str
    data: Mapping[str, Any]
    points: int = 0
    competences: tuple[str, ...] = ()
    score: float | None = None
    quiet: bool = False  # the words told of danger: nothing is celebrated


@dataclass(frozen=True, slots=True)
class SkipStep:
    placement_id: int
    step: str


@dataclass(frozen=True, slots=True)
class ReleaseWaiting:
    """No step is running any more: prompts that waited for it may go out."""

    placement_id: int


@dataclass(frozen=True, slots=True)
class KeepEntry:
    """Into the journal, private."""

    placement_id: int
    step: str
    words: str | None = None
    file_id: str | None = None
    file_kind: str | None = None


@dataclass(frozen=True, slots=True)
class ShareEntry:
    """Show one's newest journal entry of a step to the referent."""

    placement_id: int
    step: str


@dataclass(frozen=True, slots=True)
class IssueCertificate:
    """Write down what somebody has earned, and show it (in another `language`): of a stay, or of a walk of theirs."""

    kind: str
    placement_id: int
    walk_id: int
    language: str | None = None


@dataclass(frozen=True, slots=True)
class KeepSurvey:
    """What somebody thought of a stay, for the report, without a name: 1 to 5 by question, and a sentence. Before the
    step is finished: what is finished was counted already."""

    placement_id: int
    step: str
    item: str
    answers: Mapping[str, int]
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class KeepPortfolio:
    """What a learner puts into their portfolio: by item the fingerprint of what it shows; empty: it stays out."""

    placement_id: int
    choices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KeepAssessment:
    """What a learner thinks of themselves at one time (`phase`): 1 to 4 by statement (`literacy/explain`)."""

    placement_id: int
    phase: str
    item: str
    answers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class KeepLanguageTest:
    """A language test taken to its end, `before` or `after`; its answers as (item, place of the answer)."""

    placement_id: int
    phase: str
    language: str
    form: str
    attempt: int
    answers: tuple[tuple[str, int], ...]
    result: Result


@dataclass(frozen=True, slots=True)
class KeepLanguageClaim:
    """Levels by skill that a learner gives: from the `grid`, or of an `ols` test taken on a day."""

    placement_id: int
    phase: str
    language: str
    source: str
    levels: Mapping[str, str]
    taken_on: date | None = None


@dataclass(frozen=True, slots=True)
class ShareLanguages:
    """Show something of one's language results (`test`, `ols` or `grid`), as it stands now, to one contact person."""

    placement_id: int
    to_person_id: int
    kind: str
    language: str
