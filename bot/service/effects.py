"""Carrying out what a flow wants: one small function per effect, in the transaction of the update.

Each asks the permission mechanism again, for callback data is never trusted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.errors import NotAllowed
from bot.flows import cases as cases_talk
from bot.flows import confide as confide_talk
from bot.flows import effects as fx
from bot.flows import learners
from bot.flows import relay as relay_talk
from bot.flows.scene import CONSENT_VERSION, Scene, Stay
from bot.flows.vocabulary import Kind, Replace, Say, Screen, Shown, screen
from bot.i18n import say
from bot.rules.alert import Reason, Severity
from bot.rules.confiding import CaseOutcome
from bot.rules.permissions import Action, Actor, may
from bot.service import (
    absences,
    alerts,
    cases,
    check_ins,
    confiding,
    drafts,
    drills,
    handover,
    invites,
    moods,
    notices,
    open_cases,
    partings,
    pauses,
    planning,
    privacy,
    steps,
    travel,
)
from bot.service.alert_views import alerted, subject_of_alert
from bot.service.audit import note
from bot.service.core import Core
from bot.service.delivered import EXPORT
from bot.service.scenes import scene_of
from bot.service.stays import subject_of
from bot.store.tables import Alert, Case, Consent, KitQuestion, Person, Placement, Relay, SharedPlace

KEEP_PLACES = timedelta(hours=24)


@dataclass(slots=True)
class Applied:
    """What carrying out brought: a new scene when the person changed, and messages around the flow's own."""

    person_id: int | None = None
    scene: Scene | None = None
    before: list[Shown] = field(default_factory=list)
    after: list[Shown] = field(default_factory=list)
    more: bool = False


@dataclass(slots=True)
class _Work:
    core: Core
    session: Session
    scene: Scene
    now: datetime
    applied: Applied

    @property
    def me(self) -> int:
        person_id = self.applied.person_id or self.scene.person_id
        if person_id is None:
            raise NotAllowed("Only people who joined can do this.")
        return person_id

    def may(self, action: Action, placement_id: int, told: frozenset[int] = frozenset()) -> bool:
        actor = self.scene.actor or Actor(self.me)
        return may(actor, action, subject_of(self.session, placement_id, told))

    def own_stay(self, placement_id: int) -> bool:
        return any(stay.placement_id == placement_id for stay in self.scene.stays)


def apply_effects(core: Core, session: Session, scene: Scene, effects: tuple[fx.Effect, ...], now: datetime) -> Applied:
    """Carry out effects in order. What the person may not do is left out silently: the flow has shown what they may."""
    work = _Work(core, session, scene, now, Applied())
    for effect in effects:
        _APPLIERS[type(effect)](work, effect)
    return work.applied


# --- joining ------------------------------------------------------------------------------------


def _accept_invite(work: _Work, effect: fx.AcceptInvite) -> None:
    person_id = invites.accept(work.session, effect.invite_id, work.scene.chat_id, work.now)
    if person_id is None:
        return
    work.applied.person_id = person_id
    work.applied.scene = scene_of(work.core, work.session, person_id, work.scene.chat_id, work.now)
    for stay in work.applied.scene.stays:
        planning.replan(work.session, stay.placement_id, work.now)
        if effect.role == "learner":
            _tell_referent_of(work, stay)


def _tell_referent_of(work: _Work, stay: Stay) -> None:
    """A lost link in the wrong hands must be seen by a human."""
    placement = work.session.get_one(Placement, stay.placement_id)
    if placement.referent_id is not None:
        to = alerts.person_of(work.session, placement.referent_id)
        notices.notify(work.session, to, learners.joined(stay.learner, stay.placement_id), now=work.now)


def _set_language(work: _Work, effect: fx.SetLanguage) -> None:
    person = work.session.get_one(Person, work.me)
    person.language = effect.language
    work.session.flush()
    work.applied.scene = scene_of(work.core, work.session, work.me, work.scene.chat_id, work.now)


