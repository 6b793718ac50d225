"""What a conversation may change, as plain data. `bot.service.effects` carries each of them out.

Ids come from the scene, never straight from callback data; the use case checks permission again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.flows.alert_effects import (
    Acknowledge as Acknowledge,
    CloseCase as CloseCase,
    Confide as Confide,
    OfferConfiding as OfferConfiding,
    OpenAlert as OpenAlert,
    OpenCase as OpenCase,
    PassOn as PassOn,
    RaiseAlert as RaiseAlert,
    ReadCase as ReadCase,
    Resolve as Resolve,
    Settle as Settle,
    SharePlace as SharePlace,
    TakeBack as TakeBack,
    TakeCase as TakeCase,
)
from bot.flows.asking_effects import AskingEffect as AskingEffect
from bot.flows.host_effects import (
    AddHost as AddHost,
    AgreeHost as AgreeHost,
    ClaimHost as ClaimHost,
    DecideHost as DecideHost,
    FindHosts as FindHosts,
    HostEffect as HostEffect,
    KeepHostFact as KeepHostFact,
    SendTutorPaper as SendTutorPaper,
    WishHostFact as WishHostFact,
)
from bot.flows.message_effects import (
    CallOffMessage as CallOffMessage,
    NarrowMessage as NarrowMessage,
    PlanMessage as PlanMessage,
    SendMessage as SendMessage,
)
from bot.flows.outcome_effects import (
    CloseWeek as CloseWeek,
    CommentGrid as CommentGrid,
    GradeOutcome as GradeOutcome,
    HandInGrid as HandInGrid,
    KeepReviewNote as KeepReviewNote,
    LogOutcome as LogOutcome,
    OutcomeEffect as OutcomeEffect,
    ShowOutcomes as ShowOutcomes,
    ShowReviewNote as ShowReviewNote,
    TellValidated as TellValidated,
    ValidateOutcome as ValidateOutcome,
)
from bot.flows.step_effects import (
    FinishStep as FinishStep,
    IssueCertificate as IssueCertificate,
    KeepAssessment as KeepAssessment,
    KeepEntry as KeepEntry,
    KeepLanguageClaim as KeepLanguageClaim,
    KeepLanguageTest as KeepLanguageTest,
    KeepPortfolio as KeepPortfolio,
    KeepSurvey as KeepSurvey,
    OpenStep as OpenStep,
    ReleaseWaiting as ReleaseWaiting,
    SaveStep as SaveStep,
    ShareEntry as ShareEntry,
    ShareLanguages as ShareLanguages,
    SkipStep as SkipStep,
)
from bot.rules.nearby import Spot
from bot.rules.wishes import Wishes


@dataclass(frozen=True, slots=True)
class AcceptInvite:
    """Link this chat to the invited person and role; the token is deleted."""

    invite_id: int
    role: str = "learner"


@dataclass(frozen=True, slots=True)
class SetLanguage:
    language: str


@dataclass(frozen=True, slots=True)
class GiveConsent:
    """A yes or no to a text version; kind `data`, `guardian` or `kit_questions`."""

    kind: str
    given: bool
    placement_id: int | None = None


@dataclass(frozen=True, slots=True)
class FinishOnboarding:
    """The learner confirmed the stay: the journey begins."""

    placement_id: int


@dataclass(frozen=True, slots=True)
class ReportWrongStay:
    """The learner says city or dates are wrong: tell the referent what they wrote."""

    placement_id: int
    words: str


@dataclass(frozen=True, slots=True)
class SetCheckInHour:
    """The learner's own hour, HH:MM local."""

    placement_id: int
    hour: str


@dataclass(frozen=True, slots=True)
class SetWishes:
    """How often challenges come by themselves (None: as before), and which kinds of steps do not."""

    placement_id: int
    wishes: Wishes


@dataclass(frozen=True, slots=True)
class AnswerCheckIn:
    """fine, need_help or want_to_talk; without `check_in_id` it is today's (maybe before it was asked)."""

    placement_id: int
    answer: str
    check_in_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReportTravel:
    """planned, left, delayed, arrived or still; `expected_at` (aware) comes with planned and delayed."""

    placement_id: int
    travel_id: int
    word: str
    expected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AskPause:
    """No check-in question from the first to the last day; a minor's must be agreed to."""

    placement_id: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class DecidePause:
    """Somebody responsible agrees to a minor's pause, or does not."""

    pause_id: int
    yes: bool


@dataclass(frozen=True, slots=True)
class EndPause:
    """A pause ends early, or a request is taken back; by the learner or by who may decide."""

    pause_id: int


