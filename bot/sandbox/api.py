"""The Bot API over HTTP: `/bot{token}/{method}` and `/file/bot{token}/{file_path}`."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from bot.sandbox.errors import ApiError, unauthorized
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.methods import chats, editing, profile, sending
from bot.sandbox.methods.receiving import Receiving
from bot.sandbox.params import Params, read_params
from bot.sandbox.webhook import Webhook
from bot.sandbox.world import World

Json = dict[str, Any]
Method = Callable[[World, Params], Any]

LOG_SIZE = 20_000
NO_ANSWER = 0  # status in the log of a call that was never answered

METHODS: Mapping[str, Method] = {
    "getMe": profile.get_me,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendVoice": sending.send_voice,
    "sendLocation": sending.send_location,
    "sendVenue": sending.send_venue,
    "forwardMessage": sending.forward_message,
    "copyMessage": sending.copy_message,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "editMessageLiveLocation": editing.edit_message_live_location,
    "stopMessageLiveLocation": editing.stop_message_live_location,
    "deleteMessage": editing.delete_message,
    "sendChatAction": chats.send_chat_action,
    "answerCallbackQuery": chats.answer_callback_query,
    "getChat": chats.get_chat,
    "getChatMember": chats.get_chat_member,
    "leaveChat": chats.leave_chat,
    "getFile": chats.get_file,
    "setMyCommands": profile.set_my_commands,
    "getMyCommands": profile.get_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "setMyName": profile.set_my_name,
    "getMyName": profile.get_my_name,
    "setMyDescription": profile.set_my_description,
    "getMyDescription": profile.get_my_description,
    "setMyShortDescription": profile.set_my_short_description,
    "getMyShortDescription": profile.get_my_short_description,
    "setChatMenuButton": profile.set_chat_menu_button,
    "getChatMenuButton": profile.get_chat_menu_button,
}


class CallLog:
    """The newest 20,000 Bot API calls, numbered from 1."""

    def __init__(self) -> None:
        self._calls: deque[tuple[int, str, Params, int]] = deque(maxlen=LOG_SIZE)
        self._count = 0

    def add(self, method: str, params: Params, status: int) -> None:
        """Notes a call when it was answered (or, with NO_ANSWER, was not)."""
        self._count += 1
        self._calls.append((self._count, method, params, status))

    @property
    def count(self) -> int:
        """The number of the newest call."""
        return self._count

    def after(self, number: int) -> list[Json]:
        """The calls after this number, oldest first; `encoding` is "json" or "form" (every value is text there)."""
        skip = max(0, number - (self._count - len(self._calls)))
        return [
            {"n": n, "method": method, "params": params.loggable(), "status": status, "ok": status == 200,
             "encoding": params.encoding}
            for n, method, params, status in list(self._calls)[skip:]
        ]  # fmt: skip


class BotApi:
    """Answers calls: token, faults, method, log. Method names are case-insensitive, as at Telegram."""

    def __init__(self, world: World, token: str) -> None:
        self.world = world
        self.token = token
        self.faults = Faults()
        self.log = CallLog()
        self.webhook = Webhook(world.updates, self._run_answer, world.now)
        receiving = Receiving(world.updates, self.webhook)
        self._names = {name.lower(): name for name in METHODS}
        self._methods = {name.lower(): method for name, method in METHODS.items()}
        self._async: dict[str, Callable[[Params], Awaitable[Any]]] = {}
        for name, method in (
            ("getUpdates", receiving.get_updates),
            ("setWebhook", receiving.set_webhook),
            ("deleteWebhook", receiving.delete_webhook),
            ("getWebhookInfo", receiving.get_webhook_info),
        ):
            self._names[name.lower()] = name
            self._async[name.lower()] = method

    async def call(self, method: str, params: Params) -> tuple[int, Json]:
        """Runs a method (lower case); HTTP status and JSON answer."""
        try:
            if (known := self._methods.get(method)) is not None:
                return 200, {"ok": True, "result": known(self.world, params)}
            if (known_async := self._async.get(method)) is not None:
                return 200, {"ok": True, "result": await known_async(params)}
        except ApiError as error:
            return error.code, error.payload()
        missing = ApiError(404, "Not Found: method not found")
        return missing.code, missing.payload()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call over HTTP."""
        method = request.match_info["method"].lower()
        if request.match_info["token"] != self.token:
            error = unauthorized()
            return _answer(error.code, error.payload())
        try:
            params = await read_params(request)
        except ApiError as error:
            return self._log(method, Params(), error.code, error.payload())
        fault = self.faults.take(method, params.values.get("chat_id"))
        if fault is not None:
            early = await self._strike(fault, request, method, params)
            if early is not None:
                return early
        status, payload = await self.call(method, params)
        if fault is not None and fault.kind == "timeout_after":
            return await self._silence(fault, request, method, params)
        return self._log(method, params, status, payload)

    def _log(self, method: str, params: Params, status: int, payload: Json) -> web.Response:
        self.log.add(self._names.get(method, method), params, status)
        return _answer(status, payload)

    async def _strike(
        self, fault: Fault, request: web.Request, method: str, params: Params
    ) -> web.StreamResponse | None:
        """What a fault answers before the call runs; None lets it run."""
        error = fault.error()
        if error is not None:
            return self._log(method, params, error.code, error.payload())
        if fault.kind == "502":
            self.log.add(self._names.get(method, method), params, 502)
            page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
            return web.Response(status=502, text=page, content_type="text/html")
        if fault.kind in ("drop", "timeout_before"):
            return await self._silence(fault, request, method, params)
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        return None

    async def _silence(self, fault: Fault, request: web.Request, method: str, params: Params) -> web.StreamResponse:
        """No answer: the connection is cut at once, or after the fault's seconds."""
        self.log.add(self._names.get(method, method), params, NO_ANSWER)
        await asyncio.sleep(fault.seconds)
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    async def _run_answer(self, call: Json) -> None:
        """A method call that the bot gave as its answer to a webhook."""
        method = call["method"].lower()
        params = Params({name: value for name, value in call.items() if name != "method"})
        status, _ = await self.call(method, params)
        self.log.add(self._names.get(method, method), params, status)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A file's bytes."""
        if request.match_info["token"] != self.token:
            error = unauthorized()
            return _answer(error.code, error.payload())
        stored = self.world.files.by_path(request.match_info["path"])
        if stored is None:
            error = ApiError(404, "Not Found")
            return _answer(error.code, error.payload())
        return web.Response(body=stored.data, content_type="application/octet-stream")


async def lost(_request: web.Request) -> web.StreamResponse:
    """A path like `/bot…` without a method."""
    error = ApiError(404, "Not Found")
    return _answer(error.code, error.payload())


def _answer(status: int, payload: Json) -> web.Response:
    response = web.Response(
        body=json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace"), status=status,
        content_type="application/json",
    )  # fmt: skip
    retry_after = payload.get("parameters", {}).get("retry_after") if status == 429 else None
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response
