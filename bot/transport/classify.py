"""What an error of the Bot API means for one message.

Telegram documents no list of descriptions; these are the ones of its own server (tdlib/telegram-bot-api,
Client.cpp) and of users' reports. They are compared in lower case, by their stable part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)


class Meaning(Enum):
    """What to do about a failed call."""

    WAIT = auto()  # 429: wait as told
    TRY_AGAIN = auto()  # surely not carried out
    PERHAPS_SENT = auto()
    GONE = auto()  # the person cannot be reached
    UNCHANGED = auto()  # an edit that changes nothing: done
    SEND_ANEW = auto()  # the message cannot be edited (any more)
    SEND_PLAIN = auto()  # our markup cannot be parsed
    MOVED = auto()  # the chat has another id
    WRONG_TOKEN = auto()
    CONFLICT = auto()  # 409: somebody else reads this bot's updates
    NEVER = auto()  # this very request will never be taken


@dataclass(frozen=True, slots=True)
class Verdict:
    """`seconds` to wait for WAIT, `chat_id` for MOVED; `words` are Telegram's, without any text of ours."""

    meaning: Meaning
    words: str
    seconds: float = 0.0
    chat_id: int = 0


_GONE = (
    "chat not found", "user not found", "user is deactivated", "user_deactivated", "peer_id_invalid",
    "chat_write_forbidden", "user_is_blocked", "bot was kicked", "group chat was deactivated", "not enough rights",
    "have no rights",
)  # fmt: skip
_SEND_ANEW = (
    "message to edit not found", "message can't be edited", "message_id_invalid", "no text in the message to edit",
    "message identifier is not specified",
)  # fmt: skip
_BY_WORDS = (
    (("message is not modified",), Meaning.UNCHANGED),
    (_SEND_ANEW, Meaning.SEND_ANEW),
    (("can't parse entities", "can't parse message text", "can't parse caption"), Meaning.SEND_PLAIN),
    (_GONE, Meaning.GONE),
)
_TOO_LARGE = "request entity too large"  # 413 has no error class of its own
LONGEST_WORDS = 200


def classify(error: TelegramError) -> Verdict:
    """The meaning of an error that a call raised."""
    words = str(error)[:LONGEST_WORDS]
    match error:
        case RetryAfter():
            return Verdict(Meaning.WAIT, words, seconds=_seconds(error))
        case ChatMigrated():
            return Verdict(Meaning.MOVED, words, chat_id=error.new_chat_id)
        case InvalidToken():
            return Verdict(Meaning.WRONG_TOKEN, "Telegram does not know this token")
        case Conflict():
            return Verdict(Meaning.CONFLICT, words)
        case Forbidden():
            return Verdict(Meaning.GONE, words)
        case BadRequest():
            return Verdict(_by_words(words.lower()), words)
        case TimedOut():
            return Verdict(Meaning.PERHAPS_SENT, words)
        case NetworkError():
            meaning = Meaning.NEVER if _TOO_LARGE in words.lower() else Meaning.TRY_AGAIN
            return Verdict(meaning, words)
        case _:
            return Verdict(Meaning.TRY_AGAIN, words)


def _by_words(words: str) -> Meaning:
    for phrases, meaning in _BY_WORDS:
        if any(phrase in words for phrase in phrases):
            return meaning
    return Meaning.NEVER


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
