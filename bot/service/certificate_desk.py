"""Certificates from the desk: for people who do not use Telegram, and for training that was done on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.content.versions import current
from bot.errors import BadInput, NotFound
from bot.flows import certificates as talk
from bot.flows.effects import IssueCertificate
from bot.flows.vocabulary import Drawing
from bot.rules.certificates import training
from bot.rules.typed import shown
from bot.service import learners
from bot.service.audit import note
from bot.service.certificates import base_of, earned_by, of_stay, titles_of, write_down
from bot.service.cohorts import find as find_cohort
from bot.service.core import Core
from bot.service.stays import stay_of
from bot.store.tables import Cohort, Membership, Person, Placement, Walk

JOURNEYS = {"safety": "", "host": "host-tutor"}  # whose quizzes count; a learner's journey is their cohort's


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate as it was written down, and the drawing of its PDF. `language`: its holder's."""

    code: str
    kind: str
    name: str
    language: str
    drawing: Drawing


def issue(
    core: Core, kind: str, code: str, cohort: str | None, language: str | None, on_paper: date | None, now: datetime
) -> Issued:  # fmt: skip
    """The certificate of a learner, or for `host` of a tutor. `on_paper`: the day on which they passed the questions of
    every module on paper. Raises NotFound, or BadInput saying what is missing."""
    with core.store.transaction() as session:
        if kind == "host":
            person_id, about, facts = _tutor(core, session, code, cohort, on_paper, now)
        else:
            person_id, about, facts = _learner(core, session, kind, code, cohort, on_paper, now)
        if session.get_one(Person, person_id).erased_at is not None:
            raise BadInput(f"The data of {shown(code)} were erased: there is nobody left to certify.")
        row = write_down(session, kind, person_id, about, facts, now)
        note(session, None, "certificate", person_id, now, kind=kind)
        tongue = core.content.catalogues.closest(language or session.get_one(Person, person_id).language)
        attachment = talk.document(kind, 0, row.code, row.name, row.facts, tongue).attachment
        assert attachment is not None
        assert attachment.drawing is not None
        return Issued(row.code, kind, row.name, tongue, attachment.drawing)


def _learner(
    core: Core, session: Session, kind: str, code: str, cohort: str | None, on_paper: date | None, now: datetime
) -> tuple[int, str, dict[str, Any]]:
    placement = learners.find(session, code, cohort)
    about = f"placement:{placement.id}"
    if kind == "participation":
        return placement.person_id, about, _participation(session, placement, on_paper, now)
    earned = earned_by(core, session, placement.person_id, IssueCertificate(kind, placement.id, 0), now)
    if earned is not None:
        return placement.person_id, *earned
    journey = session.get_one(Cohort, placement.cohort_id).journey
    facts = _trained(core, session, kind, journey, placement.cohort_id, placement.code, on_paper, now)
    return placement.person_id, about, facts


def _participation(session: Session, placement: Placement, on_paper: date | None, now: datetime) -> dict[str, Any]:
    if on_paper is not None:
        raise BadInput("--on-paper is for training: whether somebody took part, the dates of the stay say.")
    stay, facts = stay_of(session, placement.id, now), of_stay(session, placement, 0, now)
    if stay is None or facts is None:
        raise BadInput(f"{placement.code} has no dates yet: a certificate of participation needs a stay.")
    if stay.stage != "after":
        raise BadInput(f"{placement.code} is back after {facts['return_']}: issue the certificate from then on.")
    return facts


def _tutor(
    core: Core, session: Session, code: str, cohort: str | None, on_paper: date | None, now: datetime
) -> tuple[int, str, dict[str, Any]]:
    query = select(Membership).where(
        func.lower(Membership.code) == code.strip().lower(), Membership.role == "host_tutor",
        Membership.ended_at.is_(None), Membership.cohort_id.is_not(None),
    )  # fmt: skip
    if cohort is not None:
        query = query.where(Membership.cohort_id == find_cohort(session, cohort).id)
    found = session.scalars(query.order_by(Membership.id)).all()
    if not found:
        raise NotFound(f"There is no host tutor “{shown(code)}”{f' in {cohort}' if cohort else ''}: check the code.")
    if len(found) > 1:
        raise BadInput(f"“{shown(code)}” is a host tutor of several cohorts: say which with --cohort.")
    tutor = found[0]
    cohort_id = tutor.cohort_id or 0
    walks = session.scalars(
        select(Walk.id).where(Walk.person_id == tutor.person_id, Walk.cohort_id == cohort_id, Walk.role == tutor.role)
    )
    for walk_id in walks:
        earned = earned_by(core, session, tutor.person_id, IssueCertificate("host", 0, walk_id), now)
        if earned is not None:
            return tutor.person_id, *earned
    facts = _trained(core, session, "host", JOURNEYS["host"], cohort_id, tutor.code or "", on_paper, now)
    return tutor.person_id, f"member:{tutor.id}", facts


def _trained(
    core: Core, session: Session, kind: str, journey: str, cohort_id: int, code: str, on_paper: date | None,
    now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """What somebody passed on paper, every module of today's journey."""
    quizzes = training(current(core.content.journey(journey), core.content), kind, set()).quizzes
    if not quizzes:
        raise BadInput(f"The journey {journey} has no such training: nobody can be certified for it.")
    if on_paper is None:
        raise BadInput(
            f"{code} has not passed every module in the bot. Print the questions with `compagnon journey export "
            f"{journey}`; when they were passed on paper, add --on-paper and the day."
        )
    if on_paper > local_date(now, session.get_one(Cohort, cohort_id).home_zone):
        raise BadInput(f"{on_paper} is in the future: give the day on which the questions were passed.")
    modules = titles_of(core.content, quizzes)
    return {**base_of(session, cohort_id, now), "modules": modules, "on_paper": on_paper.isoformat()}
