"""Who is there besides learners and their ladder, in the seeds that have everything: families, safeguarding, absences.

Dice of their own, so that worlds without all this stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from bot.clock import local_date
from bot.flows.vocabulary import Command, Event, Tap, Words
from bot.rules.drill import SEEDS
from bot.service import drills
from bot.store.tables import Membership, Person, Placement, TelegramAccount
from tests.simulation.clockwork import Step
from tests.simulation.elsewhere import WRONG
from tests.simulation.people import Helper, Learner, Somebody
from tests.simulation.telegram import Got
from tests.support.cohort import add_staff

if TYPE_CHECKING:
    from bot.service.core import Core
    from tests.simulation.cast import Cast
    from tests.simulation.simulation import Simulation

CONFIDES = "my boss touches me at work and I am scared"
HOUR = timedelta(hours=1)


@dataclass
class Parent(Somebody):
    """Somebody of a learner's family: asks and tries, and is to hear nothing by itself."""

    def live(self, start: datetime, end: datetime) -> None:
        """What they do of their own accord."""
        tries: tuple[Event, ...] = (
            Command("sos"), Command("menu"), Words("How is my child?"), Tap("alerts:ack:1"), Tap("case:open:1"),
            Command("alerts"),
        )  # fmt: skip
        for event in self.dice.sample(tries, 2):
            when = start + (end - start) * self.dice.random()
            self.sim.clock.at(when, partial(self._tries, event))

    def _tries(self, event: Event) -> None:
        if not self.sim.closing:
            self.does(event)


