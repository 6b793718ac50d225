"""What may change about alerts, confidences and cases, as plain data; the rest is in `bot.flows.effects`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RaiseAlert:
    """`reason` as in the contract: asked_for_help, crisis_words, wants_to_talk."""

    placement_id: int
    reason: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TakeBack:
    """The SOS was pressed by mistake: whoever was told hears it, and is asked to call all the same."""

    placement_id: int


@dataclass(frozen=True, slots=True)
class SharePlace:
    """A location in degrees; kept 24 hours, shown in open alerts. One that only `moved` is kept where its beginning
    was: a live location that was shared for something else is none of our business, save while an alert is open."""

    latitude: float
    longitude: float
    moved: bool = False


@dataclass(frozen=True, slots=True)
class PassOn:
    """What the learner wrote, or recorded (`file_id` of a `file_kind`), goes to those who were told of this alert."""

    alert_id: int
    words: str
    file_id: str | None = None
    file_kind: str | None = None


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """Somebody opens an alert from a list: they are shown all that is known."""

    alert_id: int


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """This one, or the `whole` incident it belongs to."""

    alert_id: int
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Resolve:
    """outcome: spoke, phone, via_host or other. This one, or the `whole` incident it belongs to."""

    alert_id: int
    outcome: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Settle:
    """The learner's own word on a resolved alert; `yes=False` reopens it to somebody else."""

    alert_id: int
    yes: bool


@dataclass(frozen=True, slots=True)
class OfferConfiding:
    """Show everybody who could be told, nobody chosen."""

    placement_id: int


@dataclass(frozen=True, slots=True)
class Confide:
    """Tell these memberships, and nobody else, that the learner would like to talk."""

    placement_id: int
    chosen: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OpenCase:
    """It is about somebody around the stay: a membership, or a `role` without one (host, tutor)."""

    placement_id: int
    role: str
    membership_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReadCase:
    """Somebody who was told of a case opens it; the audit keeps that."""

    case_id: int


@dataclass(frozen=True, slots=True)
class TakeCase:
    case_id: int


@dataclass(frozen=True, slots=True)
class CloseCase:
    """outcome: supported, passed_on, changed or other."""

    case_id: int
    outcome: str
