"""A report as themes with tables and charts, before it becomes lines on a terminal, a workbook or pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.i18n import Country, Text, say, verbatim
from bot.rules.language_test import BELOW, RANKS
from bot.rules.points import COMPETENCES

Cell = Text | Country | date | str | int | float | None
TEXT, COUNT, SHARE, NUMBER = "text", "count", "share", "number"
VALUES = frozenset((
    "short", "long", "pupil", "apprentice", "graduate", "staff", "yes", "no", "on_duty", "out_of_hours", "all", "amber",
    "red", "not_answered", "not_delivered", "blocked", "could_not_ask", "not_arrived", "asked_for_help",
    "wants_to_talk", "crisis_words", "spoke", "phone", "via_host", "other", "open",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """Its title, and what its cells are: text, count, share (0 to 1) or number (one decimal)."""

    title: Text
    kind: str = COUNT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. A cell that is a pair has a kind of its own: (value, kind)."""

    title: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars side by side for each label: `series` are names with a value, or none, for each label."""

    title: Text
    labels: tuple[Cell, ...]
    series: tuple[tuple[Text, tuple[float | None, ...]], ...]
    highest: float
    kind: str = SHARE
    lowest: float = 0.0


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme: a sheet of a workbook, a chapter on paper. `note` says how to read it."""

    id: str
    title: Text
    note: Text | None
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...] = ()


def explained() -> list[Text]:
    """How to read any report."""
    return [say(f"report/explain/{part}") for part in ("few", "exact", "consent", "signs")]


def themes(found: Mapping[str, Any]) -> list[Theme]:
    """A report of a cohort or a project, or of flows, by theme; what there is nothing about is left out."""
    chapters = (_participation, _care, _alerts, _journey, _competences, _language, _satisfaction, _groups, _tools)
    ends = (_flows, _improvements)
    themes_ = (make(found) for make in (ends if "flows" in found else (*chapters, *ends)))
    return [theme for theme in themes_ if any(table.rows for table in theme.tables)]


def _theme(
    name: str, tables: Sequence[Table | None], charts: Sequence[Chart | None] = (), *, note: bool = True
) -> Theme:
    return Theme(
        name, say(f"report/themes/{name}"), say(f"report/notes/{name}") if note else None,
        tuple(table for table in tables if table is not None and table.rows),
        tuple(chart for chart in charts if chart is not None),
    )  # fmt: skip


def column(name: str, kind: str = COUNT) -> Column:
    """A column of that name."""
    return Column(say(f"report/columns/{name}"), kind)


def value_of(name: str | None, trait: str = "") -> Cell:
    """A value of a trait or a kind as people read it."""
    if name is None:
        return say("report/others")
    if trait == "country":
        return Country(name)
    if name == "not said":
        return say("report/values/not_said")
    return say(f"report/values/{name}") if name in VALUES else verbatim(name)


def _facts(title: str, pairs: Mapping[str, Any]) -> Table:
    """One figure a line; what is empty is left out. A value is a number, or a pair of value and kind."""
    rows = [
        (say(f"report/figures/{name}"), value if isinstance(value, tuple) else (value, COUNT))
        for name, value in pairs.items()
        if (value[0] if isinstance(value, tuple) else value) is not None
    ]
    return Table(say(f"report/tables/{title}"), (column("figure", TEXT), column("value")), tuple(rows))


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


# --- taking part and care -----------------------------------------------------------------------


def _participation(found: Mapping[str, Any]) -> Theme:
    stays, people = found["mobilities"], found["participants"]
    trips = {name: stays[name] for name in ("candidates", "planned", "begun", "completed", "ended_early", "days")}
    trips["average_days"] = (stays["average_days"], NUMBER)
    trips |= {name: (_day(stays[name]), TEXT) for name in ("first_arrival", "last_return")}
    others = ("minors_at_arrival", "in_pairs", "accompanying", "referents", "host_tutors", "host_organisations")
    statuses = [(value_of(name), (n, COUNT)) for name, n in people.items() if name not in others and n is not None]
    about = _facts("people", {name: people[name] for name in others})
    about = Table(about.title, about.columns, (*statuses, *about.rows) if found["learners"] else ())
    where = Table(
        say("report/tables/destinations"),
        (column("country", TEXT), column("city", TEXT), column("stays"), column("days")),
        tuple(
            (value_of(row["country"], "country"), verbatim(row["city"] or ""), row["stays"], row["days"])
            for row in found["destinations"]
        ),
    )
    reached = _facts("reached", found["reached"])
    return _theme("participation", [_facts("stays", trips), about, where, reached], [_by_country(found)])


