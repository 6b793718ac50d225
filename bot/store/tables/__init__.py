"""Every table in one place to import from."""

from bot.store.tables.base import Base
from bot.store.tables.journeys import DayCount, DueStep, JournalEntry, JourneyVersion, KitQuestion, Point, StepRun
from bot.store.tables.messages import CohortMessage, MessageCopy, Outbox, ParkedUpdate, SeenUpdate
from bot.store.tables.people import (
    Audit,
    Cohort,
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
from bot.store.tables.safety import Alert, AlertEvent, BotState, CheckIn, Heartbeat, Lease, Relay, SharedPlace

__all__ = [
    "Alert",
    "AlertEvent",
    "Audit",
    "Base",
    "BotState",
    "CheckIn",
    "Cohort",
    "CohortMessage",
    "Consent",
    "Conversation",
    "DayCount",
    "DueStep",
    "Heartbeat",
    "Invite",
    "JournalEntry",
    "JourneyVersion",
    "KitQuestion",
    "Lease",
    "Membership",
    "MessageCopy",
    "Organisation",
    "Outbox",
    "ParkedUpdate",
    "Person",
    "Placement",
    "Point",
    "Project",
    "Relay",
    "SeenUpdate",
    "SharedPlace",
    "StepRun",
    "TelegramAccount",
]
