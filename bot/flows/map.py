"""`/map`: host companies, partners and former learners, nearest first: from the host city, or from where somebody is.

Companies are contacted by coordinators, and former learners are asked through the bot: no card says how to reach
anybody. A location shared for this is rounded to about a kilometre and stays in the buttons of the list alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.content.loader import Library
from bot.flows import near, sos
from bot.flows.awaiting import asked
from bot.flows.care import WRITE
from bot.flows.effects import MapWish, ShowMap
from bot.flows.naming import city
from bot.flows.running import MAX_DATA, answer
from bot.flows.scene import Scene
from bot.flows.vocabulary import (
    Button,
    Command,
    Event,
    Outcome,
    Place as Shared,
    Rows,
    Say,
    Screen,
    Tap,
    Toast,
    Venue,
    button,
    screen,
    show,
)
from bot.i18n import Country, LanguageName, Listing, Text, Value, say, verbatim
from bot.rules.nearby import Spot, direction
from bot.rules.places import Place
from bot.rules.towns import kit_called
from bot.rules.trades import trade_called, trade_mark

NEEDS = sos.NEEDS
FLOW = "map"
PAGE = 5  # places in a list
CHOICES = 10  # trades or languages to choose from


def handle(scene: Scene, event: Event) -> Outcome:
    """`/map`; `map:list|trade|tongue:<page>:<trade>:<language>:<lat>:<lon>`,
    `map:card:<id>:<page>:<trade>:<language>:<lat>:<lon>`, `map:share`; and a location that is awaited."""
    if scene.person_id is None:
        return show(Say(screen(say("join/no_invite"))))
    match event:
        case Shared():
            return _from_here(scene, event)
        case Tap(data="map:share"):
            return show(Say(screen(say("near/ask"), reply=near.SHARE)), conversation=asked(scene, FLOW))
        case Tap(data=data):
            wish = wish_of(data)
            return show(Toast(say("common/old_button"), alert=True)) if wish is None else show(effects=(ShowMap(wish),))
        case Command():
            return show(effects=(ShowMap(MapWish()),))
        case _:
            return show(answer(event, screen(say("common/old_button"))))


def _from_here(scene: Scene, place: Shared) -> Outcome:
    here = Spot(round(place.latitude, 2), round(place.longitude, 2))
    shown = show(
        Say(screen(say("near/used_live" if place.live else "near/used"), reply=())),
        effects=(ShowMap(MapWish(spot=here)),),
    )
    if scene.alert is None:
        return shown
    kept = sos.handle(scene, place)
    return replace(kept, shown=(*kept.shown, *shown.shown), effects=(*kept.effects, *shown.effects))


def wish_of(data: str) -> MapWish | None:
    """What a button wants to see; None for what is no button of ours."""
    parts = data.split(":")
    try:
        match parts:
            case ["map", ("list" | "trade" | "tongue") as what, page, trade, tongue, lat, lon]:
                return MapWish(_page(page), _some(trade), _some(tongue), _spot(lat, lon), what)
            case ["map", "card", place_id, page, trade, tongue, lat, lon]:
                return MapWish(_page(page), _some(trade), _some(tongue), _spot(lat, lon), "card", place_id)
            case ["map", "card", place_id, lat, lon]:
                return MapWish(spot=_spot(lat, lon), what="card", place=place_id)
            case _:
                return None
    except ValueError:
        return None


def _page(part: str) -> int:
    if not (part.isdecimal() and len(part) < 5):
        raise ValueError(f"{part} is no page")
    return int(part)


def _some(part: str) -> str | None:
    return None if part == "-" else part


def _spot(lat: str, lon: str) -> Spot | None:
    if lat == "-":
        return None
    spot = Spot(float(lat), float(lon))
    if not (abs(spot.latitude) <= 90 and abs(spot.longitude) <= 180):
        raise ValueError(f"{lat}, {lon} is no place on Earth")
    return spot


def _data(wish: MapWish, what: str = "list", page: int = 0) -> str:
    return f"map:{what}:{page}:{wish.trade or '-'}:{wish.tongue or '-'}:{_ends(wish)}"


def _card_data(wish: MapWish, place_id: str) -> str:
    """With the list that one came from, where it fits into a button."""
    data = f"map:card:{place_id}:{wish.page}:{wish.trade or '-'}:{wish.tongue or '-'}:{_ends(wish)}"
    return data if len(data.encode()) <= MAX_DATA else f"map:card:{place_id}:{_ends(wish)}"


def _ends(wish: MapWish) -> str:
    return f"{wish.spot.latitude:g}:{wish.spot.longitude:g}" if wish.spot else "-:-"


# --- what is shown --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """A place as it is listed; `far` in kilometres from the `spot`, where there is one."""

    place: Place
    far: float | None = None


def listed(scene: Scene, wish: MapWish, spot: Spot | None, found: Sequence[Seen], more: bool, filters: bool) -> Screen:
    """One page, nearest first. `more`: there is a next one; `filters`: there is something to choose among."""
    body: list[Text] = [_head(scene, wish, spot)]
    if wish.trade or wish.tongue:
        body.append(say("map/filtered", what=Listing(tuple(_chosen(scene.content, wish, found)))))
    body += [line(scene.content, one, spot) for one in found] or [say("map/nothing")]
    rows: list[tuple[Button, ...]] = [
        (Button(verbatim(one.place.name), _card_data(wish, one.place.id)),) for one in found
    ]
    before = (button("menu/before_button", _data(wish, page=wish.page - 1)),) if wish.page else ()
    after = (button("menu/after_button", _data(wish, page=wish.page + 1)),) if more else ()
    rows += [(*before, *after)] if before or after else []
    if filters:
        rows.append(
            (button("map/trade_button", _data(wish, "trade")), button("map/tongue_button", _data(wish, "tongue")))
        )
    if wish.trade or wish.tongue:
        rows.append((button("map/all_button", _data(replace(wish, trade=None, tongue=None))),))
    rows.append((button("map/share_button", "map:share"),))
    return Screen(tuple(body), tuple(rows))


def _head(scene: Scene, wish: MapWish, spot: Spot | None) -> Text:
    if wish.spot is not None:
        return say("near/from_here")
    if spot is not None and scene.stay is not None:
        return say("near/from_centre", city=city(scene.stay))
    return say("map/all")


def _chosen(content: Library, wish: MapWish, found: Sequence[Seen]) -> list[Text | LanguageName]:
    trades = [t for one in found for t in one.place.trades if trade_mark(content, t) == wish.trade]
    return [
        *([trade_called(content, trades[0])] if trades else []),
        *([LanguageName(wish.tongue)] if wish.tongue else []),
    ]


def line(content: Library, one: Seen, spot: Spot | None) -> Text:
    place = one.place
    facts: dict[str, Value] = {
        "name": verbatim(place.name), "kind": say(f"map_page/one/{place.kind}"), "town": town_of(content, place),
        "country": Country(place.country),
    }  # fmt: skip
    if one.far is None or spot is None:
        return say("map/line", **facts)
    return say("map/line_far", far=_far(one, spot), **facts)


def town_of(content: Library, place: Place) -> Text:
    """A town as it is called in the reader's language, where it has a kit; else as somebody wrote it."""
    kit = kit_called(content, place.town, place.country)
    return verbatim(place.town) if kit is None else Text(f"kits/{kit}/name")


