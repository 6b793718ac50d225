"""A roll call: somebody must know right now, so it hurries more than the question of every evening.

The figures are our own choice, not a standard's: half of the two hours that a check-in usually gives, so that whoever
sits in a lesson or on a train can still answer, and one reminder early enough to be heard well before.
"""

from datetime import datetime, timedelta

from bot.rules.check_in_terms import Policy, State

REMINDER_AFTER = timedelta(minutes=15)
GRACE = timedelta(minutes=60)


def policy(own: Policy) -> Policy:
    """The times of a roll call for a learner with these times for the daily check-in: never longer than their own.

    Only what is said after the call answers it.
    """
    reminder = min(own.reminder_after, REMINDER_AFTER) if own.reminds else REMINDER_AFTER
    return Policy(answer_window=timedelta(0), reminder_after=reminder, grace=min(own.grace, GRACE))


def still_asks(state: State, due_at: datetime, now: datetime) -> bool:
    """Does a roll call of before still stand, so that another one need not ask? One that has alerted does for as long
    as it had asked: after that somebody wants to know anew."""
    if state is State.ALERTED:
        return now - due_at < 2 * GRACE
    return state in (State.PLANNED, State.ASKED, State.DELIVERED, State.REMINDED)
