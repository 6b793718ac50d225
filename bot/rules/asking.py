"""Questions to former learners through the bot: who may ask when, and what becomes of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

MOST_OPEN = 3  # questions of one learner that are not settled yet
A_DAY = timedelta(days=1)  # between two questions of one learner to the same person
A_WEEK = timedelta(days=7)
LIMITS = (1, 3, 5)  # questions a week that a former learner may choose to get at most
USUAL_LIMIT = 3
ANSWER_WITHIN = timedelta(days=7)
LONGEST = 600  # characters
TRIES, TRIES_WITHIN = 3, timedelta(days=7)  # refused words after which a coordinator is told
MOST_REFUSED = 5  # in a day: then nothing more goes until the next
REMIND_EVERY = timedelta(days=3)  # coordinators, of what they have not looked at, after the first day
YEAR = timedelta(days=365)  # after which who agreed is asked again, or is taken off the map
ASK_AGAIN = timedelta(days=30)  # before that
REASONS = ("private", "contact", "unkind", "other")  # why a coordinator doesn't pass words on
KEPT = timedelta(days=180)  # words of settled questions; reported ones, from when somebody looked into the report
# Why words wait for a coordinator: who asks may be a minor, or what `contact_words` or `danger` found in them.
HELD_FOR = ("young", "danger", "heavy", "idiom", "number", "link", "mail", "network", "name", "delicate")
TEXT_VERSION = "2026-11"  # of what somebody reads before they agree to be on the map


class State(StrEnum):
    """What became of a question."""

    WAITS = "waits"  # for a coordinator, before the ambassador sees it
    SENT = "sent"
    HELD = "held"  # there is an answer, which a coordinator reads first
    PASSED = "passed"  # a coordinator passed the answer on, at night: it comes in the morning, if both still may then
    ANSWERED = "answered"
    REFUSED = "refused"  # by a coordinator
    SKIPPED = "skipped"  # by the ambassador, who would rather not answer this one
    STOPPED = "stopped"  # one of the two wants nothing more of the other
    TAKEN_BACK = "taken_back"
    LAPSED = "lapsed"  # nobody answered in time
    ENDED = "ended"  # the ambassador is not there any more


OPEN = frozenset({State.WAITS, State.SENT, State.HELD, State.PASSED})
FOR_DESK = frozenset({State.WAITS, State.HELD})


class No(StrEnum):
    """Why somebody can't ask now."""

    GONE = "gone"
    NOT_YOU = "not_you"  # no stay ahead or going on, or no consent yet
    ENOUGH = "enough"  # too many words were refused today
    STOPPED = "stopped"
    TOO_MANY = "too_many"
    TODAY = "today"
    FULL = "full"


def next_reminder(since: datetime, now: datetime) -> datetime:
    """When coordinators are reminded next of what waits since then: after a day, then every third."""
    at = since + A_DAY
    while at <= now:
        at += REMIND_EVERY
    return at


def why_not(
    *, refused: int, stopped: bool, open_questions: int, asked_today: bool, in_a_week: int, limit: int
) -> No | None:
    """What stands in the way of one more question from one to the other."""
    if refused >= MOST_REFUSED:
        return No.ENOUGH
    if stopped:
        return No.STOPPED
    if open_questions >= MOST_OPEN:
        return No.TOO_MANY
    if asked_today:
        return No.TODAY
    return No.FULL if in_a_week >= limit else None
