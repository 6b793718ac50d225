"""What happened, as a person would tell it: who did what when, what was sent, which fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from bot.flows.vocabulary import Command, Event, Membership, Screen, Start, Tap, Words
from bot.i18n import Text


@dataclass(slots=True)
class Story:
    """Lines in order; made into text only when somebody reads them."""

    lines: list[tuple[datetime, str, str, tuple[Any, ...]]] = field(default_factory=list)

    def tell(self, now: datetime, who: str, what: str, *args: Any) -> None:
        """One line; `what` takes `args` by str.format."""
        self.lines.append((now, who, what, args))

    def text(self, about: str = "", last: int = 400) -> str:
        """The last lines, or those that mention `about`."""
        chosen = [self._line(*line) for line in self.lines]
        if about:
            chosen = [line for line in chosen if about in line]
        left_out = max(0, len(chosen) - last)
        head = [f"… {left_out} lines before …"] if left_out else []
        return "\n".join([*head, *chosen[-last:]])

    def digest(self) -> str:
        """Equal for equal stories: a seed replays exactly, or this differs."""
        return sha256(self.text(last=10**9).encode()).hexdigest()

    @staticmethod
    def _line(now: datetime, who: str, what: str, args: tuple[Any, ...]) -> str:
        return f"{now:%m-%d %H:%M:%S} {who:<12} {what.format(*(_plain(arg) for arg in args))}"


def _plain(arg: Any) -> str:
    if isinstance(arg, Screen):
        return title(arg)
    if isinstance(arg, datetime):
        return f"{arg:%m-%d %H:%M:%S}"
    return str(arg)


def title(screen: Screen) -> str:
    """A message by the id of its first text, and its buttons."""
    first = _id(screen.body[0]) if screen.body else "a place"
    buttons = [b.data for row in screen.rows for b in row if b.data]
    return f"{first} {buttons}" if buttons else first


def _id(text: Text) -> str:
    return text.id.removeprefix("interface/")


def deed(event: Event) -> str:
    """What somebody did in the chat."""
    match event:
        case Start(token):
            return "/start with an invite" if token else "/start"
        case Command(name, argument):
            return f"/{name} {argument}".strip()
        case Tap(data):
            return f"taps {data}"
        case Words(text):
            return f"writes “{text}”"
        case Membership(member):
            return "unblocks the bot" if member else "blocks the bot"
        case _:
            return type(event).__name__
