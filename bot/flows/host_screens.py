"""What a tutor sees of their company's card, of who comes when and of papers; and what a coordinator is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.content.loader import Library
from bot.flows.host_views import Guest, HostView, OwnHost, Question
from bot.flows.map import Seen, below, facts_of, line
from bot.flows.running import turn_pages
from bot.flows.vocabulary import Button, Rows, Screen, button, in_rows, screen
from bot.i18n import Day, LanguageName, Listing, Text, Value, say, verbatim
from bot.rules.host_facts import CAPACITIES, CONFIRMED, LISTS, OWN, SIZES
from bot.rules.places import Place

PAGE = 6
QUESTIONS = ("claim", "new", "change")
MENU = (button("steps/menu_button", "menu:home"),)
HOME = (button("host/home_button", "host:home"), *MENU)
# What a tap chooses; any other language is typed.
TONGUES = ("en", "fr", "es", "it", "de", "nl", "pt", "pl", "sl", "lv", "sr", "bs", "mk", "sq", "ar", "uk", "ru", "tr")
# Papers a tutor may have, each with the id of its title.
PAPERS: Mapping[str, Text] = {
    "tutor-role": Text("documents/tutor-role/title"),
    "assessment-grid": Text("documents/assessment-grid/title"),
    "grid-form": say("host/grid_form"),
    "minors-at-work": Text("documents/minors-at-work/title"),
}
_LABELS = {"languages": "tongues"}
_ON_CARD = ("tasks", "trades", "languages", "size", "capacity", "website")


def label(field: str) -> Text:
    """What a field of the card is called."""
    return say(f"map_page/{_LABELS.get(field, field)}" if field in _ON_CARD else f"host/field/{field}")


# --- whose card -----------------------------------------------------------------------------------


def can_add(view: HostView) -> bool:
    """Is enough known for a new card?"""
    return bool(view.named and view.town and view.country)


def unknown(view: HostView) -> Screen:
    """Nobody has said yet which card is theirs."""
    body: list[Text] = [say("host/title")]
    if view.asked is not None:
        return Screen((*body, say("host/asked", name=verbatim(view.asked))), (MENU,))
    body.append(say("host/named", name=verbatim(view.named)) if view.named else say("host/unnamed"))
    rows: list[tuple[Button, ...]] = [_claim(place) for place in view.found[:PAGE]]
    if rows:
        body.append(say("host/maybe"))
    elif can_add(view):
        body.append(say("host/add"))
        rows.append((button("host/add_button", "host:add"),))
    return Screen(tuple(body), (*rows, (button("host/find_button", "host:find"),), MENU))


def _claim(place: Place) -> tuple[Button, ...]:
    there = button("host/claim_button", f"host:claim:{place.id[1:]}", name=place.name, town=place.town)
    return (there,)


def search() -> Screen:
    """What is to be looked for?"""
    return screen(say("host/find_ask"), rows=(HOME,))


def results(found: tuple[Place, ...]) -> Screen:
    """Cards by name."""
    rows = tuple(_claim(place) for place in found[:PAGE])
    return Screen((say("host/maybe" if rows else "host/find_none"),), (*rows, HOME))


# --- the card -------------------------------------------------------------------------------------


def card(content: Library, host: OwnHost) -> Screen:
    """As the map shows it, what only the desk knows, and how it stands."""
    body = [
        say("host/title"),
        line(content, Seen(host.place), None),
        *facts_of(content, host.place),
        *_behind(host),
        _state(host),
    ]
    if host.wished:
        wished = Listing(tuple(_told(field, value) for field, value in host.wished.items()))
        body.append(say("host/wished", what=wished))
    rows: list[tuple[Button, ...]] = [(button("host/edit_button", "host:edit"),)]
    if host.state in ("unasked", "off"):
        rows.append((button("host/agree_button", "host:agree"),))
    elif host.state != "desk":
        rows.append((button("host/off_button", "host:off"),))
    if host.wished:
        rows.append((button("host/drop_button", "host:drop"),))
    return Screen(tuple(body), (*rows, MENU))


def _told(field: str, value: Any) -> Text:
    return say("map/fact", label=label(field), value=_shown(field, value))


def _shown(field: str, value: Any) -> Value:
    if value is None or value == [] or value == ():
        return "–"
    if field == "languages":
        return Listing(tuple(LanguageName(tag) for tag in value))
    if field in LISTS:
        return Listing(tuple(verbatim(one) for one in value))
    return verbatim(str(value))


def _behind(host: OwnHost) -> list[Text]:
    known = {field: host.value(field) for field in ("address", "contact_role") if host.value(field)}
    told = [_told(field, value) for field, value in known.items()]
    return below([say("host/behind"), *told]) if told else []


def _state(host: OwnHost) -> Text:
    if host.state == "off" and host.withdrawn_on is not None:
        return say("host/state/off", day=Day(host.withdrawn_on))
    if host.state == "shown" and host.place.agreed_on is not None:
        day = Day(host.place.agreed_on)
        if host.agreed_by in (None, "-", "–"):
            return say("host/state/agreed", day=day)
        return say("host/state/shown", by=verbatim(host.agreed_by), day=day)
    return say(f"host/state/{host.state}")


def may_we(host: OwnHost) -> Screen:
    """What it means to be on the map, before somebody says yes."""
    body = (say("host/may_we", name=verbatim(host.place.name)), say("host/what_is_shown"))
    return Screen(body, ((button("host/yes_button", "host:yes"),), HOME))


def edit(host: OwnHost, *, saved: bool = False) -> Screen:
    """Field by field what the card says, and what can be changed."""
    told = tuple(_told(field, host.value(field)) for field in (*OWN, *CONFIRMED))
    body = ((say("host/saved"),) if saved else ()) + (say("host/edit"), *below(told), say("host/confirmed_first"))
    rows = in_rows([Button(label(field), f"host:set:{field}") for field in (*OWN, *CONFIRMED)], 2)
    return Screen(body, (*rows, HOME))


def ask(host: OwnHost, field: str) -> Screen:
    """One field: taps where there is something to choose, else a line to write."""
    key = "again" if field in CONFIRMED else field
    body = [_told(field, host.value(field)), say(f"host/ask/{key}")]
    rows: Rows = ()
    if field == "size":
        rows = in_rows([Button(verbatim(size), f"host:put:size:{n}") for n, size in enumerate(SIZES)], 4)
    elif field == "capacity":
        rows = in_rows([Button(verbatim(str(n)), f"host:put:capacity:{i}") for i, n in enumerate(CAPACITIES)], 4)
    elif field == "languages":
        tags = (*TONGUES, *(tag for tag in host.place.languages if tag not in TONGUES))
        rows = in_rows([_tongue(tag, tag in host.place.languages) for tag in tags], 3)
    clear = (button("host/clear_button", f"host:clear:{field}"),) if field in OWN and host.value(field) else ()
    back = (button("host/back_button", "host:edit"),)
    return Screen(tuple(body), (*rows, *((clear,) if clear else ()), back))


def _tongue(tag: str, on: bool) -> Button:
    return button("host/tongue_on" if on else "map/tongue", f"host:tongue:{tag}", language=LanguageName(tag))


# --- who comes when -------------------------------------------------------------------------------


def guests_from(count: int, page: int) -> int:
    """Where a page of so many begins; the last one where there are not so many pages."""
    return min(page, max(0, (count - 1) // PAGE)) * PAGE


def guests(view: HostView, page: int) -> Screen:
    """The tutor's learners: who is there, who comes, who was there."""
    start = guests_from(len(view.guests), page)
    page, chosen = start // PAGE, view.guests[start : start + PAGE]
    body: list[Text] = [say("host/guests", n=len(view.guests)) if chosen else say("host/no_guests")]
    body += [_guest(one) for one in chosen]
    if view.silent:
        body.append(say("host/silent", n=view.silent))
    rows = tuple((Button(verbatim(one.first_name), f"grid:of:{one.placement_id}"),) for one in chosen)
    return Screen(tuple(body), (*rows, *turn_pages("host:guests", page, len(view.guests), PAGE), MENU))


