"""The journey of one learner: beginning it, offering what is due, keeping what is done."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from bot.clock import Itinerary, QuietHours, local, local_date, next_allowed, to_utc
from bot.content.items import TextItem
from bot.content.versions import Script
from bot.flows import effects as fx, late, letter as letter_flow, onboarding_screens, steps as step_flow
from bot.flows.running import title
from bot.flows.scene import Stay
from bot.flows.vocabulary import Kind, Say, Screen
from bot.i18n import Text
from bot.rules import eves
from bot.rules.budget import APART, allowance, missed
from bot.rules.calendar import LearnerFacts, calendar
from bot.rules.durations import parse_quiet_hours
from bot.service import awaited, drafts, eve_messages, future, languages, notices, planning, skills, step_calls
from bot.service.core import Core
from bot.service.journeys import publish, script_of
from bot.service.stays import stay_of
from bot.service.unasked import count_unasked, held_up
from bot.store.tables import (
    Cohort,
    DayCount,
    DueStep as DueRow,
    JournalEntry,
    Person,
    Placement,
    Point,
    StepRun,
)
from bot.store.writing import insert_or_ignore

IN_USE = timedelta(minutes=30)  # a step untouched that long no longer holds up prompts
LOOK_AGAIN = timedelta(minutes=10)
CATCH_UP = timedelta(days=7)  # how long callers go on telling what was due before somebody agreed on paper


# --- beginning ----------------------------------------------------------------------------------


def begin(core: Core, session: Session, placement_id: int, now: datetime) -> list[Say]:
    """Start the journey of a stay that may travel on: pin the script, and sum up what a late joiner missed.

    Does nothing while a consent is missing, without dates, or when it began before.
    """
    session.flush()
    stay = stay_of(session, placement_id, now)
    placement = session.get_one(Placement, placement_id)
    if stay is None or not stay.may_travel_on or stay.itinerary is None or placement.joined_at is not None:
        return []
    placement.journey_version_id = publish(core, session, stay.journey, now)
    placement.joined_at = now
    placement.plan_at = now
    session.flush()
    person = session.get_one(Person, placement.person_id)
    script = script_of(session, placement.journey_version_id)
    facts = planning.facts_of(placement, person, stay.itinerary, {})
    return _catch_up(core, session, placement, script, facts, now)


def _catch_up(
    core: Core, session: Session, placement: Placement, script: Script, facts: LearnerFacts, now: datetime
) -> list[Say]:
    """What was due before: worth catching up → open in the menu and named once; the rest is over.

    Who has no Telegram has no menu either: what is worth it is told by telephone, a few steps a day.
    """
    before = [item for item in calendar(script.journey, facts) if item.due_at < now]
    if not before:
        return []
    kept = {item.step.id for item in missed(script.journey, facts, now)}
    called = kept if placement.by_phone and drafts.chat_of(session, placement.person_id) is None else set()
    insert_or_ignore(session, DueRow, [
        {"placement_id": placement.id, "version_id": placement.journey_version_id, "step": item.step.id,
         "planned_at": item.due_at, "why": "joined later",
         **({"state": "planned", "due_at": now, "expires_at": max(item.expires_at, now + CATCH_UP)}
            if item.step.id in called else
            {"state": "skipped", "due_at": item.due_at, "expires_at": item.expires_at})}
        for item in before
    ])  # fmt: skip
    if called:
        return []
    insert_or_ignore(session, StepRun, [
        {"placement_id": placement.id, "step": item.step.id, "state": "missed", "data": {}, "offered_at": now}
        for item in before if item.step.id in kept
    ])  # fmt: skip
    steps = [item.step for item in before if item.step.id in kept]
    return [Say(late.summary(script, steps))] if steps else []


def after_consent(core: Core, session: Session, person_id: int, effect: fx.GiveConsent, now: datetime) -> list[Say]:
    """A consent may open the journey. Returns what its giver sees besides; a learner hears when a guardian gave it."""
    if not effect.given or effect.kind not in ("data", "guardian"):
        return []
    answers: list[Say] = []
    person = session.get_one(Person, person_id)
    for placement in session.scalars(select(Placement).where(Placement.person_id == person_id)).all():
        if placement.joined_at is not None or (person.onboarded_at is None and not placement.by_phone):
            continue
        said = begin(core, session, placement.id, now)
        if placement.joined_at is not None and effect.kind == "guardian":
            shown = [onboarding_screens.unlocked(), *(one.screen for one in said)]
            notices.notify(session, person_id, *shown, now=now)
        elif effect.kind != "guardian":
            answers += said
    return answers


def plan(core: Core, now: datetime, limit: int) -> int:
    """Begin journeys that nothing holds back any more (dates entered, eighteenth birthday), then plan ahead."""
    with core.store.transaction() as session:
        waiting = session.scalars(
            select(Placement)
            .join(Person, Person.id == Placement.person_id)
            .where(Placement.plan_at <= now, Placement.joined_at.is_(None), Placement.arrival_date.is_not(None),
                   or_(Person.onboarded_at.is_not(None), Placement.by_phone.is_(True)))
            .order_by(Placement.plan_at).limit(limit).with_for_update(skip_locked=True, of=Placement)
        ).all()  # fmt: skip
        for placement in waiting:
            said = begin(core, session, placement.id, now)
            if placement.joined_at is not None:
                shown = [onboarding_screens.begins(), *(one.screen for one in said)]
                notices.notify(session, placement.person_id, *shown, now=now)
    return planning.plan(core, now, limit)


# --- what a learner does ------------------------------------------------------------------------


def apply(core: Core, session: Session, effect: Any, now: datetime) -> None:
    """Carry out one effect on a step."""
    if isinstance(effect, fx.ReleaseWaiting):
        _release(session, effect.placement_id, now)
        return
    if isinstance(effect, fx.KeepEntry):
        session.add(
            JournalEntry(placement_id=effect.placement_id, step=effect.step, words=effect.words,
                         file_id=effect.file_id, file_kind=effect.file_kind, written_at=now)
        )  # fmt: skip
        return
    if isinstance(effect, fx.KeepAssessment):
        skills.keep(session, effect, now)
        return
    if isinstance(effect, fx.KeepLanguageTest):
        languages.keep_test(session, effect, now)
        return
    if isinstance(effect, fx.KeepLanguageClaim):
        languages.keep_claim(session, effect, now)
        return
    run = _run(session, effect.placement_id, effect.step, now)
    match effect:
        case fx.OpenStep():
            run.state, run.touched_at = "open", now
        case fx.SaveStep(data=data):
            run.data, run.touched_at = dict(data), now
        case fx.SkipStep():
            run.state, run.touched_at = "skipped", None
            _release(session, effect.placement_id, now)
        case fx.FinishStep():
            _finish(session, run, effect, now)
    session.flush()


def _run(session: Session, placement_id: int, step: str, now: datetime) -> StepRun:
    found = session.scalars(
        select(StepRun).where(StepRun.placement_id == placement_id, StepRun.step == step).with_for_update()
    ).first()
    if found is None:
        found = StepRun(placement_id=placement_id, step=step, state="offered", data={}, offered_at=now)
        session.add(found)
        session.flush()
    return found


def _finish(session: Session, run: StepRun, effect: fx.FinishStep, now: datetime) -> None:
    run.state, run.touched_at, run.done_at = "done", None, run.done_at or now
    run.data, run.score = dict(effect.data), effect.score
    if effect.points:
        insert_or_ignore(session, Point, [
            {"placement_id": effect.placement_id, "step": effect.step, "points": effect.points,
             "competences": list(effect.competences), "at": now}
        ])  # fmt: skip
    # Done before its day, a quiz right after its lesson: it is not offered any more.
    session.execute(
        update(DueRow)
        .where(DueRow.placement_id == effect.placement_id, DueRow.step == effect.step, DueRow.state == "planned")
        .values(state="skipped", why="done before")
        .execution_options(synchronize_session="fetch")
    )
    _release(session, effect.placement_id, now)
    # An answer may open or close later steps.
    planning.replan(session, effect.placement_id, now)


def _release(session: Session, placement_id: int, now: datetime) -> None:
    """No step is in use: prompts that waited for it may go."""
    session.execute(
        update(StepRun).where(StepRun.placement_id == placement_id, StepRun.touched_at.is_not(None))
        .values(touched_at=None).execution_options(synchronize_session="fetch")
    )  # fmt: skip
    session.execute(
        update(DueRow)
        .where(DueRow.placement_id == placement_id, DueRow.state == "planned", DueRow.why == "in a step")
        .values(due_at=now)
        .execution_options(synchronize_session="fetch")
    )


def share_entry(session: Session, placement_id: int, step: str, now: datetime) -> JournalEntry | None:
    """Mark the newest entry of a step as shared; None when there is none or it was shared before."""
    entry = session.scalars(
        select(JournalEntry)
        .where(JournalEntry.placement_id == placement_id, JournalEntry.step == step)
        .order_by(JournalEntry.id.desc())
        .limit(1)
    ).first()
    if entry is None or entry.shared_at is not None:
        return None
    entry.shared_at = now
    return entry


def title_of(core: Core, session: Session, placement: Placement, step_id: str) -> Text:
    """What a step is called."""
    script = script_of(session, placement.journey_version_id or 0)
    step = script.journey.step(step_id)
    assert step is not None, step_id
    return title(step, script.item(step))


# --- what is due --------------------------------------------------------------------------------


def fire(core: Core, now: datetime, limit: int) -> int:
    """Offer up to `limit` steps whose moment has come: send, wait, or drop each. Returns how many were looked at."""
    with core.store.transaction() as session:
        rows = session.scalars(
            select(DueRow).where(DueRow.state == "planned", DueRow.due_at <= now)
            .order_by(DueRow.due_at).limit(limit).with_for_update(skip_locked=True)
        ).all()  # fmt: skip
        by_stay: dict[int, list[DueRow]] = {}
        for row in rows:
            by_stay.setdefault(row.placement_id, []).append(row)
        for placement_id, due in by_stay.items():
            _fire_stay(core, session, placement_id, due, now)
    return len(rows)


def _fire_stay(core: Core, session: Session, placement_id: int, due: list[DueRow], now: datetime) -> None:
    stay = stay_of(session, placement_id, now)
    placement = session.get_one(Placement, placement_id)
    chat_id = drafts.chat_of(session, placement.person_id)
    called = chat_id is None and placement.by_phone
    if stay is None or stay.itinerary is None or not stay.may_travel_on or (chat_id is None and not called):
        for row in due:
            row.state, row.why = "skipped", "nobody to send it to, or no consent"
        return
    quiet = parse_quiet_hours(session.get_one(Cohort, placement.cohort_id).quiet_hours)
    if chat_id is None:
        step_calls.gather(core, session, stay, quiet, due, lambda row: _may_come(session, stay, row, now), now)
        return
    person = session.get_one(Person, placement.person_id)
    facts = planning.facts_of(placement, person, stay.itinerary, {})
    for row in sorted(due, key=lambda r: (not _required(session, r), r.planned_at)):
        _fire(core, session, stay, facts, quiet, chat_id, row, now)
        session.flush()


def _required(session: Session, row: DueRow) -> bool:
    if eves.is_eve(row.step):
        return True
    step = script_of(session, row.version_id).journey.step(row.step)
    return step is not None and step.required


def _fire(
    core: Core, session: Session, stay: Stay, facts: LearnerFacts, quiet: QuietHours, chat_id: int, row: DueRow,
    now: datetime,
) -> None:  # fmt: skip
    eve = eves.parse(row.step) if eves.is_eve(row.step) else None
    if eve is None and not _may_come(session, stay, row, now):
        return
    if row.expires_at <= now:
        row.state, row.why = "expired", row.why or "too late to be worth sending"
        return
    if _taken_before(session, row):
        row.state, row.why = "skipped", "taken before"
        return
    wait = _wait(session, stay, facts, quiet, row, chat_id, now)
    if eve is not None and awaited.wait_of(session, stay.placement_id, "during", now) is not None:
        wait = now + LOOK_AGAIN, "still on the way"  # looked at until it is too late: it must not come a day later
    if wait is not None:
        row.due_at, row.why = wait
        if row.due_at >= row.expires_at:
            row.state, row.why = "expired", f"{row.why}, and later is too late for it"
        return
    shown = _card(core, session, stay, row, now) if eve is None else eve_messages.screen(core, session, eve, stay)
    if shown is None:
        row.state, row.why = "skipped", "nothing to say any more"
        return
    draft = drafts.Draft(chat_id, shown, Kind.PROMPT, stay.person_id, key=f"step:{stay.placement_id}:{row.step}",
                         ref=f"step:{stay.placement_id}:{row.step}", expires_at=row.expires_at)  # fmt: skip
    drafts.queue(session, [draft], now)
    row.state = "sent"
    if eve is None:
        insert_or_ignore(session, StepRun, [
            {"placement_id": stay.placement_id, "step": row.step, "state": "offered", "data": {}, "offered_at": now}
        ])  # fmt: skip
    count_unasked(session, stay.placement_id, local_date(now, stay.zone), now)


def _may_come(session: Session, stay: Stay, row: DueRow, now: datetime) -> bool:
    """Whether nothing about its learner or its journey holds a step back; if something does, the row says what."""
    step = script_of(session, row.version_id).journey.step(row.step)
    if step is None:
        row.state, row.why = "expired", row.why or "the journey has no such step any more"
        return False
    not_there = awaited.wait_of(session, stay.placement_id, step.stage, now)
    if not_there is not None:
        awaited.put_off(row, not_there)
        return False
    if row.why == awaited.NOT_THERE:
        awaited.come(row, stay.zone, now)
        return row.due_at <= now
    return True


def _card(core: Core, session: Session, stay: Stay, row: DueRow, now: datetime) -> Screen | None:
    """What is sent; None for a letter that there is none of, or that was given back before."""
    script = script_of(session, row.version_id)
    step = script.journey.step(row.step)
    assert step is not None, row.step
    shown, item = step_flow.offer(script, script.journey, step, stay), script.item(step)
    if not isinstance(item, TextItem) or not item.gives_back:
        return shown
    letter = future.given_back(core, session, stay.placement_id, script, item.gives_back, local_date(now, stay.zone))
    return letter_flow.added(shown, letter) if letter is not None else None


def _taken_before(session: Session, row: DueRow) -> bool:
    """A learner may ask for one more challenge before its day; it is not offered again."""
    return session.scalar(_TAKEN, {"placement": row.placement_id, "step": row.step}) is not None


_TAKEN = select(StepRun.id).where(
    StepRun.placement_id == bindparam("placement"), StepRun.step == bindparam("step"),
    StepRun.state.in_(("open", "done")),
)  # fmt: skip


def _wait(
    session: Session, stay: Stay, facts: LearnerFacts, quiet: QuietHours, row: DueRow, chat_id: int, now: datetime
) -> tuple[datetime, str] | None:
    """Until when a due step must wait and why; None when it may go now."""
    allowed = next_allowed(now, stay.zone, quiet)
    if allowed > now:
        return allowed, "quiet hours"
    busy = session.scalar(
        select(StepRun.id).where(
            StepRun.placement_id == stay.placement_id, StepRun.state == "open", StepRun.touched_at > now - IN_USE
        ).limit(1)
    )  # fmt: skip
    if busy is not None:
        return now + LOOK_AGAIN, "in a step"
    today = local_date(now, stay.zone)
    count = session.get(DayCount, (stay.placement_id, today))
    sent = count.sent if count is not None else 0
    sent += eve_messages.to_come(session, stay, row, now) + held_up(session, chat_id, to_utc(today, time(0), stay.zone))
    if sent >= allowance(today, facts):
        assert stay.itinerary is not None
        return _tomorrow(row, stay.itinerary, today), "the day was full"
    if count is not None and now - count.last_at < APART:
        return count.last_at + APART, "just after another message"
    return None


def _tomorrow(row: DueRow, itinerary: Itinerary, today: date) -> datetime:
    """The next local day at the hour the script says; worked out from the script, never from the last try."""
    hour = local(row.planned_at, itinerary.zone_at(row.planned_at)).time()
    day = today + timedelta(days=1)
    return to_utc(day, hour, itinerary.zone_on(day))
