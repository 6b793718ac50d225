"""Every table in one place to import from."""

from bot.store.tables.asking import Question
from bot.store.tables.base import Base
from bot.store.tables.cases import Case, CaseEvent
from bot.store.tables.channels import Outage, SecondMessage
from bot.store.tables.duty import Absence, Drill
from bot.store.tables.improvements import Improvement
from bot.store.tables.journeys import (
    Certificate,
    DayCount,
    DueStep,
    Feedback,
    JournalEntry,
    JourneyVersion,
    KitQuestion,
    Point,
    Portfolio,
    SelfAssessment,
    StepRun,
    SurveyResponse,
)
from bot.store.tables.languages import LanguageClaim, LanguageResult
from bot.store.tables.messages import CallTask, CohortMessage, MessageCopy, Outbox, ParkedUpdate, SeenUpdate
from bot.store.tables.outcomes import (
    Outcome,
    OutcomeDraft,
    OutcomeGrade,
    OutcomeGrid,
    OutcomeLog,
    OutcomeValidation,
    OutcomeWeek,
    ReviewNote,
)
from bot.store.tables.pauses import Mood, Pause
from bot.store.tables.people import (
    Audit,
    Cohort,
    CohortPartner,
    Consent,
    Conversation,
    Invite,
    Membership,
    Organisation,
    Person,
    Placement,
    Project,
    TelegramAccount,
)
from bot.store.tables.places import Host
from bot.store.tables.safety import Alert, AlertEvent, BotState, CheckIn, Heartbeat, Lease, Relay, SharedPlace
from bot.store.tables.travel import Travel
from bot.store.tables.walks import Walk, WalkStep

__all__ = [
    "Absence",
    "Alert",
    "AlertEvent",
    "Audit",
    "Base",
    "BotState",
    "CallTask",
    "Case",
    "CaseEvent",
    "Certificate",
    "CheckIn",
    "Cohort",
    "CohortMessage",
    "CohortPartner",
    "Consent",
    "Conversation",
    "DayCount",
    "Drill",
    "DueStep",
    "Feedback",
    "Heartbeat",
    "Host",
    "Improvement",
    "Invite",
    "JournalEntry",
    "JourneyVersion",
    "KitQuestion",
    "LanguageClaim",
    "LanguageResult",
    "Lease",
    "Membership",
    "MessageCopy",
    "Mood",
    "Organisation",
    "Outage",
    "Outbox",
    "Outcome",
    "OutcomeDraft",
    "OutcomeGrade",
    "OutcomeGrid",
    "OutcomeLog",
    "OutcomeValidation",
    "OutcomeWeek",
    "ParkedUpdate",
    "Pause",
    "Person",
    "Placement",
    "Point",
    "Portfolio",
    "Project",
    "Question",
    "Relay",
    "ReviewNote",
    "SecondMessage",
    "SeenUpdate",
    "SelfAssessment",
    "SharedPlace",
    "StepRun",
    "SurveyResponse",
    "TelegramAccount",
    "Travel",
    "Walk",
    "WalkStep",
]
