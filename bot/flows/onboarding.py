"""The way in: language, plain privacy notice, yes or no, a check of city, dates and hour; all of it correctable."""

from __future__ import annotations

from dataclasses import replace

from bot.flows import menu, onboarding_screens as shown
from bot.flows.care import NEEDS as CARE_NEEDS, care
from bot.flows.effects import (
    AcceptInvite,
    FinishOnboarding,
    GiveConsent,
    ReportWrongStay,
    SetCheckInHour,
    SetLanguage,
)
from bot.flows.listening import hear, needs_help_first
from bot.flows.scene import InviteView, Scene, Stay
from bot.flows.vocabulary import (
    IDLE,
    Conversation,
    Event,
    Outcome,
    Replace,
    Say,
    Screen,
    Start,
    Tap,
    Toast,
    Words,
    screen,
    show,
)
from bot.i18n import say

NEEDS = frozenset({"invite", "steps", "alerts", "learners"}) | CARE_NEEDS
LONGEST = 2000


def handle(scene: Scene, event: Event) -> Outcome:
    """`/start [token]`, the taps `join:…`, and what a learner writes when the stay is wrong."""
    match event:
        case Start(token):
            return _start(scene, token)
        case Tap(data):
            return _tap(scene, data.split(":")[1:])
        case Words(text) if needs_help_first(hear(scene, text)):
            # Help first; the way in waits where it was.
            return replace(care(scene, hear(scene, text)), conversation=None)
        case Words(text) if scene.conversation.data.get("waits") == "wrong":
            return _wrong(scene, text)
        case _:
            return _again(scene)


def _start(scene: Scene, token: str | None) -> Outcome:
    invite = scene.invite
    if invite is not None and invite.status == "ok" and _for_somebody_else(scene, invite):
        asked = Conversation("onboarding", {"sure": invite.invite_id})
        return show(Say(screen(say("join/for_somebody_else", name=invite.first_name))), conversation=asked)
    if token is None or invite is None:
        return _again(scene) if scene.person_id is not None else show(Say(screen(say("join/no_invite"))))
    if invite.status == "ok":
        return show(
            Say(shown.languages(scene, invite.language)),
            effects=(AcceptInvite(invite.invite_id, invite.role),),
            conversation=Conversation("onboarding", _about(invite)),
        )
    if scene.person_id is not None:
        # It may be the link that brought this very person in, tapped once more: no error, just go on.
        return _used_link(scene)
    return show(Say(screen(say(f"join/invite_{invite.status}"))))


def _about(invite: InviteView) -> dict[str, object]:
    stay = {} if invite.placement_id is None else {"stay": invite.placement_id}
    return {"role": invite.role, **stay}


def _again(scene: Scene) -> Outcome:
    """Where somebody stopped: `/start` without a token, or words where buttons were offered."""
    if scene.person_id is None:
        return show(Say(screen(say("join/no_invite"))))
    if scene.onboarded and scene.roles == {"family"}:
        return show(Say(shown.guardian(scene, _child_name(scene))), conversation=IDLE)
    if scene.onboarded:
        return show(Say(menu.home(scene)), conversation=IDLE)
    return show(Say(_left_at(scene)))


def _left_at(scene: Scene) -> Screen:
    """The question that waits for a tap; the first one for who comes anew."""
    stay = _new_stay(scene)
    match scene.conversation.data.get("at"):
        case "yes" if stay is not None:
            return shown.consent(scene, scene.language)
        case "yes":
            return shown.guardian(scene, _child_name(scene))
        case "stay" if stay is not None:
            return shown.stay_check(scene, stay)
        case "hour" if stay is not None:
            return shown.hour(stay)
        case _:
            return shown.languages(scene, scene.language)


def _at(scene: Scene, question: str) -> Conversation:
    return Conversation("onboarding", {**scene.conversation.data, "at": question, "waits": ""})


def _wait(scene: Scene, words: str) -> Conversation:
    return Conversation("onboarding", {**scene.conversation.data, "waits": words})


def _used_link(scene: Scene) -> Outcome:
    again = _again(scene)
    if not scene.onboarded:
        return again
    first, *rest = again.shown
    assert isinstance(first, Say)
    told = replace(first, screen=replace(first.screen, body=(say("join/link_unused"), *first.screen.body)))
    return replace(again, shown=(told, *rest))


