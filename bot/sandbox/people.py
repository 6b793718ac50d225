"""What people do in the sandbox: write, edit, send places, stickers, files, tap buttons, block the bot, make groups."""

import base64
import binascii
import mimetypes
from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.entities import found_entities, settle, utf16_length
from bot.sandbox.errors import ControlError
from bot.sandbox.files import image_type, photo_sizes
from bot.sandbox.methods.chats import membership
from bot.sandbox.text import MAX_TEXT
from bot.sandbox.world import Chat, Tap, User, World

Json = dict[str, Any]


def chat_for(world: World, chat_id: int) -> Chat:
    """The chat of a control call. Raises ControlError 404."""
    chat = world.chats.get(chat_id)
    if chat is None:
        raise ControlError(404, f"There is no chat {chat_id} in the sandbox; see GET /sandbox/state for the people.")
    return chat


def _sender(world: World, chat: Chat, body: Json) -> User:
    """Who acts: the person of a private chat, the member named by "from" in a group."""
    user_id = chat.id if chat.type == "private" else body.get("from")
    user = world.users.get(user_id) if isinstance(user_id, int) else None
    if user is None or user.id not in chat.members:
        raise ControlError(400, f'In a group, "from" must be the id of a member; {user_id!r} is not one.')
    if chat.deleted:
        raise ControlError(409, "This chat was deleted; nobody can write in it.")
    if chat.type == "private" and user.blocked:
        raise ControlError(409, f"{user.first_name} has blocked the bot; unblock it first.")
    return user


def send(world: World, chat_id: int, body: Json) -> Json:
    """A person sends or edits something; returns the Message. Raises ControlError with one sentence."""
    chat = chat_for(world, chat_id)
    user = _sender(world, chat, body)
    if chat.migrated_to is not None:
        raise ControlError(409, f"This group became the supergroup {chat.migrated_to}; write there.")
    if body.get("edit") is not None:
        return _edit(world, chat, user, body)
    content = _content(world, body)
    if body.get("reply_to") is not None:
        original = _message(chat, body["reply_to"])
        content["reply_to_message"] = {k: v for k, v in original.items() if k != "reply_to_message"}
    if body.get("forward"):
        content["forward_origin"] = {
            "type": "hidden_user", "date": world.stamp() - 60, "sender_user_name": "Somebody else",
        }  # fmt: skip
    user.started = user.started or chat.type == "private"
    message = world.post(chat, user.api(), content)
    if chat.keyboard is not None and chat.keyboard.get("one_time_keyboard"):
        chat.keyboard = None
    if _bot_sees(world, chat, message):
        world.updates.push("message", message, chat.id)
    return message


def _bot_sees(world: World, chat: Chat, message: Json) -> bool:
    """Privacy mode: in groups a bot gets commands that may be for it and replies to itself."""
    if chat.type == "private":
        return True
    if chat.bot_status != "member":
        return False
    if message.get("reply_to_message", {}).get("from", {}).get("id") == world.bot["id"]:
        return True
    text = message.get("text", "")
    first = text.split(maxsplit=1)[0] if text.startswith("/") else ""
    return bool(first) and ("@" not in first or first.endswith(f"@{world.bot['username']}"))


def _edit(world: World, chat: Chat, user: User, body: Json) -> Json:
    message = _message(chat, body["edit"])
    if message["from"]["id"] != user.id:
        raise ControlError(400, "People can edit their own messages only.")
    content = _content(world, body)
    if not any(name in message for name in content):
        raise ControlError(400, "A message can be edited into one of the same kind only.")
    for name in ("text", "entities", "location"):
        message.pop(name, None)
    message.update(content, edit_date=world.stamp())
    world.show_edit(chat, message)
    if _bot_sees(world, chat, message):
        world.updates.push("edited_message", message, chat.id)
    return message


def _message(chat: Chat, message_id: object) -> Json:
    message = chat.messages.get(message_id) if isinstance(message_id, int) else None
    if message is None:
        raise ControlError(404, f"There is no message {message_id!r} in chat {chat.id}.")
    return message


def _content(world: World, body: Json) -> Json:
    for kind, make in _CONTENTS.items():
        if body.get(kind) is not None:
            return make(world, body)
    raise ControlError(400, f"Nothing to send: give one of {', '.join(_CONTENTS)}.")


def _text(_world: World, body: Json) -> Json:
    if not isinstance(body["text"], str):
        raise ControlError(400, '"text" must be a string.')
    text, _ = settle(_whole(body["text"]), [])
    if not text:
        raise ControlError(400, "An empty message can't be sent; write something.")
    if utf16_length(text) > MAX_TEXT:
        raise ControlError(400, f"A message has at most {MAX_TEXT} characters; this one has {utf16_length(text)}.")
    entities = found_entities(text)
    return {"text": text, "entities": entities} if entities else {"text": text}


