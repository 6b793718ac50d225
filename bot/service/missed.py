"""Check-ins that were missed become alerts: one each, or one incident where most of a cohort is silent at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.rules.alert import News, Raised, Severity
from bot.rules.check_in import RaiseAlert
from bot.rules.incident import GATHER, STILL_NEW, Grouping
from bot.service import alerts, incidents
from bot.service.alert_speaker import Speaker
from bot.service.book import Book, members_of
from bot.service.core import Core
from bot.store.tables import Alert, CheckIn, Placement

Raise = tuple[CheckIn, RaiseAlert]


def raise_all(
    core: Core, session: Session, stays: Mapping[int, Placement], raised: Sequence[Raise], now: datetime
) -> None:
    """Alerts over these check-ins, in the caller's transaction."""
    misses = [
        (stays[row.placement_id].cohort_id, (row, effect.severity))
        for row, effect in raised
        if incidents.is_miss(effect.reason)
    ]
    groups = incidents.together(session, misses, now) if misses else {}
    leaders = incidents.open_leaders(session, groups)
    book = Book(session, now, [stays[number] for number in {row.placement_id for row, _ in raised}])
    book.take_in(members_of(session, {leader.incident_id for leader in leaders.values() if leader.incident_id}))
    book.expect(sum(not book.open_alerts(row.placement_id) for row, _ in raised))
    joined: dict[int, list[Alert]] = {}
    for row, effect in raised:
        book.has_asked(row)
        placement = stays[row.placement_id]
        if _belongs(book, placement, effect, groups.get(placement.cohort_id), leaders.get(placement.cohort_id)):
            joined.setdefault(placement.cohort_id, []).append(_join(book, placement, row, effect))
        else:
            alerts.raise_in(core, book, placement, effect.reason, effect.severity, check_in_id=row.id)
    for cohort, members in joined.items():
        _gather(core, book, leaders.get(cohort), members, red=groups[cohort].red)
    book.write()


def _belongs(book: Book, placement: Placement, effect: RaiseAlert, group: Grouping | None, led: Alert | None) -> bool:
    """Is this miss one of many? Whoever has an alert of their own keeps it."""
    if group is None or not incidents.is_miss(effect.reason):
        return False
    if book.hidden(placement.id):
        return False  # the message about all would reach somebody who is to hear nothing about this learner
    own = book.open_alerts(placement.id)
    if own and (led is None or own[-1].incident_id != led.incident_id):
        return False
    return group.red if effect.severity is Severity.RED else group.amber


def _join(book: Book, placement: Placement, row: CheckIn, effect: RaiseAlert) -> Alert:
    own = book.open_alerts(placement.id)
    alert = own[-1] if own else book.new_alert(placement, effect.reason, effect.severity, row.id)
    alert.check_in_id = row.id
    if own:
        alert.state = {**alert.state, "said": None, "said_at": None}  # silent again
    book.note(alert.id, "raised", reason=effect.reason.value, severity=effect.severity.value)
    return alert


def _gather(core: Core, book: Book, leader: Alert | None, members: list[Alert], *, red: bool) -> None:
    """Behind the alert that leads; the first of them does where there is none yet."""
    if leader is None:
        leader = members[0]
        leader.next_at = book.now + GATHER
        leader.severity = Severity.RED.value if red else Severity.AMBER.value
        leader.incident_id, leader.state = leader.id, {**leader.state, "leads": True}
        book.note(leader.id, "joined", incident=leader.id)
    new = [member for member in members if member.incident_id is None]
    for member in new:
        member.incident_id = leader.incident_id
        book.note(member.id, "joined", incident=leader.incident_id)
        member.state = {key: value for key, value in member.state.items() if key != "new"}
    incidents.follow(book, leader)
    if leader.state.get("new"):
        return
    if red:  # everybody hears it, or who has it, as with one learner
        alerts.move(core, book, leader, Raised(book.now, Severity.RED))
    else:
        _grow(core, book, leader, new)


def _grow(core: Core, book: Book, leader: Alert, new: Sequence[Alert]) -> None:
    """More are silent after the message went out: it is brought up to date, or, later on, one more follows."""
    if not new:
        return
    chorus = incidents.Chorus(core, book, leader)
    spoke = leader.state.get("spoke_at")
    if spoke is None or book.now - datetime.fromisoformat(spoke) < STILL_NEW:
        chorus.refresh()
    else:
        who = [leader.acknowledged_by] if leader.acknowledged_by is not None else sorted(chorus.told())
        chorus.spread_notice(who, repeat=True, grown=len(new))
    taken = leader.acknowledged_by
    for member in new:
        speaker = Speaker(core, book, member)
        speaker.tell_learner(News.TOLD if taken is None else News.TAKEN, (taken,) if taken else tuple(chorus.told()))
