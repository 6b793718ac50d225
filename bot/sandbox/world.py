"""What exists in the sandbox: people, chats, messages, taps, files. What the bot and the page see comes from here."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.sandbox.errors import ApiError, bad_request, forbidden
from bot.sandbox.files import FileShelf
from bot.sandbox.flood import FloodLimits
from bot.sandbox.hub import EventHub
from bot.sandbox.render import with_html
from bot.sandbox.updates import UpdateQueue

Json = dict[str, Any]

FIRST_USER_ID = 5_000_000_001  # beyond 32 bits, as real ones are
TYPING_SECONDS = 5.0
QUERY_SECONDS = 15.0
_KEPT_QUERIES = 10_000


@dataclass(slots=True)
class User:
    """A person. `label` is for the page only; `started`: has written to the bot (it may not write first)."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    label: str = ""
    blocked: bool = False
    started: bool = False

    def api(self) -> Json:
        """The Bot API User object."""
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if value := getattr(self, name):
                user[name] = value
        return user

    def as_json(self) -> Json:
        """For the page's list of people."""
        return {
            "id": self.id, "first_name": self.first_name, "last_name": self.last_name, "username": self.username,
            "language_code": self.language_code, "blocked": self.blocked, "label": self.label,
        }  # fmt: skip


@dataclass(slots=True)
class Chat:
    """A chat and its messages (Bot API Message objects by id, ascending).

    `fixed` holds messages that Telegram lets nobody edit (sent with a reply keyboard); `bot_status` is the bot's
    membership: member, left or kicked (in a private chat: blocked); `keyboard` the reply keyboard that shows;
    `typing_until` a monotonic second.
    """

    id: int
    type: str
    title: str = ""
    members: list[int] = field(default_factory=list)
    messages: dict[int, Json] = field(default_factory=dict)
    next_message_id: int = 1
    keyboard: Json | None = None
    fixed: set[int] = field(default_factory=set)
    bot_status: str = "member"
    migrated_to: int | None = None
    typing_until: float = 0.0
    deleted: bool = False


@dataclass(slots=True)
class Tap:
    """A tapped inline button that waits for answerCallbackQuery; `at` is a monotonic second."""

    at: float
    answer: asyncio.Future[Json]
    chat_id: int


