"""What a conversation may change about learning outcomes, as plain data; the rest is in `bot.flows.effects`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogOutcome:
    """The learner worked on it in that week of the stay, or did not after all. `how`: shown, helped, alone, explained,
    or None while that is not said."""

    placement_id: int
    week: int
    code: str
    worked: bool
    how: str | None = None


@dataclass(frozen=True, slots=True)
class CloseWeek:
    """That is the week; with a sentence or a voice note, or without (then one that is there stays)."""

    placement_id: int
    week: int
    words: str | None = None
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class ShowOutcomes:
    """The learner lets the contact person see outcomes, counts and the tutor's grid; or no longer."""

    placement_id: int
    given: bool


@dataclass(frozen=True, slots=True)
class GradeOutcome:
    """The tutor's word on one outcome at one moment (mid, end): 0 not seen, 1 to 4."""

    placement_id: int
    moment: str
    code: str
    value: int


@dataclass(frozen=True, slots=True)
class CommentGrid:
    """A sentence of the tutor's beside the grid; None removes it."""

    placement_id: int
    moment: str
    words: str | None


@dataclass(frozen=True, slots=True)
class HandInGrid:
    """The grid is complete: the learner sees it from now on."""

    placement_id: int
    moment: str


@dataclass(frozen=True, slots=True)
class ValidateOutcome:
    """The school's word on one outcome: validated, partly, not_yet. A `note` alone (no verdict) goes to the one there
    is."""

    placement_id: int
    code: str
    verdict: str | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class TellValidated:
    """The learner hears that outcomes were validated."""

    placement_id: int


@dataclass(frozen=True, slots=True)
class KeepReviewNote:
    """What one side (learner, tutor) writes for the talk half-way, under well, next or aims."""

    placement_id: int
    side: str
    part: str
    words: str | None = None
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class ShowReviewNote:
    """Show it to the other side, as it stands."""

    placement_id: int
    side: str
    part: str


OutcomeEffect = (
    LogOutcome
    | CloseWeek
    | ShowOutcomes
    | GradeOutcome
    | CommentGrid
    | HandInGrid
    | ValidateOutcome
    | TellValidated
    | KeepReviewNote
    | ShowReviewNote
)
