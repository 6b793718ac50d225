"""reply_markup: checked as Telegram checks keyboards."""

from typing import Any

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.links import BadLink, checked_link
from bot.sandbox.params import Params

Json = dict[str, Any]

MAX_BUTTONS = 100
_ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip
_REQUESTS = ("request_users", "request_chat", "request_managed_bot", "request_contact", "request_location",
             "request_poll", "web_app")  # fmt: skip
_KINDS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")


def reply_markup(params: Params, private: bool) -> Json | None:
    """The checked markup of a call; None when there is none. Raises ApiError 400."""
    if not params.has("reply_markup"):
        return None
    markup = params.object("reply_markup", "reply markup")
    if not markup:
        return None
    kind = next((kind for kind in _KINDS if kind in markup), None)
    if kind is None:
        raise bad_request(f"reply markup must have one of the fields {', '.join(_KINDS)}")
    if kind == "inline_keyboard":
        rows = _rows(markup, kind, lambda button: _inline_button(button, private))
        if sum(map(len, rows)) > MAX_BUTTONS:
            raise bad_request("reply markup is too long")
        return {"inline_keyboard": rows} if rows else None
    if kind == "keyboard":
        rows = _rows(markup, kind, lambda button: _keyboard_button(button, private))
        if not rows:
            raise bad_request("reply keyboard must have at least one button")
        return {**markup, "keyboard": rows}
    if markup[kind] is not True:
        raise bad_request(f'field "{kind}" must be true')
    return dict(markup)


def inline_markup(params: Params, private: bool) -> Json | None:
    """The inline keyboard of an edit. Raises ApiError 400 for another kind."""
    markup = reply_markup(params, private)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return markup


def _rows(markup: Json, name: str, button: Any) -> list[list[Json]]:
    rows = markup[name]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        where = " of the InlineKeyboardMarkup" if name == "inline_keyboard" else ""
        raise bad_request(f'field "{name}"{where} must be an Array of Arrays')
    return [[button(one) for one in row] for row in rows if row]


def _text(button: Any, what: str) -> str:
    if not isinstance(button, dict):
        kind = "InlineKeyboardButton must be an Object" if what == "inline keyboard" else ""
        raise _unparsed(what, kind or "KeyboardButton must be a String or an Object")
    text = button.get("text")
    if text is None:
        raise _unparsed(what, 'Can\'t find field "text"')
    if not isinstance(text, str):
        raise _unparsed(what, 'Field "text" must be of type String')
    if not text.strip():
        raise bad_request(f"{what} button text must be non-empty")
    return text


def _inline_button(button: Any, private: bool) -> Json:
    """Checked button. Telegram takes the first of several actions; the documentation says exactly one, and so do we."""
    _text(button, "inline keyboard")
    actions = [name for name in _ACTIONS if _given(button, name)]
    if not actions:
        raise _unparsed("inline keyboard", "Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _unparsed("inline keyboard", f"Only one action is allowed, found {' and '.join(actions)}")
    action, value = actions[0], button[actions[0]]
    if action in ("url", "callback_data") and not isinstance(value, str):
        raise _unparsed("inline keyboard", f'Field "{action}" must be of type String')
    if action == "callback_data" and len(value.encode("utf-8", "surrogatepass")) > 64:
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "url":
        return {**button, "url": _url(value)}
    if action == "web_app":
        _web_app(value, private)
    return dict(button)


def _given(button: Json, name: str) -> bool:
    """Whether an action is there; an inline query may be empty, other empty actions count as none."""
    value = button.get(name)
    return value is not None and (value != "" or name.startswith("switch_inline"))


def _url(value: str) -> str:
    try:
        return checked_link(value)
    except BadLink as problem:
        raise bad_request(f"inline keyboard button URL '{value}' is invalid: {problem}") from None


def _web_app(value: Any, private: bool) -> None:
    url = value.get("url") if isinstance(value, dict) else None
    if not isinstance(url, str):
        raise _unparsed("inline keyboard", 'Can\'t find field "url"')
    if not private:
        raise bad_request("BUTTON_TYPE_INVALID")
    if not url.startswith("https://"):
        raise bad_request(f"inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are allowed")


def _keyboard_button(button: Any, private: bool) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    _text(button, "keyboard")
    requests = [name for name in _REQUESTS if button.get(name)]
    if len(requests) > 1:
        raise _unparsed("keyboard", f"Only one request is allowed, found {' and '.join(requests)}")
    if requests and not private:
        raise bad_request("BUTTON_TYPE_INVALID")
    return dict(button)


def _unparsed(what: str, reason: str) -> ApiError:
    return bad_request(f"can't parse {what} button: {reason}")
