"""What a conversation about questions may look at: what a button names, as far as this person may know of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import time, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.clock import local_date, to_utc
from bot.content.loader import Library
from bot.flows.asking_views import AmbassadorView, AskingView, Exchange, QuestionView
from bot.flows.scene import Scene, Stay
from bot.flows.vocabulary import Event, Tap, Words
from bot.i18n import Text, verbatim
from bot.rules.asking import A_DAY, A_WEEK, FOR_DESK, OPEN, USUAL_LIMIT, No, State, why_not
from bot.rules.calendar import ADULT, age_on
from bot.rules.names import full_name
from bot.rules.permissions import Action, may, reaches_others
from bot.service import ambassadors
from bot.service.ambassadors import Ambassador
from bot.service.core import Core
from bot.service.open_cases import hidden_people
from bot.service.stays import subjects_of
from bot.store.tables import Audit, Person, Placement, Question

REMEMBERED = timedelta(days=30)  # how long settled questions stand in lists, and pieces of a number count together
MINE = 10
EARLIER = 3  # exchanges shown beside one, as many as fit into a message
NOBODY = "–"  # in place of a name that was erased
REFUSED = "words_refused"  # the line of the audit
_AIMED = frozenset({"new", "own", "th", "q", "answer", "send", "change", "drop"})  # whoever was refused too often can't


def load(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    """The `asking` of a scene."""
    if scene.person_id is None:
        return scene
    view = AskingView(
        minor=young(scene.stay),
        decides=scene.actor is not None and reaches_others(scene.actor, Action.SEE_QUESTION),
    )
    parts = event.data.split(":") if isinstance(event, Tap) else []
    what, number = (*parts, "", "", "")[1:3]
    if isinstance(event, Words) or what in _AIMED:
        view = replace(view, refused=refused_today(session, scene))
    if isinstance(event, Words) or what in ("send", "change", "drop"):
        me = session.get_one(Person, scene.person_id)
        view = replace(view, surnames=(me.last_name,) if me.last_name else ())
        return replace(scene, asking=_of_conversation(core, session, scene, view))
    named = int(number) if number.isascii() and number.isdecimal() and len(number) < 18 else 0
    match what:
        case "new" | "own" | "th" | "q":
            view = _with_ambassador(core, session, scene, view, named)
        case "see":
            view = replace(view, question=_with_earlier(session, of_number(core.content, session, scene, named)))
        case "answer" | "skip" | "stop" | "report" | "back" | "yes" | "no" | "looked":
            view = replace(view, question=of_number(core.content, session, scene, named))
        case "vet":
            view = replace(view, candidate=_candidate(core, session, scene, named))
        case "list" if view.decides:
            view = replace(view, questions=for_desk(core.content, session, scene))
        case "mine":
            view = replace(view, questions=_mine(core.content, session, scene))
        case _:
            view = _with_standing(core, session, scene, view)
    return replace(scene, asking=view)


def _of_conversation(core: Core, session: Session, scene: Scene, view: AskingView) -> AskingView:
    """Whom the words that are awaited are for."""
    data = scene.conversation.data
    if "answer" in data:
        one = of_number(core.content, session, scene, int(data["answer"]))
        if one is None:
            return view
        row = session.get_one(Question, one.id)
        earlier = select(Question.answer).where(
            Question.to_id == scene.person_id, Question.asker_id == row.asker_id, Question.answer.is_not(None)
        )
        said = session.scalars(earlier.order_by(Question.id)).all()
        return replace(view, question=one, said=tuple(words or "" for words in said))
    view = _with_ambassador(core, session, scene, view, int(data.get("to", 0)))
    if view.ambassador is None:
        return view
    mine = select(Question.words).where(
        Question.asker_id == scene.person_id, Question.words.is_not(None),
        Question.asked_at > scene.now - REMEMBERED,
    )  # fmt: skip
    return replace(view, said=tuple(words or "" for words in session.scalars(mine.order_by(Question.id))))


# --- whom one may ask -------------------------------------------------------------------------------


def _with_ambassador(core: Core, session: Session, scene: Scene, view: AskingView, placement_id: int) -> AskingView:
    one = next(iter(ambassadors.shown(session, core.content, scene.now, number=placement_id)), None)
    no = stands_in_the_way(session, scene, one)
    if one is None or no in (No.GONE, No.NOT_YOU):
        return replace(view, no=no)
    return replace(view, ambassador=view_of(core.content, one), no=no)


def view_of(library: Library, one: Ambassador) -> AmbassadorView:
    town = _town(library, one.placement)
    return AmbassadorView(one.placement.id, one.name, town, one.stay.trade, one.placement.code)


def _town(library: Library, placement: Placement) -> Text:
    kit = library.kits.get(placement.kit or "")
    return Text(f"{kit.path}/name") if kit is not None else verbatim(placement.host_city or "")


def stands_in_the_way(session: Session, scene: Scene, one: Ambassador | None) -> No | None:
    """Why this person can't ask that one now; None where they can."""
    stay = scene.stay
    if stay is None or stay.stage == "after" or stay.ended or not stay.may_travel_on:
        return No.NOT_YOU
    if one is None or one.placement.person_id == scene.person_id:
        return No.GONE
    me, them, now = Question.asker_id == scene.person_id, Question.to_id == one.placement.person_id, scene.now

    def count(*where: object) -> int:
        return session.scalar(select(func.count(Question.id)).where(*where)) or 0  # type: ignore[arg-type]

    return why_not(
        refused=refused_today(session, scene),
        stopped=count(me, them, Question.state == State.STOPPED) > 0,
        open_questions=count(me, Question.state.in_(OPEN)),
        asked_today=count(me, them, Question.asked_at > now - A_DAY) > 0,
        in_a_week=count(them, Question.goes_at > now - A_WEEK),
        limit=one.limit,
    )


