"""Carrying out what a flow wants: one small function per effect, in the transaction of the update.

Each asks the permission mechanism again, for callback data is never trusted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.flows import effects as fx, learners, relay as relay_talk
from bot.flows.running import OF_WALK
from bot.flows.scene import Scene, Stay
from bot.flows.vocabulary import Replace, Say
from bot.rules import wishes
from bot.rules.permissions import Action
from bot.service import (
    absences,
    alert_words,
    asking,
    becoming,
    certificates,
    chat_messages,
    contacts,
    digest,
    erasing,
    evidence,
    family_word,
    handover,
    hosts,
    invites,
    letters,
    map_views,
    new_chat,
    notices,
    partings,
    planning,
    portfolios,
    privacy,
    progress,
    safety_effects,
    steps,
    surveys,
    walks,
)
from bot.service.audit import note
from bot.service.consents import record_consent
from bot.service.core import Core
from bot.service.delivered import EXPORT, FAREWELL
from bot.service.scenes import scene_of
from bot.service.work import Applied, Applier, Work
from bot.store.tables import Feedback, KitQuestion, Person, Placement


def apply_effects(core: Core, session: Session, scene: Scene, effects: tuple[fx.Effect, ...], now: datetime) -> Applied:
    """Carry out effects in order. What the person may not do is left out silently: the flow has shown what they may."""
    work = Work(core, session, scene, now, Applied())
    for effect in effects:
        _APPLIERS[type(effect)](work, effect)
    return work.applied


# --- joining ------------------------------------------------------------------------------------


def _accept_invite(work: Work, effect: fx.AcceptInvite) -> None:
    person_id = invites.accept(work.session, effect.invite_id, work.scene.chat_id, work.now)
    if person_id is None:
        return
    work.applied.person_id = person_id
    work.applied.scene = scene_of(work.core, work.session, person_id, work.scene.chat_id, work.now)
    walks.begin_for(work.core, work.session, person_id, work.now)
    for stay in work.applied.scene.stays:
        planning.replan(work.session, stay.placement_id, work.now)
        if effect.role in ("learner", "staff"):
            _tell_referent_of(work, stay)
    work.applied.more |= new_chat.ask_again(work.core, work.session, person_id, work.now)


def _tell_referent_of(work: Work, stay: Stay) -> None:
    """A lost link in the wrong hands must be seen by a human."""
    placement = work.session.get_one(Placement, stay.placement_id)
    to = contacts.contact_person(work.session, placement)
    if to is not None:
        notices.notify(work.session, to, learners.joined(stay.learner, stay.placement_id), now=work.now)


def _set_language(work: Work, effect: fx.SetLanguage) -> None:
    person = work.session.get_one(Person, work.me)
    person.language = effect.language
    work.session.flush()
    work.applied.scene = scene_of(work.core, work.session, work.me, work.scene.chat_id, work.now)


def _give_consent(work: Work, effect: fx.GiveConsent) -> None:
    placement_id, person_id = effect.placement_id, work.me
    if effect.kind == "guardian":
        if placement_id is None or not work.may(Action.GIVE_GUARDIAN_CONSENT, placement_id):
            return
        person_id = work.session.get_one(Placement, placement_id).person_id
    by_guardian = effect.kind == "guardian"
    stops = by_guardian and not effect.given
    told = partings.stopped_by_guardian(work.session, placement_id, work.now) if stops and placement_id else []
    if effect.kind == "data" and not effect.given:
        told = partings.yes_gone(work.session, person_id, work.now)
    by = "guardian" if by_guardian else "self"
    about = placement_id if by_guardian else None
    record_consent(work.session, person_id, effect.kind, effect.given, by, work.me, work.now, about)
    for stay in work.session.scalars(select(Placement.id).where(Placement.person_id == person_id)):
        planning.replan(work.session, stay, work.now)
    partings.tell(work.session, told, work.now)
    work.applied.after += steps.after_consent(work.core, work.session, person_id, effect, work.now)


def _finish_onboarding(work: Work, effect: fx.FinishOnboarding) -> None:
    person = work.session.get_one(Person, work.me)
    person.onboarded_at = person.onboarded_at or work.now
    if effect.placement_id and work.own_stay(effect.placement_id):
        work.applied.after += steps.begin(work.core, work.session, effect.placement_id, work.now)


def _report_wrong_stay(work: Work, effect: fx.ReportWrongStay) -> None:
    if not work.own_stay(effect.placement_id):
        return
    placement = work.session.get_one(Placement, effect.placement_id)
    letters.relay_to_referents(work, placement, effect.words, relay_talk.wrong_stay)


def _set_check_in_hour(work: Work, effect: fx.SetCheckInHour) -> None:
    if work.own_stay(effect.placement_id):
        work.session.get_one(Placement, effect.placement_id).check_in_at = effect.hour
        work.session.flush()
        planning.replan(work.session, effect.placement_id, work.now)


def _set_wishes(work: Work, effect: fx.SetWishes) -> None:
    if work.own_stay(effect.placement_id):
        placement = work.session.get_one(Placement, effect.placement_id)
        placement.rhythm, placement.quiet_kinds = wishes.stored(effect.wishes)
        planning.replan(work.session, effect.placement_id, work.now)


# --- the journey --------------------------------------------------------------------------------


def _step_effect(work: Work, effect: Any) -> None:
    if OF_WALK in getattr(effect, "step", ""):
        walks.apply(work.session, work.me, effect, work.now)
    elif work.own_stay(effect.placement_id):
        steps.apply(work.core, work.session, effect, work.now)
        work.applied.more |= isinstance(effect, fx.FinishStep | fx.SkipStep | fx.ReleaseWaiting)


def _finish_step(work: Work, effect: fx.FinishStep) -> None:
    """And what it brings: a badge, or a certificate with the last quiz (only quizzes have a score)."""
    quiz = effect.score is not None
    before = certificates.before_step(work.session, work.me, effect) if quiz else None
    _step_effect(work, effect)
    brought = certificates.after_step(effect, before)
    if work.own_stay(effect.placement_id):
        brought += progress.new_badges(work.session, effect, work.now)
    work.applied.after += [Say(shown) for shown in brought]


def _keep_survey(work: Work, effect: fx.KeepSurvey) -> None:
    surveys.keep(work.session, work.me, effect)


def _keep_portfolio(work: Work, effect: fx.KeepPortfolio) -> None:
    if work.own_stay(effect.placement_id):
        portfolios.keep(work.session, effect, work.now)


def _issue_certificate(work: Work, effect: fx.IssueCertificate) -> None:
    work.applied.after.append(Say(certificates.issue(work.core, work.session, work.me, effect, work.now)))


# --- the person's own data ----------------------------------------------------------------------


def _keep_kit_question(work: Work, effect: fx.KeepKitQuestion) -> None:
    work.session.add(
        KitQuestion(kit=effect.kit, language=effect.language, question=effect.question[:1000], asked_on=work.now.date())
    )


def _export(work: Work, effect: fx.ExportMe) -> None:
    shown = privacy.export_screens(work.core.content, work.session, work.me, work.now)
    work.applied.after += [Say(one, ref=EXPORT) for one in shown]


def _erase(work: Work, effect: fx.EraseMe) -> None:
    waits = erasing.open_case(work.session, work.me)
    told = [] if waits else partings.of_erased(work.session, work.me, work.now)
    refusal = None if waits else handover.before_erasing(work.core, work.session, work.me, work.now)
    if refusal is not None:
        work.applied.after.append(Say(refusal))
        return
    shown = erasing.erase_from_chat(work.core, work.session, work.me, work.scene, work.now)
    work.applied.after.append(Say(shown, ref=None if waits else FAREWELL))
    partings.tell(work.session, told, work.now)
    work.applied.more |= bool(told)


def _set_plain(work: Work, effect: fx.SetPlain) -> None:
    work.session.get_one(Person, work.me).plain_at = work.now if effect.wanted else None


def _keep_feedback(work: Work, effect: fx.KeepFeedback) -> None:
    words = {"journey": effect.journey, "step": effect.step, "item": effect.item, "words": effect.words}
    work.session.add(Feedback(language=work.scene.language, written_on=work.now.date(), **words))


def _unlink_learner(work: Work, effect: fx.UnlinkLearner) -> None:
    placement = work.session.get(Placement, effect.placement_id)
    if placement is None or not work.may(Action.WRITE_TO_LEARNER, effect.placement_id):
        return
    partings.unlink(work.session, placement.person_id, work.now)
    invites.issue(work.session, placement.person_id, placement.cohort_id, "learner", placement.code, work.now)
    note(work.session, work.me, "unlinked", placement.person_id, work.now)
    work.applied.more = True


def _change_duty(work: Work, effect: fx.DutyEffect) -> None:
    work.applied.after.append(Replace(absences.apply(work.core, work.session, work.me, effect, work.now)))
    work.applied.more = True


_APPLIERS: dict[type, Applier] = {
    **safety_effects.APPLIERS,
    **alert_words.APPLIERS,
    **letters.APPLIERS,
    **chat_messages.APPLIERS,
    **map_views.APPLIERS,
    **hosts.APPLIERS,
    **asking.APPLIERS,
    **becoming.APPLIERS,
    **digest.APPLIERS,
    **evidence.APPLIERS,
    fx.AcceptInvite: _accept_invite,
    fx.SetLanguage: _set_language,
    fx.GiveConsent: _give_consent,
    fx.FinishOnboarding: _finish_onboarding,
    fx.ReportWrongStay: _report_wrong_stay,
    fx.SetCheckInHour: _set_check_in_hour,
    fx.SetWishes: _set_wishes,
    fx.OpenStep: _step_effect,
    fx.SaveStep: _step_effect,
    fx.FinishStep: _finish_step,
    fx.IssueCertificate: _issue_certificate,
    fx.SkipStep: _step_effect,
    fx.ReleaseWaiting: _step_effect,
    fx.KeepEntry: _step_effect,
    fx.KeepAssessment: _step_effect,
    fx.KeepLanguageTest: _step_effect,
    fx.KeepLanguageClaim: _step_effect,
    fx.KeepSurvey: _keep_survey,
    fx.KeepPortfolio: _keep_portfolio,
    fx.KeepKitQuestion: _keep_kit_question,
    fx.ExportMe: _export,
    fx.EraseMe: _erase,
    fx.SetPlain: _set_plain,
    fx.KeepFeedback: _keep_feedback,
    fx.TellHome: family_word.tell,
    fx.UnlinkLearner: _unlink_learner,
    fx.GoAway: _change_duty,
    fx.AnswerStandIn: _change_duty,
    fx.EndAbsence: _change_duty,
}
