"""Content as documents: facilitator sheets, guides, and whole journeys for people who do not use Telegram."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bot.content.items import Assessment, Challenge, Checklist, Item, Lesson, Quiz, Reflection, Survey, TextItem
from bot.content.loader import Library
from bot.content.schema import Journey, Step
from bot.content.sheets import Guide, Piece, Sheet
from bot.i18n import Day, Text, say
from bot.papers import blocks
from bot.papers.blocks import Block, Bullets, Cards, Document, Facts, Heading, NewPage, Paragraph, Steps, Words
from bot.papers.inline import headed

STAGES = ("before", "during", "after")
ANCHORS = ("departure", "arrival", "return")
TO_CIRCLE = "1      2      3      4      5"
WEEKS_FROM = 12  # days from which a time is told in weeks


def of(path: str) -> Text:
    """A text of the content by its id."""
    return Text(path, {})


# --- facilitator sheets -----------------------------------------------------------------------------


def sheets_document(sheets: Sequence[Sheet], words: Words, language: str) -> Document:
    """One sheet, or several with a list of them at the start, each on a page of its own."""
    if len(sheets) == 1:
        title = words(of(f"{sheets[0].path}/title"))
        return _document(title, _sheet(sheets[0], words, 1), words, language)
    found: list[Block] = []
    for sheet in sheets:
        found += [NewPage(), Heading(1, words(of(f"{sheet.path}/title"))), *_sheet(sheet, words, 2)]
    return _document(words(say("document/sheets")), found, words, language, contents=True)


def _sheet(sheet: Sheet, words: Words, level: int) -> Iterator[Block]:
    def own(field: str) -> str:
        return words(of(f"{sheet.path}/{field}"))

    competences = " · ".join(words(say(f"competences/{c}")) for c in sheet.competences)
    yield Facts((
        (words(say("document/goal")), own("goal")),
        (words(say("document/competences")), competences),
        (words(say("document/phase")), words(say(f"document/{sheet.phase}"))),
        (words(say("document/group")), words(say("document/people", least=sheet.group.min, most=sheet.group.max))),
        (words(say("document/time")), words(say("document/minutes", n=sheet.minutes))),
        (words(say("document/material")), own("material")),
    ))  # fmt: skip
    if sheet.note is not None:
        yield Heading(level, words(say("document/note")))
        yield Paragraph(own("note"))
    yield Heading(level, words(say("document/steps")))
    yield Steps(tuple((words(say("document/short", n=s.minutes)), own(f"steps/{s.id}/text")) for s in sheet.steps))
    yield Heading(level, words(say("document/debrief")))
    yield Bullets(tuple((own(f"debrief/{line.id}/text"), "") for line in sheet.debrief))
    for variant in ("shy", "online"):
        yield Heading(level + 1, words(say(f"document/{variant}")))
        yield Paragraph(own(variant))
    if sheet.handout:
        yield Heading(level, words(say("document/handout")))
        yield Cards(tuple(own(f"handout/{line.id}/text") for line in sheet.handout))


# --- guides -----------------------------------------------------------------------------------------


def guide_document(guide: Guide, library: Library, words: Words, language: str) -> Document:
    """A guide with the items it shows, and at its end where their facts come from."""
    found: list[Block] = [Paragraph(words(of(f"{guide.path}/intro")))]
    shown: list[Item] = []
    for chapter in guide.chapters:
        at = f"{guide.path}/chapters/{chapter.id}"
        found.append(Heading(1, words(of(f"{at}/title"))))
        for piece in chapter.pieces:
            found += _piece(piece, f"{at}/pieces/{piece.id}", library, words, shown)
    found += _sources([guide, *shown], words)
    return _document(words(of(f"{guide.path}/title")), found, words, language, contents=True)


def _piece(piece: Piece, at: str, library: Library, words: Words, shown: list[Item]) -> Iterator[Block]:
    item = _used(piece.use, library) if piece.use else None
    if piece.title is not None:
        yield Heading(2, words(of(f"{at}/title")))
    elif item is not None and getattr(item, "title", None):
        yield Heading(2, words(of(f"{item.path}/title")))
    if piece.text is not None:
        yield Paragraph(words(of(f"{at}/text")))
    if item is not None:
        shown.append(item)
        yield from item_blocks(item, words)


def _used(path: str, library: Library) -> Item:
    return next(item for item in library.items.values() if item.path == path)


def _sources(items: Iterable[Item | Guide], words: Words) -> Iterator[Block]:
    facts = [fact for item in items for fact in getattr(item, "sources", ())]
    if facts:
        yield Heading(1, words(say("document/sources")))
        lines = {words(say("document/source", source=f.source, checked=Day(f.checked, "long"))): "" for f in facts}
        yield Bullets(tuple(lines.items()))


# --- journeys ---------------------------------------------------------------------------------------


def journey_document(journey: Journey, library: Library, words: Words, language: str) -> Document:
    """A journey as a booklet: what comes when, then everything in that order. What comes at different times,
    depending on the stay, stands there once."""
    chosen = list(_once(journey, library))
    found: list[Block] = [Paragraph(words(say("document/instead"))), _people(words)]
    found += [Heading(1, words(say("document/timeline"))), _timeline(chosen, words)]
    shown: list[Item] = []
    for stage in STAGES:
        of_stage = [(step, item, varies) for step, item, varies in chosen if step.stage == stage]
        if of_stage:
            found += [NewPage(), Heading(1, words(say(f"document/{stage}")))]
        for step, item, varies in of_stage:
            shown.append(item)
            found += [Heading(2, _title(item, words), due(step, varies, words)), *item_blocks(item, words)]
    found += _sources(shown, words)
    return _document(words(of(f"{journey.path}/title")), found, words, language, contents=True)


def _people(words: Words) -> Facts:
    return Facts(tuple((words(say(f"document/{name}")), "") for name in ("learner", "contact", "phone", "second")))


def _once(journey: Journey, library: Library) -> Iterator[tuple[Step, Item, bool]]:
    """Steps in the order in which they come, each item once: (step, its item, whether it comes at different times)."""

    def place(step: Step) -> tuple[int, int, int, str]:
        return STAGES.index(step.stage), ANCHORS.index(step.when.anchor), step.when.days, step.when.at.isoformat()

    times = Counter((step.kind, step.use) for step in journey.steps)
    seen: set[tuple[str, str]] = set()
    for step in sorted(journey.steps, key=place):
        key = (step.kind, step.use)
        if key not in seen:
            seen.add(key)
            yield step, library.item(step), times[key] > 1


def _timeline(chosen: Iterable[tuple[Step, Item, bool]], words: Words) -> Facts:
    """A line a time, with all that comes then."""
    lines: dict[str, list[str]] = {}
    for step, item, varies in chosen:
        lines.setdefault(due(step, varies, words), []).append(_title(item, words))
    return Facts(tuple((time, "\n".join(titles)) for time, titles in lines.items()))


def _title(item: Item, words: Words) -> str:
    return words(of(f"{item.path}/title")) if getattr(item, "title", None) else ""


def due(step: Step, varies: bool, words: Words) -> str:
    """When a step comes, in words."""
    if varies:
        return words(say("document/due/varies"))
    days = step.when.days
    if not days:
        return words(say(f"document/due/{step.when.anchor}/on"))
    unit, n = ("weeks", round(abs(days) / 7)) if abs(days) >= WEEKS_FROM else ("days", abs(days))
    side = "before" if days < 0 else "after"
    return words(say(f"document/due/{step.when.anchor}/{side}", span=say(f"document/{unit}", n=n)))


# --- items ------------------------------------------------------------------------------------------


def item_blocks(item: Item, words: Words) -> Iterator[Block]:
    """What an item says, without its title."""

    def own(field: str) -> str:
        return words(of(f"{item.path}/{field}"))

    match item:
        case TextItem():
            yield Paragraph(own("body"))
        case Lesson():
            for card in item.cards:
                title, rest = headed(own(f"cards/{card.id}/text"))
                if title:
                    yield Heading(3, title)
                yield Paragraph(rest)
        case Quiz():
            yield from _questions(item, words)
        case Checklist():
            yield Paragraph(own("intro"))
            lines = ((own(f"items/{e.id}/text"), own(f"items/{e.id}/hint") if e.hint else "") for e in item.items)
            yield Bullets(tuple(lines), boxes=True)
        case Assessment():
            yield Paragraph(own("intro"))
            for area in item.areas:
                yield Heading(3, words(say(f"competences/{area.id}")))
                lines = ((own(f"areas/{area.id}/statements/{s.id}/text"), "") for s in area.statements)
                yield Bullets(tuple(lines), boxes=True)
        case Survey():
            yield Paragraph(own("intro"))
            yield Paragraph(words(say("survey/scale")), quiet=True)
            lines = ((own(f"questions/{question.id}/text"), TO_CIRCLE) for question in item.questions)
            yield Bullets(tuple(lines))
            yield Facts(((own("remark"), ""),))
        case Challenge():
            yield Paragraph(own("task"))
            if item.indoors is not None:
                yield Paragraph(own("indoors"), quiet=True)
        case Reflection():
            yield Paragraph(own("prompt"))
            if item.choices:
                yield Bullets(tuple((own(f"choices/{choice.id}/text"), "") for choice in item.choices), boxes=True)


def _questions(quiz: Quiz, words: Words) -> Iterator[Block]:
    for number, question in enumerate(quiz.questions, 1):
        at = f"{quiz.path}/questions/{question.id}"
        yield blocks.Quiz(
            number, words(of(f"{at}/prompt")), tuple(words(of(f"{at}/options/{o.id}/text")) for o in question.options),
            next(n for n, option in enumerate(question.options) if option.right), words(of(f"{at}/explanation")),
        )  # fmt: skip


def _document(
    title: str, found: Iterable[Block], words: Words, language: str, *, contents: bool = False
) -> Document:  # fmt: skip
    return Document(
        language, title, tuple(found), answer=words(say("document/answer")), answers=words(say("document/answers")),
        contents=words(say("document/contents")) if contents else "", foot=words(say("document/foot", title=title)),
    )  # fmt: skip
