"""What learners write while people look for them: it goes to those who were told, as their own words.

After `/sos` (or a missed arrival, or words of danger) whoever writes "I'm behind the bakery, please come" means the
people, not the city kit. Their words go on at once and they read to whom; what was a question about the town after all
is one tap away from its answer. Words of danger are still read as such. What sounds like something confided may be
about one of those very people: it waits for a tap of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.flows import check_in, fallback, kit, short_words, travel
from bot.flows.awaiting import asked, asked_within
from bot.flows.care import NEEDS as CARE_NEEDS, call, care
from bot.flows.effects import PassOn
from bot.flows.listening import hear, topic_told
from bot.flows.scene import AlertView, Scene
from bot.flows.sos import to_call
from bot.flows.vocabulary import (
    IDLE,
    Conversation,
    Document,
    Event,
    Kind,
    Outcome,
    Photo,
    Replace,
    Say,
    Screen,
    Tap,
    Toast,
    Voice,
    Words,
    button,
    screen,
    show,
)
from bot.i18n import Listing, Text, say, verbatim
from bot.rules.danger import Danger

FLOW = "sought"
NEEDS: frozenset[str] = short_words.NEEDS | CARE_NEEDS | fallback.NEEDS | frozenset({"own_alert"})
KEPT_FOR = timedelta(minutes=30)  # words whose button was not tapped


def is_sought(scene: Scene) -> bool:
    """Do people look for this learner, so that plain words are for them?"""
    return any(stay.sought for stay in scene.stays)


def handle(scene: Scene, event: Event) -> Outcome:
    """Words, a picture, a recording; and the taps `sought:town` (it was a question) and `sought:pass` (pass it on)."""
    match event:
        case Tap(data):
            return _town(scene) if data == f"{FLOW}:town" else _agreed(scene)
        case Words(text) if text.strip():
            return _heard(scene, event, text.strip())
        case Photo(file_id, caption):
            return _heard(scene, event, caption, file_id, "photo")
        case Document(file_id, _, caption):
            return _heard(scene, event, caption, file_id, "document")
        case Voice(file_id):
            return _heard(scene, event, "", file_id, "voice")
        case _:
            return fallback.handle(scene, event)


def _heard(scene: Scene, event: Event, words: str, file_id: str | None = None, file_kind: str | None = None) -> Outcome:
    alert = scene.alert
    if alert is None:  # it was closed this very moment
        return short_words.handle(scene, event) if isinstance(event, Words) else fallback.handle(scene, event)
    letter = PassOn(alert.id, words, file_id, file_kind)
    danger = hear(scene, words) if words else Danger.NONE
    if danger is Danger.DISCLOSURE:
        return _confided(scene, alert, letter)
    if danger is Danger.CRISIS:
        cared = care(scene, danger, told=_passed(alert) if alert.readers else None)
        return replace(cared, effects=(*cared.effects, letter))
    town = ((button("sos/town_button", f"{FLOW}:town"),),) if words else ()
    if not alert.readers:
        nobody = (say("sos/nobody_linked"), *to_call(scene), *call(scene))
        return show(Say(Screen(nobody, town), kind=Kind.SAFETY), conversation=_kept(scene, letter))
    told = Say(screen(_passed(alert), rows=town), kind=Kind.SAFETY)
    asks = (Say(one) for one in _still_asked(scene, words))
    return show(told, *asks, effects=(letter,), conversation=_kept(scene, letter))


def _passed(alert: AlertView) -> Text:
    return say("sos/passed", names=_names(alert))


def _names(alert: AlertView) -> Listing:
    return Listing(tuple(verbatim(name) for name in alert.readers))


def _still_asked(scene: Scene, words: str) -> tuple[Screen, ...]:
    """Whoever writes "I'm fine" under a question that waits for its button is shown it: only the button counts."""
    if not short_words.answers_shortly(scene, words):
        return ()
    if check_in.waits(scene):
        return (check_in.tap_please(scene),)
    return (travel.today(scene.travel),) if scene.travel is not None and travel.waits(scene.travel) else ()


def _confided(scene: Scene, alert: AlertView, letter: PassOn) -> Outcome:
    """Help first, then whether those who look for them may read it; nobody does by itself."""
    cared = care(scene, Danger.DISCLOSURE, topic_told(scene, letter.words))
    if not alert.readers:
        return cared
    rows = ((button("sos/pass_button", f"{FLOW}:pass"),),)
    asks = Say(screen(say("sos/not_passed", names=_names(alert)), rows=rows), kind=Kind.SAFETY)
    return replace(cared, shown=(*cared.shown, asks), conversation=_kept(scene, letter, held=True))


# --- what was just written, until it is tapped about ----------------------------------------------


def _kept(scene: Scene, letter: PassOn, *, held: bool = False) -> Conversation:
    parked = {"parked": scene.conversation.data["parked"]} if scene.conversation.data.get("parked") else {}
    more = {"file": letter.file_id, "kind": letter.file_kind} if letter.file_id else {}
    return asked(scene, FLOW, words=letter.words, held=held, **more, **parked)


def _waiting(scene: Scene, *, held: bool) -> Mapping[str, Any] | None:
    talk = scene.conversation
    fits = talk.flow == FLOW and bool(talk.data.get("held")) is held and asked_within(scene, KEPT_FOR)
    return talk.data if fits else None


def _town(scene: Scene) -> Outcome:
    data = _waiting(scene, held=False)
    if data is None or scene.stay is None:
        return show(Toast(say("common/old_button"), alert=True))
    aside = Conversation("", {"parked": data["parked"]}) if "parked" in data else IDLE
    answered = kit.ask(replace(scene, conversation=aside), scene.stay, data["words"])
    return answered if answered.conversation is not None else replace(answered, conversation=aside)


def _agreed(scene: Scene) -> Outcome:
    data, alert = _waiting(scene, held=True), scene.alert
    if data is None or alert is None or not alert.readers:
        return show(Toast(say("common/old_button"), alert=True))
    letter = PassOn(alert.id, data["words"], data.get("file"), data.get("kind"))
    return show(Replace(screen(_passed(alert))), effects=(letter,), conversation=IDLE)
