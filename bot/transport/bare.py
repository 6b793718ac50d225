"""An update that the library cannot read, reduced to what we read of it.

The library insists on every field that it knows as required and fails on the whole update where one is missing, even
in the poll that somebody replies to with `/sos`. Nobody's words may be lost for that.
"""

from __future__ import annotations

from typing import Any

_MESSAGES = ("message", "edited_message", "channel_post")
_CONTENT = ("text", "caption", "photo", "voice", "document", "location", "left_chat_member", "migrate_to_chat_id")
_ABOUT = ("message_id", "date", "edit_date")
_CHAT = ("id", "type", "title")
_USER = ("id", "is_bot", "first_name", "language_code")


def bare(raw: dict[str, Any]) -> dict[str, Any]:
    """The update with the little we need of its message; what has no message comes back as it is."""
    for kind in _MESSAGES:
        if isinstance(raw.get(kind), dict):
            return {"update_id": raw["update_id"], kind: _message(raw[kind])}
    return raw


def _message(message: dict[str, Any]) -> dict[str, Any]:
    kept = _only(message, (*_ABOUT, *_CONTENT))
    kept["chat"] = _only(message["chat"], _CHAT)
    if "from" in message:
        kept["from"] = _only(message["from"], _USER)
    if isinstance(message.get("reply_to_message"), dict):
        kept["reply_to_message"] = {**_only(message["reply_to_message"], _ABOUT), "chat": kept["chat"]}
    if "forward_origin" in message or "via_bot" in message:
        # Whatever it came from: words of others are no command.
        kept["forward_origin"] = {"type": "hidden_user", "date": kept["date"], "sender_user_name": ""}
    if not kept.keys() & set(_CONTENT):
        kept["unreadable"] = True  # a kind that nobody knows, and is answered as such
    return kept


def _only(data: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: data[name] for name in names if name in data}