def refused_today(session: Session, scene: Scene) -> int:
    """How often words of this person were refused since their midnight."""
    midnight = to_utc(local_date(scene.now, scene.zone), time(0), scene.zone)
    tries = select(func.count(Audit.id)).where(
        Audit.person_id == scene.person_id, Audit.action == REFUSED, Audit.at >= midnight
    )
    return session.scalar(tries) or 0


# --- questions --------------------------------------------------------------------------------------


def of_number(library: Library, session: Session, scene: Scene, number: int) -> QuestionView | None:
    """A question by its number, if this person may know of it."""
    row = session.get(Question, number) if number else None
    return next(iter(_views(library, session, scene, [row])), None) if row is not None else None


def _with_earlier(session: Session, one: QuestionView | None) -> QuestionView | None:
    """For who reads for others: what the two wrote to each other before."""
    if one is None or one.side != "desk":
        return one
    row = session.get_one(Question, one.id)
    before = select(Question).where(
        Question.asker_id == row.asker_id, Question.to_id == row.to_id, Question.id < row.id
    ).order_by(Question.id.desc()).limit(EARLIER)  # fmt: skip
    found = tuple(Exchange(it.asked_at, it.preset, it.words, it.answer) for it in session.scalars(before))
    return replace(one, earlier=found)


def _mine(library: Library, session: Session, scene: Scene) -> tuple[QuestionView, ...]:
    mine = select(Question).where(
        Question.asker_id == scene.person_id, Question.asked_at > scene.now - REMEMBERED
    ).order_by(Question.id.desc()).limit(MINE)  # fmt: skip
    return _views(library, session, scene, session.scalars(mine))


def for_desk(library: Library, session: Session, scene: Scene) -> tuple[QuestionView, ...]:
    """Those this person may read, the ones that wait for a decision first, then the newest."""
    reported = Question.reported_at.is_not(None) & Question.report_settled_at.is_(None)
    recent = or_(Question.state.in_(OPEN), Question.asked_at > scene.now - REMEMBERED, reported)
    found = session.scalars(select(Question).where(recent).order_by(Question.id.desc()))
    seen = [one for one in _views(library, session, scene, found) if one.side == "desk"]
    return tuple(sorted(seen, key=lambda one: not one.report_open and one.state not in FOR_DESK))


