"""What is said about an alert to those who are told."""

from __future__ import annotations

from datetime import datetime

from bot.clock import local
from bot.flows import call_list
from bot.flows.dossier import DANGER, Dossier
from bot.flows.drill_screens import alarm
from bot.flows.pause_screens import span
from bot.flows.scene import TravelView
from bot.flows.vocabulary import Attachment, Button, Rows, Screen, Venue, button, screen
from bot.i18n import Country, Elsewhere, Listing, Moment, Text, Value, say, verbatim
from bot.rules.alert import Outcome, Reason

_OF_CHECK_IN = frozenset({"not_answered", "not_delivered", "could_not_ask"})
_OF_ROLL_CALL = frozenset({"not_answered", "not_delivered"})


def _head(d: Dossier) -> Text:
    mark = say("alerts/mark_red") if d.severity == "red" else say("alerts/mark_amber")
    reason = reason_of(d)
    if d.danger_at is not None and d.reason in DANGER:
        reason = say("alerts/reason_at", reason=reason, at=d.at(d.danger_at))
    why = timed(reason, d.clock, d.zone, d.now)
    return say("alerts/head", mark=mark, learner=d.learner, code=d.code, number=str(d.alert_id), reason=why)


def timed(line: Text, clock: Value, zone: str, now: datetime) -> Value:
    """A line, and for who lives by another clock than that of `zone` the place whose times follow."""
    return Listing((line, Elsewhere(say("alerts/times", place=clock), zone, now)), lines=True) if clock else line


def about(d: Dossier) -> Text:
    """Which alert, where more than one may be meant: its number, since when and why."""
    reason = timed(reason_of(d), d.clock, d.zone, d.now)
    return say("alerts/about", number=d.number, at=d.at(d.raised_at), reason=reason)


def reason_of(d: Dossier) -> Text:
    """Why it was raised, in words."""
    if d.confided:
        return say("confide/reason")
    return said_reason(d.reason, None if d.roll_call is None else d.at(d.roll_call, "time"))


def said_reason(reason: str, roll_call: Moment | None) -> Text:
    """The words for a reason; of a roll call those with its hour, where there are such."""
    if roll_call is not None and reason in _OF_ROLL_CALL:
        return say(f"alerts/roll_call/{reason}", at=roll_call)
    return say(f"alerts/reason/{reason}")


def _personal(d: Dossier) -> tuple[Text, ...]:
    """What is said to whom the learner chose, instead of where they are and whom to call about it."""
    phone = say("alerts/call_learner", phone=d.learner_phone) if d.learner_phone else say("alerts/no_phone")
    what = call_list.block(
        [say("alerts/raised", at=d.at(d.raised_at)), say("alerts/local_time", at=d.at(d.now, "time")), phone]
    )
    return (say("confide/to_you", learner=d.learner), what, say("confide/how"))


def _free_rows(d: Dossier) -> Rows:
    """What can be done about an alert that nobody has."""
    return (
        (button("alerts/ack_button", f"alerts:ack:{d.alert_id}"),),
        (button("alerts/resolve_button", f"alerts:res:{d.alert_id}"),),
        (_write(d),),
    )


def notice(d: Dossier, *, repeat: bool, exhausted: bool) -> Screen:
    """The alert itself: who, what, since when, where, whom to call, what has been done, what can be done."""
    if d.reason == Reason.DRILL:
        return alarm(d.alert_id, d.cohort, d.raised_at, repeat=repeat)
    body: list[Text] = [_head(d), *_handed_over(d)]
    body += _said(d)
    if exhausted:
        body += nobody_left(d)
    elif d.nobody_on_duty:
        body.append(say("alerts/nobody_on_duty"))
    elif d.became_red:
        body.append(say("alerts/became_red"))
    elif repeat and d.acknowledged_by:
        body.append(say("alerts/raised_again", at=d.at(d.now)))
    elif repeat:
        body += [_nobody_yet(d), *lapsed(d)]
    # A repeat is short, so that a night of them can still be scrolled: whom to call is what counts by then.
    body += _calls(d) if repeat and not d.became_red else [*_travel(d), *_since(d), *_where(d), *_calls(d), *_done(d)]
    if d.confided:
        body = [_head(d), *_handed_over(d), *([_nobody_yet(d), *lapsed(d)] if repeat else []), *_personal(d)]
    return Screen(tuple(body), _free_rows(d))


