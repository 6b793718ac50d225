"""My languages: tests before and after, one's own view and OLS results side by side. The learner's alone, unless they
send what they see to one contact person, once."""

from __future__ import annotations

from hashlib import blake2b

from bot.flows.effects import ShareLanguages
from bot.flows.gate import closed
from bot.flows.language_views import LanguagesView
from bot.flows.language_words import about
from bot.flows.mood import readers
from bot.flows.running import CAN_OPEN, MENU_ROW, answer, callback
from bot.flows.scene import Scene, Stay, StepView
from bot.flows.vocabulary import Button, Event, Outcome, Replace, Rows, Screen, Tap, Toast, button, screen, show
from bot.i18n import Text, say, verbatim

NEEDS: frozenset[str] = frozenset({"languages", "steps", "contacts"})


def handle(scene: Scene, event: Event) -> Outcome:
    """`languages:show|share`, `languages:see:<person>`, `languages:send:<person>:<mark>`."""
    parts = event.data.split(":")[1:] if isinstance(event, Tap) else ["show"]
    stay = scene.stay
    shut = closed(scene)
    if shut is not None:
        return shut
    match parts:
        case ["share"] if stay is not None:
            return _choose(scene, stay)
        case ["see", person] if stay is not None:
            return _preview(scene, stay, person)
        case ["send", person, mark] if stay is not None:
            return _send(scene, stay, person, mark)
        case _:
            return show(answer(event, shown(scene)))


def row() -> Rows:
    """The button on the page of progress."""
    return ((button("languages/open_button", "languages:show"),),)


def shown(scene: Scene) -> Screen:
    """Everything there is, and what can be done next."""
    view = _view(scene)
    if not view.languages:
        return Screen((say("languages/title"), say("languages/nothing")), (*_next(scene), *_back()))
    body = (say("languages/title"), *_body(view), say("languages/honest"), say("languages/private"))
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
    return _ways(views[-1]) if views else ()


def _ways(view: StepView) -> Rows:
    if view.state != "done" or view.data.get("at"):
        return ((button("languages/go_on_button", callback(view.id, "open")),),)
    again = button("languages/again_button", callback(view.id, "again"))
    own = button("language_test/grid_button", callback(view.id, "grid"))
    return ((again,), (own, button("language_test/ols_button", callback(view.id, "ols"))))


# --- showing it to somebody -------------------------------------------------------------------------


def _choose(scene: Scene, stay: Stay) -> Outcome:
    known = readers(scene)
    if not known or not _view(scene).languages:
        return show(Replace(shown(scene)))
    if len(known) == 1:
        return _preview(scene, stay, str(known[0].person_id))
    rows = tuple((Button(say("mood/to_button", name=c.name), f"languages:see:{c.person_id}"),) for c in known)
    return show(Replace(screen(say("languages/to_whom"), rows=(*rows, _no()))))


def picture(learner: str, view: LanguagesView) -> tuple[Text, ...]:
    """What the contact person reads."""
    return (say("languages/shared", name=verbatim(learner)), *_body(view), say("languages/honest"))


def _preview(scene: Scene, stay: Stay, person: str) -> Outcome:
    """Exactly what would be sent; the button carries its mark, so that nothing else is."""
    reader = next((c for c in readers(scene) if str(c.person_id) == person), None)
    view = _view(scene)
    if reader is None or not view.languages:
        return show(Toast(say("mood/nobody"), alert=True))
    send = f"languages:send:{person}:{mark(view)}"
    body = (say("languages/preview", name=verbatim(reader.name)), *picture(stay.learner, view))
    return show(Replace(Screen(body, ((button("mood/send_button", send),), _no()))))


def mark(view: LanguagesView) -> str:
    """Short letters that change with anything there is to see."""
    return blake2b(repr((view.tests, view.claims)).encode(), digest_size=6).hexdigest()


def _send(scene: Scene, stay: Stay, person: str, seen: str) -> Outcome:
    reader = next((c for c in readers(scene) if str(c.person_id) == person), None)
    if reader is None or reader.person_id is None or seen != mark(_view(scene)):
        # Something changed since: it is shown again before anything goes out.
        return _preview(scene, stay, person)
    done = screen(say("languages/sent", name=verbatim(reader.name)), rows=(MENU_ROW,))
    return show(Replace(done), effects=(ShareLanguages(stay.placement_id, reader.person_id),))


def _no() -> tuple[Button, ...]:
    return (button("mood/no_button", "languages:show"),)
