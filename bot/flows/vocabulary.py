"""The small language that all conversations share: what came in, what is shown, what changes.

Plain frozen data: no Telegram, no SQL, no clock. A flow takes a `Scene` and an `Event`
(`bot.flows.scene`) and returns an `Outcome`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.flows.effects import Effect
from bot.i18n import Text, Value, decode_text, encode_text

# --- what came in -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """`/start`, with the token of an invite link or without."""

    token: str | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """`/name argument`; the name without slash and bot name, lower case."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """Free text; `reply_to` is the message it answers, if any."""

    text: str
    message_id: int = 0
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Tap:
    """An inline button; `data` is never trusted, `message_id` is the message it hangs on."""

    data: str
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    file_id: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Voice:
    file_id: str
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """`size` in bytes, 0 where Telegram does not say."""

    file_id: str
    name: str = ""
    caption: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A shared location in degrees; `live` while it is being updated by the phone."""

    latitude: float
    longitude: float
    live: bool = False
    update: bool = False


@dataclass(frozen=True, slots=True)
class Edited:
    """The person changed a message that was already read."""

    text: str
    message_id: int = 0


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A message that somebody else wrote first; never taken as a command."""

    text: str


@dataclass(frozen=True, slots=True)
class Other:
    """A sticker, a contact, a dice …: `kind` is Telegram's field name."""

    kind: str


@dataclass(frozen=True, slots=True)
class Membership:
    """The person blocked (`member=False`) or unblocked the bot."""

    member: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Anything from a group: the bot says why it leaves."""


Event = (
    Start | Command | Words | Tap | Photo | Voice | Document | Place | Edited | Forwarded | Other | Membership | Group
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One Telegram update as plain data."""

    update_id: int
    chat_id: int
    event: Event
    language_code: str | None = None
    first_name: str = ""
    query_id: str | None = None


# --- what is shown ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: `data` (at most 64 bytes, `flow:action:…`) or a web address."""

    label: Text
    data: str | None = None
    url: str | None = None


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class ReplyButton:
    """A button of the keyboard below the chat; it sends its label, or the location."""

    label: Text
    location: bool = False


@dataclass(frozen=True, slots=True)
class Venue:
    """A place on Telegram's own map, in degrees."""

    latitude: float
    longitude: float
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture or paper that is drawn at the last moment, in the reader's language. `what` names it for
    `bot.papers.drawings`; `facts` are plain JSON data, in which texts (`Text`) may stand anywhere."""

    what: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored Telegram file (`file_id`), a file of ours in the data folder (`path`), text that becomes one, or a
    drawing."""

    kind: str  # photo, document or voice
    file_id: str | None = None
    path: str | None = None
    name: str | None = None
    content: str | None = None
    drawing: Drawing | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """One message: paragraphs, inline buttons, and at most one of attachment or venue."""

    body: tuple[Text, ...]
    rows: Rows = ()
    reply: tuple[tuple[ReplyButton, ...], ...] | None = None  # () removes the reply keyboard
    attachment: Attachment | None = None
    venue: Venue | None = None
    protect: bool = False  # may not be forwarded or saved


def screen(*body: Text, rows: Rows = (), **more: Any) -> Screen:
    """A screen from paragraphs: `screen(say("menu/title"), rows=…)`."""
    return Screen(body, rows, **more)


def button(key: str, data: str, **args: Value) -> Button:
    """An inline button with an interface label."""
    return Button(Text("interface/" + key, args), data)


def in_rows(buttons: Sequence[Button], wide: int) -> Rows:
    """Buttons side by side, so many a row."""
    return tuple(tuple(buttons[at : at + wide]) for at in range(0, len(buttons), wide))


