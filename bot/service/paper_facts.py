"""What stands in the papers: facts about a learner and a stay, a project, a host country, for those fields alone that a
paper has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.content.kits import UNION, Number, Sourced
from bot.content.papers import PaperForm, Rule
from bot.flows.naming import town
from bot.i18n import Country, Day, Listing, Text, Value, say
from bot.rules.kit_values import number_text
from bot.rules.names import full_name
from bot.rules.survey import LEAST
from bot.service.certificates import organisation_of
from bot.service.cohorts import DEFAULT
from bot.service.core import Core
from bot.service.outcomes import outcomes_of, visible
from bot.service.stays import is_minor, itinerary_of
from bot.store.tables import Cohort, CohortPartner, Membership, Organisation, Person, Placement, Project

STATUSES = ("pupil", "apprentice", "graduate")
# The directive on young people at work holds in the European Economic Area; Switzerland is not in it.
WITHOUT_DIRECTIVE = frozenset(("CH",))
Row = Mapping[str, Value | None]


@dataclass(frozen=True, slots=True)
class Facts:
    """Values by field, and rows by list; what nobody has told is None or missing."""

    fields: dict[str, Value | None] = field(default_factory=dict)
    lists: dict[str, Sequence[Row]] = field(default_factory=dict)


def about_learner(core: Core, session: Session, placement: Placement, form: PaperForm, now: datetime) -> Facts:
    """Facts of a stay."""
    person = session.get_one(Person, placement.person_id)
    cohort = session.get_one(Cohort, placement.cohort_id)
    project = session.get_one(Project, cohort.project_id)
    facts = Facts({
        **_person("learner", person), "learner.code": placement.code, "learner.birth_date": _day(person.birth_date),
        "learner.status": say(f"forms/status/{placement.status}") if placement.status in STATUSES else None,
        "learner.trade": placement.trade,
        **_guardian(placement, person, now),
        "home.city": placement.home_city, "home.country": _country(placement.home_country),
        "home.organisation": organisation_of(session, cohort.id) or None,
        **_member(session, "home.contact", placement.referent_id),
        "host.organisation": placement.host_organisation, "host.phone": placement.host_phone,
        "host.city": town(placement.kit, placement.host_city), "host.country": _country(placement.host_country),
        "host.tutor_name": placement.tutor_name, "host.tutor_email": placement.tutor_email,
        **_member(session, "host.contact", placement.local_contact_id),
        **_stay(placement), **_cohort(cohort), **_named(project),
        "paper.date": Day(local_date(now, cohort.home_zone)),
    })  # fmt: skip
    if "outcomes" in form.lists:
        _add_outcomes(core, session, placement, facts, now)
    if form.about == "country" and placement.host_country:
        _add_country(core, placement.host_country, form, facts)
    return facts


def about_country(core: Core, code: str, form: PaperForm, now: datetime) -> Facts:
    """What is known of a country; nothing about anybody."""
    facts = Facts({"paper.date": Day(local_date(now, "UTC"))})
    _add_country(core, code, form, facts)
    return facts


def about_project(session: Session, project: Project, cohort: Cohort | None, now: datetime) -> Facts:
    """A project, or one cohort of it: dates, places and numbers, nobody's name."""
    cohorts = [cohort] if cohort else list(session.scalars(select(Cohort).where(Cohort.project_id == project.id)))
    stays = session.scalars(
        select(Placement)
        .join(Person, Person.id == Placement.person_id)
        .where(Placement.cohort_id.in_([one.id for one in cohorts]), Person.erased_at.is_(None))
        .order_by(Placement.id)
    ).all()
    arrivals = [stay.arrival_date for stay in stays if stay.arrival_date]
    returns = [stay.return_date for stay in stays if stay.return_date]
    organisation = session.get_one(Organisation, project.organisation_id).name
    lead = organisation if organisation != DEFAULT else None
    return Facts(
        {
            **_named(project), **(_cohort(cohort) if cohort else {}),
            "project.organisation": lead,
            "home.organisation": (organisation_of(session, cohort.id) or None) if cohort else lead,
            "project.arrival": _day(min(arrivals, default=None)), "project.return": _day(max(returns, default=None)),
            "project.flows": len(cohorts), "project.learners": len(stays) if len(stays) >= LEAST else None,
            "paper.date": Day(local_date(now, cohorts[0].home_zone if cohorts else "UTC")),
        },
        {
            "hosts": [
                *_distinct(
                    {"organisation": one.host_organisation, "city": town(one.kit, one.host_city),
                     "country": _country(one.host_country)}
                    for one in stays
                    if one.host_organisation
                ),
                *_partners(session, cohorts),
            ],
            "places": _distinct(
                {"city": town(one.kit, one.host_city), "country": _country(one.host_country)}
                for one in stays
                if one.host_city or one.host_country
            ),
        },
    )  # fmt: skip


def _partners(session: Session, cohorts: Sequence[Cohort]) -> list[Row]:
    """Organisations that receive learners of these cohorts without being a company where one of them works."""
    found = session.scalars(
        select(Organisation)
        .join(CohortPartner, CohortPartner.organisation_id == Organisation.id)
        .where(CohortPartner.cohort_id.in_([one.id for one in cohorts]), CohortPartner.part == "host")
        .order_by(Organisation.name)
    )
    return _distinct({"organisation": one.name, "country": _country(one.country)} for one in found)


# --- parts ----------------------------------------------------------------------------------------


def _person(group: str, person: Person) -> dict[str, Value | None]:
    return {
        f"{group}.name": full_name(person) or None, f"{group}.first_name": person.first_name or None,
        f"{group}.last_name": person.last_name or None, f"{group}.phone": person.phone, f"{group}.email": person.email,
    }  # fmt: skip


