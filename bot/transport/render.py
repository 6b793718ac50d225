"""Deliveries as calls of the Bot API: text in the reader's language and zone, keyboards, files, places.

Limits (Bot API): text 4096 and captions 1024 UTF-16 units after parsing, callback data 64 bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.content.markup import CAPTION, MESSAGE
from bot.errors import Rejected
from bot.flows.vocabulary import Attachment, Drawing, ReplyButton, Rows, Screen, Venue
from bot.i18n import Catalogues
from bot.papers import drawings
from bot.service.delivery import Delivery
from bot.transport import html

TEXT_LIMIT, CAPTION_LIMIT = MESSAGE, CAPTION
DATA_LIMIT = 64

Pictures = Mapping[str, bytes | None]  # photos by file_id; None for one that could not be got
Draw = Callable[[Drawing, Catalogues, str, str], bytes]  # in a language, by the clock of a zone

_NOTHING = Screen(())
_SENDING = {"photo": "sendPhoto", "document": "sendDocument", "voice": "sendVoice"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of ours that goes with a call: its path below the data folder, its text, or what draws it (slow: not for
    the event loop) from the `photos` it needs, by file_id, and the name to show."""

    path: str
    name: str | None
    content: str | None = None
    draw: Callable[[Pictures], bytes] | None = None
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Bot API. `uploads` maps a parameter to the file that is to be read for it."""

    method: str
    params: dict[str, Any]
    uploads: Mapping[str, Upload] = field(default_factory=dict)


def render(delivery: Delivery, catalogues: Catalogues, draw: Draw = drawings.draw) -> tuple[Call, ...]:
    """The calls of a delivery, in order; the last one is the message that counts. `draw` makes what screens name.

    A message edited to nothing at all is deleted. A place on the map has no room for words, so it goes before them as a
    message of its own.
    Raises Rejected for a screen that Telegram would never take (callback data over 64 bytes).
    """
    shown = delivery.screen
    if delivery.edits is not None and shown == _NOTHING:
        return (Call("deleteMessage", {"chat_id": delivery.chat_id, "message_id": delivery.edits}),)
    if delivery.edits is not None and _editable(shown):
        return (_edit(delivery, catalogues),)
    calls = []
    if shown.venue is not None:
        calls.append(_venue(delivery, shown.venue))
    if shown.attachment is not None:
        calls.append(_file(delivery, shown.attachment, catalogues, draw))
    elif shown.body or not calls:
        calls.append(_message(delivery, catalogues))
    keyboard = _keyboard(delivery, catalogues)
    if keyboard is not None:
        calls[-1].params["reply_markup"] = keyboard
    return tuple(calls)


def without_markup(call: Call) -> Call:
    """The same call as plain text: what is left when Telegram cannot parse our HTML."""
    params = {key: value for key, value in call.params.items() if key != "parse_mode"}
    for key, limit in (("text", TEXT_LIMIT), ("caption", CAPTION_LIMIT)):
        if key in params:
            params[key] = html.shorten_plain(html.visible(params[key]), limit)
    return Call(call.method, params, call.uploads)


def _editable(shown: Screen) -> bool:
    # editMessageText takes neither files nor places nor a reply keyboard.
    return shown.attachment is None and shown.venue is None and shown.reply is None


def _words(delivery: Delivery, catalogues: Catalogues) -> str:
    paragraphs = (catalogues.html(text, delivery.language, delivery.zone) for text in delivery.screen.body)
    return "\n\n".join(p for p in (paragraph.strip() for paragraph in paragraphs) if p)


def _text(delivery: Delivery, catalogues: Catalogues) -> dict[str, Any]:
    return {
        "text": html.shorten(_words(delivery, catalogues), TEXT_LIMIT) or html.ELLIPSIS,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }


def _edit(delivery: Delivery, catalogues: Catalogues) -> Call:
    params = {"chat_id": delivery.chat_id, "message_id": delivery.edits, **_text(delivery, catalogues)}
    if delivery.screen.rows:
        params["reply_markup"] = _inline(delivery.screen.rows, delivery, catalogues)
    return Call("editMessageText", params)


def _addressed(delivery: Delivery) -> dict[str, Any]:
    params: dict[str, Any] = {"chat_id": delivery.chat_id}
    if delivery.silent:
        params["disable_notification"] = True
    if delivery.screen.protect:
        params["protect_content"] = True
    return params


def _message(delivery: Delivery, catalogues: Catalogues) -> Call:
    return Call("sendMessage", _addressed(delivery) | _text(delivery, catalogues))


def _venue(delivery: Delivery, venue: Venue) -> Call:
    place = {
        "latitude": venue.latitude,
        "longitude": venue.longitude,
        "title": venue.title,
        "address": venue.address,
    }
    return Call("sendVenue", _addressed(delivery) | place)


def _file(delivery: Delivery, attachment: Attachment, catalogues: Catalogues, draw: Draw) -> Call:
    method = _SENDING.get(attachment.kind)
    sources = (attachment.file_id, attachment.path, attachment.content, attachment.drawing)
    if method is None or sum(source is not None for source in sources) != 1:
        raise Rejected(
            "An attachment is a photo, document or voice with one of file_id, path, content and drawing, "
            f"not {attachment.kind!r}"
        )
    params = _addressed(delivery)
    caption = html.shorten(_words(delivery, catalogues), CAPTION_LIMIT)
    if caption:
        params |= {"caption": caption, "parse_mode": "HTML"}
    if attachment.file_id is not None:
        return Call(method, params | {attachment.kind: attachment.file_id})
    drawn, photos = None, ()
    if attachment.drawing is not None:
        drawn = partial(_draw, draw, attachment.drawing, catalogues, delivery.language, delivery.zone)
        photos = tuple(attachment.drawing.facts.get("photos", ()))
    upload = Upload(attachment.path or "", attachment.name, attachment.content, drawn, photos)
    return Call(method, params, {attachment.kind: upload})


def _draw(
    draw: Draw, drawing: Drawing, catalogues: Catalogues, language: str, zone: str, pictures: Pictures
) -> bytes:  # fmt: skip
    return draw(drawings.with_pictures(drawing, pictures) if pictures else drawing, catalogues, language, zone)


def _keyboard(delivery: Delivery, catalogues: Catalogues) -> dict[str, Any] | None:
    shown = delivery.screen
    if shown.rows:
        return _inline(shown.rows, delivery, catalogues)
    if shown.reply is None:
        return None
    if not shown.reply:
        return {"remove_keyboard": True}
    rows = [[_reply_button(b, delivery, catalogues) for b in row] for row in shown.reply]
    return {"keyboard": rows, "resize_keyboard": True}


def _inline(rows: Rows, delivery: Delivery, catalogues: Catalogues) -> dict[str, Any]:
    keyboard = []
    for row in rows:
        buttons = []
        for button in row:
            label = catalogues.plain(button.label, delivery.language, delivery.zone)
            target = {"url": button.url} if button.url else {"callback_data": _data(button.data)}
            buttons.append({"text": label, **target})
        keyboard.append(buttons)
    return {"inline_keyboard": keyboard}


def _data(data: str | None) -> str:
    if not data or len(data.encode()) > DATA_LIMIT:
        raise Rejected(f"The data of a button needs 1 to {DATA_LIMIT} bytes, this is {data!r}")
    return data


def _reply_button(button: ReplyButton, delivery: Delivery, catalogues: Catalogues) -> dict[str, Any]:
    shown: dict[str, Any] = {"text": catalogues.plain(button.label, delivery.language, delivery.zone)}
    if button.location:
        shown["request_location"] = True
    return shown
