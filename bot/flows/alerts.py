"""Alerts in the chat of those who look after learners: list, taking one, resolving it; and the learner's last word."""

from __future__ import annotations

from collections import Counter

from bot.flows import incident_screens as together
from bot.flows.alert_screens import outcomes, said_reason, timed
from bot.flows.cases import line as case_line, open_button
from bot.flows.drill_screens import thanks
from bot.flows.effects import Acknowledge, OpenAlert, Resolve, Settle
from bot.flows.relay import begin
from bot.flows.running import answer
from bot.flows.scene import AlertView, Scene
from bot.flows.vocabulary import Button, Event, Outcome, Replace, Say, Screen, Tap, Toast, button, screen, show
from bot.i18n import Moment, Text, Value, say, verbatim
from bot.rules.alert import Outcome as How, Reason
from bot.rules.incident import number_of

NEEDS = frozenset({"alerts", "alert", "learners", "cases"})
_LIST, _ONE = frozenset({"alerts", "cases"}), frozenset({"alert"})
_MORE = {"each": frozenset({"alerts"}), "write": frozenset({"learners"})}
SHOWN = 20
MOST = 40  # buttons of one message: Telegram takes 100


def handle(scene: Scene, event: Event) -> Outcome:
    """`/alerts`, `alerts:open`, `alerts:<ack|res|write|spoke|phone|via_host|other>:<id>`, with `all_` before the
    action for a whole incident by its number, `alerts:each:<incident>`, `settle:<yes|no>:<id>`."""
    parts = event.data.split(":") if isinstance(event, Tap) else []
    if parts[:1] == ["settle"]:
        return _settled(scene, parts)
    if len(parts) == 3:
        return _act(scene, event, parts[1])
    return show(answer(event, _list(scene)))


def needs(event: Event) -> frozenset[str]:
    """What of `NEEDS` this event really needs: whoever looks after hundreds takes an alert as fast as others."""
    parts = event.data.split(":") if isinstance(event, Tap) else []
    if parts[:1] != ["settle"] and len(parts) != 3:
        return _LIST
    return _ONE | _MORE.get(parts[1], frozenset()) if parts[0] == "alerts" else _ONE


def _act(scene: Scene, event: Event, action: str) -> Outcome:
    if action == "each":
        return show(Say(_each(scene, event)))
    alert, whole = scene.alert, action.startswith("all_")
    if alert is None or alert.about_me:
        return show(Toast(say("alerts/not_yours"), alert=True))
    if action == "open":
        return show(effects=(OpenAlert(alert.id),))
    if action == "write":
        return begin(scene, alert.placement_id, alert.learner, alert.person_id)
    if alert.reason == Reason.DRILL:
        return _drill(scene, alert)
    if alert.resolved_at is not None:
        return show(Toast(say("alerts/resolved_before"), alert=True))
    return _take_or_close(alert, action.removeprefix("all_"), whole and alert.incident is not None)


def _drill(scene: Scene, alert: AlertView) -> Outcome:
    """Whatever is tapped on a test alert says: I hear it."""
    if alert.resolved_at is not None:
        return show(Toast(say("drill/over_toast")))
    done = Replace(thanks(alert.cohort, scene.now))
    return show(Toast(say("drill/thanks_toast")), done, effects=(Acknowledge(alert.id),))


def _take_or_close(alert: AlertView, action: str, whole: bool) -> Outcome:
    """`whole`: the incident that the alert belongs to."""
    if action == "ack":
        return _acknowledge(alert, whole)
    if action == "res":
        asked = outcomes(alert.id, alert.learner, _about(alert))
        return show(Say(together.outcomes(alert.incident or 0) if whole else asked))
    if action in set(How):
        how = say(f"alerts/outcome/{action}")
        mine = screen(say("alerts/you_resolved", learner=alert.learner, how=how), _about(alert))
        done = screen(say("incidents/you_resolved", how=how)) if whole else mine
        return show(Replace(done), effects=(Resolve(alert.id, action, whole),))
    return show(Toast(say("alerts/not_yours"), alert=True))


