"""Everything that can go wrong, as one tree.

CompagnonError
├── BadInput            somebody gave us something unusable; the message says what and what to do
│   ├── BadSetting      a setting (environment or .env)
│   └── Faults          many at once, each with its place (a YAML script, an import file)
├── NotFound            no such cohort, learner, kit, message …
├── NotAllowed          this person may not do this to that
├── StorageTrouble      the database is locked, read-only, full or unreachable
└── TransportError      Telegram did not take a call; `permanent` says whether to try again
    ├── Unreachable     no connection, a time-out, a 5xx; may have been accepted when `ambiguous`
    ├── TooManyRequests 429: wait `retry_after` seconds
    ├── Blocked         403: the person blocked the bot, or the chat is gone
    ├── ChatMoved       the chat has the new id `chat_id`
    ├── Rejected        400: Telegram will never take this request
    └── WrongToken      401 or 404 on the token itself
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class CompagnonError(Exception):
    """Base of all our errors; `str(error)` is one sentence fit for a human."""


class BadInput(CompagnonError):
    """Input that cannot be used."""


class BadSetting(BadInput):
    """A setting is missing or malformed."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at one place: `where` is `file:line` or `row 3, column arrival_date`."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Faults(BadInput):
    """Every fault of a file or folder at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class NotFound(CompagnonError):
    """Nothing of that name exists."""


class NotAllowed(CompagnonError):
    """The one permission mechanism said no."""


class StorageTrouble(CompagnonError):
    """The database cannot be read or written now."""


class TransportError(CompagnonError):
    """A call to Telegram failed; `permanent` errors are never tried again."""

    permanent = False


class Unreachable(TransportError):
    """No usable answer. `ambiguous` means the call may have been carried out all the same."""

    def __init__(self, message: str, *, ambiguous: bool = False) -> None:
        super().__init__(message)
        self.ambiguous = ambiguous


class TooManyRequests(TransportError):
    """Telegram, or another server, asks to slow down for `retry_after` seconds."""

    def __init__(self, retry_after: float, message: str | None = None) -> None:
        super().__init__(message or f"Telegram asks to wait {retry_after:g} s")
        self.retry_after = retry_after


class Blocked(TransportError):
    """The person cannot be written to: bot blocked, account deleted, chat never started."""

    permanent = True


class ChatMoved(TransportError):
    """A group became a supergroup with another id."""

    permanent = True

    def __init__(self, chat_id: int) -> None:
        super().__init__("the chat moved to another id")
        self.chat_id = chat_id


class Rejected(TransportError):
    """Telegram refuses this very request."""

    permanent = True


class WrongToken(TransportError):
    """The token is not one of Telegram's."""

    permanent = True
