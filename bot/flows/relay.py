"""Writing to each other through the bot: learner to referent and back, without anybody's number."""

from __future__ import annotations

from bot.flows import help, short_words, sought
from bot.flows.effects import SendRelay
from bot.flows.scene import Contact, Scene
from bot.flows.vocabulary import (
    IDLE,
    Attachment,
    Command,
    Conversation,
    Event,
    Outcome,
    Say,
    Screen,
    Tap,
    Toast,
    Words,
    button,
    screen,
    show,
)
from bot.i18n import Text, say, verbatim

NEEDS = frozenset({"contacts", "relay", "learners"}) | sought.NEEDS
LONGEST = 3000  # characters, so that the message with its head stays below Telegram's limit


def handle(scene: Scene, event: Event) -> Outcome:
    """`relay:new`, `relay:to:<placement>:<person>`, `relay:stop`, and the words themselves."""
    match event:
        case Tap(data) if data == "relay:stop":
            return show(Toast(say("relay/stopped")), conversation=IDLE)
        case Tap(data) if data.startswith("relay:to:"):
            return _reply(scene, data.split(":")[2:])
        case Words(reply_to=int()) if scene.relay_to is None:
            # They swiped to answer something else: these are just words.
            return _just_words(scene, event)
        case Words(text):
            return _send(scene, event, text)
        case Tap() | Command():
            return _to_referent(scene)
        case _:
            return show(Say(screen(say("relay/words_only"))))


def _just_words(scene: Scene, event: Words) -> Outcome:
    if sought.is_sought(scene):
        return sought.handle(scene, event)
    return short_words.handle(scene, event) if scene.is_learner else help.handle(scene, event)


def begin(scene: Scene, placement_id: int, learner: str, person_id: int | None = None) -> Outcome:
    """A referent starts writing to a learner; `person_id` where the learner is not one of theirs."""
    person = next((s.person_id for s in scene.others if s.placement_id == placement_id), person_id)
    to = person if person is not None else _person_of(scene, placement_id)
    if to is None:
        return show(Toast(say("relay/nobody"), alert=True))
    if any(v.person_id == to and not v.linked for v in scene.learners):
        return _unreachable(learner)
    return _wait(placement_id, to, learner)


def _unreachable(name: str) -> Outcome:
    return show(Say(screen(say("relay/not_reached", name=verbatim(name)))), conversation=IDLE)


def _person_of(scene: Scene, placement_id: int) -> int | None:
    return next((v.person_id for v in scene.learners if v.placement_id == placement_id), None)


def _wait(placement_id: int, person_id: int, name: str) -> Outcome:
    stop = ((button("relay/stop_button", "relay:stop"),),)
    return show(
        Say(screen(say("relay/write_now", name=verbatim(name)), rows=stop)),
        conversation=Conversation("relay", {"placement": placement_id, "to": person_id}),
    )


def _to_referent(scene: Scene) -> Outcome:
    if scene.stay is None:
        return show(Say(screen(say("relay/no_stay"))))
    for role in ("referent", "backup", "local_contact", "safeguarding"):
        contact = next((c for c in scene.contacts if c.role == role and c.linked and c.person_id), None)
        if contact is not None and contact.person_id is not None:
            return _wait(scene.stay.placement_id, contact.person_id, contact.name)
    phone = next((c for c in scene.contacts if c.role == "referent" and c.phone), None)
    if phone is not None:
        return show(Say(screen(say("relay/call_instead", name=verbatim(phone.name), phone=phone.phone or ""))))
    return show(Say(screen(say("relay/nobody_linked"))))


def _reply(scene: Scene, numbers: list[str]) -> Outcome:
    if len(numbers) != 2 or not all(n.isdecimal() and len(n) < 18 for n in numbers):
        return show(Toast(say("relay/nobody"), alert=True))
    placement_id, person_id = int(numbers[0]), int(numbers[1])
    learner = next((v for v in scene.learners if v.placement_id == placement_id and v.person_id == person_id), None)
    if learner is not None:
        return _wait(placement_id, person_id, learner.name)
    contact = next((c for c in scene.contacts if c.person_id == person_id), None)
    if contact is not None and scene.stay is not None and scene.stay.placement_id == placement_id:
        return _wait(placement_id, person_id, contact.name)
    if scene.relay_to is not None and scene.relay_to.person_id == person_id:
        return _wait(placement_id, person_id, scene.relay_to.name)
    return show(Toast(say("relay/nobody"), alert=True))


def _send(scene: Scene, event: Words, text: str) -> Outcome:
    to: Contact | None = scene.relay_to
    if to is None or to.person_id is None:
        return show(Say(screen(say("relay/nobody"))), conversation=IDLE)
    if not text.strip():
        return show(Say(screen(say("relay/words_only"))))
    if not to.linked:
        return _unreachable(to.name)
    if len(text) > LONGEST:
        return show(Say(screen(say("relay/too_long", n=len(text), limit=LONGEST))))
    send = SendRelay(int(to.role), to.person_id, text)
    return show(Say(screen(say("relay/sent", name=verbatim(to.name)))), effects=(send,), conversation=IDLE)


# --- what the other side gets -------------------------------------------------------------------


def message(sender: str, words: str, placement_id: int, person_id: int) -> Screen:
    """Somebody's words, with the way to answer."""
    reply = ((button("relay/reply_button", f"relay:to:{placement_id}:{person_id}"),),)
    return screen(say("relay/from", name=verbatim(sender)), verbatim(words), rows=reply)


def wrong_stay(learner: str, words: str) -> Screen:
    """A learner says that city or dates are wrong."""
    return screen(say("relay/wrong_stay", name=verbatim(learner)), verbatim(words))


def shared_entry(learner: str, title: Text, words: str, file_id: str | None, file_kind: str | None) -> Screen:
    """A journal entry that the learner chose to share."""
    body = [say("relay/shared", name=verbatim(learner), title=title)]
    if words:
        body.append(verbatim(words[:LONGEST]))
    attachment = Attachment(file_kind, file_id) if file_id and file_kind else None
    return Screen(tuple(body), attachment=attachment)
