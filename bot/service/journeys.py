"""Published versions of journeys: stored once, pinned by who walks them, read back quickly."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content import versions
from bot.content.loader import Library
from bot.content.versions import Script
from bot.service.core import Core
from bot.store.prepared import among, rows
from bot.store.tables import JourneyVersion, Placement
from bot.store.writing import insert_or_ignore

_DIGESTS = select(JourneyVersion.id, JourneyVersion.digest).where(among(JourneyVersion.id, "versions"))
_SCRIPTS: dict[str, Script] = {}  # by digest: a structure never changes once it has its digest


@lru_cache(maxsize=64)
def _pinned(library: Library, journey: str) -> tuple[str, dict[str, Any]]:
    pinned = versions.structure(library.journey(journey), library)
    return versions.digest(pinned), pinned


def publish(core: Core, session: Session, journey: str, now: datetime) -> int:
    """The version of a journey as the content has it now, stored when it is new. Returns its id."""
    digest, pinned = _pinned(core.content, journey)
    known = session.scalar(
        select(JourneyVersion.id).where(JourneyVersion.journey == journey, JourneyVersion.digest == digest)
    )
    if known is not None:
        return known
    words = versions.wording(core.content.journey(journey), core.content)
    row = {"journey": journey, "digest": digest, "structure": pinned, "wording": words, "published_at": now}
    insert_or_ignore(session, JourneyVersion, [row])
    return session.scalars(
        select(JourneyVersion.id).where(JourneyVersion.journey == journey, JourneyVersion.digest == digest)
    ).one()


def script_of(session: Session, version_id: int) -> Script:
    """The steps and items of a pinned version."""
    return scripts_of(session, (version_id,))[version_id]


def scripts_of(session: Session, version_ids: Collection[int]) -> dict[int, Script]:
    """Many pinned versions, in one read when they are known."""
    digests = dict(map(tuple, rows(session, _DIGESTS, versions=set(version_ids))))
    for version_id, digest in digests.items():
        if digest not in _SCRIPTS:
            pinned = session.scalars(select(JourneyVersion.structure).where(JourneyVersion.id == version_id)).one()
            _SCRIPTS[digest] = versions.from_structure(pinned)
    return {version_id: _SCRIPTS[digest] for version_id, digest in digests.items()}


def keep_retired_words(core: Core) -> None:
    """Give the catalogues the words of steps that only pinned versions still use."""
    with core.store.transaction() as session:
        pinned = session.scalars(
            select(JourneyVersion.wording)
            .where(JourneyVersion.id.in_(select(Placement.journey_version_id).distinct()))
            .order_by(JourneyVersion.published_at)
        ).all()
    core.content.catalogues.retired.update(versions.retired(pinned))
