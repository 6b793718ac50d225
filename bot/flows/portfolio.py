"""`/portfolio`: what of a stay a learner shows others. They see and decide every item; nobody else opens it.

`portfolio:home`, `portfolio:s:<section>[:<page>]`, `portfolio:x:<section>:<page>:<item>` puts an item in or takes it
out, `portfolio:see:…` shows one in their own words first, `portfolio:look` is the preview,
`portfolio:pdf[:<language>]`, `portfolio:json[:<language>]` and `portfolio:cv` make the files. An item is called by the
fingerprint of what it shows: an old button never puts in what it did not show.
"""

from __future__ import annotations

from dataclasses import replace

from bot.content.languages import COMPLETE
from bot.flows.effects import KeepPortfolio
from bot.flows.gate import closed
from bot.flows.portfolio_files import curriculum, file_of
from bot.flows.portfolio_items import Item, chosen, chosen_of, items_of, view
from bot.flows.running import MENU_ROW, answer, turn_pages
from bot.flows.scene import Scene
from bot.flows.vocabulary import (
    PRIVATE,
    Attachment,
    Button,
    Event,
    Outcome,
    Rows,
    Say,
    Screen,
    Tap,
    Toast,
    button,
    show,
)
from bot.i18n import LanguageName, Listing, Text, say, verbatim
from bot.rules.portfolio import OUT, PHOTOS, SECTIONS, turned

NEEDS: frozenset[str] = frozenset({"steps", "progress", "skills", "portfolio"})
PAGE, EXCERPT, PREVIEW, MANY = 6, 160, 90, 30


def handle(scene: Scene, event: Event) -> Outcome:
    """Every page, and every choice."""
    refusal = closed(scene)
    if refusal is not None:
        return refusal
    parts = (*event.data.split(":"), "", "", "", "") if isinstance(event, Tap) else ("portfolio", "home", "", "", "")
    action, section, page = parts[1], parts[2], int(parts[3]) if parts[3].isdecimal() and len(parts[3]) < 3 else 0
    match action:
        case "s" if section in SECTIONS:
            return show(answer(event, _section(scene, section, page)))
        case "x" | "see" if section in SECTIONS:
            return _item(scene, event, action, section, page, parts[4])
        case "look":
            return show(answer(event, _preview(scene)))
        case "pdf" | "json" | "cv":
            return _file(scene, event, action, parts[2] if parts[2] in COMPLETE else None)
        case _:
            return show(answer(event, _home(scene)))


# --- choosing -------------------------------------------------------------------------------------


def _home(scene: Scene) -> Screen:
    items = items_of(scene)
    if not any(item.section != "stay" for item in items) and not chosen_of(scene):
        return Screen((say("portfolio/title"), say("portfolio/nothing")), (MENU_ROW,))
    inside = sum(chosen(scene, item) for item in items)
    rows = tuple((_opens(scene, items, section),) for section in SECTIONS if any(i.section == section for i in items))
    body = (say("portfolio/title"), say("portfolio/intro"), say("portfolio/count", n=inside))
    return Screen(body, (*rows, *_make(), MENU_ROW))


def _opens(scene: Scene, items: tuple[Item, ...], section: str) -> Button:
    there = [item for item in items if item.section == section]
    title = say(f"portfolio/sections/{section}")
    inside = sum(chosen(scene, item) for item in there)
    return button("portfolio/section_button", f"portfolio:s:{section}", title=title, chosen=inside, all=len(there))


def _make() -> Rows:
    return (
        (button("portfolio/look_button", "portfolio:look"), button("portfolio/pdf_button", "portfolio:pdf")),
        (button("portfolio/cv_button", "portfolio:cv"), button("portfolio/json_button", "portfolio:json")),
    )


