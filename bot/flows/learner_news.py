"""What learners read about their own alert: who was told, who answered, whom to call meanwhile, whether it is over."""

from __future__ import annotations

from collections.abc import Sequence

from bot.flows import call_list
from bot.flows.dossier import DANGER, Dossier
from bot.flows.vocabulary import Screen, button, screen
from bot.i18n import Listing, Text, say
from bot.rules.alert import News

_SETTLED = {
    "not_arrived": "travel", "asked_for_help": "help", "wants_to_talk": "talk", "crisis_words": "words",
}  # fmt: skip


def ask_settled(d: Dossier) -> Screen:
    """To the learner: is it really over? With what it was about, for more than one may be closed at a time."""
    rows = (
        (button("alerts/settled_button", f"settle:yes:{d.alert_id}"),),
        (button("alerts/not_settled_button", f"settle:no:{d.alert_id}"),),
    )
    what = "talk" if d.confided else _SETTLED.get(d.reason, "check_in")
    since = d.danger_at if d.danger_at is not None and d.reason in DANGER else d.raised_at
    about = say("alerts/settled_about", at=d.at(since), what=say(f"alerts/settled/{what}"))
    return screen(say("alerts/ask_settled"), about, rows=rows)


_TOLD = {"not_answered": "alerts/news/told_missed", "not_arrived": "travel/news_told"}


def news(what: News, names: Sequence[str], d: Dossier) -> Screen:
    """To the learner: who was told, who answered, or that nobody has yet."""
    people = Listing(tuple(names))
    match what:
        case News.TOLD:
            key = "alerts/news/told" if d.reopened else _TOLD.get(d.reason, "alerts/news/told")
            return screen(say(key, names=people))
        case News.TAKEN:
            return screen(say("alerts/news/taken", names=people))
        case News.LAPSED:
            return Screen((say("alerts/news/lapsed", names=people), _meanwhile(d)))
        case News.NOBODY_ON_DUTY:
            return Screen((say("alerts/news/nobody_on_duty", names=people), _meanwhile(d)))
        case _:
            return nobody_yet(d, still=False)


def nobody_yet(d: Dossier, *, still: bool) -> Screen:
    """To the learner: nobody has answered; `still`: for hours, so that family and insurance are named, too."""
    if still:
        return Screen((say("alerts/news/still_nobody"), _meanwhile(d, (*_FOR_LEARNERS, *_FURTHER))))
    return Screen((say("alerts/news/nobody_yet"), _meanwhile(d)))


def unreached(d: Dossier) -> Screen:
    """To the learner: nobody could be told. Never a name to whom nothing went; every number that is on file."""
    return Screen((say("alerts/news/unreached"), _meanwhile(d, (*_FOR_LEARNERS, *_FURTHER))))


_FOR_LEARNERS = ("referent", "backup", "accompanying", "local_contact", "host")
_FURTHER = ("guardian", "emergency_contact", "assistance")  # where there is nobody else, or nobody has come for hours


def _meanwhile(d: Dossier, roles: Sequence[str] = _FOR_LEARNERS) -> Text:
    numbers = [c for role in roles for c in d.contacts if c.phone and c.role == role]
    lines = [say("alerts/news/call", name=call_list.called(c), phone=c.phone or "") for c in numbers]
    return call_list.block([say("alerts/news/dont_wait"), *lines]) if lines else say("care/call_anywhere")
