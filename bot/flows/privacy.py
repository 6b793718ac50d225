"""`/privacy`: what is kept, why, who sees it and for how long; export, erasing, and taking consent back.

Erasing asks twice, and says beforehand what a bot cannot delete at Telegram.
"""

from __future__ import annotations

from bot.flows.effects import EraseMe, ExportMe, GiveConsent
from bot.flows.family import is_family
from bot.flows.running import answer
from bot.flows.scene import Look, Scene
from bot.flows.vocabulary import (
    IDLE,
    Button,
    Event,
    Outcome,
    Replace,
    Screen,
    Tap,
    Toast,
    button,
    screen,
    show,
)
from bot.i18n import Day, Text, say, verbatim

NEEDS: frozenset[str] = frozenset({"looks"})
LOOKS_SHOWN = 12


def handle(scene: Scene, event: Event) -> Outcome:
    """`/privacy` and the taps `privacy:home|looks|export|erase[:yes]|withdraw[:yes]|consent[:yes]`."""
    parts = (*event.data.split(":"), "", "") if isinstance(event, Tap) else ("privacy", "home", "", "")
    if scene.person_id is None:
        return show(answer(event, screen(say("privacy/stranger"))))
    match parts[1], parts[2]:
        case "looks", _:
            return show(answer(event, _looks(scene)))
        case "export", _:
            return show(Toast(say("privacy/exporting")), effects=(ExportMe(),))
        case "erase", confirmed:
            return _erase(scene, confirmed == "yes")
        case "withdraw", confirmed:
            return _withdraw(scene, confirmed == "yes")
        case "consent", confirmed:
            return _consent(scene, confirmed == "yes")
        case _:
            return show(answer(event, _home(scene)))


def _home(scene: Scene) -> Screen:
    if is_family(scene):
        about = ("contact_title", "family_what", "family_who", "telegram", "family_rights")
        return Screen(tuple(say(f"privacy/{key}") for key in about), _rights())
    if not scene.is_learner:
        return Screen((*_about_contacts(), say("privacy/telegram"), say("privacy/rights")), _rights())
    return Screen(
        (*notice(scene), say("privacy/questions"), say("languages/kept")),
        (*_rights(), *_consent_row(scene), (button("steps/menu_button", "menu:home"),)),
    )


def notice(scene: Scene) -> tuple[Text, ...]:
    """The notice for a learner, as shown here and before consent."""
    return (
        say("privacy/title"),
        say("privacy/what"),
        say("privacy/why"),
        say("privacy/who"),
        say("privacy/outcomes"),
        say("privacy/how_long"),
        say("privacy/telegram"),
        say("privacy/rights"),
    )


def _about_contacts() -> tuple[Text, ...]:
    return (say("privacy/contact_title"), say("privacy/contact_what"), say("privacy/contact_who"))


def _rights() -> tuple[tuple[Button, ...], ...]:
    return (
        (button("looks/button", "privacy:looks"),),
        (button("privacy/export_button", "privacy:export"),),
        (button("privacy/erase_button", "privacy:erase"),),
    )


def _looks(scene: Scene) -> Screen:
    """Who looked at their data, in plain words; a copy has all of it."""
    shown = scene.looks[:LOOKS_SHOWN]
    lines = [say("looks/title" if shown else "looks/none"), *map(_line, shown)]
    if len(scene.looks) > len(shown):
        lines.append(say("looks/more", n=len(scene.looks) - len(shown)))
    back = (button("looks/back_button", "privacy:home"),)
    return Screen((*lines, say("looks/left_out")), (back,))


def _line(look: Look) -> Text:
    return say("looks/line", day=Day(look.day, "medium"), what=looked(look.who, look.name, look.what))


def looked(who: str, name: str, what: str) -> Text:
    """Who looked at what, as words."""
    by = say(f"looks/who/{who}")
    if name:
        by = say("looks/named", who=by, name=verbatim(name))
    return say("looks/looked", who=by, what=say(f"looks/what/{what}"))


def _consent_row(scene: Scene) -> tuple[tuple[Button, ...], ...]:
    stay = scene.stay
    if stay is None:
        return ()
    if stay.consented:
        return ((button("privacy/withdraw_button", "privacy:withdraw"),),)
    return ((button("privacy/agree_button", "privacy:consent:yes"),),)


def _back(key: Button) -> tuple[tuple[Button, ...], ...]:
    return ((key,), (button("privacy/keep_button", "privacy:home"),))


# --- what can be done -----------------------------------------------------------------------------


def _erase(scene: Scene, confirmed: bool) -> Outcome:
    if confirmed:
        return show(effects=(EraseMe(),), conversation=IDLE)
    body: tuple[Text, ...] = (say("privacy/contact_erase_ask"), say("privacy/erase_telegram"))
    if is_family(scene):
        body = (say("privacy/family_erase_ask"), say("privacy/erase_telegram"))
    elif scene.is_learner:
        body = (say("privacy/erase_ask"), say("privacy/erase_telegram"), say("privacy/erase_alert"))
    return show(Replace(Screen(body, _back(button("privacy/erase_yes_button", "privacy:erase:yes")))))


def _withdraw(scene: Scene, confirmed: bool) -> Outcome:
    stay = scene.stay
    if stay is None or not stay.consented:
        return show(Toast(say("privacy/nothing_given")))
    if not confirmed:
        yes = button("privacy/withdraw_yes_button", "privacy:withdraw:yes")
        return show(Replace(Screen((say("privacy/withdraw_ask"),), _back(yes))))
    done = screen(say("privacy/withdrawn"), rows=((button("privacy/erase_button", "privacy:erase"),),))
    return show(Replace(done), effects=(GiveConsent("data", False, stay.placement_id),), conversation=IDLE)


def _consent(scene: Scene, confirmed: bool) -> Outcome:
    stay = scene.stay
    if stay is None:
        return show(Toast(say("privacy/nothing_given")))
    if stay.consented:
        return show(Toast(say("privacy/given_already")))
    if not confirmed:
        yes = button("privacy/agree_button", "privacy:consent:yes")
        return show(Replace(Screen(notice(scene), ((yes,), (button("privacy/not_now_button", "menu:home"),)))))
    thanks = say("privacy/given_minor") if stay.minor and not stay.guardian_consented else say("privacy/given")
    done = screen(thanks, rows=((button("steps/menu_button", "menu:home"),),))
    return show(Replace(done), effects=(GiveConsent("data", True, stay.placement_id),))
