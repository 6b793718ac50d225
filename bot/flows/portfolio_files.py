"""What of a portfolio goes into its files: the PDF, the JSON, and a text for a Europass CV."""

from __future__ import annotations

from typing import Any

from bot.clock import local_date
from bot.flows.portfolio_items import Item
from bot.flows.scene import Scene
from bot.flows.vocabulary import Drawing
from bot.i18n import Day, Listing, Text, say, verbatim

CV_WORDS = 300  # characters of an entry in a curriculum
SKILLS = ("skills", "badges", "done", "reflections", "log")


def file_of(scene: Scene, inside: tuple[Item, ...], what: str, language: str | None) -> Drawing:
    """The drawing of a file: `pdf` or `json`, with every chosen item as plain data and the pictures it needs."""
    facts: dict[str, Any] = {
        "language": language, "name": scene.stay.learner if scene.stay else scene.name,
        "day": say("portfolio/made_on", day=Day(local_date(scene.now, scene.zone))),
        "items": [_plain(item) for item in inside],
    }  # fmt: skip
    if what == "pdf":
        facts["photos"] = [item.photo for item in inside if item.photo]
    return Drawing(f"portfolio_{what}", facts)


def _plain(item: Item) -> dict[str, Any]:
    return {
        "section": item.section, "title": item.title, "lines": list(item.lines), "words": item.words,
        "photo": item.photo, "competences": list(item.competences), "data": dict(item.data),
    }  # fmt: skip


# --- a text for a curriculum ----------------------------------------------------------------------


def curriculum(scene: Scene, inside: tuple[Item, ...]) -> tuple[Text, ...]:
    """Under the headings of a Europass CV, plain enough to be copied."""
    by_section = {section: [i for i in inside if i.section == section] for section in {i.section for i in inside}}
    body = [say("portfolio/cv/experience"), _stay(scene, by_section.get("stay", []))]
    outcomes = [item for item in by_section.get("outcomes", []) if item.data.get("kind") == "outcome"]
    learnt = [say("portfolio/cv/line", words=item.title) for item in outcomes]
    if learnt:
        body += [say("portfolio/cv/learnt"), say("portfolio/cv/list", lines=Listing(tuple(learnt), lines=True))]
    if languages := by_section.get("languages"):
        body += [say("portfolio/cv/languages"), _lines(languages)]
    others = [item for section in ("skills", "badges", "done") for item in by_section.get(section, ())]
    if others:
        body += [say("portfolio/cv/skills"), _lines(others)]
    if papers := by_section.get("certificates"):
        body += [say("portfolio/cv/certificates"), _lines(papers)]
    return tuple(body)


def _stay(scene: Scene, items: list[Item]) -> Text:
    lines = [say("portfolio/cv/pair", title=item.title, told=item.lines[0]) for item in items if item.lines]
    return say("portfolio/cv/list", lines=Listing(tuple(lines), lines=True))


def _lines(items: list[Item]) -> Text:
    return say("portfolio/cv/list", lines=Listing(tuple(map(_line, items)), lines=True))


def _line(item: Item) -> Text:
    told: Text | None = item.lines[0] if item.lines else None
    if item.data.get("kind") in ("challenge", "reflection"):
        told = verbatim(" ".join(item.words.split())[:CV_WORDS]) if item.words else None
    if told is None:
        return say("portfolio/cv/line", words=item.title)
    return say("portfolio/cv/told", title=item.title, told=told)
