"""What is said when most of a cohort is silent at once: one message for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.flows import call_list
from bot.flows.alert_screens import about, lapsed, nobody_left, said_reason, told_lines
from bot.flows.dossier import Dossier
from bot.flows.vocabulary import Button, Rows, Screen, button, screen
from bot.i18n import Elsewhere, Text, say, verbatim
from bot.rules.alert import Outcome

SHOWN = 25  # learners in one message: more would not fit into Telegram's 4096 characters
_ANSWERS = {"fine": "fine_button", "want_to_talk": "talk_button", "need_help": "help_button"}


def _head(members: Sequence[Dossier], lead: Dossier) -> Text:
    """How many of which cohort; where the reader's clock is another one, whose times follow: all are those of one."""
    mark = say("alerts/mark_red") if lead.severity == "red" else say("alerts/mark_amber")
    head = say("incidents/head", mark=mark, n=len(members), cohort=members[0].cohort, number=lead.number)
    if not lead.clock:
        return head
    return say("alerts/lines", first=head, then=Elsewhere(say("alerts/times", place=lead.clock), lead.zone, lead.now))


def notice(
    members: Sequence[Dossier], lead: Dossier, *, repeat: bool, exhausted: bool, grown: int = 0, taken: bool = False
) -> Screen:
    """The alert about all of them: who, since when, their numbers, what can be done. `lead` carries the ladder."""
    body = [_head(members, lead)]
    unasked = all(d.reason == "could_not_ask" for d in members)
    called = lead.roll_call if all(d.roll_call == lead.roll_call for d in members) else None
    if unasked:
        body.append(say("incidents/could_not_ask"))
    elif called is not None:
        body.append(say("incidents/roll_call", at=lead.at(called, "time")))
    else:
        body.append(say("incidents/what"))
    if taken:
        body.append(say("incidents/yours"))
    elif lead.acknowledged_by:
        body.append(say("alerts/taken", name=verbatim(lead.acknowledged_by)))
    elif exhausted:
        body += nobody_left(lead)
    elif lead.nobody_on_duty:
        body.append(say("alerts/nobody_on_duty"))
    elif lead.became_red:
        body.append(say("alerts/became_red"))
    elif grown:
        body.append(say("incidents/grown", n=grown))
    elif repeat:
        body += [say("alerts/again", since=lead.at(lead.raised_at)), *lapsed(lead)]
    body += [call_list.block(_lines(members, lead)), *_calls(lead), *_done(lead)]
    return Screen(tuple(body), _rows(lead, taken=taken or lead.acknowledged_by is not None))


def _rows(lead: Dossier, *, taken: bool) -> Rows:
    ack = (button("incidents/ack_button", f"alerts:all_ack:{lead.alert_id}"),)
    rest: tuple[tuple[Button, ...], ...] = (
        (button("incidents/resolve_button", f"alerts:all_res:{lead.alert_id}"),),
        (button("incidents/each_button", f"alerts:each:{lead.alert_id}"),),
    )
    return rest if taken else (ack, *rest)


def _lines(members: Sequence[Dossier], lead: Dossier) -> list[Text]:
    lines = [_member(d, lead) for d in sorted(members, key=lambda d: (d.said is not None, d.learner))[:SHOWN]]
    if len(members) > SHOWN:
        lines.append(say("incidents/more", n=len(members) - SHOWN))
    return lines


def _member(d: Dossier, lead: Dossier) -> Text:
    if d.said is not None and d.said_at is not None:
        at = lead.at(d.said_at, "time")
        if d.said in _ANSWERS:
            answer = Text(f"interface/check_in/{_ANSWERS[d.said]}")
            return say("incidents/member_answered", learner=d.learner, code=d.code, answer=answer, at=at)
        return say("incidents/member_answered_plain", learner=d.learner, code=d.code, at=at)
    phone = verbatim(d.learner_phone) if d.learner_phone else say("incidents/no_phone")
    if d.asked_at is None:
        return say("incidents/member_unasked", learner=d.learner, code=d.code, phone=phone)
    return say("incidents/member", learner=d.learner, code=d.code, phone=phone, at=lead.at(d.asked_at, "time"))


