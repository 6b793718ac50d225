"""Text parameters of a call → text and entities as Telegram would store them, within its limits."""

from typing import Any

from bot.sandbox.entities import settle, utf16_length, with_found
from bot.sandbox.errors import bad_request
from bot.sandbox.html_mode import parse_html
from bot.sandbox.links import BadLink, checked_link
from bot.sandbox.markdown_mode import parse_markdown
from bot.sandbox.params import Params
from bot.sandbox.world import World

Json = dict[str, Any]

MAX_TEXT = 4096
MAX_CAPTION = 1024
_MAX_RAW_BYTES = 1 << 15
_ENTITY_TYPES = frozenset({
    "bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre",
    "text_link", "text_mention", "custom_emoji",
})  # fmt: skip
_DETECTED = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"})


def message_text(world: World, params: Params) -> Json:
    """{"text", "entities"?} of sendMessage and editMessageText. Raises ApiError 400."""
    raw = params.text("text")
    if not raw:
        raise bad_request("message text is empty")
    text, entities = _formatted(world, params, raw, "entities")
    if not text:
        raise bad_request("text must be non-empty")
    if utf16_length(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption(world: World, params: Params) -> Json:
    """{"caption", "caption_entities"?}, or {} without a caption. Raises ApiError 400."""
    text, entities = _formatted(world, params, params.text("caption"), "caption_entities")
    if utf16_length(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    if not text:
        return {}
    return {"caption": text, "caption_entities": entities} if entities else {"caption": text}


def _formatted(world: World, params: Params, raw: str, entities_name: str) -> tuple[str, list[Json]]:
    if _byte_length(raw) > _MAX_RAW_BYTES:
        raise bad_request("text is too long")
    text, entities = _parsed(params, raw, entities_name)
    text, entities = settle(text, [e for e in entities if _known_user(world, e)])
    return text, with_found(text, entities)


def _byte_length(raw: str) -> int:
    if raw.isascii():
        return len(raw)
    try:
        return len(raw.encode())
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None


def _parsed(params: Params, raw: str, entities_name: str) -> tuple[str, list[Json]]:
    mode = params.text("parse_mode").lower()
    if not raw or mode in ("", "none"):
        return raw, _given_entities(params, raw, entities_name)
    if mode == "html":
        return parse_html(raw)
    if mode == "markdownv2":
        return parse_markdown(raw)
    raise bad_request("unsupported parse_mode")


def _given_entities(params: Params, raw: str, name: str) -> list[Json]:
    end = utf16_length(raw)
    return [e for entity in params.array(name, "entities") or [] if (e := _given_entity(entity, end))]


def _given_entity(entity: Any, end: int) -> Json | None:
    if not isinstance(entity, dict):
        raise bad_request("can't parse MessageEntity: expected an Object")
    kind, offset, length = entity.get("type"), entity.get("offset"), entity.get("length")
    if not isinstance(kind, str) or not isinstance(offset, int) or not isinstance(length, int):
        raise bad_request('can\'t parse MessageEntity: "type" must be a String, "offset" and "length" Integers')
    if kind in _DETECTED:
        return None
    if kind not in _ENTITY_TYPES:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    if offset < 0 or (offset >= end and length > 0):
        raise bad_request(f"entity begins after the end of the text at UTF-16 offset {offset}")
    if offset + length > end:
        raise bad_request(
            f"entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset "
            f"{offset + length}"
        )
    if kind == "text_mention":
        user = entity.get("user")
        return dict(entity) if isinstance(user, dict) and isinstance(user.get("id"), int) else None
    if kind == "text_link":
        try:
            return {**entity, "url": checked_link(str(entity.get("url", "")))}
        except BadLink:
            return None
    return dict(entity)


def _known_user(world: World, entity: Json) -> bool:
    """Mentions of people the bot never met vanish; the others get the whole user."""
    if entity["type"] != "text_mention":
        return True
    user = world.users.get(entity["user"]["id"])
    if user is None:
        return False
    entity["user"] = user.api()
    return True
