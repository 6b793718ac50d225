"""A small world around the use cases: people with chats, a virtual clock, and a post office that delivers the outbox.

No HTTP: what `bot.service` hands out is rendered and put into each person's chat; taps and words go back in through
`intake.receive`. Time goes through `scheduler.due.run_due`, instant by instant, as the demo does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from bot.clock import VirtualClock
from bot.flows.vocabulary import Command, Event, Incoming, Membership, Photo, Place, Screen, Start, Tap, Words
from bot.i18n import Text
from bot.service import intake, outbox, upkeep
from bot.service.core import Core
from bot.service.delivery import Delivery, Fate, Handled, Result
from scheduler.due import run_due


@dataclass
class Shown:
    """One message as a person sees it."""

    id: int
    text: str
    buttons: list[tuple[str, str]]  # label, callback data
    at: datetime
    silent: bool
    kind: str


@dataclass
class Phone:
    """Somebody's chat with the bot."""

    chat_id: int
    messages: list[Shown] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)
    blocked: bool = False

    @property
    def last(self) -> Shown:
        return self.messages[-1]

    def text(self) -> str:
        """The whole chat, for failures and for reading."""
        return "\n".join(f"[{m.at:%d.%m %H:%M}] {m.text}  {[label for label, _ in m.buttons]}" for m in self.messages)

    def find(self, label: str) -> tuple[Shown, str]:
        """The newest message with a button of that label, and its data."""
        for message in reversed(self.messages):
            for name, data in message.buttons:
                if name == label:
                    return message, data
        raise AssertionError(f"no button {label!r} in the chat:\n{self.text()}")


class World:
    """Everything that happens, at a virtual now."""

    def __init__(self, core: Core, start: datetime) -> None:
        self.core = core
        self.clock = VirtualClock(start)
        self.phones: dict[int, Phone] = {}
        self._updates, self._messages = count(1), count(1)
        self.telegram_up = True
        self.listening = True

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def twin(self, core: Core) -> World:
        """The same world once more, on a database with the same rows."""
        found = World(core, self.now)
        found.phones = deepcopy(self.phones)
        for name in ("_updates", "_messages"):
            following = next(getattr(self, name))
            setattr(self, name, count(following))
            setattr(found, name, count(following))
        return found

    def phone(self, chat_id: int) -> Phone:
        return self.phones.setdefault(chat_id, Phone(chat_id))

    # --- what people do ---

    def event(self, chat_id: int, event: Event, language: str = "en", update_id: int | None = None) -> Handled:
        """One update comes in; everything it sets off is delivered."""
        number = update_id if update_id is not None else next(self._updates)
        return self.take(Incoming(number, chat_id, event, language_code=language, first_name="Somebody"))

    def take(self, incoming: Incoming) -> Handled:
        """An update as the transport read it."""
        phone = self.phone(incoming.chat_id)
        handled = intake.receive(self.core, incoming, self.now)
        if handled.toast is not None:
            phone.toasts.append(self._plain(handled.toast, handled.language, handled.zone))
        self._deliver(handled.deliveries)
        self.deliver()
        return handled

    def say(self, chat_id: int, words: str, reply_to: int | None = None) -> Handled:
        """Words or a command."""
        if words.startswith("/start"):
            _, _, token = words.partition(" ")
            return self.event(chat_id, Start(token or None))
        if words.startswith("/"):
            name, _, argument = words[1:].partition(" ")
            return self.event(chat_id, Command(name, argument))
        return self.event(chat_id, Words(words, reply_to=reply_to))

    def tap(self, chat_id: int, label: str) -> Handled:
        """Tap the newest button with this label."""
        message, data = self.phone(chat_id).find(label)
        return self.event(chat_id, Tap(data, message.id))

    def forge(self, chat_id: int, data: str) -> Handled:
        """Callback data that no button of theirs carries."""
        return self.event(chat_id, Tap(data, 1))

    def locate(self, chat_id: int, latitude: float, longitude: float) -> Handled:
        return self.event(chat_id, Place(latitude, longitude))

    def photo(self, chat_id: int, file_id: str = "photo-1", caption: str = "") -> Handled:
        return self.event(chat_id, Photo(file_id, caption))

    def block(self, chat_id: int) -> None:
        """The person blocks the bot: Telegram says so, and sends fail from now on."""
        self.phone(chat_id).blocked = True
        self.event(chat_id, Membership(False))

    # --- time ---

    def travel(self, until: datetime) -> None:
        """Visit every due instant in order, up to `until`."""
        before = None
        while (found := upkeep.next_due(self.core, self.now)) is not None:
            at = max(found[0], self.now)
            if (found, at) == before:  # nothing came of it: it waits for the next sign that answers are read
                at += timedelta(seconds=5)
            if at > until:
                break
            before = (found, at)
            self.clock.set(at)
            self.turn()
        self.clock.set(until)
        self.turn()

    def wait(self, **delta: float) -> None:
        """Let time pass: `wait(hours=2)`."""
        self.travel(self.now + timedelta(**delta))

    def turn(self) -> None:
        """One turn of the schedule at now, with all that it sends."""
        if self.listening:
            intake.heard(self.core, self.now)
        run_due(self.core, self.now)
        self.deliver()

    # --- the post office ---

    def deliver(self) -> None:
        """Send everything that may be sent now."""
        while self.telegram_up:
            found: list[Delivery] = []
            for bulk in (False, True):
                found += outbox.claim(self.core, self.now, 100, bulk)
            ours = outbox.attempt(self.core, [d.id for d in found], self.now) if found else set()
            self._deliver([d for d in found if d.id in ours])
            if not found:
                return

    def _deliver(self, deliveries: Sequence[Delivery]) -> None:
        results = [self._send(delivery) for delivery in deliveries]
        outbox.finish(self.core, results, self.now)

    def _send(self, delivery: Delivery) -> Result:
        phone = self.phone(delivery.chat_id)
        if phone.blocked:
            return Result(delivery.id, Fate.BLOCKED, self.now, error="Forbidden: bot was blocked by the user")
        if delivery.edits is not None and delivery.screen == Screen(()):
            phone.messages = [message for message in phone.messages if message.id != delivery.edits]
            return Result(delivery.id, Fate.SENT, self.now, message_id=delivery.edits)
        shown = self._show(delivery)
        if delivery.edits is not None:
            for at, message in enumerate(phone.messages):
                if message.id == delivery.edits:
                    shown.id = message.id
                    phone.messages[at] = shown
                    return Result(delivery.id, Fate.SENT, self.now, message_id=message.id)
        phone.messages.append(shown)
        return Result(delivery.id, Fate.SENT, self.now, message_id=shown.id)

    def _show(self, delivery: Delivery) -> Shown:
        catalogues = self.core.content.catalogues
        paragraphs = [catalogues.html(t, delivery.language, delivery.zone) for t in delivery.screen.body]
        buttons = [
            (self._plain(b.label, delivery.language, delivery.zone), b.data or b.url or "")
            for row in delivery.screen.rows
            for b in row
        ]
        if delivery.screen.venue:
            paragraphs.append(f"📍 {delivery.screen.venue.latitude}, {delivery.screen.venue.longitude}")
        return Shown(
            next(self._messages), "\n\n".join(paragraphs), buttons, self.now, delivery.silent, delivery.kind.value
        )

    def _plain(self, text: Text, language: str, zone: str) -> str:
        return self.core.content.catalogues.plain(text, language, zone)
