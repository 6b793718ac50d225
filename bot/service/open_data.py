"""Anonymous figures of all cohorts for anybody to use: tables, and a dictionary that says what their columns hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.errors import BadInput
from bot.papers.plain_files import csv_file
from bot.rules.open_rows import Person, checked, grouped
from bot.rules.report import Known, counted
from bot.rules.survey import LEAST
from bot.service import report_facts, report_tools, surveys
from bot.service.core import Core
from bot.store.tables import Cohort, Placement

TRAITS = ("year", "country", "length", "status")
LICENCE = "Creative Commons Zero 1.0 (CC0-1.0)"
STAYS = {
    **{name: f"{what}; `any` where telling it would be of fewer than five people" for name, what in (
        ("year", "the year of arrival"), ("country", "host country, ISO 3166"),
        ("length", "`short` up to 31 nights, `long` above"), ("status", "`pupil`, `apprentice`, `graduate`, `staff`"),
    )},
    "stays": "how many stays the row stands for, five at least",
    "days": "days abroad of all of them together, first and last included",
    "check_ins_asked": "daily check-ins that were delivered", "check_ins_in_time": "of these answered in time",
    "safety_training_passed": "stays before which the safety training was passed",
}  # fmt: skip
LEARNING = {
    "country": "host country, or `any`",
    "learners": "how many learners the row stands for, five at least; all agreed to statistics",
    "steps_offered": "steps of the journey that were offered", "steps_done": "of these done",
    "challenges_done": "challenges that were done",
}  # fmt: skip
OPINIONS = {
    "survey": "who was asked: learner, tutor or contact person", "sentence": "what was to be judged",
    "answers": "how many judged it, five at least", "mean": "from 1, not true at all, to 5, entirely true",
    "content": "share of 4 and 5",
}  # fmt: skip
TOOLS = {
    "tool": "the part that was used", "year": "the year", "people": "different people; empty for one to four",
}  # fmt: skip
TABLES = {"stays.csv": STAYS, "learning.csv": LEARNING, "opinions.csv": OPINIONS, "tools.csv": TOOLS}


def files(core: Core, now: datetime) -> dict[str, bytes]:
    """File names and what is in them. Raises BadInput where there are too few people to say anything."""
    with core.store.transaction() as session:
        cohorts = session.scalars(select(Cohort).order_by(Cohort.id)).all()
        ids = [cohort.id for cohort in cohorts]
        facts = report_facts.load(session, core.content, ids, now)
        arrivals = {row[0]: row[1] for row in session.execute(select(Placement.id, Placement.arrival_date))}
        stays = grouped(
            (_person(one, f"{arrivals[one.id]:%Y}") for one in facts.known.values() if one.begun),
            4,
        )
        if not stays:
            raise BadInput(f"Fewer than {LEAST} people were abroad so far: nothing can be published that is anonymous.")
        smallest = checked(stays)
        journey = counted(facts.known, facts.slots["journey_steps"])
        learned = grouped(
            (Person((one.traits.get("country", "any"),), (*_steps(one), one.challenges[1]))
             for one in facts.known.values() if one.id in journey.total), 1
        )  # fmt: skip
        checked(learned)
        asked = surveys.of_cohorts(core, session, cohorts)
        used = report_tools.users(session, ids, facts)
    rows: dict[str, Iterable[Sequence[Any]]] = {
        "stays.csv": ((*key, len(there), *_sums(there)) for key, there in stays),
        "learning.csv": ((*key, len(there), *_sums(there)) for key, there in learned),
        "opinions.csv": (
            (one["survey"], q["text"], q["answers"], q["mean"], q["content"])
            for one in asked for q in one["questions"] if q["answers"]
        ),
        "tools.csv": ((one["tool"], one["year"], one["people"]) for one in used),
    }  # fmt: skip
    found = {name: csv_file([list(TABLES[name]), *rows[name]], mark=False) for name in TABLES}
    dictionary = [(table, column, what) for table, columns in TABLES.items() for column, what in columns.items()]
    found["dictionary.csv"] = csv_file([("table", "column", "holds"), *dictionary], mark=False)
    found["README.md"] = _readme(now, smallest).encode()
    return found


def _person(one: Known, year: str) -> Person:
    traits = (year, *(one.traits.get(name, "any") for name in TRAITS[1:]))
    return Person(traits, (one.days, one.asked, one.in_time, int(one.trained is True)))


def _steps(one: Known) -> tuple[int, int]:
    return sum(offered for offered, _ in one.steps.values()), sum(done for _, done in one.steps.values())


def _sums(there: Sequence[Person]) -> list[int]:
    return [int(sum(column)) for column in zip(*(one.figures for one in there), strict=True)]


def _readme(now: datetime, smallest: int) -> str:
    tables = "\n".join(f"- `{name}`: {', '.join(columns)}" for name, columns in TABLES.items())
    return f"""# Figures of stays abroad in vocational education and training

Made on {now:%Y-%m-%d} with Compagnon. Plain CSV in UTF-8, commas between, a header line; `dictionary.csv` says what
each column holds.

{tables}

**Anonymity.** No names, codes, dates, companies or texts of people. Every row stands for at least {LEAST} people
(the smallest here for {smallest}); rows of one table do not overlap, so what lies between two rows is never fewer.
Where a row would have been smaller, its last columns say `any`. What learners did counts only with their
consent, all together in full fives. Publish a new edition at most once a year: between two editions that lie close
together a row may grow by one stay.

**Licence.** {LICENCE}, unless whoever publishes it names another one here.
"""