def nobody_left(d: Dossier) -> list[Text]:
    """Nobody has it and nobody comes after you; who had it, and is not heard of, took it all the same."""
    return [say("alerts/exhausted_again" if d.lapsed_by else "alerts/exhausted"), *lapsed(d)]


def lapsed(d: Dossier) -> list[Text]:
    """Somebody had it for a while: they are to be rung before anything is done twice."""
    if d.lapsed_by is None:
        return []
    name = verbatim(d.lapsed_by)
    return [
        say("alerts/lapsed", name=name, since=d.at(d.lapsed_since))
        if d.lapsed_since
        else say("alerts/lapsed_once", name=name)
    ]


def _handed_over(d: Dossier) -> list[Text]:
    """To who takes it over: from whom, and whether they had it."""
    if d.handed_over_by is None:
        return []
    key = "alerts/handed_over_taken" if d.handed_over_taken else "alerts/handed_over"
    return [say(key, name=verbatim(d.handed_over_by))]


_ANSWERS = {
    "fine": "check_in/fine_button", "want_to_talk": "check_in/talk_button", "need_help": "check_in/help_button",
    "left": "travel/left_button", "delayed": "travel/delayed_button", "arrived": "travel/arrived_button",
    "still": "travel/still_button",
}  # fmt: skip


def _said(d: Dossier) -> list[Text]:
    """What the learner said after the alert was raised; that it is not settled stays in sight until it is closed."""
    lines: list[Text] = []
    if d.also:
        lines.append(say("alerts/also", learner=d.learner, cohorts=Listing(d.also)))
    if d.reopened:
        lines.append(say("alerts/reopened", name=verbatim(d.closed_by)) if d.closed_by else say("alerts/reopened_desk"))
    if d.said in _ANSWERS and d.said_at is not None:
        answer = Text(f"interface/{_ANSWERS[d.said]}")
        lines.append(say("alerts/answered_meanwhile", at=d.at(d.said_at), answer=answer))
    if d.taken_back:
        lines.append(say("alerts/taken_back"))
    return lines


def _travel(d: Dossier) -> list[Text]:
    """From where to where, since when, when they should be there, and what they said last."""
    trip = d.travel
    if trip is None:
        return []
    at = _there(d, trip, trip.expected_at)
    lines = [say("travel/alert/route", start=trip.start, to=trip.to)]
    lines.append(say("travel/alert/left", at=d.at(trip.left_at)) if trip.left_at else say("travel/alert/not_left"))
    if trip.said and trip.said_at:
        lines.append(say("travel/alert/word", word=say(f"travel/word/{trip.said}"), at=d.at(trip.said_at)))
    if trip.expected_at > trip.first_expected_at:
        first = _there(d, trip, trip.first_expected_at)
        lines.append(say("travel/alert/delayed", at=at, first=first))
    elif trip.assumed:
        lines.append(say("travel/alert/assumed", at=at))
    else:
        lines.append(say("travel/alert/expected", at=at))
    return [call_list.block(lines)]


def _there(d: Dossier, trip: TravelView, instant: datetime) -> Value:
    """An hour at the end of the journey, by the clock there: named where it is another than that of the rest."""
    at = Moment(instant, "short", trip.zone)
    if local(instant, trip.zone).utcoffset() == local(instant, d.zone).utcoffset():
        return at
    return say("alerts/at_place", at=at, place=trip.to)


def _since(d: Dossier) -> list[Text]:
    lines = []
    if d.reason in _OF_CHECK_IN and d.asked_at:
        lines.append(say("alerts/asked", at=d.at(d.asked_at)))
    if d.reason in _OF_CHECK_IN and d.reminded_at:
        lines.append(say("alerts/reminded", at=d.at(d.reminded_at, "time")))
    lines.append(say("alerts/raised", at=d.at(d.raised_at)))
    if d.last_active_at:
        lines.append(say("alerts/last_active", at=d.at(d.last_active_at)))
    if d.paused:
        lines.append(say("alerts/paused", span=span(*d.paused)))
    if d.reason in _OF_CHECK_IN and d.asked_at:
        lines.append(say("alerts/delivered_means"))
    return [call_list.block(lines)]


