"""The people of one seed, put into the database, and the desk that looks after their stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from bot.clock import Itinerary, local_date, to_utc
from bot.flows.vocabulary import Command, Start
from bot.service import alert_list, broadcast_plan, consents, handover, learners, rollcall, rota, steps
from bot.service.core import Core
from bot.store.tables import Membership, Person, TelegramAccount
from tests.simulation.circle import Circle
from tests.simulation.people import Helper, Learner, Somebody
from tests.support.cohort import add_learner, add_staff, small_cohort

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

# Six clocks, four of which change on the last Sundays of March and October.
PLACES = (
    ("Europe/Madrid", "ES", "seville", "seville"), ("Europe/Lisbon", "PT", "Faro", None),
    ("Europe/Riga", "LV", "Liepaja", None), ("Atlantic/Canary", "ES", "Las Palmas", None),
    ("Indian/Reunion", "RE", "Saint-Denis", None), ("America/Guadeloupe", "GP", "Basse-Terre", None),
)  # fmt: skip
CHANGES = (date(2026, 3, 29), date(2026, 10, 25))
HOUR = timedelta(hours=1)
FAR = datetime(2100, 1, 1, tzinfo=UTC)
CLASS = 20  # more than that is a crowd
HOURS = ("19:00", "19:00", "20:30", "08:00", "21:45", "02:30")


@dataclass(frozen=True)
class Size:
    """How big a seed's world is."""

    learners: int
    days: int


def size_of(dice: Random) -> Size:
    """Most worlds are small: faults meet as often, and more seeds fit into the time. One in sixty is a class."""
    days = dice.choice((1, 2, 2, 2, 3))
    return Size(CLASS, 1) if dice.random() < 1 / 60 else Size(dice.choice((1, 1, 1, 1, 1, 1, 2, 3)), days)