def _section(scene: Scene, section: str, page: int) -> Screen:
    items = [item for item in items_of(scene) if item.section == section]
    page = min(page, max(0, len(items) - 1) // PAGE)
    here = items[page * PAGE : (page + 1) * PAGE]
    body: list[Text] = [say("portfolio/head", title=say(f"portfolio/sections/{section}"))]
    body.append(say(f"portfolio/about/{section}"))
    if not here:
        body.append(say("portfolio/empty_section"))
    body.extend(_line(item, EXCERPT) for item in here)
    rows = tuple((_choice(scene, item, page),) for item in here)
    return Screen(tuple(body), (*rows, *turn_pages(f"portfolio:s:{section}", page, len(items), PAGE), _back()))


def _choice(scene: Scene, item: Item, page: int) -> Button:
    """A tap puts in or takes out; their own words and pictures are looked at before they go in."""
    inside = chosen(scene, item)
    action = "see" if item.own and not inside else "x"
    label = say("portfolio/in" if inside else "portfolio/out", title=_short(item))
    return Button(label, f"portfolio:{action}:{item.section}:{page}:{item.handle}")


def _short(item: Item) -> Text:
    return say("portfolio/with_photo", title=item.title) if item.photo else item.title


def _line(item: Item, length: int) -> Text:
    words = verbatim(_cut(item.words, length)) if item.words else None
    task = item.data.get("kind") == "challenge"
    told = words or (_all(item) if item.lines and not item.own and not task else None)
    if told is None:
        return say("portfolio/bare_line", title=_short(item))
    return say("portfolio/line", title=_short(item), told=told)


def _all(item: Item) -> Text:
    """Everything that it says: nothing goes in that was not read before."""
    return item.lines[0] if len(item.lines) == 1 else say("portfolio/lines", lines=Listing(item.lines, lines=True))


def _cut(words: str, length: int) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= length else f"{flat[:length].rstrip()} …"


def _back() -> tuple[Button, ...]:
    return (button("portfolio/back_button", "portfolio:home"),)


def _item(scene: Scene, event: Event, action: str, section: str, page: int, handle: str) -> Outcome:
    item = next((i for i in items_of(scene) if i.section == section and i.handle == handle), None)
    if item is None:
        return show(Toast(say("portfolio/changed"), alert=True), answer(event, _section(scene, section, page)))
    if action == "see":
        return _seen(event, item, page)
    if item.photo and not chosen(scene, item) and sum(bool(i.photo) for i in chosen_of(scene)) >= PHOTOS:
        return show(Toast(say("portfolio/photos_full", n=PHOTOS), alert=True))
    change = turned(view(scene).choices, item.key, item.mark, section)
    after = _with(scene, change)
    toast = Toast(say("portfolio/taken_out" if change[item.key] == OUT else "portfolio/put_in"))
    effect = KeepPortfolio(scene.stay.placement_id if scene.stay else 0, change)
    return show(toast, answer(event, _section(after, section, page)), effects=(effect,))


def _seen(event: Event, item: Item, page: int) -> Outcome:
    """Their own words in full, as they would stand there, with what that means."""
    body = (say("journal/head", title=item.title), *((verbatim(item.words),) if item.words else ()))
    put = button("portfolio/put_button", f"portfolio:x:{item.section}:{page}:{item.handle}")
    leave = button("portfolio/leave_button", f"portfolio:s:{item.section}:{page}")
    photo = Attachment("photo", file_id=item.photo) if item.photo else None
    shown = Screen(body, ((put,), (leave,)), attachment=photo)
    return show(Say(shown) if photo else answer(event, shown))


def _with(scene: Scene, change: dict[str, str]) -> Scene:
    now = view(scene)
    return replace(scene, portfolio=replace(now, choices={**now.choices, **change}))


# --- preview and files ----------------------------------------------------------------------------


def _preview(scene: Scene) -> Screen:
    inside = chosen_of(scene)
    if not inside:
        return Screen((say("portfolio/title"), say("portfolio/nothing_in")), (_back(), MENU_ROW))
    body: list[Text] = [say("portfolio/preview", n=len(inside))]
    for section in SECTIONS:
        there = [item for item in inside[:MANY] if item.section == section]
        if there:
            body.append(say("portfolio/head", title=say(f"portfolio/sections/{section}")))
            body.extend(_line(item, PREVIEW) for item in there)
    if len(inside) > MANY:
        body.append(say("portfolio/and_more", n=len(inside) - MANY))
    return Screen(tuple(body), (*_make()[1:], (button("portfolio/pdf_button", "portfolio:pdf"),), _back()))


def _file(scene: Scene, event: Event, what: str, language: str | None) -> Outcome:
    inside = chosen_of(scene)
    if not inside:
        return show(answer(event, Screen((say("portfolio/title"), say("portfolio/nothing_in")), (_back(), MENU_ROW))))
    if what == "cv":
        rows: Rows = (_back(), MENU_ROW)
        return show(Say(Screen((say("portfolio/cv_here"),), rows)), Say(Screen(curriculum(scene, inside)), ref=PRIVATE))
    made = Attachment("document", name=f"portfolio.{what}", drawing=file_of(scene, inside, what, language))
    others = tuple(
        button("certificate/language_button", f"portfolio:{what}:{tag}", language=LanguageName(tag, own=True))
        for tag in COMPLETE
    )
    body = say("portfolio/pdf_here" if what == "pdf" else "portfolio/json_here")
    return show(Say(Screen((body,), (others[:3], others[3:], _back()), attachment=made), ref=PRIVATE))
