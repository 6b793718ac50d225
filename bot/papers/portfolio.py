"""A learner's portfolio as a PDF, made of exactly the items they chose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

from bot.i18n import say, verbatim
from bot.papers import picture
from bot.papers.blocks import Block, Bullets, Document, Facts, Heading, Paragraph, Picture
from bot.papers.booklet import booklet
from bot.papers.inline import bare
from bot.rules.assessment import HIGHEST
from bot.rules.points import COMPETENCES

SIDE = 1000  # pixels of a photo's longer side: sharp on paper, small in a file
QUALITY = 82
PIXELS = 60_000_000  # a picture that unpacks to more is left out: no telephone takes one
CHUNK = 1400  # characters of one paragraph: it must fit on a page
_COLUMNS = (
    ("before", say("assessment/before")), ("then", say("assessment/then/column")), ("after", say("assessment/after")),
)  # fmt: skip
Marked = Callable[[Any], str]  # a text with its markup, what people wrote made safe


def pdf(facts: Mapping[str, Any], words: Marked, language: str) -> bytes:
    """`facts`: name, day (a text), items, and `pictures` by the id of their photo, None where there was none to get."""
    return booklet(document(facts, words, language))


def document(facts: Mapping[str, Any], words: Marked, language: str) -> Document:
    """What is drawn, block by block."""
    items: Sequence[Mapping[str, Any]] = facts["items"]
    name = words(verbatim(facts["name"]))
    blocks: list[Block] = [Paragraph(words(say("portfolio/subtitle"))), Paragraph(words(facts["day"]), quiet=True)]
    for section, draw in _SECTIONS:
        there = [item for item in items if item["section"] == section]
        if there:
            blocks += [Heading(1, words(say(f"portfolio/sections/{section}"))), *draw(there, words)]
    blocks += _competences(items, words)
    for section in ("done", "reflections", "log"):
        there = [item for item in items if item["section"] == section]
        if there:
            blocks.append(Heading(1, words(say(f"portfolio/sections/{section}"))))
            for item in there:
                blocks += _own(item, words, facts.get("pictures", {}))
    blocks.append(Paragraph(words(say("portfolio/foot")), quiet=True))
    return Document(language, name, tuple(blocks), foot=words(say("portfolio/page", name=facts["name"])))


def _stay(items: Sequence[Mapping[str, Any]], words: Marked) -> Iterator[Block]:
    yield Facts(tuple((words(item["title"]), words(item["lines"][0])) for item in items))


def _list(items: Sequence[Mapping[str, Any]], words: Marked) -> Iterator[Block]:
    yield Bullets(tuple((words(item["title"]), "\n".join(map(words, item["lines"]))) for item in items))


def _languages(items: Sequence[Mapping[str, Any]], words: Marked) -> Iterator[Block]:
    yield from _list(items, words)
    if any(item["data"]["source"] == "test" for item in items):
        yield Paragraph(words(say("portfolio/test_is")), quiet=True)


_SECTIONS = (("stay", _stay), ("certificates", _list), ("outcomes", _list), ("languages", _languages))


def _competences(items: Sequence[Mapping[str, Any]], words: Marked) -> Iterator[Block]:
    """Each competence of which anything was chosen: how they see themselves, the badge, and what shows it."""
    known = [item for item in items if item["section"] in ("skills", "badges", "done", "reflections")]
    begun = False
    for name in COMPETENCES:
        there = [item for item in known if name in item["competences"]]
        if not there:
            continue
        if not begun:
            yield Heading(1, words(say("portfolio/competences")))
            yield Paragraph(words(say("portfolio/competences_are")), quiet=True)
            yield from _net([item for item in items if item["section"] == "skills"], words)
            begun = True
        yield Heading(2, words(say(f"competences/{name}")))
        yield Bullets(tuple(_of_competence(item, words) for item in there))


def _net(items: Sequence[Mapping[str, Any]], words: Marked) -> Iterator[Block]:
    """How they see themselves as a net; fewer than three competences make none."""
    if len(items) < 3:
        return
    known = [(name, bare(words(text))) for name, text in _COLUMNS if any(name in i["data"]["values"] for i in items)]
    values = [[item["data"]["values"].get(name) for name, _ in known] for item in items]
    yield Picture(*picture.net([bare(words(item["title"])) for item in items], known, values, HIGHEST))


def _of_competence(item: Mapping[str, Any], words: Marked) -> tuple[str, str]:
    match item["section"]:
        case "skills":
            return words(say("portfolio/self_view")), words(item["lines"][0])
        case "badges":
            return words(say("portfolio/badge", name=item["title"])), words(item["lines"][0])
        case _:
            return words(say("portfolio/evidence", title=item["title"])), ""


def _own(item: Mapping[str, Any], words: Marked, pictures: Mapping[str, bytes | None]) -> Iterator[Block]:
    yield Heading(2, words(item["title"]))
    for line in item["lines"]:
        yield Paragraph(words(line).split("\n\n")[0], quiet=True)  # the rest of a task is for the chat
    for paragraph in item["words"].split("\n"):
        for start in range(0, len(paragraph), CHUNK):
            yield Paragraph(words(verbatim(paragraph[start : start + CHUNK])))
    if item["photo"]:
        photo = picture_of(pictures.get(item["photo"]))
        yield photo if photo is not None else Paragraph(words(say("portfolio/no_photo")), quiet=True)


def picture_of(content: bytes | None) -> Picture | None:
    """A photo the right way up, smaller, and without what a camera notes beside it (place, hour, device); None for what
    is no picture."""
    if content is None:
        return None
    from PIL import Image, ImageOps, UnidentifiedImageError  # slow to read, and few processes draw

    try:
        with Image.open(BytesIO(content)) as found:
            if found.width * found.height > PIXELS:
                return None
            image = ImageOps.exif_transpose(found).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    image.thumbnail((SIDE, SIDE))
    clean = BytesIO()
    image.save(clean, "JPEG", quality=QUALITY)
    return Picture(clean.getvalue(), image.width, image.height)
