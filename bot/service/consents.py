"""A yes or no to a text, kept as it was given."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.flows.scene import CONSENT_VERSION
from bot.service.audit import note
from bot.store.tables import Consent


def record_consent(
    session: Session,
    person_id: int,
    kind: str,
    given: bool,
    by: str,
    by_person_id: int | None,
    now: datetime,
    placement_id: int | None = None,
    version: str = CONSENT_VERSION,
) -> None:
    """One row per word given; the newest counts."""
    session.add(
        Consent(
            person_id=person_id,
            placement_id=placement_id,
            kind=kind,
            version=version,
            given=given,
            given_by=by,
            by_person_id=by_person_id,
            at=now,
        )
    )
    session.flush()
    note(session, by_person_id, f"consent_{kind}", person_id, now, given=given)
