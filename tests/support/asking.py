"""Lea, who is abroad and a minor, Mila, who was there before her and is asked, and Cora, who coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.service import asking
from bot.service.core import Core
from bot.store.tables import Consent, Question, TelegramAccount
from tests.support.cohort import COORDINATOR, LEARNER, Small, add_learner, add_staff
from tests.support.looking import paper_consent, rows, set_person

MILA, CORA, LEAD = 21, COORDINATOR, 22  # chats


@dataclass
class Pair:
    """Who asks and who is asked, in a small cohort."""

    core: Core
    small: Small

    @property
    def stay(self) -> int:
        """The stay that is asked about."""
        return self.small.placements["mila"]

    def tap(self, chat: int, data: str) -> None:
        self.small.world.forge(chat, data)

    def say(self, chat: int, words: str) -> None:
        self.small.world.say(chat, words)

    def last(self, chat: int) -> str:
        return self.small.world.phone(chat).last.text

    def read(self, chat: int) -> str:
        """Everything a person has been shown."""
        return self.small.world.phone(chat).text()

    def questions(self) -> list[Question]:
        return rows(self.core, Question)

    def ask(self, preset: str = "work:first_day") -> int:
        """Lea asks Mila something that needs nobody's yes; returns the question's number."""
        self.tap(LEARNER, f"ask:q:{self.stay}:{preset}")
        self.small.world.deliver()
        return self.questions()[-1].id

    def send(self, chat: int, words: str) -> None:
        """Words, and the tap that sends them once they were shown again."""
        self.say(chat, words)
        if any(label == "Send" for label, _ in self.small.world.phone(chat).last.buttons):
            self.small.world.tap(chat, "Send")

    def ask_in_words(self, words: str) -> None:
        self.tap(LEARNER, f"ask:own:{self.stay}")
        self.send(LEARNER, words)

    def answer(self, number: int, words: str) -> None:
        self.tap(MILA, f"ask:answer:{number}")
        self.send(MILA, words)

    def hours_later(self, hours: float) -> None:
        """Time goes by, and what is due happens."""
        world = self.small.world
        world.clock.set(world.now + timedelta(hours=hours))
        asking.wake(self.core, world.now, 100)
        world.deliver()


def in_chat(core: Core, small: Small, name: str, chat: int) -> None:
    """Somebody whose chat is known, without what they were told on the way in."""
    with core.store.transaction() as session:
        session.add(TelegramAccount(person_id=small.people[name], chat_id=chat, linked_at=small.world.now))


def former(core: Core, small: Small, name: str, chat: int, **stay: object) -> None:
    """A former learner of age, in the chat, who agreed and whom a coordinator vetted."""
    facts = {
        "departure_date": date(2025, 9, 1), "arrival_date": date(2025, 9, 1), "return_date": date(2025, 9, 20),
        "trade": "baker", "vetted_at": small.world.now,
    }  # fmt: skip
    add_learner(core, small, name, name.title(), "Muestra", name.upper(), **facts | stay)
    in_chat(core, small, name, chat)
    with core.store.transaction() as session:
        session.add(Consent(
            person_id=small.people[name], placement_id=None, kind="on_map", version="1", given=True, given_by="self",
            at=small.world.now,
        ))  # fmt: skip


def pair(core: Core, small: Small) -> Pair:
    """Everybody in their place, Lea a minor whose guardian has agreed."""
    set_person(core, small.people["lea"], birth_date=date(2009, 5, 1))
    paper_consent(core, small, "lea")
    former(core, small, "mila", MILA)
    for name, role, chat in (("cora", "coordinator", CORA), ("sam", "safeguarding", LEAD)):
        add_staff(core, small, name, name.title(), "Ejemplo", role, name.upper())
        in_chat(core, small, name, chat)
    return Pair(core, small)