def _views(library: Library, session: Session, scene: Scene, found: Iterable[Question]) -> tuple[QuestionView, ...]:
    rows = list(found)
    subjects = subjects_of(session, [row.placement_id for row in rows]) if rows else {}
    hidden = hidden_people(session, [row.placement_id for row in rows])
    views = []
    for row in rows:
        if scene.person_id == row.asker_id:
            views.append(view(library, session, row, "asker"))
        elif scene.person_id == row.to_id:
            views.append(view(library, session, row, "ambassador"))
        elif scene.actor is not None:
            subject = replace(subjects[row.placement_id], hidden_from=hidden.get(row.placement_id, frozenset()))
            if may(scene.actor, Action.SEE_QUESTION, subject):
                decides = may(scene.actor, Action.DECIDE_QUESTION, subject)
                views.append(view(library, session, row, "desk", decides))
    return tuple(views)


def young(stay: Stay | None) -> bool:
    """Not known to be of age: what goes from or to them is read by a coordinator first."""
    return stay is None or stay.minor or stay.birth_date is None


def is_young(session: Session, row: Question) -> bool:
    """Whoever asked was under 18 then, or nobody knows."""
    years = age_on(session.get_one(Person, row.asker_id).birth_date, row.asked_at.date())
    return years is None or years < ADULT


def view(library: Library, session: Session, row: Question, side: str, decides: bool = False) -> QuestionView:
    """A question as one side sees it: names of the asker are for the desk alone."""
    to, there = session.get_one(Person, row.to_id), session.get_one(Placement, row.to_placement_id)
    seen = QuestionView(
        row.id, side, State(row.state), row.to_placement_id, to.first_name.split()[0] if to.first_name else NOBODY,
        _town(library, there), row.preset, row.words, row.answer, row.asked_at, row.reason,
        may_decide=decides, reported=row.reported_at is not None, read_first=is_young(session, row),
        answered=row.answered_at is not None, came=row.goes_at is not None, held_for=row.held_for,
        report_open=row.reported_at is not None and row.report_settled_at is None,
    )  # fmt: skip
    if side == "asker" and row.state != State.ANSWERED:
        return replace(seen, answer=None)  # what waits for a coordinator is not theirs to read yet
    if side != "desk":
        return seen
    asker, stay = session.get_one(Person, row.asker_id), session.get_one(Placement, row.placement_id)
    return replace(seen, learner=full_name(asker) or NOBODY, code=stay.code, placement_id=stay.id, asker_id=asker.id)


# --- those who are asked ----------------------------------------------------------------------------


def _with_standing(core: Core, session: Session, scene: Scene, view: AskingView) -> AskingView:
    one = mine_as_ambassador(core.content, session, scene)
    if one is None:
        return view
    if one.agreed_at is None:
        return replace(view, standing="may")
    shown = ambassadors.shown(session, core.content, scene.now, number=one.placement.id)
    standing = "shown" if shown else "declined" if _was_declined(session, one) else "waits"
    return replace(view, standing=standing, limit=one.placement.asks_a_week or USUAL_LIMIT)


def _was_declined(session: Session, one: Ambassador) -> bool:
    """Has a coordinator said no since they agreed?"""
    words = select(Audit.detail).where(
        Audit.person_id == one.placement.person_id, Audit.action == "ambassador_vetted", Audit.at >= one.agreed_at
    )
    newest = session.scalar(words.order_by(Audit.id.desc()).limit(1))
    return newest is not None and not newest.get("on")


def mine_as_ambassador(library: Library, session: Session, scene: Scene) -> Ambassador | None:
    """The person's last stay, if they could be asked about it."""
    if scene.stay is None:
        return None
    return ambassadors.possible(session, library, session.get_one(Placement, scene.stay.placement_id), scene.now)


def _candidate(core: Core, session: Session, scene: Scene, placement_id: int) -> AmbassadorView | None:
    placement = session.get(Placement, placement_id) if placement_id else None
    if placement is None or scene.actor is None:
        return None
    if not may(scene.actor, Action.VET_AMBASSADOR, subjects_of(session, [placement_id])[placement_id]):
        return None
    one = ambassadors.possible(session, core.content, placement, scene.now)
    return view_of(core.content, one) if one is not None and one.agreed_at is not None else None
