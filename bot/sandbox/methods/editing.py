"""Editing and deleting what was sent."""

from typing import Any

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.markup import inline_markup
from bot.sandbox.methods.lookup import chat_of, message_of
from bot.sandbox.methods.sending import place
from bot.sandbox.params import Params
from bot.sandbox.text import caption, message_text
from bot.sandbox.world import Chat, World

Json = dict[str, Any]

DELETE_SECONDS = 48 * 3600
_MEDIA = ("photo", "document", "voice")


def edit_message_text(world: World, params: Params) -> Json:
    """editMessageText. Without reply_markup the inline keyboard goes away, as at Telegram."""
    content = message_text(world, params)
    chat, message, markup = _editable(world, params)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    preview = params.object("link_preview_options", "link preview options")
    if preview:
        content["link_preview_options"] = preview
    return _changed(world, chat, message, content, ("text", "entities", "link_preview_options"), markup)


def edit_message_caption(world: World, params: Params) -> Json:
    """editMessageCaption of a photo, document or voice note."""
    content = caption(world, params)
    chat, message, markup = _editable(world, params)
    if not any(kind in message for kind in _MEDIA):
        raise bad_request("there is no caption in the message to edit")
    return _changed(world, chat, message, content, ("caption", "caption_entities"), markup)


def edit_message_reply_markup(world: World, params: Params) -> Json:
    """editMessageReplyMarkup."""
    chat, message, markup = _editable(world, params)
    return _changed(world, chat, message, {}, (), markup)


def edit_message_live_location(world: World, params: Params) -> Json:
    """editMessageLiveLocation, as long as the location is live."""
    location = place(params)
    chat, message, markup = _editable(world, params)
    old = _live(world, message)
    location["live_period"] = params.integer("live_period") or old["live_period"]
    return _changed(world, chat, message, {"location": location}, ("location",), markup)


def stop_message_live_location(world: World, params: Params) -> Json:
    """stopMessageLiveLocation: the place stays, no longer live."""
    chat, message, markup = _editable(world, params)
    old = _live(world, message)
    location = {name: value for name, value in old.items() if name in ("latitude", "longitude", "horizontal_accuracy")}
    return _changed(world, chat, message, {"location": location}, ("location",), markup)


def delete_message(world: World, params: Params) -> bool:
    """deleteMessage: own ones and, in private chats, the person's, for 48 hours."""
    chat = chat_of(world, params)
    world.check_member(chat)
    message = message_of(chat, params, "message to delete not found")
    if world.stamp() - message["date"] > DELETE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    if chat.type != "private" and message["from"]["id"] != world.bot["id"]:
        raise bad_request("message can't be deleted")
    world.remove(chat, message["message_id"])
    return True


def _editable(world: World, params: Params) -> tuple[Chat, Json, Json | None]:
    """Chat, message and new keyboard of an edit. Raises ApiError where Telegram lets nobody edit."""
    if params.has("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    chat = chat_of(world, params)
    world.check_member(chat)
    markup = inline_markup(params, chat.type == "private")
    message = message_of(chat, params, "message to edit not found")
    if message["from"]["id"] != world.bot["id"] or message["message_id"] in chat.fixed or "forward_origin" in message:
        raise bad_request("message can't be edited")
    return chat, message, markup


def _live(world: World, message: Json) -> Json:
    location: Json | None = message.get("location")
    if location is None:
        raise _no_live_location()
    period = location.get("live_period")
    if period is None or world.stamp() >= message["date"] + period:
        raise bad_request("message can't be edited")
    return location


def _no_live_location() -> ApiError:
    return bad_request("there is no live location in the message to edit")


def _changed(
    world: World, chat: Chat, message: Json, content: Json, fields: tuple[str, ...], markup: Json | None
) -> Json:
    """Replaces `fields` by `content` and the keyboard by `markup`. Raises ApiError when nothing is different."""
    before = {name: message[name] for name in fields if name in message}
    if before == content and message.get("reply_markup") == markup:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same as a current "
            "content and reply markup of the message"
        )
    for name in (*fields, "reply_markup"):
        message.pop(name, None)
    message.update(content)
    if markup is not None:
        message["reply_markup"] = markup
    message["edit_date"] = world.stamp()
    world.show_edit(chat, message)
    return message