def _whole(text: str) -> str:
    """The text without halves of characters (JSON can carry them, no keyboard can type them)."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _location(_world: World, body: Json) -> Json:
    given = body["location"]
    try:
        location = {"latitude": float(given["latitude"]), "longitude": float(given["longitude"])}
    except (KeyError, TypeError, ValueError):
        raise ControlError(400, 'A location needs "latitude" and "longitude" in degrees.') from None
    for name in ("live_period", "horizontal_accuracy", "heading"):
        if given.get(name) is not None:
            location[name] = given[name]
    return {"location": location}


def _sticker(world: World, body: Json) -> Json:
    emoji = _whole(str(body["sticker"]))
    stored = world.files.add("stickers", emoji.encode(), "image/webp", "sticker.webp")
    kind = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": emoji}
    return {"sticker": {**stored.brief(), **kind}}


def _voice(world: World, body: Json) -> Json:
    seconds = body["voice"]
    if not isinstance(seconds, int) or seconds < 1:
        raise ControlError(400, '"voice" is its length in whole seconds, from 1.')
    stored = world.files.add("voice", b"OggS" + bytes(400 * min(seconds, 60)), "audio/ogg")
    return {"voice": {**stored.brief(), "duration": seconds, "mime_type": "audio/ogg"}}


def _contact(_world: World, body: Json) -> Json:
    given = body["contact"]
    if not isinstance(given, dict) or not given.get("phone_number") or not given.get("first_name"):
        raise ControlError(400, 'A contact needs "phone_number" and "first_name".')
    return {"contact": {k: str(v) for k, v in given.items() if k in ("phone_number", "first_name", "last_name")}}


def _bytes(body: Json, kind: str) -> bytes:
    try:
        data = base64.b64decode(body[kind], validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise ControlError(400, f'"{kind}" must be the file as base64 text.') from None
    if not data:
        raise ControlError(400, f'"{kind}" is an empty file.')
    return data


def _caption(body: Json) -> Json:
    text = _whole(str(body.get("caption") or "")).strip()
    entities = found_entities(text)
    return {"caption": text, **({"caption_entities": entities} if entities else {})} if text else {}


def _photo(world: World, body: Json) -> Json:
    data = _bytes(body, "photo")
    if image_type(data) is None:
        raise ControlError(400, "A photo must be a PNG, JPEG, GIF or WebP picture; send other files as a document.")
    return {"photo": photo_sizes(world.files, data), **_caption(body)}


def _document(world: World, body: Json) -> Json:
    data = _bytes(body, "document")
    name = _whole(str(body.get("file_name") or "file.bin"))
    mime_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    stored = world.files.add("documents", data, mime_type, name)
    return {"document": {**stored.brief(), "file_name": name, "mime_type": mime_type}, **_caption(body)}


_CONTENTS: Mapping[str, Callable[[World, Json], Json]] = {
    "text": _text, "location": _location, "sticker": _sticker, "voice": _voice, "contact": _contact, "photo": _photo,
    "document": _document,
}  # fmt: skip


def click(world: World, chat_id: int, body: Json) -> Tap:
    """A person taps an inline button. With "checked" the data must be on the message. Raises ControlError.

    Any other data goes through, as a forged client could send it; of a deleted message the bot gets only the id.
    """
    chat = chat_for(world, chat_id)
    user = _sender(world, chat, body)
    message_id, data = body.get("message_id"), body.get("data")
    if not isinstance(message_id, int) or not isinstance(data, str):
        raise ControlError(400, 'A tap needs "message_id" (a number) and "data" (a text).')
    message = chat.messages.get(message_id)
    if message is None:
        if body.get("checked") or not 0 < message_id < chat.next_message_id:
            raise ControlError(404, f"There is no message {message_id} in chat {chat.id}.")
        message = {"message_id": message_id, "chat": world.chat_json(chat), "date": 0}
    if body.get("checked") and data not in button_data(message):
        raise ControlError(400, f"Message {message_id} has no button with the data {data!r}.")
    return world.tap(chat, user.api(), message, data)


def button_data(message: Json) -> list[str]:
    """callback_data of all buttons of a message."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]


def set_blocked(world: World, chat_id: int, blocked: bool) -> None:
    """The person blocks or unblocks the bot; doing so twice changes nothing."""
    chat = chat_for(world, chat_id)
    if chat.type != "private":
        raise ControlError(400, "Only a person can block the bot; take it out of a group instead.")
    user = world.users[chat.id]
    if user.blocked == blocked:
        return
    user.blocked = blocked
    membership(world, chat, user.api(), "kicked" if blocked else "member")
    world.hub.publish({"type": "users"})


def delete_chat(world: World, chat_id: int) -> None:
    """The person deletes the account, or the group is deleted: the bot is told only when it next writes."""
    chat_for(world, chat_id).deleted = True


def create_group(world: World, title: str, members: list[int]) -> Chat:
    """The first member makes a group with the others and the bot."""
    unknown = [member for member in members if member not in world.users]
    if unknown or not members:
        raise ControlError(400, f"A group needs ids of people in the sandbox; unknown: {unknown or 'nobody given'}.")
    chat = world.add_group(title, members)
    creator = world.users[members[0]].api()
    chat.bot_status = "left"
    membership(world, chat, creator, "member")
    message = world.post(chat, creator, {"group_chat_created": True})
    world.updates.push("message", message, chat.id)
    return chat


def kick_from_group(world: World, chat_id: int) -> None:
    """The first member throws the bot out of a group."""
    chat = chat_for(world, chat_id)
    if chat.type == "private":
        raise ControlError(400, "The bot can be thrown out of groups only.")
    membership(world, chat, world.users[chat.members[0]].api(), "kicked")


def migrate_group(world: World, chat_id: int) -> Chat:
    """A group becomes a supergroup with a new id; both sides get the service message."""
    chat = chat_for(world, chat_id)
    if chat.type != "group" or chat.migrated_to is not None:
        raise ControlError(400, "Only a group that is not yet a supergroup can become one.")
    new = world.add_group(chat.title, chat.members, "supergroup")
    chat.migrated_to = new.id
    creator = world.users[chat.members[0]].api()
    for where, field, other in ((chat, "migrate_to_chat_id", new.id), (new, "migrate_from_chat_id", chat.id)):
        world.updates.push("message", world.post(where, creator, {field: other}), where.id)
    return new
