"""Alerts by e-mail and webhook: filled through the book of the alert's own messages, beside them.

Every alert notice goes out again by e-mail to whoever was told and has an address, and once to the webhook for all.
Who has no live chat but an address is told by e-mail; their rung is still passed at once, for nobody sees whether an
e-mail is read. Without `core.channels` nothing happens here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.flows import second as talk
from bot.flows.call_list import CALL_ORDER
from bot.flows.dossier import Dossier
from bot.flows.second import Letter, encode_letter
from bot.flows.vocabulary import Screen
from bot.rules.alert import Responder
from bot.rules.names import full_name
from bot.service.book import Book
from bot.service.bot_state import USERNAME
from bot.service.core import Core
from bot.service.stays import reader_zones
from bot.store.prepared import among, first, rows
from bot.store.tables import Alert, BotState, Membership, Person, SecondMessage, TelegramAccount
from bot.store.writing import insert_or_ignore

MAIL, WEBHOOK = "mail", "webhook"
LASTS = timedelta(hours=6)  # an alert of yesterday's night is told better by a person
MAIL_AGAIN = timedelta(minutes=30)  # a red alert is repeated every five minutes; a mailbox need not hold them all
_NO_CHAT = frozenset({"unlinked", "blocked"})  # why somebody is passed over whom an e-mail may still reach
BY_MAIL = "_mail"  # added to why somebody was passed over: they were told by e-mail


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may be told: `linked` when a live chat of theirs is known."""

    id: int
    person_id: int
    name: str
    role: str
    phone: str | None
    email: str | None
    language: str
    zone: str
    linked: bool


_READERS = (
    select(
        Membership.id, Membership.role, Person.id.label("person_id"), Person.first_name, Person.last_name,
        Person.phone, Person.email, Person.language, TelegramAccount.id.label("account_id"),
    )
    .join(Person, Person.id == Membership.person_id)
    .outerjoin(
        TelegramAccount,
        (TelegramAccount.person_id == Person.id) & TelegramAccount.revoked_at.is_(None)
        & TelegramAccount.blocked_at.is_(None),
    )
    .where(Membership.id.in_(bindparam("memberships", expanding=True)), Person.erased_at.is_(None))
    .order_by(Membership.id)
)  # fmt: skip
_USERNAME = select(BotState.value).where(BotState.name == USERNAME)


def readers(session: Session, memberships: Iterable[int], now: datetime) -> list[Reader]:
    """These memberships as people who can be written to."""
    wanted = sorted(set(memberships))
    found = rows(session, _READERS, memberships=wanted) if wanted else []
    zones = reader_zones(session, {row.person_id for row in found}, now)
    return [
        Reader(
            row.id, row.person_id, full_name(row), row.role, row.phone, row.email,
            row.language, zones.get(row.person_id, "UTC"), row.account_id is not None,
        )
        for row in found
    ]  # fmt: skip


# --- alerts -------------------------------------------------------------------------------------


