"""The map in the chat: which places a person sees, nearest first."""

from __future__ import annotations

from collections.abc import Sequence

from bot.flows import effects as fx, map as talk
from bot.flows.effects import MapWish
from bot.flows.scene import Scene
from bot.flows.vocabulary import Replace, Say
from bot.rules.nearby import Spot
from bot.rules.places import Place, mark_of
from bot.service import places
from bot.service.work import Applier, Work

RADII = (60.0, 300.0, 1500.0)  # kilometres, looked through until a page is full


def _show(work: Work, effect: fx.ShowMap) -> None:
    wish, spot = effect.wish, effect.wish.spot or _host_city(work.scene)
    if wish.what == "card":
        _card(work, wish, spot)
        return
    every = places.public(work.session, work.core.content, work.now)
    if wish.what in ("trade", "tongue"):
        work.applied.after.append(Replace(talk.choices(wish, _trades(every), _tongues(every))))
        return
    enough = (wish.page + 1) * talk.PAGE + 1
    found = _found(work, wish, spot, every, enough)
    page = found[wish.page * talk.PAGE : enough - 1]
    filters = bool(_trades(every) or _tongues(every))
    shown = talk.listed(work.scene, wish, spot, page, len(found) >= enough, filters)
    work.applied.after.append(Replace(shown) if wish.page or wish.trade or wish.tongue else Say(shown))


def _found(work: Work, wish: MapWish, spot: Spot | None, every: Sequence[Place], enough: int) -> list[talk.Seen]:
    """What fits the wish, nearest first, as far as it is needed."""
    if spot is None:
        return [talk.Seen(place) for place in every if _fits(place, wish)]
    for within in RADII:
        near = [
            talk.Seen(one.place, one.kilometres)
            for one in places.near(work.session, work.core.content, spot, within, work.now)
            if _fits(one.place, wish)
        ]
        if len(near) >= enough:
            return near
    return [talk.Seen(o.place, o.kilometres) for o in places.nearest([p for p in every if _fits(p, wish)], spot)]


def _card(work: Work, wish: MapWish, spot: Spot | None) -> None:
    every = places.public(work.session, work.core.content, work.now)
    place = next((one for one in every if one.id == wish.place), None)
    if place is None:
        work.applied.after.append(talk.gone())
        return
    far = places.nearest([place], spot)[0].kilometres if spot else None
    work.applied.after += [Say(one) for one in talk.card(work.scene, wish, talk.Seen(place, far), spot)]


def _fits(place: Place, wish: MapWish) -> bool:
    if wish.trade and wish.trade not in {mark_of(trade) for trade in place.trades}:
        return False
    return not wish.tongue or wish.tongue in place.languages


def _trades(every: Sequence[Place]) -> list[str]:
    """Each trade once, the most frequent first."""
    counted: dict[str, list[str]] = {}
    for place in every:
        for trade in place.trades:
            counted.setdefault(mark_of(trade), []).append(trade)
    return [names[0] for names in sorted(counted.values(), key=lambda names: (-len(names), names[0].casefold()))]


def _tongues(every: Sequence[Place]) -> list[str]:
    tags = [tag for place in every for tag in place.languages]
    return sorted(set(tags), key=lambda tag: (-tags.count(tag), tag))


def _host_city(scene: Scene) -> Spot | None:
    kit = scene.content.kits.get(scene.stay.kit) if scene.stay and scene.stay.kit else None
    return Spot(kit.latitude, kit.longitude) if kit is not None else None


APPLIERS: dict[type, Applier] = {fx.ShowMap: _show}
