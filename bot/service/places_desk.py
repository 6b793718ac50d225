"""What the desk does with the map: addresses looked up, former learners vetted, hosts taken off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select

from bot.errors import BadInput, NotFound, TooManyRequests
from bot.rules.gazetteer import country_at, zone_at
from bot.rules.host_facts import key_of
from bot.rules.nearby import Spot
from bot.rules.typed import shown
from bot.service import ambassadors, becoming, learners
from bot.service.core import Core
from bot.service.stays import stay_of
from bot.store.tables import Host, Person


class Asking(Protocol):
    """Finds words in a country: degrees, and whether they were known from before. Raises NotFound and Unreachable."""

    def find(self, words: str, country: str) -> Any: ...


PAUSE = 1.0  # seconds between two questions to the geocoder: the usage policy of the public server
LONGEST_WAIT = 120.0  # seconds that a busy server is waited for


def geocode(core: Core, geocoder: Asking, now: datetime, pause: Callable[[float], None]) -> list[dict[str, Any]]:
    """Look up every host with an address that is not placed exactly. `pause` waits so many seconds: between two
    questions, and once as long as a busy server asks for.

    Each answer is written down at once, so that a network that fails in the middle loses nothing. Raises Unreachable
    and TooManyRequests.
    """
    report, asked = [], False
    with core.store.transaction() as session:
        waiting = select(Host.id).where(Host.exact.is_(False), Host.address.is_not(None)).order_by(Host.id)
        ids = session.scalars(waiting).all()
    for host_id in ids:
        with core.store.transaction() as session:
            host = session.get_one(Host, host_id)
            words, name, country = f"{host.address}, {host.town}", host.name, host.country
        if asked:
            pause(PAUSE)
        told: dict[str, Any] = {"id": f"h{host_id}", "name": name, "found": False}
        try:
            at = _found(geocoder, words, country, pause)
        except NotFound as error:
            report.append(told | {"what": str(error)})
            asked = True
            continue
        asked = not at.cached
        spot = Spot(at.latitude, at.longitude)
        there = country_at(spot, country) if (at.latitude, at.longitude) != (0.0, 0.0) else None
        if there != country:
            where = f"lies in {there}, not in {country}" if there else "lies in the sea"
            report.append(told | {"what": f"what was found {where}: correct the address."})
            continue
        with core.store.transaction() as session:
            host = session.get_one(Host, host_id)
            host.latitude, host.longitude, host.exact, host.zone = spot.latitude, spot.longitude, True, zone_at(spot)
            host.changed_at = now
        report.append(told | {"found": True, "what": f"{spot.latitude}, {spot.longitude}"})
    return report


def _found(geocoder: Asking, words: str, country: str, pause: Callable[[float], None]) -> Any:
    try:
        return geocoder.find(words, country)
    except TooManyRequests as busy:
        if busy.retry_after > LONGEST_WAIT:
            raise
        pause(busy.retry_after)
        return geocoder.find(words, country)


def vet(core: Core, code: str, cohort: str | None, on: bool, now: datetime) -> str:
    """Say that a former learner may be on the map, or not; returns their first name. Raises NotFound, BadInput."""
    with core.store.transaction() as session:
        placement = learners.find(session, code, cohort)
        stay = stay_of(session, placement.id, now)
        if session.get_one(Person, placement.person_id).erased_at is not None:
            raise BadInput(f"The data of {placement.code} were erased: there is nobody left to show.")
        if on and (stay is None or stay.stage != "after"):
            raise BadInput(f"{placement.code} is not back yet: only former learners are on the map.")
        if on and stay is not None and stay.minor:
            raise BadInput(f"{placement.code} is not known to be of age: nobody under 18 is on the map.")
        one = ambassadors.possible(session, core.content, placement, now)
        if on and one is None:
            raise BadInput(f"{placement.code} can't be asked: {ambassadors.WHO}")
        if on and (one is None or one.agreed_at is None):
            raise BadInput(f"{placement.code} has not agreed to be asked: that is theirs to say, in the chat.")
        becoming.vet(core, session, placement, on, None, now)
        return stay.learner.split()[0] if stay is not None else placement.code


def add_samples(core: Core, hosts: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Hosts that nobody runs, for a demonstration: shown at once, and marked as made up wherever they are shown."""
    with core.store.transaction() as session:
        for facts in hosts:
            session.add(Host(
                **facts, key=key_of(facts["name"], facts["town"], facts["country"]), exact=True, sample=True,
                agreed_by="-", agreed_on=now.date(), changed_at=now,
            ))  # fmt: skip


def withdraw(core: Core, host_id: str, back: bool, now: datetime) -> str:
    """Take a host off the map, or show it again; returns its name. Raises NotFound."""
    number = host_id.removeprefix("h")
    with core.store.transaction() as session:
        host = session.get(Host, int(number)) if number.isascii() and number.isdigit() and len(number) < 18 else None
        if host is None:
            raise NotFound(f"There is no host “{shown(host_id)}”: `compagnon map list` shows their ids.")
        host.withdrawn_at, host.withdrawn_member = None if back else now, None
        host.changed_at = now
        return host.name
