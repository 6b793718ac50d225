"""What conversations about questions to former learners may change."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """Ask the former learner of a stay. `held_for`: why a coordinator reads it first, whoever asks."""

    to_placement_id: int
    preset: str | None = None
    words: str | None = None
    held_for: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """The ambassador's answer. `at_once`: who wrote it was shown help instead, for it sounds like danger."""

    question_id: int
    words: str
    held_for: str | None = None
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class CloseQuestion:
    """One of the two wants no more of it. `how`: skipped, stopped, reported or taken_back."""

    question_id: int
    how: str


@dataclass(frozen=True, slots=True)
class DecideQuestion:
    """A coordinator passes words on, or says why not."""

    question_id: int
    passes: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ReadQuestions:
    """A coordinator was shown these: one line of the audit each."""

    question_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SettleReport:
    """Somebody responsible has looked into a report."""

    question_id: int


@dataclass(frozen=True, slots=True)
class NoteRefused:
    """Words were refused because they could say how to reach somebody; `why` as in `bot.rules.contact_words`. For an
    answer: to which question."""

    why: str
    question_id: int | None = None


@dataclass(frozen=True, slots=True)
class BeAsked:
    """A former learner agrees to be on the map and asked, or not any more."""

    agreed: bool


@dataclass(frozen=True, slots=True)
class SetAsks:
    """How many questions a week they want at most."""

    a_week: int


@dataclass(frozen=True, slots=True)
class VetAmbassador:
    """A coordinator puts a former learner on the map, or does not."""

    placement_id: int
    on: bool


AskingEffect = (
    AskQuestion
    | AnswerQuestion
    | CloseQuestion
    | DecideQuestion
    | ReadQuestions
    | SettleReport
    | NoteRefused
    | BeAsked
    | SetAsks
    | VetAmbassador
)
