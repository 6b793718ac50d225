"""The control API under `/sandbox/`: used by the web page, by authors and by tests. JSON in, JSON out."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.sandbox import people
from bot.sandbox.api import BotApi
from bot.sandbox.director import Director
from bot.sandbox.errors import ControlError
from bot.sandbox.faults import parse_fault
from bot.sandbox.guard import HEADERS, Handler
from bot.sandbox.render import with_html
from bot.sandbox.world import World

Json = dict[str, Any]

CLICK_SECONDS = 10.0
_STEP_SECONDS = 0.2
_KEEP_ALIVE = 15.0
_DESTINATIONS = ("next", "+1h", "+1d", "arrival", "return")
_NO_ANSWER = {"answered": False, "text": None, "show_alert": False, "url": None}


def answered(handler: Callable[[web.Request], Awaitable[Any]]) -> Handler:
    """Turns what a handler returns into JSON and a ControlError into {"error": sentence}."""

    async def respond(request: web.Request) -> web.StreamResponse:
        try:
            result = await handler(request)
        except ControlError as error:
            return web.json_response({"error": error.sentence}, status=error.status)
        if isinstance(result, web.StreamResponse):
            return result
        return web.Response(
            body=json.dumps(result, ensure_ascii=False).encode("utf-8", "replace"), content_type="application/json"
        )

    return respond


async def _body(request: web.Request) -> Json:
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        raise ControlError(400, "The request body must be JSON.") from None
    if not isinstance(body, dict):
        raise ControlError(400, "The request body must be a JSON object.")
    return body


def _number(text: str, what: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ControlError(400, f"{what} must be a whole number, not {text!r}.") from None


def _chat_id(request: web.Request) -> int:
    return _number(request.match_info["chat_id"], "The chat id")


class ControlApi:
    """Handlers of the control API."""

    def __init__(self, world: World, api: BotApi, director: Director | None) -> None:
        self._world = world
        self._api = api
        self.director = director
        self.map: Handler | None = None  # the page at /map
        self._travelling = False

    def routes(self) -> list[tuple[str, str, Handler]]:
        """(HTTP method, path, handler) of every route."""
        plain: list[tuple[str, str, Callable[[web.Request], Awaitable[Any]]]] = [
            ("GET", "/sandbox/state", self._state),
            ("POST", "/sandbox/users", self._add_user),
            ("GET", "/sandbox/chats/{chat_id}", self._chat),
            ("POST", "/sandbox/chats/{chat_id}/send", self._send),
            ("POST", "/sandbox/chats/{chat_id}/click", self._click),
            ("POST", "/sandbox/chats/{chat_id}/block", self._block),
            ("POST", "/sandbox/chats/{chat_id}/migrate", self._migrate),
            ("POST", "/sandbox/chats/{chat_id}/kick", self._kick),
            ("POST", "/sandbox/chats/{chat_id}/delete", self._delete),
            ("POST", "/sandbox/groups", self._add_group),
            ("POST", "/sandbox/faults", self._add_fault),
            ("DELETE", "/sandbox/faults", self._clear_faults),
            ("GET", "/sandbox/calls", self._calls),
            ("POST", "/sandbox/clock", self._travel),
            ("GET", "/sandbox/files/{file_id}", self._file),
        ]
        routes = [(verb, path, answered(handler)) for verb, path, handler in plain]
        return [*routes, ("GET", "/sandbox/events", self._events)]

    async def _state(self, _request: web.Request) -> Json:
        director = self.director
        return {
            "bot": {name: self._world.bot[name] for name in ("id", "first_name", "username")},
            "users": [user.as_json() for user in self._world.users.values()],
            "clock": await director.clock() if director else None,
            "faults": self._api.faults.as_json(),
            "invites": await director.invites() if director else [],
            **({"map": True} if self.map is not None else {}),
        }

    async def _add_user(self, request: web.Request) -> Json:
        body = await _body(request)
        if not isinstance(body.get("first_name"), str) or not body["first_name"].strip():
            raise ControlError(400, 'A person needs a "first_name".')
        fields = {name: str(body.get(name) or "") for name in ("last_name", "username", "language_code", "label")}
        return self._world.add_user(body["first_name"].strip()[:64], **fields).as_json()

    async def _chat(self, request: web.Request) -> Json:
        chat = people.chat_for(self._world, _chat_id(request))
        after = _number(request.query.get("after", "0"), '"after"')
        user = self._world.users.get(chat.id)
        return {
            "messages": [with_html(message) for message in chat.messages.values() if message["message_id"] > after],
            "reply_keyboard": chat.keyboard,
            "commands": self._world.commands_for(chat, user.language_code if user else ""),
            "typing": self._world.monotonic() < chat.typing_until,
        }

    async def _send(self, request: web.Request) -> Json:
        return with_html(people.send(self._world, _chat_id(request), await _body(request)))

    async def _click(self, request: web.Request) -> Json:
        tap = people.click(self._world, _chat_id(request), await _body(request))
        done, _ = await asyncio.wait([tap.answer], timeout=CLICK_SECONDS)
        return tap.answer.result() if done else dict(_NO_ANSWER)

    async def _block(self, request: web.Request) -> Json:
        body = await _body(request)
        if not isinstance(body.get("blocked"), bool):
            raise ControlError(400, '"blocked" must be true or false.')
        people.set_blocked(self._world, _chat_id(request), body["blocked"])
        return {"blocked": body["blocked"]}

    async def _add_group(self, request: web.Request) -> Json:
        body = await _body(request)
        members = body.get("members")
        if not isinstance(members, list):
            raise ControlError(400, '"members" must be a list of user ids.')
        chat = people.create_group(self._world, str(body.get("title") or "Group"), members)
        return self._world.chat_json(chat)

    async def _migrate(self, request: web.Request) -> Json:
        return self._world.chat_json(people.migrate_group(self._world, _chat_id(request)))

    async def _kick(self, request: web.Request) -> Json:
        people.kick_from_group(self._world, _chat_id(request))
        return {}

    async def _delete(self, request: web.Request) -> Json:
        people.delete_chat(self._world, _chat_id(request))
        return {}

    async def _add_fault(self, request: web.Request) -> Json:
        fault = parse_fault(await _body(request))
        self._api.faults.add(fault)
        return fault.as_json()

    async def _clear_faults(self, _request: web.Request) -> Json:
        self._api.faults.clear()
        return {}

    async def _calls(self, request: web.Request) -> list[Json]:
        return self._api.log.after(_number(request.query.get("after", "0"), '"after"'))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        stored = self._world.files.by_id(request.match_info["file_id"])
        if stored is None:
            raise ControlError(404, "There is no such file in the sandbox.")
        response = web.Response(body=stored.data)
        if stored.mime_type.startswith("image/") and stored.mime_type != "image/svg+xml":
            response.content_type = stored.mime_type
        else:
            response.content_type = "application/octet-stream"
            response.headers["Content-Disposition"] = "attachment"
        return response

    async def _travel(self, request: web.Request) -> Json:
        director = self.director
        if director is None:
            raise ControlError(404, "There is no virtual clock here; start `compagnon demo` for time travel.")
        to = (await _body(request)).get("to")
        if to not in _DESTINATIONS:
            raise ControlError(400, f'"to" must be one of {", ".join(_DESTINATIONS)}.')
        if self._travelling:
            raise ControlError(409, "The clock is moving already; wait until it has arrived.")
        self._travelling = True
        ticker = asyncio.create_task(self._show_steps(director))
        try:
            clock = await director.travel(to)
        except ValueError as error:
            raise ControlError(400, str(error)) from error
        finally:
            self._travelling = False
            ticker.cancel()
            await self.clock_changed()
        return clock

    async def _show_steps(self, director: Director) -> None:
        """While the clock travels, shows the page how far it is."""
        last = None
        while True:
            clock = await director.clock()
            if clock != last:
                self._world.hub.publish({"type": "clock", "clock": clock})
                last = clock
            await asyncio.sleep(_STEP_SECONDS)

    async def clock_changed(self) -> None:
        """Tells the pages the time and that invites may have changed."""
        if self.director is not None and self._world.hub.listened:
            self._world.hub.publish({"type": "clock", "clock": await self.director.clock()})
            self._world.hub.publish({"type": "invites"})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        with self._world.hub.listen() as queue:
            try:
                await response.write(b"retry: 1000\n\n")
                while (line := await _next(queue)) is not None:
                    await response.write(line)
            except ConnectionError:
                pass  # the page was closed
        return response


async def _next(queue: asyncio.Queue[str | None]) -> bytes | None:
    """The next event as bytes, a comment when it stays quiet for long, None at the end."""
    try:
        line = await asyncio.wait_for(queue.get(), _KEEP_ALIVE)
    except TimeoutError:
        return b": still here\n\n"
    return None if line is None else f"data: {line}\n\n".encode("utf-8", "replace")