class Kind(StrEnum):
    """What a message is for; it decides priority, sound, expiry and what happens on delivery."""

    ANSWER = "answer"
    PROMPT = "prompt"  # a step of the journey that nobody asked for
    CHECK_IN = "check_in"
    REMINDER = "reminder"
    ALERT = "alert"
    SAFETY = "safety"  # everything else about an alert: who took it, all-clear, "nobody yet"
    RELAY = "relay"  # what referent and learner write to each other
    MESSAGE = "message"  # a coordinator's message to a cohort
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Say:
    """A message to the person at hand, or to another person."""

    screen: Screen
    to: int | None = None  # person id
    kind: Kind = Kind.ANSWER
    key: str | None = None  # unique: the same key is never sent twice
    ref: str | None = None  # what it is about, for what happens on delivery


@dataclass(frozen=True, slots=True)
class Replace:
    """Edit the message whose button was tapped; sent as a new one where that is impossible."""

    screen: Screen


@dataclass(frozen=True, slots=True)
class Toast:
    """The short answer to a tap."""

    text: Text
    alert: bool = False


Shown = Say | Replace | Toast


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where a person is: the flow that waits for words (empty: none) and what it remembers."""

    flow: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a flow wants: changes, messages, and where the conversation goes (None: stays)."""

    shown: tuple[Shown, ...] = ()
    effects: tuple[Effect, ...] = ()
    conversation: Conversation | None = None


def show(*shown: Shown, effects: tuple[Effect, ...] = (), conversation: Conversation | None = None) -> Outcome:
    """An outcome in one line."""
    return Outcome(shown, effects, conversation)


IDLE = Conversation()
PRIVATE = "private"  # ref of messages that nobody else may find later: they are blanked once they went out


# --- JSON ---------------------------------------------------------------------------------------


def encode_screen(shown: Screen) -> dict[str, Any]:
    """Screen → plain JSON data for the outbox."""
    data: dict[str, Any] = {"body": [encode_text(text) for text in shown.body]}
    if shown.rows:
        data["rows"] = [[[encode_text(b.label), b.data, b.url] for b in row] for row in shown.rows]
    if shown.reply is not None:
        data["reply"] = [[[encode_text(b.label), b.location] for b in row] for row in shown.reply]
    if shown.attachment:
        a = shown.attachment
        data["attachment"] = [a.kind, a.file_id, a.path, a.name, a.content]
        if a.drawing is not None:
            data["drawing"] = [a.drawing.what, _packed(a.drawing.facts)]
    if shown.venue:
        v = shown.venue
        data["venue"] = [v.latitude, v.longitude, v.title, v.address]
    if shown.protect:
        data["protect"] = True
    return data


def decode_screen(data: Mapping[str, Any]) -> Screen:
    """The inverse of `encode_screen`."""
    reply = data.get("reply")
    return Screen(
        body=tuple(decode_text(text) for text in data["body"]),
        rows=tuple(tuple(Button(decode_text(t), d, u) for t, d, u in row) for row in data.get("rows", ())),
        reply=None
        if reply is None
        else tuple(tuple(ReplyButton(decode_text(t), where) for t, where in row) for row in reply),
        attachment=_attachment(data) if "attachment" in data else None,
        venue=Venue(*data["venue"]) if "venue" in data else None,
        protect=data.get("protect", False),
    )


def _attachment(data: Mapping[str, Any]) -> Attachment:
    kind, file_id, path, name, content = data["attachment"]
    drawing = Drawing(data["drawing"][0], _unpacked(data["drawing"][1])) if "drawing" in data else None
    return Attachment(kind, file_id, path, name, content, drawing)


def _packed(facts: Any) -> Any:
    """Data with texts in it → plain JSON data."""
    if isinstance(facts, Text):
        return encode_text(facts)
    if isinstance(facts, Mapping):
        return {key: _packed(value) for key, value in facts.items()}
    if isinstance(facts, list | tuple):
        return [_packed(value) for value in facts]
    return facts


def _unpacked(data: Any) -> Any:
    if isinstance(data, list):
        return [_unpacked(value) for value in data]
    if isinstance(data, dict):
        return decode_text(data) if "$" in data else {key: _unpacked(value) for key, value in data.items()}
    return data
