"""Webhook delivery as at Telegram: several chats at once, each chat in order, again and again until answered 2xx."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import aiohttp

from bot.sandbox.updates import Queued, UpdateQueue

Json = dict[str, Any]
Execute = Callable[[Json], Awaitable[None]]

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_READ_TIMEOUT = 60.0
_LONGEST_DELAY = 60.0


class Webhook:
    """Posts queued updates to the bot's address. `execute` runs a method call that the bot gives in its answer."""

    def __init__(self, queue: UpdateQueue, execute: Execute, now: Callable[[], datetime]) -> None:
        self.url = ""
        self.max_connections = 40
        self.retry_base = 1.0
        self.last_error: tuple[int, str] | None = None
        self._queue = queue
        self._execute = execute
        self._now = now
        self._secret = ""
        self._session: aiohttp.ClientSession | None = None
        self._lanes: dict[int, deque[Queued]] = {}
        self._ready: deque[int] = deque()
        self._failures: dict[int, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: set[asyncio.TimerHandle] = set()

    async def open(self, url: str, secret: str, max_connections: int) -> None:
        """Starts delivering everything that is pending and whatever comes."""
        await self.close()
        self.url, self._secret, self.max_connections = url, secret, max_connections
        connector = aiohttp.TCPConnector(limit=max_connections)
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=aiohttp.ClientTimeout(total=_READ_TIMEOUT), cookie_jar=aiohttp.DummyCookieJar()
        )
        self._queue.on_push = self._offer
        for queued in self._queue.pending():
            self._offer(queued)

    async def close(self) -> None:
        """Stops delivering; what is not confirmed stays pending."""
        self.url = ""
        self.last_error = None
        self._queue.on_push = None
        for timer in self._timers:
            timer.cancel()
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
        self._session = None
        for state in (self._lanes, self._ready, self._failures, self._timers):
            state.clear()

    def info(self) -> Json:
        """The changing fields of getWebhookInfo."""
        if self.last_error is None:
            return {}
        return {"last_error_date": self.last_error[0], "last_error_message": self.last_error[1]}

    def _offer(self, queued: Queued) -> None:
        lane = self._lanes.get(queued.lane)
        if lane is not None:
            lane.append(queued)
            return
        self._lanes[queued.lane] = deque((queued,))
        self._ready.append(queued.lane)
        self._pump()

    def _pump(self) -> None:
        while self._ready and len(self._tasks) < self.max_connections and self.url:
            task = asyncio.get_running_loop().create_task(self._serve(self._ready.popleft()))
            self._tasks.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._pump()

    async def _serve(self, lane_id: int) -> None:
        """Delivers the first update of a chat; afterwards the chat queues up again, at once or after a pause."""
        lane = self._lanes[lane_id]
        queued = lane[0]
        problem, pause = await self._post(queued)
        if self._lanes.get(lane_id) is not lane:
            return
        if not problem:
            self._failures.pop(lane_id, None)
            self._queue.confirm(queued.update_id)
            lane.popleft()
            if lane:
                self._ready.append(lane_id)
            else:
                del self._lanes[lane_id]
            return
        self.last_error = (int(self._now().timestamp()), problem)
        failures = self._failures[lane_id] = self._failures.get(lane_id, 0) + 1
        self._later(pause or min(self.retry_base * 2 ** (failures - 1), _LONGEST_DELAY), lane_id)

    def _later(self, pause: float, lane_id: int) -> None:
        def again() -> None:
            self._timers.discard(timer)
            self._ready.append(lane_id)
            self._pump()

        timer = asyncio.get_running_loop().call_later(pause, again)
        self._timers.add(timer)

    async def _post(self, queued: Queued) -> tuple[str, float]:
        """One attempt. ("", 0) when it was accepted, else Telegram's error message and the pause the bot asked for."""
        headers = {"Content-Type": "application/json", SECRET_HEADER: self._secret}
        if not self._secret:
            del headers[SECRET_HEADER]
        body = json.dumps(queued.update, ensure_ascii=False).encode()
        if self._session is None:
            return "Webhook is closed", 0.0
        try:
            async with self._session.post(self.url, data=body, headers=headers, allow_redirects=False) as response:
                answer = await response.read()
                if 200 <= response.status < 300:
                    await self._run(answer, response.content_type)
                    return "", 0.0
                pause = response.headers.get("Retry-After", "0")
                problem = f"Wrong response from the webhook: {response.status} {response.reason}"
                return problem, float(pause) if pause.isdigit() else 0.0
        except TimeoutError:
            return "Read timeout expired", 0.0
        except aiohttp.ClientConnectorError:
            return "Connection refused", 0.0
        except (aiohttp.ClientError, OSError) as problem:
            return f"Connection failed: {type(problem).__name__}", 0.0

    async def _run(self, answer: bytes, content_type: str) -> None:
        """A bot may answer with a method call; its result is not reported back, as at Telegram."""
        if not answer or content_type != "application/json":
            return
        try:
            call = json.loads(answer)
        except ValueError:
            return
        if isinstance(call, dict) and isinstance(call.get("method"), str):
            await self._execute(call)
