"""What people do about learning outcomes, carried out: logged, assessed, validated, shown.

Every word on somebody else's work goes through the permission mechanism and into the trail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.content.loader import Library
from bot.flows import effects as fx, outcome_screens as screens
from bot.flows.vocabulary import Attachment, Screen
from bot.i18n import verbatim
from bot.rules.names import full_name
from bot.rules.outcomes import GRADES, HOWS, MOMENTS, NOT_SEEN, PARTS, SIDES, VERDICTS, weeks_of
from bot.rules.permissions import Action, Role
from bot.service import contacts, drafts, notices
from bot.service.audit import note
from bot.service.consents import record_consent
from bot.service.contacts import name_of
from bot.service.outcomes import CONSENT, is_shared, rows_by_trade, visible
from bot.service.stays import today_of
from bot.service.work import Applier, Work
from bot.store.tables import (
    Membership,
    Outcome,
    OutcomeDraft,
    OutcomeGrade,
    OutcomeGrid,
    OutcomeLog,
    OutcomeValidation,
    OutcomeWeek,
    Person,
    Placement,
    ReviewNote,
)
from bot.store.writing import insert_or_ignore, upsert


def pin(content: Library, session: Session, placement_id: int) -> frozenset[str]:
    """Write a stay's outcomes down where that was not done yet: whatever is said about them stays about the same words.
    Returns their codes."""
    known = select(Outcome.code).where(Outcome.placement_id == placement_id)
    codes = frozenset(session.scalars(known))
    if codes:
        return codes
    insert_or_ignore(session, Outcome, [
        {"placement_id": placement_id, "position": row.position, "code": row.code, "source": row.source,
         "unit": row.unit, "words": None}
        for row in rows_by_trade(session, placement_id, content.outcomes)
    ])  # fmt: skip
    return frozenset(session.scalars(known))


# --- the learner's log ----------------------------------------------------------------------------


def _log(work: Work, effect: fx.LogOutcome) -> None:
    week = _week(work, effect.placement_id, effect.week)
    if week is None or (effect.how is not None and effect.how not in HOWS):
        return
    if effect.code not in pin(work.core.content, work.session, effect.placement_id):
        return
    key = {"placement_id": effect.placement_id, "week": week, "code": effect.code}
    if not effect.worked:
        work.session.execute(delete(OutcomeLog).filter_by(**key))
        return
    upsert(work.session, OutcomeLog, key, {"how": effect.how, "logged_at": work.now})


def _close_week(work: Work, effect: fx.CloseWeek) -> None:
    week = _week(work, effect.placement_id, effect.week)
    if week is None:
        return
    said = {"words": effect.words, "file_id": effect.file_id}
    said = {name: value for name, value in said.items() if value}  # what there is besides stays
    key = {"placement_id": effect.placement_id, "week": week}
    upsert(work.session, OutcomeWeek, key, {"closed_at": work.now, **said})


def _week(work: Work, placement_id: int, week: int) -> int | None:
    """A week that this learner's own stay has."""
    stay = next((one for one in work.scene.stays if one.placement_id == placement_id), None)
    if stay is None or not stay.may_travel_on or stay.itinerary is None:
        return None
    return week if 1 <= week <= weeks_of(stay.itinerary.arrival, stay.itinerary.return_) else None


def _show(work: Work, effect: fx.ShowOutcomes) -> None:
    if not work.own_stay(effect.placement_id):
        return
    placement = work.session.get_one(Placement, effect.placement_id)
    before = is_shared(work.session, placement.id)
    if before == effect.given:
        return
    record_consent(work.session, work.me, CONSENT, effect.given, "self", work.me, work.now, placement.id)
    to = contacts.contact_person(work.session, placement)
    if effect.given and to is not None:
        shown = screens.may_be_validated(name_of(work.session, placement.person_id), placement.id)
        notices.notify(work.session, to, shown, now=work.now, key=f"outcomes:{placement.id}:{work.now:%Y%m%d}")
        work.applied.more = True


# --- the tutor's grid -----------------------------------------------------------------------------


def _grade(work: Work, effect: fx.GradeOutcome) -> None:
    if effect.moment not in MOMENTS or effect.value not in (NOT_SEEN, *GRADES):
        return
    if not work.may(Action.ASSESS_OUTCOMES, effect.placement_id):
        return
    if effect.code not in pin(work.core.content, work.session, effect.placement_id):
        return
    draft = _draft(work, effect.placement_id, effect.moment)
    draft.grades = {**draft.grades, effect.code: effect.value}


