"""Hosts that are perhaps the same one twice: the name written differently in one town, one address, one spot."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from bot.rules.fold import fold
from bot.rules.nearby import Spot, roughly

Why = Literal["name", "address", "position"]
NEAR_KM = 5.0  # two ways to write one town lie no further apart
_SPOT_DIGITS = 5  # of degrees: about a metre
# Forms of companies, and words that are left out as often as not.
_SMALL = """
sl slu sa sau sc srl spa snc sas sarl sasu eurl gmbh ug kg ohg ag ev eg bv nv vof cv lda ltd llc plc inc doo dooel ad as
oy ab sia uab zoo sp the and el la los las de del y le les du des et il lo gli di da e der die das und het een en van o
a os do dos i
"""
_LEFT_OUT = frozenset(fold(word) for word in _SMALL.split())
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class One:
    """A host to compare. `label` says which row or card it is; degrees count only where they are its own (`exact`)."""

    label: str
    name: str
    town: str
    country: str
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """Two that may be one, the first of them first; every host stands beside the first it resembles."""

    first: One
    second: One
    why: Why


def pairs(hosts: Iterable[One], town: Callable[[str, str], str]) -> Iterator[Pair]:
    """All pairs, each once, by the strongest reason. `town`: what a town of a country is known by, however written."""
    by_name: dict[tuple[str, str], list[One]] = {}
    by_address: dict[tuple[str, ...], One] = {}
    by_spot: dict[tuple[float, float], One] = {}
    for one in hosts:
        place = town(one.town, one.country)
        namesakes = by_name.setdefault((one.country, core_of(one.name)), [])
        address = (one.country, place, _address(one.address)) if one.address and _address(one.address) else None
        spot = _spot(one)
        same = next((other for other in namesakes if _same_town(one, other, town)), None)
        if same is not None:
            yield Pair(same, one, "name")
        elif address is not None and address in by_address:
            yield Pair(by_address[address], one, "address")
        elif spot is not None and spot in by_spot:
            yield Pair(by_spot[spot], one, "position")
        namesakes.append(one)
        if address is not None:
            by_address.setdefault(address, one)
        if spot is not None:
            by_spot.setdefault(spot, one)


def core_of(name: str) -> str:
    """A name without legal forms and small words, in any order: what stays of it however it is written."""
    words = [word for word in fold(name.replace(".", "")).split() if word not in _LEFT_OUT]
    return " ".join(sorted(words)) or fold(name)


def _address(address: str | None) -> str:
    """Street and number in any order, without small words; empty for one without a number."""
    words = [word for word in fold((address or "").replace(".", " ")).split() if word not in _LEFT_OUT and word != "."]
    return " ".join(sorted(words)) if _NUMBER.search(address or "") else ""


def _spot(one: One) -> tuple[float, float] | None:
    if not one.exact or one.latitude is None or one.longitude is None:
        return None
    return round(one.latitude, _SPOT_DIGITS), round(one.longitude, _SPOT_DIGITS)


def _same_town(one: One, other: One, town: Callable[[str, str], str]) -> bool:
    if town(one.town, one.country) == town(other.town, other.country):
        return True
    if None in (one.latitude, one.longitude, other.latitude, other.longitude):
        return False
    there = Spot(other.latitude or 0.0, other.longitude or 0.0)
    return roughly(there, one.latitude or 0.0, one.longitude or 0.0) <= NEAR_KM
