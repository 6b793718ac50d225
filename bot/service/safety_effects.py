"""What a flow wants done about a learner's safety: check-ins, journeys, pauses, alerts, cases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.flows import cases as cases_talk, confide as confide_talk, effects as fx
from bot.flows.vocabulary import Replace, Say, Screen, screen
from bot.i18n import say
from bot.rules.alert import Reason, Severity
from bot.rules.confiding import CaseOutcome
from bot.rules.permissions import Action, Actor, may
from bot.service import (
    alerts,
    call_tasks,
    cases,
    check_ins,
    confiding,
    drills,
    future,
    languages,
    moods,
    pauses,
    travel,
)
from bot.service.alert_views import alerted, subject_of_alert
from bot.service.audit import note
from bot.service.book import Book
from bot.service.callers import caller_of
from bot.service.letters import referents_of
from bot.service.work import Applier, Work
from bot.store.tables import Alert, CallTask, Case, CheckIn, Placement, SharedPlace, Travel

KEEP_PLACES = timedelta(hours=24)

# --- planned silence ----------------------------------------------------------------------------


def _ask_pause(work: Work, effect: fx.AskPause) -> None:
    if not work.own_stay(effect.placement_id) or not work.may(Action.ASK_PAUSE, effect.placement_id):
        return
    shown = pauses.ask(work.core, work.session, effect.placement_id, effect.first, effect.last, work.now)
    _after_pause(work, shown or screen(say("pause/no_longer")))


def _decide_pause(work: Work, effect: fx.DecidePause) -> None:
    view = pauses.visible(work.session, effect.pause_id, work.me, work.now)
    if view is not None and work.may(Action.DECIDE_PAUSE, view.placement_id):
        _after_pause(work, pauses.decide(work.core, work.session, view.id, work.me, effect.yes, work.now))


def _end_pause(work: Work, effect: fx.EndPause) -> None:
    view = pauses.visible(work.session, effect.pause_id, work.me, work.now)
    if view is not None:
        shown = pauses.end(work.core, work.session, view.id, work.me, work.now)
        _after_pause(work, shown or screen(say("pause/no_longer")))


def _after_pause(work: Work, shown: Screen) -> None:
    work.applied.after.append(Replace(shown))
    work.applied.more = True


# --- by telephone ---------------------------------------------------------------------------------


def _called(work: Work, effect: fx.RecordCall) -> CheckIn | Travel | CallTask | None:
    if effect.about == "check_in":
        return work.session.get(CheckIn, effect.number)
    if effect.about == "travel":
        return work.session.get(Travel, effect.number)
    return work.session.get(CallTask, effect.number)


def _record_call(work: Work, effect: fx.RecordCall) -> None:
    """What a contact person heard counts as if the learner had said it; what follows for the learner is not shown."""
    row = _called(work, effect)
    placement = work.session.get(Placement, row.placement_id) if row is not None else None
    if row is None or placement is None:
        return
    # Whoever is asked to call may say what they heard, also where they stand in for somebody whom a case names.
    asked = caller_of(Book(work.session, work.now, [placement]), placement)
    told = frozenset({asked.membership_id}) if asked is not None else frozenset()
    if not work.may(Action.RECORD_CALL, placement.id, told):
        work.applied.after.append(Say(screen(say("calls/not_yours"))))
        return
    if effect.about == "message":
        call_tasks.done(work.session, row.id, effect.word, work.me, work.now)
        return
    if not placement.by_phone:
        return
    note(work.session, work.me, "called", placement.person_id, work.now, about=effect.about, word=effect.word)
    if effect.about == "check_in":
        check_ins.answer(work.core, work.session, placement.id, effect.word, row.id, work.now)
    else:
        travel.report(work.core, work.session, placement.id, row.id, effect.word, None, work.now)
    work.applied.more = True


# --- safety -------------------------------------------------------------------------------------


def _asked_about(work: Work, effect: fx.AnswerCheckIn) -> int:
    """The stay whose question it is: a button may be that of another one of theirs, which touches this one."""
    if effect.check_in_id is None or len(work.scene.stays) < 2:
        return effect.placement_id
    asked = work.session.scalar(select(CheckIn.placement_id).where(CheckIn.id == effect.check_in_id))
    return asked if asked is not None and work.own_stay(asked) else effect.placement_id


def _answer_check_in(work: Work, effect: fx.AnswerCheckIn) -> None:
    if not work.own_stay(effect.placement_id):
        return
    about, beside = _asked_about(work, effect), [stay.placement_id for stay in work.scene.stays]
    screens = check_ins.answer(work.core, work.session, about, effect.answer, effect.check_in_id, work.now)
    if len(beside) > 1:
        check_ins.answered_beside(work.core, work.session, set(beside) - {about}, effect.answer, work.now)
    for shown in screens:
        if effect.answer == "fine":
            shown = moods.offer(work.session, effect.placement_id, shown, work.now)
        work.applied.after.append(Replace(shown))
    work.applied.more = True


def _report_travel(work: Work, effect: fx.ReportTravel) -> None:
    if not work.own_stay(effect.placement_id):
        return
    shown = travel.report(
        work.core, work.session, effect.placement_id, effect.travel_id, effect.word, effect.expected_at, work.now
    )
    work.applied.after += [Replace(one) for one in shown]
    work.applied.more = True


_SEVERITY = {Reason.WANTS_TO_TALK: Severity.AMBER}


def _raise_alert(work: Work, effect: fx.RaiseAlert) -> None:
    if not work.own_stay(effect.placement_id):
        return
    reason = Reason(effect.reason)
    placement = work.session.get_one(Placement, effect.placement_id)
    alerts.raise_alert(
        work.core, work.session, placement, reason, _SEVERITY.get(reason, Severity.RED), work.now, detail=effect.detail
    )
    work.applied.more = True


def _take_back(work: Work, effect: fx.TakeBack) -> None:
    if work.own_stay(effect.placement_id):
        beside = [stay.placement_id for stay in work.scene.stays if stay.placement_id != effect.placement_id]
        alerts.taken_back(work.core, work.session, effect.placement_id, beside, work.now)
        work.applied.more = True


def _share_place(work: Work, effect: fx.SharePlace) -> None:
    if effect.moved and not work.scene.alert and not _has_shared(work):
        return
    work.session.add(
        SharedPlace(person_id=work.me, latitude=effect.latitude, longitude=effect.longitude, at=work.now,
                    expires_at=work.now + KEEP_PLACES)
    )  # fmt: skip
    work.session.flush()
    for stay in work.scene.stays:
        work.applied.more |= alerts.place_shared(work.core, work.session, stay.placement_id, work.now)


def _has_shared(work: Work) -> bool:
    shared = select(SharedPlace.person_id).where(SharedPlace.person_id == work.me, SharedPlace.expires_at > work.now)
    return work.session.scalar(select(shared.exists())) is True


def _membership_for(work: Work, row: Alert, action: Action) -> int | None:
    """In which of their roles the person may do this to the alert: a role that was told, else any that reaches it."""
    actor = work.scene.actor
    subject = subject_of_alert(work.session, row)
    if actor is None or not may(actor, action, subject):
        return None
    able = [
        grant.membership_id
        for grant in actor.grants
        if grant.membership_id is not None and may(Actor(actor.person_id, (grant,)), action, subject)
    ]
    told = [membership for membership in able if membership in alerted(row)]
    return next(iter(told or able), None)


def _open_alert(work: Work, effect: fx.OpenAlert) -> None:
    row = work.session.get(Alert, effect.alert_id)
    membership = _membership_for(work, row, Action.SEE_ALERT) if row else None
    if membership is not None:
        shown = alerts.opened_by(work.core, work.session, effect.alert_id, membership, work.now)
        work.applied.after += [Say(one) for one in shown]


def _acknowledge(work: Work, effect: fx.Acknowledge) -> None:
    row = work.session.get(Alert, effect.alert_id)
    membership = _membership_for(work, row, Action.ACKNOWLEDGE_ALERT) if row else None
    if row is not None and membership is not None and row.reason == Reason.DRILL.value:
        work.applied.more |= drills.heard(work.session, row.id, membership, work.now)
    elif membership is not None:
        whole = effect.whole
        row = alerts.acknowledge(work.core, work.session, effect.alert_id, membership, work.now, whole=whole)
        if row.acknowledged_by == membership:
            work.applied.after.append(Replace(alerts.held_by(work.core, work.session, row.id, work.now)))
        work.applied.more = True


def _resolve(work: Work, effect: fx.Resolve) -> None:
    row = work.session.get(Alert, effect.alert_id)
    membership = _membership_for(work, row, Action.RESOLVE_ALERT) if row else None
    if membership is not None:
        how, whole = effect.outcome, effect.whole
        alerts.resolve(work.core, work.session, effect.alert_id, membership, how, work.now, whole=whole)
        work.applied.more = True


def _settle(work: Work, effect: fx.Settle) -> None:
    row = work.session.get(Alert, effect.alert_id)
    if row is not None and work.own_stay(row.placement_id):
        alerts.settle(work.core, work.session, effect.alert_id, effect.yes, work.now)
        work.applied.more = True


# --- confiding ----------------------------------------------------------------------------------


def _offer_confiding(work: Work, effect: fx.OfferConfiding) -> None:
    if work.own_stay(effect.placement_id):
        placement = work.session.get_one(Placement, effect.placement_id)
        view = confiding.view_of(work.core, work.session, placement, work.now)
        work.applied.after.append(Say(confide_talk.choose(view)))


def _confide(work: Work, effect: fx.Confide) -> None:
    if work.own_stay(effect.placement_id) and work.may(Action.CONFIDE, effect.placement_id):
        placement = work.session.get_one(Placement, effect.placement_id)
        confiding.confide(work.core, work.session, placement, effect.chosen, work.now)
        work.applied.more = True


def _open_case(work: Work, effect: fx.OpenCase) -> None:
    if not work.own_stay(effect.placement_id) or not work.may(Action.CONFIDE, effect.placement_id):
        return
    placement = work.session.get_one(Placement, effect.placement_id)
    view = confiding.view_of(work.core, work.session, placement, work.now)
    named = view.nameable.get(str(effect.membership_id) if effect.membership_id is not None else effect.role)
    if named is not None:
        _, told, new = cases.open_case(work.core, work.session, placement, named, work.now)
        work.applied.after.append(Replace(confide_talk.case_opened(view, named, told, new=new)))
        work.applied.more = True


def _case_membership(work: Work, case_id: int, action: Action) -> int | None:
    """In which of their roles the person may do this to the case."""
    row, actor = work.session.get(Case, case_id), work.scene.actor
    if row is None or actor is None:
        return None
    about = cases.subject(work.session, row)
    able = (g.membership_id for g in actor.grants if may(Actor(actor.person_id, (g,)), action, about))
    return next((membership for membership in able if membership is not None), None)


def _read_case(work: Work, effect: fx.ReadCase) -> None:
    if _case_membership(work, effect.case_id, Action.SEE_DISCLOSURE) is not None:
        cases.read(work.session, effect.case_id, work.me, work.now)


def _take_case(work: Work, effect: fx.TakeCase) -> None:
    membership = _case_membership(work, effect.case_id, Action.TAKE_CASE)
    if membership is not None:
        cases.take(work.session, effect.case_id, membership, work.now)
        view = cases.case_by_id(work.session, work.scene, effect.case_id)
        work.applied.after += [Replace(cases_talk.whole(view))] if view is not None else []
        work.applied.more = True


def _close_case(work: Work, effect: fx.CloseCase) -> None:
    membership = _case_membership(work, effect.case_id, Action.CLOSE_CASE)
    if membership is not None:
        cases.close(work.session, effect.case_id, CaseOutcome(effect.outcome), membership, work.now)
        work.applied.more = True


# --- how the day was ----------------------------------------------------------------------------


def _share_languages(work: Work, effect: fx.ShareLanguages) -> None:
    placement = work.session.get(Placement, effect.placement_id)
    if placement is None or not work.own_stay(placement.id):
        return
    if effect.to_person_id in referents_of(work.session, placement):
        languages.share(work.session, effect, work.now)
        work.applied.more = True


def _keep_mood(work: Work, effect: fx.KeepMood) -> None:
    if work.own_stay(effect.placement_id):
        shown = moods.keep(work.session, effect.placement_id, effect.check_in_id, effect.value, work.now)
        work.applied.after.append(Replace(shown))
        letter = future.after_mood(work.core, work.session, effect, work.now)
        work.applied.after += [Say(one) for one in letter]


def _ask_mood(work: Work, effect: fx.AskMood) -> None:
    moods.want(work.session, work.me, effect.wanted, work.now)


def _share_moods(work: Work, effect: fx.ShareMoods) -> None:
    placement = work.session.get(Placement, effect.placement_id)
    if placement is None or not work.own_stay(placement.id):
        return
    if effect.to_person_id in referents_of(work.session, placement):
        moods.share(work.session, placement.id, effect.to_person_id, effect.day, work.now)
        work.applied.more = True


def _note_membership(work: Work, effect: fx.NoteMembership) -> None:
    for stay in work.scene.stays:
        if not effect.member and travel.blocked_on_the_way(work.core, work.session, stay.placement_id, work.now):
            work.applied.more = True
        elif not effect.member and stay.stage == "during":
            placement = work.session.get_one(Placement, stay.placement_id)
            alerts.raise_alert(work.core, work.session, placement, Reason.BLOCKED, Severity.AMBER, work.now)
            work.applied.more = True


APPLIERS: dict[type, Applier] = {
    fx.AskPause: _ask_pause,
    fx.DecidePause: _decide_pause,
    fx.EndPause: _end_pause,
    fx.KeepMood: _keep_mood,
    fx.AskMood: _ask_mood,
    fx.ShareMoods: _share_moods,
    fx.ShareLanguages: _share_languages,
    fx.RecordCall: _record_call,
    fx.AnswerCheckIn: _answer_check_in,
    fx.ReportTravel: _report_travel,
    fx.RaiseAlert: _raise_alert,
    fx.TakeBack: _take_back,
    fx.SharePlace: _share_place,
    fx.OpenAlert: _open_alert,
    fx.Acknowledge: _acknowledge,
    fx.Resolve: _resolve,
    fx.Settle: _settle,
    fx.OfferConfiding: _offer_confiding,
    fx.Confide: _confide,
    fx.OpenCase: _open_case,
    fx.ReadCase: _read_case,
    fx.TakeCase: _take_case,
    fx.CloseCase: _close_case,
    fx.NoteMembership: _note_membership,
}
