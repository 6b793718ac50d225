"""Messages to a cohort from the chat: planned, shown, sent, called off; the same rules as at the desk."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.clock import local
from bot.errors import BadInput
from bot.flows import effects as fx, message as talk
from bot.flows.naming import town
from bot.flows.vocabulary import Attachment, Replace, Say
from bot.i18n import Text, base_language, verbatim
from bot.rules.durations import parse_quiet_hours
from bot.service import broadcast_plan, broadcasts
from bot.service.broadcast_files import Kept
from bot.service.broadcast_plan import NobodyFits, Plan, Request
from bot.service.broadcast_recipients import cities_of, people_of, roles_of
from bot.service.cohort_views import writes_to
from bot.service.work import Applier, Work
from bot.store.tables import Cohort, CohortMessage, Membership, Placement

MORNING = time(8)
DAYS = 3  # to look for a morning that is still to come for everybody


def _plan_message(work: Work, effect: fx.PlanMessage) -> None:
    cohort = writes_to(work.scene.actor, work.session, effect.cohort_id)
    if cohort is None:
        return
    try:
        plan = _planned(work, cohort, effect, "now", urgent=True)
    except NobodyFits:
        work.applied.after.append(Replace(talk.nobody()))
        return
    spoken = tuple(sorted({base_language(copy.language) for copy in plan.copies}))
    words = broadcast_plan.wording(plan, effect.reads) if effect.reads else plan.text
    file = Attachment(effect.kind, file_id=effect.file, name=effect.name or None) if effect.kind else None
    found = talk.Preview(
        cohort.name, words, file, len(plan.copies), broadcast_plan.last_out(plan, work.core.per_second),
        tuple(plan.not_joined), len(plan.by_phone), len(broadcast_plan.asleep(plan.copies, cohort)),
        tuple(plan.untranslated) if len(spoken) > 1 else (), spoken, bool(plan.only),
    )  # fmt: skip
    if effect.ask and found.languages:
        work.applied.after.append(Replace(talk.languages(found)))
        return
    work.applied.after += [Replace(talk.copy_of(found)), Say(talk.preview(found))]


def _narrow(work: Work, effect: fx.NarrowMessage) -> None:
    cohort = writes_to(work.scene.actor, work.session, effect.plan.cohort_id)
    if cohort is None:
        return
    choices: list[tuple[int, Text]]
    if effect.by == "city":
        named = ((number, town(kit, name)) for number, kit, name in cities_of(work.session, cohort))
        choices = [(number, name) for number, name in named if isinstance(name, Text)]
    else:
        people = people_of(work.session, cohort, roles_of(effect.plan.to))
        choices = [(number, verbatim(name)) for number, name in people]
    work.applied.after.append(Replace(talk.narrowing(effect.by, choices, effect.page)))


def _planned(work: Work, cohort: Cohort, effect: fx.PlanMessage, at: str, *, urgent: bool) -> Plan:
    file = Kept(effect.kind, None, effect.name or "photo.jpg", effect.file) if effect.kind and effect.file else None
    request = Request(
        cohort.code, at, effect.words, effect.versions, effect.to, effect.stage, urgent=urgent, attachment=file,
        cities=_cities(work, cohort, effect.near), people=_people(work, cohort, effect.member),
    )  # fmt: skip
    return broadcast_plan.plan_in(work.core, work.session, request, work.now)


def _cities(work: Work, cohort: Cohort, near: int | None) -> tuple[str, ...]:
    """The city of a stay of this cohort. A stay of others, or one that is gone, fits nobody."""
    if near is None:
        return ()
    stay = work.session.get(Placement, near)
    if stay is None or stay.cohort_id != cohort.id:
        raise NobodyFits("That stay is not in this cohort.")
    return (stay.kit or stay.host_city or "",)


def _people(work: Work, cohort: Cohort, member: int | None) -> tuple[str, ...]:
    """The code of one membership of this cohort, with the same rule."""
    if member is None:
        return ()
    found = work.session.get(Membership, member)
    if found is None or found.cohort_id != cohort.id or not found.code:
        raise NobodyFits("That person is not in this cohort.")
    return (found.code,)


def _send_message(work: Work, effect: fx.SendMessage) -> None:
    cohort = writes_to(work.scene.actor, work.session, effect.plan.cohort_id)
    if cohort is None:
        return
    try:
        plan = _at(work, cohort, effect)
    except NobodyFits:
        work.applied.after.append(Replace(talk.nobody()))
        return
    number = broadcast_plan.schedule_in(work.session, plan, work.me, work.now)
    dues = [copy.due_at for copy in plan.copies]
    last = broadcast_plan.last_out(plan, work.core.per_second)
    shown = talk.sent(number, len(plan.copies), min(dues), last, later=effect.when == "morning")
    work.applied.after.append(Replace(shown))
    work.applied.more = True


def _at(work: Work, cohort: Cohort, effect: fx.SendMessage) -> Plan:
    """The plan as confirmed. One that was to go now, while it has become night for somebody, waits for the morning."""
    urgent = effect.when == "urgent"
    if effect.when != "morning":
        plan = _planned(work, cohort, effect.plan, "now", urgent=urgent)
        if urgent or not broadcast_plan.asleep(plan.copies, cohort):
            return plan
    today = local(work.now, cohort.home_zone).date()
    hour = max(MORNING, parse_quiet_hours(cohort.quiet_hours).end)
    for days in range(DAYS):
        at = datetime.combine(today + timedelta(days=days), hour)
        try:
            return _planned(work, cohort, effect.plan, at.isoformat(" ", "minutes"), urgent=False)
        except NobodyFits:
            raise
        except BadInput:  # that hour is over for somebody
            continue
    raise NobodyFits("No morning fits.")


def _call_off(work: Work, effect: fx.CallOffMessage) -> None:
    message = work.session.get(CohortMessage, effect.message_id, with_for_update=True)
    cohort = writes_to(work.scene.actor, work.session, message.cohort_id) if message else None
    if message is None or cohort is None or message.cancelled_at is not None:
        return
    counts = broadcasts.call_off(work.session, message, work.me, work.now)
    work.applied.after.append(Replace(talk.called_off(counts["cancelled"], counts["already_out"])))


APPLIERS: dict[type, Applier] = {
    fx.PlanMessage: _plan_message,
    fx.NarrowMessage: _narrow,
    fx.SendMessage: _send_message,
    fx.CallOffMessage: _call_off,
}