def _by_country(found: Mapping[str, Any]) -> Chart | None:
    rows = [row for row in found.get("by", {}).get("country", ()) if row["value"] is not None]
    return _bars("by/country", [(Country(row["value"]), row["stays"]) for row in rows], "stays", COUNT)


def _care(found: Mapping[str, Any]) -> Theme:
    asked, trained, travel = found["check_ins"], found["safety_training"], found["travel_days"]
    daily: dict[str, Any] = {}
    if asked:
        daily = {name: asked[name] for name in ("learners", "asked", "answered", "in_time", "late", "alerted")}
        daily |= {name: (asked[name], SHARE) for name in ("share", "in_time_share")}
    training: dict[str, Any] = {}
    if trained:
        training = {"learners": trained["learners"], "passed": trained["passed"],
                    "passed_share": (trained["share"], SHARE)}  # fmt: skip
    training |= {kind: n for kind, n in found["certificates"].items() if kind in ("safety", "participation")}
    return _theme("care", [
        _facts("check_ins", daily), _facts("training", training),
        _facts("travel", {name: n or None for name, n in travel.items()}),
    ])  # fmt: skip


def _alerts(found: Mapping[str, Any]) -> Theme:
    alerts = found["alerts"]
    if not alerts or not alerts["all"]:
        return _theme("alerts", [])
    all_ = _facts("alerts", {"never_taken": alerts["never_taken"], "drills": alerts["drills"]})
    rows = [(value_of("all"), (alerts["all"], COUNT))]
    rows += [(value_of(name), (n, COUNT)) for name, n in alerts["severity"].items() if n is not None]
    kinds = [_kinds(title, alerts[key]) for title, key in (("reason", "reason"), ("settled", "outcome"))]
    taken = Table(
        say("report/tables/reaction"),
        (column("hours", TEXT), column("alerts"), column("taken"), column("median"), column("nine_of_ten")),
        tuple(
            (value_of(hours), one["alerts"], one["taken"], one["median_minutes"], one["nine_of_ten_minutes"])
            for hours, one in alerts["reaction"].items()
            if one
        ),
    )
    return _theme("alerts", [Table(all_.title, all_.columns, (*rows, *all_.rows)), *kinds, taken])


def _kinds(title: str, counts: Mapping[str, int | None]) -> Table:
    return Table(
        say(f"report/tables/{title}"), (column("figure", TEXT), column("alerts")),
        tuple((value_of(name), n) for name, n in counts.items() if n is not None),
    )  # fmt: skip


# --- learning -----------------------------------------------------------------------------------


def _journey(found: Mapping[str, Any]) -> Theme:
    steps, outcomes, learning = found["journey_steps"], found["outcomes"], found["learning"]
    done = [(say(f"report/stages/{stage}"), steps[stage]) for stage in ("before", "during", "after")] if steps else []
    done += [(say("report/figures/challenges"), steps["challenges"])] if steps else []
    table = Table(
        say("report/tables/steps"), (column("figure", TEXT), column("offered"), column("done"), column("share", SHARE)),
        tuple((name, one["offered"], one["done"], one["share"]) for name, one in done if one["offered"]),
    )  # fmt: skip
    counted: dict[str, Any] = {}
    if outcomes:
        counted = {name: outcomes[name] for name in ("learners", "agreed", "assessed", "validated")}
        counted["validated_share"] = (outcomes["share"], SHARE)
    points = (learning or {}).get("competences", {})
    earned = Table(
        say("report/tables/points"), (column("figure", TEXT), Column(say("report/figures/points"))),
        tuple((say(f"competences/{name}"), points[name]) for name in COMPETENCES if points.get(name)),
    )  # fmt: skip
    return _theme("journey", [table, _facts("outcomes", counted), earned], note=False)


