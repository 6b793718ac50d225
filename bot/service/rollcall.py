"""The roll call: everyone abroad is asked now, by a question of its own beside that of every evening.

It hurries (`bot.rules.roll_call`), and takes no daily check-in away. An answer counts for both, within the hours in
which it counts for the daily one anyway (`bot.service.check_ins.answer`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.errors import NotFound
from bot.flows.scene import Stay
from bot.rules.check_in import State
from bot.rules.roll_call import still_asks
from bot.rules.towns import Towns, kit_name
from bot.rules.typed import shown
from bot.service import check_ins
from bot.service.audit import note
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.stays import load_stays
from bot.store.tables import CheckIn, Cohort, Placement, TelegramAccount
from bot.store.writing import insert_or_ignore


def call(core: Core, cohort_code: str, city: str | None, now: datetime) -> list[dict[str, Any]]:
    """Ask every learner of a cohort who is abroad now, in one city if given. Returns code, name, city, `state` and
    `alert_at`. State: asking, waiting or alerted (a roll call of before still asks) or not joined. `alert_at`:
    when silence becomes an alert, if the question arrives at once; None where nobody is asked, or the alert is out.
    Raises NotFound for a city where nobody is."""
    with core.store.transaction() as session:
        cohort = find(session, cohort_code)
        stays = load_stays(session, Placement.cohort_id == cohort.id, now)
        abroad = [stay for stay in stays if stay.stage == "during" and not stay.ended]
        if city is not None:
            abroad = [stay for stay in abroad if stay.host_city == _city(core, city, stay)]
            if not abroad:
                raise NotFound(f"Nobody of {cohort.code} is in “{shown(city)}” now: leave out --city to ask everyone.")
        asked = _ask(session, cohort, _reached(session, abroad), now)
        found = [
            {
                "code": stay.code, "name": stay.learner, "city": _shown_city(core, stay),
                **asked.get(stay.placement_id, {"state": "not joined", "alert_at": None}),
            }
            for stay in sorted(abroad, key=lambda s: s.code)
        ]  # fmt: skip
        note(session, None, "roll_call", None, now, cohort=cohort.code, asked=len(found))
    return found


def _city(core: Core, city: str, stay: Stay) -> str:
    """The city as it is stored: a kit's id where there is one."""
    return Towns(core.content).find(city, stay.host_country, stay.zone).city


def _shown_city(core: Core, stay: Stay) -> str:
    return kit_name(core.content, stay.kit) if stay.kit in core.content.kits and stay.kit else stay.host_city or ""


def _reached(session: Session, stays: Sequence[Stay]) -> list[Stay]:
    """Whoever has joined, or is called on the telephone by somebody else."""
    joined = set(
        session.scalars(
            select(TelegramAccount.person_id).where(
                TelegramAccount.person_id.in_([s.person_id for s in stays]), TelegramAccount.revoked_at.is_(None)
            )
        )
    )
    return [stay for stay in stays if stay.by_phone or stay.person_id in joined]


def _ask(session: Session, cohort: Cohort, stays: Sequence[Stay], now: datetime) -> dict[int, dict[str, Any]]:
    """By placement, the state of each and when it alerts; who is not asked yet is from now on."""
    days = {stay.placement_id: local_date(now, stay.zone) for stay in stays}
    placements = {p.id: p for p in session.scalars(select(Placement).where(Placement.id.in_(days)))}
    before: dict[int, list[CheckIn]] = {stay: [] for stay in days}
    called = CheckIn.placement_id.in_(days), CheckIn.roll_call > 0
    since = min(days.values(), default=now.date()) - timedelta(days=1)
    for row in session.scalars(select(CheckIn).where(*called, CheckIn.day >= since).order_by(CheckIn.id)):
        before[row.placement_id].append(row)
    found, new = {}, []
    for stay, day in days.items():
        policy = check_ins.policy_of(placements[stay], cohort, called=True)
        waiting = [row for row in before[stay] if still_asks(State(row.state), row.due_at, now)]
        if waiting:
            alerted = waiting[-1].state == State.ALERTED.value
            alert_at = None if alerted else waiting[-1].deadline or waiting[-1].due_at + policy.grace
            found[stay] = {
                "state": "alerted" if alerted else "waiting",
                "alert_at": alert_at.isoformat() if alert_at else None,
            }
            continue
        number = 1 + max((row.roll_call for row in before[stay] if row.day == day), default=0)
        new.append(check_ins.new_row(stay, day, now, number))
        found[stay] = {"state": "asking", "alert_at": (now + policy.grace).isoformat()}
    insert_or_ignore(session, CheckIn, new)
    return found