def _where(d: Dossier) -> list[Text]:
    lines: list[Text] = []
    if d.city and d.country and (d.travel is None or d.travel.left_at is None):
        key = "alerts/at_home" if d.at_home else "alerts/city"
        lines.append(say(key, city=d.city, country=Country(d.country)))
    if d.host_organisation:
        lines.append(say("alerts/host", name=d.host_organisation))
    if d.accommodation:
        lines.append(say("alerts/accommodation", place=d.accommodation))
    if d.latitude is not None and d.placed_at is not None:
        lines.append(say("alerts/placed", at=d.at(d.placed_at)))
    lines.append(say("alerts/local_time", at=d.at(d.now, "time")))
    return [call_list.block(lines)]


def _calls(d: Dossier) -> list[Text]:
    """Whom to call, who else was told, what to dial there: a paragraph each."""
    first = [*call_list.people(d.learner_phone, d.contacts), *call_list.missing(d.help)]
    return [call_list.block(first), *call_list.in_common(d.help)]


def _done(d: Dossier) -> list[Text]:
    lines = told_lines(d)
    lines += [say(f"alerts/skipped/{p.why}", name=verbatim(p.name)) for p in d.skipped]
    if any(not one.failed for one in d.told) and not (d.reason in _OF_CHECK_IN and d.asked_at):
        lines.append(say("alerts/delivered_means"))
    return [call_list.block([say("alerts/done_so_far"), *lines])] if lines else []


def told_lines(d: Dossier) -> list[Text]:
    """Who was told when, as far as Telegram says."""
    reached = [one for one in d.told if not one.failed]
    lines = [
        say(
            "alerts/told_at" if one.delivered_at else "alerts/told_since",
            name=verbatim(one.name), at=d.at(one.delivered_at or one.at, "time"),
        )
        for one in reached
    ]  # fmt: skip
    return [*lines, *(say("alerts/told_not", name=verbatim(one.name)) for one in d.told if one.failed)]


def place(d: Dossier) -> tuple[Screen, ...]:
    """The learner's location as a pin, with its time."""
    if d.latitude is None or d.longitude is None or d.placed_at is None:
        return ()
    shared = say("alerts/place_shared", learner=d.learner, at=d.at(d.placed_at))
    words = screen(say("alerts/lines", first=timed(shared, d.clock, d.zone, d.now), then=""))
    pin = Screen((), venue=Venue(d.latitude, d.longitude, d.learner, d.code))
    return words, pin


def wrote(d: Dossier, words: str, file_id: str | None = None, file_kind: str | None = None) -> Screen:
    """What the learner writes while they are looked for, in their own words."""
    ack = () if d.acknowledged_by else ((button("alerts/ack_button", f"alerts:ack:{d.alert_id}"),),)
    said = (verbatim(words),) if words else ()
    attachment = Attachment(file_kind, file_id) if file_id and file_kind else None
    body = (say("alerts/wrote", learner=d.learner, at=d.at(d.now, "time")), *said, about(d))
    return Screen(body, (*ack, (_write(d),)), attachment=attachment)


def taken(d: Dossier, by: str) -> Screen:
    """To the others: somebody has it."""
    return screen(_head(d), say("alerts/raised", at=d.at(d.raised_at)), say("alerts/taken", name=verbatim(by)))


def already_taken(d: Dossier, by: str) -> Screen:
    """To who came second."""
    words = say("alerts/already_taken", name=verbatim(by), learner=d.learner)
    return screen(words, about(d), rows=(_resolve(d.alert_id),))


def yours(d: Dossier) -> Screen:
    """The alert in the chat of who took it: everything to act on, and what is left to do."""
    body = (_head(d), say("alerts/yours", learner=d.learner), *_whole(d))
    return Screen(body, (_resolve(d.alert_id), (_write(d),)))


