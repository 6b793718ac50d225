"""Bugs as others have shipped them, planted one at a time: each must be found by the simulation.

A plant replaces a function of the product for one seed. `finds` is what the judge then says, `seed` one that found it
when last searched; it is tried first, and others after it, for every change of the product changes what happens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bot.clock import to_utc
from bot.flows.vocabulary import Incoming, Kind
from bot.rules import check_in as check_in_rules, escalation, travel as travel_rules
from bot.rules.alert import AskSettled, Tick
from bot.rules.check_in_terms import Listening
from bot.service import alerts, check_ins, intake, leases, night, notices, outbox, planning, steps, together
from bot.service.book import book_of
from bot.service.core import Core
from bot.service.delivery import Handled
from bot.store.tables import Alert, CheckIn, Outbox, Person, SeenUpdate
from bot.store.writing import insert_or_ignore
from scheduler import due
from tests.simulation.cast import Size
from tests.simulation.machines import Bot

Patch = pytest.MonkeyPatch
SIZE = Size(1, 2)


@dataclass(frozen=True)
class Plant:
    """A bug, the words of the violation that give it away, and a seed that finds it."""

    name: str
    plant: Callable[[Patch], None]
    finds: str
    seed: int | None  # None: not searched yet since the last great change, which is left to the long tests
    level: int = 2  # how bad the world is
    size: Size = SIZE
    postgresql: bool = False
    rate: int | None = None
    processes: int | None = None
    surely: str | None = None  # trouble at every check-in hour; "messages": the desk writes twice a day; "overtaken":
    # schedulers meet in the middle of their turns
    deadly: int = 1  # how many times oftener processes die
    unattended: bool = False  # nobody at the desk closes what others left open
    people: str | None = None  # as of `Simulation`
    rich: bool = False  # likewise

    def seeds(self, most: int) -> list[int]:
        """Those to try, the one on record first."""
        known = [] if self.seed is None else [self.seed]
        return [*known, *(seed for seed in range(most) if seed != self.seed)]


def marked_before_sending(patch: Patch) -> None:
    """The flaw of healthchecks: the row says sent before the call is made."""
    early = update(Outbox).where(Outbox.state == "leased").values(state="sent", lease_owner=None, lease_until=None)

    def attempt(core: Core, ids: Sequence[int], now: datetime) -> set[int]:
        with core.store.transaction() as session:
            session.execute(early.where(Outbox.id.in_(ids)))
        return set(ids)

    patch.setattr(outbox, "attempt", attempt)


def judged_while_deaf(patch: Patch) -> None:
    patch.setattr(check_ins, "listening", lambda session, now: Listening(ok=True, last_ok=now))


def update_not_remembered(patch: Patch) -> None:
    def forgetful(session: Session, table: Any, rows: Sequence[Any]) -> int:
        return insert_or_ignore(session, table, rows) or len(rows)

    patch.setattr(intake, "insert_or_ignore", forgetful)


def remembered_before_done(patch: Patch) -> None:
    """The id is committed first, the effects after it."""

    receive = intake.receive

    def early(core: Core, incoming: Incoming, now: datetime) -> Handled:
        with core.store.transaction() as session:
            new = insert_or_ignore(session, SeenUpdate, [{"update_id": incoming.update_id, "received_at": now}])
        return receive(core, incoming, now) if new else Handled()

    def remembered(session: Session, table: Any, rows: Sequence[Any]) -> int:
        return len(rows) if table is SeenUpdate else insert_or_ignore(session, table, rows)

    patch.setattr(intake, "insert_or_ignore", remembered)
    patch.setattr(intake, "receive", early)
    patch.setattr(together, "answer", lambda core, batch, now: [None] * len(batch))  # all of them go that way


def safety_not_resent(patch: Patch) -> None:
    patch.setattr(outbox, "SAFETY", frozenset())


def answers_resent(patch: Patch) -> None:
    patch.setattr(outbox, "SAFETY", frozenset(Kind))


def interrupted_not_shown(patch: Patch) -> None:
    patch.setattr(outbox, "repeat_interrupted", lambda session, chat_id, now: 0)


def quiet_hours_ignored(patch: Patch) -> None:
    patch.setattr(steps, "next_allowed", lambda now, zone, quiet: now)
    patch.setattr(notices, "next_allowed", lambda now, zone, quiet: now)
    patch.setattr(night, "next_allowed", lambda now, zone, quiet: now)


def budget_ignored(patch: Patch) -> None:
    patch.setattr(steps, "allowance", lambda day, facts: 99)


def acknowledgement_lost(patch: Patch) -> None:
    store = alerts._store

    def forgetful(row: Alert, new: Any) -> None:
        store(row, replace(new, acknowledged_by=None, acknowledged_at=None))

    patch.setattr(alerts, "_store", forgetful)


def deadline_from_due(patch: Patch) -> None:
    delivered = check_in_rules._delivered
    patch.setattr(check_in_rules, "_delivered", lambda known, at, policy: delivered(known, known.due_at, policy))


def rebased_recurrence(patch: Patch) -> None:
    """Every day is the day before plus 24 hours: the change of clocks moves it."""
    wall = planning.check_in_times

    def rebased(placement: Any, cohort: Any, stay: Any, since: datetime, until: datetime) -> dict[Any, datetime]:
        times = wall(placement, cohort, stay, since - timedelta(days=40), until)
        first = min(times, default=None)
        moved = {day: times[first] + (day - first) for day in times} if first else {}
        return {day: due for day, due in moved.items() if since <= due < until}

    patch.setattr(planning, "check_in_times", rebased)


def lease_not_checked(patch: Patch) -> None:
    """Every process believes that it alone sends what nobody asked for."""
    patch.setattr(leases, "take", lambda core, name, now, seconds: True)


def chat_not_kept_in_order(patch: Patch) -> None:
    """Any queued message may be claimed, whatever is under way to its chat or waits before it."""
    heads = (
        select(*outbox._HEADS.selected_columns)
        .outerjoin_from(Outbox, Person, Person.id == Outbox.person_id)
        .where(Outbox.state == "queued", Outbox.bulk == bindparam("lane"), Outbox.not_before <= bindparam("now"))
        .order_by(Outbox.priority, Outbox.id.desc())
        .limit(bindparam("most"))
    )
    patch.setattr(outbox, "_HEADS", heads)


def alert_never_climbs(patch: Patch) -> None:
    patch.setattr(escalation, "_tick", lambda alert, now, ladder: (replace(alert, next_at=now + timedelta(days=1)), ()))


def missed_and_nobody_told(patch: Patch) -> None:
    alert = check_in_rules._alert
    patch.setattr(check_in_rules, "_alert", lambda *args: (alert(*args)[0], ()))


def no_all_clear(patch: Patch) -> None:
    patch.setattr(escalation, "AllClear", AskSettled)


def blocked_is_silence(patch: Patch) -> None:
    """A refused question is taken for an asked one."""

    def not_delivered(core: Core, session: Session, check_in_id: int, blocked: bool, at: datetime) -> None:
        check_ins.delivered(core, session, check_in_id, Kind.CHECK_IN, None, at)

    patch.setattr(check_ins, "not_delivered", not_delivered)


def wrong_side_of_the_gap(patch: Patch) -> None:
    """The night the clocks change is worked out in the zone of home."""
    patch.setattr(planning, "to_utc", lambda day, hour, zone: to_utc(day, hour, "Europe/Riga"))


def no_lock(patch: Patch) -> None:
    """Two schedulers look at the same alert, and neither waits for the other."""

    def wake(core: Core, now: datetime, limit: int) -> int:
        with core.store.transaction() as session:
            rows = session.scalars(select(Alert).where(Alert.next_at <= now).order_by(Alert.next_at).limit(limit)).all()
            if rows:
                book = book_of(session, now, rows)
                for row in rows:
                    alerts.move(core, book, row, Tick(now))
                book.write()
        return len(rows)

    # The schedule holds the functions themselves.
    patch.setattr(due, "JOBS", tuple((name, wake if name == "alerts" else job) for name, job in due.JOBS))


def leases_never_run_out(patch: Patch) -> None:
    """What a dead process held stays held."""
    patch.setattr(outbox, "release_expired", lambda core, now: 0)


def confirmed_before_committed(patch: Patch) -> None:
    """The flaw of PTB's Updater: the offset moves on whatever becomes of the updates."""
    take_all = Bot._take_all

    def careless(bot: Bot, found: Sequence[Incoming]) -> bool:
        take_all(bot, found)
        bot.offset = found[-1].update_id + 1 if found else bot.offset
        return True

    patch.setattr(Bot, "_take_all", careless)


