"""Letters of the second channels as words: an e-mail's lines, and the JSON of the alert webhook.

The fields of the JSON are public interface: docs/second-channels.md lists them, nothing there is ever renamed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from hashlib import sha256
from typing import Any

from bot.flows.second import Letter, decode_letter
from bot.i18n import Catalogues, Text
from bot.service.second_sending import SecondDelivery
from bot.transport.html import shorten_plain, visible

VERSION = 1  # of the JSON's fields
SHORT = 320  # UTF-16 units: two SMS of the usual kind
SUBJECT = 150
_BREAKS = re.compile(r"[\r\n\t ]+")
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]]+@[^\s<>,;:\"()\[\]@]+")


def mail(delivery: SecondDelivery, sender: str, catalogues: Catalogues) -> EmailMessage:
    """An e-mail as plain text. Raises ValueError for an address that can be none."""
    payload = delivery.payload
    letter = decode_letter(payload["letter"])
    language, zone = catalogues.closest(payload["language"]), payload["zone"]
    domain = parseaddr(sender)[1].rpartition("@")[2]
    message = EmailMessage()
    message["From"] = formataddr(("Compagnon", sender)) if "<" not in sender else sender
    message["To"] = formataddr((" ".join(payload["name"].split()), _address(delivery.address)))
    message["Subject"] = shorten_plain(_line(letter.subject, catalogues, language, zone), SUBJECT)
    message["Date"] = format_datetime(delivery.created_at)
    # The same for every try: a mailbox that gets a letter twice can tell.
    message["Message-ID"] = f"<{sha256(delivery.key.encode()).hexdigest()[:32]}@{domain}>"
    if payload["thread"]:
        message["References"] = f"<{payload['thread']}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    message.set_content("\n\n".join(_paragraphs(letter, catalogues, language, zone)) + "\n", cte="8bit")
    message["Content-Language"] = language
    return message


def call(delivery: SecondDelivery, catalogues: Catalogues) -> dict[str, Any]:
    """The JSON of one call; `text` and `short` as the first recipient reads them, and for each in their language."""
    payload = delivery.payload
    letter = decode_letter(payload["letter"])
    recipients = [_recipient(person, letter, catalogues) for person in payload["people"]]
    language = recipients[0]["language"] if recipients else "en"
    zone = payload["people"][0]["zone"] if recipients else "UTC"
    return {
        "version": VERSION, **payload["facts"],
        "text": "\n\n".join(_paragraphs(letter, catalogues, language, zone)),
        "short": _short(letter, catalogues, language, zone), "language": language, "recipients": recipients,
    }  # fmt: skip


def _recipient(person: Mapping[str, Any], letter: Letter, catalogues: Catalogues) -> dict[str, Any]:
    language = catalogues.closest(person["language"])
    shown = {name: person[name] for name in ("name", "role", "phone", "email", "telegram")}
    short = _short(letter, catalogues, language, person["zone"])
    return {**shown, "language": language, "short": short}


def _short(letter: Letter, catalogues: Catalogues, language: str, zone: str) -> str:
    return shorten_plain(_line(letter.short, catalogues, language, zone), SHORT)


def _paragraphs(letter: Letter, catalogues: Catalogues, language: str, zone: str) -> list[str]:
    found = (_plain(text, catalogues, language, zone).strip() for text in letter.body)
    return [paragraph for paragraph in found if paragraph]


def _plain(text: Text, catalogues: Catalogues, language: str, zone: str) -> str:
    return visible(catalogues.html(text, language, zone))


def _line(text: Text, catalogues: Catalogues, language: str, zone: str) -> str:
    """On one line. Spaces that must not break stay what they are."""
    return _BREAKS.sub(" ", _plain(text, catalogues, language, zone)).strip()


def _address(address: str) -> str:
    found = address.strip()
    if not _ADDRESS.fullmatch(found):
        raise ValueError("this is no e-mail address")
    return found
