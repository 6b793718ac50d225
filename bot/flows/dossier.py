"""What is known about an alert, for everything that is said about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.flows.call_list import NO_HELP, Help
from bot.flows.scene import Contact, TravelView
from bot.i18n import Moment, Value
from bot.rules.incident import number_of

DANGER = frozenset({"asked_for_help", "crisis_words"})


@dataclass(frozen=True, slots=True)
class SkippedPerson:
    """Somebody passed over on the ladder: why is unlinked, blocked, away, off_duty or unknown."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody was told: when it was queued, when Telegram took it (None: not yet), or whether it refused."""

    name: str
    at: datetime
    delivered_at: datetime | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a person woken at night needs to know. Instants are shown in `zone`, where the learner is."""

    alert_id: int
    learner: str
    code: str
    cohort: str
    reason: str
    severity: str
    raised_at: datetime
    now: datetime
    zone: str
    asked_at: datetime | None = None
    reminded_at: datetime | None = None
    roll_call: datetime | None = None  # when the roll call was that it is about
    last_active_at: datetime | None = None
    city: Value | None = None
    country: str | None = None
    host_organisation: str | None = None
    accommodation: str | None = None
    learner_phone: str | None = None
    contacts: tuple[Contact, ...] = ()
    help: Help = NO_HELP
    lapsed_by: str | None = None  # had taken it, did not answer after hours, and nobody has taken it since
    lapsed_since: datetime | None = None
    handed_over_by: str | None = None  # looks after it no longer; to who takes over alone
    handed_over_taken: bool = False
    clock: Value = ""  # the place whose clock that of `zone` is
    latitude: float | None = None
    longitude: float | None = None
    placed_at: datetime | None = None
    skipped: tuple[SkippedPerson, ...] = ()
    nobody_on_duty: bool = False
    became_red: bool = False
    told: tuple[Told, ...] = ()  # one each, in the order they were told; two may have the same name
    acknowledged_by: str | None = None
    at_home: bool = False
    said: str | None = None  # what the learner answered after the alert
    said_at: datetime | None = None
    taken_back: bool = False
    danger_at: datetime | None = None  # when they last asked for help; the alert may be older
    reopened: bool = False  # it was closed, and the learner said that it is not settled
    closed_by: str | None = None
    travel: TravelView | None = None  # on the way, or not there when they should be
    paused: tuple[date, date] | None = None  # check-ins rest, or rested until yesterday
    confided: bool = False  # for those alone whom the learner chose
    incident: int | None = None  # the number of the incident it belongs to
    also: tuple[str, ...] = ()  # other cohorts in which it was raised at once: their stays touch
    whole: bool = False  # stands for an incident, whose number `alert_id` is
    many: int = 1  # learners that a letter about an incident stands for

    @property
    def number(self) -> str:
        """What people call it."""
        return number_of(self.alert_id) if self.whole else str(self.alert_id)

    def at(self, instant: datetime, style: str = "short") -> Moment:
        return Moment(instant, style, self.zone)