def _calls(lead: Dossier) -> list[Text]:
    """Somebody at the place, who else was told, what to dial there."""
    first = [_call(lead), *call_list.assistance(lead.contacts)]
    return [call_list.block(first), *call_list.in_common(lead.help)]


def _call(lead: Dossier) -> Text:
    by_role = {contact.role: contact for contact in reversed(lead.contacts) if contact.phone}
    for role in call_list.ON_THE_SPOT[1:]:  # for all of them; a travel partner is silent, too
        contact = by_role.get(role)
        if contact is not None:
            return say("incidents/call", name=verbatim(contact.name), phone=contact.phone or "")
    return say("incidents/call_plain")


def _done(lead: Dossier) -> list[Text]:
    lines = told_lines(lead)
    lines += [say(f"alerts/skipped/{p.why}", name=verbatim(p.name)) for p in lead.skipped]
    means = [call_list.block([say("alerts/done_so_far"), *lines])] if lines else []
    return [*means, say("alerts/delivered_means")]


def taken(members: Sequence[Dossier], lead: Dossier, by: str) -> Screen:
    """To the others: somebody has it."""
    return screen(_head(members, lead), say("alerts/taken", name=verbatim(by)))


def already_taken(lead: Dossier, by: str) -> Screen:
    """To who came second."""
    return screen(say("incidents/already_taken", name=verbatim(by)), about(lead), rows=_rows(lead, taken=True))


def all_answered(members: Sequence[Dossier], lead: Dossier) -> Screen:
    """Everybody has answered after all."""
    return screen(_head(members, lead), say("incidents/all_answered"), rows=_rows(lead, taken=True))


def still_open(members: Sequence[Dossier], lead: Dossier) -> Screen:
    """To who took it, two hours later."""
    still = (button("alerts/still_button", f"alerts:all_ack:{lead.alert_id}"),)
    return screen(_head(members, lead), say("alerts/still_open"), rows=(still, *_rows(lead, taken=True)))


@dataclass(frozen=True, slots=True)
class Apart:
    """One who was taken out of the group, and whose own alert is still open."""

    alert_id: int
    learner: str
    code: str
    severity: str
    reason: str
    raised_at: datetime
    taken_by: str | None


def _apart(lead: Dossier, one: Apart) -> Text:
    mark = say("alerts/mark_red") if one.severity == "red" else say("alerts/mark_amber")
    taken_by = one.taken_by
    state = say("alerts/state_taken", name=verbatim(taken_by)) if taken_by else say("alerts/state_open")
    return say(
        "alerts/line", mark=mark, learner=one.learner, code=one.code, number=str(one.alert_id),
        reason=said_reason(one.reason, None), at=lead.at(one.raised_at), state=state,
    )  # fmt: skip


def all_clear(lead: Dossier, by: str | None, outcome: str, apart: Sequence[Apart] = ()) -> Screen:
    """To all who were told; with those of the group for whom it is not over."""
    still = [say("incidents/still_open"), *(_apart(lead, one) for one in apart)] if apart else []
    how = say(f"alerts/outcome/{outcome}")
    if by is None:
        return screen(say("incidents/all_clear_desk", cohort=lead.cohort, how=how), about(lead), *still)
    return screen(say("incidents/all_clear", cohort=lead.cohort, name=verbatim(by), how=how), about(lead), *still)


def outcomes(alert_id: int) -> Screen:
    """Resolving needs to say how, once for all."""
    rows = tuple(
        (button(f"alerts/outcome_button/{outcome.value}", f"alerts:all_{outcome.value}:{alert_id}"),)
        for outcome in Outcome
    )
    return screen(say("incidents/which_outcome"), rows=rows)
