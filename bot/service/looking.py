"""Who looked at whom in the chat: one line of the audit for each reader, person, kind and hour.

Written in the transaction of the tap itself. Learners' own taps, which are nearly all, cost nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.flows.host_screens import PAGE as GUESTS, guests_from
from bot.flows.learners import PAGE
from bot.flows.scene import Scene
from bot.flows.vocabulary import Command, Event, Tap
from bot.service.audit import note
from bot.service.list_looks import note_list
from bot.store.prepared import among, rows
from bot.store.tables import Audit, Cohort, Placement

AGAIN = timedelta(hours=1)
CARD, LIST, ALERT, OUTCOMES, WRITTEN = "card_read", "list_read", "alert_read", "outcomes_read", "written_to"
# What a button of a flow shows of the stay that it names.
_OF_STAY = {
    ("learners", "one"): CARD, ("learners", "unlink"): CARD, ("learners", "write"): WRITTEN,
    ("grid", "of"): OUTCOMES,
}  # fmt: skip


_PEOPLE = select(Placement.person_id).where(among(Placement.id, "stays"))
_NOTED = select(Audit.person_id).where(
    among(Audit.person_id, "people"), Audit.actor_id == bindparam("reader"), Audit.action == bindparam("what"),
    Audit.at > bindparam("since"),
)  # fmt: skip


def note_looks(session: Session, scene: Scene, event: Event, now: datetime) -> None:
    """Write down whom this person has just been shown. `scene` holds what they may see, and nothing else."""
    if scene.person_id is None or not isinstance(event, Command | Tap):
        return
    if scene.cohort is not None:
        note_list(session, scene.person_id, "status", session.get_one(Cohort, scene.cohort.cohort.id), now)
    what, stays = _looked(scene, event)
    if not stays:
        return
    people = {row.person_id for row in rows(session, _PEOPLE, stays=stays)} - {scene.person_id}
    noted = rows(session, _NOTED, people=people, reader=scene.person_id, what=what, since=now - AGAIN)
    for person in sorted(people - {row.person_id for row in noted}):
        note(session, scene.person_id, what, person, now)


def _looked(scene: Scene, event: Command | Tap) -> tuple[str, list[int]]:
    """What was shown, and of which stays."""
    flow, verb, value = _parts(event)
    if flow == "learners" and verb == "open":
        page = int(value) if value.isdecimal() and len(value) < 4 else 0
        shown = scene.learners[page * PAGE : (page + 1) * PAGE] or scene.learners[:PAGE]
        return LIST, [view.placement_id for view in shown]
    if flow == "host" and verb == "guests":
        guests = scene.host.guests if scene.host is not None else ()
        start = guests_from(len(guests), int(value) if value.isdecimal() and len(value) < 4 else 0)
        return LIST, [one.placement_id for one in guests[start : start + GUESTS]]
    if flow == "alerts":
        own = scene.stay.placement_id if scene.stay else None
        seen = scene.alerts if verb == "list" else (scene.alert,) if scene.alert else ()
        return ALERT, [one.placement_id for one in seen if one.placement_id != own]
    if flow == "validate":
        return OUTCOMES, [scene.examined.placement_id] if scene.examined and scene.examined.view else []
    what = _OF_STAY.get((flow, verb))
    allowed = {one.placement_id for one in scene.learners} | {one.placement_id for one in scene.tutored}
    wanted = int(value) if value.isdecimal() and len(value) <= 18 else 0
    return (what, [wanted]) if what is not None and wanted in allowed else ("", [])


def _parts(event: Command | Tap) -> tuple[str, str, str]:
    if isinstance(event, Command):
        return event.name, {"learners": "open", "alerts": "list"}.get(event.name, ""), ""
    flow, verb, value = (*event.data.split(":"), "", "")[:3]
    return flow, verb, value
