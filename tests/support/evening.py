"""A check-in hour and a message to everybody at the same time, while processes are killed and machines fail.

Two thousand learners abroad get a coordinator's message; some of them are asked how they are, most answer with a tap,
a few stay silent. The sandbox is Telegram: what lies in its chats is what people got, and is held against who should
have got it. Everything that is drawn comes from one seed.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import insert, make_url, update

from bot.sandbox import people
from bot.sandbox.errors import ControlError
from bot.sandbox.world import Chat, User
from bot.service.check_ins import new_row
from bot.service.core import Core
from bot.store import tables as t
from tests.benchmarks.people import settle
from tests.benchmarks.telegram import FIRST_CHAT
from tests.e2e.machine import Machine, Running, eventually

WORDS = "Tomorrow at nine: we meet at the station."
REFERENT = 100_000  # id of person and membership, far from the learners'
REFERENT_CHAT = FIRST_CHAT + REFERENT
RATE = 200  # messages a second: batches are small enough that every kill finds others on their way
SETTINGS = {"MESSAGES_PER_SECOND": str(RATE), "PAID_BROADCAST": "true"}
SILENT = 0.1  # of those who are asked
PATIENCE = 240.0  # seconds until all must be done after the last fault
ROOT = Path(__file__).parents[2]


@dataclass
class Figures:
    """What became of an evening; lists name chats, seconds are those of the slowest and the middle one."""

    what: str
    database: str
    seed: int
    faults: int = 0
    messages: int = 0
    asked: int = 0
    alerts: int = 0
    in_the_air: int = 0  # messages whose call may have been under way at a kill
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)  # not to be explained by a call in the air, or not safety
    doubled_safety: int = 0  # twice rather than never: the call was in the air
    shown_again: int = 0  # not safety, in the air: shown again when the person wrote
    shown_twice: int = 0  # of these, had arrived before
    false_alarms: list[str] = field(default_factory=list)  # "did not answer", of somebody who did
    not_in_time: int = 0  # alerts that say that the question could not be put in time
    prompt_late: tuple[float, float] = (0.0, 0.0)
    alert_late: tuple[float, float] = (0.0, 0.0)
    seconds: float = 0.0

    def keep(self) -> None:
        """Print it, and add it to build/faults.json."""
        file = ROOT / "build" / "faults.json"
        file.parent.mkdir(exist_ok=True)
        with file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(asdict(self)) + "\n")
        print("\n" + "  ".join(f"{name}={value}" for name, value in asdict(self).items()))

    def verdict(self) -> str:
        """Empty when nothing was lost, nothing doubled that may not be, and nobody alarmed for nothing."""
        wrong = {name: getattr(self, name) for name in ("lost", "doubled", "false_alarms") if getattr(self, name)}
        return "" if not wrong else f"{self.what} on {self.database}, seed {self.seed}: {wrong}"


class Evening:
    """`prepare` once, then `people_live` beside whatever is done to the processes, then `wait_for_all` and `count`.

    `grace` is the cohort's, in seconds.
    """

    def __init__(
        self, machine: Machine, what: str, seed: int, people_: int = 2000, asked: int = 200, grace: int = 30
    ) -> None:
        self.machine, self.seed, self.grace = machine, seed, grace
        self.dice = random.Random(seed)
        self.people, self.asked = people_, asked
        kind = "sqlite" if machine.database_url.startswith("sqlite") else "postgresql"
        self.figures = Figures(what, kind, seed)
        self.silent = set(self.dice.sample(range(1, asked + 1), int(asked * SILENT)))
        self.air: set[tuple[int, int, str, str]] = set()  # outbox id, chat, kind, and the process that was killed
        self.tapped: set[tuple[int, int]] = set()
        self.began = time.monotonic()

    # --- before ---

    def prepare(self, core: Core, spread: timedelta, begins: timedelta = timedelta(seconds=8)) -> None:
        """Put everybody into the database and the sandbox. The check-ins fall due within `spread`."""
        now = datetime.now(UTC)
        settle(core, self.people, now, history=False)
        with core.store.transaction() as session:
            self._terms(session, now)
            self._message(session, now + begins)
            session.execute(
                insert(t.CheckIn),
                [
                    new_row(n, (now + timedelta(hours=1)).date(), now + begins + spread * self.dice.random())
                    for n in range(1, self.asked + 1)
                ],
            )
            session.add(t.Heartbeat(name="intake", at=now, detail={}))
        world = self.machine.sandbox.world
        for chat in (*range(FIRST_CHAT, FIRST_CHAT + self.people), REFERENT_CHAT):
            world.users[chat] = User(chat, f"Somebody {chat}", started=True)
            world.chats[chat] = Chat(chat, "private", members=[chat])

    def _terms(self, session: Any, now: datetime) -> None:
        session.execute(
            update(t.Cohort).values(
                quiet_hours="none", answer_window=7200, reminder_after=self.grace // 2, grace=self.grace,
            )
        )  # fmt: skip
        session.add(
            t.Person(id=REFERENT, first_name="Claire", last_name="Exemple", language="en", created_at=now,
                     onboarded_at=now)
        )  # fmt: skip
        session.flush()
        session.add(t.TelegramAccount(person_id=REFERENT, chat_id=REFERENT_CHAT, linked_at=now))
        session.add(
            t.Membership(id=REFERENT, person_id=REFERENT, role="referent", code="R1", cohort_id=1, created_at=now)
        )
        session.flush()
        session.execute(update(t.Placement).values(referent_id=REFERENT))

    def _message(self, session: Any, due: datetime) -> None:
        session.add(
            t.CohortMessage(id=1, cohort_id=1, words=WORDS, translations={}, audience="learners",
                            zone_of="recipient", urgent=True, created_at=due)
        )  # fmt: skip
        session.flush()
        copy = {"message_id": 1, "due_at": due, "state": "planned"}
        session.execute(insert(t.MessageCopy), [copy | {"person_id": n} for n in range(1, self.people + 1)])

    # --- meanwhile ---

    async def people_live(self) -> None:
        """Who is asked and does not stay silent taps "I'm fine" after a moment, once for every prompt."""
        while True:
            for n in range(1, self.asked + 1):
                if n not in self.silent:
                    self._answer(FIRST_CHAT + n - 1)
            await asyncio.sleep(0.3)

    def _answer(self, chat_id: int) -> None:
        world = self.machine.sandbox.world
        for message_id, message in world.chats[chat_id].messages.items():
            data = [one for one in people.button_data(message) if one.startswith("check_in:fine")]
            if not data or (chat_id, message_id) in self.tapped or self.dice.random() < 0.7:
                continue
            self.tapped.add((chat_id, message_id))
            try:
                people.click(world, chat_id, {"message_id": message_id, "data": data[0]})
            except ControlError as error:
                raise AssertionError(str(error)) from error

    async def start(self, *words: str, **settings: str) -> Running:
        """The service with the ceiling lifted."""
        return await self.machine.start(*(words or ("run",)), **(SETTINGS | settings))

    async def sends(self, count: int, seconds: float) -> None:
        """Wait until so many more calls were made, or so long."""
        log = self.machine.sandbox.api.log
        goal, late = log.count + count, time.monotonic() + seconds
        while log.count < goal and time.monotonic() < late:
            await asyncio.sleep(0.001)

    async def kill(self, running: Running) -> None:
        """`kill -9`, and note what may have been in the air."""
        await running.kill()
        self.figures.faults += 1
        self.note_air()

    def note_air(self) -> None:
        """Whatever is `attempting` now may or may not have reached Telegram."""
        found = self.ask("SELECT id, chat_id, kind, lease_owner FROM outbox WHERE state = 'attempting'")
        self.air.update((number, chat, kind, owner) for number, chat, kind, owner in found)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Read from the database as an outsider: without a lock, without our own code."""
        url = make_url(self.machine.database_url)
        if self.figures.database == "sqlite":
            with sqlite3.connect(url.database or "", timeout=20, isolation_level=None) as connection:
                found = connection.execute(sql).fetchall()
            connection.close()
            return found
        with psycopg.connect(self.machine.database_url, autocommit=True) as server:
            return server.execute(sql).fetchall()

    async def answered(self) -> float:
        """Seconds until somebody who writes now is answered."""
        chat = self.machine.sandbox.world.chats[FIRST_CHAT + self.people - 1]
        began, before = time.monotonic(), chat.next_message_id
        people.send(self.machine.sandbox.world, chat.id, {"text": "/progress"})
        await eventually(
            lambda: any("Your progress" in m.get("text", "") for n, m in chat.messages.items() if n > before)
        )
        return time.monotonic() - began

    async def turned(self) -> float:
        """Seconds until a schedule has turned that began now."""
        began, now = time.monotonic(), datetime.now(UTC)
        await eventually(
            lambda: any(_instant(at) > now for (at,) in self.ask("SELECT at FROM heartbeat WHERE name = 'scheduler'"))
        )
        return time.monotonic() - began

    # --- afterwards ---

    async def wait_for_all(self) -> None:
        """Until nothing is on its way any more. Raises AssertionError, naming what is left."""
        left: list[tuple[Any, ...]] = [("not looked yet",)]
        late = time.monotonic() + PATIENCE
        while left:
            assert time.monotonic() < late, f"seed {self.seed}: left after {PATIENCE} s: {left}\n{self._newest_log()}"
            await asyncio.sleep(0.5)
            left = self.ask(_LEFT)
        await self._interrupted_write()

    def _newest_log(self) -> str:
        return self.machine.processes[-1].log()[-3000:]

    async def _interrupted_write(self) -> None:
        """Whose message was interrupted writes something, and is shown it again."""
        world = self.machine.sandbox.world
        for (chat,) in self.ask("SELECT DISTINCT chat_id FROM outbox WHERE state = 'unknown'"):
            people.send(world, chat, {"text": "/help"})
        await eventually(
            lambda: not self.ask("SELECT 1 FROM outbox WHERE state IN ('unknown', 'queued', 'attempting', 'leased')"),
            90, self._newest_log,
        )  # fmt: skip

    def _got(self, chat: int, words: str) -> int:
        messages = self.machine.sandbox.world.chats[chat].messages.values()
        return sum(words in m.get("text", "") for m in messages if m["from"]["is_bot"])

    def count(self) -> Figures:
        """Who got what against who should have."""
        self._count_messages()
        self._count_check_ins()
        self._count_alerts()
        self.figures.in_the_air = len(self.air)
        self.figures.seconds = round(time.monotonic() - self.began, 1)
        return self.figures

    def _count_messages(self) -> None:
        in_air = Counter(chat for _, chat, kind, _ in self.air if kind in ("message", "relay"))
        (self.figures.shown_again,) = self.ask("SELECT count(*) FROM outbox WHERE key LIKE 'again:%'")[0]
        for n in range(self.people):
            got = self._got(FIRST_CHAT + n, WORDS)
            self.figures.messages += got > 0
            if not got:
                self.figures.lost.append(f"message to {n + 1}")
            elif got > 1:
                self.figures.shown_twice += 1
                if got - 1 > in_air[FIRST_CHAT + n]:
                    self.figures.doubled.append(f"message to {n + 1}, {got} times")

    def _count_check_ins(self) -> None:
        prompts = Counter(
            FIRST_CHAT + n - 1 for (n,) in self.ask("SELECT placement_id FROM check_in WHERE asked_at IS NOT NULL")
        )
        late = self.ask("SELECT due_at, delivered_at FROM check_in WHERE delivered_at IS NOT NULL")
        self.figures.prompt_late = _late((_instant(a), _instant(b)) for a, b in late)
        calls = Counter((c["params"]["chat_id"], c["params"]["text"]) for c in self._sent_safety())
        for n in range(1, self.asked + 1):
            chat = FIRST_CHAT + n - 1
            texts = {text: times for (to, text), times in calls.items() if to == chat}
            self.figures.asked += bool(texts)
            if not texts or not prompts[chat]:
                self.figures.lost.append(f"check-in of {n}")
            for text, times in texts.items():
                self._twice(chat, ("check_in", "reminder", "safety", "alert"), text, times)

    def _sent_safety(self) -> list[dict[str, Any]]:
        return [
            call for call in self.machine.calls("sendMessage")
            if WORDS not in call["params"]["text"] and "check_in:" in json.dumps(call["params"].get("reply_markup", ""))
        ]  # fmt: skip

    def _twice(self, chat: int, kinds: tuple[str, ...], text: str, times: int) -> None:
        if times < 2:
            return
        in_air = sum(to == chat and kind in kinds for _, to, kind, _ in self.air)
        if times - 1 > in_air:
            self.figures.doubled.append(f"{text[:40]!r} to {chat}, {times} times")
        else:
            self.figures.doubled_safety += times - 1

    def _count_alerts(self) -> None:
        rows = self.ask("SELECT a.id, a.placement_id, a.raised_at, c.deadline, a.reason FROM alert a"
                        " JOIN check_in c ON c.id = a.check_in_id")  # fmt: skip
        by_learner = Counter(row[1] for row in rows)
        self.figures.alerts = len(rows)
        self.figures.alert_late = _late((_instant(row[3] or row[2]), _instant(row[2])) for row in rows)
        asked_late = {row[1] for row in rows if row[4] != "not_answered"}  # says so, and is true
        self.figures.not_in_time = len(asked_late)
        self.figures.false_alarms += [f"learner {n}" for n in by_learner if n not in self.silent | asked_late]
        self.figures.lost += [f"alert for {n}" for n in self.silent if not by_learner[n]]
        self.figures.doubled += [f"alert for {n}" for n, times in by_learner.items() if times > 1]
        told = [m.get("text", "") for m in self.machine.sandbox.world.chats[REFERENT_CHAT].messages.values()]
        for n in self.silent & set(by_learner):
            times = sum(f"Lea {n} " in text for text in told)
            if not times:
                self.figures.lost.append(f"alert for {n} to the referent")
            self._twice(REFERENT_CHAT, ("alert", "safety"), f"alert for {n}", times)


_LEFT = (
    "SELECT 'copies', count(*) FROM message_copy WHERE state = 'planned' HAVING count(*) > 0"
    " UNION ALL SELECT 'outbox ' || state || ' ' || kind, count(*) FROM outbox"
    " WHERE state IN ('queued', 'leased', 'attempting') GROUP BY state, kind"
    " UNION ALL SELECT 'check-ins ' || state, count(*) FROM check_in"
    " WHERE state NOT IN ('answered', 'alerted', 'closed', 'excused') GROUP BY state"
)


def _instant(value: Any) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _late(pairs: Any) -> tuple[float, float]:
    """The middle and the slowest, in seconds."""
    found = sorted((b - a).total_seconds() for a, b in pairs)
    return (round(found[len(found) // 2], 1), round(found[-1], 1)) if found else (0.0, 0.0)
