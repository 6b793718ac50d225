"""Learning outcomes of a stay, read: the list, the learner's log, the tutor's grids, the validation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content.outcomes import Outcomes
from bot.flows.outcome_views import GridView, NoteView, OutcomesView, OutcomeView, Verdict, WeekView
from bot.i18n import Text, verbatim
from bot.rules.outcomes import GENERIC, MOMENTS, list_for
from bot.service.stays import stay_of
from bot.store.tables import (
    Consent,
    Outcome,
    OutcomeGrade,
    OutcomeGrid,
    OutcomeLog,
    OutcomeValidation,
    OutcomeWeek,
    Placement,
    ReviewNote,
)

CONSENT = "outcomes"  # the learner lets the contact person see them


def outcomes_of(
    session: Session, placement_id: int, lists: Mapping[str, Outcomes] | None = None
) -> OutcomesView:  # fmt: skip
    """Everything about a stay's outcomes, whoever asks: callers check what may be seen (`shared`, permissions).

    A stay for which nothing is written down yet has the outcomes of the content's `lists` that fit its trade; none
    where no lists are given.
    """
    rows = _of(session, Outcome, placement_id, Outcome.position)
    found = rows or list(rows_by_trade(session, placement_id, lists or {}))
    grids = {g.moment: g for g in _of(session, OutcomeGrid, placement_id)}
    return OutcomesView(
        placement_id,
        tuple(_views(session, placement_id, found, grids)),
        pinned=bool(rows),
        shared=is_shared(session, placement_id),
        grids={moment: grid_view(grids[moment]) for moment in MOMENTS if moment in grids},
        weeks={
            w.week: WeekView(w.week, w.words, w.file_id)
            for w in _of(session, OutcomeWeek, placement_id, OutcomeWeek.week)
            if w.closed_at is not None
        },
        notes=tuple(
            NoteView(n.side, n.part, n.words, n.file_id, n.shown_at is not None)
            for n in _of(session, ReviewNote, placement_id)
        ),
    )


def _of(session: Session, table: Any, placement_id: int, *order: Any) -> list[Any]:
    query = select(table).where(table.placement_id == placement_id)
    return list(session.scalars(query.order_by(*order, table.id)))


def rows_by_trade(session: Session, placement_id: int, lists: Mapping[str, Outcomes]) -> Iterator[Outcome]:
    """The outcomes that a stay's trade gives it, as rows that are not stored."""
    trade = session.scalar(select(Placement.trade).where(Placement.id == placement_id))
    chosen = lists.get(list_for(trade, {list_id: one.trades for list_id, one in lists.items()})) or lists.get(GENERIC)
    for position, (unit, code) in enumerate(chosen.entries() if chosen is not None else ()):
        yield Outcome(
            placement_id=placement_id, position=position, code=code, source=chosen.id if chosen else None, unit=unit
        )


def words_of(row: Outcome) -> tuple[Text, Text | None]:
    """What an outcome and its unit are called."""
    if row.source is None:
        return verbatim(row.words or ""), verbatim(row.unit) if row.unit else None
    unit = f"outcomes/{row.source}/units/{row.unit}"
    return Text(f"{unit}/outcomes/{row.code}/text"), Text(f"{unit}/title")


def _views(
    session: Session, placement_id: int, found: Iterable[Outcome], grids: Mapping[str, OutcomeGrid]
) -> Iterator[OutcomeView]:  # fmt: skip
    logged: dict[str, dict[int, str | None]] = {}
    for entry in _of(session, OutcomeLog, placement_id, OutcomeLog.week):
        logged.setdefault(entry.code, {})[entry.week] = entry.how
    grades: dict[str, dict[str, int]] = {}
    for grade in _of(session, OutcomeGrade, placement_id):
        if grade.moment in grids:
            grades.setdefault(grade.code, {})[grade.moment] = grade.value
    verdicts = {v.code: v for v in _of(session, OutcomeValidation, placement_id)}
    for row in found:
        words, unit = words_of(row)
        said = verdicts.get(row.code)
        yield OutcomeView(
            row.code, words, unit, logged.get(row.code, {}), grades.get(row.code, {}),
            Verdict(said.verdict, said.note, said.by_name, said.by_role, said.validated_at) if said else None,
        )  # fmt: skip


def grid_view(row: OutcomeGrid) -> GridView:
    """An assessment as people see it."""
    return GridView(row.moment, row.by_name, row.by_role, row.assessed_on, row.channel, row.comment)


def is_shared(session: Session, placement_id: int) -> bool:
    """Whether the learner lets the contact person see the outcomes: the newest word counts."""
    newest = session.scalars(
        select(Consent)
        .where(Consent.placement_id == placement_id, Consent.kind == CONSENT)
        .order_by(Consent.id.desc())
        .limit(1)
    ).first()
    return newest is not None and newest.given and newest.withdrawn_at is None


def visible(session: Session, placement_id: int, now: datetime) -> bool:
    """Whether the contact person may see them now: shared, and the learner's own yes to the journey holds."""
    stay = stay_of(session, placement_id, now)
    return stay is not None and stay.may_travel_on and is_shared(session, placement_id)
