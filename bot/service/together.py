"""Many updates in one transaction, for a fraction of what each would cost alone: those that only ask.

Asking is most of what people do: a question to the kit, a look at the menu. Whoever changes anything, or needs what
cannot be read for many at once, is left to `intake.receive`, one by one; so are all of them as soon as one stands in
the way of the others. Nothing has happened of an update that is left.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from bot.errors import StorageTrouble
from bot.flows import kit, router
from bot.flows.scene import Scene
from bot.flows.vocabulary import Command, Incoming, Kind, Outcome, Replace, Say, Tap, Toast, Words
from bot.service import commands, intake
from bot.service.core import Core
from bot.service.delivery import Handled
from bot.service.drafts import queue, send_all_now
from bot.service.scenes import FOR_MANY, furnish_all, load_scenes
from bot.store.tables import TelegramAccount
from bot.store.writing import update_many

log = logging.getLogger(__name__)


class _Asked(NamedTuple):
    """An update that only asks, with its answer."""

    incoming: Incoming
    scene: Scene
    account: Any
    outcome: Outcome

    @property
    def messages(self) -> list[Say | Replace]:
        return [one for one in self.outcome.shown if not isinstance(one, Toast)]

    @property
    def toast(self) -> Toast | None:
        return next((one for one in self.outcome.shown if isinstance(one, Toast)), None)


class _KnownBefore(Exception):
    """One of the updates was received before: alone each is told from the others."""


def answer(core: Core, batch: Sequence[Incoming], now: datetime) -> list[Handled | None]:
    """What became of each update; None for those that are left to `intake.receive`.

    Answers come back `attempting` in this process's name, to be sent after the commit. Raises StorageTrouble; then
    nothing happened and all of them stay unread.
    """
    try:
        with core.store.transaction() as session:
            asked = _read(core, session, _first_of_each_chat(batch), now)
            handled = _keep(core, session, asked, now) if asked else {}
    except StorageTrouble:
        raise
    except _KnownBefore:
        handled = {}
    except Exception:
        log.exception("%s updates could not be answered together and are taken one by one", len(batch))
        handled = {}
    return [handled.get(id(one)) for one in batch]


def _first_of_each_chat(batch: Iterable[Incoming]) -> list[Incoming]:
    """What somebody says next waits until the answer to the first is stored."""
    found: dict[int, Incoming] = {}
    for one in batch:
        found.setdefault(one.chat_id, one)
    return [one for one in found.values() if isinstance(one.event, Command | Tap | Words)]


def _read(core: Core, session: Session, batch: Sequence[Incoming], now: datetime) -> list[_Asked]:
    """Those of the updates that only ask, each with its answer."""
    scenes = load_scenes(core, session, [one.chat_id for one in batch], now) if batch else {}
    routed = []
    for one in batch:
        if one.chat_id not in scenes:
            continue
        scene, account = scenes[one.chat_id]
        flow, needs = router.route(scene, one.event)
        # What may be lost is shown again first, and a changed command list is set: both are changes.
        if needs <= FOR_MANY and not account.lost and commands.fits(scene, account.commands):
            routed.append((one, scene, account, flow, needs))
    core.search.read_ahead(
        one.event.text for one, _, _, flow, _ in routed if flow is kit.handle and isinstance(one.event, Words)
    )
    furnished = furnish_all(core, session, [(scene, needs) for _, scene, _, _, needs in routed])
    asked = []
    for (one, _, account, flow, _), scene in zip(routed, furnished, strict=True):
        try:
            outcome = flow(scene, one.event)
        except Exception:  # alone it fails again, is tried again and put aside
            log.debug("update %s failed among others", one.update_id, exc_info=True)
            continue
        if _only_answers(outcome):
            asked.append(_Asked(one, scene, account, outcome))
    return asked


def _only_answers(outcome: Outcome) -> bool:
    """Nothing is changed, and all that is said is said to who asked."""
    return not outcome.effects and all(
        isinstance(one, Toast | Replace) or (one.kind, one.to, one.key, one.ref) == _PLAIN for one in outcome.shown
    )


_PLAIN = (Kind.ANSWER, None, None, None)


def _keep(core: Core, session: Session, asked: Sequence[_Asked], now: datetime) -> dict[int, Handled]:
    """Write it all down. By the identity of each update, what is to be sent."""
    if not intake.are_new(session, [one.incoming for one in asked], now):
        raise _KnownBefore
    changes = [intake.activity(one.account, one.incoming, now) for one in asked]
    update_many(session, TelegramAccount, [change for change in changes if change])
    for one in asked:
        intake.keep_conversation(session, one.scene, None, one.outcome.conversation, now)
    said = {
        one.incoming.chat_id: [intake.answer_draft(one.scene, one.incoming, message) for message in one.messages]
        for one in asked
    }
    drafts = {chat_id: found[0] for chat_id, found in said.items() if found}
    stored = send_all_now(core, session, list(drafts.values()), now) if drafts else {}
    queue(session, [draft for found in said.values() for draft in found[1:]], now)  # each waits for the one before
    found = {}
    for one in asked:
        chat_id, toast = one.incoming.chat_id, one.toast
        ours = chat_id in stored
        found[id(one.incoming)] = Handled(
            deliveries=(intake.delivery_of(one.scene, drafts[chat_id], stored[chat_id]),) if ours else (),
            toast=toast.text if toast else None, toast_alert=bool(toast and toast.alert),
            language=one.scene.language, zone=one.scene.zone,
            more=(chat_id in drafts and not ours) or len(said[chat_id]) > 1,
        )  # fmt: skip
    return found
