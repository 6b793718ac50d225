"""Surveys of satisfaction: kept without a name, counted for the report."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.content.items import Survey
from bot.content.loader import Library
from bot.flows import effects as fx
from bot.flows.walks import parse
from bot.i18n import SOURCE_LANGUAGE, Text
from bot.rules.survey import Response, batch_of, figures, remarks, shown
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.stays import itinerary_of
from bot.store.tables import Cohort, Placement, StepRun, SurveyResponse, Walk, WalkStep

OPEN = timedelta(days=45)  # after the last return of a cohort: longer than any survey of a journey waits


def keep(session: Session, person_id: int, effect: fx.KeepSurvey) -> None:
    """One response of a step of this person that is not finished; of any other step: nothing."""
    found = _of_walk(session, person_id, effect) if parse(effect.step) else _of_stay(session, person_id, effect)
    if found is None:
        return
    add(session, *found, effect.item, [Response(0, dict(effect.answers), effect.remark)])


def add(
    session: Session, cohort_id: int, role: str, survey: str, given: Sequence[Response],
    numbers: Sequence[str] | None = None,
) -> None:  # fmt: skip
    """Keep responses of people of one role; whatever batch they name, they come after those that are there. `numbers`:
    their keys, where papers carry them."""
    before = kept_of(session, cohort_id, survey)
    for n, one in enumerate(given):
        session.add(SurveyResponse(
            number=numbers[n] if numbers else secrets.token_hex(8), cohort_id=cohort_id, survey=survey, role=role,
            batch=batch_of(before + n), answers=dict(one.answers), remark=one.remark,
        ))  # fmt: skip
    session.flush()
    for batch in range(batch_of(before), batch_of(before + len(given))):
        _mix(session, _of(cohort_id, survey) & (SurveyResponse.batch == batch))


def kept_of(session: Session, cohort_id: int, survey: str) -> int:
    """How many responses to a survey are kept for a cohort."""
    return session.scalar(select(func.count()).where(_of(cohort_id, survey))) or 0


def _of(cohort_id: int, survey: str) -> ColumnElement[bool]:
    return (SurveyResponse.cohort_id == cohort_id) & (SurveyResponse.survey == survey)


def _mix(session: Session, of_batch: ColumnElement[bool]) -> None:
    """Write the five anew in the order of their keys: the database lays rows down as they come, and whoever knows who
    finished when could count."""
    session.expire_all()
    columns = tuple(SurveyResponse.__table__.columns)
    rows = [dict(row) for row in session.execute(select(*columns).where(of_batch)).mappings()]
    session.execute(delete(SurveyResponse).where(of_batch), execution_options={"synchronize_session": "fetch"})
    session.execute(insert(SurveyResponse), sorted(rows, key=lambda row: str(row["number"])))


def _of_stay(session: Session, person_id: int, effect: fx.KeepSurvey) -> tuple[int, str] | None:
    placement = session.get(Placement, effect.placement_id)
    if placement is None or placement.person_id != person_id:
        return None
    mine = (StepRun.placement_id == placement.id) & (StepRun.step == effect.step)
    done = session.scalar(select(StepRun.id).where(mine, StepRun.state == "done"))
    return (placement.cohort_id, "learner") if done is None else None


def _of_walk(session: Session, person_id: int, effect: fx.KeepSurvey) -> tuple[int, str] | None:
    walk_id, step = parse(effect.step) or (0, "")
    walk = session.get(Walk, walk_id)
    if walk is None or walk.person_id != person_id:
        return None
    mine = (WalkStep.walk_id == walk_id) & (WalkStep.step == step)
    waiting = session.scalar(select(WalkStep.id).where(mine, WalkStep.state != "done"))
    return (walk.cohort_id, walk.role) if waiting is not None else None


# --- the report -----------------------------------------------------------------------------------


def of_cohort(core: Core, code: str, now: datetime) -> dict[str, Any]:
    """Figures by survey. `answered` counts those who are in them: None where they would be fewer than five. Means go
    from 1 to 5, shares from 0 to 1. Raises NotFound."""
    with core.store.transaction() as session:
        cohort = find(session, code)
        closes = _closing(session, cohort)
        closed = closes is not None and local_date(now, cohort.home_zone) > closes
        return {
            "cohort": cohort.code, "name": cohort.name, "at": now.isoformat(), "closed": closed,
            "closes_on": closes.isoformat() if closes else None, "surveys": of_cohorts(core, session, [cohort]),
        }  # fmt: skip


def of_cohorts(core: Core, session: Session, cohorts: Sequence[Cohort]) -> list[dict[str, Any]]:
    """The same figures over one or more cohorts, in the caller's transaction. Of several each counts as far as a report
    of its own would show it, so that the two never differ by few."""
    rows = session.scalars(
        select(SurveyResponse)
        .where(SurveyResponse.cohort_id.in_([one.id for one in cohorts]))
        .order_by(SurveyResponse.number)
    ).all()
    by_survey: dict[str, dict[int, list[Response]]] = {}
    for row in rows:
        of_one = by_survey.setdefault(row.survey, {}).setdefault(row.cohort_id, [])
        of_one.append(Response(row.batch, row.answers, row.remark))
    surveys = {item_id: item for (kind, item_id), item in core.content.items.items() if kind == "survey"}
    return [
        _survey(core.content, item, [shown(responses) for responses in by_survey[name].values()])
        for name, item in surveys.items()
        if name in by_survey and isinstance(item, Survey)
    ]


def _closing(session: Session, cohort: Cohort) -> Any:
    stays = session.scalars(select(Placement).where(Placement.cohort_id == cohort.id))
    returns = [trip.return_ for stay in stays if (trip := itinerary_of(stay)) is not None]
    return max(returns) + OPEN if returns else None


def _survey(library: Library, item: Survey, counted: Sequence[Sequence[Response]]) -> dict[str, Any]:
    def words(field: str) -> str:
        return library.catalogues.plain(Text(f"{item.path}/{field}"), SOURCE_LANGUAGE, "UTC")

    everybody = [one for of_one in counted for one in of_one]
    return {
        "survey": item.id, "title": words("title"), "answered": len(everybody) or None,
        "questions": [
            {"id": one.id, "theme": one.theme, "text": words(f"questions/{one.id}/text"), **_figures(counted, one.id)}
            for one in item.questions
        ],
        "remarks": remarks(everybody),
    }  # fmt: skip


def _figures(counted: Sequence[Sequence[Response]], question: str) -> dict[str, Any]:
    there = [one for of_one in counted if figures(of_one, question) is not None for one in of_one]
    found = figures(there, question)
    if found is None:
        return {"answers": None, "mean": None, "content": None, "spread": None}
    return {
        "answers": found.answers, "mean": found.mean, "content": found.content, "spread": list(found.spread),
    }  # fmt: skip