def _draft(work: Work, placement_id: int, moment: str) -> OutcomeDraft:
    """What is being filled in, by who fills it in now; a change begins with what was handed in, on paper, too."""
    key = {"placement_id": placement_id, "moment": moment}
    grades = work.session.scalars(select(OutcomeGrade).filter_by(**key))
    grid = _grid(work.session, placement_id, moment)
    insert_or_ignore(work.session, OutcomeDraft, [
        {**key, "by_person_id": work.me, "grades": {one.code: one.value for one in grades},
         "comment": grid.comment if grid is not None else None, "begun_at": work.now}
    ])  # fmt: skip
    draft = work.session.scalars(select(OutcomeDraft).filter_by(**key)).one()
    draft.by_person_id = work.me
    return draft


def _comment(work: Work, effect: fx.CommentGrid) -> None:
    if effect.moment in MOMENTS and work.may(Action.ASSESS_OUTCOMES, effect.placement_id):
        _draft(work, effect.placement_id, effect.moment).comment = effect.words


def _grid(session: Session, placement_id: int, moment: str) -> OutcomeGrid | None:
    return session.scalars(
        select(OutcomeGrid).where(OutcomeGrid.placement_id == placement_id, OutcomeGrid.moment == moment)
    ).first()


def _hand_in(work: Work, effect: fx.HandInGrid) -> None:
    if effect.moment not in MOMENTS or not work.may(Action.ASSESS_OUTCOMES, effect.placement_id):
        return
    key = {"placement_id": effect.placement_id, "moment": effect.moment}
    draft = work.session.scalars(select(OutcomeDraft).filter_by(**key)).first()
    codes = pin(work.core.content, work.session, effect.placement_id)
    if draft is None or not codes <= set(draft.grades):
        return
    placement = work.session.get_one(Placement, effect.placement_id)
    signed = Signed(full_name(work.session.get_one(Person, work.me)), "chat", today_of(placement, work.now), work.me)
    grades = {code: draft.grades[code] for code in codes}
    hand_in(work.session, placement, effect.moment, signed, grades, draft.comment, work.now)
    work.applied.more = True


@dataclass(frozen=True, slots=True)
class Signed:
    """Who assessed, in the chat or on paper, and on which day."""

    name: str
    channel: str
    on: date
    person_id: int | None = None


def hand_in(
    session: Session, placement: Placement, moment: str, signed: Signed, grades: Mapping[str, int],
    comment: str | None, now: datetime,
) -> None:  # fmt: skip
    """The assessment counts from now on, in place of what was there; into the trail, and to the learner: once, however
    often it is put right."""
    key = {"placement_id": placement.id, "moment": moment}
    for table in (OutcomeDraft, OutcomeGrade):
        session.execute(delete(table).filter_by(**key))
    upsert(session, OutcomeGrid, key, {
        "by_person_id": signed.person_id, "by_name": signed.name, "by_role": Role.HOST_TUTOR.value,
        "assessed_on": signed.on, "channel": signed.channel, "comment": comment, "begun_at": now, "handed_in_at": now,
    })  # fmt: skip
    session.add_all(OutcomeGrade(**key, code=code, value=value) for code, value in grades.items())
    session.flush()
    session.expire_all()
    note(session, signed.person_id, "outcomes_assessed", placement.person_id, now, moment=moment,
         channel=signed.channel)  # fmt: skip
    shown = screens.assessed(signed.name)
    notices.notify(session, placement.person_id, shown, now=now, key=f"grid:{placement.id}:{moment}")


# --- the school's validation ----------------------------------------------------------------------


def _validate(work: Work, effect: fx.ValidateOutcome) -> None:
    if effect.verdict not in (None, *VERDICTS) or not _may_validate(work, effect.placement_id):
        return
    if effect.code not in pin(work.core.content, work.session, effect.placement_id):
        return
    key = {"placement_id": effect.placement_id, "code": effect.code}
    placement = work.session.get_one(Placement, effect.placement_id)
    if effect.verdict is None:
        found = work.session.scalars(select(OutcomeValidation).filter_by(**key)).first()
        if found is not None:
            found.note = effect.note
        return
    by = {"by_person_id": work.me, "by_name": name_of(work.session, work.me), "by_role": _role(work, placement)}
    upsert(work.session, OutcomeValidation, key, {"verdict": effect.verdict, **by, "validated_at": work.now})
    # Not the verdict: the log outlives the learner's data.
    role = by["by_role"]
    note(work.session, work.me, "outcome_validated", placement.person_id, work.now, outcome=effect.code, role=role)


