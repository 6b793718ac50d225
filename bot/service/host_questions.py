"""What tutors want of the map and a coordinator confirms first: a card that is theirs, a new card, another name."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from bot.flows import host_screens as screens
from bot.flows.host_effects import DecideHost
from bot.flows.host_views import Question
from bot.flows.vocabulary import Screen
from bot.rules.fold import fold
from bot.rules.host_facts import CONFIRMED, FREE
from bot.rules.names import full_name
from bot.rules.permissions import Action, Actor, Subject, may
from bot.service import notices, places
from bot.service.actors import actors_of
from bot.service.audit import note
from bot.service.core import Core
from bot.service.sending import subject_of
from bot.store.tables import Audit, Cohort, Host, Membership, Person

ABOUT = screens.QUESTIONS
DECIDED = "host_decided"  # in the audit trail


def ask(core: Core, session: Session, about: str, number: int, now: datetime) -> bool:
    """Bring it before the coordinators of the tutor's cohort, once a day until it is decided: the buttons of an older
    message show the newest wish. Says whether anybody in the chat was asked: where nobody is, `compagnon map wishes`
    has it."""
    found = _find(session, about, number)
    if found is None:
        return False
    host, member = found
    shown = screens.question(core.content, _question(session, about, number, host, member))
    key = f"host:{about}:{number}:{now.date()}:{_decided_before(session, member)}"
    asked = [notices.notify(session, to, shown, now=now, key=f"{key}:{to}") for to in _deciders(session, member)]
    return any(asked)


def tell_texts(session: Session, host: Host, member: Membership | None, field: str, old: Any, now: datetime) -> bool:
    """Coordinators learn that a tutor changes what everybody reads, once a day at most."""
    tutor, cohort = _who(session, member)
    shown = screens.texts_changed(tutor, cohort, places.card_of(host), field, old, getattr(host, field))
    key = f"host:texts:{host.id}:{now.date()}"
    told = [notices.notify(session, to, shown, now=now, key=f"{key}:{to}") for to in _deciders(session, member)]
    return any(told)


def newer(core: Core, session: Session, actor: Actor, effect: DecideHost) -> Screen | None:
    """What waits now, where it was changed since this coordinator saw it."""
    found = _find(session, effect.about, effect.number)
    if found is None or _mark(effect.about, *found) == effect.mark:
        return None
    if not may(actor, Action.CONFIRM_HOST, _subject(session, found[1])):
        return None
    return screens.question(core.content, _question(session, effect.about, effect.number, *found))


def _decided_before(session: Session, member: Membership | None) -> int:
    """How many wishes of that tutor were decided: the next one is another question."""
    if member is None:
        return 0
    decided = Audit.person_id == member.person_id, Audit.action == DECIDED
    return session.scalar(select(func.count(Audit.id)).where(*decided)) or 0


def pending(session: Session) -> list[Question]:
    """Everything that waits, the oldest first."""
    claims = session.scalars(
        select(Membership.id)
        .where(Membership.host_wanted_id.is_not(None), Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )
    numbers = [("claim", number) for number in claims]
    new = select(Host.id).where(Host.proposed_at.is_not(None), Host.agreed_on.is_not(None)).order_by(Host.proposed_at)
    numbers += [("new", number) for number in session.scalars(new)]
    changed = select(Host.id).where(Host.wished.is_not(None), Host.proposed_at.is_(None)).order_by(Host.id)
    numbers += [("change", number) for number in session.scalars(changed)]
    found = [(about, number, _find(session, about, number)) for about, number in numbers]
    return [_question(session, about, number, *one) for about, number, one in found if one is not None]


def decide(
    session: Session, actor: Actor, about: str, number: int, yes: bool, now: datetime, *, mark: str | None = None
) -> str | None:
    """Carry it out, tell the tutor, and return the company's name. None for what is not theirs to decide, was decided,
    or was changed since it was shown (`mark`)."""
    found = _find(session, about, number)
    if found is None:
        return None
    host, member = found
    if mark is not None and mark != _mark(about, host, member):
        return None
    if not may(actor, Action.CONFIRM_HOST, _subject(session, member)):
        return None
    name = host.name
    if not _carry_out(session, about, host, member, yes, now):
        return None
    if member is not None:
        note(session, actor.person_id, DECIDED, member.person_id, now, about=about, yes=yes)
        notices.notify(session, member.person_id, screens.told(about, name, yes), now=now)
    return name


def _carry_out(session: Session, about: str, host: Host, member: Membership | None, yes: bool, now: datetime) -> bool:
    if about == "claim":
        assert member is not None
        member.host_id, member.host_wanted_id = host.id if yes else member.host_id, None
    elif about == "new" and not yes:
        session.execute(update(Membership).where(Membership.host_id == host.id).values(host_id=None))
        session.delete(host)
    elif about == "new":
        host.proposed_at, host.changed_at = None, now
    else:
        if yes and not places.put(session, host, {k: v for k, v in (host.wished or {}).items() if k in CONFIRMED}):
            return False
        host.wished, host.changed_at = None, now
    session.flush()
    return True


# --- reading --------------------------------------------------------------------------------------


def _find(session: Session, about: str, number: int) -> tuple[Host, Membership | None] | None:
    """The card, and the membership of who asks; None for what does not wait."""
    if about == "claim":
        member = session.get(Membership, number)
        if member is None or member.host_wanted_id is None or member.ended_at is not None:
            return None
        host = session.get(Host, member.host_wanted_id)
        return (host, member) if host is not None else None
    host = session.get(Host, number)
    if host is None or (host.wished is None if about == "change" else host.proposed_at is None):
        return None
    return host, session.get(Membership, host.wished_by) if host.wished_by is not None else None


def _mark(about: str, host: Host, member: Membership | None) -> str:
    """Another one as soon as it is another question."""
    own = tuple(getattr(host, field) for field in FREE)
    facts: Any = {
        "claim": (host.id, host.name), "new": (host.name, host.town, host.address, host.website, *own),
        "change": sorted((host.wished or {}).items()),
    }[about]  # fmt: skip
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:8]


def _question(session: Session, about: str, number: int, host: Host, member: Membership | None) -> Question:
    values = {f: (getattr(host, f), new) for f, new in (host.wished or {}).items()} if about == "change" else {}
    return Question(
        about, number, _mark(about, host, member), *_who(session, member),
        places.card_of(host), values, tuple(_alike(session, host)) if about == "new" else (),
    )  # fmt: skip


def _who(session: Session, member: Membership | None) -> tuple[str, str]:
    """The tutor's name and the code of the cohort."""
    person = session.get(Person, member.person_id) if member is not None else None
    cohort = session.get(Cohort, member.cohort_id) if member is not None and member.cohort_id is not None else None
    return full_name(person) if person else "–", cohort.code if cohort else "–"