class Cast:
    """Everybody, by chat and by person."""

    def __init__(self, sim: Simulation, size: Size) -> None:
        self.sim, self.dice = sim, Random(f"cast {sim.seed}")
        dice = self.dice
        self.is_crowd = size.learners > CLASS
        # A crowd is there for what comes to all of them at once; the way in and out is long, and seen often enough.
        mostly = dice.random() < (0.8 if size.learners > 3 else 0.55)
        self.in_the_middle = sim.people == "silent" or (mostly and sim.people is None) or self.is_crowd
        self.arrival = dice.choice(CHANGES) - timedelta(days=dice.randint(0, size.days))
        self.start = datetime.combine(self.arrival - timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=9)
        self.end = self.start + timedelta(days=size.days + 2)
        self.hour = dice.choice(HOURS)
        self.grace = dice.choice((7200, 7200, 3600, 1800))
        self.small = small_cohort(
            sim.core, self.start, check_in_at=self.hour, grace=self.grace, reminder_after=self.grace // 2,
            escalate_after=dice.choice((1800, 600)), check_in_days=dice.choice(("daily", "daily", "weekdays")),
        )  # fmt: skip
        # In a crowd a few silent ones are enough, or it is all of them.
        few, all_silent = (0.0, 0.5, 0.8, 0.95, 1.0), (0.02,)
        self.answers = few if size.learners <= 3 else all_silent if dice.random() < 0.15 else (*(0.99,) * 19, 0.0)
        self.answers = (0.0,) if sim.people == "silent" else self.answers
        self.helpers: list[Helper] = []
        self.learners: list[Learner] = []
        self.circle = Circle(sim, self)
        self._add_helpers()
        for number in range(size.learners):
            self._add_learner(number, size.days)
        self._set_duty()
        if sim.rich:
            self._add_circle()
        self.by_chat: dict[int, Somebody] = {parent.chat_id: parent for parent in self.circle.parents}
        self.by_chat |= {helper.chat_id: helper for helper in self.helpers}
        self.by_chat |= {learner.chat_id: learner for learner in self.learners}

    def _add_helpers(self) -> None:
        dice, core = self.dice, self.sim.core
        names = {"claire": "referent", "marco": "referent"}
        for name, role in (("ines", "local_contact"), ("olga", "coordinator")):
            if dice.random() < 0.7:
                add_staff(core, self.small, name, name.title(), "Beispiel", role, name)
                names[name] = role
        for number, name in enumerate(names):
            own = Random(f"{name} {self.sim.seed}")
            helper = Helper(
                self.sim, name, self.small.people[name], 100 + number, "Europe/Paris", own,
                membership_id=self.small.memberships[name], wakes=dice.choice((0.0, 0.3, 0.9)),
                takes=dice.choice((0.0, 0.5, 0.9)), resolves=dice.choice((0.2, 0.9)),
            )  # fmt: skip
            self.helpers.append(helper)
            if dice.random() < 0.9:
                self._link(helper)

    def _add_circle(self) -> None:
        self.circle.add_lead()
        self.circle.add_mail()
        for number, learner in enumerate(self.learners):
            self.circle.add_family(learner, number)

    def _set_duty(self) -> None:
        """Backups and local contacts may have hours; the referent and the coordinator are always on duty."""
        with self.sim.core.store.transaction() as session:
            for helper in self.helpers:
                if helper.name in ("marco", "ines") and self.dice.random() < 0.4:
                    hours = self.dice.choice(("mon-fri 08:00-18:00", "mon-sun 09:00-22:00"))
                    session.get_one(Membership, helper.membership_id).duty = hours

    def _link(self, helper: Helper) -> None:
        with self.sim.core.store.transaction() as session:
            session.add(TelegramAccount(person_id=helper.person_id, chat_id=helper.chat_id, linked_at=self.start))
            session.get_one(Person, helper.person_id).onboarded_at = self.start
        helper.is_linked = True

    def _add_learner(self, number: int, days: int) -> None:
        dice, small = self.dice, self.small
        zone, country, city, kit = dice.choice(PLACES)
        home = dice.choice(("Europe/Paris", "Europe/Paris", "Europe/Riga"))
        arrival = self.arrival + timedelta(days=dice.choice((0, 0, 1)))
        back = arrival + timedelta(days=days - dice.choice((0, 1)))
        in_the_middle = self.in_the_middle and (number % 10 > 0 or not self.is_crowd)
        if in_the_middle:
            arrival, back = self.arrival - timedelta(days=4), self.arrival + timedelta(days=10)
        code, name = f"S{number:02}", f"learner{number}"
        add_learner(
            self.sim.core, small, name, f"Lea{number}", "Exemple", code, home_zone=home, host_zone=zone,
            host_country=country, host_city=city, kit=kit, departure_date=arrival, arrival_date=arrival,
            return_date=back, local_contact_id=small.memberships.get("ines"),
            birth_date=date(2009, 6, 1) if dice.random() < 0.2 else date(2006, 5, 1),
        )  # fmt: skip
        learner = Learner(
            self.sim, code, small.people[name], 1000 + number, zone, Random(f"{code} {self.sim.seed}"),
            placement_id=small.placements[name], code=code, token=small.tokens[name],
            itinerary=Itinerary(home, zone, arrival, arrival, back), answers=dice.choice(self.answers),
            quick=dice.choice((60.0, 900.0, 5000.0)), plays=0.0 if self.is_crowd else dice.choice((0.0, 0.2, 0.5)),
            moods=dice.choice((0.0, 0.2)),
            reports=dice.choice((0.0, 0.6, 0.9, 0.9, 1.0)),
        )  # fmt: skip
        learner.chats[learner.chat_id] = FAR
        self.learners.append(learner)
        if in_the_middle or dice.random() < 0.5:
            self._settle(learner, begins=not self.is_crowd)

    def _settle(self, learner: Learner, begins: bool) -> None:
        """They have joined before; the way in is seen often enough with the others. `begins`: so has their journey."""
        core = self.sim.core
        with core.store.transaction() as session:
            session.add(TelegramAccount(person_id=learner.person_id, chat_id=learner.chat_id, linked_at=self.start))
            session.get_one(Person, learner.person_id).onboarded_at = self.start
            if begins:
                consents.record_consent(session, learner.person_id, "data", True, "self", learner.person_id, self.start)
                steps.begin(core, session, learner.placement_id, self.start)
        learner.joined, learner.joined_at, learner.settled_in = True, self.start, learner.chat_id

    def begin(self) -> None:
        """Everybody starts to live; in a crowd each does less of their own accord."""
        crowd = len(self.learners)
        for learner in self.learners:
            late = 40 if self.dice.random() < 0.15 else 10
            self.sim.clock.after(self.dice.uniform(0, late * 3600), learner.begin)
            learner.live(self.start + timedelta(hours=6), self.end - timedelta(hours=12), min(1.0, 8 / crowd))
        for helper in self.helpers:
            helper.live(self.start + timedelta(hours=6), self.end - timedelta(hours=12))
        self.sim.desk.plan()
        if self.sim.rich:
            self.circle.begin(self.start + timedelta(hours=6), self.end - timedelta(hours=12))

    def check_in_hours(self) -> list[datetime]:
        """When most check-ins fall due."""
        found = []
        hour = time.fromisoformat(self.hour)
        for learner in self.learners:
            assert learner.itinerary is not None
            stay = learner.itinerary
            days = (stay.return_ - stay.arrival).days + 1
            found += [to_utc(stay.arrival + timedelta(days=n), hour, stay.host_zone) for n in range(days)]
        found = [at for at in found if self.start <= at < self.end]
        return found


