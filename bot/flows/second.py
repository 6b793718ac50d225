"""What goes out by e-mail and to the alert webhook: the alert in other clothes, and that Telegram is out of reach.

No buttons there, and nobody reads answers: each letter says what to do instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.flows.alert_screens import reason_of
from bot.flows.dossier import Dossier
from bot.flows.vocabulary import Screen, screen
from bot.i18n import Moment, Text, Value, decode_text, encode_text, say, verbatim


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a second channel: for e-mail subject and paragraphs, for a telephone one short sentence."""

    subject: Text
    body: tuple[Text, ...]
    short: Text


def encode_letter(letter: Letter) -> dict[str, Any]:
    """Letter → plain JSON data."""
    return {
        "subject": encode_text(letter.subject),
        "body": [encode_text(text) for text in letter.body],
        "short": encode_text(letter.short),
    }


def decode_letter(data: Mapping[str, Any]) -> Letter:
    """The inverse of `encode_letter`."""
    body = tuple(decode_text(text) for text in data["body"])
    return Letter(decode_text(data["subject"]), body, decode_text(data["short"]))


def alert(d: Dossier, shown: Screen, *, repeat: bool, exhausted: bool) -> Letter:
    """The alert as it stands in the chat."""
    args: dict[str, Value] = {"who": _named(d), "mark": _mark(d)}
    if exhausted:
        subject = say("second/subject_exhausted", **args)
    elif repeat:
        subject = say("second/subject_again", since=d.at(d.raised_at), **args)
    else:
        subject = say("second/subject", reason=_reason(d), **args)
    return Letter(subject, shown.body, _short(d))


def taken(d: Dossier, shown: Screen, by: str) -> Letter:
    """Somebody has it."""
    subject = say("second/subject_taken", name=verbatim(by), who=_named(d))
    return Letter(subject, shown.body, say("second/taken_short", name=verbatim(by), **_who(d)))


def clear(d: Dossier, shown: Screen) -> Letter:
    """It is over."""
    subject = say("second/subject_clear", who=_named(d))
    return Letter(subject, shown.body, say("second/clear_short", **_who(d)))


def closing(d: Dossier, link: str | None, *, in_telegram: bool, alone: bool) -> tuple[Text, ...]:
    """How to take it, and why one reads this; `alone`: the chat reaches nobody else either."""
    if in_telegram:
        how = say("second/in_telegram", link=verbatim(link)) if link else None
    else:
        how = say("second/alone") if alone else say("second/only_here")
    return (*((how,) if how else ()), footer(d.cohort))


def footer(cohort: str) -> Text:
    """Why one reads this."""
    return say("second/why", cohort=cohort)


def _who(d: Dossier) -> dict[str, Value]:
    return {"learner": d.learner, "code": d.code, "number": d.number}


def _named(d: Dossier) -> Text:
    """Whom a subject is about, without a name: subjects show on locked screens, and most learners are minors."""
    if d.many > 1:
        return say("incidents/head", mark="", n=d.many, cohort=d.cohort, number=d.number)
    return say("second/who", cohort=d.cohort, code=d.code, number=d.number)


def _mark(d: Dossier) -> Text:
    return say("alerts/mark_red") if d.severity == "red" else say("alerts/mark_amber")


def _reason(d: Dossier) -> Text:
    return reason_of(d)


def _short(d: Dossier) -> Text:
    """Fits into one or two SMS: who, what, and the number to call."""
    short = say("second/short", mark=_mark(d), reason=_reason(d), **_who(d))
    return say("second/call", short=short, phone=d.learner_phone) if d.learner_phone else short


# --- Telegram or we ourselves were away ---------------------------------------------------------


def unreachable(what: str, since: datetime, abroad: int, cohort: str) -> Letter:
    """Telegram has been out of reach for a while; `what` is intake or sending."""
    at = Moment(since, "short")
    body = (
        say(f"second/unreachable/{what}", since=at),
        *((say("second/unreachable/abroad", n=abroad),) if abroad else ()),
        say("second/unreachable/todo"),
        footer(cohort),
    )
    return Letter(say("second/unreachable/subject"), body, say("second/unreachable/short", since=at))


def back(since: datetime, until: datetime, cohort: str) -> Letter:
    """Telegram is back."""
    span = {"since": Moment(since, "short"), "until": Moment(until, "short")}
    body = (say("second/back/body", **span), footer(cohort))
    return Letter(say("second/back/subject"), body, say("second/back/short", **span))


def away(since: datetime, until: datetime, late: int, dropped: int) -> Screen:
    """To who looks after learners, in the chat, once: from when to when, and what came of it."""
    lines = [say("second/away/notice", since=Moment(since, "short"), until=Moment(until, "short"))]
    if late:
        lines.append(say("second/away/late", n=late))
    if dropped:
        lines.append(say("second/away/dropped", n=dropped))
    if not late and not dropped:
        lines.append(say("second/away/none"))
    return screen(*lines, say("second/away/learners"))
