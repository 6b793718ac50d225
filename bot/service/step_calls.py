"""The journey of a learner without Telegram: what is due on a day becomes one call for a contact person."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clock import QuietHours, local, local_date, next_allowed, to_utc
from bot.content.items import Checklist, Item, Lesson, Quiz, Reflection, TextItem
from bot.content.loader import Library
from bot.content.markup import visible
from bot.content.versions import Script
from bot.flows import calls as talk
from bot.flows.running import title
from bot.flows.scene import Stay
from bot.i18n import Text
from bot.rules import eves
from bot.service import notices, planning
from bot.service.book import Book
from bot.service.callers import caller_of
from bot.service.core import Core
from bot.service.journeys import script_of
from bot.service.stays import itinerary_of
from bot.store.tables import CallTask, DueStep, Person, Placement, StepRun
from bot.store.writing import insert_or_ignore

KINDS = frozenset({"text", "lesson", "checklist", "quiz", "reflection"})
MOST = 6  # steps in one call; the rest has time until the next day
TIMES = 3  # how often the same step is asked to be told before it lapses
WORTH = timedelta(hours=1)  # how long a step that was put off is tried again
LINES = 2  # of a text; of a card, an entry or a question the first
LONGEST = 300  # characters that are said about one step


def gather(
    core: Core, session: Session, stay: Stay, quiet: QuietHours, due: Collection[DueStep],
    may_come: Callable[[DueStep], bool], now: datetime,
) -> None:  # fmt: skip
    """Hand what is due to a contact person: one call on a local day, at the hour of the first step, with all that
    follows on that day. What finds no room waits for the next day; what cannot be told is left out."""
    assert stay.itinerary is not None
    day = local_date(now, stay.zone)
    due = [row for row in due if _stands(core, session, row, now) and may_come(row)]
    if not due:
        return
    allowed = next_allowed(now, stay.zone, quiet)
    if allowed > now:
        for row in due:
            _wait(row, allowed, "quiet hours")
        return
    called = select(CallTask.id).where(CallTask.placement_id == stay.placement_id, CallTask.day == day)
    if session.scalar(called) is None:
        tomorrow = to_utc(day + timedelta(days=1), time(0), stay.itinerary.zone_on(day + timedelta(days=1)))
        later = session.scalars(
            select(DueStep)
            .where(DueStep.placement_id == stay.placement_id, DueStep.state == "planned", DueStep.due_at > now,
                   DueStep.due_at < tomorrow)
            .order_by(DueStep.due_at)
        )  # fmt: skip
        more = [row for row in later if row not in due and _stands(core, session, row, now) and may_come(row)]
        told = [*sorted(due, key=lambda row: row.planned_at), *more][:MOST]
        _call(core, session, stay, told, now)
        due = [row for row in due if row not in told]
    for row in due:
        hour = local(row.planned_at, stay.itinerary.zone_at(row.planned_at)).time()
        following = day + timedelta(days=1)
        _wait(row, to_utc(following, hour, stay.itinerary.zone_on(following)), "the day was full")


def _stands(core: Core, session: Session, row: DueStep, now: datetime) -> bool:
    """Is it still to be told, and can it be told at all? If not, the row says why."""
    if row.expires_at <= now:
        row.state, row.why = "expired", row.why or "too late to be worth a call"
    elif not _tellable(core, script_of(session, row.version_id), row.step):
        row.state, row.why = "skipped", "not for the telephone"
    return row.state == "planned"


def _tellable(core: Core, script: Script, step_id: str) -> bool:
    step = None if eves.is_eve(step_id) else script.journey.step(step_id)
    if step is None or step.kind not in KINDS:
        return False
    item = script.item(step)
    if isinstance(item, Quiz):
        return item.certifies == "safety"
    return not (isinstance(item, TextItem) and item.gives_back)


def _wait(row: DueStep, until: datetime, why: str) -> None:
    row.due_at, row.why = until, why
    if until >= row.expires_at:
        row.state, row.why = "expired", f"{why}, and later is too late for it"


def _call(core: Core, session: Session, stay: Stay, told: list[DueStep], now: datetime) -> None:
    placement = session.get_one(Placement, stay.placement_id)
    member = caller_of(Book(session, now, [placement]), placement)
    task = CallTask(
        message_id=None, person_id=stay.person_id, placement_id=stay.placement_id, created_at=now,
        day=local_date(now, stay.zone), steps=[row.step for row in told],
        member_id=member.membership_id if member else None,
    )  # fmt: skip
    session.add(task)
    for row in told:
        row.state, row.why = "sent", "by telephone"
    insert_or_ignore(session, StepRun, [
        {"placement_id": stay.placement_id, "step": row.step, "state": "offered", "data": {}, "offered_at": now}
        for row in told
    ])  # fmt: skip
    session.flush()
    if member is not None:
        person = session.get_one(Person, stay.person_id)
        parts = [_part(core, session, row, person.language, stay.zone) for row in told]
        shown = talk.due(task.id, stay.learner, person.phone, parts)
        notices.notify(session, member.person_id, shown, now=now, key=f"call:{task.id}")


def _part(core: Core, session: Session, row: DueStep, language: str, zone: str) -> tuple[Text, str]:
    """A step's title and what to say about it, in the learner's language."""
    script = script_of(session, row.version_id)
    step = script.journey.step(row.step)
    assert step is not None, row.step
    item = script.item(step)
    return title(step, item), what_to_say(core.content, item, language, zone)


def what_to_say(library: Library, item: Item | None, language: str, zone: str) -> str:
    """What a caller can talk about, a few lines: how a text begins, what a lesson's cards are about, what a list
    holds, what is asked. Nothing where there is nothing to tell."""
    said = (visible(library.catalogues.plain(words, language, zone)) for words in _talking_points(item))
    return _shortened([line for words in said for line in _first_lines(words, item)])


def _talking_points(item: Item | None) -> list[Text]:
    """What there is to say about a step: of a lesson what its cards are about, of a list its entries."""
    match item:
        case TextItem():
            return [Text(f"{item.path}/body")]
        case Lesson():
            return [Text(f"{item.path}/cards/{card.id}/text") for card in item.cards]
        case Checklist():
            return [Text(f"{item.path}/items/{entry.id}/text") for entry in item.items]
        case Reflection():
            return [Text(f"{item.path}/prompt")]
        case Quiz():
            return [Text(f"{item.path}/questions/{one.id}/prompt") for one in item.questions]
        case _:
            return []


def _first_lines(words: str, item: Item | None) -> list[str]:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return lines[:LINES] if isinstance(item, TextItem) else [f"• {line}" for line in lines[:1]]


def _shortened(lines: Sequence[str]) -> str:
    """As many whole lines as there is room for, and of the first what fits."""
    found = lines[0][:LONGEST] if lines else ""
    for line in lines[1:]:
        if len(found) + len(line) >= LONGEST:
            return f"{found}\n…"
        found += f"\n{line}"
    return found


# --- how it went --------------------------------------------------------------------------------


def told(session: Session, task: CallTask, now: datetime) -> None:
    """The steps of a call count as told: done, without points. Nobody passes a quiz by being told: it stays open."""
    placement = session.get_one(Placement, task.placement_id)
    script = script_of(session, placement.journey_version_id or 0)
    mine = [step for step in task.steps or () if not isinstance(_item(script, step), Quiz)]
    session.execute(
        update(StepRun)
        .where(StepRun.placement_id == task.placement_id, StepRun.step.in_(mine), StepRun.state != "done")
        .values(state="done", done_at=now, touched_at=None)
        .execution_options(synchronize_session="fetch")
    )
    session.execute(
        update(DueStep)
        .where(
            DueStep.placement_id == task.placement_id, DueStep.step.in_(task.steps or []), DueStep.state == "planned"
        )
        .values(state="skipped", why="done before")
        .execution_options(synchronize_session="fetch")
    )
    planning.replan(session, task.placement_id, now)


def _item(script: Script, step_id: str) -> Item | None:
    step = script.journey.step(step_id)
    return script.item(step) if step is not None else None


def again(session: Session, task: CallTask, now: datetime) -> None:
    """The steps of a call come again on the next day at the same hour; they lapse after some times."""
    placement = session.get_one(Placement, task.placement_id)
    itinerary = itinerary_of(placement)
    if itinerary is None:
        return
    hour = local(task.created_at, itinerary.zone_at(task.created_at)).time()
    day = local_date(now, itinerary.zone_at(now)) + timedelta(days=1)
    at = to_utc(day, hour, itinerary.zone_on(day))
    before = session.scalars(
        select(CallTask.steps).where(CallTask.placement_id == task.placement_id, CallTask.day.is_not(None))
    ).all()
    rows = session.scalars(
        select(DueStep).where(
            DueStep.placement_id == task.placement_id, DueStep.step.in_(task.steps or []), DueStep.state == "sent"
        )
    )
    for row in rows:
        if sum(row.step in (steps or []) for steps in before) >= TIMES:
            row.state, row.why = "expired", "nobody could tell it"
        else:
            row.state, row.why, row.due_at = "planned", "to be told later", at
            row.expires_at = max(row.expires_at, at + WORTH)


def calls_of(session: Session, placement_id: int) -> list[dict[str, object]]:
    """The calls about a journey: day, steps and how they went (none: nobody has said)."""
    rows = session.scalars(
        select(CallTask).where(CallTask.placement_id == placement_id, CallTask.day.is_not(None)).order_by(CallTask.id)
    )
    return [
        {"day": row.day.isoformat() if row.day else "", "steps": row.steps or [], "outcome": row.outcome}
        for row in rows
    ]
