"""What most tests of alerts do: let a check-in go unanswered, count, resolve."""

from __future__ import annotations

from bot.service.core import Core
from bot.store.tables import Alert
from tests.support.cohort import LEARNER, REFERENT, Small
from tests.support.looking import march, rows


def the_alert(core: Core) -> Alert:
    (found,) = rows(core, Alert)
    return found


def alerted(small: Small, chat: int) -> int:
    return sum(m.kind == "alert" for m in small.world.phone(chat).messages)


def missed(small: Small) -> None:
    """The check-in of 2 March goes unanswered: an amber alert at 20:00 UTC."""
    small.world.travel(march(2, 20))


def resolve(small: Small, chat: int = REFERENT, how: str = "We spoke on the phone") -> None:
    small.world.tap(chat, "Resolved")
    small.world.tap(chat, how)


def called_and_settled(small: Small) -> None:
    """A call for help that the referent took and closed, and the learner says that it is settled."""
    small.world.say(LEARNER, "/sos")
    small.world.tap(REFERENT, "I'm on it")
    resolve(small, how="We met in person")
    small.world.tap(LEARNER, "Yes, it's settled")