def _for_somebody_else(scene: Scene, invite: InviteView) -> bool:
    """An invite of another name opens only the second time: whoever just tries a link must not become that person."""
    if scene.person_id is None or invite.first_name.casefold() == scene.name.casefold():
        return False
    return scene.conversation.data.get("sure") != invite.invite_id


def _child_name(scene: Scene) -> str | None:
    return scene.learners[0].name if scene.learners else None


def _new_stay(scene: Scene) -> Stay | None:
    """The stay that the way in is about: that of the invite, else of several the one whose journey has not begun."""
    invited = scene.conversation.data.get("stay")
    named = next((stay for stay in scene.stays if stay.placement_id == invited), None)
    if named is not None:
        return named
    return next((stay for stay in scene.stays if stay.joined_at is None and not stay.ended), scene.stay)


def _tap(scene: Scene, parts: list[str]) -> Outcome:
    if scene.person_id is None:
        return show(Say(screen(say("join/no_invite"))))
    match parts:
        case ["lang", "more"]:
            return show(Replace(shown.languages(scene, scene.language, more=True)))
        case ["lang", code] if code in scene.content.catalogues.languages:
            return _language(scene, code)
        case ["yes" | "no" as word] if (stay := _new_stay(scene)) is not None:
            return _consent(scene, stay, word == "yes")
        case ["stay", "ok"] if (stay := _new_stay(scene)) is not None:
            return show(Replace(shown.hour(stay)), conversation=_at(scene, "hour"))
        case ["stay", "wrong"] if (stay := _new_stay(scene)) is not None:
            return show(Replace(shown.ask_wrong()), conversation=_wait(scene, "wrong"))
        case ["hour", chosen] if (stay := _new_stay(scene)) is not None:
            return _hour(scene, stay, chosen)
        case ["child", "yes" | "no" as word]:
            return _child(scene, word == "yes")
        case _:
            return show(Toast(say("join/old_button")))


def _language(scene: Scene, code: str) -> Outcome:
    chosen = SetLanguage(code)
    # Who is already in only changes the language; a new role of theirs is greeted all the same.
    role = str(scene.conversation.data.get("role", ""))
    stay = _new_stay(scene)
    if stay is not None and not scene.onboarded:
        return show(Replace(shown.consent(scene, code)), effects=(chosen,), conversation=_at(scene, "yes"))
    if role == "family" or ("family" in scene.roles and not scene.onboarded):
        asked = shown.guardian(scene, _child_name(scene))
        return show(Replace(asked), effects=(chosen,), conversation=_at(scene, "yes"))
    if stay is not None and role in ("learner", "staff"):
        return show(Replace(shown.stay_check(scene, stay)), effects=(chosen,))
    return show(Replace(shown.desk(scene)), effects=(chosen, FinishOnboarding(0)), conversation=IDLE)


def _consent(scene: Scene, stay: Stay, given: bool) -> Outcome:
    effects = () if stay.consented and given else (GiveConsent("data", given),)
    asked = shown.stay_check(scene, stay, refused=not given)
    return show(Replace(asked), effects=effects, conversation=_at(scene, "stay"))


def _wrong(scene: Scene, text: str) -> Outcome:
    stay = _new_stay(scene)
    if stay is None:
        return _again(scene)
    if len(text) > LONGEST:
        return show(Say(screen(say("join/too_long", n=len(text), limit=LONGEST))))
    return show(
        Say(shown.hour(stay, corrected=True)),
        effects=(ReportWrongStay(stay.placement_id, text),),
        conversation=_at(scene, "hour"),
    )


def _hour(scene: Scene, stay: Stay, chosen: str) -> Outcome:
    if chosen != "keep" and chosen not in shown.HOURS:
        return show(Toast(say("join/old_button")))
    finish = FinishOnboarding(stay.placement_id)
    change = () if chosen == "keep" else (SetCheckInHour(stay.placement_id, f"{chosen[:2]}:{chosen[2:]}"),)
    return show(Replace(shown.done(scene, stay)), effects=(*change, finish), conversation=IDLE)


def _child(scene: Scene, given: bool) -> Outcome:
    if "family" not in scene.roles or not scene.learners:
        return show(Toast(say("join/old_button")))
    effects = tuple(GiveConsent("guardian", given, view.placement_id) for view in scene.learners)
    key = "join/child_agreed" if given else "join/child_refused"
    done = screen(say(key, child=scene.learners[0].name))
    return show(Replace(done), effects=(*effects, FinishOnboarding(0)), conversation=IDLE)
