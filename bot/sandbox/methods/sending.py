"""Sending: text, photos, documents, voice notes, locations, venues, forwards and copies."""

from typing import Any

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.files import MAX_PHOTO, MAX_UPLOAD, StoredFile, image_type, photo_sizes
from bot.sandbox.markup import reply_markup
from bot.sandbox.methods.lookup import chat_of, message_of
from bot.sandbox.params import Params, Upload
from bot.sandbox.text import caption, message_text
from bot.sandbox.world import Chat, World

Json = dict[str, Any]

_COPIED = (
    "text", "entities", "caption", "caption_entities", "photo", "document", "voice", "location", "venue", "sticker",
    "contact", "link_preview_options", "show_caption_above_media",
)  # fmt: skip
_FOREVER = 0x7FFFFFFF


def send_message(world: World, params: Params) -> Json:
    """sendMessage."""
    content = message_text(world, params)
    preview = params.object("link_preview_options", "link preview options")
    if preview:
        content["link_preview_options"] = preview
    return deliver(world, params, content)


def send_photo(world: World, params: Params) -> Json:
    """sendPhoto: a PNG, JPEG, GIF or WebP of at most 10 MB, or the file_id of a photo."""
    given = _file(world, params, "photo", MAX_PHOTO)
    data = given.data
    if image_type(data) is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    content: Json = {"photo": photo_sizes(world.files, data), **caption(world, params)}
    if params.flag("has_spoiler"):
        content["has_media_spoiler"] = True
    if params.flag("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return deliver(world, params, content)


def send_document(world: World, params: Params) -> Json:
    """sendDocument: at most 50 MB, or the file_id of a document."""
    stored = _stored(world, _file(world, params, "document", MAX_UPLOAD), "documents")
    document = {**stored.brief(), "file_name": stored.name, "mime_type": stored.mime_type}
    return deliver(world, params, {"document": document, **caption(world, params)})


def send_voice(world: World, params: Params) -> Json:
    """sendVoice."""
    stored = _stored(world, _file(world, params, "voice", MAX_UPLOAD), "voice")
    voice = {**stored.brief(), "duration": params.integer("duration") or 1, "mime_type": stored.mime_type}
    return deliver(world, params, {"voice": voice, **caption(world, params)})


def _file(world: World, params: Params, name: str, limit: int) -> Upload | StoredFile:
    """The file of a call: uploaded under its own name, attached under another, or one already here by file_id."""
    upload = params.uploads.get(name)
    if upload is None:
        value = params.text(name)
        if not value:
            raise bad_request(f"there is no {name} in the request")
        if not value.startswith("attach://"):
            return _known_file(world, value)
        upload = params.uploads.get(value.removeprefix("attach://"))
        if upload is None:
            raise bad_request(f"there is no {name} in the request")
    if not upload.data:
        raise bad_request("file must be non-empty")
    if len(upload.data) > limit:
        raise ApiError(413, "Request Entity Too Large")
    return upload


def _known_file(world: World, value: str) -> StoredFile:
    if value.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    stored = world.files.by_id(value)
    if stored is None:
        raise bad_request("wrong remote file identifier specified: Wrong string length")
    return stored


def _stored(world: World, given: Upload | StoredFile, folder: str) -> StoredFile:
    if isinstance(given, StoredFile):
        return given
    return world.files.add(folder, given.data, given.mime_type, given.name)


def place(params: Params) -> Json:
    """The Location object of a call; degrees. Raises ApiError 400."""
    location: Json = {}
    for name, limit in (("latitude", 90), ("longitude", 180)):
        value = params.number(name)
        if value is None:
            raise bad_request(f"{name} is empty")
        if not -limit <= value <= limit:
            raise bad_request("wrong location specified")
        location[name] = value
    accuracy = params.number("horizontal_accuracy")
    if accuracy is not None:
        if not 0 <= accuracy <= 1500:
            raise bad_request("wrong horizontal accuracy specified")
        location["horizontal_accuracy"] = accuracy
    for name, low, high in (("heading", 1, 360), ("proximity_alert_radius", 1, 100_000)):
        number = params.integer(name)
        if number:
            if not low <= number <= high:
                raise bad_request(f"wrong {name.replace('_', ' ')} specified")
            location[name] = number
    return location


def send_location(world: World, params: Params) -> Json:
    """sendLocation, live with live_period (60 to 86,400 seconds, or 0x7FFFFFFF)."""
    location = place(params)
    period = params.integer("live_period")
    if period:
        if not 60 <= period <= 86_400 and period != _FOREVER:
            raise bad_request("wrong live location period specified")
        location["live_period"] = period
    return deliver(world, params, {"location": location})


def send_venue(world: World, params: Params) -> Json:
    """sendVenue."""
    location = place(params)
    venue: Json = {"location": location}
    for name in ("title", "address"):
        if not params.text(name):
            raise bad_request(f"venue {name} is empty")
        venue[name] = params.text(name)
    for name in ("foursquare_id", "foursquare_type", "google_place_id", "google_place_type"):
        if params.has(name):
            venue[name] = params.text(name)
    return deliver(world, params, {"venue": venue, "location": location})


def forward_message(world: World, params: Params) -> Json:
    """forwardMessage."""
    source = message_of(chat_of(world, params, "from_chat_id"), params, "message to forward not found")
    if source.get("has_protected_content"):
        raise bad_request("message can't be forwarded")
    content = {name: source[name] for name in _COPIED if name in source}
    origin = {"type": "user", "date": source["date"], "sender_user": source["from"]}
    return deliver(world, params, {**content, "forward_origin": source.get("forward_origin", origin)})


def copy_message(world: World, params: Params) -> Json:
    """copyMessage, maybe with a new caption; returns MessageId."""
    source = message_of(chat_of(world, params, "from_chat_id"), params, "message to copy not found")
    if source.get("has_protected_content"):
        raise bad_request("message can't be copied")
    content = {name: source[name] for name in _COPIED if name in source}
    if "caption" in params.values and "text" not in content:
        content = {name: value for name, value in content.items() if not name.startswith("caption")}
        content.update(caption(world, params))
    return {"message_id": deliver(world, params, content)["message_id"]}


def deliver(world: World, params: Params, content: Json) -> Json:
    """Puts a message of the bot into the chat of the call: the checks, options and keyboards all send methods share."""
    chat = chat_of(world, params)
    markup = reply_markup(params, chat.type == "private")
    replied = _replied(world, chat, params)
    world.check_may_send(chat)
    message = {**content, **replied}
    if params.flag("protect_content"):
        message["has_protected_content"] = True
    if markup is not None and "inline_keyboard" in markup:
        message["reply_markup"] = markup
    result = world.post(chat, world.bot, message)
    chat.typing_until = 0.0
    if markup is not None and "inline_keyboard" not in markup:
        _show_keyboard(chat, result["message_id"], markup)
    return result


def _show_keyboard(chat: Chat, message_id: int, markup: Json) -> None:
    chat.fixed.add(message_id)
    if "keyboard" in markup:
        chat.keyboard = markup
    elif "remove_keyboard" in markup:
        chat.keyboard = None


def _replied(world: World, chat: Chat, params: Params) -> Json:
    if params.has("business_connection_id"):
        raise bad_request("business connection not found")
    if params.integer("message_thread_id"):
        raise bad_request("message thread not found")
    reply = params.object("reply_parameters", "reply parameters")
    if reply is None:
        return {}
    source = world.find_chat(reply["chat_id"]) if reply.get("chat_id") else chat
    number = reply.get("message_id")
    message = source.messages.get(number) if isinstance(number, int) else None
    if message is None:
        if reply.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    return {"reply_to_message": {k: v for k, v in message.items() if k != "reply_to_message"}}
