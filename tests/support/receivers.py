"""Where second channels end in tests: a mail server and a webhook on loopback; down, slow, wrong or dying if asked."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass
class Mailbox:
    """A mail server. `refuse` answers RCPT, `after_data` is done between taking a message and saying so."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    refuse: str | None = None
    after_data: Callable[[], Awaitable[str | None]] | None = None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse is not None:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        found = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        self.messages.append(found)
        answer = await self.after_data() if self.after_data else None
        if answer == "die":
            server.transport.abort()
            return "421 dying"
        return answer or "250 OK"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        """What came for one address."""
        return [message for message in self.messages if address in str(message["To"])]


def words_of(message: EmailMessage) -> str:
    """The text of an e-mail."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@asynccontextmanager
async def mailbox(password: str | None = None) -> AsyncIterator[Mailbox]:
    """A running mail server; with a password it wants one."""
    box = Mailbox()

    def check(*args: Any) -> AuthResult:
        return AuthResult(success=args[-1].password == (password or "").encode(), handled=False)

    def protocol() -> SMTP:
        wants = password is not None
        return SMTP(box, authenticator=check if wants else None, auth_required=wants, auth_require_tls=False)

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()


@dataclass
class Gateway:
    """An SMS gateway: `answers` are the statuses of the next calls, 200 afterwards; None hangs up without one."""

    url: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    answers: list[int | None] = field(default_factory=list)
    pause: float = 0.0

    async def receive(self, request: web.Request) -> web.Response:
        self.calls.append(await request.json())
        self.keys.append(request.headers["Idempotency-Key"])
        await asyncio.sleep(self.pause)
        status = self.answers.pop(0) if self.answers else 200
        if status is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.Response(status=status)


@asynccontextmanager
async def gateway() -> AsyncIterator[Gateway]:
    """A running gateway."""
    found = Gateway()
    application = web.Application()
    application.router.add_post("/alerts", found.receive)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/alerts"
    try:
        yield found
    finally:
        await runner.cleanup()