def _may_validate(work: Work, placement_id: int) -> bool:
    """By role, and only what the learner lets them see."""
    return work.may(Action.VALIDATE_OUTCOMES, placement_id) and visible(work.session, placement_id, work.now)


def _role(work: Work, placement: Placement) -> str:
    """As what they validate: contact person, backup, or coordinator."""
    named = {placement.referent_id: Role.REFERENT, placement.backup_id: Role.BACKUP}
    mine = work.session.scalars(
        select(Membership).where(Membership.person_id == work.me, Membership.ended_at.is_(None)).order_by(Membership.id)
    ).all()
    role = next((named[one.id].value for one in mine if one.id in named), None)
    return role or next((one.role for one in mine if one.role == Role.COORDINATOR), Role.REFERENT.value)


def _tell_validated(work: Work, effect: fx.TellValidated) -> None:
    if not _may_validate(work, effect.placement_id):
        return
    placement = work.session.get_one(Placement, effect.placement_id)
    newest = work.session.scalar(
        select(func.max(OutcomeValidation.validated_at)).where(OutcomeValidation.placement_id == placement.id)
    )
    if newest is None:
        return
    told = screens.validated(name_of(work.session, work.me))
    key = f"validated:{placement.id}:{newest.isoformat()}"  # nothing new, nothing said
    notices.notify(work.session, placement.person_id, told, now=work.now, key=key)
    work.applied.more = True


# --- the talk half-way ----------------------------------------------------------------------------


def _keep_note(work: Work, effect: fx.KeepReviewNote) -> None:
    if effect.part not in PARTS or not _is_side(work, effect.placement_id, effect.side):
        return
    key = {"placement_id": effect.placement_id, "side": effect.side, "part": effect.part}
    values = {"words": effect.words, "file_id": effect.file_id, "written_at": work.now, "shown_at": None}
    upsert(work.session, ReviewNote, key, values)


def _is_side(work: Work, placement_id: int, side: str) -> bool:
    if side not in SIDES:
        return False
    if side == "learner":
        return work.own_stay(placement_id)
    return work.may(Action.ASSESS_OUTCOMES, placement_id)


def _show_note(work: Work, effect: fx.ShowReviewNote) -> None:
    if not _is_side(work, effect.placement_id, effect.side):
        return
    row = work.session.scalars(
        select(ReviewNote).filter_by(placement_id=effect.placement_id, side=effect.side, part=effect.part)
    ).first()
    placement = work.session.get_one(Placement, effect.placement_id)
    to = _tutor_of(work.session, placement) if effect.side == "learner" else placement.person_id
    if row is None or row.shown_at is not None or to is None:
        return
    row.shown_at = work.now
    shown = screens.shown_note(name_of(work.session, work.me), effect.side, effect.part, placement.id)
    attachment = Attachment("voice", row.file_id) if row.file_id else None
    words = (verbatim(row.words),) if row.words else ()
    told = Screen((*shown.body, *words), shown.rows, attachment=attachment)
    notices.notify(
        work.session, to, told, now=work.now, key=f"review:{row.id}:{row.written_at.isoformat()}", ref=drafts.PRIVATE
    )
    work.applied.more = True


def _tutor_of(session: Session, placement: Placement) -> int | None:
    """The person of the tutor who is in the bot."""
    if placement.tutor_id is None:
        return None
    member = session.get(Membership, placement.tutor_id)
    return member.person_id if member is not None and member.ended_at is None else None


APPLIERS: dict[type, Applier] = {
    fx.LogOutcome: _log,
    fx.CloseWeek: _close_week,
    fx.ShowOutcomes: _show,
    fx.GradeOutcome: _grade,
    fx.CommentGrid: _comment,
    fx.HandInGrid: _hand_in,
    fx.ValidateOutcome: _validate,
    fx.TellValidated: _tell_validated,
    fx.KeepReviewNote: _keep_note,
    fx.ShowReviewNote: _show_note,
}
