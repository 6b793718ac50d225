"""From the desk: the copy of what is kept about somebody, and forgetting them, whatever they are to a cohort."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.errors import BadInput, NotFound
from bot.flows.vocabulary import Drawing
from bot.rules.names import full_name
from bot.rules.typed import shown
from bot.service import erasing, handover, learners, partings, privacy
from bot.service.cohorts import find as find_cohort
from bot.service.core import Core
from bot.service.stays import reader_zones
from bot.store.tables import Membership, Person


@dataclass(frozen=True, slots=True)
class Copy:
    """What is kept as plain data, and as a paper in the language and by the clock of whom it is about."""

    data: dict[str, Any]
    drawing: Drawing
    language: str
    zone: str


@dataclass(frozen=True, slots=True)
class Erased:
    """Who it was, the proof as plain data, and as a paper."""

    name: str
    proof: dict[str, Any]
    drawing: Drawing


def _person(session: Session, code: str, cohort: str | None, *, member: bool) -> Person:
    """A learner by their code; with `member` anybody else of a cohort. Raises NotFound, or BadInput for several."""
    if not member:
        return session.get_one(Person, learners.find(session, code, cohort).person_id)
    home = find_cohort(session, cohort or "")
    role, _, bare = code.strip().rpartition(":")
    rows = session.scalars(select(Membership).where(Membership.cohort_id == home.id, Membership.role != "learner"))
    found = {
        m.person_id: m.role
        for m in rows
        if (m.code or "").casefold() == bare.casefold() and role.replace("-", "_") in ("", m.role)
    }
    if not found:
        raise NotFound(f"Nobody around {home.code} has the code “{shown(code)}”: check the code.")
    if len(found) > 1:
        which = " or ".join(f"{kind.replace('_', '-')}:{bare}" for kind in found.values())
        raise BadInput(f"“{shown(code)}” is the code of several people: write {which}.")
    return session.get_one(Person, next(iter(found)))


def export(core: Core, code: str, cohort: str | None, now: datetime, *, member: bool = False) -> Copy:
    """Everything kept about a person: theirs to have (GDPR, article 15). Raises BadInput once they were erased."""
    with core.store.transaction() as session:
        person = _person(session, code, cohort, member=member)
        zone = reader_zones(session, {person.id}, now).get(person.id, "UTC")
        data = privacy.export(session, person.id, now)
        language = core.content.catalogues.closest(person.language)
        return Copy(data, privacy.drawing_of(core.content, data), language, zone)


def erase(core: Core, code: str, cohort: str | None, now: datetime, *, member: bool = False) -> Erased:
    """Forget somebody and say what was done. Raises BadInput while an alert about them is open, or learners are
    theirs and nobody could take over."""
    with core.store.transaction() as session:
        person = _person(session, code, cohort, member=member)
        name = full_name(person)
        told = partings.of_erased(session, person.id, now)
        if member and handover.before_erasing(core, session, person.id, now) is not None:
            raise BadInput(
                f"{name} looks after learners, and nobody else who has joined could take over: hand them over first "
                "with `compagnon referent end REF --to REF`."
            )
        proof = erasing.erase(core, session, person.id, now, None)
        partings.tell(session, told, now)
    core.store.scrub()
    return Erased(name, proof, erasing.paper(proof))
