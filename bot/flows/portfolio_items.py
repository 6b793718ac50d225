"""What could go into a learner's portfolio, item by item, each with what it shows and what a file needs of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.content.items import Challenge, Reflection
from bot.flows import badges, skills
from bot.flows.entries import entries
from bot.flows.language_views import ClaimView, LanguagesView
from bot.flows.naming import city
from bot.flows.outcome_views import OutcomesView, OutcomeView
from bot.flows.running import Run, run_of, serves
from bot.flows.scene import PortfolioView, Scene, Stay
from bot.i18n import Country, Day, LanguageName, Listing, Text, encode_text, say, verbatim
from bot.rules.badges import levels
from bot.rules.language_test import Result
from bot.rules.points import COMPETENCES
from bot.rules.portfolio import SECTIONS, fingerprint, is_in


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a portfolio. `words` and `photo` are the learner's own; `data` is plain, for files."""

    section: str
    key: str
    title: Text
    lines: tuple[Text, ...] = ()
    words: str = ""
    photo: str | None = None
    competences: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """The fingerprint of what it shows."""
        shown = [json.dumps(encode_text(text), sort_keys=True) for text in (self.title, *self.lines)]
        return fingerprint(*shown, self.words, self.photo or "")

    @property
    def handle(self) -> str:
        """What a button calls it: another one as soon as it shows something else."""
        return fingerprint(self.key, self.mark)

    @property
    def own(self) -> bool:
        """Is it in the learner's own words or pictures, which are looked at in full before they go in?"""
        return bool(self.words or self.photo)


def items_of(scene: Scene) -> tuple[Item, ...]:
    """Everything there is, section by section."""
    found = [*_stay(scene), *_papers(scene), *_outcomes(scene), *_languages(scene), *_skills(scene), *_badges(scene),
             *_done(scene)]  # fmt: skip
    return tuple(sorted(found, key=lambda item: SECTIONS.index(item.section)))


def chosen_of(scene: Scene) -> tuple[Item, ...]:
    """What is in."""
    return tuple(item for item in items_of(scene) if chosen(scene, item))


def chosen(scene: Scene, item: Item) -> bool:
    """Is it in?"""
    return is_in(view(scene).choices, item.key, item.mark, item.section)


def view(scene: Scene) -> PortfolioView:
    """What was loaded."""
    return scene.portfolio or PortfolioView()


def _stay(scene: Scene) -> Iterator[Item]:
    stay = scene.stay
    if stay is None:
        return
    if stay.itinerary is not None:
        yield _abroad(stay)
    for key, value in (("host", stay.host_organisation), ("trade", stay.trade), ("school", view(scene).school)):
        if value:
            yield Item("stay", key, say(f"portfolio/{key}"), (verbatim(value),), data={"kind": key, "name": value})


# What is not over yet doesn't read as if it were.
_DATES = {"before": "portfolio/dates_before", "during": "portfolio/dates_during"}


def _abroad(stay: Stay) -> Item:
    trip = stay.itinerary
    assert trip is not None
    country = Country(stay.host_country) if stay.host_country else None
    known = city(stay)
    place = say("certificate/place", town=known, country=country) if country and known != country else known
    line = say(
        _DATES.get(stay.stage, "portfolio/dates"), place=place, arrival=Day(trip.arrival), return_=Day(trip.return_)
    )
    data = {
        "kind": "stay", "arrival": trip.arrival.isoformat(), "return": trip.return_.isoformat(),
        "country": stay.host_country, "place": known if isinstance(known, Text) else None,
    }  # fmt: skip
    return Item("stay", "stay", say("portfolio/stay"), (line,), data=data)


def _papers(scene: Scene) -> Iterator[Item]:
    for paper in view(scene).certificates:
        line = say("portfolio/paper", day=Day(paper.day), issuer=verbatim(paper.issuer), code=paper.code)
        data = {"kind": "certificate", "code": paper.code, "day": paper.day.isoformat(), "issuer": paper.issuer}
        yield Item(
            "certificates", f"certificate:{paper.kind}", say(f"certificate/{paper.kind}/title"), (line,), data=data
        )


# --- outcomes and the log -------------------------------------------------------------------------


def _outcomes(scene: Scene) -> Iterator[Item]:
    known = view(scene).outcomes or OutcomesView(0)
    for one in known.outcomes:
        if one.proven:
            yield _outcome(one, known)
    for grid in known.grids.values():
        if grid.comment:
            title = say("portfolio/tutor_says", name=grid.by_name)
            yield Item("outcomes", f"grid:{grid.moment}", title, (verbatim(grid.comment),), data={"kind": "comment"})
    for number, week in sorted(known.weeks.items()):
        if week.words:
            yield Item("log", f"week:{number}", say("portfolio/week", n=number), words=week.words,
                       data={"kind": "log"})  # fmt: skip


def _outcome(one: OutcomeView, known: OutcomesView) -> Item:
    lines: list[Text] = []
    data: dict[str, Any] = {"kind": "outcome", "code": one.code}
    grid = known.grids.get("end") or known.grids.get("mid")
    if one.grade and grid is not None:
        grade = say(f"outcomes/grade/{one.grade}")
        lines.append(say("portfolio/graded", name=grid.by_name, grade=grade))
        data |= {"grade": grade, "by": grid.by_name, "on": grid.on.isoformat() if grid.on else None}
    if one.verdict is not None:
        told = say(f"portfolio/verdict/{one.verdict.verdict}")
        lines.append(say("portfolio/validated", name=one.verdict.by_name, verdict=told))
        data |= {"verdict": told, "validator": one.verdict.by_name}
    if one.weeks:
        lines.append(say("portfolio/logged", n=one.weeks))
    return Item("outcomes", f"outcome:{one.code}", one.words, tuple(lines), data=data)


