"""What a learner wants to be sent by itself: how often challenges, and which kinds of steps not at all.

Required steps (safety, papers) come in any case, and whatever is not sent stays within reach in the menu.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.content.items import RHYTHMS, Rhythm
from bot.content.schema import Step
from bot.errors import BadInput

SWITCHABLE = ("challenge", "reflection", "quiz", "text", "holiday")  # what can be switched off, each alone
EVERY_DAY_AT_FIRST = timedelta(days=14)  # until then nobody needs to choose
TWICE_A_WEEK = frozenset((1, 4))  # Tuesday and Friday: one early in the working week, one before it ends


@dataclass(frozen=True, slots=True)
class Wishes:
    """`rhythm` is None until the learner chose: every day for two weeks, then twice a week. `quiet`: kinds not sent."""

    rhythm: Rhythm | None = None
    quiet: frozenset[str] = frozenset()

    def toggled(self, kind: str) -> Wishes:
        """The same with one kind switched off, or on again; raises BadInput for kinds that always come."""
        if kind not in SWITCHABLE:
            raise BadInput(f"'{kind}' cannot be switched off; choose one of {', '.join(SWITCHABLE)}.")
        return replace(self, quiet=self.quiet ^ {kind})

    def rhythm_on(self, day: date, arrival: date) -> Rhythm:
        """The rhythm that holds on a day of the stay."""
        if self.rhythm is not None:
            return self.rhythm
        return "daily" if day < arrival + EVERY_DAY_AT_FIRST else "twice"


NO_WISHES = Wishes()


def wanted(step: Step, day: date, arrival: date, wishes: Wishes) -> bool:
    """Whether a step due on `day` may come by itself."""
    if step.required:
        return True
    if step.kind in wishes.quiet:
        return False
    if step.kind != "challenge" or step.stage != "during":
        return True
    match wishes.rhythm_on(day, arrival):
        case "daily":
            return True
        case "twice":
            return day.weekday() in TWICE_A_WEEK
        case _:
            return False


def parse(rhythm: str | None, quiet: str | None) -> Wishes:
    """As stored: the rhythm or nothing, kinds with a comma between. Words of other versions are passed over."""
    kinds = frozenset((quiet or "").split(",")) & frozenset(SWITCHABLE)
    chosen = next((word for word in RHYTHMS if word == rhythm), None)
    return Wishes(chosen, kinds)


def stored(wishes: Wishes) -> tuple[str | None, str | None]:
    """The inverse of `parse`."""
    return wishes.rhythm, ",".join(kind for kind in SWITCHABLE if kind in wishes.quiet) or None