def _acknowledge(alert: AlertView, whole: bool) -> Outcome:
    take = (Acknowledge(alert.id, whole),)
    # Who takes one out of an incident takes it anew, whoever has the whole.
    free = alert.acknowledged_by is None or (alert.incident is not None and not whole)
    if free or alert.acknowledged_by_me:
        return show(Toast(say("alerts/ack_toast")), effects=take)
    return show(Toast(say("alerts/taken_toast", name=alert.acknowledged_by or ""), alert=True), effects=take)


def _each(scene: Scene, event: Event) -> Screen:
    """The open alerts of an incident one by one, each with a button."""
    incident = event.data.split(":")[2] if isinstance(event, Tap) else ""
    found = [alert for alert in scene.alerts if str(alert.incident) == incident]
    if not found:
        return screen(say("alerts/none"))
    rows = tuple((_open(alert),) for alert in found[:MOST])
    return screen(say("incidents/each"), rows=rows)


def _list(scene: Scene) -> Screen:
    if not scene.is_referent:
        return screen(say("alerts/not_for_you"))
    cases = tuple(open_button(case.id, "case/line_button") for case in scene.cases[:SHOWN])
    about = tuple(case_line(case) for case in scene.cases[:SHOWN])
    if not scene.alerts:
        return Screen((*about, say("alerts/none")), cases)
    counts = Counter(alert.incident for alert in scene.alerts)
    # Of an incident the first stands for all.
    first = {alert.incident or -alert.id: alert for alert in reversed(scene.alerts)}
    shown = [alert for alert in scene.alerts if first[alert.incident or -alert.id] is alert][:SHOWN]
    lines = [_line(a) if a.incident is None else _together(a, counts[a.incident]) for a in shown]
    rows = tuple((_button(a, counts[a.incident]),) for a in shown)
    return Screen((*about, say("alerts/list", n=len(first)), *lines), (*cases, *rows))


def _open(alert: AlertView) -> Button:
    return button("alerts/open_button", f"alerts:open:{alert.id}", learner=alert.learner, number=str(alert.id))


def _button(alert: AlertView, many: int) -> Button:
    if alert.incident is None:
        return _open(alert)
    return button("incidents/open_button", f"alerts:each:{alert.incident}", cohort=alert.cohort, n=many)


def _together(alert: AlertView, many: int) -> Text:
    mark = say("alerts/mark_red") if alert.severity == "red" else say("alerts/mark_amber")
    return say("incidents/line", mark=mark, n=many, cohort=alert.cohort, number=number_of(alert.incident or 0))


def _reason(alert: AlertView) -> Text:
    if alert.confided:
        return say("confide/reason")
    return said_reason(alert.reason, Moment(alert.roll_call, "time", alert.zone) if alert.roll_call else None)


def _timed(alert: AlertView) -> Value:
    return timed(_reason(alert), alert.clock, alert.zone, alert.raised_at)


def _about(alert: AlertView) -> Text:
    """Which alert, where more than one may be meant."""
    at = Moment(alert.raised_at, "short", alert.zone)
    return say("alerts/about", number=str(alert.id), at=at, reason=_timed(alert))


def _line(alert: AlertView) -> Text:
    mark = say("alerts/mark_red") if alert.severity == "red" else say("alerts/mark_amber")
    state = (
        say("alerts/state_taken", name=verbatim(alert.acknowledged_by))
        if alert.acknowledged_by
        else say("alerts/state_open")
    )
    return say(
        "alerts/line", mark=mark, learner=alert.learner, code=alert.code, number=str(alert.id), reason=_timed(alert),
        at=Moment(alert.raised_at, "short", alert.zone), state=state,
    )  # fmt: skip


def _settled(scene: Scene, parts: list[str]) -> Outcome:
    alert = scene.alert
    if len(parts) != 3 or alert is None or not alert.about_me or alert.resolved_at is None:
        return show(Toast(say("alerts/settled_before")))
    if parts[1] == "yes":
        return show(Replace(screen(say("alerts/settled_yes"))), effects=(Settle(alert.id, True),))
    return show(Replace(screen(say("alerts/settled_no"))), effects=(Settle(alert.id, False),))
