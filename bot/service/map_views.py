"""The map in the chat: which places a person sees, nearest first."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.loader import Library
from bot.flows import effects as fx, map as talk
from bot.flows.effects import MapWish
from bot.flows.near import centre_of, kit_of
from bot.flows.vocabulary import Replace, Say
from bot.rules.nearby import Spot, kilometres
from bot.rules.places import Place
from bot.rules.trades import trade_mark
from bot.service import places
from bot.service.work import Applier, Work

# Kilometres, looked through until a page is full; the last holds the whole Earth.
RADII = (60.0, 300.0, 1500.0, 20_040.0)


def _show(work: Work, effect: fx.ShowMap) -> None:
    wish = effect.wish
    kit = kit_of(work.scene)
    spot = wish.spot or (centre_of(kit) if kit is not None else None)
    if wish.what == "card":
        _card(work, wish, spot)
    elif wish.what in ("trade", "tongue"):
        content = work.core.content
        every = places.public(work.session, content, work.now)
        work.applied.after.append(Replace(talk.choices(content, wish, _trades(content, every), _tongues(every))))
    else:
        _list(work, wish, spot)


def _list(work: Work, wish: MapWish, spot: Spot | None) -> None:
    enough = (wish.page + 1) * talk.PAGE + 1
    found = _found(work, wish, spot, enough)
    page = found[wish.page * talk.PAGE : enough - 1]
    filters = places.can_be_narrowed(work.session, work.core.content, work.now)
    shown = talk.listed(work.scene, wish, spot, page, len(found) >= enough, filters)
    work.applied.after.append(Replace(shown))  # a new message where nothing was tapped


def _found(work: Work, wish: MapWish, spot: Spot | None, enough: int) -> list[talk.Seen]:
    """What fits the wish, nearest first, as far as it is needed."""
    if spot is None:
        every = places.public(work.session, work.core.content, work.now)
        return [talk.Seen(place) for place in every if _fits(work.core.content, place, wish)]
    most = None if wish.trade or wish.tongue else enough
    found: list[talk.Seen] = []
    for within in RADII:
        found = [
            talk.Seen(one.place, one.kilometres)
            for one in places.near(work.session, work.core.content, spot, within, work.now, most)
            if _fits(work.core.content, one.place, wish)
        ]
        if len(found) >= enough:
            break
    return found


def _card(work: Work, wish: MapWish, spot: Spot | None) -> None:
    place = places.find(work.session, work.core.content, wish.place or "", work.now)
    if place is None:
        work.applied.after.append(talk.gone())
        return
    far = kilometres(spot, place.latitude, place.longitude) if spot else None
    work.applied.after += [Say(one) for one in talk.card(work.scene, wish, talk.Seen(place, far), spot)]


def _fits(content: Library, place: Place, wish: MapWish) -> bool:
    if wish.trade and wish.trade not in {trade_mark(content, trade) for trade in place.trades}:
        return False
    return not wish.tongue or wish.tongue in place.languages


def _trades(content: Library, every: Sequence[Place]) -> list[str]:
    """Each trade once, the most frequent first."""
    counted: dict[str, list[str]] = {}
    for place in every:
        for trade in place.trades:
            counted.setdefault(trade_mark(content, trade), []).append(trade)
    return [names[0] for names in sorted(counted.values(), key=lambda names: (-len(names), names[0].casefold()))]


def _tongues(every: Sequence[Place]) -> list[str]:
    tags = [tag for place in every for tag in place.languages]
    return sorted(set(tags), key=lambda tag: (-tags.count(tag), tag))


APPLIERS: dict[type, Applier] = {fx.ShowMap: _show}
