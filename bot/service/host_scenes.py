"""What a tutor's chat needs of their company: the card they keep, and their learners. Few reads, however many stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.content.loader import Library
from bot.flows.host_views import Guest, HostView, OwnHost
from bot.flows.scene import Scene, Stay
from bot.flows.vocabulary import Event, Tap
from bot.rules.alike import core_of
from bot.rules.fold import fold
from bot.rules.permissions import Action, Role, may
from bot.rules.towns import kit_called, kit_name
from bot.service import places
from bot.service.core import Core
from bot.service.stays import load_stays, subjects_of
from bot.store.prepared import among, first, rows
from bot.store.tables import Host, Membership, Placement

MOST = 6  # cards that are offered to choose from
LOOKED_AT = 500  # cards with a word of the name
_STAGES = ("during", "before", "after")

MINE = (
    select(Membership.id, Membership.host_id, Membership.host_wanted_id, Membership.works_at, Membership.cohort_id)
    .where(
        Membership.person_id == bindparam("person"), Membership.role == Role.HOST_TUTOR.value,
        Membership.ended_at.is_(None),
    )
    .order_by(Membership.id.desc())
)  # fmt: skip
_NAMED = (
    select(Placement.host_organisation, Placement.host_city, Placement.kit, Placement.host_country)
    .where(among(Placement.tutor_id, "members"), Placement.host_country.is_not(None))
    .order_by(Placement.id.desc())
    .limit(1)
)


def load(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    """As much of it as the button needs."""
    if not scene.is_tutor or scene.person_id is None or scene.actor is None:
        return scene
    action = event.data.split(":")[1] if isinstance(event, Tap) and ":" in event.data else ""
    view = HostView()
    if action != "guests":
        view = card(core, session, scene)
    if action in ("guests", "paper"):
        found, silent = guests(session, scene)
        view = replace(view, guests=found, silent=silent)
    return replace(scene, host=view)


def card(core: Core, session: Session, scene: Scene) -> HostView:
    """The card of the newest company that this tutor is linked to, or what may be theirs."""
    mine = rows(session, MINE, person=scene.person_id)
    number = next((m.host_id for m in mine if m.host_id is not None), None)
    host = session.get(Host, number) if number is not None else None
    if host is not None:
        return HostView(own(host, scene), town=host.town, country=host.country)
    wanted = next((m.host_wanted_id for m in mine if m.host_wanted_id is not None), None)
    asked = session.get(Host, wanted) if wanted is not None else None
    stay = first(session, _NAMED, members=[m.id for m in mine])
    named = next((m.works_at for m in mine if m.works_at), None) or (stay.host_organisation if stay else None)
    town = stay and (kit_name(core.content, stay.kit) if stay.kit in core.content.kits else stay.host_city)
    country = stay.host_country if stay else None
    alike = _called(session, named, country) if named and asked is None else []
    return HostView(
        None, named, town or None, country, tuple(places.card_of(one) for one in alike), asked.name if asked else None
    )


def own(host: Host, scene: Scene) -> OwnHost:
    """A card as its tutor sees it."""
    off = local_date(host.withdrawn_at, scene.zone) if host.withdrawn_at else None
    return OwnHost(
        host.id, places.card_of(host), host.latitude is not None, host.address, host.contact_role, host.agreed_by, off,
        host.withdrawn_at is not None and host.withdrawn_member is None, host.proposed_at is not None,
        dict(host.wished or {}),
    )  # fmt: skip


def _called(session: Session, name: str, country: str | None) -> Sequence[Host]:
    """Cards of that name in that country, with or without the form of the company and small words."""
    core = core_of(name)
    where = [Host.key.contains(max(core.split(), key=len), autoescape=True)]
    where += [Host.country == country] if country is not None else []
    found = session.scalars(select(Host).where(*where).order_by(Host.id).limit(LOOKED_AT))
    return [host for host in found if core_of(host.name) == core][:MOST]


def same_town(library: Library, town: str, other: str, country: str) -> bool:
    """The same town, in whatever language it is written?"""
    kit = kit_called(library, town, country)
    return fold(town) == fold(other) or (kit is not None and kit == kit_called(library, other, country))


# --- who comes when -------------------------------------------------------------------------------


def guests(session: Session, scene: Scene) -> tuple[tuple[Guest, ...], int]:
    """The tutor's learners whose consent holds: who is there, who comes next, who was there last; and how many there
    are besides."""
    assert scene.actor is not None
    grants = [grant for grant in scene.actor.grants if grant.role is Role.HOST_TUTOR]
    ids: set[int] = set().union(*(grant.placement_ids for grant in grants))
    if not ids:
        return (), 0
    stays = load_stays(session, Placement.id.in_(sorted(ids)), scene.now)
    subjects = subjects_of(session, ids)
    mine = [stay for stay in stays if may(scene.actor, Action.SEE_LEARNER, subjects[stay.placement_id])]
    agreed = [stay for stay in mine if stay.may_travel_on]
    found = tuple(_guest(stay) for stay in sorted(agreed, key=_order))
    return found, sum(not stay.may_travel_on and stay.stage != "after" for stay in mine)


def _guest(stay: Stay) -> Guest:
    trip = stay.itinerary
    return Guest(
        stay.placement_id, stay.learner.split()[0], stay.trade, trip.arrival if trip else None,
        trip.return_ if trip else None, _stage(stay),
    )  # fmt: skip


def _stage(stay: Stay) -> str:
    return "after" if stay.ended else stay.stage


def _order(stay: Stay) -> tuple[Any, ...]:
    stage, day = _stage(stay), stay.itinerary.arrival.toordinal() if stay.itinerary else 10**9
    return _STAGES.index(stage), -day if stage == "after" else day, stay.learner