def _give_consent(work: _Work, effect: fx.GiveConsent) -> None:
    placement_id, person_id = effect.placement_id, work.me
    if effect.kind == "guardian":
        if placement_id is None or not work.may(Action.GIVE_GUARDIAN_CONSENT, placement_id):
            return
        person_id = work.session.get_one(Placement, placement_id).person_id
    by_guardian = effect.kind == "guardian"
    stops = by_guardian and not effect.given
    told = partings.stopped_by_guardian(work.session, placement_id, work.now) if stops and placement_id else []
    by = "guardian" if by_guardian else "self"
    about = placement_id if by_guardian else None
    record_consent(work.session, person_id, effect.kind, effect.given, by, work.me, work.now, about)
    for stay in work.session.scalars(select(Placement.id).where(Placement.person_id == person_id)):
        planning.replan(work.session, stay, work.now)
    partings.tell(work.session, told, work.now)
    work.applied.after += steps.after_consent(work.core, work.session, person_id, effect, work.now)


def record_consent(
    session: Session,
    person_id: int,
    kind: str,
    given: bool,
    by: str,
    by_person_id: int | None,
    now: datetime,
    placement_id: int | None = None,
) -> None:
    """One row per word given; the newest counts."""
    session.add(
        Consent(
            person_id=person_id,
            placement_id=placement_id,
            kind=kind,
            version=CONSENT_VERSION,
            given=given,
            given_by=by,
            by_person_id=by_person_id,
            at=now,
        )
    )
    session.flush()
    note(session, by_person_id, f"consent_{kind}", person_id, now, given=given)


def _finish_onboarding(work: _Work, effect: fx.FinishOnboarding) -> None:
    person = work.session.get_one(Person, work.me)
    person.onboarded_at = person.onboarded_at or work.now
    if effect.placement_id and work.own_stay(effect.placement_id):
        work.applied.after += steps.begin(work.core, work.session, effect.placement_id, work.now)


def _report_wrong_stay(work: _Work, effect: fx.ReportWrongStay) -> None:
    if not work.own_stay(effect.placement_id):
        return
    placement = work.session.get_one(Placement, effect.placement_id)
    _relay_to_referents(work, placement, effect.words, relay_talk.wrong_stay)


def _set_check_in_hour(work: _Work, effect: fx.SetCheckInHour) -> None:
    if work.own_stay(effect.placement_id):
        work.session.get_one(Placement, effect.placement_id).check_in_at = effect.hour
        work.session.flush()
        planning.replan(work.session, effect.placement_id, work.now)


# --- planned silence ----------------------------------------------------------------------------


def _ask_pause(work: _Work, effect: fx.AskPause) -> None:
    if not work.own_stay(effect.placement_id) or not work.may(Action.ASK_PAUSE, effect.placement_id):
        return
    shown = pauses.ask(work.core, work.session, effect.placement_id, effect.first, effect.last, work.now)
    _after_pause(work, shown or screen(say("pause/no_longer")))


def _decide_pause(work: _Work, effect: fx.DecidePause) -> None:
    view = pauses.visible(work.session, effect.pause_id, work.me, work.now)
    if view is not None and work.may(Action.DECIDE_PAUSE, view.placement_id):
        _after_pause(work, pauses.decide(work.core, work.session, view.id, work.me, effect.yes, work.now))


def _end_pause(work: _Work, effect: fx.EndPause) -> None:
    view = pauses.visible(work.session, effect.pause_id, work.me, work.now)
    if view is not None:
        shown = pauses.end(work.core, work.session, view.id, work.me, work.now)
        _after_pause(work, shown or screen(say("pause/no_longer")))


def _after_pause(work: _Work, shown: Screen) -> None:
    work.applied.after.append(Replace(shown))
    work.applied.more = True


# --- safety -------------------------------------------------------------------------------------


def _answer_check_in(work: _Work, effect: fx.AnswerCheckIn) -> None:
    if not work.own_stay(effect.placement_id):
        return
    screens = check_ins.answer(
        work.core, work.session, effect.placement_id, effect.answer, effect.check_in_id, work.now
    )
    for shown in screens:
        if effect.answer == "fine":
            shown = moods.offer(work.session, effect.placement_id, shown, work.now)
        work.applied.after.append(Replace(shown))
    work.applied.more = True


def _report_travel(work: _Work, effect: fx.ReportTravel) -> None:
    if not work.own_stay(effect.placement_id):
        return
    shown = travel.report(
        work.core, work.session, effect.placement_id, effect.travel_id, effect.word, effect.expected_at, work.now
    )
    work.applied.after += [Replace(one) for one in shown]
    work.applied.more = True


_SEVERITY = {Reason.WANTS_TO_TALK: Severity.AMBER}


