"""Whose a cohort is: its project, and who sends its learners.

That is the organisation it was put under, or else the one whose project it is.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.errors import NotFound
from bot.rules.permissions import Subject
from bot.rules.typed import shown
from bot.store.tables import Cohort, Organisation, Project

# In statements that join both tables.
SENDING = func.coalesce(Cohort.organisation_id, Project.organisation_id)


def subject_of(session: Session, cohort_id: int) -> Subject | None:
    """A cohort as permissions see it; None where there is none."""
    query = select(Cohort.project_id, SENDING).join(Project, Project.id == Cohort.project_id)
    row = session.execute(query.where(Cohort.id == cohort_id)).first()
    return Subject(cohort_id=cohort_id, project_id=row[0], organisation_id=row[1]) if row is not None else None


def find_organisation(session: Session, code: str) -> Organisation:
    """The organisation of that code, in any case. Raises NotFound naming those there are."""
    rows = session.scalars(select(Organisation).order_by(Organisation.id)).all()
    wanted = code.strip().casefold()
    found = next((one for one in rows if called(one).casefold() == wanted), None)
    if found is None:
        hint = ", ".join(called(one) for one in rows[-8:])
        hint = f"choose one of {hint}" if hint else "make it with `compagnon organisation create`"
        raise NotFound(f"There is no organisation “{shown(code)}”: {hint}.")
    return found


def find_project(session: Session, code: str) -> Project:
    """The project of that code, in any case. Raises NotFound naming those there are."""
    found = session.scalars(select(Project).where(func.lower(Project.code) == code.strip().lower())).first()
    if found is None:
        known = session.scalars(select(Project.code).order_by(Project.id.desc()).limit(8)).all()
        hint = f"choose one of {', '.join(known)}" if known else "make it with `compagnon project create`"
        raise NotFound(f"There is no project “{shown(code)}”: {hint}.")
    return found


def called(organisation: Organisation) -> str:
    return organisation.code or organisation.name  # the one of a house that keeps only one has no code


def sent_by(organisation_id: int) -> ColumnElement[bool]:
    """Cohorts whose learners this organisation sends."""
    ids = select(Cohort.id).join(Project, Project.id == Cohort.project_id).where(SENDING.in_((organisation_id,)))
    return Cohort.id.in_(ids)


def put(session: Session, cohort: Cohort, project: str | None, organisation: str | None) -> None:
    """Set project and sending organisation by their codes; what is not named stays. Raises NotFound."""
    if project is not None:
        cohort.project_id = find_project(session, project).id
    if organisation is not None:
        cohort.organisation_id = find_organisation(session, organisation).id


def belongs(session: Session, cohort: Cohort) -> dict[str, str]:
    """Project and sending organisation of a cohort, by their codes."""
    project = session.get_one(Project, cohort.project_id)
    sends = session.get_one(Organisation, cohort.organisation_id or project.organisation_id)
    return {"project": project.code, "organisation": called(sends)}
