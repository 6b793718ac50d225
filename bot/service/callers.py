"""Who calls somebody without Telegram: the first on their ladder who is on duty and reached by the bot."""

from __future__ import annotations

from dataclasses import dataclass

from bot.service.book import Book
from bot.store.tables import Placement


@dataclass(frozen=True, slots=True)
class Caller:
    """A contact person who is asked to call."""

    membership_id: int
    person_id: int
    chat_id: int


def caller_of(book: Book, placement: Placement) -> Caller | None:
    """Whom to ask; whoever is off duty only where nobody else is reached. None: nobody can be asked."""
    ladder = book.ladder(placement).everybody()
    reached = [responder for responder in ladder if responder.reachable]
    for responder in sorted(reached, key=lambda one: not one.on_duty):
        person = book.member_person(responder.id)
        chat = book.chat_of(person)
        if chat is not None:
            return Caller(responder.id, person, chat)
    return None