def _raise_alert(work: _Work, effect: fx.RaiseAlert) -> None:
    if not work.own_stay(effect.placement_id):
        return
    reason = Reason(effect.reason)
    placement = work.session.get_one(Placement, effect.placement_id)
    alerts.raise_alert(
        work.core, work.session, placement, reason, _SEVERITY.get(reason, Severity.RED), work.now, detail=effect.detail
    )
    work.applied.more = True


def _take_back(work: _Work, effect: fx.TakeBack) -> None:
    if work.own_stay(effect.placement_id):
        alerts.taken_back(work.core, work.session, effect.placement_id, work.now)
        work.applied.more = True


def _share_place(work: _Work, effect: fx.SharePlace) -> None:
    work.session.add(
        SharedPlace(person_id=work.me, latitude=effect.latitude, longitude=effect.longitude, at=work.now,
                    expires_at=work.now + KEEP_PLACES)
    )  # fmt: skip
    work.session.flush()
    for stay in work.scene.stays:
        work.applied.more |= alerts.place_shared(work.core, work.session, stay.placement_id, work.now)


def _membership_for(work: _Work, row: Alert, action: Action) -> int | None:
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


def _acknowledge(work: _Work, effect: fx.Acknowledge) -> None:
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


def _resolve(work: _Work, effect: fx.Resolve) -> None:
    row = work.session.get(Alert, effect.alert_id)
    membership = _membership_for(work, row, Action.RESOLVE_ALERT) if row else None
    if membership is not None:
        how, whole = effect.outcome, effect.whole
        alerts.resolve(work.core, work.session, effect.alert_id, membership, how, work.now, whole=whole)
        work.applied.more = True


def _settle(work: _Work, effect: fx.Settle) -> None:
    row = work.session.get(Alert, effect.alert_id)
    if row is not None and work.own_stay(row.placement_id):
        alerts.settle(work.core, work.session, effect.alert_id, effect.yes, work.now)
        work.applied.more = True


# --- confiding ----------------------------------------------------------------------------------


def _offer_confiding(work: _Work, effect: fx.OfferConfiding) -> None:
    if work.own_stay(effect.placement_id):
        placement = work.session.get_one(Placement, effect.placement_id)
        view = confiding.view_of(work.core, work.session, placement, work.now)
        work.applied.after.append(Say(confide_talk.choose(view)))


def _confide(work: _Work, effect: fx.Confide) -> None:
    if work.own_stay(effect.placement_id) and work.may(Action.CONFIDE, effect.placement_id):
        placement = work.session.get_one(Placement, effect.placement_id)
        confiding.confide(work.core, work.session, placement, effect.chosen, work.now)
        work.applied.more = True


def _open_case(work: _Work, effect: fx.OpenCase) -> None:
    if not work.own_stay(effect.placement_id) or not work.may(Action.CONFIDE, effect.placement_id):
        return
    placement = work.session.get_one(Placement, effect.placement_id)
    view = confiding.view_of(work.core, work.session, placement, work.now)
    named = view.nameable.get(str(effect.membership_id) if effect.membership_id is not None else effect.role)
    if named is not None:
        _, told, new = cases.open_case(work.core, work.session, placement, named, work.now)
        work.applied.after.append(Replace(confide_talk.case_opened(view, named.name, told, new=new)))
        work.applied.more = True


def _case_membership(work: _Work, case_id: int, action: Action) -> int | None:
    """In which of their roles the person may do this to the case."""
    row, actor = work.session.get(Case, case_id), work.scene.actor
    if row is None or actor is None:
        return None
    about = cases.subject(work.session, row)
    able = (g.membership_id for g in actor.grants if may(Actor(actor.person_id, (g,)), action, about))
    return next((membership for membership in able if membership is not None), None)


def _read_case(work: _Work, effect: fx.ReadCase) -> None:
    if _case_membership(work, effect.case_id, Action.SEE_DISCLOSURE) is not None:
        cases.read(work.session, effect.case_id, work.me, work.now)


def _take_case(work: _Work, effect: fx.TakeCase) -> None:
    membership = _case_membership(work, effect.case_id, Action.TAKE_CASE)
    if membership is not None:
        cases.take(work.session, effect.case_id, membership, work.now)
        view = cases.case_by_id(work.session, work.scene, effect.case_id)
        work.applied.after += [Replace(cases_talk.whole(view))] if view is not None else []
        work.applied.more = True


