"""Who is told when a learner confides in somebody, or something about somebody; and when a case is asked about again.

Whom the learner chose is told, together and at once; where none of them answers, who looks after safeguarding. Nobody
else, ever. A case about somebody never reaches the person named. Source: decisions.md, "Check-ins and alerts".
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.errors import BadInput
from bot.rules.alert import Ladder, Responder, Rung

TAKE_WITHIN = timedelta(hours=24)  # a case that nobody has taken by then is brought up again, to more people
LOOK_AGAIN = timedelta(days=7)  # a case that somebody has is asked about so often
MOST_CHOICES = 7  # people on the list of toggles: their numbers must fit into 64 bytes of callback data


class CaseOutcome(StrEnum):
    """How a case ended; what it was about is never kept."""

    SUPPORTED = "supported"
    PASSED_ON = "passed_on"
    CHANGED = "changed"
    OTHER = "other"


def parse_case_outcome(text: str) -> CaseOutcome:
    """The outcome named `text`. Raises BadInput with the list of outcomes if there is none."""
    try:
        return CaseOutcome(text.strip().lower().replace("-", "_"))
    except ValueError:
        raise BadInput(f"“{text}” is not an outcome: choose one of {', '.join(CaseOutcome)}.") from None


@dataclass(frozen=True, slots=True)
class Confidant:
    """Somebody who can be told: a membership, whose it is, what they are to the learner, and whether they are reached
    (by chat or e-mail) and not away."""

    membership_id: int
    person_id: int
    name: str
    role: str
    reached: bool = True


def receivers(
    leads: Iterable[Confidant], coordinators: Iterable[Confidant], named: int | None
) -> tuple[Confidant, ...]:
    """Who gets a case about the person `named`: safeguarding leads, and where none is reached, coordinators."""
    for group in (leads, coordinators):
        found = tuple(one for one in group if one.reached and one.person_id != named)
        if found:
            return found
    return ()


def confided_ladder(ladder: Ladder, chosen: Iterable[int], leads: Iterable[int]) -> Ladder:
    """Whom the learner chose first, whatever the hour of duty; then the leads. Whoever is not known drops out."""
    first = tuple(person for person in chosen if person in ladder.responders)
    then = tuple(person for person in leads if person in ladder.responders and person not in first)
    asked = {person: _whatever_the_hour(ladder.responders[person]) for person in first}
    rest = {person: ladder.responders[person] for person in then}
    return Ladder(tuple(Rung(rung) for rung in (first, then) if rung), {**rest, **asked}, ladder.escalate_after)


def _whatever_the_hour(person: Responder) -> Responder:
    # The learner chose them: that counts more than a rota. Who is away does not read it.
    return replace(person, on_duty=True, why=None) if person.reachable and person.why == "off_duty" else person


def leave_out(chosen: Collection[int], toggled: int, known: Iterable[int]) -> tuple[int, ...]:
    """The choice after one tap on somebody, in the order of the list; who is not on the list drops out."""
    after = set(chosen) ^ {toggled}
    return tuple(person for person in known if person in after)


def look_next(now: datetime, *, taken: bool) -> datetime:
    """When a case is looked at again."""
    return now + (LOOK_AGAIN if taken else TAKE_WITHIN)