def _competences(found: Mapping[str, Any]) -> Theme:
    tables, charts = [], []
    for family, title in (("competences", "skills"), ("looked_back", "looked_back")):
        one = found[family]
        if not one:
            continue
        phases = [phase for phase in ("before", "then", "after") if phase in one["competences"][COMPETENCES[0]]
                  and (family == "looked_back" or phase != "then")]  # fmt: skip
        rows = [(say(f"competences/{name}"), *(means[phase] for phase in phases))
                for name, means in one["competences"].items()]  # fmt: skip
        rows.append((say("report/figures/learners"), *((one["learners"], COUNT) for _ in phases)))
        columns = (column("figure", TEXT), *(column(phase, NUMBER) for phase in phases))
        tables.append(Table(say(f"report/tables/{title}"), columns, tuple(rows)))
        series = [(say(f"report/columns/{phase}"), tuple(row[n] for row in rows[:-1]))
                  for n, phase in enumerate(phases, 1)]  # fmt: skip
        charts.append(
            Chart(say(f"report/tables/{title}"), tuple(row[0] for row in rows[:-1]), tuple(series), 4, NUMBER, 1)
        )
    return _theme("competences", tables, charts)


def _language(found: Mapping[str, Any]) -> Theme:
    one = found["language"]
    if not one:
        return _theme("language", [])
    low, high = one["interval"]
    change = _facts("change", {
        **{name: one[name] for name in ("learners", "higher", "unclear", "lower")},
        "higher_share": (one["higher_share"], SHARE), "interval_low": (low, SHARE), "interval_high": (high, SHARE),
    })  # fmt: skip
    levels = [level for level in RANKS if any(one["levels"][phase].get(level) for phase in ("before", "after"))]
    names = [say("portfolio/below") if level == BELOW else verbatim(level) for level in levels]
    counts = {phase: tuple(one["levels"][phase].get(level, 0) for level in levels) for phase in ("before", "after")}
    table = Table(
        say("report/tables/levels"), (column("level", TEXT), column("before"), column("after")),
        tuple(zip(names, counts["before"], counts["after"], strict=True)),
    )  # fmt: skip
    most = max((n for row in counts.values() for n in row if n), default=0)
    series = tuple((say(f"report/columns/{phase}"), values) for phase, values in counts.items())
    return _theme("language", [change, table],
                  [Chart(table.title, tuple(names), series, most, COUNT) if most else None])  # fmt: skip


def _satisfaction(found: Mapping[str, Any]) -> Theme:
    tables, charts = [], []
    columns = (column("sentence", TEXT), column("answers"), column("mean", NUMBER), column("content", SHARE))
    for survey in found["satisfaction"]:
        asked = [q for q in survey["questions"] if q["answers"]]
        words = [Text(f"surveys/{survey['survey']}/questions/{q['id']}/text") for q in asked]
        title = Text(f"surveys/{survey['survey']}/title")
        rows = [(word, q["answers"], q["mean"], q["content"]) for word, q in zip(words, asked, strict=True)]
        tables.append(Table(title, columns, tuple(rows)))
        if rows:
            shares = tuple(q["content"] for q in asked)
            charts.append(Chart(title, tuple(words), ((say("report/columns/content"), shares),), 1))
    return _theme("satisfaction", tables, charts)


# --- by group, by tool, by flow -----------------------------------------------------------------


def _groups(found: Mapping[str, Any]) -> Theme:
    columns = (column("stays"), column("days"), column("in_time", SHARE), column("trained", SHARE),
               column("steps", SHARE), column("change", NUMBER), column("higher", SHARE))  # fmt: skip
    tables = []
    for trait, rows in found.get("by", {}).items():
        title = say(f"report/by/{trait}")
        cells = tuple((value_of(row["value"], trait), row["stays"], row["days"], *compared(row)) for row in rows)
        tables.append(Table(title, (Column(say("report/columns/figure"), TEXT), *columns), cells))
    return _theme("groups", tables)