def _guest(one: Guest) -> Text:
    name = verbatim(one.first_name)
    trade = verbatim(one.trade) if one.trade else say("host/no_trade")
    if one.arrival is None or one.return_ is None:
        return say("host/guest_undated", name=name, trade=trade)
    return say(f"host/guest/{one.stage}", name=name, trade=trade, arrival=Day(one.arrival), return_=Day(one.return_))


# --- papers ---------------------------------------------------------------------------------------


def papers() -> Screen:
    """Which are there?"""
    rows = tuple((Button(title, f"host:paper:{paper}"),) for paper, title in PAPERS.items())
    return Screen((say("host/papers"),), (*rows, MENU))


def for_whom(view: HostView, paper: str, page: int) -> Screen:
    """About which learner?"""
    start = guests_from(len(view.guests), page)
    page, chosen = start // PAGE, view.guests[start : start + PAGE]
    rows = tuple((Button(verbatim(one.first_name), f"host:paper:{paper}:{one.placement_id}"),) for one in chosen)
    turn = turn_pages(f"host:paper:{paper}:page", page, len(view.guests), PAGE)
    nobody = (button("host/nobody_button", f"host:paper:{paper}:0"),)
    return Screen((PAPERS[paper], say("host/for_whom")), (*rows, *turn, nobody, (*_papers(), *MENU)))


