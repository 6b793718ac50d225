"""Questions to former learners as those concerned see them. Nobody's chat or user name is in any of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.i18n import Text
from bot.rules.asking import MOST_REFUSED, USUAL_LIMIT, No, State


@dataclass(frozen=True, slots=True)
class AmbassadorView:
    """A former learner as whoever asks sees them: first name, town, trade. For who vets them, the code besides."""

    placement_id: int
    name: str
    town: Text
    trade: str | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was asked before between the same two (`preset` or `words`), and answered."""

    at: datetime
    preset: str | None
    words: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question as one of the two (`asker`, `ambassador`) or a coordinator (`desk`) sees it. `learner` and `code` are
    for the desk alone; `name` and `town` are the ambassador's. `preset` is theme/id, None where there are `words`.
    `read_first`: who asked is not known to be of age, so that a coordinator reads every answer before they do.
    `reported`: one of the two reported it; `report_open`: and nobody has looked into it yet. `earlier`: the newest
    first, where the card is shown."""

    id: int
    side: str
    state: State
    to_placement_id: int
    name: str
    town: Text
    preset: str | None
    words: str | None
    answer: str | None
    asked_at: datetime
    reason: str | None = None
    learner: str = ""
    code: str = ""
    may_decide: bool = False
    reported: bool = False
    read_first: bool = True
    answered: bool = False  # there was an answer, whether or not it went on
    came: bool = False  # it was passed on to the ambassador
    placement_id: int = 0  # the stay of who asks, and who they are: for the desk alone
    asker_id: int = 0
    held_for: str | None = None
    report_open: bool = False
    earlier: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class AskingView:
    """What a button or the conversation names, as far as this person may know of it. `no`: why they can't ask now.

    `standing` as an ambassador: no (not possible), may (nobody asked yet), waits (for a coordinator), declined (by
    one), shown. `said`: what they wrote to the same person before, oldest first. `refused`: how often words of theirs
    were refused today. `decides`: whether they read questions for a cohort.
    """

    ambassador: AmbassadorView | None = None
    no: No | None = None
    question: QuestionView | None = None
    candidate: AmbassadorView | None = None
    questions: tuple[QuestionView, ...] = ()
    said: tuple[str, ...] = ()
    surnames: tuple[str, ...] = ()  # of this person, where words are awaited
    standing: str = "no"
    limit: int = USUAL_LIMIT
    decides: bool = False
    minor: bool = True
    refused: int = 0

    @property
    def enough(self) -> bool:
        """Was so much refused today that nothing more goes until tomorrow?"""
        return self.refused >= MOST_REFUSED