class Directory:
    """Who can be written to, as one book knows it: read for everybody around its stays at once."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._readers: dict[int, Reader] = {}
        self._looked_up: set[int] = set()
        self._mailed: dict[int, set[int | None]] = {}

    def readers(self, memberships: Iterable[int]) -> list[Reader]:
        """These memberships as people who can be written to, in order."""
        wanted = set(memberships)
        if wanted - self._looked_up:
            missing = (wanted | self._book.staff.memberships.keys()) - self._looked_up
            self._readers |= {r.id: r for r in readers(self._book.session, missing, self._book.now)}
            self._looked_up |= missing
        return [self._readers[number] for number in sorted(wanted) if number in self._readers]

    @cached_property
    def bot(self) -> str | None:
        """The address of the bot."""
        link = first(self._book.session, _USERNAME)
        return f"https://t.me/{link.value}" if link else None

    def just_mailed(self, alert_id: int) -> set[int | None]:
        """Who had an e-mail about an alert a short while ago."""
        if alert_id not in self._mailed:
            wanted = (self._book.alert_ids() | {alert_id}) - self._mailed.keys()
            self._mailed |= {number: set() for number in wanted}
            since = self._book.now - MAIL_AGAIN
            for row in rows(self._book.session, _JUST_MAILED, alerts=sorted(wanted), since=since):
                self._mailed[row.alert_id].add(row.person_id)
        queued = (m for m in self._book.otherwise() if m["alert_id"] == alert_id and m["channel"] == MAIL)
        return self._mailed[alert_id] | {message["person_id"] for message in queued}


_JUST_MAILED = select(SecondMessage.alert_id, SecondMessage.person_id).where(
    among(SecondMessage.alert_id, "alerts"), SecondMessage.channel == MAIL,
    SecondMessage.created_at > bindparam("since"),
)  # fmt: skip


def marked(core: Core, book: Book, people: tuple[Responder, ...]) -> tuple[Responder, ...]:
    """Who is passed over, with `unlinked_mail` or `blocked_mail` as the reason for those an e-mail goes to."""
    without = [p.id for p in people if p.why in _NO_CHAT] if MAIL in core.channels else []
    if not without:
        return people
    reached = {reader.id for reader in directory(book).readers(without) if reader.email}
    return tuple(replace(p, why=f"{p.why}{BY_MAIL}") if p.id in reached else p for p in people)


def directory(book: Book) -> Directory:
    """The one of a book."""
    if book.directory is None:
        book.directory = Directory(book)
    found = book.directory
    assert isinstance(found, Directory)
    return found


def spread(
    core: Core, book: Book, row: Alert, d: Dossier, shown: Screen,
    *, people: Iterable[int], skipped: Iterable[Responder], repeat: bool, exhausted: bool,
) -> None:  # fmt: skip
    """An alert notice to `people`, and by e-mail to those of `skipped` who are only reached so."""
    if not core.channels:
        return
    now = book.now
    by_mail = {p.id for p in skipped if (p.why or "").endswith(BY_MAIL)}
    again = {int(m) for m in row.state.get("mailed", ())} if repeat else set()
    told = directory(book).readers({*people, *by_mail, *again})
    letter = talk.alert(d, shown, repeat=repeat, exhausted=exhausted)
    key = f"alert:{row.id}:{now.isoformat()}:{'again' if repeat else 'new'}"
    queued = _mails(core, book, row, d, letter, told, key, quiet=repeat)
    if WEBHOOK in core.channels:
        nobody = not any(r.linked or (r.email and MAIL in core.channels) for r in told)
        facts = {**_facts(d), "event": "alert", "repeat": repeat, "exhausted": exhausted, "reaches_nobody": nobody}
        queued.append(_call(key, row.id, facts, letter, told, now))
    book.send_otherwise(queued)


def _mails(
    core: Core, book: Book, row: Alert, d: Dossier, letter: Letter, told: Sequence[Reader], key: str, *, quiet: bool,
) -> list[dict[str, Any]]:  # fmt: skip
    """E-mails to all who have an address; of repeats only now and then."""
    if MAIL not in core.channels:
        return []
    just = directory(book).just_mailed(row.id) if quiet else set()
    nobody = not any(reader.linked for reader in told)
    found = []
    for reader in told:
        if reader.email and reader.person_id not in just:
            end = talk.closing(d, directory(book).bot, in_telegram=reader.linked, alone=nobody)
            found.append(_mail(key, row.id, reader, replace(letter, body=(*letter.body, *end)), book.now))
    if found:
        reached = {reader.id for reader in told if reader.email}
        row.state = {**row.state, "mailed": sorted({*row.state.get("mailed", ()), *reached})}
    return found


def follow(
    core: Core, book: Book, row: Alert, d: Dossier, shown: Screen, *, event: str, by: int | None,
    name: str | None = None,
) -> None:  # fmt: skip
    """Somebody took it (`alert_taken`) or it is over (`alert_resolved`): to all who had e-mail, and the webhook.

    `by` is whose doing it is; they know. `name` is theirs."""
    if not core.channels:
        return
    now = book.now
    letter = talk.taken(d, shown, name or "") if event == "alert_taken" else talk.clear(d, shown)
    key = f"{event}:{row.id}:{now.isoformat()}"
    mailed = {int(m) for m in row.state.get("mailed", ())}
    told = directory(book).readers(mailed | {int(m) for m in row.state.get("told", ())} - {by})
    whole = replace(letter, body=(*letter.body, talk.footer(d.cohort)))
    queued = []
    if MAIL in core.channels:
        queued = [_mail(key, row.id, r, whole, now) for r in told if r.email and r.id in mailed and r.id != by]
    if WEBHOOK in core.channels:
        facts = {**_facts(d), "event": event, "acknowledged_by": d.acknowledged_by, "outcome": row.outcome}
        queued.append(_call(key, row.id, facts, letter, told, now))
    book.send_otherwise(queued)


def _facts(d: Dossier) -> dict[str, Any]:
    """The fields of the webhook that are the same for every reader."""
    return {
        "id": d.alert_id, "number": d.number, "cohort": d.cohort, "learner": d.code, "learner_phone": d.learner_phone,
        "severity": d.severity, "reason": d.reason, "raised_at": d.raised_at.isoformat(), "timezone": d.zone,
        "country": d.help.country, "emergency_numbers": [n.number for n in d.help.numbers],
        **_assistance(d), "contacts": _contacts(d),
    }  # fmt: skip


def _assistance(d: Dossier) -> dict[str, str | None]:
    found = next((c for c in d.contacts if c.role == "assistance"), None)
    return {
        "assistance_name": (found.name or None) if found else None,
        "assistance_phone": found.phone if found else None,
    }


def _contacts(d: Dossier) -> list[dict[str, str | None]]:
    """Whom to call besides the learner, in the order of the alert; nobody of it where it was confided to some."""
    ordered = [c for role in CALL_ORDER for c in d.contacts if c.role == role and c.phone]
    people = () if d.confided else (*ordered, *d.help.colleagues)
    return [{"role": c.role, "name": c.name, "phone": c.phone} for c in people]


# --- rows ---------------------------------------------------------------------------------------


def _row(key: str, channel: str, payload: Mapping[str, Any], now: datetime, **more: Any) -> dict[str, Any]:
    return {
        "key": key, "channel": channel, "address": "", "person_id": None, "alert_id": None, "payload": dict(payload),
        "state": "queued", "not_before": now, "expires_at": now + LASTS, "lease_owner": None, "lease_until": None,
        "attempts": 0, "ambiguous": False, "error": None, "created_at": now, "finished_at": None, **more,
    }  # fmt: skip


def _mail(key: str, alert_id: int | None, reader: Reader, letter: Letter, now: datetime) -> dict[str, Any]:
    payload = {
        "letter": encode_letter(letter), "name": reader.name, "language": reader.language, "zone": reader.zone,
        "thread": f"alert-{alert_id}" if alert_id else None,
    }  # fmt: skip
    return _row(
        f"{MAIL}:{key}:{reader.person_id}", MAIL, payload, now,
        address=reader.email, person_id=reader.person_id, alert_id=alert_id,
    )  # fmt: skip


def _call(
    key: str, alert_id: int | None, facts: Mapping[str, Any], letter: Letter, told: Sequence[Reader], now: datetime
) -> dict[str, Any]:
    people = [
        {
            "name": r.name, "role": r.role, "phone": r.phone, "email": r.email, "language": r.language,
            "telegram": r.linked, "zone": r.zone,
        }
        for r in told
    ]  # fmt: skip
    payload = {"facts": dict(facts), "letter": encode_letter(letter), "people": people}
    return _row(f"{WEBHOOK}:{key}", WEBHOOK, payload, now, alert_id=alert_id)


def news(
    core: Core, session: Session, key: str, letters: Mapping[int, Letter], facts: Mapping[str, Any], now: datetime
) -> int:
    """Something about Telegram itself, to memberships by e-mail and in one call to the webhook. How many were queued.

    `letters` has what each membership reads; the call says what the first one reads.
    """
    told = readers(session, letters, now)
    once = {reader.person_id: reader for reader in reversed(told)}
    queued = []
    if MAIL in core.channels:
        queued = [_mail(key, None, r, letters[r.id], now) for r in once.values() if r.email]
    if WEBHOOK in core.channels and told:
        queued.append(_call(key, None, facts, letters[told[0].id], list(once.values()), now))
    return insert_or_ignore(session, SecondMessage, queued)
