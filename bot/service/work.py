"""What carrying out the effects of one update shares: who acts, in which transaction, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.errors import NotAllowed
from bot.flows.scene import Scene
from bot.flows.vocabulary import Shown
from bot.rules.permissions import Action, Actor, may
from bot.service.core import Core
from bot.service.stays import subject_of


@dataclass(slots=True)
class Applied:
    """What carrying out brought: a new scene when the person changed, and messages around the flow's own."""

    person_id: int | None = None
    scene: Scene | None = None
    before: list[Shown] = field(default_factory=list)
    after: list[Shown] = field(default_factory=list)
    more: bool = False


@dataclass(slots=True)
class Work:
    """One update on its way through its effects."""

    core: Core
    session: Session
    scene: Scene
    now: datetime
    applied: Applied

    @property
    def me(self) -> int:
        """The person who acts. Raises NotAllowed for a stranger."""
        person_id = self.applied.person_id or self.scene.person_id
        if person_id is None:
            raise NotAllowed("Only people who joined can do this.")
        return person_id

    def may(self, action: Action, placement_id: int, told: frozenset[int] = frozenset()) -> bool:
        """May they do this about that stay?"""
        actor = self.scene.actor or Actor(self.me)
        return may(actor, action, subject_of(self.session, placement_id, told))

    def own_stay(self, placement_id: int) -> bool:
        """Is it a stay of their own?"""
        return any(stay.placement_id == placement_id for stay in self.scene.stays)


Applier = Callable[[Work, Any], None]
