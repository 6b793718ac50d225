"""Alerts, confidences and cases as those who may see them do; the rest of what a flow knows is in `bot.flows.scene`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.i18n import Value
from bot.rules.confiding import Confidant


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert as a referent, or the learner it is about, sees it."""

    id: int
    placement_id: int
    learner: str
    code: str
    cohort: str
    reason: str
    severity: str
    raised_at: datetime
    zone: str
    acknowledged_by: str | None
    acknowledged_by_me: bool
    resolved_at: datetime | None
    outcome: str | None
    about_me: bool = False
    incident: int | None = None  # the incident it belongs to: most of the cohort was silent at once
    person_id: int = 0  # the learner
    confided: bool = False  # for those alone whom the learner chose
    clock: Value = ""  # the place whose clock that of `zone` is
    roll_call: datetime | None = None  # when the roll call was that it is about
    readers: tuple[str, ...] = ()  # of one's own: who was told and has a chat, by name


@dataclass(frozen=True, slots=True)
class ConfideView:
    """Whom a learner could tell, and whom it could be about. `nameable` by what a button calls them: a membership's
    number, host or tutor; hosts and tutors have no chat."""

    placement_id: int
    people: tuple[Confidant, ...]
    nameable: Mapping[str, Confidant]
    leads: tuple[Confidant, ...] = ()
    coordinators: tuple[Confidant, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as somebody who was told of it, or looks after safeguarding there, sees it."""

    id: int
    placement_id: int
    person_id: int
    learner: str
    code: str
    cohort: str
    phone: str | None
    named: str
    named_role: str
    opened_at: datetime
    zone: str
    taken_by: str | None = None
    mine: bool = False
    closed: bool = False