def alert_forgotten(patch: Patch) -> None:
    """Once told, an alert has no next moment."""
    tick = escalation._tick

    def forgetful(alert: Any, now: datetime, ladder: Any) -> Any:
        new, effects = tick(alert, now, ladder)
        return replace(new, next_at=None), effects

    patch.setattr(escalation, "_tick", forgetful)


def arrival_not_awaited(patch: Patch) -> None:
    """A journey's deadline is moved on and on."""
    patch.setattr(
        travel_rules, "_judge", lambda travel, tick: (replace(travel, wake_at=tick.now + timedelta(days=1)), ())
    )


def arrival_too_soon(patch: Patch) -> None:
    """Three hours after the planned arrival become three minutes."""
    judged = travel_rules._waiting

    def hasty(travel: Any) -> Any:
        soon = travel.expected_at + timedelta(minutes=3)
        return judged(replace(travel, deadline=soon, reminded_at=travel.reminded_at or travel.asked_at))

    patch.setattr(travel_rules, "_waiting", hasty)


def answer_for_the_whole_day(patch: Patch) -> None:
    """Whoever answers a roll call in the morning is not asked in the evening."""
    answered = check_ins._answered_too

    def too_soon(session: Session, beside: Sequence[CheckIn], trigger: check_in_rules.Answered, now: datetime) -> None:
        for row in beside:
            if row.state == check_in_rules.State.PLANNED.value:
                row.state, row.answer, row.answered_at, row.wake_at = "answered", trigger.answer.value, now, None
        answered(session, beside, trigger, now)

    patch.setattr(check_ins, "_answered_too", too_soon)


