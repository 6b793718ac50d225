"""The morning digest of coordinators: what happened and what comes, only where there is something to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.flows.cohort import alerts_line, named
from bot.flows.scene import AlertView, CohortView
from bot.flows.vocabulary import Screen, button
from bot.i18n import Day, Text, Value, say, verbatim


@dataclass(frozen=True, slots=True)
class Move:
    """Who leaves, arrives or returns (`what`) on one of these days (`when`: today, tomorrow), in which town."""

    what: str
    when: str
    city: Value
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class News:
    """What there is to say about one cohort; people by name. `unanswered` is of the day before."""

    cohort: CohortView
    alerts: tuple[AlertView, ...] = ()
    unanswered: tuple[str, ...] = ()
    unreachable: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()
    absent: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    going: tuple[str, ...] = ()  # whose data are erased, from `going_on` on
    going_on: date | None = None

    @property
    def anything(self) -> bool:
        return any((self.alerts, self.unanswered, self.unreachable, self.moves, self.absent, self.waiting, self.going))


def digest(found: Sequence[News]) -> Screen:
    """One message for all cohorts of a coordinator."""
    body: list[Text] = [say("digest/title")]
    for news in found:
        body.append(say("digest/cohort", cohort=verbatim(news.cohort.name)))
        body += _lines(news)
    body.append(say("digest/hint"))
    rows = [
        (button("cohort/one_button", f"cohort:show:{news.cohort.id}", cohort=news.cohort.name),) for news in found[:8]
    ]
    if any(news.alerts for news in found):
        rows.insert(0, (button("menu/alerts_button", "alerts:open"),))
    return Screen(tuple(body), tuple(rows))


def _lines(news: News) -> list[Text]:
    lines = [alerts_line(news.alerts)] if news.alerts else []
    if news.unanswered:
        lines.append(say("digest/unanswered", names=named(news.unanswered)))
    if news.unreachable:
        lines.append(say("cohort/unreachable", names=named(news.unreachable)))
    lines += [say(f"digest/{m.what}/{m.when}", city=m.city, names=named(m.names)) for m in news.moves]
    if news.absent:
        lines.append(say("digest/absent", names=named(news.absent)))
    if news.waiting:
        lines.append(say("digest/waiting", names=named(news.waiting)))
    if news.going and news.going_on is not None:
        lines.append(say("kept/digest", names=named(news.going), day=Day(news.going_on)))
    return lines
