"""How a cohort stands: stages, who joined, check-ins, open alerts, who cannot be reached, what is not ready.

Says *answered*, never *safe*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.flows.scene import Stay
from bot.rules.ages import too_young as under_age
from bot.rules.names import full_name
from bot.rules.permissions import Role
from bot.service import certificates, check_in_settings, drills, readiness, todo as things
from bot.service.alert_list import confided_in, rows_of
from bot.service.check_ins import OPEN as WAITING
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.pause_days import as_data, current_pauses
from bot.service.referents import spelled
from bot.service.stays import load_stays
from bot.service.travel_views import current_rows, facts
from bot.store.tables import CheckIn, Cohort, Membership, Person, Placement, TelegramAccount

NAMED = 12  # codes in a sentence
SOON = timedelta(days=14)  # who arrives that soon should have joined


def too_young(core: Core, now: datetime) -> list[str]:
    """Codes of learners (`SPRING L01`) who by Telegram's own terms are too young for an account, and have no stay by
    phone."""
    with core.store.transaction() as session:
        rows = session.execute(
            select(Cohort.code, Placement.code, Placement.home_country, Person.birth_date)
            .join(Placement, Placement.person_id == Person.id)
            .join(Cohort, Cohort.id == Placement.cohort_id)
            .where(Person.birth_date > now.date() - timedelta(days=17 * 366), Placement.by_phone.is_(False),
                   Person.erased_at.is_(None))
            .order_by(Cohort.code, Placement.code)
        ).all()  # fmt: skip
    return [f"{cohort} {code}" for cohort, code, country, born in rows if under_age(born, country, now.date())]


def of_cohort(core: Core, code: str, now: datetime) -> dict[str, Any]:
    """The state of a cohort as plain data (`compagnon cohort status --json`)."""
    with core.store.transaction() as session:
        cohort = find(session, code)
        stays = load_stays(session, Placement.cohort_id == cohort.id, now)
        accounts = accounts_of(session, cohort.id)
        members = members_of(session, cohort.id)
        check_ins = {**check_in_settings.summary(session, cohort, now), **check_ins_of(session, stays, now)}
        roll_call = roll_call_of(session, stays, now)
        pauses = _pauses(session, stays, now)
        alerts, confided = rows_of(session, cohort.id, open_only=True), confided_in(session, cohort.id)
        travelling = _travelling(session, stays, now)
        gaps = readiness.gaps_of(session, cohort, now)
        drill = drills.newest(session, cohort.id)
        training = certificates.untrained(session, core.content, stays, now, SOON)
    missing = _not_ready(cohort, stays, members, accounts, readiness.sentences(gaps, cohort), now)
    warnings = warnings_of(cohort, stays, members, accounts)
    today = local_date(now, cohort.home_zone)
    joined = {stay.code for stay in stays if stay.person_id in accounts}
    todo = [*_alone(alerts), *things.sentences(
        cohort, _missing(stays, members, accounts, today), gaps,
        [*warnings, *_untrained(training, joined), *_times(cohort, check_ins)], readiness.FRESH, today,
    )]  # fmt: skip
    stages = Counter("candidate" if s.itinerary is None else s.stage for s in stays)
    return {
        "cohort": cohort.code, "name": cohort.name, "journey": cohort.journey, "at": now.isoformat(),
        "home_timezone": cohort.home_zone,
        "learners": len(stays),
        "stages": {name: stages.get(name, 0) for name in ("candidate", "before", "during", "after")},
        "joined": len(joined),
        "travelling_on": sum(1 for s in stays if s.may_travel_on),
        "waiting_for": _waiting_for(stays, accounts),
        "safety_training": training, "travelling": travelling,
        "check_ins": check_ins, "roll_call": roll_call, "pauses": pauses, "open_alerts": alerts,
        "open_confided": confided,
        "unreachable": [*unreachable(stays, accounts), *unreachable_members(members, accounts)],
        "ready": not missing, "not_ready_because": missing, "drill": drill,
        "warnings": warnings, "todo": todo,
    }  # fmt: skip


def _alone(alerts: Iterable[Mapping[str, Any]]) -> list[str]:
    """Whom nobody looks for but whoever reads this."""
    return [
        f"Call {row['learner']} {row['name']} now: alert {row['id']} reaches nobody, no chat and no e-mail of "
        "anybody on the ladder."
        for row in alerts
        if row["reaches_nobody"]
    ]


def _untrained(training: list[dict[str, Any]], joined: set[str]) -> list[str]:
    """What should be done about learners without safety training; who has not joined is asked to do that first."""
    who = _some([f"{row['code']} ({row['passed']} of {row['modules']})" for row in training if row["code"] in joined])
    if not who:
        return []
    return [f"Safety training not passed, and away now or within two weeks: {who}. Ask them to finish it in the chat."]


def accounts_of(session: Session, cohort_id: int) -> dict[int, TelegramAccount]:
    """The live chats of everybody in a cohort, by person."""
    rows = session.scalars(
        select(TelegramAccount)
        .join(Membership, Membership.person_id == TelegramAccount.person_id)
        .where(Membership.cohort_id == cohort_id, TelegramAccount.revoked_at.is_(None))
    )
    return {account.person_id: account for account in rows}


def members_of(session: Session, cohort_id: int) -> list[tuple[Membership, Person]]:
    """Everybody around the learners of a cohort, families left out."""
    rows = session.execute(
        select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.cohort_id == cohort_id,
            Membership.ended_at.is_(None),
            Membership.role.not_in(("learner", "family")),
        )
        .order_by(Membership.id)
    )
    return [(membership, person) for membership, person in rows]


def _waiting_for(stays: Iterable[Stay], accounts: dict[int, TelegramAccount]) -> dict[str, list[str]]:
    """Codes by what the journey waits for."""
    found: dict[str, list[str]] = {"joining": [], "own_consent": [], "guardian_consent": [], "phone": []}
    for stay in stays:
        if stay.person_id not in accounts and stay.by_phone:
            found["phone"].append(stay.code)
        elif stay.person_id not in accounts:
            found["joining"].append(stay.code)
        elif not stay.consented:
            found["own_consent"].append(stay.code)
        elif stay.minor and not stay.guardian_consented:
            found["guardian_consent"].append(stay.code)
    return {what: sorted(codes) for what, codes in found.items()}


def check_ins_of(session: Session, stays: Iterable[Stay], now: datetime) -> dict[str, Any]:
    """Today's check-ins, each learner's own today: counts by state, and who was asked and has not answered."""
    today = {s.placement_id: (s, local_date(now, s.zone)) for s in stays}
    days = {day for _, day in today.values()}
    daily = CheckIn.placement_id.in_(today), CheckIn.day.in_(days), CheckIn.roll_call == 0
    rows = session.scalars(select(CheckIn).where(*daily))
    todays = [row for row in rows if row.day == today[row.placement_id][1]]
    states = Counter("waiting" if row.state in WAITING else row.state for row in todays)
    waiting = [row for row in todays if row.state in WAITING]
    return {
        "today": {name: states.get(name, 0) for name in ("planned", "waiting", "answered", "excused", "closed")},
        "not_answered": _silent(waiting, {number: stay for number, (stay, _) in today.items()}),
    }


def roll_call_of(session: Session, stays: Iterable[Stay], now: datetime) -> dict[str, Any] | None:
    """The last roll call of each learner within a day: how many answered, and who has not. None without any."""
    known = {stay.placement_id: stay for stay in stays}
    called = CheckIn.placement_id.in_(known), CheckIn.roll_call > 0, CheckIn.due_at > now - timedelta(days=1)
    rows = session.scalars(select(CheckIn).where(*called).order_by(CheckIn.due_at))
    last = {row.placement_id: row for row in rows}
    if not last:
        return None
    silent = [row for row in last.values() if row.state in WAITING or row.state == "planned"]
    answered = sum(1 for row in last.values() if row.state == "answered")
    return {
        "called_at": _iso(max(row.due_at for row in last.values())),
        "answered": answered, "waiting": len(silent), "not_asked": len(last) - answered - len(silent),
        "not_answered": _silent(silent, known),
    }  # fmt: skip


def _silent(waiting: Iterable[CheckIn], stays: Mapping[int, Stay]) -> list[dict[str, Any]]:
    """Who was asked and has not answered, by code."""
    found = [
        {
            "code": stays[row.placement_id].code, "name": stays[row.placement_id].learner,
            "state": row.state, "asked_at": _iso(row.asked_at), "delivered_at": _iso(row.delivered_at),
            "deadline": _iso(row.deadline),
        }
        for row in waiting
    ]  # fmt: skip
    return sorted(found, key=lambda one: str(one["code"]))


def _pauses(session: Session, stays: Iterable[Stay], now: datetime) -> list[dict[str, str]]:
    """Pauses of check-ins that are asked for, lie ahead or hold."""
    views = current_pauses(session, stays, now).values()
    return sorted(({"code": v.code, "name": v.learner, **as_data(v)} for v in views), key=lambda row: row["code"])


def _travelling(session: Session, stays: Iterable[Stay], now: datetime) -> list[dict[str, Any]]:
    """Who is on the way these days, or has just arrived."""
    by_id = {stay.placement_id: stay for stay in stays}
    found = [
        {"code": by_id[at].code, "name": by_id[at].learner, **facts(row)}
        for at, row in current_rows(session, by_id, now).items()
    ]
    return sorted(found, key=lambda row: str(row["code"]))


def unreachable(stays: Iterable[Stay], accounts: dict[int, TelegramAccount]) -> list[dict[str, str]]:
    """Learners the bot cannot write to while it matters: blocked at any time, or never joined once they are away."""
    found = []
    for stay in stays:
        account = accounts.get(stay.person_id)
        why = (
            "blocked"
            if account and account.blocked_at
            else "not joined"
            if not account and not stay.by_phone and stay.stage == "during"
            else ""
        )
        if why:
            found.append({"code": stay.code, "name": stay.learner, "role": "learner", "why": why})
    return sorted(found, key=lambda row: row["code"])


def unreachable_members(
    members: Iterable[tuple[Membership, Person]], accounts: dict[int, TelegramAccount]
) -> list[dict[str, str]]:
    """The same for those around them."""
    found = []
    for membership, person in members:
        account = accounts.get(person.id)
        why = "not joined" if account is None else "blocked" if account.blocked_at else ""
        if why:
            name = full_name(person)
            found.append({"code": membership.code or "", "name": name, "role": spelled(membership.role), "why": why})
    return found


def _not_ready(
    cohort: Cohort, stays: Iterable[Stay], members: list[tuple[Membership, Person]],
    accounts: dict[int, TelegramAccount], gaps: list[str], now: datetime,
) -> list[str]:  # fmt: skip
    """Sentences on what stands in the way of a safe stay."""
    found = []
    roles = {membership.role for membership, person in members if person.id in accounts}
    if "referent" not in roles:
        found.append("No referent has joined: nobody can get an alert.")
    takers = {person.id for m, person in members if person.id in accounts and m.role != Role.SAFEGUARDING}
    if len(takers) < 2:
        found.append("Fewer than two people could take an alert: add and invite a backup.")
    absent = late(stays, accounts, local_date(now, cohort.home_zone))
    if absent:
        found.append(f"Not joined and away now or within two weeks: {_some(absent)}.")
    return [*found, *gaps]


def late(stays: Iterable[Stay], accounts: dict[int, TelegramAccount], today: date) -> list[str]:
    """Codes of those who have not joined and are away or leave soon."""
    return sorted(
        stay.code
        for stay in stays
        if stay.itinerary and stay.person_id not in accounts and not stay.by_phone
        and today <= stay.itinerary.return_ and stay.itinerary.arrival - today <= SOON
    )  # fmt: skip


def _missing(
    stays: Iterable[Stay], members: list[tuple[Membership, Person]], accounts: dict[int, TelegramAccount], today: date
) -> things.Missing:
    blocked = [f"{s.code} {s.learner}" for s in stays if (known := accounts.get(s.person_id)) and known.blocked_at]
    absent = []
    for membership, person in members:
        account, code = accounts.get(person.id), f" ({membership.code})" if membership.code else ""
        name = full_name(person) + code
        if account is None:
            absent.append(name)
        elif account.blocked_at is not None:
            blocked.append(name)
    takers = {person.id for membership, person in members if membership.role != Role.SAFEGUARDING}
    joined = any(m.role == Role.REFERENT and person.id in accounts for m, person in members)
    return things.Missing(tuple(absent), tuple(late(stays, accounts, today)), tuple(blocked), len(takers), joined)


def _times(cohort: Cohort, check_ins: dict[str, Any]) -> list[str]:
    """What should be said about check-ins that leave out days."""
    without = check_ins["weekends_without_reason"]
    if not without:
        return []
    return [
        f"Say why {_some(without)}, who are minors, are not asked at weekends: "
        f"compagnon cohort set {cohort.code} --reason TEXT, or compagnon learner check-ins CODE --reason TEXT."
    ]


def warnings_of(
    cohort: Cohort,
    stays: Iterable[Stay],
    members: list[tuple[Membership, Person]],
    accounts: dict[int, TelegramAccount],
) -> list[str]:
    """Sentences on what should be mended, though learners can leave."""
    minors = [stay.code for stay in stays if stay.minor and stay.stage != "after" and not stay.ended]
    leads = [person for membership, person in members if membership.role == Role.SAFEGUARDING]
    if not minors or any(person.id in accounts for person in leads):
        return []
    if leads:
        name = full_name(leads[0])
        return [f"Minors travel, and {name}, who looks after safeguarding, has not joined: hand out the invite."]
    return [
        "Minors travel, and nobody looks after safeguarding: add somebody outside the ladder with "
        f"`compagnon referent add NAME --cohort {cohort.code} --role safeguarding`."
    ]


def _some(codes: list[str]) -> str:
    """As many codes as a line holds; `waiting_for` has them all."""
    rest = len(codes) - NAMED
    return ", ".join(codes[:NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
