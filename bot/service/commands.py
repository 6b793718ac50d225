"""The command list of a chat: by role, in the reader's language, set again only when it changed."""

from __future__ import annotations

from functools import cache

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.flows.scene import Scene
from bot.service.delivery import MenuOf
from bot.store.tables import TelegramAccount

LEARNER = ("menu", "sos", "checkin", "pause", "kit", "map", "challenge", "journal", "progress", "portfolio", "feedback")
DESK = ("menu", "learners", "alerts", "away", "map", "sos")
COHORT, MESSAGE = ("cohort",), ("message",)
EVERYBODY = ("language", "settings", "privacy", "help")


@cache
def _names(learner: bool, desk: bool, looks: bool, writes: bool) -> tuple[str, ...]:
    halves = ((learner, LEARNER), (desk, DESK), (looks, COHORT), (writes, MESSAGE), (True, EVERYBODY))
    return tuple(dict.fromkeys(name for wanted, names in halves if wanted for name in names))


def _names_for(scene: Scene) -> tuple[str, ...]:
    return _names(scene.is_learner, scene.is_referent, scene.sees_cohorts, scene.writes_to_cohorts)


def _fingerprint(scene: Scene) -> str:
    return f"{scene.language}:{','.join(_names_for(scene))}"


def fits(scene: Scene, shown: str | None) -> bool:
    """Does the chat show what it should? `shown` is the fingerprint kept with it."""
    return _fingerprint(scene) == shown


def menu_of(session: Session, scene: Scene, shown: str | None) -> MenuOf | None:
    """The commands that this chat should show, when they differ from what it shows.

    `shown` is the fingerprint kept when the chat was loaded; a chat that it fits is not looked at again.
    """
    if scene.person_id is None:
        return None
    if fits(scene, shown):
        return None
    fingerprint = _fingerprint(scene)
    changed = session.execute(
        update(TelegramAccount)
        .where(
            TelegramAccount.chat_id == scene.chat_id, TelegramAccount.revoked_at.is_(None),
            TelegramAccount.commands.is_distinct_from(fingerprint),
        )
        .values(commands=fingerprint)
        .returning(TelegramAccount.id)
        .execution_options(synchronize_session=False)
    ).first()  # fmt: skip
    return MenuOf(_names_for(scene), scene.language) if changed else None