def _close_case(work: _Work, effect: fx.CloseCase) -> None:
    membership = _case_membership(work, effect.case_id, Action.CLOSE_CASE)
    if membership is not None:
        cases.close(work.session, effect.case_id, CaseOutcome(effect.outcome), membership, work.now)
        work.applied.more = True


# --- how the day was ----------------------------------------------------------------------------


def _keep_mood(work: _Work, effect: fx.KeepMood) -> None:
    if work.own_stay(effect.placement_id):
        shown = moods.keep(work.session, effect.placement_id, effect.check_in_id, effect.value, work.now)
        work.applied.after.append(Replace(shown))


def _ask_mood(work: _Work, effect: fx.AskMood) -> None:
    moods.want(work.session, work.me, effect.wanted, work.now)


def _share_moods(work: _Work, effect: fx.ShareMoods) -> None:
    placement = work.session.get(Placement, effect.placement_id)
    if placement is None or not work.own_stay(placement.id):
        return
    if effect.to_person_id in _referents(work.session, placement):
        moods.share(work.session, placement.id, effect.to_person_id, effect.day, work.now)
        work.applied.more = True


# --- the journey --------------------------------------------------------------------------------


def _step_effect(work: _Work, effect: Any) -> None:
    if work.own_stay(effect.placement_id):
        steps.apply(work.core, work.session, effect, work.now)
        work.applied.more |= isinstance(effect, fx.FinishStep | fx.SkipStep | fx.ReleaseWaiting)


def _share_entry(work: _Work, effect: fx.ShareEntry) -> None:
    if not work.own_stay(effect.placement_id):
        return
    entry = steps.share_entry(work.session, effect.placement_id, effect.step, work.now)
    if entry is not None:
        placement = work.session.get_one(Placement, effect.placement_id)
        title = steps.title_of(work.core, work.session, placement, effect.step)
        _relay_to_referents(
            work, placement, entry.words or "",
            lambda name, words: relay_talk.shared_entry(name, title, words, entry.file_id, entry.file_kind),
        )  # fmt: skip


# --- writing to each other ----------------------------------------------------------------------


def _send_relay(work: _Work, effect: fx.SendRelay) -> None:
    placement = work.session.get(Placement, effect.placement_id)
    if placement is None:
        return
    mine = work.own_stay(effect.placement_id)
    told = open_cases.trusted(work.session, effect.placement_id) | alerts.told_now(work.session, placement.id)
    if not mine and not (
        effect.to_person_id == placement.person_id and work.may(Action.WRITE_TO_LEARNER, effect.placement_id, told)
    ):
        return
    allowed = _referents(work.session, placement) if mine else {}
    if mine and effect.to_person_id not in {
        *allowed, *open_cases.correspondents(work.session, placement.id, work.me)
    }:  # fmt: skip
        return
    relay(work.core, work.session, placement.id, work.me, effect.to_person_id, effect.words, work.now)
    work.applied.more = True


def _referents(session: Session, placement: Placement) -> dict[int, int]:
    """person id → membership id of those a learner may write to."""
    from_rungs = [m for m in (placement.referent_id, placement.backup_id, placement.local_contact_id) if m]
    return {alerts.person_of(session, m): m for m in from_rungs}


def relay(core: Core, session: Session, placement_id: int, sender: int, to: int, words: str, now: datetime) -> None:
    """Words from one to the other; a reply by swiping finds its way back."""
    session.add(Relay(placement_id=placement_id, from_id=sender, to_id=to, words=words, at=now))
    person = session.get_one(Person, sender)
    shown = relay_talk.message(f"{person.first_name} {person.last_name}".strip(), words, placement_id, sender)
    _queue(session, to, shown, Kind.RELAY, f"relay:{placement_id}:{sender}", now)


def _queue(session: Session, to: int, shown: Any, kind: Kind, ref: str | None, now: datetime) -> None:
    chat_id = drafts.chat_of(session, to)
    if chat_id is not None:
        drafts.queue(session, [drafts.Draft(chat_id, shown, kind, to, ref=ref)], now)


def _relay_to_referents(work: _Work, placement: Placement, words: str, build: Callable[[str, str], Any]) -> None:
    name = work.session.get_one(Person, placement.person_id)
    shown = build(f"{name.first_name} {name.last_name}".strip(), words)
    if placement.referent_id is not None:
        to = alerts.person_of(work.session, placement.referent_id)
        _queue(work.session, to, shown, Kind.RELAY, f"relay:{placement.id}:{placement.person_id}", work.now)
        work.applied.more = True