@dataclass(frozen=True, slots=True)
class KeepMood:
    """How the day of a check-in was, from 1 (hard) to 5 (great)."""

    placement_id: int
    check_in_id: int
    value: int


@dataclass(frozen=True, slots=True)
class AskMood:
    """Whether the learner wants to be asked how the day was."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class ShareMoods:
    """Show one's last two weeks, as they stand on `day`, to one contact person, once."""

    placement_id: int
    to_person_id: int
    day: date


@dataclass(frozen=True, slots=True)
class SendRelay:
    """Words between learner and referent through the bot."""

    placement_id: int
    to_person_id: int
    words: str


@dataclass(frozen=True, slots=True)
class KeepKitQuestion:
    """Only with the learner's yes, never for health, harassment or crisis."""

    kit: str | None
    language: str
    question: str


@dataclass(frozen=True, slots=True)
class ExportMe:
    """Everything kept about the person, as a file into the chat."""


@dataclass(frozen=True, slots=True)
class EraseMe:
    """Forget the person; refused while an alert is open."""


@dataclass(frozen=True, slots=True)
class SetPlain:
    """Whether the person wants short texts, no pictures and no timers."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class TellHome:
    """One of the sentences of `bot.flows.home` to the learner's family, now."""

    placement_id: int
    sentence: str


@dataclass(frozen=True, slots=True)
class KeepFeedback:
    """What somebody thinks of a step, for its authors, without their name."""

    journey: str
    step: str
    item: str
    words: str


@dataclass(frozen=True, slots=True)
class UnlinkLearner:
    """The referent says the one who joined is somebody else: the chat is unlinked, the invite re-issued."""

    placement_id: int


@dataclass(frozen=True, slots=True)
class RecordCall:
    """What a contact person heard on the telephone: about a check_in, a travel day, or a message read out."""

    about: str
    number: int
    word: str


@dataclass(frozen=True, slots=True)
class GoAway:
    """Off a cohort's ladders until an instant; the substitute (membership id) is asked first, None: the others do."""

    cohort_id: int
    until: datetime
    substitute_id: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerStandIn:
    """Whether the person stands in, as asked."""

    absence_id: int
    yes: bool


@dataclass(frozen=True, slots=True)
class EndAbsence:
    """Back earlier, or not away after all."""

    cohort_id: int


@dataclass(frozen=True, slots=True)
class NoteMembership:
    """The person blocked or unblocked the bot."""

    member: bool


@dataclass(frozen=True, slots=True)
class MapWish:
    """What somebody wants to see of the map. `spot`: where from, their host city where empty; `trade` is a mark
    (`bot.rules.trades.trade_mark`), `tongue` a language; `what`: list, trade, tongue (to choose one) or card."""

    page: int = 0
    trade: str | None = None
    tongue: str | None = None
    spot: Spot | None = None
    what: str = "list"
    place: str | None = None


@dataclass(frozen=True, slots=True)
class ShowMap:
    """Show what is on the map."""

    wish: MapWish


@dataclass(frozen=True, slots=True)
class SetDigest:
    """When the morning digest comes, HH:MM by the clock of home, or off."""

    hour: str


DutyEffect = GoAway | AnswerStandIn | EndAbsence

Effect = (
    AcceptInvite
    | SetLanguage
    | GiveConsent
    | FinishOnboarding
    | ReportWrongStay
    | SetCheckInHour
    | SetWishes
    | AnswerCheckIn
    | ReportTravel
    | AskPause
    | DecidePause
    | EndPause
    | KeepMood
    | AskMood
    | ShareMoods
    | RaiseAlert
    | TakeBack
    | PassOn
    | SharePlace
    | OpenAlert
    | Acknowledge
    | Resolve
    | Settle
    | OfferConfiding
    | Confide
    | OpenCase
    | ReadCase
    | TakeCase
    | CloseCase
    | OpenStep
    | SaveStep
    | FinishStep
    | SkipStep
    | ReleaseWaiting
    | KeepEntry
    | KeepAssessment
    | KeepLanguageTest
    | KeepLanguageClaim
    | KeepSurvey
    | ShareLanguages
    | KeepPortfolio
    | IssueCertificate
    | ShareEntry
    | SendRelay
    | KeepKitQuestion
    | ExportMe
    | EraseMe
    | SetPlain
    | TellHome
    | KeepFeedback
    | UnlinkLearner
    | RecordCall
    | GoAway
    | AnswerStandIn
    | EndAbsence
    | PlanMessage
    | NarrowMessage
    | ShowMap
    | HostEffect
    | SendMessage
    | CallOffMessage
    | SetDigest
    | NoteMembership
    | OutcomeEffect
    | AskingEffect
)
