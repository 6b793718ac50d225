"""Sending one e-mail over SMTP, and saying plainly what became of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from email.message import EmailMessage
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.service.delivery import Fate

SECONDS = 15.0  # for connecting, and for every answer of the server
WHOLE_SECONDS = 45.0  # for one message, less than the lease of its row
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over: `tls` from the first byte (smtps), else STARTTLS where the server has it."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None
    sender: str


def server_of(url: str, sender: str) -> MailServer:
    """`smtp://user:password@host:587` or `smtps://…`, checked by the settings; `sender` is MAIL_FROM."""
    parts = urlsplit(url)
    return MailServer(
        host=parts.hostname or "", port=parts.port or _PORTS[parts.scheme], tls=parts.scheme == "smtps",
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None, sender=sender,
    )  # fmt: skip


class Mailer:
    """Hands e-mails over, one connection each: alerts are few, and a stale connection would cost one."""

    def __init__(self, server: MailServer, seconds: float = SECONDS) -> None:
        self.server = server
        self._seconds = seconds

    async def send(self, message: EmailMessage) -> tuple[Fate, str | None]:
        """The fate of one message and why. UNKNOWN: it may have been accepted."""
        smtp = self._client()
        handing_over = False
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                await self._enter(smtp)
                handing_over = True
                await smtp.send_message(message)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return _fate(error, handing_over), sentence(error)
        finally:
            smtp.close()
        return Fate.SENT, None

    async def probe(self) -> None:
        """Connect, greet, encrypt and log in, as for a message. Raises SMTPException, OSError or TimeoutError."""
        smtp = self._client()
        try:
            await self._enter(smtp)
            await smtp.quit()
        finally:
            smtp.close()

    def _client(self) -> aiosmtplib.SMTP:
        server = self.server
        # A password never travels in the clear, except on this very machine.
        encrypt = None if server.password is None or _is_here(server.host) else True
        return aiosmtplib.SMTP(
            hostname=server.host, port=server.port, use_tls=server.tls, start_tls=False if server.tls else encrypt,
            timeout=self._seconds,
        )  # fmt: skip

    async def _enter(self, smtp: aiosmtplib.SMTP) -> None:
        await smtp.connect()
        if self.server.user is not None:
            await smtp.login(self.server.user, self.server.password or "")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _fate(error: Exception, handing_over: bool) -> Fate:
    if not handing_over:
        return Fate.RETRY
    match error:
        case aiosmtplib.SMTPRecipientsRefused(recipients=refused):
            return Fate.FAILED if all(500 <= one.code < 600 for one in refused) else Fate.RETRY
        case aiosmtplib.SMTPSenderRefused():
            return Fate.RETRY  # MAIL_FROM or an account: whoever runs this can mend it
        case aiosmtplib.SMTPResponseException(code=code):
            return Fate.FAILED if 500 <= code < 600 else Fate.RETRY
        case _:
            return Fate.UNKNOWN  # the server went silent: it may have taken the message


def sentence(error: Exception) -> str:
    """What went wrong, for an operator; no address and no password in it."""
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            return "the mail server does not accept user and password of COMPAGNON_SMTP_URL"
        case aiosmtplib.SMTPRecipientsRefused(recipients=refused):
            return f"the mail server refuses the recipient ({', '.join(str(one.code) for one in refused)})"
        case aiosmtplib.SMTPSenderRefused(code=code):
            return f"the mail server refuses COMPAGNON_MAIL_FROM as the sender ({code})"
        case aiosmtplib.SMTPResponseException(code=code):
            return f"the mail server answers {code}"
        case TimeoutError():
            return "the mail server does not answer in time"
        case aiosmtplib.SMTPConnectError() | OSError():
            return "the mail server of COMPAGNON_SMTP_URL cannot be reached"
        case aiosmtplib.SMTPServerDisconnected():
            return "the mail server broke off"
        case _:
            return f"the mail server and we do not understand each other ({error})"
