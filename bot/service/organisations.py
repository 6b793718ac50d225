"""Organisations and funded projects, and which cohort belongs where.

A project belongs to one organisation, in a consortium to the one that leads it. A cohort belongs to a project and to
who sends its learners: that decides which coordinators of a whole organisation see it. Who receives its learners or
arranges the stay is written down as a partner and sees nothing by that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.errors import BadInput
from bot.rules.names import full_name
from bot.rules.typed import parse_choice, parse_code, parse_country, parse_day, parse_name, parse_text
from bot.service import cohorts
from bot.service.audit import note
from bot.service.core import Core
from bot.service.sending import belongs, called, find_organisation, find_project, put, sent_by
from bot.store.tables import Cohort, CohortPartner, Membership, Organisation, Person, Placement, Project

KINDS = ("sending", "host", "intermediary", "leader")
PARTS = ("host", "intermediary")


@dataclass(frozen=True, slots=True)
class NewProject:
    """What `compagnon project create` takes, as typed."""

    code: str
    name: str
    organisation: str
    action: str | None = None
    grant_number: str | None = None
    starts: str | None = None
    ends: str | None = None
    accreditation: str | None = None


def create(core: Core, code: str, name: str, kind: str, country: str | None, now: datetime) -> None:
    """Enter an organisation. Raises BadInput."""
    row = Organisation(
        code=parse_code(code), name=parse_name(name), kind=parse_choice(kind, KINDS, "a kind of organisation"),
        country=parse_country(country) if country else None,
    )  # fmt: skip
    with core.store.transaction() as session:
        same = (func.lower(Organisation.code) == code.strip().lower()) | (Organisation.name == row.name)
        if (taken := session.scalars(select(Organisation).where(same)).first()) is not None:
            raise BadInput(
                f"There is an organisation {called(taken)} already ({taken.name}): choose another code and name; "
                "`compagnon organisation list` shows all."
            )
        session.add(row)
        note(session, None, "organisation_created", None, now, organisation=row.code)


def create_project(core: Core, new: NewProject, now: datetime) -> None:
    """Enter a project. Raises BadInput, or NotFound for its organisation."""
    row = Project(
        code=parse_code(new.code), name=parse_name(new.name),
        action=parse_text(new.action) if new.action else None,
        grant_number=parse_text(new.grant_number) if new.grant_number else None,
        accreditation=parse_text(new.accreditation) if new.accreditation else None,
        starts_on=parse_day(new.starts) if new.starts else None, ends_on=parse_day(new.ends) if new.ends else None,
    )  # fmt: skip
    if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
        raise BadInput(f"The project would end on {row.ends_on}, before it starts on {row.starts_on}: check both days.")
    with core.store.transaction() as session:
        same = func.lower(Project.code) == row.code.lower()
        if (taken := session.scalar(select(Project.code).where(same))) is not None:
            raise BadInput(
                f"There is a project {taken} already: choose another code; `compagnon project list` shows all."
            )
        row.organisation_id = find_organisation(session, new.organisation).id
        session.add(row)
        note(session, None, "project_created", None, now, project=row.code)


# --- cohorts ------------------------------------------------------------------------------------


def place(
    core: Core, code: str, project: str | None, organisation: str | None, now: datetime
) -> dict[str, Any]:  # fmt: skip
    """Put a cohort under a project, an organisation that sends it, or both; at once for everybody's rights.

    Raises NotFound, or BadInput when neither is named."""
    if project is None and organisation is None:
        raise BadInput("Name where it goes: --project CODE, --organisation CODE, or both.")
    with core.store.transaction() as session:
        cohort = cohorts.find(session, code)
        put(session, cohort, project, organisation)
        session.flush()
        found = belongs(session, cohort)
        note(session, None, "cohort_moved", None, now, cohort=cohort.code, **found)
        return {"code": cohort.code, **found}


def set_partner(core: Core, code: str, organisation: str, part: str, now: datetime, *, drop: bool = False) -> None:
    """Write down, or strike out, who receives a cohort or arranges it. Raises NotFound or BadInput."""
    part = parse_choice(part, PARTS, "a part")
    with core.store.transaction() as session:
        cohort, partner = cohorts.find(session, code), find_organisation(session, organisation)
        key = {"cohort_id": cohort.id, "organisation_id": partner.id, "part": part}
        row = session.get(CohortPartner, key)
        if drop and row is None:
            raise BadInput(f"{called(partner)} is no {part} of {cohort.code}: nothing was changed.")
        if drop:
            session.delete(row)
        elif row is None:
            session.add(CohortPartner(**key))
        did = "partner_dropped" if drop else "partner_added"
        note(session, None, did, None, now, cohort=cohort.code, organisation=called(partner), part=part)


# --- looking ------------------------------------------------------------------------------------


def listing(core: Core) -> list[dict[str, Any]]:
    """Every organisation: code, name, kind, country, projects it has, cohorts and learners it sends."""
    with core.store.transaction() as session:
        return [_organisation(session, one) for one in session.scalars(select(Organisation).order_by(Organisation.id))]


def _organisation(session: Session, one: Organisation) -> dict[str, Any]:
    projects = session.scalar(select(func.count(Project.id)).where(Project.organisation_id == one.id))
    return {
        "code": called(one), "name": one.name, "kind": one.kind, "country": one.country, "projects": projects,
        **_counts(session, sent_by(one.id)),
    }  # fmt: skip


def _counts(session: Session, condition: ColumnElement[bool]) -> dict[str, int]:
    learners = select(func.count(Placement.id)).join(Cohort, Cohort.id == Placement.cohort_id).where(condition)
    return {
        "cohorts": session.scalar(select(func.count(Cohort.id)).where(condition)) or 0,
        "learners": session.scalar(learners) or 0,
    }


def show(core: Core, code: str) -> dict[str, Any]:
    """One organisation, with its projects, the cohorts it sends, those it is a partner of, and its people."""
    with core.store.transaction() as session:
        one = find_organisation(session, code)
        partner = (
            select(Cohort.code, CohortPartner.part)
            .join(CohortPartner, CohortPartner.cohort_id == Cohort.id)
            .where(CohortPartner.organisation_id == one.id)
            .order_by(Cohort.id)
        )
        projects = select(Project.code).where(Project.organisation_id == one.id).order_by(Project.id)
        return _organisation(session, one) | {
            "projects": list(session.scalars(projects)),
            "cohorts": list(session.scalars(select(Cohort.code).where(sent_by(one.id)).order_by(Cohort.id))),
            "partner_of": [{"cohort": cohort, "part": part} for cohort, part in session.execute(partner)],
            "people": _people(session, Membership.organisation_id == one.id),
        }


def list_projects(core: Core) -> list[dict[str, Any]]:
    """Every project: code, name, whose it is, its papers and dates, how many cohorts and learners."""
    with core.store.transaction() as session:
        return [_project(session, one) for one in session.scalars(select(Project).order_by(Project.id))]


def show_project(core: Core, code: str) -> dict[str, Any]:
    """One project, with its cohorts and who sends and receives each, and its people."""
    with core.store.transaction() as session:
        one = find_project(session, code)
        rows = session.scalars(select(Cohort).where(Cohort.project_id == one.id).order_by(Cohort.id)).all()
        return _project(session, one) | {
            "cohorts": [_cohort(session, cohort) for cohort in rows],
            "people": _people(session, Membership.project_id == one.id),
        }


def _project(session: Session, one: Project) -> dict[str, Any]:
    return {
        "code": one.code, "name": one.name,
        "organisation": called(session.get_one(Organisation, one.organisation_id)), "action": one.action,
        "grant_number": one.grant_number, "accreditation": one.accreditation,
        "starts": one.starts_on.isoformat() if one.starts_on else None,
        "ends": one.ends_on.isoformat() if one.ends_on else None,
        **_counts(session, Cohort.project_id == one.id),
    }  # fmt: skip


def _cohort(session: Session, cohort: Cohort) -> dict[str, Any]:
    partners = (
        select(Organisation, CohortPartner.part)
        .join(CohortPartner, CohortPartner.organisation_id == Organisation.id)
        .where(CohortPartner.cohort_id == cohort.id)
        .order_by(CohortPartner.part, Organisation.id)
    )
    return {
        "code": cohort.code, "name": cohort.name, "organisation": belongs(session, cohort)["organisation"],
        "partners": [{"organisation": called(o), "part": part} for o, part in session.execute(partners)],
    }  # fmt: skip


def _people(session: Session, scope: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Who has a role in all of it."""
    rows = session.execute(
        select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(scope, Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )
    return [{"code": m.code, "role": m.role.replace("_", "-"), "name": full_name(p)} for m, p in rows]
