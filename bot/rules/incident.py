"""When most of a cohort is silent at once: that is one incident (a network, a strike, a party), not 25 alerts.

Each learner keeps an alert of their own, with status and trail; the people on the ladder are told once about all of
them. Who asks for help, or misses a second time while the others don't, stands alone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.errors import BadInput
from bot.rules.alert import Ladder, Reason, Responder, Rung, Severity

AT_LEAST = 4  # learners; fewer are told one by one
WINDOW = timedelta(minutes=30)  # asked within this of each other counts as asked together
SOON = timedelta(minutes=2)  # whose time is up so soon will be silent, too
# Deadlines of those asked together lie seconds apart: the first message waits so long, to name them all.
GATHER = timedelta(seconds=20)
# Who is silent a little later joins the message that is there; after this there is one more message.
STILL_NEW = timedelta(minutes=5)

REASONS = frozenset({Reason.NOT_ANSWERED, Reason.NOT_DELIVERED, Reason.COULD_NOT_ASK})


def is_incident(missing: int, others: int) -> bool:
    """`missing` of those asked together did not answer or could not be asked, `others` did or still have time."""
    return missing >= AT_LEAST and missing >= others


@dataclass(frozen=True)
class Grouping:
    """What becomes of the misses of one cohort at one instant: do amber ones, do red ones go into the incident?"""

    amber: bool = False
    red: bool = False


def grouping(severities: Iterable[Severity], missing: int, others: int, *, open_red: bool = False) -> Grouping:
    """`severities` of those judged now, `missing` and `others` as in `is_incident`; `open_red`: the cohort has an
    incident that is red already, so that nobody in it waits for the ladder."""
    if not is_incident(missing, others):
        return Grouping()
    found = list(severities)
    red = sum(severity is Severity.RED for severity in found)
    return Grouping(amber=True, red=open_red or (red >= AT_LEAST and 2 * red >= len(found)))


def together(ladders: Iterable[Ladder]) -> Ladder:
    """One ladder for all: first everybody's first rung, then everybody's second, each person once."""
    known = list(ladders)
    rungs: list[Rung] = []
    seen: set[int] = set()
    for level in range(max((len(ladder.rungs) for ladder in known), default=0)):
        people = [p for ladder in known for rung in ladder.rungs[level : level + 1] for p in rung.people]
        new = tuple(person for person in dict.fromkeys(people) if person not in seen)
        seen.update(new)
        if new:
            rungs.append(Rung(new))
    responders: dict[int, Responder] = {}
    for ladder in known:
        responders |= ladder.responders
    return Ladder(tuple(rungs), responders, min((ladder.escalate_after for ladder in known), default=timedelta(0)))


def number_of(incident_id: int) -> str:
    """How an incident is called, so that nobody takes it for the alert of that number."""
    return f"G{incident_id}"


def parse_number(text: str) -> tuple[int, bool]:
    """The number of an alert, or of an incident (True), as they are shown: 12, #12, G12. Raises BadInput."""
    found = re.fullmatch(r"#?(g?)([0-9]{1,18})", text.strip(), re.IGNORECASE)
    if found is None:
        raise BadInput(f"“{text}” is no number of an alert: write it as `compagnon alerts list` shows it, 12 or G12.")
    return int(found[2]), bool(found[1])
