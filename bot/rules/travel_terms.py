"""The words of a travel day: its states, what a traveller says, what happens and what is then to be done.

How a journey moves is in `bot.rules.travel`, its days and hours in `bot.rules.travel_days`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from bot.rules.alert import Reason, Severity
from bot.rules.check_in_terms import Listening

OVERDUE = timedelta(hours=3)  # after the planned arrival a missing “arrived” is an alert (decisions.md)
REMIND_AFTER = timedelta(hours=1)  # after the planned arrival, once
LONG_DELAY = timedelta(hours=12)  # beyond the first plan: the contact person hears of it


class State(StrEnum):
    """Where a journey stands. `asked`: the question of the morning was queued. `closed`: too late to matter."""

    PLANNED = "planned"
    ASKED = "asked"
    LEFT = "left"
    DELAYED = "delayed"
    ALERTED = "alerted"
    ARRIVED = "arrived"
    EXCUSED = "excused"
    CLOSED = "closed"


class Word(StrEnum):
    """What a traveller says. `planned`: when they think they will be there; `still`: not there after all."""

    PLANNED = "planned"
    LEFT = "left"
    DELAYED = "delayed"
    ARRIVED = "arrived"
    STILL = "still"


@dataclass(frozen=True)
class Travel:
    """One journey of one learner, there or back; instants are aware UTC, `wake_at` is when to look again.

    `plan_at`: when to ask for the hour of arrival. `ask_at`: the next morning on which to ask. `expected_at`: the
    planned arrival, `first_expected_at` the one before any delay. `undelivered`: why no question reached the learner.
    `extended`, `counted_to`: time we could not listen, as for check-ins. `alerted_at` stays when the learner writes
    again: who was alerted hears it.
    """

    state: State
    expected_at: datetime
    first_expected_at: datetime
    deadline: datetime
    plan_at: datetime | None = None
    ask_at: datetime | None = None
    wake_at: datetime | None = None
    asked_at: datetime | None = None
    delivered_at: datetime | None = None
    undelivered: Reason | None = None
    said: Word | None = None
    said_at: datetime | None = None
    left_at: datetime | None = None
    arrived_at: datetime | None = None
    reminded_at: datetime | None = None
    extended: timedelta = timedelta(0)
    counted_to: datetime | None = None
    alerted_at: datetime | None = None
    alert_reason: Reason | None = None


def plan(plan_at: datetime | None, ask_at: datetime, expected_at: datetime) -> Travel:
    """A journey on which the learner is asked at `ask_at`, and for the hour of arrival at `plan_at`."""
    return Travel(
        State.PLANNED, expected_at, expected_at, expected_at + OVERDUE, plan_at, ask_at, wake_at=plan_at or ask_at
    )


# --- what happens ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tick:
    """Time has passed. `morning`: the first morning after now on which one could ask again."""

    now: datetime
    listening: Listening
    morning: datetime


@dataclass(frozen=True)
class Delivered:
    """The Bot API returned a message id for a question."""

    at: datetime


@dataclass(frozen=True)
class NotDelivered:
    """A question failed for good."""

    at: datetime
    why: Literal["blocked", "failed"]


@dataclass(frozen=True)
class Said:
    """The learner pressed a button. `expected_at` comes with `planned` and `delayed`; `morning` as in Tick, but after
    the first question where that is still to come: who has spoken need not be asked on that morning."""

    at: datetime
    word: Word
    morning: datetime
    expected_at: datetime | None = None


@dataclass(frozen=True)
class Excused:
    """Not expected to travel: the stay was called off or moved, the person was erased."""

    at: datetime


Trigger = Tick | Delivered | NotDelivered | Said | Excused


# --- what is to be done ---------------------------------------------------------------------------


@dataclass(frozen=True)
class AskHour:
    """Queue the question of the evening before: when will you be there?"""


@dataclass(frozen=True)
class Ask:
    """Queue the question of the morning; `again` on every later morning."""

    again: bool = False


@dataclass(frozen=True)
class Remind:
    """Queue the reminder."""


@dataclass(frozen=True)
class Withdraw:
    """Drop a question or reminder that is still queued."""


@dataclass(frozen=True)
class RaiseAlert:
    """Raise an alert, or raise the severity of the open one."""

    reason: Reason
    severity: Severity


@dataclass(frozen=True)
class Reply:
    """Answer the learner on `word`; `again`: they had said that they are there already."""

    word: Word
    again: bool = False


@dataclass(frozen=True)
class LateWord:
    """Those who were alerted learn what the learner says now."""

    word: Word


@dataclass(frozen=True)
class TellArrived:
    """The contact person learns, silently, that the learner is there."""


@dataclass(frozen=True)
class TellNotThere:
    """The contact person had read that the learner is there: not so."""


@dataclass(frozen=True)
class TellDelay:
    """The contact person learns of a long delay."""


@dataclass(frozen=True)
class Over:
    """There is nothing to report on this journey any more."""


@dataclass(frozen=True)
class Missed:
    """The journey went by without a question because we were away."""


Effect = (
    AskHour
    | Ask
    | Remind
    | Withdraw
    | RaiseAlert
    | Reply
    | LateWord
    | TellArrived
    | TellNotThere
    | TellDelay
    | Over
    | Missed
)
Result = tuple[Travel, tuple[Effect, ...]]
