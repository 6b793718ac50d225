"""What is read when somebody stops looking after learners."""

from __future__ import annotations

from bot.flows.vocabulary import Screen, screen
from bot.i18n import Listing, say, verbatim

NAMED = 20


def _names(names: tuple[str, ...]) -> Listing:
    shown = tuple(verbatim(name) for name in names[:NAMED])
    return Listing((*shown, "…") if len(names) > NAMED else shown)


def new_contact(name: str) -> Screen:
    """To the learner."""
    return screen(say("handover/new_contact", name=verbatim(name)))


def alert_went(name: str) -> Screen:
    """To the learner whose alert somebody had taken who leaves."""
    return screen(say("handover/alert_went", name=verbatim(name)))


def yours(cohort: str, names: tuple[str, ...], old: str) -> Screen:
    """To who takes over."""
    return screen(say("handover/yours", cohort=cohort, names=_names(names), old=verbatim(old)))


def ended(cohort: str, names: tuple[str, ...], new: str | None, alerts: int) -> Screen:
    """To who leaves: what they no longer see."""
    body = [say("handover/ended", cohort=cohort)]
    if names and new is not None:
        body.append(say("handover/no_longer", names=_names(names), new=verbatim(new)))
    if alerts and new is not None:
        body.append(say("handover/alerts_went", n=alerts, new=verbatim(new)))
    return Screen(tuple(body))


def not_yet() -> Screen:
    """To who wants to be erased while learners would be left with nobody."""
    return screen(say("handover/not_yet"))
