"""The words of alerts: severity, reason, outcome, who can be told, what happens to an alert and what is then said.

Rooms that raise, store or show alerts share them; how an alert moves is in `bot.rules.escalation`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from bot.errors import BadInput


class Severity(StrEnum):
    """Amber: one missed check-in, a wish to talk. Red: everybody, now."""

    AMBER = "amber"
    RED = "red"


class Reason(StrEnum):
    """Why an alert was raised; public names (contract.md)."""

    NOT_ANSWERED = "not_answered"
    NOT_DELIVERED = "not_delivered"
    BLOCKED = "blocked"
    COULD_NOT_ASK = "could_not_ask"
    NOT_ARRIVED = "not_arrived"
    ASKED_FOR_HELP = "asked_for_help"
    WANTS_TO_TALK = "wants_to_talk"
    CRISIS_WORDS = "crisis_words"
    DRILL = "drill"


class Outcome(StrEnum):
    """How an alert was resolved."""

    SPOKE = "spoke"
    PHONE = "phone"
    VIA_HOST = "via_host"
    OTHER = "other"


def parse_outcome(text: str) -> Outcome:
    """The outcome named `text`; BadInput with the list of outcomes if there is none: nothing is resolved without."""
    try:
        return Outcome(text.strip().lower())
    except ValueError:
        raise BadInput(f"“{text}” is not an outcome: choose one of {', '.join(Outcome)}.") from None


WORDS_FOR = timedelta(hours=12)


def takes_words(severity: Severity, since: datetime, now: datetime, *, taken: bool, calm: bool) -> bool:
    """Does what the learner writes go to those who were told of their open alert?

    Of a red one, as long as nobody has it, and half a day from when it was raised or they last called (`since`); not
    once they said that all is well or that it was a mistake (`calm`): then their questions are questions again.
    """
    return severity is Severity.RED and not calm and (not taken or now - since < WORDS_FOR)


@dataclass(frozen=True)
class Rung:
    """People (membership ids) who are told together."""

    people: tuple[int, ...]


@dataclass(frozen=True)
class Responder:
    """Somebody on the ladder as things are now; `why` says what keeps them from it (away, unlinked…)."""

    id: int
    on_duty: bool = True
    reachable: bool = True
    why: str | None = None

    @property
    def available(self) -> bool:
        """Can be asked, and is expected to answer."""
        return self.on_duty and self.reachable


@dataclass(frozen=True)
class Ladder:
    """Everybody who may be told about one learner, in order, as things are now."""

    rungs: tuple[Rung, ...]
    responders: Mapping[int, Responder]
    escalate_after: timedelta

    def who(self, person: int) -> Responder:
        """The responder of that id; one nobody knows anything about counts as unreachable."""
        return self.responders.get(person, Responder(person, on_duty=False, reachable=False, why="unknown"))

    def everybody(self) -> tuple[Responder, ...]:
        """All rungs in order, each person once."""
        return self._everybody

    @cached_property
    def _everybody(self) -> tuple[Responder, ...]:
        return tuple(self.who(person) for person in dict.fromkeys(p for rung in self.rungs for p in rung.people))


@dataclass(frozen=True)
class AlertState:
    """One alert. `level` is the rung from 0, the last one once everybody was told; `next_at` is the instant to look
    again (None before it is raised and after it is resolved).

    `sounded_at`: when people were last told for the first time. `announced_at`: when all last heard that nobody took
    it (`exhausted_at` is the first of these). `came_back_at`: it was acknowledged, stayed open, and the one who took it
    was reminded. `set_aside`: who resolved it before the learner said that it is not settled; others are asked first.
    """

    severity: Severity
    level: int = 0
    raised_at: datetime | None = None
    next_at: datetime | None = None
    acknowledged_by: int | None = None
    acknowledged_at: datetime | None = None
    came_back_at: datetime | None = None
    resolved_by: int | None = None
    resolved_at: datetime | None = None
    outcome: Outcome | None = None
    sounded_at: datetime | None = None
    exhausted_at: datetime | None = None
    announced_at: datetime | None = None
    learner_answered_at: datetime | None = None
    reopened: int = 0
    set_aside: int | None = None

    @property
    def is_open(self) -> bool:
        """Raised and not resolved."""
        return self.raised_at is not None and self.resolved_at is None


# --- what happens to an alert -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Raised:
    """Raised, or raised once more for the same learner; a higher `severity` than before is taken over."""

    now: datetime
    severity: Severity | None = None


@dataclass(frozen=True)
class Tick:
    """Time has passed."""

    now: datetime


@dataclass(frozen=True)
class Acknowledged:
    """“I'm on it.”"""

    now: datetime
    by: int


