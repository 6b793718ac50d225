"""What a tutor changes of their company's card, and what a coordinator says to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class KeepHostFact:
    """One thing on the card of the tutor's own company, shown at once; None empties it."""

    field: str
    value: Any


@dataclass(frozen=True, slots=True)
class WishHostFact:
    """Another name, address, town or website: a coordinator confirms it. None takes all such wishes back."""

    field: str
    value: str | None


@dataclass(frozen=True, slots=True)
class AgreeHost:
    """The company may be on the map, or not any more."""

    yes: bool


@dataclass(frozen=True, slots=True)
class ClaimHost:
    """This card is that of the tutor's company."""

    host_id: int


@dataclass(frozen=True, slots=True)
class AddHost:
    """There is no card yet: a new one, with the name and town that the school has entered."""


@dataclass(frozen=True, slots=True)
class FindHosts:
    """Cards by a part of their name."""

    words: str


@dataclass(frozen=True, slots=True)
class DecideHost:
    """A coordinator's word. `about`: claim (number: the membership), new or change (number: the host); `mark` names
    what was seen, so that nothing is confirmed that was changed since."""

    about: str
    number: int
    mark: str
    yes: bool


@dataclass(frozen=True, slots=True)
class SendTutorPaper:
    """A paper for a tutor, about one of their learners (0: about nobody)."""

    paper: str
    placement_id: int


HostEffect = KeepHostFact | WishHostFact | AgreeHost | ClaimHost | AddHost | FindHosts | DecideHost | SendTutorPaper