def _guardian(placement: Placement, person: Person, now: datetime) -> dict[str, Value | None]:
    """Nobody signs for those who are of age, and nobody need look for a name."""
    if not is_minor(person.birth_date, local_date(now, placement.home_zone), placement.status):
        return {"guardian.name": "–", "guardian.phone": "–"}
    return {"guardian.name": placement.guardian_name, "guardian.phone": placement.guardian_phone}


def _member(session: Session, prefix: str, membership_id: int | None) -> dict[str, Value | None]:
    member = session.get(Membership, membership_id) if membership_id is not None else None
    person = session.get(Person, member.person_id) if member is not None else None
    if person is None or person.erased_at is not None:
        return {}
    return {
        f"{prefix}_name": full_name(person) or None, f"{prefix}_phone": person.phone, f"{prefix}_email": person.email
    }  # fmt: skip


def _stay(placement: Placement) -> dict[str, Value | None]:
    trip = itinerary_of(placement)
    return {
        "stay.departure": _day(trip.departure) if trip else None,
        "stay.arrival": _day(placement.arrival_date), "stay.return": _day(trip.return_ if trip else None),
        "stay.days": (trip.return_ - trip.arrival).days + 1 if trip else None,
        "stay.accommodation": placement.accommodation,
    }  # fmt: skip


def _cohort(cohort: Cohort) -> dict[str, Value | None]:
    return {"cohort.code": cohort.code, "cohort.name": cohort.name}


def _named(project: Project) -> dict[str, Value | None]:
    """A project that nobody has named is no project on paper."""
    named = project.code != DEFAULT
    number = project.grant_number or (project.code if named else None)
    return {"project.code": number, "project.name": project.name if named else None}


def _day(day: date | None) -> Day | None:
    return Day(day) if day else None


def _country(code: str | None) -> Country | None:
    return Country(code) if code else None


def _distinct(found: Iterator[dict[str, Value | None]]) -> list[Row]:
    return [dict(one) for one in dict.fromkeys(tuple(row.items()) for row in found)]


def _add_outcomes(core: Core, session: Session, placement: Placement, facts: Facts, now: datetime) -> None:
    """The outcomes with the tutor's grades; words of tutor and school only where the learner shows them."""
    view = outcomes_of(session, placement.id, core.content.outcomes)
    seen = visible(session, placement.id, now)
    found: list[Row] = []
    unit: Text | None = None
    for number, one in enumerate(view.outcomes, 1):
        grades = {m: say(f"outcomes/grade/{one.grades[m]}") for m in ("mid", "end") if m in one.grades}
        verdict = say(f"outcomes/verdict/{one.verdict.verdict}") if seen and one.verdict else None
        found.append(
            {"number": number, "unit": one.unit if one.unit != unit else None, "text": one.words, "verdict": verdict,
             **grades}
        )  # fmt: skip
        unit = one.unit
    facts.lists["outcomes"] = found
    for moment, grid in view.grids.items():
        facts.fields.update({f"assessment.{moment}_by": grid.by_name or None, f"assessment.{moment}_on": _day(grid.on)})
        if seen and grid.comment:
            facts.fields["assessment.comment"] = grid.comment


# --- minors at work -------------------------------------------------------------------------------


def _add_country(core: Core, code: str, form: PaperForm, facts: Facts) -> None:
    facts.fields["country.name"] = Country(code)
    known = core.content.countries.get(code)
    sources = known.sources if known is not None else {}
    facts.lists["rules"] = [_rule(core, code, form, rule) for rule in form.rules]
    facts.lists["numbers"] = [_number(one, sources) for one in (known.numbers if known else ()) if _for_all(one)]


def _for_all(number: Number) -> bool:
    """Whom to call in an emergency, and whom as a young person, in the whole country."""
    return number.kind in ("emergency", "child") and not number.kits


def _number(number: Number, sources: Mapping[str, str]) -> Row:
    told: Row = {"line": number_text(number)}
    return {**told, **_looked_up(sources, number)}


def _rule(core: Core, code: str, form: PaperForm, rule: Rule) -> Row:
    """What the country's own file says, else the EU's rule, else that nobody has looked."""
    at = f"{form.path}/rules/{rule.id}"
    country = core.content.countries.get(code)
    facts = country.facts if country is not None else {}
    named = next((one.id for one in rule.national if one.id in facts), None)
    told: dict[str, Value | None] = {"question": Text(f"{at}/question"), "source": None, "checked": None}
    if country is not None and named is not None:
        fact = facts[named]
        value = Listing(fact.value) if isinstance(fact.value, tuple) else fact.value
        args: dict[str, Value] = {} if isinstance(value, bool) else {"value": value}
        return told | {
            "answer": Text(f"{at}/national/{named}/text", args),
            **_looked_up(country.sources, fact),
        }  # fmt: skip
    if rule.union is not None and rule.checked is not None and code in UNION - WITHOUT_DIRECTIVE:
        return told | {"answer": Text(f"{at}/union"), "source": rule.source, "checked": Day(rule.checked, "short")}
    return told | {"answer": say("forms/not_looked_up", country=Country(code))}


def _looked_up(explained: Mapping[str, str], told: Sourced) -> Row:
    """Where it stands, with the age of the source where it is older, and when somebody looked."""
    where = ", ".join(explained.get(name, name) for name in told.source)
    return {"source": f"{where} ({told.as_of})" if told.as_of else where, "checked": Day(told.checked, "short")}


def words_of(core: Core, value: Any, language: str) -> str:
    """A value as it stands on paper."""
    return core.content.catalogues.plain(say("forms/value", value=value), language, "UTC")
