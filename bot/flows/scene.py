"""What a flow knows about the person at hand: a snapshot, loaded before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from bot.clock import Itinerary
from bot.content.loader import Library
from bot.content.schema import Journey
from bot.content.versions import Script
from bot.flows.asking_views import AskingView
from bot.flows.host_views import HostView
from bot.flows.language_views import LanguagesView
from bot.flows.outcome_views import Examined, OutcomesView, Tutored
from bot.flows.readiness_screens import Gap
from bot.flows.safety_views import AlertView as AlertView, CaseView as CaseView, ConfideView as ConfideView
from bot.flows.vocabulary import IDLE, Conversation
from bot.i18n import Value
from bot.rules import pause as pause_rules
from bot.rules.certificates import Training
from bot.rules.kit_search import KitSearch
from bot.rules.permissions import Action, Actor, reaches_others
from bot.rules.travel_days import unsaid
from bot.rules.wishes import Wishes

CONSENT_VERSION = "2026-11"
DESK_ROLES = frozenset({"referent", "backup", "coordinator", "local_contact", "accompanying", "safeguarding"})


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody a learner or referent may reach. `person_id` is None for people outside the bot."""

    name: str
    role: str  # referent, backup, local_contact, accompanying, host, tutor, guardian, partner, emergency_contact,
    #            assistance (of the insurance); among those who are told also coordinator, safeguarding
    phone: str | None = None
    person_id: int | None = None
    linked: bool = False
    blocked: bool = False  # has a chat, and the bot is blocked there: nothing arrives
    alerted: bool = True  # hears of alerts, too: not who has a case and stands in for nobody


@dataclass(frozen=True, slots=True)
class CheckInView:
    """Today's check-in, or the newest one that still waits for an answer."""

    id: int
    day: date
    state: str
    due_at: datetime
    answer: str | None


@dataclass(frozen=True, slots=True)
class TravelView:
    """A journey there (`out`) or back that is under way, about to begin or just over; hours by the clock of `zone`."""

    id: int
    placement_id: int
    direction: str
    state: str
    arrives_on: date
    zone: str
    start: Value  # town or country
    to: Value
    expected_at: datetime
    first_expected_at: datetime
    said: str | None = None
    said_at: datetime | None = None
    left_at: datetime | None = None
    arrived_at: datetime | None = None

    @property
    def assumed(self) -> bool:
        """Did nobody say an hour, so that the usual one is expected? No button offers that one."""
        return self.expected_at == self.first_expected_at and unsaid(self.first_expected_at, self.zone)


@dataclass(frozen=True, slots=True)
class Stay:
    """A placement as its learner, or a referent, sees it. Candidates have no itinerary."""

    placement_id: int
    code: str
    cohort_id: int
    cohort: str
    journey: str
    person_id: int
    learner: str  # full name
    itinerary: Itinerary | None
    zone: str
    stage: str  # before, during, after
    home_country: str | None
    host_country: str | None
    host_city: str | None
    kit: str | None
    host_organisation: str | None
    accommodation: str | None
    check_in_at: str
    minor: bool
    birth_date: date | None = None
    status: str | None = None
    trade: str | None = None
    consented: bool = False  # the learner said yes
    refused: bool = False  # the learner said no
    guardian_consented: bool = False
    kit_questions: bool = False  # agreed that unanswered kit questions are kept
    ambassador: bool = False  # agreed to be asked by those who go next
    joined_at: datetime | None = None
    version_id: int | None = None
    ended: bool = False
    going_on: bool = False  # from the day of departure through that of the return
    arrived_at: datetime | None = None  # when they said that they are there
    by_phone: bool = False  # has no Telegram: a contact person calls
    sought: bool = False  # people look for them, and what they write goes to those (`bot.rules.alert.takes_words`)

    @property
    def may_travel_on(self) -> bool:
        """May the journey (points, journal, quizzes) run? Minors need the guardian's yes as well."""
        return self.consented and (self.guardian_consented or not self.minor)


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of the pinned journey with what the learner made of it."""

    id: str
    kind: str
    state: str  # offered, open, done, skipped, missed; "" when not yet due
    data: Mapping[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class WalkView:
    """A journey of somebody who accompanies, as its walker sees it: its script and steps carry the walk's number."""

    id: int
    role: str
    journey: str
    cohort: str
    learner: str  # first name, where it goes beside one stay
    stay: Stay  # what steps need to know of their walker
    script: Script
    steps: tuple[StepView, ...]


