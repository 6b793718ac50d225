"""The few calls of the Bot API that we make, over python-telegram-bot, with every error given a meaning."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from telegram import Bot, InputFile, Update
from telegram.error import TelegramError
from telegram.request import BaseRequest

from bot.clock import Clock
from bot.errors import (
    Blocked as ChatGone,
    ChatMoved,
    NotFound,
    Rejected,
    TooManyRequests,
    TransportError,
    Unreachable,
    WrongToken,
)
from bot.i18n import Catalogues
from bot.papers import drawings
from bot.rules.retry import backoff
from bot.service.delivery import Delivery, Fate, Result
from bot.transport.bare import bare
from bot.transport.classify import Meaning, Verdict, classify
from bot.transport.convert import ALLOWED_UPDATES
from bot.transport.render import Call, Draw, render, without_markup
from bot.transport.request import READ_SECONDS, AiohttpRequest

log = logging.getLogger(__name__)

POLL_MARGIN = 10.0  # seconds that a long poll may last beyond its own time-out
TOKEN_RETRY = timedelta(seconds=30)
PHOTO_SECONDS = 20.0  # for all photos of one file: well under the outbox lease of 60 s
ANSWER_LIMIT = 200  # characters of a toast (answerCallbackQuery)


@dataclass(frozen=True, slots=True)
class BotUser:
    """Who we are, from getMe."""

    id: int
    username: str
    first_name: str


class _Bot(Bot):
    """PTB's bot with a way to make a call without building a Message from its answer, which we would throw away."""

    async def call(self, method: str, params: dict[str, Any], read_seconds: float | None = None) -> Any:
        """Raw `result` of a method. Raises telegram.error.TelegramError."""
        if any(isinstance(value, InputFile) for value in params.values()):
            read: Any = BaseRequest.DEFAULT_NONE if read_seconds is None else read_seconds
            return await self._post(method, params, read_timeout=read)
        # Without the library's look into every value for files and times: ours are plain JSON.
        request = self.request
        assert isinstance(request, AiohttpRequest), "bots are made by Telegram, below"
        return await request.call(f"{self.base_url}/{method}", params, read_seconds)


