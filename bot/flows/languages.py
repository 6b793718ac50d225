"""My languages: tests before and after, one's own view and OLS results side by side. The learner's alone, unless they
send one of these to one contact person, once."""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

from bot.flows.effects import ShareLanguages
from bot.flows.gate import closed
from bot.flows.language_views import LanguagesView
from bot.flows.language_words import about, kinds_of, name_of
from bot.flows.mood import reader, readers
from bot.flows.running import CAN_OPEN, MENU_ROW, answer, callback
from bot.flows.scene import Scene, Stay, StepView
from bot.flows.vocabulary import Button, Event, Outcome, Replace, Rows, Screen, Tap, Toast, button, screen, show
from bot.i18n import Text, say, verbatim

NEEDS: frozenset[str] = frozenset({"languages", "steps", "contacts"})


def handle(scene: Scene, event: Event) -> Outcome:
    """`languages:show|share`, `languages:what:<kind>:<language>`, and with a person `see` and `send` with a mark."""
    parts = event.data.split(":")[1:] if isinstance(event, Tap) else ["show"]
    stay = scene.stay
    shut = closed(scene)
    if shut is not None:
        return shut
    match parts:
        case ["share"] if stay is not None:
            return _choose_what(scene, stay)
        case ["what", kind, language] if stay is not None:
            return _choose_reader(scene, stay, Item(kind, language))
        case ["see", kind, language, person] if stay is not None:
            return _preview(scene, stay, Item(kind, language), person)
        case ["send", kind, language, person, mark] if stay is not None:
            return _send(scene, stay, Item(kind, language), person, mark)
        case _:
            return show(answer(event, shown(scene)))


def shown(scene: Scene) -> Screen:
    """Everything there is, and what can be done next."""
    view = _view(scene)
    if not view.languages:
        return Screen((say("languages/title"), say("languages/nothing")), (*_next(scene), *_back()))
    # What is said of the questions is true of the test alone.
    honest = (say("languages/honest"),) if view.tests else ()
    body = (say("languages/title"), *_body(view), *honest, say("languages/private"))
    share: Rows = ((button("languages/share_button", "languages:share"),),) if readers(scene) else ()
    return Screen(body, (*_next(scene), *share, *_back()))


def _view(scene: Scene) -> LanguagesView:
    return scene.languages or LanguagesView(0)


def _body(view: LanguagesView) -> tuple[Text, ...]:
    return tuple(text for language in view.languages for text in about(view, language))


def _back() -> Rows:
    return ((button("assessment/progress_button", "progress:open"),), MENU_ROW)


def _next(scene: Scene) -> Rows:
    """The newest language step: to be taken, or, when it is done, taken again."""
    views = [view for view in scene.steps if view.kind == "language_test" and view.state in (*CAN_OPEN, "done")]
    return _ways(views[-1], taken=bool(_view(scene).tests)) if views else ()


def _ways(view: StepView, *, taken: bool) -> Rows:
    if view.state != "done" or view.data.get("at"):
        return ((button("languages/go_on_button", callback(view.id, "open")),),)
    label = "languages/again_button" if taken else "language_test/start_button"
    again = button(label, callback(view.id, "again"))
    own = button("language_test/grid_button", callback(view.id, "grid"))
    return ((again,), (own, button("language_test/ols_button", callback(view.id, "ols"))))


# --- showing it to somebody, one thing at a time ------------------------------------------------------


class Item(NamedTuple):
    """One thing to show: the tests of a language, OLS results (`ols`), or the own view (`grid`)."""

    kind: str
    language: str


def _items(view: LanguagesView) -> list[Item]:
    return [Item(kind, language) for language in view.languages for kind in kinds_of(view, language)]


def _choose_what(scene: Scene, stay: Stay) -> Outcome:
    items = _items(_view(scene))
    if not readers(scene) or not items:
        return show(Replace(shown(scene)))
    if len(items) == 1:
        return _choose_reader(scene, stay, items[0])
    rows = tuple((_button(item),) for item in items)
    return show(Replace(screen(say("languages/which"), rows=(*rows, _no()))))


def _button(item: Item) -> Button:
    data = f"languages:what:{item.kind}:{item.language}"
    label = say(f"languages/items/{item.kind}")
    return Button(say("languages/item_button", language=name_of(item.language), item=label), data)


def _choose_reader(scene: Scene, stay: Stay, item: Item) -> Outcome:
    known = readers(scene)
    if not known or item not in _items(_view(scene)):
        return show(Replace(shown(scene)))
    if len(known) == 1:
        return _preview(scene, stay, item, str(known[0].person_id))
    see = f"languages:see:{item.kind}:{item.language}"
    rows = tuple((Button(say("mood/to_button", name=c.name), f"{see}:{c.person_id}"),) for c in known)
    return show(Replace(screen(say("languages/to_whom"), rows=(*rows, _no()))))


def picture(learner: str, view: LanguagesView, kind: str, language: str) -> tuple[Text, ...]:
    """What the contact person reads."""
    honest = (say("languages/honest"),) if kind == "test" else ()
    return (say("languages/shared", name=verbatim(learner)), *about(view, language, (kind,)), *honest)


def _preview(scene: Scene, stay: Stay, item: Item, person: str) -> Outcome:
    """Exactly what would be sent; the button carries its mark, so that nothing else is."""
    to, view = reader(scene, person), _view(scene)
    if to is None or item not in _items(view):
        return show(Toast(say("mood/nobody"), alert=True))
    send = f"languages:send:{item.kind}:{item.language}:{person}:{mark(view, *item)}"
    body = (say("languages/preview", name=verbatim(to.name)), *picture(stay.learner, view, *item))
    return show(Replace(Screen(body, ((button("mood/send_button", send),), _no()))))


def mark(view: LanguagesView, kind: str, language: str) -> str:
    """Short letters that change with anything there is to see of it."""
    return blake2b(repr(picture("", view, kind, language)).encode(), digest_size=6).hexdigest()


def _send(scene: Scene, stay: Stay, item: Item, person: str, seen: str) -> Outcome:
    to, view = reader(scene, person), _view(scene)
    if to is None or to.person_id is None or item not in _items(view) or seen != mark(view, *item):
        # Something changed since: it is shown again before anything goes out.
        return _preview(scene, stay, item, person)
    done = screen(say("languages/sent", name=verbatim(to.name)), rows=(MENU_ROW,))
    effect = ShareLanguages(stay.placement_id, to.person_id, item.kind, item.language)
    return show(Replace(done), effects=(effect,))


def _no() -> tuple[Button, ...]:
    return (button("mood/no_button", "languages:show"),)
