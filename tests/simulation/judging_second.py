"""What must hold of e-mails and calls: beside every alert, in time whatever Telegram does, and never twice for one."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.service.second_channel import MAIL_AGAIN, WEBHOOK
from bot.store.tables import Person, SecondMessage
from tests.simulation.judging_alerts import FREES, chorus
from tests.simulation.judging_travel import Judge

if TYPE_CHECKING:
    from tests.simulation.weather import Window

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
FINAL = {"sent", "failed", "unknown", "cancelled"}
SOON = 3 * MINUTE  # a slow server holds up the next letter for as long as it is waited for
TELEGRAM = frozenset({"gone", "rough", "deaf"})  # what is no excuse here


def second_channels(judge: Judge) -> None:
    """Whoever was told of an alert was told by the second channels in the same transaction, and that went out."""
    found = list(judge.session.scalars(select(SecondMessage).order_by(SecondMessage.id)))
    for row in found:
        _ended(judge, row)
        _once(judge, row)
        _in_time(judge, row)
    _beside_every_alert(judge, found)
    _same_letter_twice(judge, found)


def _ended(judge: Judge, row: SecondMessage) -> None:
    tries, name = judge.sim.elsewhere.tries[row.id], f"{row.channel} {row.id}"
    if row.state not in FINAL:
        judge.blame(f"{name} is still {row.state} at the end")
    if row.state == "sent" and not any(one.accepted for one in tries):
        judge.blame(f"{name} is marked sent and never arrived")
    if row.state in FINAL and row.payload:
        judge.blame(f"{name} is over, and what it said lies about")
    trail = [e.what for e in judge.events[row.alert_id] if e.at == row.finished_at] if row.alert_id else ["second_"]
    if row.state in FINAL and not any(what.startswith("second_") for what in trail):
        judge.blame(f"{name} is {row.state}, and the trail of alert {row.alert_id} does not say so")


def _once(judge: Judge, row: SecondMessage) -> None:
    marked = judge.sim.elsewhere.marked.get(row.id)
    for one in judge.sim.elsewhere.tries[row.id]:
        if marked is not None and one.at > marked:
            judge.blame(f"{row.channel} {row.id} went out again at {one.at} though it was marked sent at {marked}")


def _in_time(judge: Judge, row: SecondMessage) -> None:
    tries = judge.sim.elsewhere.tries[row.id]
    first = min((one.at for one in tries), default=judge.sim.clock.now)
    # What holds up our processes or the channel itself is an excuse; whatever befalls Telegram is none.
    windows = [w for w in judge.sim.weather.windows if w.what not in TELEGRAM]
    windows += [w for w in judge.sim.elsewhere.windows if w.what == row.channel]
    excused = sum((_overlap(w, row.created_at - MINUTE, first) for w in windows), timedelta(0))
    if first - row.created_at > SOON + excused + judge._slack(row.created_at):
        judge.blame(f"{row.channel} {row.id} of {row.created_at} was first tried at {first}")


def _overlap(window: Window, start: datetime, end: datetime) -> timedelta:
    if not window.meets(start, end):
        return timedelta(0)
    return min(window.end, end) - max(window.start, start) + 2 * MINUTE


def _beside_every_alert(judge: Judge, found: list[SecondMessage]) -> None:
    calls: dict[int | None, list[datetime]] = defaultdict(list)
    letters: dict[tuple[int | None, int | None], list[datetime]] = defaultdict(list)
    for one in found:
        if one.channel == WEBHOOK:
            calls[one.alert_id].append(one.created_at)
        else:
            letters[one.alert_id, one.person_id].append(one.created_at)
    helpers = [helper.person_id for helper in judge.sim.cast.helpers]
    with_address = set(
        judge.session.scalars(select(Person.id).where(Person.id.in_(helpers), Person.email.is_not(None)))
    )
    for row in judge.alerts.values():
        of_all = [one.id for one in chorus(judge, row)]
        called = {at for one in of_all for at in calls[one]}
        for event in judge.events[row.id]:
            if event.what != "told":
                continue
            if event.at not in called:
                judge.blame(f"alert {row.id} was told at {event.at}, and the second channel heard nothing")
            near = [at for one in of_all for at in letters[one, event.person_id]]
            if event.person_id in with_address and not any(abs(event.at - at) <= MAIL_AGAIN for at in near):
                judge.blame(f"alert {row.id} was told at {event.at}, and person {event.person_id} got no e-mail")


def _same_letter_twice(judge: Judge, found: list[SecondMessage]) -> None:
    last: dict[tuple[object, ...], SecondMessage] = {}
    for row in found:
        what = row.key.removeprefix(f"{row.channel}:").partition(":")[0]
        about = (row.channel, row.alert_id, row.person_id, what)
        before, last[about] = last.get(about), row
        if row.alert_id is None or before is None or row.created_at - before.created_at >= 2 * SECOND:
            continue
        anew = any(e.what in FREES and abs(e.at - row.created_at) < 3 * SECOND for e in judge.events[row.alert_id])
        if not anew:
            judge.blame(f"{row.channel} {before.id} and {row.id} say the same of alert {row.alert_id}")
