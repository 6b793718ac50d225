"""Loading the snapshot that a flow may look at: who writes, where they are, and what the flow says it needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.flows import walks as walk_flow
from bot.flows.scene import CheckInView, Contact, InviteView, Scene, Stay
from bot.flows.vocabulary import Conversation, Event, Incoming, Start, Tap
from bot.flows.whereabouts import elsewhere
from bot.rules import wishes
from bot.rules.permissions import Actor
from bot.service import (
    asking_views,
    cases,
    cohort_views,
    confiding,
    family_word,
    host_scenes,
    languages,
    looked_at,
    moods,
    open_cases,
    outcome_scenes,
    pauses,
    portfolios,
    progress,
    relay_views,
    skills,
    travel_views,
    walks,
)
from bot.service.absences import duties_of
from bot.service.actors import actors_of
from bot.service.alert_views import alert_by_id, alerts_for, incident_by_id, own_alert
from bot.service.check_ins import OPEN
from bot.service.contacts import contacts_around, contacts_of
from bot.service.core import Core
from bot.service.drafts import in_states
from bot.service.journeys import scripts_of
from bot.service.learner_views import learners_for
from bot.service.stays import stays_of_people
from bot.service.step_views import steps_of
from bot.store.prepared import among, first, rows
from bot.store.tables import (
    CheckIn,
    Cohort,
    Conversation as ConversationRow,
    Invite,
    Outbox,
    Person,
    Placement,
    TelegramAccount,
)

SEEN_EVERY = timedelta(minutes=1)  # how exact "last active" is
TRAVEL = frozenset({"learner", "staff"})  # roles with a stay of their own


_PERSON = select(
    Person.id,
    Person.first_name,
    Person.language,
    Person.onboarded_at,
    Person.plain_at,
    ConversationRow.flow,
    ConversationRow.data,
).outerjoin(ConversationRow, ConversationRow.person_id == Person.id)
_KNOWN = _PERSON.where(Person.id == bindparam("person"))
_LOST = select(Outbox.id).where(Outbox.chat_id == TelegramAccount.chat_id, in_states(Outbox, "unknown"))
_CHATS = (
    _PERSON.add_columns(
        TelegramAccount.chat_id, TelegramAccount.id.label("account_id"), TelegramAccount.blocked_at,
        TelegramAccount.last_active_at, TelegramAccount.commands, exists(_LOST).label("lost"),
    )
    .join(TelegramAccount, TelegramAccount.person_id == Person.id)
    .where(among(TelegramAccount.chat_id, "chats"), TelegramAccount.revoked_at.is_(None))
)  # fmt: skip
_LOCKED = _CHATS.with_for_update(of=TelegramAccount)
_FREE = _CHATS.with_for_update(of=TelegramAccount, skip_locked=True)


def load_scene(core: Core, session: Session, incoming: Incoming, now: datetime) -> tuple[Scene, Any]:
    """The person behind a chat, locked for this update, with everything but what flows need specially.

    Beside it the account as it was: account_id, blocked_at, last_active_at, commands, and whether a message to it may
    be lost; None for a stranger.
    """
    account = first(session, _LOCKED, chats=(incoming.chat_id,))
    if account is None:
        return _stranger(core, incoming, now), None
    (scene,) = _scenes(core, session, {incoming.chat_id: account}, now).values()
    return scene, account


def load_scenes(core: Core, session: Session, chats: Collection[int], now: datetime) -> dict[int, tuple[Scene, Any]]:
    """The same for many chats, in the same few reads. Strangers are missing, and who is in other hands just now."""
    accounts = {row.chat_id: row for row in rows(session, _FREE, chats=chats)}
    scenes = _scenes(core, session, accounts, now) if accounts else {}
    return {chat_id: (scene, accounts[chat_id]) for chat_id, scene in scenes.items()}


def scene_of(core: Core, session: Session, person_id: int, chat_id: int, now: datetime) -> Scene:
    """The scene of a known person, as flushed."""
    (scene,) = _scenes(core, session, {chat_id: first(session, _KNOWN, person=person_id)}, now).values()
    return scene


def _scenes(core: Core, session: Session, people: Mapping[int, Any], now: datetime) -> dict[int, Scene]:
    """By chat."""
    actors = actors_of(session, {person.id for person in people.values()})
    travellers = [one for one, (_, memberships) in actors.items() if any(m.role in TRAVEL for m in memberships)]
    stays = stays_of_people(session, travellers, now) if travellers else {}
    return {
        chat_id: _scene(core, person, chat_id, *actors[person.id], stays.get(person.id, ()), now)
        for chat_id, person in people.items()
    }


def _scene(
    core: Core, person: Any, chat_id: int, actor: Actor, memberships: Sequence[Any], stays: tuple[Stay, ...],
    now: datetime,
) -> Scene:  # fmt: skip
    zone = stays[0].zone if stays else _desk_zone(memberships)
    return Scene(
        now=now, content=core.content, search=core.search, chat_id=chat_id,
        language=core.content.catalogues.closest(person.language), zone=zone, person_id=person.id,
        name=person.first_name, roles=frozenset(m.role for m in memberships), actor=actor,
        onboarded=person.onboarded_at is not None, plain=person.plain_at is not None,
        conversation=Conversation() if person.flow is None else Conversation(person.flow, person.data),
        stays=stays,
    )  # fmt: skip


def _stranger(core: Core, incoming: Incoming, now: datetime) -> Scene:
    return Scene(
        now=now, content=core.content, search=core.search, chat_id=incoming.chat_id,
        language=core.content.catalogues.closest(incoming.language_code), zone="UTC", name=incoming.first_name,
    )  # fmt: skip


def _desk_zone(memberships: Sequence[Any]) -> str:
    return next((m.home_zone for m in memberships if m.cohort_id is not None), None) or "UTC"


# --- what flows need specially ------------------------------------------------------------------


def furnish(core: Core, session: Session, scene: Scene, event: Event, needs: frozenset[str]) -> Scene:
    """Load what a flow's NEEDS name; unknown names are a fault of ours and raise KeyError."""
    (scene,) = furnish_all(core, session, [(scene, needs & FOR_MANY)])
    for need in sorted(needs - FOR_MANY):
        scene = _LOADERS[need](core, session, scene, event)
    return scene


