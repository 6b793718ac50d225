"""A scripted person for tests, over HTTP: writes, taps, waits for answers. Every failure shows the visible chat."""

import asyncio
import base64
from typing import Any

import aiohttp

Json = dict[str, Any]

_POLL_SECONDS = 0.02


class Person:
    """One person at the sandbox `url`. Raises AssertionError, with the chat as a person sees it, when nothing fits."""

    def __init__(self, url: str, user_id: int) -> None:
        self.url = url.rstrip("/")
        self.id = user_id

    @classmethod
    async def join(cls, url: str, first_name: str, **fields: str) -> "Person":
        """A new person; `fields`: last_name, username, language_code, label."""
        user = await cls(url, 0)._call("POST", "/sandbox/users", {"first_name": first_name, **fields})
        return cls(url, user["id"])

    async def _call(self, verb: str, path: str, body: Json | None = None) -> Any:
        async with aiohttp.ClientSession() as session, session.request(verb, self.url + path, json=body) as response:
            answer = await response.json()
            if response.status != 200:
                raise AssertionError(f"{verb} {path}: {answer.get('error', answer)}\n{await self._visible()}")
            return answer

    async def _act(self, what: str, body: Json) -> Json:
        result: Json = await self._call("POST", f"/sandbox/chats/{self.id}/{what}", body)
        return result

    async def chat(self) -> Json:
        """Messages, reply keyboard, commands and typing, as the page gets them."""
        result: Json = await self._call("GET", f"/sandbox/chats/{self.id}")
        return result

    async def messages(self) -> list[Json]:
        """All messages of the chat, oldest first."""
        result: list[Json] = (await self.chat())["messages"]
        return result

    async def last(self) -> Json:
        """The bot's newest message."""
        for message in reversed(await self.messages()):
            if message["from"]["id"] != self.id:
                return message
        raise AssertionError(f"The bot has not written yet.\n{await self._visible()}")

    async def send(self, text: str, **options: Any) -> Json:
        """Writes a message; options: edit, forward, reply_to."""
        return await self._act("send", {"text": text, **options})

    async def send_location(self, latitude: float, longitude: float, live_period: int | None = None) -> Json:
        """Sends a place (degrees), live for `live_period` seconds if given."""
        location = {"latitude": latitude, "longitude": longitude, "live_period": live_period}
        return await self._act("send", {"location": location})

    async def send_photo(self, data: bytes, caption: str = "") -> Json:
        """Sends a picture."""
        return await self._act("send", {"photo": base64.b64encode(data).decode(), "caption": caption})

    async def send_document(self, data: bytes, file_name: str, caption: str = "") -> Json:
        """Sends a file."""
        encoded = base64.b64encode(data).decode()
        return await self._act("send", {"document": encoded, "file_name": file_name, "caption": caption})

    async def send_voice(self, seconds: int = 3) -> Json:
        """Sends a voice note."""
        return await self._act("send", {"voice": seconds})

    async def send_sticker(self, emoji: str = "😀") -> Json:
        """Sends a sticker."""
        return await self._act("send", {"sticker": emoji})

    async def block(self, blocked: bool = True) -> None:
        """Blocks (or, with False, unblocks) the bot."""
        await self._act("block", {"blocked": blocked})

    async def click(self, label_or_data: str, message: Json | int | None = None) -> Json:
        """Taps the button with this label or data, on the newest message that has it, or on `message`.

        A label without an inline button but on the reply keyboard is sent as text. Returns the toast:
        {"answered", "text", "show_alert", "url"}.
        """
        chat = await self.chat()
        if message is not None:
            number = message if isinstance(message, int) else message["message_id"]
            candidates = [one for one in chat["messages"] if one["message_id"] == number]
        else:
            candidates = list(reversed(chat["messages"]))
        for one in candidates:
            for button in _buttons(one):
                if label_or_data in (button["text"], button.get("callback_data")):
                    return await self._tap(one, button)
        if message is None and label_or_data in _keys(chat["reply_keyboard"]):
            await self.send(label_or_data)
            return {"answered": True, "text": None, "show_alert": False, "url": None}
        raise AssertionError(f"There is no button {label_or_data!r}.\n{_view(chat)}")

    async def _tap(self, message: Json, button: Json) -> Json:
        if "callback_data" not in button:
            raise AssertionError(f"The button {button['text']!r} can't be tapped: {button}")
        return await self.forge(message["message_id"], button["callback_data"])

    async def forge(self, message_id: int, data: str) -> Json:
        """Sends any callback data, also such as no button has."""
        return await self._act("click", {"message_id": message_id, "data": data})

    async def wait_for(self, text: str, timeout: float = 5, after: int = 0) -> Json:  # noqa: ASYNC109
        """The bot's newest message that has `text` in its text, caption or buttons, as soon as it is there.

        `after`: only messages with a greater id.
        """
        began = asyncio.get_running_loop().time()
        while True:
            for message in reversed(await self.messages()):
                if message["from"]["id"] != self.id and message["message_id"] > after and text in _shown(message):
                    return message
            waited = asyncio.get_running_loop().time() - began
            if waited > timeout:
                raise AssertionError(f"{text!r} did not come within {timeout} s.\n{await self._visible()}")
            # Who has waited long is not in a hurry, and looking takes the cores that others need.
            await asyncio.sleep(max(_POLL_SECONDS, min(waited / 50, 0.5)))

    async def _visible(self) -> str:
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{self.url}/sandbox/chats/{self.id}") as response,
            ):
                chat = await response.json()
        except aiohttp.ClientError:
            return "(the sandbox does not answer)"
        return _view(chat) if "messages" in chat else ""


def _buttons(message: Json) -> list[Json]:
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]


def _keys(keyboard: Json | None) -> list[str]:
    return [button["text"] for row in (keyboard or {}).get("keyboard", []) for button in row]


def _shown(message: Json) -> str:
    text = str(message.get("text", message.get("caption", "")))
    return "\n".join([text, *(button["text"] for button in _buttons(message))])


def _kind(message: Json) -> str:
    known = ("photo", "document", "voice", "sticker", "venue", "location", "contact")
    return "".join(f"({kind}) " for kind in known if kind in message)


def _view(chat: Json) -> str:
    """The newest messages as plain lines."""
    lines = ["--- the chat as this person sees it ---"]
    for message in chat["messages"][-15:]:
        who = "bot" if message["from"].get("is_bot") else "me "
        text = message.get("text", message.get("caption", ""))
        lines.append(f"{message['message_id']:>4} {who}: {_kind(message)}{text}")
        lines.extend(f"       [{button['text']}]" for button in _buttons(message))
    if chat.get("reply_keyboard"):
        lines.append("keyboard: " + " | ".join(_keys(chat["reply_keyboard"])))
    return "\n".join(lines)
