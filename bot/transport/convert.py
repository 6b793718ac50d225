"""Telegram's updates as plain events.

Field names and their meaning: Bot API, "Available types". Only private chats talk; whatever comes from
a group, supergroup or channel becomes `Group`, upon which the bot says why and leaves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType

from bot.flows.vocabulary import (
    Command,
    Document,
    Edited,
    Event,
    Forwarded,
    Group,
    Incoming,
    Membership,
    Other,
    Photo,
    Place,
    Start,
    Tap,
    Voice,
    Words,
)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "channel_post")

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@[A-Za-z0-9_]+)?(?![\w/@])(.*)", re.DOTALL)
_PRESENT = (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)
# Whole-message kinds that we only acknowledge, in an order that sees an animation before its `document` twin.
_OTHERS = (
    "animation", "audio", "checklist", "contact", "dice", "game", "invoice", "paid_media", "poll", "sticker", "story",
    "video", "video_note",
)  # fmt: skip


# What most updates are made of: words or a command in a private chat, and a tap. Nothing else may be in them.
_PLAIN_UPDATE = ({"update_id", "message"}, {"update_id", "callback_query"})
_PLAIN_MESSAGE = frozenset({"message_id", "from", "chat", "date", "text", "entities"})
_PLAIN_TAP = frozenset({"id", "from", "message", "chat_instance", "data"})


def plainly(raw: Mapping[str, Any]) -> Incoming | None:
    """Words, a command or a tap in a private chat, read without the library, which takes longer over it than all else
    about an update. None for everything else, and for whatever is not as the Bot API says: that is the library's."""
    if raw.keys() not in _PLAIN_UPDATE:
        return None
    try:
        if "message" in raw:
            return _plain_words(raw["update_id"], raw["message"])
        return _plain_tap(raw["update_id"], raw["callback_query"])
    except (KeyError, TypeError, AttributeError):
        return None


def _plain_words(update_id: int, message: Mapping[str, Any]) -> Incoming | None:
    text = message["text"]
    if not message.keys() <= _PLAIN_MESSAGE or not _is_private(message) or not isinstance(text, str):
        return None
    event = _words(text, message["message_id"], None)
    return _plainly_from(update_id, message["chat"]["id"], event, message["from"])


def _plain_tap(update_id: int, query: Mapping[str, Any]) -> Incoming | None:
    message, data = query["message"], query["data"]
    if not query.keys() <= _PLAIN_TAP or not _is_private(message) or not isinstance(data, str):
        return None
    tap = Tap(data, message["message_id"])
    return _plainly_from(update_id, message["chat"]["id"], tap, query["from"], query["id"])


def _is_private(message: Mapping[str, Any]) -> bool:
    numbers = (message["message_id"], message["chat"]["id"])
    return message["chat"]["type"] == ChatType.PRIVATE and all(isinstance(number, int) for number in numbers)


def _plainly_from(
    update_id: int, chat_id: int, event: Event, user: Mapping[str, Any], query_id: str | None = None
) -> Incoming:
    return Incoming(update_id, chat_id, event, user.get("language_code"), user["first_name"], query_id)


def incoming(update: Update) -> Incoming | None:
    """The update as plain data; None when nobody said anything (service messages, kinds we never asked for)."""
    if update.callback_query is not None:
        return _tapped(update.update_id, update.callback_query)
    if update.my_chat_member is not None:
        return _membership(update.update_id, update.my_chat_member)
    message = update.message or update.edited_message or update.channel_post
    if message is None:
        return None
    if message.chat.type != ChatType.PRIVATE:
        event: Event | None = _in_group(message)
    elif update.edited_message is not None:
        event = _edited(message)
    else:
        event = _said(message)
    return None if event is None else _from(update.update_id, message.chat.id, event, message.from_user)


def _from(update_id: int, chat_id: int, event: Event, user: User | None, query_id: str | None = None) -> Incoming:
    return Incoming(
        update_id=update_id,
        chat_id=chat_id,
        event=event,
        language_code=user.language_code if user else None,
        first_name=user.first_name if user else "",
        query_id=query_id,
    )


def _tapped(update_id: int, query: CallbackQuery) -> Incoming:
    # `message` may be inaccessible (too old) and still has its id and chat; it is missing only in inline mode.
    message = query.message
    if message is None:
        return _from(update_id, query.from_user.id, Tap(query.data or ""), query.from_user, query.id)
    tap: Event = Tap(query.data or "", message.message_id)
    event = tap if message.chat.type == ChatType.PRIVATE else Group()
    return _from(update_id, message.chat.id, event, query.from_user, query.id)


def _membership(update_id: int, change: ChatMemberUpdated) -> Incoming | None:
    present = change.new_chat_member.status in _PRESENT
    if change.chat.type == ChatType.PRIVATE:
        return _from(update_id, change.chat.id, Membership(present), change.from_user)
    # Having left (or been thrown out of) a group there is nobody to tell.
    return _from(update_id, change.chat.id, Group(), change.from_user) if present else None


def _in_group(message: Message) -> Event | None:
    gone = message.left_chat_member is not None or message.migrate_to_chat_id is not None
    return None if gone else Group()


def _edited(message: Message) -> Event | None:
    if message.location is not None:
        live = message.location.live_period is not None
        return Place(message.location.latitude, message.location.longitude, live=live, update=True)
    text = message.text or message.caption
    return None if text is None else Edited(text, message.message_id)


def _said(message: Message) -> Event | None:
    if message.forward_origin is not None or message.via_bot is not None:
        return Forwarded(message.text or message.caption or "")
    if message.text is not None:
        reply = message.reply_to_message
        return _words(message.text, message.message_id, reply.message_id if reply else None)
    if message.photo:
        return Photo(message.photo[-1].file_id, message.caption or "")  # sizes ascend
    if message.voice is not None:
        return Voice(message.voice.file_id, _seconds(message.voice.duration))
    if message.location is not None:
        live = message.location.live_period is not None
        return Place(message.location.latitude, message.location.longitude, live=live)
    return _other(message)


def _words(text: str, message_id: int, reply_to: int | None) -> Event:
    text = text.replace("\0", "")  # no client sends it, PostgreSQL cannot keep it
    found = _COMMAND.fullmatch(text)
    if found is None:
        return Words(text, message_id, reply_to)
    name, argument = found[1].lower(), found[2].strip()
    if name == "start":
        return Start(argument or None)
    return Command(name, argument)


def _other(message: Message) -> Event | None:
    for kind in _OTHERS:
        if getattr(message, kind, None) is not None:
            return Other(kind)
    if message.document is not None:
        file = message.document
        return Document(file.file_id, file.file_name or "", message.caption or "", file.file_size or 0)
    # A kind that is newer than this version of the library; service messages it knows are no words to us.
    unknown = next(iter(message.api_kwargs), None)
    return None if unknown is None else Other(unknown)


def _seconds(duration: object) -> int:
    total = getattr(duration, "total_seconds", None)  # PTB is on its way from int to timedelta
    return int(total()) if total else int(str(duration))
