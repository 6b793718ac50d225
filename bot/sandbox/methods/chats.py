"""Chats, taps and files: chat action, callback answers, getChat, getChatMember, leaveChat, getFile."""

from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.files import MAX_DOWNLOAD
from bot.sandbox.methods.lookup import chat_of
from bot.sandbox.params import Params
from bot.sandbox.world import TYPING_SECONDS, Chat, World

Json = dict[str, Any]

_ACTIONS = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note", "cancel",
})  # fmt: skip
MAX_ALERT = 200


def send_chat_action(world: World, params: Params) -> bool:
    """sendChatAction: shows "typing" for five seconds or until the next message."""
    action = params.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = chat_of(world, params)
    world.check_may_send(chat)
    chat.typing_until = 0.0 if action == "cancel" else world.monotonic() + TYPING_SECONDS
    world.hub.publish({"type": "typing", "chat_id": chat.id})
    return True


def answer_callback_query(world: World, params: Params) -> bool:
    """answerCallbackQuery: once, and in time."""
    text, url = params.text("text"), params.text("url")
    if len(text) > MAX_ALERT:
        raise bad_request("MESSAGE_TOO_LONG")
    if url and not url.startswith(
        (f"https://t.me/{world.bot['username']}", f"tg://resolve?domain={world.bot['username']}")
    ):
        raise bad_request("URL_INVALID")
    tap = world.taps.pop(str(params.values.get("callback_query_id", "")), None)
    if tap is None or world.monotonic() - tap.at > world.tap_seconds:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    alert = params.flag("show_alert")
    if not tap.answer.done():
        tap.answer.set_result({"answered": True, "text": text or None, "show_alert": alert, "url": url or None})
    if text:
        world.hub.publish({"type": "toast", "chat_id": tap.chat_id, "text": text, "show_alert": alert})
    return True


def get_chat(world: World, params: Params) -> Json:
    """getChat: ChatFullInfo with the fields that are always there."""
    chat = chat_of(world, params)
    world.check_member(chat)
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    return {
        **world.chat_json(chat), "accent_color_id": 0, "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, chat.type == "private"),
    }  # fmt: skip


def get_chat_member(world: World, params: Params) -> Json:
    """getChatMember: member or left."""
    chat = chat_of(world, params)
    world.check_member(chat)
    user_id = params.integer("user_id")
    if not user_id or user_id < 0:
        raise bad_request("invalid user_id specified")
    if user_id == world.bot["id"]:
        return {"user": world.bot, "status": chat.bot_status}
    user = world.users.get(user_id)
    if user is None:
        raise bad_request("user not found")
    return {"user": user.api(), "status": "member" if user_id in chat.members else "left"}


def leave_chat(world: World, params: Params) -> bool:
    """leaveChat: groups only."""
    chat = chat_of(world, params)
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    world.check_member(chat)
    membership(world, chat, world.bot, "left")
    return True


def membership(world: World, chat: Chat, by: Json, status: str) -> None:
    """The bot's membership changes: my_chat_member with the old and the new status."""
    old, chat.bot_status = chat.bot_status, status
    change = {
        "chat": world.chat_json(chat), "from": by, "date": world.stamp(),
        "old_chat_member": _member(world, old), "new_chat_member": _member(world, status),
    }  # fmt: skip
    world.updates.push("my_chat_member", change, chat.id)


def _member(world: World, status: str) -> Json:
    member: Json = {"user": world.bot, "status": status}
    if status == "kicked":
        member["until_date"] = 0
    return member


def get_file(world: World, params: Params) -> Json:
    """getFile: at most 20 MB; `file_path` is downloaded from /file/bot<token>/<file_path>."""
    if not params.has("file_id"):
        raise bad_request("file_id not specified")
    stored = world.files.by_id(params.text("file_id"))
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.data) > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {**stored.brief(), "file_path": stored.path}
