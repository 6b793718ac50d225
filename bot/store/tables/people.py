"""People, organisations, stays, consent, invites: who is who, and who may what where."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Base, BigId, Key


class Organisation(Base):
    """A sending or host organisation, or an intermediary."""

    __tablename__ = "organisation"
    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    country: Mapped[str | None]
    code: Mapped[str | None] = mapped_column(unique=True)  # how commands name it; the default one has none
    kind: Mapped[str | None]  # sending, host, intermediary or leader (of a consortium)


class Project(Base):
    """A funded project (KA121, KA122, KA2 …) of an organisation; in a consortium, of the one that leads."""

    __tablename__ = "project"
    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    action: Mapped[str | None]  # KA121, KA122, KA2 …
    grant_number: Mapped[str | None]
    accreditation: Mapped[str | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]


def _created(context: DefaultExecutionContext) -> datetime | None:
    """Whatever is to be forgotten is looked for from the start."""
    row: dict[str, Any] = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return row.get("created_at")


class Cohort(Base):
    """A flow of learners who go together; its settings are what `compagnon cohort create` takes."""

    __tablename__ = "cohort"
    id: Mapped[Key]
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    # who sends the learners; empty: whose project it is
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    journey: Mapped[str]
    home_zone: Mapped[str]
    check_in_at: Mapped[str]  # local wall-clock time, HH:MM
    check_in_days: Mapped[str]  # daily, weekdays or mon,thu
    check_in_reason: Mapped[str | None]  # why minors are not asked at weekends
    answer_window: Mapped[int]  # seconds, as the next three
    reminder_after: Mapped[int]
    grace: Mapped[int]
    escalate_after: Mapped[int]
    quiet_hours: Mapped[str]  # 22:00-07:00
    assistance_name: Mapped[str | None]  # of the learners' insurance
    assistance_phone: Mapped[str | None]
    look_at: Mapped[datetime | None]  # when to see next whether it is ready to leave
    walks_at: Mapped[datetime | None]  # stays or roles changed: whoever accompanies is to be seen to
    erase_after: Mapped[int] = mapped_column(default=180 * 86400)  # seconds after a return: then people are erased
    forget_at: Mapped[datetime | None] = mapped_column(default=_created)  # when to look next at whose data are to go
    created_at: Mapped[datetime]
    __table_args__ = (
        Index("ix_cohort_forget", "forget_at", sqlite_where=text("forget_at IS NOT NULL"),
              postgresql_where=text("forget_at IS NOT NULL")),
        Index("ix_cohort_look", "look_at", sqlite_where=text("look_at IS NOT NULL"),
              postgresql_where=text("look_at IS NOT NULL")),
        Index("ix_cohort_walks", "walks_at", sqlite_where=text("walks_at IS NOT NULL"),
              postgresql_where=text("walks_at IS NOT NULL")),
    )  # fmt: skip


class CohortPartner(Base):
    """An organisation that receives learners of a cohort, or arranges it. It gives nobody any right to see them."""

    __tablename__ = "cohort_partner"
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)  # host or intermediary


class Person(Base):
    """A human being. Contact details stay here, so that erasing has one place."""

    __tablename__ = "person"
    id: Mapped[Key]
    first_name: Mapped[str]
    last_name: Mapped[str] = mapped_column(default="")
    language: Mapped[str]
    birth_date: Mapped[date | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    created_at: Mapped[datetime]
    onboarded_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    mood_off_at: Mapped[datetime | None]  # since when the question on the day is switched off
    erasure_told_at: Mapped[datetime | None]  # when they, or their coordinator, read on which day their data go
    plain_at: Mapped[datetime | None]  # since when they want plain mode: short texts, no pictures, no timers


class TelegramAccount(Base):
    """The private chat of a person; revoked when the person moves to another account."""

    __tablename__ = "telegram_account"
    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    chat_id: Mapped[int] = mapped_column(BigId)
    linked_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]  # since when sends fail with 403
    last_active_at: Mapped[datetime | None]
    commands: Mapped[str | None]  # fingerprint of the command list last set for this chat
    __table_args__ = (
        Index("uq_telegram_account_live_chat", "chat_id", unique=True, sqlite_where=text("revoked_at IS NULL"),
              postgresql_where=text("revoked_at IS NULL")),
    )  # fmt: skip


class Conversation(Base):
    """Where a person is: the flow that waits for words, and what it remembers."""

    __tablename__ = "conversation"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    flow: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]


def _first_look(context: DefaultExecutionContext) -> datetime | None:
    """Coordinators have a morning digest from the start."""
    row: dict[str, Any] = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return row.get("created_at") if row.get("role") == "coordinator" else None


class Membership(Base):
    """A role of a person within a scope: a cohort, a project or an organisation."""

    __tablename__ = "membership"
    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]
    code: Mapped[str | None]  # how import files name this referent
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    duty: Mapped[str | None]  # such as mon-fri 07:00-22:00; empty: always
    zone: Mapped[str | None]  # whose clock the duty hours are read by; empty: the cohort's home zone
    works_at: Mapped[str | None]  # the host organisation of a tutor
    host_id: Mapped[int | None] = mapped_column(BigId, index=True)  # whose card on the map a tutor keeps
    host_wanted_id: Mapped[int | None] = mapped_column(BigId)  # the one they say is theirs, until a coordinator agrees
    digest_at: Mapped[str | None]  # HH:MM of the morning digest, or off; empty: the usual hour
    digest_on: Mapped[date | None]  # the last day that was looked at for it
    digest_next: Mapped[datetime | None] = mapped_column(default=_first_look)  # when to look again; empty: never
    away_from: Mapped[datetime | None]
    away_until: Mapped[datetime | None]
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))  # who took over, for lists, too
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("cohort_id", "role", "code"),
        Index("ix_membership_digest", "digest_next", sqlite_where=text("digest_next IS NOT NULL"),
              postgresql_where=text("digest_next IS NOT NULL")),
    )  # fmt: skip


class Placement(Base):
    """One learner's stay. City and dates are empty for a candidate."""

    __tablename__ = "placement"
    id: Mapped[Key]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code: Mapped[str]
    status: Mapped[str | None]  # pupil, apprentice, graduate
    trade: Mapped[str | None]
    fewer_opportunities: Mapped[
        str | None
    ]  # yes or no; kept only while the learner agrees to it (consent of that kind)
    home_city: Mapped[str | None]
    home_country: Mapped[str | None]
    home_zone: Mapped[str]
    host_city: Mapped[str | None]  # a kit id, or the name of any town
    host_country: Mapped[str | None]
    host_zone: Mapped[str | None]
    kit: Mapped[str | None]
    host_organisation: Mapped[str | None]
    host_phone: Mapped[str | None]
    tutor_name: Mapped[str | None]
    tutor_email: Mapped[str | None]
    tutor_id: Mapped[int | None] = mapped_column(BigId, index=True)  # the tutor's membership, where they are in the bot
    accommodation: Mapped[str | None]
    departure_date: Mapped[date | None]
    arrival_date: Mapped[date | None]
    return_date: Mapped[date | None]
    referent_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"), index=True)
    backup_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    local_contact_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("placement.id"))
    travel_group: Mapped[str | None]  # who travels together
    by_phone: Mapped[bool] = mapped_column(default=False)  # no Telegram: a contact person calls instead
    guardian_name: Mapped[str | None]
    guardian_phone: Mapped[str | None]
    guardian_language: Mapped[str | None]
    guardian_email: Mapped[str | None]
    guardian_by_phone: Mapped[bool] = mapped_column(default=False)  # no Telegram: the referent reads messages to them
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # the guardian's own chat
    emergency_contact_name: Mapped[str | None]
    emergency_contact_phone: Mapped[str | None]
    check_in_at: Mapped[str | None]  # the learner's own hour, instead of the cohort's; the next four likewise
    check_in_days: Mapped[str | None]
    answer_window: Mapped[int | None]  # seconds, as the next two
    reminder_after: Mapped[int | None]
    grace: Mapped[int | None]
    check_in_reason: Mapped[str | None]  # why a minor is not asked at weekends
    rhythm: Mapped[str | None]  # how often challenges come: daily, twice (a week), off; empty until chosen
    quiet_kinds: Mapped[str | None]  # kinds of steps that do not come by themselves, with a comma between
    journey_version_id: Mapped[int | None] = mapped_column(ForeignKey("journey_version.id"))
    joined_at: Mapped[datetime | None]  # when the journey began for this learner
    plan_at: Mapped[datetime | None] = mapped_column(index=True)  # when to plan the next hours
    ended_on: Mapped[date | None]  # went home early
    minor_at_arrival: Mapped[bool | None]  # written down when the birth date is erased, for the counts
    vetted_at: Mapped[datetime | None]  # when a coordinator said that this ambassador may be on the map
    asks_a_week: Mapped[int | None]  # questions that this ambassador wants at most; empty: the usual number
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("cohort_id", "code"),
        Index("ix_placement_vetted", "vetted_at", sqlite_where=text("vetted_at IS NOT NULL"),
              postgresql_where=text("vetted_at IS NOT NULL")),
    )  # fmt: skip


class Consent(Base):
    """A yes or no, with the version of the text it answers. Rows are never changed but to withdraw."""

    __tablename__ = "consent"
    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    placement_id: Mapped[int | None] = mapped_column(ForeignKey("placement.id"))
    kind: Mapped[str]  # data (own), guardian, kit_questions
    version: Mapped[str]
    given: Mapped[bool]
    given_by: Mapped[str]  # self, guardian, paper
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Invite(Base):
    """The way in. The token is deleted on use; used, expired and revoked invites stay as a record."""

    __tablename__ = "invite"
    id: Mapped[Key]
    token: Mapped[str | None] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    role: Mapped[str]
    code: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]  # when the mail server took it


class Audit(Base):
    """Append-only: who read or changed what about a person."""

    __tablename__ = "audit"
    id: Mapped[Key]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(BigId)  # empty: the command line
    action: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(BigId, index=True)
    cohort_id: Mapped[int | None] = mapped_column(BigId, index=True)  # of a list of several people
    detail: Mapped[dict[str, Any]]
