"""What is said about a drill: the test alert itself, thanks, and how it went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.flows.vocabulary import Screen, button, screen
from bot.i18n import Listing, Moment, Text, say, verbatim


def alarm(alert_id: int, cohort: str, since: datetime, *, repeat: bool) -> Screen:
    """The test alert, in place of the real one's facts: nobody half asleep must call a family over it."""
    body: list[Text] = [say("drill/alarm", cohort=cohort), say("drill/tap")]
    if repeat:
        body.append(say("drill/again", since=Moment(since, "time")))
    return Screen(tuple(body), ((button("alerts/ack_button", f"alerts:ack:{alert_id}"),),))


def thanks(cohort: str, at: datetime) -> Screen:
    """To who heard it."""
    return screen(say("drill/thanks", cohort=cohort, at=Moment(at, "time")))


def missed(cohort: str, at: datetime) -> Screen:
    """To who did not tap in time, once it is day."""
    return screen(say("drill/missed", cohort=cohort, at=Moment(at, "short")))


def result(
    cohort: str, at: datetime, heard: Sequence[tuple[str, int]], silent: Sequence[str], skipped: Sequence[str]
) -> Screen:
    """To the coordinator: how many heard it and after how many minutes, and who did not."""
    body = [say("drill/result", cohort=cohort, at=Moment(at, "short"), heard=len(heard), n=len(heard) + len(silent))]
    body += [say("drill/heard_after", name=verbatim(name), n=minutes) for name, minutes in heard]
    if silent:
        body.append(say("drill/silent", names=Listing(tuple(verbatim(name) for name in silent))))
    if skipped:
        body.append(say("drill/skipped", names=Listing(tuple(verbatim(name) for name in skipped))))
    return Screen(tuple(body))