def compared(row: Mapping[str, Any]) -> tuple[float | None, ...]:
    """The figures by which groups and flows are held beside each other."""
    asked, trained, steps = row.get("check_ins"), row.get("safety_training"), row.get("journey_steps")
    skills, language = row.get("competences"), row.get("language")
    return (
        asked["in_time_share"] if asked else None, trained["share"] if trained else None,
        steps["during"]["share"] if steps else None, _change(skills) if skills else None,
        language["higher_share"] if language else None,
    )  # fmt: skip


def _change(skills: Mapping[str, Any]) -> float:
    gains = [float(one["after"] - one["before"]) for one in skills["competences"].values()]
    return round(sum(gains) / len(gains), 1)


def _tools(found: Mapping[str, Any]) -> Theme:
    rows = found.get("tools", ())
    years = sorted({row["year"] for row in rows})
    counts = {(row["tool"], row["year"]): row["people"] for row in rows}
    used = dict.fromkeys(row["tool"] for row in rows)
    table = Table(
        say("report/columns/people"),
        (column("tool", TEXT), *(Column(verbatim(str(year))) for year in years)),
        tuple((say(f"report/tools/{tool}"), *(counts.get((tool, year), 0) for year in years)) for tool in used),
    )
    return _theme("tools", [table])


def _flows(found: Mapping[str, Any]) -> Theme:
    flows = found.get("cohorts") or found.get("flows") or ()
    columns = (column("cohort", TEXT), column("stays"), column("days"), column("in_time", SHARE),
               column("trained", SHARE), column("steps", SHARE), column("change", NUMBER),
               column("higher", SHARE), column("median"))  # fmt: skip
    rows = tuple(
        (verbatim(one["cohort"]), one["mobilities"]["planned"], one["mobilities"]["days"], *compared(one),
         one["alerts"].get("median_minutes_until_taken"))
        for one in flows
    )  # fmt: skip
    return _theme("flows", [Table(say("report/columns/figure"), columns, rows), *_opinions(flows)], note=False)


def _opinions(flows: Sequence[Mapping[str, Any]]) -> Iterator[Table]:
    """What people thought, sentence by sentence, with a column for each flow."""
    means: dict[str, dict[str, dict[str, float]]] = {}
    for flow in flows:
        for survey in flow["satisfaction"]:
            for q in survey["questions"]:
                if q["mean"] is not None:
                    means.setdefault(survey["survey"], {}).setdefault(q["id"], {})[flow["cohort"]] = q["mean"]
    codes = [flow["cohort"] for flow in flows]
    for survey, questions in means.items():
        rows = tuple(
            (Text(f"surveys/{survey}/questions/{q}/text"), *(one.get(code) for code in codes))
            for q, one in questions.items()
        )  # fmt: skip
        columns = (column("sentence", TEXT), *(Column(verbatim(code), NUMBER) for code in codes))
        yield Table(Text(f"surveys/{survey}/title"), columns, rows)


def _improvements(found: Mapping[str, Any]) -> Theme:
    columns = tuple(column(name, TEXT) for name in ("cohort", "improvement", "owner", "due", "done_on", "outcome"))
    rows = tuple(
        (*(verbatim(one[key]) for key in ("cohort", "text", "owner")), _day(one["due"]), _day(one["done_on"]),
         verbatim(one["outcome"]) if one["outcome"] else None)
        for one in found.get("improvements", ())
    )  # fmt: skip
    return _theme("improvements", [Table(say("report/themes/improvements"), columns, rows)], note=False)


def _bars(title: str, pairs: Sequence[tuple[Cell, float]], name: str, kind: str) -> Chart | None:
    if len(pairs) < 2:
        return None
    values = tuple(value for _, value in pairs)
    series = ((say(f"report/columns/{name}"), values),)
    return Chart(say(f"report/{title}"), tuple(label for label, _ in pairs), series, max(values), kind)