class World:
    """All state of one sandbox. `now` gives aware UTC datetimes, `monotonic` seconds that only go forward."""

    def __init__(self, token: str, bot_username: str, now: Callable[[], datetime], monotonic: Callable[[], float],
                 flood_limits: bool = False) -> None:  # fmt: skip
        self.now = now
        self.monotonic = monotonic
        self.bot: Json = {
            "id": int(token.split(":")[0]), "is_bot": True, "first_name": "Compagnon", "username": bot_username,
        }  # fmt: skip
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.commands: dict[tuple[str, int, str], list[Json]] = {}
        self.profile: dict[tuple[str, object], Any] = {}
        self.taps: dict[str, Tap] = {}
        self.tap_seconds = QUERY_SECONDS
        self.files = FileShelf()
        self.hub = EventHub()
        self.updates = UpdateQueue(token)
        self.flood = FloodLimits(flood_limits, monotonic)
        self._user_ids = itertools.count(FIRST_USER_ID)
        self._group_ids = itertools.count(4_000_000_001)
        self._tap_ids = itertools.count(1)

    def stamp(self) -> int:
        """Now as Unix seconds."""
        return int(self.now().timestamp())

    def add_user(self, first_name: str, last_name: str = "", username: str = "", language_code: str = "",
                 label: str = "") -> User:  # fmt: skip
        """A new person with a private chat (chat id = user id)."""
        user = User(next(self._user_ids), first_name, last_name, username, language_code, label)
        self.users[user.id] = user
        self.chats[user.id] = Chat(user.id, "private", members=[user.id])
        self.hub.publish({"type": "users"})
        return user

    def add_group(self, title: str, members: list[int], kind: str = "group") -> Chat:
        """A new group of people and the bot; tells nobody yet."""
        number = next(self._group_ids)
        chat = Chat(-number if kind == "group" else -1_000_000_000_000 - number, kind, title, list(members))
        self.chats[chat.id] = chat
        return chat

    def chat_json(self, chat: Chat) -> Json:
        """The Bot API Chat object."""
        if chat.type != "private":
            return {"id": chat.id, "type": chat.type, "title": chat.title}
        user = self.users[chat.id]
        result: Json = {"id": chat.id, "type": "private", "first_name": user.first_name}
        if user.last_name:
            result["last_name"] = user.last_name
        if user.username:
            result["username"] = user.username
        return result

    def post(self, chat: Chat, sender: Json, content: Json) -> Json:
        """Puts a message into a chat and shows it; returns the Message object."""
        message: Json = {
            "message_id": chat.next_message_id, "from": sender, "chat": self.chat_json(chat), "date": self.stamp(),
            **content,
        }  # fmt: skip
        chat.messages[chat.next_message_id] = message
        chat.next_message_id += 1
        if self.hub.listened:
            self.hub.publish({"type": "message", "chat_id": chat.id, "message": with_html(message)})
        return message

    def show_edit(self, chat: Chat, message: Json) -> None:
        """Tells the page that a message changed."""
        if self.hub.listened:
            self.hub.publish({"type": "edit", "chat_id": chat.id, "message": with_html(message)})

    def remove(self, chat: Chat, message_id: int) -> None:
        """Deletes a message for everyone."""
        message = chat.messages.pop(message_id)
        chat.fixed.discard(message_id)
        if self.hub.listened:
            self.hub.publish({"type": "delete", "chat_id": chat.id, "message": with_html(message)})

    def tap(self, chat: Chat, sender: Json, message: Json, data: str) -> Tap:
        """A person taps an inline button: queues the callback query."""
        number = next(self._tap_ids)
        query_id = str(4_000_000_000_000_000_000 + number)
        tap = Tap(self.monotonic(), asyncio.get_running_loop().create_future(), chat.id)
        self.taps[query_id] = tap
        while len(self.taps) > _KEPT_QUERIES:
            del self.taps[next(iter(self.taps))]
        query = {
            "id": query_id,
            "from": sender,
            "message": dict(message),
            "chat_instance": str(chat.id * 7919),
            "data": data,
        }
        self.updates.push("callback_query", query, chat.id)
        return tap

    def find_chat(self, chat_id: object) -> Chat:
        """The chat of a Bot API call. Raises ApiError 400 "chat not found"."""
        chat = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def check_may_send(self, chat: Chat) -> None:
        """Raises the ApiError Telegram answers when the bot may not write here, or writes too fast."""
        self.check_member(chat)
        if chat.type == "private":
            user = self.users[chat.id]
            if user.blocked:
                raise forbidden("bot was blocked by the user")
            if not user.started:
                raise forbidden("bot can't initiate conversation with a user")
        self.flood.count(chat.id)

    def check_member(self, chat: Chat) -> None:
        """Raises ApiError where the group moved on or the bot is no longer in it."""
        if chat.deleted:
            raise forbidden("user is deactivated" if chat.type == "private" else "the group chat was deleted")
        if chat.type == "private":
            return
        if chat.migrated_to is not None:
            raise ApiError(
                400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to
            )
        if chat.bot_status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        if chat.bot_status == "left":
            raise forbidden(f"bot is not a member of the {chat.type} chat")

    def commands_for(self, chat: Chat, language: str) -> list[Json]:
        """The commands a person sees in a chat: the narrowest scope, the person's language first (Bot API order)."""
        broad = "all_private_chats" if chat.type == "private" else "all_group_chats"
        for scope, chat_id in (("chat", chat.id), (broad, 0), ("default", 0)):
            for code in (language.split("-")[0], ""):
                if (commands := self.commands.get((scope, chat_id, code))) is not None:
                    return commands
        return []