class Circle:
    """What the full world adds: made with `Cast`, begun with it."""

    def __init__(self, sim: Simulation, cast: Cast) -> None:
        self.sim, self.cast = sim, cast
        self.dice = Random(f"circle {sim.seed}")
        self.parents: list[Parent] = []

    # --- people ---

    def add_lead(self) -> None:
        """Somebody looks after safeguarding, mostly."""
        cast, dice = self.cast, self.dice
        if dice.random() < 0.75:
            add_staff(self.sim.core, cast.small, "sam", "Sam", "Beispiel", "safeguarding", "sam")
            own = Random(f"sam {self.sim.seed}")
            helper = Helper(
                self.sim, "sam", cast.small.people["sam"], 199, "Europe/Paris", own,
                membership_id=cast.small.memberships["sam"], wakes=0.5, takes=0.9, resolves=0.9,
            )  # fmt: skip
            cast.helpers.append(helper)
            cast._link(helper)

    def add_mail(self) -> None:
        """Most have an address; one of five of these does not work."""
        with self.sim.core.store.transaction() as session:
            for helper in self.cast.helpers:
                if self.dice.random() < 0.7:
                    good = f"{helper.name}@school.example"
                    session.get_one(Person, helper.person_id).email = WRONG if self.dice.random() < 0.2 else good

    def add_family(self, learner: Learner, number: int) -> None:
        """A parent with a chat, of a learner who is a minor: oftener so than elsewhere."""
        core, cast = self.sim.core, self.cast
        if self.dice.random() < 0.4:
            return
        with core.store.transaction() as session:
            parent = Person(first_name=f"Parent{number}", last_name="Exemple", language="en", created_at=cast.start)
            session.add(parent)
            session.flush()
            session.add(Membership(person_id=parent.id, role="family", code=f"G{number}",
                                   cohort_id=cast.small.cohort_id, created_at=cast.start))  # fmt: skip
            session.get_one(Placement, learner.placement_id).guardian_id = parent.id
            session.add(TelegramAccount(person_id=parent.id, chat_id=3000 + number, linked_at=cast.start))
            parent.onboarded_at = cast.start
            session.get_one(Person, learner.person_id).birth_date = date(2009, 6, 1)
            person_id = parent.id
        own = Random(f"parent{number} {self.sim.seed}")
        self.parents.append(Parent(self.sim, f"parent{number}", person_id, 3000 + number, "Europe/Paris", own))

    # --- what they do ---

    def begin(self, start: datetime, end: datetime) -> None:
        """Plan what happens besides the usual."""
        clock, dice = self.sim.clock, self.dice
        span = end - start
        for parent in self.parents:
            parent.live(start, end)
        for learner in self.cast.learners:
            if dice.random() < 0.4:
                clock.at(start + span * dice.random(), self._unless_over(learner, Words(CONFIDES)))
            for _ in range(dice.choice((0, 1, 3))):
                clock.at(start + span * 0.7 * dice.random(), self._unless_over(learner, Command("pause")))
        for helper in self.cast.helpers:
            if dice.random() < 0.4:
                clock.at(start + span * dice.random(), self._unless_over(helper, Command("away")))
            if dice.random() < 0.3:
                forged = dice.choice(("case:open:1", "case:take:1", "case:close:1", "alerts:ack:1", "pause:agree:1"))
                clock.at(start + span * dice.random(), self._unless_over(helper, Tap(forged)))
        if dice.random() < 0.6:
            clock.at(start + span * dice.random(), self.calls_a_drill)
        if dice.random() < 0.6:
            clock.at(start + span * 0.5 * dice.random(), self.plans_a_drill)

    def _unless_over(self, who: Somebody, event: Event) -> Step:
        return lambda: None if self.sim.closing else who.does(event)

    def calls_a_drill(self) -> None:
        """A test alert to everybody now."""
        self.sim.types("cohort drill", drills.start, "SPRING")

    def plans_a_drill(self) -> None:
        """One that nobody knows of, some time out of hours."""
        drawn, within = self.dice.randrange(SEEDS), self.dice.choice((20, 30, 48)) * HOUR

        def plan(core: Core, now: datetime) -> datetime:
            return drills.plan(core, "SPRING", within, now, drawn)

        self.sim.types("cohort drill --unannounced", plan)

    # --- what they read ---

    def read(self, who: Somebody, got: Got) -> None:
        """Buttons that only the full world has."""
        data = [b.data for row in got.screen.rows for b in row if b.data]
        first = data[0].partition(":")[0] if data else ""
        if isinstance(who, Learner) and first == "confide":
            self._confides(who, got, data)
        elif isinstance(who, Learner) and first == "pause":
            self._wants_silence(who, got, data)
        elif isinstance(who, Helper) and first in ("away", "case", "pause") and not self.sim.closing:
            {"away": self._is_away, "case": self._has_case, "pause": self._decides}[first](who, got, data)

    def _tap(self, who: Somebody, got: Got, data: str, most: float = 300.0) -> None:
        who.later(self.dice.uniform(2, most), Tap(data, got.message_id))

    def _confides(self, learner: Learner, got: Got, data: list[str]) -> None:
        """They choose whom to tell; or it is about one of them."""
        by_word: dict[str, list[str]] = {}
        for one in data:
            if one.startswith("confide:"):
                by_word.setdefault(one.split(":")[1], []).append(one)
        if "case" in by_word or "name" in by_word:
            self._tap(learner, got, self.dice.choice(by_word.get("case") or by_word["name"]), 60)
        elif "about" in by_word and self.dice.random() < 0.5:
            self._tap(learner, got, by_word["about"][0], 60)
        elif "send" in by_word and self.dice.random() < 0.7:
            self._tap(learner, got, by_word["send"][0], 60)
        elif "list" in by_word and self.dice.random() < 0.8:
            self._tap(learner, got, self.dice.choice(by_word["list"]), 60)

    def _wants_silence(self, learner: Learner, got: Got, data: list[str]) -> None:
        """They choose days, mostly to the end; a few think better of it."""
        days = [one for one in data if one.startswith("pause:") and not one.startswith(("pause:stop", "pause:open"))]
        if days and self.dice.random() < 0.95:
            self._tap(learner, got, self.dice.choice(days), 40)
        elif data[0].startswith("pause:stop") and self.dice.random() < 0.2:
            self._tap(learner, got, data[0], 40000)

    def _is_away(self, helper: Helper, got: Got, data: list[str]) -> None:
        """They say until when and who stands in; whoever is asked mostly agrees."""
        dice = self.dice
        by_word: dict[str, list[str]] = {}
        for one in data:
            by_word.setdefault(one.split(":")[1], []).append(one)
        if "yes" in by_word:
            if dice.random() < 0.9:
                self._tap(helper, got, by_word["yes" if dice.random() < 0.8 else "no"][0], 7200)
        elif "who" in by_word:
            somebody = [one for one in by_word["who"] if not one.endswith(":0")]
            self._tap(helper, got, dice.choice(somebody if somebody and dice.random() < 0.85 else by_word["who"]), 60)
        elif "type" in by_word and dice.random() < 0.3:
            self._tap(helper, got, by_word["type"][0], 30)
            day = local_date(self.sim.clock.now, "Europe/Paris") + timedelta(days=dice.choice((0, 1, 2, 200)))
            helper.later(dice.uniform(60, 90), Words(dice.choice((f"{day:%d/%m}", f"{day} 18:00", "next week"))))
        elif "at" in by_word:
            self._tap(helper, got, dice.choice(by_word["at"]), 60)
        elif "back" in by_word and dice.random() < 0.3:
            self._tap(helper, got, by_word["back"][0], 20000)

    def _has_case(self, helper: Helper, got: Got, data: list[str]) -> None:
        """Whoever is told of a case opens, takes and closes it; or it lies there."""
        by_word = {one.split(":")[1]: one for one in data if one.startswith("case:")}
        outcomes = [one for word, one in by_word.items() if word not in ("open", "take", "write", "close")]
        if outcomes:
            self._tap(helper, got, self.dice.choice(outcomes), 60)
        elif "open" in by_word and self.dice.random() < 0.8:
            self._tap(helper, got, by_word["open"], 4000)
        elif "take" in by_word and self.dice.random() < 0.7:
            self._tap(helper, got, by_word["take"], 120)
            self._tap(helper, got, by_word["open"] if "open" in by_word else by_word["close"], 30000)

    def _decides(self, helper: Helper, got: Got, data: list[str]) -> None:
        """A minor's days without a question need somebody's yes."""
        by_word = {one.split(":")[1]: one for one in data}
        if "agree" in by_word and self.dice.random() < 0.85:
            self._tap(helper, got, by_word["agree" if self.dice.random() < 0.8 else "refuse"], 5000)
        elif "stop" in by_word and self.dice.random() < 0.1:
            self._tap(helper, got, by_word["stop"], 20000)
