"""`/learners`: a referent's learners, one card each."""

from __future__ import annotations

from datetime import timedelta

from bot.clock import local_date
from bot.flows import pause_screens, travel
from bot.flows.away import states
from bot.flows.effects import UnlinkLearner
from bot.flows.relay import begin
from bot.flows.running import answer
from bot.flows.scene import LearnerView, Scene, Stay
from bot.flows.vocabulary import Button, Event, Outcome, Replace, Rows, Say, Screen, Tap, Toast, button, screen, show
from bot.i18n import Day, Listing, Text, say, verbatim
from bot.rules.pause import State
from bot.rules.travel_days import Direction

_UNDER_WAY = frozenset({"planned", "asked", "left", "delayed", "alerted"})

NEEDS = frozenset({"learners", "duties"})
PAGE = 8
TRAINED_BY = timedelta(days=7)  # before the arrival: from then on a missing training is shown in the list


def handle(scene: Scene, event: Event) -> Outcome:
    """`/learners`, `learners:open[:page]`, `learners:<one|write|unlink|really>:<placement>`."""
    parts = event.data.split(":") if isinstance(event, Tap) else []
    if not scene.is_referent:
        return show(answer(event, screen(say("learners/not_for_you"))))
    if len(parts) == 3 and parts[1] != "open" and parts[2].isdecimal():
        return _one(scene, parts[1], int(parts[2][:18]))
    page = int(parts[2]) if len(parts) == 3 and parts[2].isdecimal() and len(parts[2]) < 4 else 0
    return show(answer(event, _list(scene, page)))


def _list(scene: Scene, page: int) -> Screen:
    learners = scene.learners
    if not learners:
        return screen(say("learners/none"))
    shown = learners[page * PAGE : (page + 1) * PAGE] or learners[:PAGE]
    rows: list[tuple[Button, ...]] = [
        (button("learners/one_button", f"learners:one:{v.placement_id}", name=v.name),) for v in shown
    ]
    turn = []
    if page > 0:
        turn.append(button("learners/back_button", f"learners:open:{page - 1}"))
    if (page + 1) * PAGE < len(learners):
        turn.append(button("learners/more_button", f"learners:open:{page + 1}"))
    if turn:
        rows.append(tuple(turn))
    return Screen(
        (*states(scene), say("learners/title", n=len(learners)), *(part for v in shown for part in _lines(scene, v))),
        tuple(rows),
    )


def _lines(scene: Scene, v: LearnerView) -> tuple[Text, ...]:
    """One learner; with the safety training where it is missing and the arrival is near or past."""
    stay = next((s for s in scene.others if s.placement_id == v.placement_id), None)
    trip = stay.itinerary if stay is not None else None
    near = trip is not None and local_date(scene.now, trip.home_zone) >= trip.arrival - TRAINED_BY
    missing = v.training is not None and not v.training.complete
    return (_line(v), *(_training(v) if near and missing else ()))


def _training(v: LearnerView) -> tuple[Text, ...]:
    """How far the learner is with the safety training."""
    if v.training is None:
        return ()
    if v.training.complete:
        return (say("learners/training_passed"),)
    return (say("learners/training", passed=v.training.passed, total=len(v.training.quizzes)),)


def _line(v: LearnerView) -> Text:
    state = _state(v)
    if v.pause is not None and not v.open_alerts:
        state = pause_screens.state_line(v.pause)
    return say("learners/line", name=v.name, city=v.city or "–", stage=say(f"learners/stage/{_stage(v)}"), state=state)


def _stage(v: LearnerView) -> str:
    """Before, during or after the stay; nobody is called abroad, or home, who is still on the way."""
    trip = v.travel
    if trip is None or trip.state not in _UNDER_WAY:
        return v.stage
    out = trip.direction == Direction.OUT and v.stage == "during"
    return "travelling" if out or trip.left_at is not None else v.stage


def _state(v: LearnerView) -> Text:
    if v.open_alerts:
        return say("learners/state/alert", n=v.open_alerts)
    if not v.linked:
        return say("learners/state/unlinked")
    if v.travel is not None:
        return travel.line(v.travel)
    if v.last_day is None:
        return say("learners/state/no_check_in")
    if v.last_answer is None:
        return say("learners/state/waiting", day=Day(v.last_day, "medium"))
    return say(f"learners/state/{v.last_answer}", day=Day(v.last_day, "medium"))


def _one(scene: Scene, action: str, placement_id: int) -> Outcome:
    found = next(
        ((v, s) for v, s in zip(scene.learners, scene.others, strict=True) if v.placement_id == placement_id), None
    )
    if found is None:
        return show(Toast(say("learners/not_yours"), alert=True))
    view, stay = found
    match action:
        case "write":
            return begin(scene, placement_id, view.name)
        case "unlink":
            rows: Rows = (
                (button("learners/really_button", f"learners:really:{placement_id}"),),
                (button("learners/keep_button", f"learners:one:{placement_id}"),),
            )
            return show(Replace(screen(say("learners/unlink_ask", name=view.name), rows=rows)))
        case "really":
            done = screen(say("learners/unlinked", name=view.name))
            return show(Replace(done), effects=(UnlinkLearner(placement_id),))
        case _:
            return show(Say(_card(view, stay)))


def _card(v: LearnerView, stay: Stay) -> Screen:
    body = [say("learners/card", name=v.name, code=v.code, cohort=v.cohort), _state(v)]
    if stay.itinerary is not None:
        body.append(
            say("learners/dates", city=v.city or "–", arrival=Day(stay.itinerary.arrival),
                return_=Day(stay.itinerary.return_))
        )  # fmt: skip
    body += _training(v)
    if v.phone:
        body.append(say("learners/phone", phone=v.phone))
    if stay.host_organisation:
        body.append(say("learners/host", name=stay.host_organisation))
    if stay.accommodation:
        body.append(say("learners/accommodation", place=stay.accommodation))
    if stay.minor and not stay.guardian_consented:
        body.append(say("learners/guardian_missing"))
    rows: list[tuple[Button, ...]] = [(button("learners/write_button", f"learners:write:{v.placement_id}"),)]
    if v.pause is not None:
        body.append(pause_screens.state_line(v.pause))
        asked = v.pause.terms.state is State.ASKED
        rows.append(pause_screens.decide_row(v.pause) if asked else pause_screens.stop_row(v.pause))
    rows.append((button("validation/open_button", f"validate:of:{v.placement_id}"),))
    if v.linked:
        rows.append((button("learners/unlink_button", f"learners:unlink:{v.placement_id}"),))
    rows.append((button("learners/list_button", "learners:open"),))
    return Screen(tuple(body), tuple(rows))


def joined(name: str, placement_id: int) -> Screen:
    """To the referent: somebody used the learner's invite."""
    rows = ((button("learners/not_them_button", f"learners:unlink:{placement_id}"),),)
    return screen(say("learners/joined", name=name), rows=rows)


def erased(code: str) -> Screen:
    """To who looks after them: a learner abroad erased their data."""
    return screen(say("learners/erased", code=code))


def take_over(codes: list[str]) -> Screen:
    """To the contact persons who stay: one of them erased their data."""
    return screen(say("learners/take_over", codes=Listing(tuple(codes))))


def disconnected() -> Screen:
    """To a chat that was unlinked."""
    return screen(say("learners/disconnected"), reply=())


def guardian_stopped() -> Screen:
    """To the learner: the guardian's yes is gone."""
    return screen(say("learners/guardian_stopped"))


def guardian_took_back(name: str) -> Screen:
    """To the referent: the guardian's yes is gone."""
    return screen(say("learners/guardian_took_back", name=verbatim(name)))