PLANTS = (
    Plant("marked before sending", marked_before_sending, "never arrived", 3, deadly=6),
    Plant("judged while deaf", judged_while_deaf, "though update", 1, level=1, surely="deaf"),
    Plant("update id not remembered", update_not_remembered, "a second time", 3, deadly=6),
    Plant("update id remembered before it is done", remembered_before_done, "nobody answered", 9, deadly=20),
    Plant("safety not sent again", safety_not_resent, "is given up", 9, deadly=6),
    Plant("answers sent again", answers_resent, "arrived twice", 2, deadly=6),
    Plant("interrupted step not shown again", interrupted_not_shown, "not shown again", 0, deadly=6),
    Plant("quiet hours ignored", quiet_hours_ignored, "woke", 12),
    Plant(
        "message budget ignored", budget_ignored, "a prompt too many", 2, level=0, size=Size(2, 2), surely="messages"
    ),
    Plant("acknowledgement lost", acknowledgement_lost, "taken twice", 0, people="silent"),
    Plant("deadline counted from the due time", deadline_from_due, "too soon", 1, level=1, surely="gone"),
    Plant("recurrence re-based", rebased_recurrence, "was to be asked at", 6, level=0),
    Plant(
        "sender's lease not checked",
        lease_not_checked,
        "nobody asked for went out",
        1,
        level=0,
        size=Size(16, 0),
        rate=4,
        processes=3,
        surely="messages",
    ),
    Plant(
        "order within a chat lost",
        chat_not_kept_in_order,
        "arrived after message",
        1,
        level=1,
        surely="gone",
        people="silent",
    ),
    Plant("ladder never climbs", alert_never_climbs, "was silent until", 0, level=0, unattended=True, people="silent"),
    Plant("missed and nobody told", missed_and_nobody_told, "and nobody was", 0, people="silent"),
    Plant("no all-clear", no_all_clear, "does not hear it", 1, people="silent"),
    Plant("refusal taken for silence", blocked_is_silence, "the question never arrived", 2, level=0, surely="blocked"),
    Plant("zone of home abroad", wrong_side_of_the_gap, "was to be asked at", 2),
    Plant("leases never run out", leases_never_run_out, "at the end", 1, deadly=15, people="silent"),
    Plant("confirmed before committed", confirmed_before_committed, "was confirmed and lost", 1, deadly=15),
    Plant(
        "alert forgotten",
        alert_forgotten,
        "nobody will look at it again",
        0,
        level=0,
        unattended=True,
        people="silent",
    ),
    Plant("arrival not awaited", arrival_not_awaited, "at the end, and its deadline", 4, people="travelling"),
    Plant("roll call stands for the day", answer_for_the_whole_day, "before an answer counts", 11, level=0),
    Plant("arrival judged too soon", arrival_too_soon, "too soon: they are expected", 0, people="travelling"),
    Plant(
        "missing lock",
        no_lock,
        "was told twice",
        1,
        level=0,
        size=Size(1, 0),
        postgresql=True,
        processes=2,
        surely="overtaken",
        people="silent",
    ),
)