# --- the person's own data ----------------------------------------------------------------------


def _keep_kit_question(work: _Work, effect: fx.KeepKitQuestion) -> None:
    work.session.add(
        KitQuestion(kit=effect.kit, language=effect.language, question=effect.question[:1000], asked_on=work.now.date())
    )


def _export(work: _Work, effect: fx.ExportMe) -> None:
    work.applied.after.append(Say(privacy.export_screen(work.session, work.me, work.now), ref=EXPORT))


def _erase(work: _Work, effect: fx.EraseMe) -> None:
    waits = privacy.open_case(work.session, work.me)
    told = [] if waits else partings.of_erased(work.session, work.me, work.now)
    refusal = None if waits else handover.before_erasing(work.core, work.session, work.me, work.now)
    if refusal is not None:
        work.applied.after.append(Say(refusal))
        return
    work.applied.after.append(Say(privacy.erase_from_chat(work.core, work.session, work.me, work.scene, work.now)))
    partings.tell(work.session, told, work.now)
    work.applied.more |= bool(told)


def _unlink_learner(work: _Work, effect: fx.UnlinkLearner) -> None:
    placement = work.session.get(Placement, effect.placement_id)
    if placement is None or not work.may(Action.WRITE_TO_LEARNER, effect.placement_id):
        return
    partings.unlink(work.session, placement.person_id, work.now)
    invites.issue(work.session, placement.person_id, placement.cohort_id, "learner", placement.code, work.now)
    note(work.session, work.me, "unlinked", placement.person_id, work.now)
    work.applied.more = True


def _change_duty(work: _Work, effect: fx.DutyEffect) -> None:
    work.applied.after.append(Replace(absences.apply(work.core, work.session, work.me, effect, work.now)))
    work.applied.more = True


def _note_membership(work: _Work, effect: fx.NoteMembership) -> None:
    for stay in work.scene.stays:
        if not effect.member and travel.blocked_on_the_way(work.core, work.session, stay.placement_id, work.now):
            work.applied.more = True
        elif not effect.member and stay.stage == "during":
            placement = work.session.get_one(Placement, stay.placement_id)
            alerts.raise_alert(work.core, work.session, placement, Reason.BLOCKED, Severity.AMBER, work.now)
            work.applied.more = True


_APPLIERS: dict[type, Callable[[_Work, Any], None]] = {
    fx.AcceptInvite: _accept_invite,
    fx.SetLanguage: _set_language,
    fx.GiveConsent: _give_consent,
    fx.FinishOnboarding: _finish_onboarding,
    fx.ReportWrongStay: _report_wrong_stay,
    fx.SetCheckInHour: _set_check_in_hour,
    fx.AskPause: _ask_pause,
    fx.DecidePause: _decide_pause,
    fx.EndPause: _end_pause,
    fx.KeepMood: _keep_mood,
    fx.AskMood: _ask_mood,
    fx.ShareMoods: _share_moods,
    fx.AnswerCheckIn: _answer_check_in,
    fx.ReportTravel: _report_travel,
    fx.RaiseAlert: _raise_alert,
    fx.TakeBack: _take_back,
    fx.SharePlace: _share_place,
    fx.Acknowledge: _acknowledge,
    fx.Resolve: _resolve,
    fx.Settle: _settle,
    fx.OfferConfiding: _offer_confiding,
    fx.Confide: _confide,
    fx.OpenCase: _open_case,
    fx.ReadCase: _read_case,
    fx.TakeCase: _take_case,
    fx.CloseCase: _close_case,
    fx.OpenStep: _step_effect,
    fx.SaveStep: _step_effect,
    fx.FinishStep: _step_effect,
    fx.SkipStep: _step_effect,
    fx.ReleaseWaiting: _step_effect,
    fx.KeepEntry: _step_effect,
    fx.ShareEntry: _share_entry,
    fx.SendRelay: _send_relay,
    fx.KeepKitQuestion: _keep_kit_question,
    fx.ExportMe: _export,
    fx.EraseMe: _erase,
    fx.UnlinkLearner: _unlink_learner,
    fx.GoAway: _change_duty,
    fx.AnswerStandIn: _change_duty,
    fx.EndAbsence: _change_duty,
    fx.NoteMembership: _note_membership,
}
