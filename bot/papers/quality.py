"""Evidence against each of the Erasmus quality standards (2021 to 2027): what a report holds, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.i18n import Text, say
from bot.papers.blocks import Block, Document, Grid, Heading, Paragraph
from bot.papers.report import COUNT, SHARE
from bot.papers.report_pdf import foot, header
from bot.papers.report_words import Words, written

PARTS: Mapping[str, tuple[str, ...]] = {
    "principles": ("inclusion", "environment", "digital", "network"),
    "management": ("ownership", "supporting", "contributions", "integrating", "capacity", "updates", "feedback"),
    "support": (
        "practical", "safety", "selection", "preparation", "monitoring", "during", "linguistic", "defining",
        "evaluation", "recognition",
    ),
    "sharing": ("within", "public", "funding"),
}  # fmt: skip
Figure = tuple[tuple[Text, ...], float, str]  # what it is (a colon between), its value, and its kind
Found = Mapping[str, Any]


def evidence(found: Found) -> dict[str, list[Figure]]:
    """By standard the figures of a report that speak to it; none where nothing does, or too few people."""
    return {
        standard: [one for source in _SOURCES.get(standard, ()) if (one := source(found)) is not None]
        for standards in PARTS.values()
        for standard in standards
    }


def plain(found: Found, words: Words) -> dict[str, Any]:
    """The same as JSON data, in words."""
    figures = evidence(found)
    return {
        **{key: found[key] for key in ("cohort", "project", "name", "at") if key in found},
        "standards": [
            {
                "part": words(say(f"quality/parts/{part}")), "standard": standard,
                "name": words(say(f"quality/names/{standard}")),
                "holds": [{"figure": named(label, words), "value": value} for label, value, _ in figures[standard]],
                "missing": words(say(f"quality/lacks/{standard}")),
            }
            for part, standards in PARTS.items()
            for standard in standards
        ],
    }  # fmt: skip


def document(found: Found, words: Words, language: str) -> Document:
    """What is drawn, block by block."""
    blocks: list[Block] = [Paragraph(words(header(found))), Paragraph(words(say("quality/intro")))]
    figures = evidence(found)
    for part, standards in PARTS.items():
        blocks.append(Heading(1, words(say(f"quality/parts/{part}"))))
        for standard in standards:
            blocks += _standard(standard, figures[standard], words, language)
    title = words(say("quality/title", name=found["name"]))
    return Document(language, title, tuple(blocks), contents=words(say("report/contents")), foot=words(foot(found)))


def named(label: tuple[Text, ...], words: Words) -> str:
    """What a figure is."""
    return ": ".join(words(part).rstrip(".") for part in label)


def missing(standard: str) -> Text:
    """What of a standard must come from elsewhere."""
    return say("quality/missing", what=say(f"quality/lacks/{standard}"))


def _standard(standard: str, figures: list[Figure], words: Words, language: str) -> Iterator[Block]:
    yield Heading(2, words(say(f"quality/names/{standard}")))
    if figures:
        rows = tuple((named(label, words), written(value, kind, words, language)) for label, value, kind in figures)
        yield Grid((words(say("quality/holds")), ""), rows)
    else:
        yield Paragraph(f"{words(say('quality/holds'))}: {words(say('quality/nothing'))}")
    yield Paragraph(words(missing(standard)))


# --- where figures come from --------------------------------------------------------------------

_TABLES = {
    "check_ins": "check_ins",
    "outcomes": "outcomes",
    "language": "change",
    "travel_days": "travel",
    "safety_training": "training",
    "reached": "reached",
}  # fmt: skip  of a family of figures: the table it stands in
_Source = Callable[[Found], Figure | None]


def _of(family: str, key: str, label: str, kind: str = COUNT) -> _Source:
    """A figure of a section of a report."""

    def source(found: Found) -> Figure | None:
        section: Any = found.get(family)
        for name in key.split("/"):
            section = section.get(name) if section else None
        table = (say(f"report/tables/{_TABLES[family]}"),) if family in _TABLES else ()
        return ((*table, say(label)), section, kind) if section else None

    return source


def _opinion(survey: str, question: str) -> _Source:
    """The share of those who find a sentence true."""

    def source(found: Found) -> Figure | None:
        for one in found["satisfaction"]:
            for q in one["questions"]:
                if (one["survey"], q["id"]) == (survey, question) and q["content"] is not None:
                    words = Text(f"surveys/{survey}/questions/{question}/text")
                    return (words, say("report/columns/content")), q["content"], SHARE
        return None

    return source


def _said(question: str) -> _Source:
    return _opinion("stay-learner", question)


def _answers(found: Found) -> Figure | None:
    counted = sum(one["answered"] or 0 for one in found["satisfaction"])
    return ((say("quality/figures/answers"),), counted, COUNT) if counted else None


def _fewer(found: Found) -> Figure | None:
    rows = found.get("by", {}).get("fewer_opportunities", ())
    stays = next((row["stays"] for row in rows if row["value"] == "yes"), None)
    return ((say("quality/figures/fewer"),), stays, COUNT) if stays else None


def _used(tool: str) -> _Source:
    def source(found: Found) -> Figure | None:
        people = max((row["people"] or 0 for row in found.get("tools", ()) if row["tool"] == tool), default=0)
        return ((say("report/themes/tools"), say(f"report/tools/{tool}")), people, COUNT) if people else None

    return source


def _improvements(found: Found) -> Figure | None:
    count = len(found.get("improvements", ()))
    return ((say("quality/figures/improvements"),), count, COUNT) if count else None


def _improved(found: Found) -> Figure | None:
    count = sum(one["done_on"] is not None for one in found.get("improvements", ()))
    return ((say("quality/figures/improved"),), count, COUNT) if count else None


_TAKEN = _of("alerts", "reaction/all/median_minutes", "quality/figures/median")
_VALIDATED = _of("outcomes", "share", "report/figures/validated_share", SHARE)
_IN_TIME = _of("check_ins", "in_time_share", "report/figures/in_time_share", SHARE)
_SOURCES: Mapping[str, tuple[_Source, ...]] = {
    "inclusion": (_fewer, _of("reached", "by_phone", "report/figures/by_phone"), _said("fair")),
    "digital": (_of("reached", "joined", "report/figures/joined"), _used("quiz"), _used("language_test")),
    "ownership": (_of("participants", "referents", "report/figures/referents"),
                  _of("alerts", "drills", "report/figures/drills"), _improvements),
    "supporting": (_of("participants", "host_organisations", "report/figures/host_organisations"),),
    "contributions": (_said("money"),),
    "integrating": (_VALIDATED, _improvements, _improved),
    "capacity": (_used("course"),),
    "feedback": (_answers, _said("again"), _improvements, _improved),
    "practical": (_said("papers"), _said("living"), _said("money"),
                  _of("travel_days", "arrived", "report/figures/arrived")),
    "safety": (_of("safety_training", "share", "report/figures/passed_share", SHARE), _IN_TIME, _TAKEN,
               _of("alerts", "drills", "report/figures/drills"), _said("safe")),
    "selection": (_of("mobilities", "candidates", "report/figures/candidates"),),
    "preparation": (_of("journey_steps", "before/share", "quality/figures/steps_before", SHARE), _said("expect")),
    "monitoring": (_IN_TIME, _of("participants", "host_tutors", "report/figures/host_tutors"),
                   _of("outcomes", "assessed", "report/figures/assessed"), _said("work-contact")),
    "during": (_TAKEN, _said("home-contact")),
    "linguistic": (_of("language", "learners", "report/figures/learners"),
                   _of("language", "higher_share", "report/figures/higher_share", SHARE), _said("language")),
    "defining": (_of("outcomes", "agreed", "report/figures/agreed"),),
    "evaluation": (_of("outcomes", "assessed", "report/figures/assessed"),
                   _of("competences", "learners", "quality/figures/skills")),
    "recognition": (_VALIDATED, _of("certificates", "participation", "report/figures/participation"),
                    _said("recognised")),
}  # fmt: skip