def furnish_all(core: Core, session: Session, wanted: Sequence[tuple[Scene, frozenset[str]]]) -> list[Scene]:
    """Scenes with what each needs of `FOR_MANY`, in as few reads as one of them would take."""
    fields: list[dict[str, Any]] = [{} for _ in wanted]
    for need, load in _FOR_MANY.items():
        places = [place for place, (_, needs) in enumerate(wanted) if need in needs]
        found = load(session, [wanted[place][0] for place in places]) if places else ()
        for place, more in zip(places, found, strict=True):
            fields[place] |= more
    return [replace(scene, **more) if more else scene for (scene, _), more in zip(wanted, fields, strict=True)]


def _contacts(session: Session, scenes: Sequence[Scene]) -> list[dict[str, Any]]:
    stays = {id(s): (*s.stays[:1], *elsewhere(s.stays)) for s in scenes}
    own = {stay.placement_id for found in stays.values() for stay in found}
    around = open_cases.for_learners(session, contacts_around(session, own)) if own else {}
    return [
        {"contacts": tuple(dict.fromkeys(c for stay in found for c in around[stay.placement_id]))}
        if (found := stays[id(s)])
        else {"contacts": _of_child(session, s)}
        for s in scenes
    ]


def _of_child(session: Session, scene: Scene) -> tuple[Contact, ...]:
    placement_id = _child_of(session, scene)
    return contacts_of(session, placement_id) if placement_id else ()


def _steps(session: Session, scenes: Sequence[Scene]) -> list[dict[str, Any]]:
    """The pinned script, and every step of it that was offered or is planned."""
    versions = {s.stay.placement_id: s.stay.version_id for s in scenes if s.stay and s.stay.version_id is not None}
    known = scripts_of(session, set(versions.values())) if versions else {}
    scripts = {placement: known[version] for placement, version in versions.items()}
    steps = steps_of(session, scripts) if scripts else {}
    placements = [scene.stay.placement_id if scene.stay else 0 for scene in scenes]
    return [{"script": scripts[p], "steps": steps[p]} if p in scripts else {} for p in placements]


