"""A tutor and the card of their company: changed at once where it is theirs to say, else once a coordinator agrees."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, update

from bot.clock import local_date
from bot.flows import effects as fx, host_screens as screens
from bot.flows.vocabulary import Replace, Say, Toast, screen
from bot.i18n import say
from bot.rules.fold import fold
from bot.rules.gazetteer import town_of
from bot.rules.host_facts import CONFIRMED, FREE, OWN, key_of
from bot.rules.names import full_name
from bot.rules.towns import kit_called
from bot.service import host_papers, host_questions as questions, places
from bot.service.audit import note
from bot.service.host_scenes import MOST, card, own, same_town
from bot.service.work import Applier, Work
from bot.store.tables import Host, Membership, Person

LEAST = 3  # letters that a search needs


def _mine(work: Work) -> Host | None:
    """The card that this tutor keeps, locked."""
    view = work.scene.host
    if view is None or view.host is None:
        return None
    return work.session.scalar(select(Host).where(Host.id == view.host.id).with_for_update())


def _member(work: Work, host_id: int | None = None) -> int:
    """Their newest membership as tutor, of those linked to a card where one is given."""
    linked = () if host_id is None else (Membership.host_id == host_id,)
    query = select(Membership.id).where(*_as_tutor(work), *linked).order_by(Membership.id.desc()).limit(1)
    return work.session.scalar(query) or 0


def _as_tutor(work: Work) -> tuple[ColumnElement[bool], ...]:
    return Membership.person_id == work.me, Membership.role == "host_tutor", Membership.ended_at.is_(None)


def _touched(work: Work, host: Host, what: str) -> None:
    host.changed_at = work.now
    note(work.session, work.me, "host_card", work.me, work.now, host=host.id, what=what)


def _keep(work: Work, effect: fx.KeepHostFact) -> None:
    host = _mine(work)
    if host is None or effect.field not in (*OWN, *(CONFIRMED if host.proposed_at else ())):
        return
    if effect.field in CONFIRMED and not places.put(work.session, host, {effect.field: effect.value}):
        work.applied.after.append(Say(screen(say("host/same_card"))))
        return
    if effect.field in OWN:
        old = getattr(host, effect.field)
        setattr(host, effect.field, effect.value)
        if effect.field in FREE and host.proposed_at is None and host.agreed_on and host.withdrawn_at is None:
            member = work.session.get(Membership, _member(work, host.id))
            told = questions.tell_texts(work.session, host, member, effect.field, old, work.now)
            work.applied.more |= told
    _touched(work, host, effect.field)
    if host.proposed_at is not None and host.agreed_on is not None:
        work.session.flush()
        work.applied.more |= questions.ask(work.core, work.session, "new", host.id, work.now)


def _wish(work: Work, effect: fx.WishHostFact) -> None:
    host = _mine(work)
    if host is None:
        return
    if effect.value is None:
        host.wished = None
        return
    if effect.field not in CONFIRMED:
        return
    host.wished = {**(host.wished or {}), effect.field: effect.value}
    host.wished_by = _member(work, host.id)
    work.session.flush()
    work.applied.more |= questions.ask(work.core, work.session, "change", host.id, work.now)


def _agree(work: Work, effect: fx.AgreeHost) -> None:
    host = _mine(work)
    if host is None:
        return
    member = _member(work, host.id)
    if effect.yes:
        if host.withdrawn_at is not None and host.withdrawn_member is None:
            return  # the desk took it off
        host.agreed_by = full_name(work.session.get_one(Person, work.me))
        host.agreed_on, host.agreed_member = local_date(work.now, work.scene.zone), member
        host.withdrawn_at = host.withdrawn_member = None
    else:
        host.withdrawn_at, host.withdrawn_member = work.now, member
    _touched(work, host, "agreed" if effect.yes else "withdrawn")
    work.session.flush()
    if effect.yes and host.proposed_at is not None:
        work.applied.more |= questions.ask(work.core, work.session, "new", host.id, work.now)
    _show_card(work, host)


def _show_card(work: Work, host: Host) -> None:
    work.applied.after.append(Replace(screens.card(work.core.content, own(host, work.scene))))


# --- whose card -----------------------------------------------------------------------------------


def _claim(work: Work, effect: fx.ClaimHost) -> None:
    """Theirs at once where the school names that company in that town, else once a coordinator says so."""
    view = work.scene.host
    host = work.session.get(Host, effect.host_id)
    if view is None or view.host is not None or view.asked is not None or host is None:
        return
    named = f"h{host.id}" in {place.id for place in view.found}
    if named and view.town is not None and same_town(work.core.content, host.town, view.town, host.country):
        _link(work, host)
        return
    if not named and places.find(work.session, work.core.content, f"h{host.id}", work.now) is None:
        return
    number = _member(work)
    work.session.get_one(Membership, number).host_wanted_id = host.id
    work.session.flush()
    work.applied.more |= questions.ask(work.core, work.session, "claim", number, work.now)
    work.applied.after.append(Replace(screens.unknown(card(work.core, work.session, work.scene))))


def _link(work: Work, host: Host) -> None:
    unlinked = Membership.host_id.is_(None)
    work.session.execute(update(Membership).where(*_as_tutor(work), unlinked).values(host_id=host.id))
    _touched(work, host, "kept")
    _show_card(work, host)


def _add(work: Work, effect: fx.AddHost) -> None:
    view = work.scene.host
    if view is None or view.host is not None or view.found or not (view.named and view.town and view.country):
        return
    key = key_of(view.named, view.town, view.country)
    if work.session.scalar(select(Host.id).where(Host.key == key)) is not None:
        return
    host = Host(
        name=view.named, town=view.town, country=view.country, key=key, trades=[], languages=[], changed_at=work.now,
        proposed_at=work.now, wished_by=_member(work), **_middle(work, view.town, view.country),
    )  # fmt: skip
    work.session.add(host)
    work.session.flush()
    _link(work, host)


def _middle(work: Work, town: str, country: str) -> dict[str, object]:
    """The middle of a town: as its kit has it, else by the gazetteer."""
    kit_id = kit_called(work.core.content, town, country)
    if kit_id is not None:
        kit = work.core.content.kits[kit_id]
        return {"latitude": kit.latitude, "longitude": kit.longitude, "zone": kit.zone}
    at = town_of(town, country)
    return {"latitude": at.latitude, "longitude": at.longitude, "zone": at.zone} if at else {}


def _find(work: Work, effect: fx.FindHosts) -> None:
    """Among cards that anybody may see."""
    words = fold(effect.words).strip()
    like = Host.key.contains(words, autoescape=True)
    query = select(Host).where(*places.SHOWN, like).order_by(Host.name, Host.id).limit(MOST)
    found = work.session.scalars(query) if len(words) >= LEAST else ()
    work.applied.after.append(Say(screens.results(tuple(places.card_of(host) for host in found))))


# --- the coordinator ------------------------------------------------------------------------------


def _decide(work: Work, effect: fx.DecideHost) -> None:
    actor = work.scene.actor
    name = None
    if actor is not None:
        name = questions.decide(
            work.session, actor, effect.about, effect.number, effect.yes, work.now, mark=effect.mark
        )
    if name is None:
        work.applied.after.append(Toast(say("host/decided_already"), alert=True))
        if actor is not None and (newer := questions.newer(work.core, work.session, actor, effect)) is not None:
            work.applied.after.append(Replace(newer))
        return
    work.applied.after.append(Replace(screens.decided(name, effect.yes)))
    work.applied.more = True


APPLIERS: dict[type, Applier] = {
    fx.KeepHostFact: _keep,
    fx.WishHostFact: _wish,
    fx.AgreeHost: _agree,
    fx.ClaimHost: _claim,
    fx.AddHost: _add,
    fx.FindHosts: _find,
    fx.DecideHost: _decide,
    fx.SendTutorPaper: host_papers.send,
}