def _papers() -> tuple[Button, ...]:
    return (button("host/papers_button", "host:papers"),)


def below_paper() -> Rows:
    """The ways on from a paper."""
    return ((*_papers(), *MENU),)


# --- the coordinator ------------------------------------------------------------------------------


def question(content: Library, asked: Question) -> Screen:
    """What a tutor wants, old beside new, and two buttons."""
    who = {"tutor": verbatim(asked.tutor), "cohort": verbatim(asked.cohort), "name": verbatim(asked.place.name)}
    body: list[Text] = [say(f"host/wants/{asked.about}", **who)]
    if asked.about != "change":
        body += [line(content, Seen(asked.place), None), *facts_of(content, asked.place)]
    for field, (old, new) in asked.values.items():
        body.append(say("host/change", label=label(field), old=_shown(field, old), new=_shown(field, new)))
    if asked.alike:
        body.append(say("host/alike", names=Listing(tuple(verbatim(name) for name in asked.alike))))
    about = f"{asked.about}:{asked.number}:{asked.mark}"
    buttons = (button("host/ok_button", f"host:ok:{about}"), button("host/no_button", f"host:no:{about}"))
    return Screen(tuple(body), (buttons,))


def texts_changed(tutor: str, cohort: str, place: Place, field: str, old: Any, new: Any) -> Screen:
    """A tutor writes on a card what everybody reads: what, and the way to the card as it stands."""
    who = {"tutor": verbatim(tutor), "cohort": verbatim(cohort), "name": verbatim(place.name)}
    changed = say("host/change", label=label(field), old=_shown(field, old), new=_shown(field, new))
    see = (button("host/see_button", f"map:card:{place.id}:-:-"),)
    return Screen((say("host/texts", **who), changed, say("host/texts_once")), (see,))


def decided(name: str, yes: bool) -> Screen:
    """What the coordinator sees then."""
    return screen(say("host/decided/yes" if yes else "host/decided/no", name=verbatim(name)))


def told(about: str, name: str, yes: bool) -> Screen:
    """What the tutor hears."""
    key = f"host/told/{about}" if yes else "host/told/no"
    return screen(say(key, name=verbatim(name)), rows=(HOME,))