def opened(d: Dossier, *, together: bool) -> Screen:
    """An alert opened from a list by somebody who has not taken it: all that its first message held, and who has it.

    `together`: one of an incident; taking or closing it takes it out.
    """
    if d.reason == Reason.DRILL:
        return alarm(d.alert_id, d.cohort, d.raised_at, repeat=False)
    taken = [say("alerts/taken", name=verbatim(d.acknowledged_by))] if d.acknowledged_by else []
    state = taken or [_nobody_yet(d), *lapsed(d)]
    rows = _free_rows(d)
    if together:
        take = button("incidents/one_ack_button", f"alerts:ack:{d.alert_id}")
        close = button("incidents/one_resolve_button", f"alerts:res:{d.alert_id}")
        rows = ((take,), (close,), (_write(d),))
    return Screen((_head(d), *state, *_whole(d)), rows)


def _whole(d: Dossier) -> tuple[Text, ...]:
    """Everything to act on."""
    return _personal(d) if d.confided else (*_said(d), *_travel(d), *_since(d), *_where(d), *_calls(d), *_done(d))


def _nobody_yet(d: Dossier) -> Text:
    return say("alerts/again", since=d.at(d.raised_at))


def _write(d: Dossier) -> Button:
    return button("alerts/write_button", f"alerts:write:{d.alert_id}")


def _resolve(alert_id: int) -> tuple[Button, ...]:
    return (button("alerts/resolve_button", f"alerts:res:{alert_id}"),)


def learner_answered(d: Dossier, said: str) -> Screen:
    """The learner answered after the alert; it stays open until a person has looked."""
    ack = (button("alerts/ack_button", f"alerts:ack:{d.alert_id}"),)
    rows = (_resolve(d.alert_id),) if d.acknowledged_by else (ack, _resolve(d.alert_id))
    return screen(_head(d), say("alerts/raised", at=d.at(d.raised_at)), say(f"alerts/answered/{said}"), rows=rows)


def taken_back(d: Dossier) -> Screen:
    """The learner says the SOS was pressed by mistake: call all the same."""
    ack = (button("alerts/ack_button", f"alerts:ack:{d.alert_id}"),)
    rows = (_resolve(d.alert_id),) if d.acknowledged_by else (ack, _resolve(d.alert_id))
    return screen(_head(d), say("alerts/taken_back"), *_calls(d), rows=rows)


def besides(d: Dossier, reason: str) -> Screen:
    """To who looks for the learner: what else has happened, such as that the bot does not reach them any more."""
    ack = (button("alerts/ack_button", f"alerts:ack:{d.alert_id}"),)
    rows = (_resolve(d.alert_id),) if d.acknowledged_by else (ack, _resolve(d.alert_id))
    return screen(_head(d), say(f"alerts/reason/{reason}"), *_calls(d), rows=rows)


def still_open(d: Dossier) -> Screen:
    """To who took it, two hours later."""
    rows = ((button("alerts/still_button", f"alerts:ack:{d.alert_id}"),), _resolve(d.alert_id))
    return screen(_head(d), say("alerts/raised", at=d.at(d.raised_at)), say("alerts/still_open"), rows=rows)


def all_clear(d: Dossier, by: str | None, outcome: str) -> Screen:
    """To all who were told."""
    how = say(f"alerts/outcome/{outcome}")
    who = {"learner": d.learner, "code": d.code}
    if by is None:
        return screen(say("alerts/all_clear_desk", how=how, **who), about(d))
    return screen(say("alerts/all_clear", name=verbatim(by), how=how, **who), about(d))


def outcomes(alert_id: int, learner: str, which: Text) -> Screen:
    """Resolving needs to say how; `which` of the alerts about this learner."""
    rows = tuple(
        (button(f"alerts/outcome_button/{outcome.value}", f"alerts:{outcome.value}:{alert_id}"),) for outcome in Outcome
    )
    return screen(say("alerts/which_outcome", learner=learner), which, rows=rows)
