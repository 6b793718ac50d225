"""What must hold after every seed: the truth that Telegram and people know, against what the database says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.clock import local, to_utc
from bot.flows.vocabulary import Command, Incoming, Kind, Membership, Start, Tap, Words
from bot.rules.budget import allowance
from bot.rules.calendar import LearnerFacts
from bot.rules.durations import parse_check_in_days
from bot.service.delivery import Fate
from bot.service.drafts import MANNERS, SAFETY
from bot.store.tables import (
    Alert,
    AlertEvent,
    CheckIn,
    Cohort,
    CohortMessage,
    Outbox,
    ParkedUpdate,
    Pause,
    Person,
    Placement,
    Relay,
    SeenUpdate,
)
from tests.simulation.judging_alerts import FREES, all_clear, copies, ladders, trails, words
from tests.simulation.judging_circle import absences, cases, drills, families, stand_ins
from tests.simulation.judging_pauses import pauses, roll_calls
from tests.simulation.judging_second import second_channels
from tests.simulation.judging_travel import journeys
from tests.simulation.people import Learner, Somebody
from tests.simulation.telegram import Got, Try

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

Said = tuple[int, datetime, Incoming]  # the number of an update, when it was posted, and what it says
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FINAL = {"sent", "failed", "unknown", "repeated", "expired", "cancelled"}
LAST_STATES = {"answered", "excused", "alerted", "closed"}
SAFE = {kind.value for kind in SAFETY}
# A process frozen beyond its lease marks the first try while the second is already on its way.
UNDER_WAY = SECOND
UNHEARD = 75 * SECOND  # an answer that young may still be on its way when silence is judged


def judge(sim: Simulation) -> None:
    """Add everything that is wrong to `sim.violations`."""
    with sim.faults.none(), sim.core.store.transaction() as session:
        judge = _Judge(sim, session)
        for check in (
            judge.updates, judge.answers, judge.outbox, judge.twice, judge.order, judge.quiet_hours, judge.budget,
            judge.rate, judge.every_day, judge.fair,
        ):  # fmt: skip
            check()
        for of_all in (journeys, ladders, trails, all_clear, words, copies, pauses, roll_calls):
            of_all(judge)
        for of_the_full_world in (second_channels, drills, absences, stand_ins, cases, families) if sim.rich else ():
            of_the_full_world(judge)


class _Judge:
    def __init__(self, sim: Simulation, session: Any) -> None:
        self.sim, self.session = sim, session
        self.blame = sim.violated
        self.rows: dict[int, Outbox] = {row.id: row for row in session.scalars(select(Outbox).order_by(Outbox.id))}
        self.tries: dict[int, list[Try]] = defaultdict(list)
        for one in sim.telegram.tries:
            self.tries[one.row_id].append(one)
        self.check_ins = list(session.scalars(select(CheckIn).order_by(CheckIn.id)))
        self.alerts: dict[int, Alert] = {row.id: row for row in session.scalars(select(Alert).order_by(Alert.id))}
        self.events: dict[int, list[AlertEvent]] = defaultdict(list)
        for event in session.scalars(select(AlertEvent).order_by(AlertEvent.id)):
            self.events[event.alert_id].append(event)
        self.by_placement = {learner.placement_id: learner for learner in sim.cast.learners}
        self.cohort = session.scalars(select(Cohort)).one()
        self.said: dict[int, list[Said]] = defaultdict(list)  # by chat
        for number, (at, incoming) in sim.telegram.all_updates.items():
            self.said[incoming.chat_id].append((number, at, incoming))
        self.asked: dict[str, list[Outbox]] = defaultdict(list)  # questions by what they are about
        for row in self.rows.values():
            if row.kind == "check_in" and row.ref:
                self.asked[row.ref].append(row)
        self.stepped = [w for w in sim.weather.windows if w.what == "clock"]

    # --- what came in ---

    def updates(self) -> None:
        """Every update has its effects once, in the order of its chat."""
        seen = set(self.session.scalars(select(SeenUpdate.update_id)))
        for number, (at, incoming) in self.sim.telegram.all_updates.items():
            if number not in seen:
                self.blame(f"update {number} ({incoming.event}, posted {at}) was confirmed and lost")
        if parked := list(self.session.scalars(select(ParkedUpdate.update_id))):
            self.blame(f"updates were parked: {parked}")
        last: dict[int, int] = {}
        for number in self.sim.processed:
            chat = self.sim.telegram.all_updates[number][1].chat_id
            if number < last.get(chat, 0):
                self.blame(f"update {number} of chat {chat} was received after update {last[chat]}")
            last[chat] = max(number, last.get(chat, 0))
        self._counts()

    def _counts(self) -> None:
        relayed = list(self.session.scalars(select(Relay.words)))
        for learner in self.sim.cast.learners:
            mine = [u for chat in learner.chats for _, *u in self.said[chat]]
            words = sum(isinstance(u.event, Words) and u.event.text == f"a word from {learner.code}" for _, u in mine)
            kept = sum(one == f"a word from {learner.code}" for one in relayed)
            if kept > words:
                self.blame(f"{learner.code} wrote {words} times to a referent, and {kept} were passed on")
            sos = [at for at, u in mine if _calls_for_help(u.event)]
            raised = [
                e for a in self.alerts.values() if a.placement_id == learner.placement_id
                for e in self.events[a.id] if e.what == "raised" and e.detail["reason"] == "asked_for_help"
            ]  # fmt: skip
            if len(raised) > len(sos):
                self.blame(f"{learner.code} called for help {len(sos)} times, and it was raised {len(raised)} times")
            certain = [at for at, u in mine if _is_sos(u.event) and learner.joined_at and at > learner.joined_at]
            if learner.person_id not in self.sim.relinked and len(raised) < len(certain):
                self.blame(f"{learner.code} sent /sos {len(certain)} times, and it was raised {len(raised)} times")

    def answers(self) -> None:
        """Whoever types a command is answered in the same transaction: nothing of a committed update is lost."""
        said: dict[int, list[datetime]] = defaultdict(list)
        for row in self.rows.values():
            said[row.chat_id].append(row.created_at)
        for number, at in self.sim.processed.items():
            posted, incoming = self.sim.telegram.all_updates[number]
            if not isinstance(incoming.event, Command | Start):
                continue
            near = self._slack(at) + SECOND
            if not any(abs(created - at) <= near for created in said[incoming.chat_id]):
                self.blame(f"update {number} ({incoming.event}) of {posted} was received at {at} and nobody answered")

    # --- what went out ---

    def outbox(self) -> None:
        """Nothing is stuck; what is marked is true; safety is never given up for being unknown."""
        for row in self.rows.values():
            tries = self.tries[row.id]
            name = f"message {row.id} ({row.kind} to {row.chat_id})"
            waits = row.state == "queued" and row.kind == "notice" and row.not_before > self.sim.clock.now
            if row.state not in FINAL and not waits:  # a notice may wait for a morning after the end
                self.blame(f"{name} is still {row.state} at the end")
            if row.state == "sent" and not any(one.accepted for one in tries):
                self.blame(f"{name} is marked sent and never arrived")
            if row.state == "unknown" and row.kind in SAFE:
                self.blame(f"{name} may never have arrived and is given up")
            if row.id in self.sim.marked and row.state not in ("sent", "cancelled"):
                self.blame(f"{name} was sent and marked, and is {row.state} now")
            if row.state == "failed" and not any(one.fate is Fate.BLOCKED for one in tries):
                self.blame(f"{name} failed for no reason")
            if row.state == "expired" and row.kind in SAFE and not self._trouble(row.created_at, row.finished_at):
                self.blame(f"{name} expired in fine weather")
            if row.state == "unknown" and row.finished_at is not None:
                self._shown_again(row, name)

    def _shown_again(self, row: Outbox, name: str) -> None:
        since = row.finished_at or row.created_at
        later = [
            number for number, _, _ in self.said[row.chat_id]
            if number in self.sim.processed and self.sim.processed[number] > since + self._slack(since)
        ]  # fmt: skip
        if later and row.chat_id in self.sim.cast.by_chat:
            self.blame(f"{name} may never have arrived, update {later[0]} came after it, and it was not shown again")

    def twice(self) -> None:
        """No message twice, except safety after an ambiguous send."""
        for row_id, tries in self.tries.items():
            accepted = [one for one in tries if one.accepted]
            marked = self.sim.marked.get(row_id)
            for one in accepted[1:]:
                if one.kind not in SAFE:
                    self.blame(f"message {row_id} ({one.kind}) arrived twice, at {accepted[0].at} and {one.at}")
                elif marked is not None and one.at > marked + UNDER_WAY:
                    self.blame(f"message {row_id} ({one.kind}) was sent again at {one.at} though it was marked sent")
        self._same_thing_twice()

    def _same_thing_twice(self) -> None:
        found: dict[tuple[Any, ...], list[Outbox]] = defaultdict(list)
        for row in self.rows.values():
            if row.ref and row.ref.startswith("travel"):
                continue  # asked about every morning, reminded of every new hour
            if row.ref and row.kind in ("check_in", "reminder", "prompt", "message"):
                found[row.kind, row.ref, row.chat_id].append(row)  # asked again on a new phone
            elif row.ref and row.kind == "alert":
                found[row.kind, row.ref].append(row)
        for key, rows in found.items():
            if key[0] != "alert" and len(rows) > 1:
                self.blame(f"{key} was queued {len(rows)} times")
            for before, after in pairwise(rows):
                close = after.created_at - before.created_at < 2 * SECOND
                if key[0] == "alert" and close and not self._raised(after):
                    self.blame(f"{key} was told twice at {after.created_at}: messages {before.id} and {after.id}")

    def _raised(self, row: Outbox) -> bool:
        events = self.events[int((row.ref or "").split(":")[1])]
        near = [e for e in events if e.what in FREES and abs(e.at - row.created_at) < 3 * SECOND]
        return bool(near)

    def order(self) -> None:
        """Per chat and priority messages arrive in the order in which they were said."""
        last: dict[tuple[int, int], Outbox] = {}
        known: set[int] = set()
        for one in self.sim.telegram.tries:
            row = self.rows.get(one.row_id)
            waits = row is None or row.kind == "notice"  # for the morning, while others overtake it
            if not one.accepted or row is None or waits or row.id in known or row.person_id in self.sim.relinked:
                continue
            known.add(row.id)
            lane = (row.chat_id, row.priority)
            before = last.setdefault(lane, row)
            # Within one second, by clocks of processes that differ a little, what was stored first may be said later.
            later = timedelta(0) < row.created_at - before.created_at < SECOND
            if row.id < before.id and not later:
                self.blame(f"message {row.id} ({row.kind} to {row.chat_id}) arrived after message {before.id}")
            last[lane] = max(row, before, key=lambda one: one.id)

    def quiet_hours(self) -> None:
        """At night only safety, and answers to what the person does."""
        urgent = {m.id for m in self.session.scalars(select(CohortMessage)) if m.urgent}
        for got, person in self._arrived():
            if got.kind not in ("prompt", "notice", "message") or self._row_is_urgent(got, urgent):
                continue
            # On a day of travel nobody knows which clock they live by: what is day by either may go.
            zones = {_zone(person, at) for at in (got.at - DAY, got.at, got.at + DAY)}
            moments = (
                got.at + 2 * SECOND,
                got.at - self._slack(got.at) - MINUTE,
            )  # clocks of processes differ a little
            if all(self.sim.quiet.contains(local(at, zone).time()) for at in moments for zone in zones):
                zone = _zone(person, got.at)
                self.blame(f"message {got.row_id} ({got.kind}) woke {person.name} at {local(got.at, zone):%m-%d %H:%M}")

    def _row_is_urgent(self, got: Got, urgent: set[int]) -> bool:
        row = self.rows[got.row_id]
        return row.kind == "message" and int((row.ref or ":0").split(":")[1]) in urgent

    def budget(self) -> None:
        """No prompt of the journey comes on a day that is full, of prompts or of messages from the desk."""
        if self.sim.changed_stays:
            return
        days: dict[tuple[str, date], list[Got]] = defaultdict(list)
        for got, person in self._arrived():
            row = self.rows[got.row_id]
            late = got.kind == "message" and got.at - row.created_at > 10 * MINUTE  # counted for the day it was for
            if isinstance(person, Learner) and got.kind in ("prompt", "message") and not late:
                days[person.code, local(got.at, _zone(person, got.at)).date()].append(got)
        facts = {one.code: LearnerFacts(itinerary=one.itinerary) for one in self.sim.cast.learners}
        for (code, day), gots in days.items():
            most = allowance(day, facts[code])
            for place, got in enumerate(sorted(gots, key=lambda one: one.at)):
                if got.kind == "prompt" and place >= most:
                    self.blame(f"{code} got message {got.row_id}, a prompt too many, on {day}")

    def _arrived(self) -> Iterable[tuple[Got, Somebody]]:
        for chat_id, chat in self.sim.telegram.chats.items():
            person = self.sim.cast.by_chat.get(chat_id)
            if person is not None:
                yield from ((got, person) for got in chat.got)

    def rate(self) -> None:
        """What nobody asked for keeps within the ceiling, however many processes run."""
        bulk = [one.at for one in self.sim.telegram.tries if MANNERS[Kind(one.kind)].bulk]
        most = self.sim.rate + self.sim.rate // 4 + 2
        for first, last in zip(bulk, bulk[most:], strict=False):
            if last - first < SECOND:
                self.blame(f"more than {most} messages that nobody asked for went out in the second from {first}")
                return

    # --- check-ins and alerts ---

    def every_day(self) -> None:
        """Every check-in that was due ended: answered, excused, alerted; or closed because we were away."""
        # A roll call takes none of them away: each day has its own, at its own hour.
        rows = {(row.placement_id, row.day): row for row in self.check_ins if not row.roll_call}
        silence: dict[int, list[tuple[date, date]]] = defaultdict(list)
        for pause in self.session.scalars(select(Pause).where(Pause.state == "on")):
            silence[pause.placement_id].append((pause.first_day, pause.last_day))
        for learner in self.sim.cast.learners:
            placement = self.session.get_one(Placement, learner.placement_id)
            since = self.session.get_one(Person, learner.person_id).onboarded_at
            if since is None or learner.itinerary is None:
                continue
            hour = time.fromisoformat(placement.check_in_at or self.cohort.check_in_at)
            # On the days of arrival and return it is the journey that is asked about.
            day, last = learner.itinerary.arrival + DAY, placement.ended_on or learner.itinerary.return_
            while day < last:
                if any(first <= day <= until for first, until in silence[learner.placement_id]):
                    day += DAY
                    continue
                due = to_utc(day, hour, learner.itinerary.zone_on(day))
                if due >= self.sim.cast.end:  # the stay goes on when the world ends
                    break
                wanted = day.weekday() in parse_check_in_days(self.cohort.check_in_days)
                if wanted and since + DAY < due and (learner.placement_id, day) not in rows:
                    self.blame(f"{learner.code} was to be asked on {day} and there is no check-in")
                row = rows.get((learner.placement_id, day))
                if (
                    row is not None
                    and since + DAY < due
                    and hour == self._hour_at_first(placement)
                    and row.due_at != due
                ):
                    self.blame(f"{learner.code} was to be asked at {due}, and the check-in is due at {row.due_at}")
                day += DAY
        for row in self.check_ins:
            self._ended(row)

    def _hour_at_first(self, placement: Placement) -> time | None:
        """The hour, when it is the only one this learner ever had."""
        return time.fromisoformat(self.cohort.check_in_at) if placement.check_in_at is None else None

    def _ended(self, row: CheckIn) -> None:
        name = f"check-in {row.id} of {self._code(row)} on {row.day}"
        if row.state not in LAST_STATES and row.due_at < self.sim.cast.end:
            self.blame(f"{name} is still {row.state} at the end")
        if row.state == "closed" and not self._trouble(row.due_at, row.due_at + DAY):
            self.blame(f"{name} was closed in fine weather")
        window = timedelta(seconds=self.cohort.answer_window)
        early = row.answered_at is not None and row.answered_at < row.due_at - window - self._slack(row.due_at, DAY)
        if early and not row.roll_call and row.asked_at is None:
            self.blame(f"{name} was answered at {row.answered_at}, before an answer counts, and never asked")
        if row.alerted_at is not None:
            raised = [
                e for a in self.alerts.values() if a.placement_id == row.placement_id
                for e in self.events[a.id] if e.what == "raised" and e.at == row.alerted_at
            ]  # fmt: skip
            if not raised:
                self.blame(f"{name} counts as alerted at {row.alerted_at}, and nobody was")

    def fair(self) -> None:
        """No alert unless asked and heard; and none too late."""
        for row in self.check_ins:
            if row.alerted_at is None or (learner := self.by_placement.get(row.placement_id)) is None:
                continue
            name = f"check-in {row.id} of {learner.code} on {row.day}"
            match row.alert_reason:
                case "not_answered":
                    self._was_asked(row, name)
                    self._was_silent(row, learner, name)
                case "could_not_ask":
                    if not self._trouble(row.due_at, row.alerted_at):
                        self.blame(f"{name} is said to be unasked at {row.alerted_at}, in fine weather")
                case "blocked":
                    if learner.person_id not in self.sim.blockers:
                        self.blame(f"{name} is said to be blocked, and {learner.code} never blocked anybody")
                case "not_delivered":
                    if learner.person_id not in self.sim.relinked:
                        self.blame(f"{name} is said to be undelivered, and {learner.code} has a chat")

    def _was_asked(self, row: CheckIn, name: str) -> None:
        assert row.alerted_at is not None
        sent = [one.at for o in self.asked[f"check_in:{row.id}"] for one in self.tries[o.id] if one.accepted]
        grace = timedelta(seconds=self.cohort.grace)
        grace = min(grace, HOUR) if row.roll_call else grace
        if not sent:
            self.blame(f"{name} alerts at {row.alerted_at}, and the question never arrived")
        elif row.alerted_at - min(sent) < grace - self._slack(row.alerted_at) - 2 * SECOND:
            self.blame(f"{name} alerts at {row.alerted_at}, too soon: the question arrived at {min(sent)}")
        elif row.deadline is not None and self._late(row.deadline, row.alerted_at) > 3 * MINUTE:
            self.blame(f"{name} alerts at {row.alerted_at}, too late: the deadline was {row.deadline}")

    def _was_silent(self, row: CheckIn, learner: Learner, name: str) -> None:
        assert row.alerted_at is not None
        asked, slack = row.asked_at or row.due_at, self._slack(row.alerted_at)
        for number, at, incoming in (said for chat in learner.chats for said in self.said[chat]):
            event = incoming.event
            if not isinstance(event, Tap):
                continue
            answers = event.data.startswith(("check_in:fine:", "check_in:help:", "check_in:talk:"))
            mine = answers and event.data.endswith(f":{row.id}")
            early = at < asked - self._slack(asked, MINUTE)
            heard = at < row.alerted_at - slack - UNHEARD and learner.heard(number, incoming.chat_id, at)
            if mine and not early and heard:
                self.blame(f"{name} alerts at {row.alerted_at} though update {number} answered it at {at}")
                return

    # --- small things ---

    def _trouble(self, start: datetime, end: datetime | None) -> bool:
        return self.sim.weather.trouble_between(start - MINUTE, end or self.sim.clock.now) > timedelta(0)

    def _slack(self, at: datetime, around: timedelta = 4 * HOUR) -> timedelta:
        """How far the database's instants may be off: a little, or as much as the clock was set wrong near then."""
        near = any(window.meets(at - around, at + around) for window in self.stepped)
        return 31 * MINUTE if near else SECOND

    def _late(self, planned: datetime, happened: datetime) -> timedelta:
        """By how much, what trouble took not counted."""
        return happened - planned - self.sim.weather.trouble_between(planned - HOUR, happened)

    def _code(self, row: CheckIn) -> str:
        learner = self.by_placement.get(row.placement_id)
        return learner.code if learner else str(row.placement_id)


def _zone(person: Somebody, at: datetime) -> str:
    if isinstance(person, Learner) and person.itinerary is not None:
        return person.itinerary.zone_at(at)
    return person.zone


def _is_sos(event: Any) -> bool:
    return isinstance(event, Command) and event.name == "sos"


def _calls_for_help(event: Any) -> bool:
    if isinstance(event, Tap):
        return event.data.startswith(("sos:open", "check_in:help:"))
    return _is_sos(event) or isinstance(event, Membership)
