"""The words of the daily check-in: its states, answers and times, what happens to it and what is then to be done.

Rooms that plan, store or show check-ins share them; how a check-in moves is in `bot.rules.check_in`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from bot.rules.alert import Reason, Severity


class State(StrEnum):
    """Where a check-in stands. `asked`: queued for sending. `closed`: too late to matter, nobody was asked."""

    PLANNED = "planned"
    ASKED = "asked"
    DELIVERED = "delivered"
    REMINDED = "reminded"
    ALERTED = "alerted"
    ANSWERED = "answered"
    EXCUSED = "excused"
    CLOSED = "closed"


class Answer(StrEnum):
    """The three buttons of the prompt."""

    FINE = "fine"
    NEED_HELP = "need_help"
    WANT_TO_TALK = "want_to_talk"


@dataclass(frozen=True)
class Policy:
    """A cohort's times: answers count from `answer_window` before due; reminder and alert follow the delivery.

    A reminder that would not come before the alert is left out.
    """

    answer_window: timedelta
    reminder_after: timedelta
    grace: timedelta

    def __post_init__(self) -> None:
        if self.grace <= timedelta(0):
            raise ValueError(f"grace must be positive, not {self.grace}.")

    @property
    def reminds(self) -> bool:
        """Whether there is a reminder at all."""
        return timedelta(0) < self.reminder_after < self.grace


@dataclass(frozen=True)
class Listening:
    """Whether answers reach us now (backlog read), and when they last did; None: not since this process started."""

    ok: bool
    last_ok: datetime | None = None


@dataclass(frozen=True)
class CheckIn:
    """One check-in of one learner; instants are aware UTC. `wake_at` is when to look again, None when nothing is due.

    `extended`: what was added for time we could not listen, in all. `counted_to`: up to when that has been counted.
    `alerted_at`, `alert_reason`: the alert over a missing answer or delivery (not one the learner asked for).
    """

    state: State
    due_at: datetime
    wake_at: datetime | None = None
    asked_at: datetime | None = None
    delivered_at: datetime | None = None
    remind_at: datetime | None = None
    reminded_at: datetime | None = None
    reminder_delivered_at: datetime | None = None
    deadline: datetime | None = None
    answered_at: datetime | None = None
    answer: Answer | None = None
    extended: timedelta = timedelta(0)
    counted_to: datetime | None = None
    alerted_at: datetime | None = None
    alert_reason: Reason | None = None


def plan(due_at: datetime) -> CheckIn:
    """A check-in that will be asked at `due_at`."""
    return CheckIn(State.PLANNED, due_at, wake_at=due_at)


def was_missed(check_in: CheckIn) -> bool:
    """Whether this one counts as a miss when the next goes unanswered: alerted for the learner's silence, not for our
    own absence, and never answered since.
    """
    return check_in.state is State.ALERTED and check_in.alert_reason is not Reason.COULD_NOT_ASK


# --- what happens to a check-in ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
    """The hour has come. `same_day`: `now` is still the local day of the due time."""

    now: datetime
    same_day: bool = True


@dataclass(frozen=True)
class Delivered:
    """The Bot API returned a message id for the prompt."""

    at: datetime


@dataclass(frozen=True)
class ReminderDelivered:
    """The Bot API returned a message id for the reminder."""

    at: datetime


@dataclass(frozen=True)
class NotDelivered:
    """The prompt or reminder failed for good. `missed_before`: `was_missed` of the check-in before this one."""

    at: datetime
    why: Literal["blocked", "failed"]
    missed_before: bool = False


@dataclass(frozen=True)
class Tick:
    """Time has passed. `same_day` as in Due, `missed_before` as in NotDelivered."""

    now: datetime
    listening: Listening
    same_day: bool = True
    missed_before: bool = False


@dataclass(frozen=True)
class Answered:
    """The learner pressed a button or used /checkin. `alerted`: another one that it answers has alerted."""

    at: datetime
    answer: Answer
    alerted: bool = False


@dataclass(frozen=True)
class Moved:
    """The learner has another chat from now on, and nobody reads what was asked in the old one."""

    at: datetime


@dataclass(frozen=True)
class Excused:
    """Not expected today after all; `why` (stay ended or moved, travel day) is for the caller to keep."""

    at: datetime
    why: str


Trigger = Due | Delivered | ReminderDelivered | NotDelivered | Tick | Answered | Moved | Excused


# --- what is to be done -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ask:
    """Queue the prompt."""


@dataclass(frozen=True)
class Remind:
    """Queue the reminder."""


@dataclass(frozen=True)
class Withdraw:
    """Drop a prompt or reminder that is still queued."""


@dataclass(frozen=True)
class RaiseAlert:
    """Raise an alert, or raise the severity of the open one."""

    reason: Reason
    severity: Severity


@dataclass(frozen=True)
class Thank:
    """Thank the learner; `late` when referents had been alerted already."""

    late: bool = False


@dataclass(frozen=True)
class OfferHelp:
    """Show the learner who can be called now; `urgent` for “I need help”."""

    urgent: bool


@dataclass(frozen=True)
class LateAnswer:
    """Tell those who were alerted what the learner says now; the alert stays theirs to resolve."""

    answer: Answer
    at: datetime


@dataclass(frozen=True)
class TooEarly:
    """Tell the learner that today's check-in still comes; answers count from `counts_from`."""

    counts_from: datetime


@dataclass(frozen=True)
class Missed:
    """The day passed without a question because we were away; referents hear once, for all learners together."""

    why: Reason


Effect = Ask | Remind | Withdraw | RaiseAlert | Thank | OfferHelp | LateAnswer | TooEarly | Missed
Result = tuple[CheckIn, tuple[Effect, ...]]
