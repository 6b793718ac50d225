"""What people read about their data without having asked: that they go soon, and that a family's part is over."""

from __future__ import annotations

from datetime import date

from bot.flows.vocabulary import Screen, button, screen
from bot.i18n import Day, say


def soon(day: date, *, learner: bool) -> Screen:
    """Their data go on that day; a learner may take something along before."""
    if not learner:
        return screen(say("kept/soon_other", day=Day(day)))
    rows = (
        (button("kept/portfolio_button", "portfolio:home"),),
        (button("privacy/export_button", "privacy:export"),),
    )
    return screen(say("kept/soon", day=Day(day)), rows=rows)


def of_age() -> Screen:
    """To a learner who turned 18."""
    return screen(say("kept/of_age"))


def of_age_family(name: str) -> Screen:
    """To their family."""
    return screen(say("kept/of_age_family", name=name))


def yes_gone(name: str, code: str, *, before: bool) -> Screen:
    """To the contact person: a learner abroad took their yes to the journey back, or (`before` false) said no."""
    return screen(say("kept/yes_gone" if before else "kept/yes_refused", name=name, code=code))


def alert_closed() -> Screen:
    """What is left of the message of an alert that was closed long ago, or whose learner was erased."""
    return screen(say("kept/alert_closed"))