def _alerts(session: Session, scenes: Sequence[Scene]) -> list[dict[str, Any]]:
    return [{"alerts": alerts_for(session, scene)} for scene in scenes]


def _kit_questions(session: Session, scenes: Sequence[Scene]) -> list[dict[str, Any]]:
    return [{"kit_questions": any(stay.kit_questions for stay in scene.stays)} for scene in scenes]


def _walks(session: Session, scenes: Sequence[Scene]) -> list[dict[str, Any]]:
    """Only those who accompany have any: nobody else pays for looking."""
    theirs = {s.person_id for s in scenes if s.person_id is not None and s.roles & walk_flow.WALKERS}
    return [{"walks": walks.views_of(session, s.person_id)} if s.person_id in theirs else {} for s in scenes]


_FOR_MANY: dict[str, Callable[[Session, Sequence[Scene]], list[dict[str, Any]]]] = {
    "contacts": _contacts,
    "steps": _steps,
    "alerts": _alerts,
    "kit_questions": _kit_questions,
    "walks": _walks,
}
FOR_MANY = frozenset(_FOR_MANY)  # what can be read for many people at once


def _invite(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    if not isinstance(event, Start) or not event.token:
        return scene
    row = session.execute(
        select(Invite, Person, Cohort.name, Placement.id)
        .join(Person, Person.id == Invite.person_id)
        .join(Cohort, Cohort.id == Invite.cohort_id)
        .outerjoin(
            Placement,
            and_(
                Placement.cohort_id == Invite.cohort_id,
                Placement.person_id == Invite.person_id,
                Placement.code == Invite.code,
                Invite.role.in_(TRAVEL),
            ),
        )
        .where(Invite.token == event.token, Invite.revoked_at.is_(None), Person.erased_at.is_(None))
    ).first()
    if row is None:
        return replace(scene, invite=InviteView("unknown"))
    invite, person, cohort, placement_id = row
    status = "ok" if invite.expires_at > scene.now else "expired"
    language = core.content.catalogues.closest(person.language)
    view = InviteView(status, invite.id, invite.role, person.first_name, cohort, language, placement_id)
    return replace(scene, invite=view)


def _child_of(session: Session, scene: Scene) -> int | None:
    """The stay of a parent's or guardian's child: its contact persons are theirs to call."""
    if "family" not in scene.roles:
        return None
    newest = select(Placement.id).where(Placement.guardian_id == scene.person_id).order_by(Placement.id.desc())
    return session.scalar(newest.limit(1))


def _check_in(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    if scene.stay is None:
        return scene
    row = session.scalars(
        select(CheckIn)
        .where(
            CheckIn.placement_id == scene.stay.placement_id,
            CheckIn.day <= local_date(scene.now, scene.stay.zone) + timedelta(days=1),
            CheckIn.state != "closed",
            CheckIn.due_at <= scene.now + timedelta(hours=18),
            or_(CheckIn.roll_call == 0, CheckIn.state.in_(OPEN)),
        )
        .order_by(CheckIn.day.desc(), CheckIn.roll_call.desc())
        .limit(1)
    ).first()
    if row is None:
        return scene
    return replace(scene, check_in=CheckInView(row.id, row.day, row.state, row.due_at, row.answer))


def _travel(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    """The journey of these days; a button names its own, which may be that of the stay before."""
    ids = [stay.placement_id for stay in scene.stays]
    parts = event.data.split(":") if isinstance(event, Tap) else []
    row = None
    if len(parts) > 2 and parts[0] == "travel" and parts[2].isdecimal() and len(parts[2]) <= 18:
        # Whatever else is under way: who taps "I'm there" on the way home may never have said so on the way there.
        row = travel_views.row_named(session, ids, int(parts[2]))
    if row is None:
        rows = travel_views.current_rows(session, ids, scene.now)
        row = next((rows[i] for i in ids if i in rows), None)
    if row is None:
        return scene
    return replace(scene, travel=travel_views.view_of(row, session.get_one(Placement, row.placement_id)))


def _progress(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    if scene.stay is None:
        return scene
    return replace(scene, progress=progress.view_of(session, scene.stay.placement_id, scene.stay.cohort_id))


def _alert(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    parts = event.data.split(":") if isinstance(event, Tap) else []
    if len(parts) < 3 or not parts[2].isdecimal() or len(parts[2]) > 18:
        return scene
    if parts[1].startswith("all_"):
        return replace(scene, alert=incident_by_id(session, scene, int(parts[2])))
    return replace(scene, alert=alert_by_id(session, scene, int(parts[2])))


def _own_alert(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    if scene.stay is None:
        return scene
    return replace(scene, alert=own_alert(session, scene, [stay.placement_id for stay in scene.stays]))


def _learners(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    learners, stays = learners_for(session, scene)
    return replace(scene, learners=learners, others=stays)


def _confide(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    if scene.stay is None:
        return scene
    placement = session.get_one(Placement, scene.stay.placement_id)
    return replace(scene, confide=confiding.view_of(core, session, placement, scene.now))


def _case(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    parts = event.data.split(":") if isinstance(event, Tap) else []
    if len(parts) < 3 or not parts[2].isdecimal() or len(parts[2]) > 18:
        return scene
    return replace(scene, case=cases.case_by_id(session, scene, int(parts[2])))


def _cases(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    return replace(scene, cases=cases.cases_for(session, scene))


def _quiet(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    return replace(scene, quiet=pauses.quiet_of(session, scene.stay, scene.now)) if scene.stay else scene


def _pause(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    parts = event.data.split(":") if isinstance(event, Tap) else []
    if len(parts) < 3 or not parts[2].isdecimal() or len(parts[2]) > 18 or scene.person_id is None:
        return scene
    return replace(scene, pause=pauses.visible(session, int(parts[2]), scene.person_id, scene.now))


def _moods(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    return replace(scene, moods=moods.view_of(session, scene.stay, scene.now)) if scene.stay else scene


def _skills(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    return replace(scene, skills=skills.view_of(session, scene.stay.placement_id)) if scene.stay else scene


def _languages(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    if scene.stay is None:
        return scene
    return replace(scene, languages=languages.language_results(session, scene.stay.placement_id))


def _portfolio(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    return replace(scene, portfolio=portfolios.view_of(session, scene.stay)) if scene.stay else scene


_WISHES = select(Placement.rhythm, Placement.quiet_kinds).where(Placement.id == bindparam("placement"))


def _wishes(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    if scene.stay is None:
        return scene
    row = first(session, _WISHES, placement=scene.stay.placement_id)
    return replace(scene, wishes=wishes.parse(row.rhythm, row.quiet_kinds))


def _duties(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    return scene if scene.person_id is None else replace(scene, duties=duties_of(session, scene.person_id, scene.now))


def _cohorts(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    return cohort_views.with_cohorts(session, scene)


def _cohort(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    return cohort_views.with_cohort(session, scene, event)


def _message(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    return cohort_views.with_message(session, scene, event)


def _digest(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    if scene.person_id is None or "coordinator" not in scene.roles:
        return scene
    return replace(scene, digest_at=cohort_views.digest_hour(session, scene.person_id))


_LOADERS: dict[str, Callable[[Core, Session, Scene, Event], Scene]] = {
    "invite": _invite,
    "looks": looked_at.load,
    "check_in": _check_in,
    "travel": _travel,
    "progress": _progress,
    "alert": _alert,
    "own_alert": _own_alert,
    "learners": _learners,
    "relay": relay_views.load,
    "duties": _duties,
    "quiet": _quiet,
    "pause": _pause,
    "moods": _moods,
    "confide": _confide,
    "case": _case,
    "cases": _cases,
    "wishes": _wishes,
    "skills": _skills,
    "languages": _languages,
    "portfolio": _portfolio,
    "outcomes": outcome_scenes.own,
    "tutored": outcome_scenes.tutored,
    "examined": outcome_scenes.examined,
    "host": host_scenes.load,
    "family": family_word.load,
    "cohorts": _cohorts,
    "cohort": _cohort,
    "message": _message,
    "digest": _digest,
    "asking": asking_views.load,
}
