"""A host company as its tutor sees it: its card, who comes when, and what waits for a coordinator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.rules.places import Place


@dataclass(frozen=True, slots=True)
class OwnHost:
    """The card a tutor keeps. `place` is what others see (degrees 0 where nobody knows them: not `placed`); the rest
    stays between tutor and desk. `by_desk`: the desk took it off. `wished`: new values that wait for a coordinator."""

    id: int
    place: Place
    placed: bool = True
    address: str | None = None
    contact_role: str | None = None
    agreed_by: str | None = None
    withdrawn_on: date | None = None
    by_desk: bool = False
    proposed: bool = False
    wished: Mapping[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """shown, or why it is not: desk, off, unasked, proposed, nowhere."""
        if self.withdrawn_on is not None:
            return "desk" if self.by_desk else "off"
        if self.place.agreed_on is None:
            return "unasked"
        if self.proposed:
            return "proposed"
        return "shown" if self.placed else "nowhere"

    def value(self, name: str) -> Any:
        """What the card says in a field now."""
        return getattr(self, name) if name in ("address", "contact_role") else getattr(self.place, name)


@dataclass(frozen=True, slots=True)
class Guest:
    """A learner whom a tutor receives: only what a tutor may know. `stage`: before, during or after."""

    placement_id: int
    first_name: str
    trade: str | None
    arrival: date | None
    return_: date | None
    stage: str


@dataclass(frozen=True, slots=True)
class HostView:
    """`named`: what the school calls the company, with `town` and `country` where it said so; `found`: cards of that
    name; `asked`: the name of a card that a coordinator is to confirm as theirs; `silent`: how many learners have not
    agreed yet; `papers`: which there are, each with the id of its title."""

    host: OwnHost | None = None
    named: str | None = None
    town: str | None = None
    country: str | None = None
    found: tuple[Place, ...] = ()
    asked: str | None = None
    guests: tuple[Guest, ...] = ()
    silent: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """What a coordinator is asked. `about`: claim, new or change; `values`: by field old and new."""

    about: str
    number: int
    mark: str
    tutor: str
    cohort: str
    place: Place
    values: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    alike: tuple[str, ...] = ()