class Telegram:
    """The Bot API for one token. Open it before any call, close it at the end."""

    def __init__(
        self,
        token: str,
        api_url: str,
        catalogues: Catalogues,
        clock: Clock,
        data_dir: Path = Path("data"),
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._request = AiohttpRequest(read_seconds=read_seconds)
        self._bot = _Bot(
            token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=self._request,
            get_updates_request=self._request,
        )
        self._catalogues = catalogues
        self._clock = clock
        self._data_dir = data_dir
        self.draw: Draw = drawings.draw
        self.too_many: Callable[[int, float], None] = lambda chat_id, seconds: None  # told of every 429

    async def open(self) -> BotUser:
        """Connect and ask who we are. Raises WrongToken or Unreachable, one sentence each."""
        await self._request.initialize()
        try:
            me = await self._bot.call("getMe", {})
        except TelegramError as error:
            await self._request.shutdown()
            raise meaning_of(error) from None
        return BotUser(me["id"], me["username"], me["first_name"])

    async def close(self) -> None:
        """Close all connections."""
        await self._request.shutdown()

    async def call(self, method: str, params: dict[str, Any], read_seconds: float | None = None) -> Any:
        """Any method; the raw `result`. Raises one of bot.errors.TransportError."""
        try:
            return await self._bot.call(method, params, read_seconds)
        except TelegramError as error:
            raise meaning_of(error) from None

    # --- in -------------------------------------------------------------------------------------

    async def updates(self, offset: int | None, seconds: int, limit: int = 100) -> list[dict[str, Any]]:
        """A long poll of at most `seconds`; raw updates, which are only confirmed by a later, higher offset."""
        params: dict[str, Any] = {"timeout": seconds, "limit": limit, "allowed_updates": list(ALLOWED_UPDATES)}
        if offset is not None:
            params["offset"] = offset
        found: list[dict[str, Any]] = await self.call("getUpdates", params, seconds + POLL_MARGIN)
        return found

    def parse(self, raw: dict[str, Any]) -> Update:
        """A raw update as PTB's object. Raises whatever a malformed one makes PTB raise."""
        try:
            return Update.de_json(_lean(raw), self._bot)
        except Exception as error:
            log.warning("update %s has parts that cannot be read: %s", raw.get("update_id"), error)
            return Update.de_json(bare(raw), self._bot)

    # --- out ------------------------------------------------------------------------------------

    async def deliver(self, delivery: Delivery) -> Result:
        """Send or edit one message. Never raises for what Telegram says: every answer becomes a Fate."""
        try:
            calls = render(delivery, self._catalogues, self.draw)
        except Rejected as error:
            log.error("message %s (%s) cannot be sent: %s", delivery.id, delivery.kind, error)
            return self._result(delivery, Fate.FAILED, error=str(error))
        for call in calls[:-1]:
            early = await self._deliver_call(delivery, call)
            if early.fate in (Fate.RETRY, Fate.BLOCKED):
                return early
        return await self._deliver_call(delivery, calls[-1])

    async def _deliver_call(self, delivery: Delivery, call: Call) -> Result:
        try:
            params = await self._with_files(call)
        except OSError as error:
            log.error("message %s: its file cannot be read: %s", delivery.id, error.strerror)
            return self._result(delivery, Fate.FAILED, error=f"file not readable: {error.strerror}")
        except NotFound as error:
            log.error("message %s: %s", delivery.id, error)
            return self._result(delivery, Fate.FAILED, error=str(error))
        try:
            sent = await self._bot.call(call.method, params)
        except TelegramError as error:
            return await self._failed(delivery, call, classify(error))
        message_id = delivery.edits if sent is True else sent["message_id"]  # deleteMessage answers no more than that
        return self._result(delivery, Fate.SENT, message_id=message_id)

    async def _failed(self, delivery: Delivery, call: Call, verdict: Verdict) -> Result:
        """The fate of a refused call, after the one other try that its meaning may suggest."""
        match verdict.meaning:
            case Meaning.UNCHANGED:
                return self._result(delivery, Fate.SENT, message_id=delivery.edits)
            case Meaning.SEND_ANEW if delivery.edits is not None and call.method != "deleteMessage":
                return await self.deliver(replace(delivery, edits=None))
            case Meaning.SEND_PLAIN if "parse_mode" in call.params:
                log.error("message %s (%s): %s; sent as plain text", delivery.id, delivery.kind, verdict.words)
                return await self._deliver_call(delivery, without_markup(call))
            case Meaning.MOVED if verdict.chat_id != delivery.chat_id:
                return await self.deliver(replace(delivery, chat_id=verdict.chat_id, edits=None))
            case Meaning.WAIT:
                self.too_many(delivery.chat_id, verdict.seconds)
                return self._retry(delivery, verdict, timedelta(seconds=verdict.seconds))
            case Meaning.TRY_AGAIN:
                return self._retry(delivery, verdict, backoff(delivery.attempts + 1))
            case Meaning.WRONG_TOKEN:  # surely not sent; whoever reads the log must act, the message waits
                return self._retry(delivery, verdict, TOKEN_RETRY)
        fates = {Meaning.GONE: Fate.BLOCKED, Meaning.PERHAPS_SENT: Fate.UNKNOWN}
        fate = fates.get(verdict.meaning, Fate.FAILED)
        log.warning("message %s (%s) %s: %s", delivery.id, delivery.kind, fate, verdict.words)
        return self._result(delivery, fate, error=verdict.words)

    def _retry(self, delivery: Delivery, verdict: Verdict, wait: timedelta) -> Result:
        log.warning("message %s (%s) waits %g s: %s", delivery.id, delivery.kind, wait.total_seconds(), verdict.words)
        now = self._clock.now()
        return Result(delivery.id, Fate.RETRY, now, error=verdict.words, retry_at=now + wait)

    def _result(
        self, delivery: Delivery, fate: Fate, *, message_id: int | None = None, error: str | None = None
    ) -> Result:
        at: datetime = self._clock.now()
        return Result(delivery.id, fate, at, message_id=message_id, error=error)

    async def _with_files(self, call: Call) -> dict[str, Any]:
        params = dict(call.params)
        for name, upload in call.uploads.items():
            if upload.content is not None:
                params[name] = InputFile(upload.content.encode(), filename=upload.name)
                continue
            if upload.draw is not None:
                pictures = await self._photos(upload.photos)
                params[name] = InputFile(await asyncio.to_thread(upload.draw, pictures), filename=upload.name)
                continue
            path = (self._data_dir / upload.path).resolve()
            if not path.is_relative_to(self._data_dir.resolve()):
                raise FileNotFoundError(2, "it lies outside of the data folder")
            content = await asyncio.to_thread(path.read_bytes)
            params[name] = InputFile(content, filename=upload.name or path.name)
        return params

    async def _photos(self, file_ids: Sequence[str]) -> Mapping[str, bytes | None]:
        """Photos that people sent, all at once; None for what Telegram no longer has, does not give to bots (over
        20 MB) or does not give in time."""
        if not file_ids:
            return {}
        tasks = {file_id: asyncio.create_task(self._photo(file_id)) for file_id in file_ids}
        await asyncio.wait(tasks.values(), timeout=PHOTO_SECONDS)
        for task in tasks.values():
            task.cancel()
        return {file_id: task.result() if task.done() else None for file_id, task in tasks.items()}

    async def _photo(self, file_id: str) -> bytes | None:
        try:
            found = await self._bot.call("getFile", {"file_id": file_id})
            address = f"{self._bot.base_file_url}/{found['file_path']}"
            return await self._request.retrieve(address)
        except (TelegramError, KeyError) as error:
            log.warning("a photo could not be fetched: %s", error)
            return None

    # --- beside messages --------------------------------------------------------------------------

    async def answer_tap(self, query_id: str, text: str | None = None, alert: bool = False) -> None:
        """Stop the button's spinner. A query that is too old is nobody's loss."""
        params: dict[str, Any] = {"callback_query_id": query_id}
        if text:
            params |= {"text": text[:ANSWER_LIMIT], "show_alert": alert}
        await self._gently("answerCallbackQuery", params)

    async def leave(self, chat_id: int) -> None:
        """Leave a group or channel."""
        await self._gently("leaveChat", {"chat_id": chat_id})

    async def set_commands(
        self, commands: Sequence[tuple[str, str]], chat_id: int | None = None, language: str | None = None
    ) -> None:
        """The command list of one chat, or of everybody (in one language). Raises TransportError."""
        params: dict[str, Any] = {"commands": [{"command": name, "description": text} for name, text in commands]}
        if chat_id is not None:
            params["scope"] = {"type": "chat", "chat_id": chat_id}
        if language is not None:
            params["language_code"] = language
        await self.call("setMyCommands", params)

    async def _gently(self, method: str, params: dict[str, Any]) -> None:
        try:
            await self.call(method, params)
        except TransportError as error:
            log.info("%s: %s", method, error)


_ORIGIN = ("message_id", "chat", "date")


def _lean(raw: dict[str, Any]) -> dict[str, Any]:
    """A tap without the content of its message, which nobody reads: that is a third of the time of parsing."""
    query = raw.get("callback_query")
    if not isinstance(query, dict) or not isinstance(query.get("message"), dict):
        return raw
    origin = {name: query["message"][name] for name in _ORIGIN if name in query["message"]}
    return {**raw, "callback_query": {**query, "message": origin}}


def meaning_of(error: TelegramError) -> TransportError:
    """PTB's error as one of ours, with a sentence for a human."""
    verdict = classify(error)
    makers: dict[Meaning, Callable[[], TransportError]] = {
        Meaning.WAIT: lambda: TooManyRequests(verdict.seconds),
        Meaning.WRONG_TOKEN: lambda: WrongToken(
            "Telegram does not know this bot token: copy it again from @BotFather into COMPAGNON_TOKEN."
        ),
        Meaning.CONFLICT: lambda: Rejected(
            "Telegram answers 409: another program polls with this bot's token, or has set a webhook; stop it."
        ),
        Meaning.GONE: lambda: ChatGone(verdict.words),
        Meaning.MOVED: lambda: ChatMoved(verdict.chat_id),
        Meaning.PERHAPS_SENT: lambda: Unreachable(_unreachable(verdict), ambiguous=True),
        Meaning.TRY_AGAIN: lambda: Unreachable(_unreachable(verdict)),
    }
    return makers.get(verdict.meaning, lambda: Rejected(verdict.words))()


def _unreachable(verdict: Verdict) -> str:
    return f"Telegram cannot be reached ({verdict.words}): check the network and COMPAGNON_API_URL."