def below(texts: Sequence[Text]) -> list[Text]:
    """Short lines as one paragraph; none where there are none."""
    found: list[Text] = []
    for text in reversed(texts):
        found = [say("map/below", above=text, below=found[0]) if found else text]
    return found


def _far(one: Seen, spot: Spot) -> Text:
    assert one.far is not None
    if one.far < near.HERE_KM:
        return say("map/same_town")
    way = direction(spot, one.place.latitude, one.place.longitude)
    return say("map/far", far=near.far(one.far), way=say(f"near/ways/{way}"))


def choices(content: Library, wish: MapWish, trades: Sequence[str], tongues: Sequence[str]) -> Screen:
    """Trades or languages to choose one of."""
    if wish.what == "trade":
        rows: Rows = tuple(
            (Button(trade_called(content, t), _data(replace(wish, trade=trade_mark(content, t)))),)
            for t in trades[:CHOICES]
        )
    else:
        rows = tuple(
            (button("map/tongue", _data(replace(wish, tongue=tag)), language=LanguageName(tag)),)
            for tag in tongues[:CHOICES]
        )
    return Screen((say(f"map/which_{wish.what}"),), (*rows, (button("map/back_button", _data(wish)),)))


def card(scene: Scene, wish: MapWish, one: Seen, spot: Spot | None) -> tuple[Screen, ...]:
    """Its pin on Telegram's own map, and below it all that may be known of a place."""
    place = one.place
    body = [
        line(scene.content, one, spot),
        *([say("map_page/sample_hint")] if place.sample else []),
        *facts_of(scene.content, place),
    ]
    if not place.exact:
        body.append(say("map_page/about_town"))
    if scene.is_learner:
        body.append(say(f"map_page/ask_{'ambassador' if place.kind == 'ambassador' else 'host'}"))
    write: Rows = (WRITE,) if scene.is_learner else ()
    if place.kind == "ambassador" and scene.is_learner:
        write = ((button("asking/ask_button", f"ask:new:{place.id[1:]}"),),)
    back = (button("map/back_button", _data(wish, page=wish.page)),)
    words = Screen(tuple(body), (*write, back))
    town = scene.content.catalogues.plain(town_of(scene.content, place), scene.language, scene.zone)
    pin = Screen((), venue=Venue(place.latitude, place.longitude, place.name, town))
    return pin, words


def facts_of(content: Library, place: Place) -> list[Text]:
    called = {trade_mark(content, t): trade_called(content, t) for t in place.trades}
    trades: Listing | None = Listing(tuple(called.values())) if called else None
    tongues = Listing(tuple(LanguageName(t) for t in place.languages)) if place.languages else None
    found = {
        "trades": trades, "tongues": tongues, "tasks": place.tasks, "size": place.size, "website": place.website,
        "capacity": str(place.capacity) if place.capacity else None, "when": place.when, "source": place.source,
    }  # fmt: skip
    told = [
        say("map/fact", label=say(f"map_page/{label}"), value=verbatim(value) if isinstance(value, str) else value)
        for label, value in found.items()
        if value
    ]
    return [*([verbatim(place.about)] if place.about else []), *below(told)]


def gone() -> Toast:
    """It was taken off the map."""
    return Toast(say("map/gone"), alert=True)
