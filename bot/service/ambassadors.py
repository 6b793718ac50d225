"""Former learners who may be asked: who they are now, and how they come and go.

One question decides everywhere, on the map, in a list and before every word: of age by a known birth date, back, with
no other stay and no other role, agreed within a year, vetted by a coordinator, in the chat, and named in no case.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from bot.content.loader import Library
from bot.flows.scene import Stay
from bot.rules.asking import ASK_AGAIN, USUAL_LIMIT, YEAR
from bot.service.stays import STAFF, stays_of_people
from bot.store.tables import Case, Consent, Membership, Person, Placement, TelegramAccount

ON_MAP = "on_map"  # the kind of the consent
WHO = (
    "only who joined the chat and has not blocked it, was born on a known day, stayed in a town with a kit, has no "
    "other stay and no other role, and is named in no open case."
)


@dataclass(frozen=True, slots=True)
class Ambassador:
    """A former learner; `agreed_at` is None for who has not agreed, or not within a year."""

    placement: Placement
    stay: Stay
    agreed_at: datetime | None
    consent_id: int | None = None

    @property
    def name(self) -> str:
        return self.stay.learner.split()[0]

    @property
    def limit(self) -> int:
        return self.placement.asks_a_week or USUAL_LIMIT


def shown(
    session: Session, library: Library, now: datetime, kits: Collection[str] | None = None, number: int | None = None
) -> list[Ambassador]:
    """Those who are on the map, of all kits or of these; or the one of a placement, if they are."""
    vetted = select(Placement).where(Placement.vetted_at.is_not(None))
    if kits is not None:
        vetted = vetted.where(Placement.kit.in_(kits))
    if number is not None:
        vetted = vetted.where(Placement.id == number)
    # Who was named in a case is hidden, and stays so until somebody vets them anew after it was closed.
    named = exists().where(
        Case.named_id == Placement.person_id, or_(Case.closed_at.is_(None), Case.closed_at >= Placement.vetted_at)
    )
    found = session.scalars(vetted.where(~named).order_by(Placement.id)).all()
    return [one for one in _fitting(session, library, found, now) if one.agreed_at is not None]


def possible(session: Session, library: Library, placement: Placement, now: datetime) -> Ambassador | None:
    """The former learner of a stay, if they could be one, agreed and vetted or not."""
    if session.scalar(
        select(Case.id).where(Case.named_id == placement.person_id, Case.closed_at.is_(None)).limit(1)
    ):  # fmt: skip
        return None
    return next(iter(_fitting(session, library, [placement], now)), None)


def _fitting(session: Session, library: Library, found: Sequence[Placement], now: datetime) -> list[Ambassador]:
    if not found:
        return []
    people = _able(session, {placement.person_id for placement in found})
    stays = stays_of_people(session, people, now)
    agreed = _agreed(session, people)
    fitting = []
    for placement in found:
        theirs = stays.get(placement.person_id, ())
        stay = next((s for s in theirs if s.placement_id == placement.id), None)
        # Town level only: where there is no kit there is no town of ours to round to.
        if stay is None or placement.kit not in library.kits or any(s.stage != "after" for s in theirs):
            continue
        if stay.birth_date is None or stay.minor or placement.status == STAFF:
            continue
        consent = agreed.get(placement.person_id)
        valid = consent is not None and consent.given and now - consent.at < YEAR
        fitting.append(
            Ambassador(placement, stay, consent.at if consent and valid else None, consent.id if consent else None)
        )
    return fitting


def _able(session: Session, people: Collection[int]) -> set[int]:
    """Those of them who are in the chat and hold no role but a learner's."""
    other = exists().where(
        Membership.person_id == Person.id, Membership.role != "learner", Membership.ended_at.is_(None)
    )
    reached = exists().where(
        TelegramAccount.person_id == Person.id, TelegramAccount.revoked_at.is_(None),
        TelegramAccount.blocked_at.is_(None),
    )  # fmt: skip
    query = select(Person.id).where(Person.id.in_(people), Person.erased_at.is_(None), ~other, reached)
    return set(session.scalars(query))


def _agreed(session: Session, people: Collection[int]) -> dict[int, Consent]:
    """The newest word of each about being on the map."""
    words = select(Consent).where(Consent.person_id.in_(people), Consent.kind == ON_MAP).order_by(Consent.id)
    return {word.person_id: word for word in session.scalars(words) if word.withdrawn_at is None}


def agreed_until(session: Session, people: Collection[int]) -> dict[int, datetime]:
    """Until when those of them who agreed keep their place, and with it what is known of them."""
    return {person: word.at + YEAR for person, word in _agreed(session, people).items() if word.given}


def is_to_be_asked_again(one: Ambassador, now: datetime) -> bool:
    """Will their yes lapse within a month?"""
    return one.agreed_at is not None and now - one.agreed_at >= YEAR - ASK_AGAIN
