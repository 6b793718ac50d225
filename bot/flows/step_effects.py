"""What a learner may change about the steps of their journey, as plain data; the rest is in `bot.flows.effects`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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
class KeepAssessment:
    """What a learner thinks of themselves at one time (`phase`): 1 to 4 by statement (`literacy/explain`)."""

    placement_id: int
    phase: str
    item: str
    answers: Mapping[str, int]
