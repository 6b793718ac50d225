"""A stay's learning outcomes as people see them: what is to be learnt, and what shows that it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bot.clock import Itinerary
from bot.i18n import Text
from bot.rules.outcomes import best


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the sending school says of an outcome: validated, partly or not_yet; and who said so, as what, when."""

    verdict: str
    note: str | None
    by_name: str
    by_role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """One outcome. `logged`: by week of the stay how it was worked on (shown, helped, alone, explained, or None where
    that was not said); `grades`: by moment (mid, end) 0 to 4, of grids handed in."""

    code: str
    words: Text
    unit: Text | None
    logged: Mapping[int, str | None] = field(default_factory=dict)
    grades: Mapping[str, int] = field(default_factory=dict)
    verdict: Verdict | None = None

    @property
    def weeks(self) -> int:
        """In how many weeks the learner worked on it, by their own log."""
        return len(self.logged)

    @property
    def best(self) -> str | None:
        """The furthest the learner got, by their own log."""
        return best(self.logged.values())

    @property
    def grade(self) -> int | None:
        """The newest grade of the tutor."""
        return self.grades.get("end", self.grades.get("mid"))

    @property
    def proven(self) -> bool:
        """Is there anything to show for it?"""
        return bool(self.logged or self.grades or self.verdict)


@dataclass(frozen=True, slots=True)
class GridView:
    """Who assessed, as what, when, and what they say besides. `channel`: chat or paper."""

    moment: str  # mid, end
    by_name: str
    by_role: str
    on: date | None
    channel: str
    comment: str | None


@dataclass(frozen=True, slots=True)
class WeekView:
    """A week of the log that is closed, with the learner's own sentence or voice note."""

    week: int
    words: str | None
    file_id: str | None


@dataclass(frozen=True, slots=True)
class NoteView:
    """What one side wrote for the talk half-way. `shown`: to the other side."""

    side: str  # learner, tutor
    part: str  # well, next, aims
    words: str | None
    file_id: str | None
    shown: bool


@dataclass(frozen=True, slots=True)
class OutcomesView:
    """Everything of a stay. `pinned`: these outcomes are written down for the stay (else they are what its trade would
    give); `shared`: the learner lets the contact person see it; `grids`: handed in; `weeks`: closed."""

    placement_id: int
    outcomes: tuple[OutcomeView, ...] = ()
    pinned: bool = False
    shared: bool = False
    grids: Mapping[str, GridView] = field(default_factory=dict)
    weeks: Mapping[int, WeekView] = field(default_factory=dict)
    notes: tuple[NoteView, ...] = ()
    tutor_joined: bool = False  # the tutor at work is in the bot

    @property
    def logged_weeks(self) -> frozenset[int]:
        """Weeks in which anything was logged or that were closed."""
        return frozenset(self.weeks) | {week for one in self.outcomes for week in one.logged}

    def note(self, side: str, part: str) -> NoteView | None:
        """What a side wrote in a part."""
        return next((one for one in self.notes if (one.side, one.part) == (side, part)), None)

    def changed(self, after: OutcomeView) -> OutcomesView:
        """The same with one outcome as it is now."""
        return replace(self, outcomes=tuple(after if one.code == after.code else one for one in self.outcomes))


@dataclass(frozen=True, slots=True)
class Draft:
    """A grid that the tutor is filling in, or has handed in: grades by code, the comment. `changed`: something in it is
    not handed in."""

    grades: Mapping[str, int] = field(default_factory=dict)
    comment: str | None = None
    handed_in: bool = False
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Tutored:
    """A learner as the tutor at work sees them: the outcomes without the learner's own log, and the tutor's grids by
    moment. `notes` are the tutor's own, and what the learner showed."""

    placement_id: int
    person_id: int
    learner: str
    first_name: str
    cohort: str
    itinerary: Itinerary | None
    outcomes: tuple[OutcomeView, ...]
    drafts: Mapping[str, Draft]
    notes: tuple[NoteView, ...]

    def note(self, side: str, part: str) -> NoteView | None:
        """What a side wrote in a part."""
        return next((one for one in self.notes if (one.side, one.part) == (side, part)), None)


@dataclass(frozen=True, slots=True)
class Examined:
    """A learner whose outcomes the contact person may validate; `view` is None until the learner agreed."""

    placement_id: int
    person_id: int
    learner: str
    view: OutcomesView | None