@dataclass(frozen=True)
class Resolved:
    """“Resolved”, with what was done; `by` is None from the command line."""

    now: datetime
    by: int | None
    outcome: Outcome


@dataclass(frozen=True)
class NotSettled:
    """The learner says that it is not settled."""

    now: datetime


@dataclass(frozen=True)
class LearnerAnswered:
    """The learner answered after the alert. It stays open: an answer is not a person who has looked."""

    now: datetime


Trigger = Raised | Tick | Acknowledged | Resolved | NotSettled | LearnerAnswered


# --- what is to be said -----------------------------------------------------------------------------------------------


class News(StrEnum):
    """What the learner is told about the alert."""

    TOLD = "told"
    TAKEN = "taken"
    LAPSED = "lapsed"
    NOBODY_YET = "nobody_yet"
    NOBODY_ON_DUTY = "nobody_on_duty"


@dataclass(frozen=True)
class Notify:
    """Send the alert to these people; `repeat` when they have had it before."""

    people: tuple[int, ...]
    repeat: bool = False


@dataclass(frozen=True)
class Skipped:
    """These were passed over, and why; said in the alert to those who are told instead."""

    people: tuple[Responder, ...]


@dataclass(frozen=True)
class NobodyOnDuty:
    """Nobody on the ladder is on duty and reachable; everybody linked is told anyhow, and is told this."""


@dataclass(frozen=True)
class BecameRed:
    """The severity rose; whoever had it as amber learns that."""


@dataclass(frozen=True)
class TellOthersTaken:
    """Everybody alerted learns who took it."""

    by: int


@dataclass(frozen=True)
class AlreadyTaken:
    """`to` pressed too late: `by` has it."""

    to: int
    by: int


@dataclass(frozen=True)
class TellLearner:
    """Tell the learner; `people` are those told so far, or the one who took it (TAKEN, LAPSED)."""

    what: News
    people: tuple[int, ...] = ()


@dataclass(frozen=True)
class TellLearnerAnswered:
    """Everybody alerted learns that the learner has answered; the alert stays theirs to resolve."""


@dataclass(frozen=True)
class Exhausted:
    """Nobody took it: announce that to all `people`, and that nobody else comes after them."""

    people: tuple[int, ...]


@dataclass(frozen=True)
class ComeBack:
    """Ask who took it whether it is done."""

    by: int


@dataclass(frozen=True)
class Lapsed:
    """`by` took it at `since`, did not resolve it and did not react: it is anybody's again."""

    by: int
    since: datetime | None = None


@dataclass(frozen=True)
class AllClear:
    """Everybody who was alerted learns that it is resolved."""


@dataclass(frozen=True)
class AskSettled:
    """Ask the learner: is this settled for you?"""


Effect = (
    Notify
    | Skipped
    | NobodyOnDuty
    | BecameRed
    | TellOthersTaken
    | AlreadyTaken
    | TellLearner
    | TellLearnerAnswered
    | Exhausted
    | ComeBack
    | Lapsed
    | AllClear
    | AskSettled
)
Result = tuple[AlertState, tuple[Effect, ...]]
