"""What comes in: one update, one transaction, effects and answers together.

An update is received when its effects are committed. Its id goes into a unique-key table in the same
transaction, so that an update that Telegram delivers again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.flows import router
from bot.flows.scene import Scene
from bot.flows.vocabulary import (
    Conversation,
    Incoming,
    Kind,
    Membership,
    Replace,
    Say,
    Screen,
    Shown,
    Tap,
    Toast,
    screen,
)
from bot.i18n import say
from bot.service import outbox
from bot.service.commands import menu_of
from bot.service.core import Core
from bot.service.delivery import Delivery, Handled
from bot.service.drafts import MANNERS, Draft, chat_of, queue, send_now
from bot.service.effects import apply_effects
from bot.service.looking import note_looks
from bot.service.scenes import SEEN_EVERY, furnish, load_scene
from bot.store.tables import Conversation as ConversationRow, ParkedUpdate, SeenUpdate, TelegramAccount
from bot.store.writing import beat, insert_or_ignore, update_many, upsert

REMEMBER = timedelta(days=8)  # Telegram keeps unconfirmed updates for a day, ids restart after a quiet week
OWN_STAY = frozenset({"learner", "staff"})  # who has no other role looks at nobody else
STRANGER_LASTS = timedelta(hours=1)


def receive(core: Core, incoming: Incoming, now: datetime) -> Handled:
    """Take an update in. Answers come back `attempting` in this process's name, to be sent after the commit.

    An update received before gives nothing. Raises StorageTrouble; then nothing happened and the update stays unread.
    """
    with core.store.transaction() as session:
        if not are_new(session, [incoming], now):
            return Handled()
        return _receive(core, session, incoming, now)


def are_new(session: Session, batch: Sequence[Incoming], now: datetime) -> bool:
    """Remember that these updates were received; False when any of them was before."""
    numbers = sorted(one.update_id for one in batch)  # two processes wait for each other in one order
    return insert_or_ignore(session, SeenUpdate, [{"update_id": n, "received_at": now} for n in numbers]) == len(batch)


def _receive(core: Core, session: Session, incoming: Incoming, now: datetime) -> Handled:
    scene, account = load_scene(core, session, incoming, now)
    if account is not None:
        _note_activity(session, account, incoming, now)
    flow, needs = router.route(scene, incoming.event)
    scene = furnish(core, session, scene, incoming.event, needs)
    outcome = flow(scene, incoming.event)
    if scene.roles - OWN_STAY:
        note_looks(session, scene, incoming.event, now)
    helps, shown = _help_first(outcome.shown)
    first, waits = _say(core, session, scene, incoming, helps, now) if helps else ((), False)
    applied = apply_effects(core, session, scene, outcome.effects, now)
    keep_conversation(session, scene, applied.person_id, outcome.conversation, now)
    session.flush()
    reader = applied.scene or scene
    shown = (*applied.before, *shown, *applied.after)
    lost = account is None or account.lost
    again = outbox.repeat_interrupted(session, incoming.chat_id, now) if lost else 0
    deliveries, more = _say(core, session, reader, incoming, shown, now)
    toast = next((one for one in shown if isinstance(one, Toast)), None)
    return Handled(
        deliveries=(*first, *deliveries), toast=toast.text if toast else None,
        toast_alert=bool(toast and toast.alert), language=reader.language, zone=reader.zone,
        more=more or waits or applied.more or again > 0,
        leave=router.is_group(incoming.event), menu=menu_of(session, reader, account.commands if account else None),
    )  # fmt: skip


def _help_first(shown: tuple[Shown, ...]) -> tuple[tuple[Shown, ...], tuple[Shown, ...]]:
    """What helps now, such as numbers to call, is stored before anything that is told because of it; and the rest."""
    toasts, words = ([one for one in shown if isinstance(one, Toast) is toast] for toast in (True, False))
    helps = tuple(takewhile(lambda one: isinstance(one, Say) and one.kind is Kind.SAFETY and one.to is None, words))
    return helps, (*toasts, *words[len(helps) :])


def _note_activity(session: Session, account: Any, incoming: Incoming, now: datetime) -> None:
    change = activity(account, incoming, now)
    if change is not None:
        update_many(session, TelegramAccount, [change])


def activity(account: Any, incoming: Incoming, now: datetime) -> dict[str, Any] | None:
    """What an update changes of when somebody was last seen; None when it is known already."""
    # Shown in alerts as "last active"; it never counts as an answer.
    blocked, active = None, account.last_active_at
    if isinstance(incoming.event, Membership):
        blocked = None if incoming.event.member else now
    elif active is None or now - active >= SEEN_EVERY:
        active = now
    if (blocked, active) == (account.blocked_at, account.last_active_at):
        return None
    return {"id": account.account_id, "blocked_at": blocked, "last_active_at": active}


def keep_conversation(
    session: Session, scene: Scene, person_id: int | None, new: Conversation | None, now: datetime
) -> None:
    """Where the conversation of the person at hand goes, or of `person_id` who has just joined."""
    owner = person_id or scene.person_id
    if new is None or owner is None or (new == scene.conversation and owner == scene.person_id):
        return
    upsert(
        session, ConversationRow, {"person_id": owner},
        {"flow": new.flow, "data": dict(new.data), "updated_at": now},
    )  # fmt: skip


def _say(
    core: Core, session: Session, scene: Scene, incoming: Incoming, shown: tuple[Any, ...], now: datetime
) -> tuple[tuple[Delivery, ...], bool]:
    """Store what is shown. The first message to this chat is handed back for sending at once, unless others wait."""
    drafts: list[Draft] = []
    elsewhere: list[Draft] = []
    for one in shown:
        if isinstance(one, Toast):
            continue
        draft = _draft(session, scene, incoming, one, now)
        if draft is not None:
            (drafts if draft.chat_id == incoming.chat_id else elsewhere).append(draft)
    more = queue(session, elsewhere, now) > 0
    if not drafts:
        return (), more
    if drafts[0].key is not None:
        return (), queue(session, drafts, now) > 0 or more
    first, rest = drafts[0], drafts[1:]
    row_id = send_now(core, session, first, now)
    if row_id is None:
        queue(session, rest, now)
        return (), True
    return (delivery_of(scene, first, row_id),), queue(session, rest, now) > 0 or more


def delivery_of(scene: Scene, draft: Draft, row_id: int) -> Delivery:
    """A stored answer, to be sent to the person at hand after the commit."""
    return Delivery(
        id=row_id, chat_id=draft.chat_id, kind=draft.kind, screen=draft.screen, language=scene.language,
        zone=scene.zone, edits=draft.edits, silent=MANNERS[draft.kind].silent, expires_at=None,
    )  # fmt: skip


def _draft(session: Session, scene: Scene, incoming: Incoming, one: Say | Replace, now: datetime) -> Draft | None:
    draft = answer_draft(scene, incoming, one)
    if isinstance(one, Say) and one.to is not None and one.to != scene.person_id:
        chat = chat_of(session, one.to)
        return None if chat is None else replace(draft, chat_id=chat, person_id=one.to, language=None)
    return draft


def answer_draft(scene: Scene, incoming: Incoming, one: Say | Replace) -> Draft:
    """What is shown to the person at hand, as a message."""
    edits = incoming.event.message_id if isinstance(one, Replace) and isinstance(incoming.event, Tap) else None
    kind, key, ref = (one.kind, one.key, one.ref) if isinstance(one, Say) else (Kind.ANSWER, None, None)
    return Draft(
        chat_id=incoming.chat_id, screen=one.screen, kind=kind, person_id=scene.person_id, key=key, ref=ref,
        edits=edits, language=scene.language if scene.person_id is None else None,
    )  # fmt: skip


def park(core: Core, incoming: Incoming, error: str, now: datetime) -> Handled:
    """Put an update aside that failed three times, so that it blocks nobody, and answer kindly."""
    payload: Mapping[str, Any] = {"chat_id": incoming.chat_id, "event": type(incoming.event).__name__}
    with core.store.transaction() as session:
        insert_or_ignore(session, SeenUpdate, [{"update_id": incoming.update_id, "received_at": now}])
        insert_or_ignore(
            session, ParkedUpdate,
            [{"update_id": incoming.update_id, "payload": dict(payload), "error": error[:4000], "parked_at": now}],
        )  # fmt: skip
        scene, _ = load_scene(core, session, incoming, now)
        sorry: Screen = screen(say("common/our_fault"))
        deliveries, more = _say(core, session, scene, incoming, (Say(sorry),), now)
    return Handled(deliveries=deliveries, language=scene.language, zone=scene.zone, more=more)


def slow_down(core: Core, incoming: Incoming, now: datetime) -> Handled:
    """Say once that what comes now is left out; nothing else is kept of the update."""
    with core.store.transaction() as session:
        if not are_new(session, [incoming], now):
            return Handled()
        scene, _ = load_scene(core, session, incoming, now)
        told = screen(say("help/too_much"))
        deliveries, more = _say(core, session, scene, incoming, (Say(told),), now)
    return Handled(deliveries=deliveries, language=scene.language, zone=scene.zone, more=more)


def heard(core: Core, now: datetime, detail: Mapping[str, Any] | None = None) -> None:
    """Telegram answered us: from now on deadlines may be judged again."""
    with core.store.transaction() as session:
        beat(session, "intake", now, detail or {})


def forget_seen(core: Core, now: datetime) -> int:
    """Drop update ids that can no longer come back."""
    with core.store.transaction() as session:
        gone = session.execute(
            delete(SeenUpdate).where(SeenUpdate.received_at < now - REMEMBER).returning(SeenUpdate.update_id)
        ).all()
    return len(gone)
