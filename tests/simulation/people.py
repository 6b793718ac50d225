"""Learners and those who look after them, with habits: some answer at once, some late, some never."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from bot.clock import Itinerary, local
from bot.flows.vocabulary import Command, Event, Membership, Photo, Place, Start, Tap, Words
from bot.rules.alert import Outcome
from tests.simulation.telegram import Got

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

ANSWERS = ("check_in:fine:", "check_in:help:", "check_in:talk:")
HERE = "I am at the bus stop behind the bakery"  # written after a call for help
WORDS = ("Where is the nearest pharmacy?", "wifi", "hello", "I missed my bus", "I want to kill myself", "asdf")


@dataclass
class Somebody:
    """A person with a phone."""

    sim: Simulation
    name: str
    person_id: int
    chat_id: int
    zone: str
    dice: Random

    def does(self, event: Event) -> None:
        """Something in the chat, if the phone can."""
        if not self.sim.telegram.chat(self.chat_id).blocked or isinstance(event, Membership):
            self.sim.post(self, event)

    def later(self, seconds: float, event: Event) -> None:
        """The same in a while, from the phone they have then."""
        self.sim.clock.after(seconds, lambda: self.does(event))

    def reads(self, got: Got) -> None:
        """A message arrived."""

    def asleep(self) -> bool:
        """Is it night where they are?"""
        return not 7 <= local(self.sim.clock.now, self.zone).hour < 23


@dataclass
class Learner(Somebody):
    """On a stay."""

    placement_id: int = 0
    code: str = ""
    token: str = ""
    itinerary: Itinerary | None = None
    answers: float = 0.85  # how likely a check-in is answered
    quick: float = 600.0  # seconds, on average
    plays: float = 0.3  # how likely a prompt is opened
    moods: float = 0.15  # how often "fine" is not the answer
    reports: float = 0.85  # how likely they say on the way that they left, are late, are there
    joined: bool = False
    joined_at: datetime | None = None
    opened: dict[int, list[int]] = field(default_factory=dict)  # updates that opened an invite, by phone
    settled_in: int | None = None  # the chat in which they had joined before the first day
    chats: dict[int, datetime] = field(default_factory=dict)  # every phone they had, and until when

    def linked(self, chat_id: int, at: datetime) -> bool:
        """Was that phone theirs then? A new one is, once the bot has read the invite that was opened on it."""
        if at >= self.chats[chat_id]:
            return False
        opened = (self.sim.processed.get(number) for number in self.opened.get(chat_id, ()))
        return chat_id == self.settled_in or any(read is not None and read <= at for read in opened)

    def heard(self, update_id: int, chat_id: int, at: datetime) -> bool:
        """Does what that phone said then count? Not from one that was cut off before the bot could read it: Telegram
        does not tell when a button was tapped, and whoever found the phone may have tapped it since.
        """
        read_at = self.sim.processed.get(update_id, at)
        return self.linked(chat_id, at) and read_at < self.chats[chat_id]

    def does(self, event: Event) -> None:
        before = len(self.sim.telegram.all_updates)
        super().does(event)
        if isinstance(event, Start) and len(self.sim.telegram.all_updates) > before:
            self.opened.setdefault(self.chat_id, []).append(self.sim.telegram.newest)

    def begin(self) -> None:
        """Open the invite, and again until it worked: Telegram may have swallowed an answer."""
        if self.joined or self.sim.closing:
            return
        self.does(Start(self.token or None))
        self.sim.clock.after(self.dice.uniform(1200, 5000), self.begin)

    def live(self, start: datetime, end: datetime, lively: float) -> None:
        """Plan what they do of their own accord."""
        days = (end - start).days
        for _ in range(round(days * self.dice.uniform(0, 1.2) * lively)):
            when = start + (end - start) * self.dice.random()
            self.sim.clock.at(when, self.of_their_own_accord)

    def of_their_own_accord(self) -> None:
        """One thing nobody asked for."""
        if self.sim.closing or (self.asleep() and self.dice.random() < 0.8):
            return
        luck = self.dice.random()
        if luck < 0.12:
            self.does(Command("sos"))
            self.later(40, Place(37.4, -6.0))
            self.later(70, Words(f"{HERE} {self.code}"))
        elif luck < 0.32:
            self.does(Words(self.dice.choice(WORDS)))
        elif luck < 0.5:
            self.does(Command("checkin"))
        elif luck < 0.7:
            self.taps_something_old()
        elif luck < 0.8:
            self.blocks_for_a_while()
        elif luck < 0.87:
            self.sim.clock.after(1, lambda: self.sim.desk.lost_phone(self))
        elif luck < 0.94:
            self.does(Tap("relay:new"))
            self.later(30, Words(f"a word from {self.code}"))
        else:
            others = ("menu", "progress", "pause", "pause")
            self.does(self.dice.choice((*map(Command, others), Photo("p1"), Tap("forged:1:2"))))

    def taps_something_old(self) -> None:
        """Any button of any message in the chat."""
        buttons = [
            Tap(b.data, got.message_id)
            for got in self.sim.telegram.chat(self.chat_id).got
            for row in got.screen.rows
            for b in row
            if b.data and not b.data.startswith("privacy")
        ]
        if buttons:
            tap = self.dice.choice(buttons)
            self.does(tap)
            if self.dice.random() < 0.5:
                self.later(self.dice.uniform(0, 1), tap)

    def blocks_for_a_while(self) -> None:
        """Telegram tells the bot, and refuses its messages."""
        self.sim.telegram.chat(self.chat_id).blocked = True
        self.does(Membership(False))
        self.sim.clock.after(self.dice.choice((600, 7200, 40000)), self.unblocks)

    def unblocks(self) -> None:
        """And back."""
        if self.sim.telegram.chat(self.chat_id).blocked:
            self.sim.telegram.chat(self.chat_id).blocked = False
            self.does(Membership(True))

    def reads(self, got: Got) -> None:
        data = [b.data for row in got.screen.rows for b in row if b.data]
        if not data:
            return
        if data[0].startswith("join:"):
            self._joins(got, data)
        elif data[0].startswith("travel:"):
            self._travels(got, data)
        elif data[0].startswith("pause:"):
            if not self.sim.rich and self.dice.random() < 0.8:
                self.later(self.dice.uniform(2, 60), Tap(self.dice.choice(data[:3]), got.message_id))
        elif got.kind in ("check_in", "reminder"):
            self._is_asked(got, data)
        elif data[0].startswith("settle:") and self.dice.random() < 0.6:
            self.later(self.dice.uniform(30, 4000), Tap(data[self.dice.random() < 0.2], got.message_id))
        elif got.kind in ("prompt", "answer") and not self.sim.closing and self.dice.random() < self.plays:
            wanted = [d for d in data if not d.startswith(("sos", "privacy", "lang", "join", "check_in"))]
            if wanted:
                self.later(self.dice.expovariate(1 / 60), Tap(self.dice.choice(wanted), got.message_id))

    def _joins(self, got: Got, data: list[str]) -> None:
        if data[0].startswith("join:hour") and not self.joined:
            self.joined, self.joined_at = True, self.sim.clock.now
        self.later(self.dice.uniform(2, 40), Tap(data[0], got.message_id))

    def _travels(self, got: Got, data: list[str]) -> None:
        """They say when they will be there, that they left, that it takes longer, and, mostly, that they arrived."""
        if self.dice.random() > self.reports:
            return
        by_word: dict[str, list[str]] = {}
        for one in data:
            by_word.setdefault(one.split(":")[1], []).append(one)
        if "at" in by_word or "new" in by_word:
            hours = by_word.get("at") or by_word["new"]
            self.later(self.dice.expovariate(1 / self.quick), Tap(self.dice.choice(hours), got.message_id))
            return
        chosen = self.dice.choices(("left", "arrived", "delayed", "still"), (5, 4, 2, 1 if "still" in by_word else 0))
        said = by_word.get(chosen[0])
        if said and (chosen[0] != "still" or self.dice.random() < 0.1):
            hours_later = self.dice.uniform(1, 9) * 3600 if chosen[0] == "arrived" else 0.0
            self.later(hours_later + self.dice.expovariate(1 / self.quick), Tap(said[0], got.message_id))
        if "left" in by_word and chosen[0] == "left" and self.dice.random() < self.reports:
            self.later(self.dice.uniform(2, 14) * 3600, Tap(by_word["arrived"][0], got.message_id))

    def _is_asked(self, got: Got, data: list[str]) -> None:
        mine = [d for d in data if d.startswith(ANSWERS)]
        if self.dice.random() > self.answers or not mine:
            return
        mood = 0 if self.dice.random() > self.moods else self.dice.choice((1, 2))
        wait = self.dice.expovariate(1 / self.quick)
        tap = Tap(mine[mood], got.message_id)
        self.later(wait, tap)
        if self.dice.random() < 0.1:
            self.later(wait + self.dice.uniform(0, 2), tap)
        if self.dice.random() < 0.05:
            self.later(wait + self.dice.uniform(0, 3600), Tap(self.dice.choice(mine), got.message_id))


@dataclass
class Helper(Somebody):
    """A referent, backup, local contact or coordinator."""

    membership_id: int = 0
    is_linked: bool = False
    left_at: datetime | None = None  # when they handed over and went
    wakes: float = 0.3  # how likely an alert wakes them
    takes: float = 0.8  # how likely they take it when awake
    resolves: float = 0.8

    def reads(self, got: Got) -> None:
        data = [b.data for row in got.screen.rows for b in row if b.data]
        by_action = {d.split(":")[1].removeprefix("all_"): d for d in data if d.startswith("alerts:")}
        if self.asleep() and self.dice.random() > self.wakes:
            return
        if "ack" in by_action and self.dice.random() < self.takes:
            self.later(self.dice.expovariate(1 / 500), Tap(by_action["ack"], got.message_id))
        elif "phone" in by_action:
            chosen = by_action[self.dice.choice([o.value for o in Outcome])]
            self.later(self.dice.uniform(3, 60), Tap(chosen, got.message_id))
        elif "res" in by_action and self.dice.random() < self.resolves:
            self.later(self.dice.expovariate(1 / 2500), Tap(by_action["res"], got.message_id))

    def live(self, start: datetime, end: datetime) -> None:
        """Plan absences."""
        if self.dice.random() < 0.25:
            when = start + (end - start) * self.dice.random()
            self.sim.clock.at(when, self.blocks)
        if self.dice.random() < 0.3:
            when = start + (end - start) * self.dice.random()
            away = timedelta(hours=self.dice.choice((3, 12, 40)))
            self.sim.clock.at(when, lambda: self.sim.desk.goes_away(self, away))
        if self.dice.random() < 0.1:
            when = start + (end - start) * self.dice.random()
            self.sim.clock.at(when, lambda: self.sim.desk.leaves(self))

    def blocks(self) -> None:
        """They mute what disturbs them, for some hours."""
        chat = self.sim.telegram.chat(self.chat_id)
        chat.blocked = True
        self.does(Membership(False))
        self.sim.clock.after(self.dice.choice((1800, 20000)), self.unblocks)

    def unblocks(self) -> None:
        """And back."""
        self.sim.telegram.chat(self.chat_id).blocked = False
        self.does(Membership(True))