@dataclass(frozen=True, slots=True)
class InviteView:
    """The invite that a /start token names. status: ok, unknown, expired, own (this very person used it)."""

    status: str
    invite_id: int = 0
    role: str = ""
    first_name: str = ""
    cohort: str = ""
    language: str = ""
    placement_id: int | None = None  # the stay that a traveller is invited to


@dataclass(frozen=True, slots=True)
class PauseView:
    """A pause of a learner's check-ins as its learner, or who decides on it, sees it. `zone`: where the learner is."""

    id: int
    placement_id: int
    learner: str
    code: str
    terms: pause_rules.Pause
    zone: str
    decided_by: str | None = None

    @property
    def span(self) -> tuple[date, date]:
        """First and last day without a question."""
        return self.terms.first, max(self.terms.first, self.terms.ends)


@dataclass(frozen=True, slots=True)
class Quiet:
    """What a learner needs to see to ask for a pause, and the pause there is."""

    asker: pause_rules.Asker
    deciders: tuple[str, ...]  # names of who would be asked, or told
    current: PauseView | None = None


@dataclass(frozen=True, slots=True)
class MoodView:
    """How a learner found the last days, from 1 (hard) to 5 (great), and whether they want to be asked."""

    asked: bool
    days: Mapping[date, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DutyView:
    """A cohort on whose ladders the person stands: an absence (or one that a substitute is asked for), who could stand
    in (membership id and name), and for whom they stand in themselves, until when."""

    cohort_id: int
    cohort: str
    zone: str
    until: datetime | None = None
    substitute: str | None = None
    asked: bool = False  # the substitute has not answered yet
    alone: tuple[datetime, datetime] | None = None  # the first stretch of the absence in which nobody is on duty
    candidates: tuple[tuple[int, str], ...] = ()
    standing_in: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class CohortView:
    """A cohort as who runs it, or travels with it, finds it in a list. `zone` is that of home; `may_write`: to all."""

    id: int
    code: str
    name: str
    zone: str
    may_write: bool


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at this person's data on a day: role, name where it is one of their own, and kind."""

    day: date
    who: str
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class CohortState:
    """How a cohort stands; people by name. `stages` counts candidates, before, during and after; `answered` and
    `unanswered` are of today, each by their own clock; `absent` have not joined and are away or leave within two weeks,
    `waiting` have not agreed yet, or their guardian; `gaps`: why it is not ready; `unguarded`: minors travel, and
    nobody for safeguarding is reached."""

    cohort: CohortView
    stages: Mapping[str, int]
    joined: int
    answered: int
    unanswered: tuple[str, ...]
    unreachable: tuple[str, ...]
    absent: tuple[str, ...]
    waiting: tuple[str, ...]
    gaps: tuple[Gap, ...]
    unguarded: bool


@dataclass(frozen=True, slots=True)
class SentView:
    """A cohort message that was sent or planned: `counts` by what became of its copies."""

    id: int
    cohort: str
    counts: Mapping[str, int]
    cancelled: bool


@dataclass(frozen=True, slots=True)
class LearnerView:
    """One of a referent's learners, in a list."""

    placement_id: int
    person_id: int
    name: str
    code: str
    cohort: str
    city: Value | None
    stage: str
    linked: bool
    last_answer: str | None  # of the newest check-in
    last_day: date | None
    open_alerts: int
    pause: PauseView | None = None  # asked for, ahead or holding
    travel: TravelView | None = None
    phone: str | None = None  # where the viewer may see how to reach them
    training: Training | None = None  # the safety training of who has not come back


@dataclass(frozen=True, slots=True)
class ProgressView:
    """Points and steps done, in all and per key competence. `things`: how many were done for each competence; `team`:
    the points of all who travel in the cohort, where there are enough of them to hide whose they are."""

    points: int
    done: int
    total: int
    competences: Mapping[str, int]
    things: Mapping[str, int] = field(default_factory=dict)
    team: int | None = None


@dataclass(frozen=True, slots=True)
class SkillsView:
    """How a learner sees themselves: by phase (before, after) the answers, 1 to 4, by statement."""

    phases: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaperView:
    """A certificate that was given out."""

    kind: str
    code: str
    day: date
    issuer: str


@dataclass(frozen=True, slots=True)
class PortfolioView:
    """What only a portfolio shows together. `choices`: by item the fingerprint of what it showed when it was put in;
    empty where it was taken out. `school`: the sending organisation."""

    choices: Mapping[str, str] = field(default_factory=dict)
    school: str = ""
    certificates: tuple[PaperView, ...] = ()
    outcomes: OutcomesView | None = None
    languages: LanguagesView | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a flow may look at. Fields below `conversation` are loaded only when its NEEDS name them."""

    now: datetime
    content: Library
    search: KitSearch
    chat_id: int
    language: str
    zone: str
    person_id: int | None = None
    name: str = ""
    roles: frozenset[str] = frozenset()
    actor: Actor | None = None
    onboarded: bool = False
    plain: bool = False  # wants short texts, no pictures, no timers
    conversation: Conversation = IDLE
    stays: tuple[Stay, ...] = ()  # as a learner, the one that matters now first
    invite: InviteView | None = None  # loaded for /start with a token
    contacts: tuple[Contact, ...] = ()  # needs "contacts": of the first stay
    check_in: CheckInView | None = None  # needs "check_in"
    travel: TravelView | None = None  # needs "travel": the journey of these days
    script: Script | None = None  # needs "steps": the pinned version of the journey with its items
    steps: tuple[StepView, ...] = ()  # needs "steps"
    progress: ProgressView | None = None  # needs "progress"
    alerts: tuple[AlertView, ...] = ()  # needs "alerts": open ones this person may see
    alert: AlertView | None = None  # needs "alert": the one that the tapped button names; "own_alert": that about them
    learners: tuple[LearnerView, ...] = ()  # needs "learners"
    others: tuple[Stay, ...] = ()  # needs "learners": their stays
    relay_to: Contact | None = None  # needs "relay": who the person is writing to
    duties: tuple[DutyView, ...] = ()  # needs "duties"
    quiet: Quiet | None = None  # needs "quiet": of the first stay
    pause: PauseView | None = None  # needs "pause": the one that the tapped button names, if it is theirs to touch
    moods: MoodView | None = None  # needs "moods": of the first stay
    kit_questions: bool = False  # agreed that unanswered kit questions are kept
    walks: tuple[WalkView, ...] = ()  # needs "walks"
    wishes: Wishes | None = None  # needs "wishes": of the first stay
    family: tuple[Contact, ...] = ()  # needs "family": whose chat is beside the first stay
    languages: LanguagesView | None = None  # needs "languages": of the first stay
    skills: SkillsView | None = None  # needs "skills": of the first stay
    portfolio: PortfolioView | None = None  # needs "portfolio": of the first stay
    outcomes: OutcomesView | None = None  # needs "outcomes": of the first stay
    tutored: tuple[Tutored, ...] = ()  # needs "tutored": as a tutor at work
    host: HostView | None = None  # needs "host": as a tutor at work
    examined: Examined | None = None  # needs "examined": the learner whom the button or the conversation names
    confide: ConfideView | None = None  # needs "confide": of the first stay
    case: CaseView | None = None  # needs "case": the one that the tapped button names, if this person may see it
    cases: tuple[CaseView, ...] = ()  # needs "cases": open ones this person may see
    cohorts: tuple[CohortView, ...] = ()  # needs "cohorts": those this person may look at, the newest first
    cohort: CohortState | None = None  # needs "cohort": the one that the tapped button names, or the only one
    message: SentView | None = None  # needs "message": the one that the tapped button names, if they may send there
    looks: tuple[Look, ...] = ()  # needs "looks", and the button for them: who looked at their data, newest first
    asking: AskingView | None = None  # needs "asking": what the tapped button or the conversation names
    digest_at: time | None = None  # needs "digest": the hour of the morning digest; None: none

    @property
    def stay(self) -> Stay | None:
        """The stay that matters now."""
        return self.stays[0] if self.stays else None

    @property
    def journey(self) -> Journey | None:
        """The journey this learner walks, in the version that was pinned."""
        return self.script.journey if self.script else None

    @property
    def is_learner(self) -> bool:
        return bool(self.stays)

    @property
    def sees_cohorts(self) -> bool:
        """Are there cohorts to look at as a whole?"""
        return self.actor is not None and reaches_others(self.actor, Action.SEE_COHORT)

    @property
    def writes_to_cohorts(self) -> bool:
        """May they send messages to a whole cohort?"""
        return self.actor is not None and reaches_others(self.actor, Action.SEND_COHORT_MESSAGE)

    @property
    def is_tutor(self) -> bool:
        return "host_tutor" in self.roles

    @property
    def is_referent(self) -> bool:
        return bool(self.roles & DESK_ROLES)