# --- languages ------------------------------------------------------------------------------------


def _languages(scene: Scene) -> Iterator[Item]:
    known = view(scene).languages or LanguagesView(0)
    for language in known.languages:
        name = LanguageName(language)
        for phase in ("before", "after"):
            test = known.test(phase, language)
            if test is not None:
                result = test.result
                line = say("portfolio/dated", told=_possible(result), on=Day(test.taken_at.date(), "medium"))
                data = {"kind": "language", "language": language, "level": result.level, "source": "test",
                        "on": test.taken_at.date().isoformat()}  # fmt: skip
                title = say(f"portfolio/test_{phase}", language=name)
                yield Item("languages", f"test:{language}:{phase}", title, (line,), data=data)
            for source in ("grid", "ols"):
                claim = known.claim(phase, language, source)
                if claim is not None:
                    yield _claim(claim)


def _possible(result: Result) -> Text:
    level = _level(result.level)
    if result.lowest == result.highest:
        return say("portfolio/test_certain", level=level)
    return say("portfolio/test_level", level=level, lowest=_level(result.lowest), highest=_level(result.highest))


def _claim(claim: ClaimView) -> Item:
    language, phase, source = claim.language, claim.phase, claim.source
    title = say(f"portfolio/{source}_{phase}", language=LanguageName(language))
    told = tuple(
        _level(level) if skill == "all"
        else say("portfolio/skill_level", skill=say(f"portfolio/skills/{skill}"), level=_level(level))
        for skill, level in claim.levels.items()
    )  # fmt: skip
    line = say("portfolio/listed", values=Listing(told))
    if source == "grid" or claim.taken_on is not None:
        on = Day(claim.taken_on, "month") if claim.taken_on else Day(claim.given_at.date(), "medium")
        line = say("portfolio/dated", told=line, on=on)
    data = {"kind": "language", "language": language, "source": source,
            "level": " ".join(level for level in claim.levels.values() if _is_level(level))}  # fmt: skip
    return Item("languages", f"{source}:{language}:{phase}", title, (line,), data=data)


def _is_level(level: str) -> bool:
    return level[:1] in "ABC" and level[1:].isdigit()


def _level(level: str | None) -> Text:
    return verbatim(level) if level and _is_level(level) else say("portfolio/below")


# --- competences ----------------------------------------------------------------------------------


def _skills(scene: Scene) -> Iterator[Item]:
    seen = skills.seen_by(scene)
    for name in COMPETENCES if seen is not None else ():
        if seen is not None and name in seen.first:
            values = {column: means[name] for column, means in seen.columns if name in means}
            yield Item("skills", f"skill:{name}", skills.name_of(name), (_figures(values),),
                       competences=(name,), data={"kind": "skill", "values": values})  # fmt: skip


def _figures(values: Mapping[str, float]) -> Text:
    """How they saw themselves, in the order of time."""
    known = tuple(say(f"portfolio/figures/{column}", value=value) for column, value in values.items())
    return say("portfolio/listed", values=Listing(known))


def _badges(scene: Scene) -> Iterator[Item]:
    got = levels(scene.progress.things) if scene.progress else {}
    for name in COMPETENCES:
        if name in got:
            yield Item("badges", f"badge:{name}", badges.name_of(name, got[name] > 1), (say(f"badges/{name}/meaning"),),
                       competences=(name,), data={"kind": "badge"})  # fmt: skip


def _done(scene: Scene) -> Iterator[Item]:
    """Challenges that were done and what was kept with them; reflections that were written. Voice notes stay out."""
    for step in scene.steps:
        run = run_of(scene, step) if step.state == "done" and step.kind in ("challenge", "reflection") else None
        if run is None:
            continue
        section = "done" if isinstance(run.item, Challenge) else "reflections"
        told = [(n, entry) for n, entry in enumerate(entries(run)) if entry.get("words") or entry.get("photo")]
        for number, entry in told:
            yield _entry(run, section, number, entry)
        if not told and section == "done":
            yield Item("done", f"challenge:{run.step.id}", run.title, (_asked(run),), competences=_serves(run),
                       data={"kind": "challenge"})  # fmt: skip


def _entry(run: Run, section: str, number: int, entry: Mapping[str, Any]) -> Item:
    return Item(
        section, f"entry:{run.step.id}:{number}", run.title, (_asked(run),), str(entry.get("words", "")),
        entry.get("photo"), _serves(run), {"kind": "challenge" if section == "done" else "reflection"},
    )  # fmt: skip


def _asked(run: Run) -> Text:
    """What the learner was asked to do or to think about."""
    if isinstance(run.item, Reflection):
        return run.text("prompt")
    return run.text("indoors" if run.data.get("indoors") else "task")


def _serves(run: Run) -> tuple[str, ...]:
    return tuple(name for name in COMPETENCES if name in serves(run.step, run.item))