class Desk:
    """A coordinator with the command line. Commands that fail are typed again."""

    def __init__(self, sim: Simulation) -> None:
        self.sim, self.dice = sim, Random(f"desk {sim.seed}")
        self.patience = self.dice.choice((1, 1, 2, 4)) * timedelta(minutes=45)

    def plan(self) -> None:
        """What the desk does during the stay."""
        cast = self.sim.cast
        if not self.sim.unattended:
            self.sim.clock.after(3000, self.looks)
        middle = cast.start + timedelta(days=1)
        span = cast.end - timedelta(days=1) - middle
        for chance, deed in ((0.3, self.calls_the_roll), (0.3, self.writes_to_all), (0.2, self.ends_a_stay)):
            if self.dice.random() < chance:
                self.sim.clock.at(middle + span * self.dice.random(), deed)
        if self.sim.surely == "messages":
            for hours in range(2, int((cast.end - cast.start) / HOUR), 12):
                self.sim.clock.at(cast.start + hours * HOUR, self.writes_to_all)

        if self.sim.rich:
            own = Random(f"away {self.sim.seed}")
            for helper in own.sample(cast.helpers, 2):
                self.sim.clock.at(middle + span * own.random(), partial(self.sends_away, helper, own))

    def sends_away(self, helper: Helper, dice: Random) -> None:
        """Somebody is away from now on and back earlier or later; the desk is told where that leaves a hole."""
        others = [one for one in self.sim.cast.helpers if one is not helper]
        until = (self.sim.clock.now + timedelta(days=dice.choice((1, 2)))).date().isoformat()
        code, instead = self._code_of(helper), self._code_of(dice.choice(others))
        self.sim.types("referent away", rota.send_away, "SPRING", code, until, instead)
        if dice.random() < 0.5:
            back = dice.uniform(1, 20) * 3600
            self.sim.clock.after(back, lambda: self.sim.types("referent back", rota.bring_back, "SPRING", code))

    def _code_of(self, helper: Helper) -> str:
        with self.sim.core.store.transaction() as session:
            return session.get_one(Membership, helper.membership_id).code or ""

    def looks(self) -> None:
        """Now and then somebody closes what nobody closed: otherwise whole nights are nothing but repeats."""
        if self.sim.closing:
            return
        old = self.sim.clock.now - self.patience
        found = (self.sim.types("alerts list", _listing) if self.sim.alerts_open() else None) or []
        for alert in found:
            if datetime.fromisoformat(alert["raised_at"]) < old:
                self.sim.types(
                    "alerts resolve", alert_list.resolve, str(alert["id"]), self.dice.choice(("phone", "other"))
                )
        self.sim.clock.after(3000, self.looks)

    def lost_phone(self, learner: Learner) -> None:
        """The old chat is cut off; the learner opens the new invite on another phone."""
        if not learner.joined:
            return
        found = self.sim.types("learner relink", learners.relink, learner.code, None)
        if found is None:
            self.sim.clock.after(60, lambda: self.lost_phone(learner))
            return
        learner.chats[learner.chat_id] = self.sim.clock.now
        learner.chat_id += 1000
        learner.chats[learner.chat_id] = FAR
        self.sim.cast.by_chat[learner.chat_id] = learner
        learner.token = found["token"]
        self.sim.relinked.add(learner.person_id)
        learner.later(learner.dice.choice((60, 3000, 30000)), Start(found["token"]))

    def calls_the_roll(self) -> None:
        """Everybody is asked now."""
        asked = self.sim.types("cohort rollcall", rollcall.call, "SPRING", None) or []
        self.sim.roll_calls.append((self.sim.clock.now, asked))

    def writes_to_all(self) -> None:
        """A message to all learners, now or at noon of the next day."""
        now = self.sim.clock.now
        at = self.dice.choice(("now", f"{(now + timedelta(days=1)).date()} 12:00"))
        request = broadcast_plan.Request("SPRING", at, "Meet at ten.", urgent=self.dice.random() < 0.3)

        def schedule(core: Core, now: datetime) -> int:
            return broadcast_plan.schedule(core, broadcast_plan.plan(core, request, now), now)

        self.sim.types("message schedule", schedule)

    def ends_a_stay(self) -> None:
        """Somebody goes home early."""
        learner = self.dice.choice(self.sim.cast.learners)
        ended = self.sim.types("learner end", learners.end, learner.code, None, None)
        self.sim.changed_stays.add(learner.placement_id)
        stay, now = learner.itinerary, self.sim.clock.now
        if ended is not None and stay is not None:
            # Whoever is home again lives by the clock of home.
            today = local_date(now, stay.zone_at(now))
            learner.itinerary = replace(stay, return_=max(stay.arrival, min(stay.return_, today)))

    def goes_away(self, helper: Helper, long: timedelta) -> None:
        """Somebody is off duty, with whoever comes next as substitute; in the full world they arrange it themselves."""
        if self.sim.rich:
            helper.does(Command("away"))
            return
        others = [one for one in self.sim.cast.helpers if one is not helper]
        self.sim.told(helper.name, "is away for {}", long)
        self._set(helper, away_until=self.sim.clock.now + long, substitute_id=self.dice.choice(others).membership_id)

    def leaves(self, helper: Helper) -> None:
        """Somebody leaves the organisation: what is theirs goes to somebody else first, or they stay."""
        others = [one for one in self.sim.cast.helpers if one is not helper]
        code, to = self._code_of(helper), self._code_of(helper.dice.choice(others))
        if self.sim.types("referent end", _hand_over, code, to) is not None:
            helper.left_at = self.sim.clock.now

    def _set(self, helper: Helper, **values: object) -> None:
        with self.sim.core.store.transaction() as session:
            row = session.get_one(Membership, helper.membership_id)
            for name, value in values.items():
                setattr(row, name, value)
        self.sim.changed = True


def _hand_over(core: Core, code: str, to: str, now: datetime) -> dict[str, Any]:
    return handover.end(core, "SPRING", code, to, now)


def _listing(core: Core, now: datetime) -> list[dict[str, Any]]:
    return alert_list.listing(core, None, open_only=True)
