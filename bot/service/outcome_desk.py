"""Learning outcomes from the desk: who stands where, the tutor's form on paper, and what was written on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.errors import BadInput
from bot.flows.outcome_views import OutcomesView
from bot.i18n import Day, Text, Value, say
from bot.papers.grid_form import Form, grid_form
from bot.rules.names import full_name
from bot.rules.outcomes import GRADES, MOMENTS, NOT_SEEN
from bot.rules.typed import parse_choice, parse_day, parse_language, parse_name, shown
from bot.service.audit import note
from bot.service.core import Core
from bot.service.evidence import Signed, hand_in, pin
from bot.service.learners import find
from bot.service.outcomes import outcomes_of, visible
from bot.service.stays import itinerary_of, today_of
from bot.store.tables import Cohort, OutcomeDraft, OutcomeGrid, Person, Placement

UNSEEN = "x"  # how "not seen" is typed


def show(core: Core, code: str, cohort: str | None, now: datetime, language: str = "en") -> dict[str, Any]:
    """The outcomes of a learner with the tutor's grades. The log and the validation only where the learner shows them:
    the desk sees no more than the contact person."""
    with core.store.transaction() as session:
        placement = find(session, code, cohort)
        view = outcomes_of(session, placement.id, core.content.outcomes)
        seen = visible(session, placement.id, now)
        note(session, None, "outcomes_read", placement.person_id, now)
        return {
            "code": placement.code, "shown": seen,
            "outcomes": [
                {
                    "number": number, "code": one.code, "outcome": _plain(core, one.words, language),
                    "unit": _plain(core, one.unit, language) if one.unit else None, "grades": dict(one.grades),
                    "weeks_logged": one.weeks if seen else None, "furthest": one.best if seen else None,
                    "verdict": one.verdict.verdict if seen and one.verdict else None,
                    "validated_by": one.verdict.by_name if seen and one.verdict else None,
                }
                for number, one in enumerate(view.outcomes, 1)
            ],
            "grids": [
                {"moment": g.moment, "by": g.by_name, "on": g.on.isoformat() if g.on else None, "channel": g.channel}
                for g in view.grids.values()
            ],
        }  # fmt: skip


def _plain(core: Core, text: Text, language: str) -> str:
    return core.content.catalogues.plain(text, core.content.catalogues.closest(language), "UTC")


# --- on paper -------------------------------------------------------------------------------------


def form(core: Core, code: str, cohort: str | None, language: str) -> bytes:
    """The tutor's grid as a PDF to fill in by hand. Raises BadInput where there are no outcomes."""
    chosen = parse_language(language)
    with core.store.transaction() as session:
        placement = find(session, code, cohort)
        view = _required(core, session, placement)
        facts = form_of(session, placement, view)
    tag = core.content.catalogues.closest(chosen)
    return grid_form(facts, lambda text: core.content.catalogues.plain(text, tag, "UTC"), tag)


def form_of(session: Session, placement: Placement, view: OutcomesView) -> Form:
    """What stands on the form of a stay."""
    person = session.get_one(Person, placement.person_id)
    return Form(
        learner=full_name(person), code=placement.code, cohort=session.get_one(Cohort, placement.cohort_id).name,
        host=placement.host_organisation or "", tutor=placement.tutor_name or "",
        arrival=_day(placement.arrival_date), back=_day(placement.return_date),
        outcomes=tuple((one.unit, one.words) for one in view.outcomes),
    )  # fmt: skip


def _day(day: date | None) -> Value:
    return say("forms/value", value=Day(day)) if day else "–"


def _required(core: Core, session: Session, placement: Placement) -> OutcomesView:
    view = outcomes_of(session, placement.id, core.content.outcomes)
    if not view.outcomes:
        raise BadInput(f"{placement.code} has no learning outcomes: give them with compagnon cohort outcomes.")
    return view


# --- typed in -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Assessed:
    """What stands on the paper: grades in the form's order, who assessed, on which day, at which moment."""

    grades: Sequence[str]
    by: str
    on: str
    moment: str = "end"
    comment: str | None = None
    replace: bool = False  # one that is there already


def assess(
    core: Core, code: str, cohort: str | None, given: Assessed, now: datetime, *, dry_run: bool = False
) -> dict[str, Any]:  # fmt: skip
    """Type in a tutor's grid from paper; the learner sees it as if it had come by chat. Raises BadInput."""
    moment = parse_choice(given.moment, MOMENTS, "a moment")
    by, on = parse_name(given.by), parse_day(given.on)
    with core.store.transaction() as session:
        placement = find(session, code, cohort)
        view = _required(core, session, placement)
        values = _values(placement.code, view, given.grades)
        _plausible(placement, on, now)
        key = {"placement_id": placement.id, "moment": moment}
        _free(session, placement, key, given)
        told = {
            "code": placement.code, "moment": moment, "by": by, "on": on.isoformat(), "dry_run": dry_run,
            "grades": {one.code: value for one, value in zip(view.outcomes, values, strict=True)},
            "outcomes": [_plain(core, one.words, "en") for one in view.outcomes],
        }  # fmt: skip
        if dry_run:
            return told
        pin(core.content, session, placement.id)
        grades = {one.code: value for one, value in zip(view.outcomes, values, strict=True)}
        hand_in(session, placement, moment, Signed(by, "paper", on), grades, given.comment, now)
    return told


def _free(session: Session, placement: Placement, key: dict[str, Any], given: Assessed) -> None:
    """Nothing that a tutor gave or began is put aside unasked."""
    if given.replace:
        return
    how = "add --replace to put this in its place."
    grid = session.scalars(select(OutcomeGrid).filter_by(**key)).first()
    if grid is not None:
        who = grid.by_name or "the tutor"
        raise BadInput(f"{placement.code} was assessed ({grid.moment}) by {who} on {grid.assessed_on}: {how}")
    draft = session.scalars(select(OutcomeDraft).filter_by(**key)).first()
    if draft is not None:
        who = full_name(session.get_one(Person, draft.by_person_id))
        raise BadInput(f"{who} has begun to assess {placement.code} ({draft.moment}) in the chat: {how}")


def _values(code: str, view: OutcomesView, grades: Sequence[str]) -> list[int]:
    allowed = {str(value): value for value in GRADES} | {UNSEEN: NOT_SEEN, "X": NOT_SEEN}
    wrong = [f"grade {n} is “{shown(grade)}”" for n, grade in enumerate(grades, 1) if grade not in allowed]
    if wrong:
        raise BadInput(f"{', '.join(wrong)}: write 1, 2, 3 or 4, or x for not seen.")
    if len(grades) != len(view.outcomes):
        raise BadInput(f"{code} has {len(view.outcomes)} outcomes, and {len(grades)} grades were given: one for each.")
    return [allowed[grade] for grade in grades]


def _plausible(placement: Placement, on: date, now: datetime) -> None:
    trip = itinerary_of(placement)
    if on > today_of(placement, now):
        raise BadInput(f"{on} is still to come: give the day that stands on the paper.")
    if trip is not None and on < trip.arrival:
        raise BadInput(f"{on} is before the arrival on {trip.arrival}: give the day that stands on the paper.")
