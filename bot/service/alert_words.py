"""What learners write while they are looked for, on its way to who was told of the alert.

It is a letter of theirs like any other (`Relay`): answered by swiping, kept and erased like one. The trail says that
they wrote, never what; e-mail and webhook carry no words of learners.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.flows import alert_screens as talk, effects as fx
from bot.flows.dossier import Dossier
from bot.flows.vocabulary import Kind, Screen
from bot.rules.names import full_name
from bot.service.alert_speaker import Speaker
from bot.service.book import book_of
from bot.service.drafts import Draft
from bot.service.open_cases import hidden_people
from bot.service.work import Applier, Work
from bot.store.prepared import among, rows
from bot.store.tables import Alert, Membership, Person, Relay, TelegramAccount

AT_ONCE = 1900  # characters of one message: in any script below Telegram's limit, with what stands around them
CAPTION = 450  # the same below a picture or a recording


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who was told of an alert and has a live chat."""

    membership_id: int
    person_id: int
    chat_id: int
    name: str


_TOLD = (
    select(Membership.id, Person.id.label("person_id"), Person.first_name, Person.last_name, TelegramAccount.chat_id)
    .join(Person, Person.id == Membership.person_id)
    .join(TelegramAccount, TelegramAccount.person_id == Person.id)
    .where(
        among(Membership.id, "memberships"), Membership.ended_at.is_(None), Person.erased_at.is_(None),
        TelegramAccount.revoked_at.is_(None), TelegramAccount.blocked_at.is_(None),
        Person.id != bindparam("learner"),
    )
    .order_by(Membership.id)
)  # fmt: skip


def readers_of(session: Session, alert: Alert, learner: int) -> tuple[Reader, ...]:
    """Who was told and can read it, each once; nobody whom an open case names. `learner` is a person id."""
    told = {int(m) for m in alert.state.get("told", ())} | {alert.acknowledged_by} - {None}
    hidden = hidden_people(session, [alert.placement_id]).get(alert.placement_id, frozenset())
    found = rows(session, _TOLD, memberships=sorted(told), learner=learner) if told else ()
    once = {row.person_id: row for row in found if row.person_id not in hidden}
    return tuple(Reader(row.id, row.person_id, row.chat_id, full_name(row)) for row in once.values())


def _pass_on(work: Work, effect: fx.PassOn) -> None:
    row = work.session.get(Alert, effect.alert_id, with_for_update=True, populate_existing=True)
    if row is None or row.resolved_at is not None or row.confided or not work.own_stay(row.placement_id):
        return
    reached: set[int] = set()
    for one in (row, *_beside(work, row)):
        reached |= _tell(work, one, effect, reached)
    work.applied.more = True


def _beside(work: Work, row: Alert) -> list[Alert]:
    """The same call for help on another stay, where it was not certain at which of them they are."""
    stays = [stay.placement_id for stay in work.scene.stays if stay.placement_id != row.placement_id]
    if not stays:
        return []
    others = select(Alert).where(Alert.placement_id.in_(stays), Alert.resolved_at.is_(None), Alert.confided.is_(False))
    return [one for one in work.session.scalars(others.with_for_update()) if one.state.get("also")]


def _tell(work: Work, row: Alert, effect: fx.PassOn, reached: set[int]) -> set[int]:
    """To who was told of one alert and has not read it yet; returns whom, by person id."""
    book = book_of(work.session, work.now, [row])
    book.note(row.id, "wrote", work.me)
    dossier = Speaker(work.core, book, row).dossier()
    screens = tuple(_screens(dossier, effect))
    holder = book.member_person(row.acknowledged_by) if row.acknowledged_by is not None else None
    ref = f"relay:{row.placement_id}:{work.me}"
    readers = [one for one in readers_of(work.session, row, work.me) if one.person_id not in reached]
    for reader in readers:
        if effect.words:
            work.session.add(
                Relay(placement_id=row.placement_id, from_id=work.me, to_id=reader.person_id, words=effect.words,
                      at=work.now)
            )  # fmt: skip
        # Once somebody has it, the others read along without a sound.
        kind = Kind.SAFETY if holder in (None, reader.person_id) else Kind.RELAY
        for shown in screens:
            book.send(Draft(reader.chat_id, shown, kind, reader.person_id, ref=ref))
    book.write()
    return {one.person_id for one in readers}


def _screens(dossier: Dossier, effect: fx.PassOn) -> Iterator[Screen]:
    """One message, or several where the words are long."""
    room = CAPTION if effect.file_id else AT_ONCE
    yield talk.wrote(dossier, effect.words[:room], effect.file_id, effect.file_kind)
    for start in range(room, len(effect.words), AT_ONCE):
        yield talk.wrote(dossier, effect.words[start : start + AT_ONCE])


APPLIERS: dict[type, Applier] = {fx.PassOn: _pass_on}
