"""What `/message` may change or want shown, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PlanMessage:
    """Show what a message to a cohort would be: `to` an audience, `stage` before, during or after the stay (or all),
    `file` a Telegram file of that `kind` (photo or document). `versions`: words by language. Narrowed by `near`, a
    stay in the city that is meant, and `member`, one membership. `reads`: the language to show it in."""

    cohort_id: int
    words: str
    to: str
    stage: str | None = None
    kind: str | None = None
    file: str | None = None
    name: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    near: int | None = None
    member: int | None = None
    reads: str | None = None
    ask: bool = False  # first for the languages without a version, where people read several


@dataclass(frozen=True, slots=True)
class NarrowMessage:
    """Show what the choice can be narrowed to: `by` city or member, a page of it (from 0)."""

    plan: PlanMessage
    by: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class SendMessage:
    """The same, confirmed. `when`: now, morning (the next one of each reader), or urgent (now, at night, too)."""

    plan: PlanMessage
    when: str


@dataclass(frozen=True, slots=True)
class CallOffMessage:
    """What is not out yet stays."""

    message_id: int