def _alike(session: Session, host: Host) -> Sequence[str]:
    """Cards in the same country whose name shares a long word with it."""
    words = [word for word in fold(host.name).split() if len(word) > 4] or [fold(host.name)]
    near = or_(*(Host.key.contains(word, autoescape=True) for word in words))
    query = select(Host.name, Host.town).where(Host.id != host.id, Host.country == host.country, near).limit(5)
    return [f"{name} ({town})" for name, town in session.execute(query)]


def _subject(session: Session, member: Membership | None) -> Subject:
    """The cohort that the tutor belongs to, with what it is part of."""
    found = subject_of(session, member.cohort_id) if member is not None and member.cohort_id is not None else None
    return found or Subject()


def _deciders(session: Session, member: Membership | None) -> Collection[int]:
    subject = _subject(session, member)
    scopes = [
        column == held
        for column, held in (
            (Membership.cohort_id, subject.cohort_id), (Membership.project_id, subject.project_id),
            (Membership.organisation_id, subject.organisation_id),
        )
        if held is not None
    ]  # fmt: skip
    if not scopes:
        return ()
    people = session.scalars(
        select(Membership.person_id)
        .where(Membership.role == "coordinator", Membership.ended_at.is_(None), or_(*scopes))
        .distinct()
    ).all()
    actors = actors_of(session, people) if people else {}
    return sorted(one for one, (actor, _) in actors.items() if may(actor, Action.CONFIRM_HOST, subject))
