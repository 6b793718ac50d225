"""Checks of whole messages: what stands together in one must fit into it, in every language, as people read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.content import markup
from bot.content.catalogue import Translation, stale
from bot.content.folder import SourceText, Tree
from bot.content.items import (
    ITEM_FOLDERS,
    Assessment,
    Challenge,
    Checklist,
    Item,
    LanguageCheck,
    Lesson,
    Quiz,
    Reflection,
    Survey,
    TextItem,
)
from bot.errors import Fault

# What the chat puts around an item, at most: the head, who sees the answer, how to send it, the rules for photos.
FRAME = 800


def crowded_screens(tree: Tree, translations: Iterable[Translation]) -> Iterator[Fault]:
    """Messages of items that are longer than Telegram takes, though each of their texts is short enough."""
    lengths = _lengths(tree.texts, translations)
    for path, loaded in tree.files.items():
        if path.split("/")[0] not in ITEM_FOLDERS:
            continue
        item: Item = loaded.model  # type: ignore[assignment]
        for fields in screens(item):
            ids = [f"{path}/{field}" for field in fields if f"{path}/{field}" in tree.texts]
            for language, known in lengths.items():
                size = sum(known.get(text_id, 0) or lengths[""].get(text_id, 0) for text_id in ids)
                if max(known.get(text_id, 0) for text_id in ids) <= markup.MESSAGE < size + FRAME:
                    yield _fault(tree, ids, language, size)


def _fault(tree: Tree, ids: list[str], language: str, size: int) -> Fault:
    longest = tree.texts[ids[-1]]
    where = f" in {language}" if language else ""
    what = f"{longest.id} and what stands with it in one message have {size} characters{where}"
    return longest.fault(
        f"{what}; with what the chat adds, at most {markup.MESSAGE - FRAME} fit: shorten or split them"
    )


def _lengths(texts: Mapping[str, SourceText], translations: Iterable[Translation]) -> dict[str, dict[str, int]]:
    """By language ("" is the source) the length of each text that people read there."""
    found = {"": {text.id: _longest(text.forms) for text in texts.values()}}
    for translation in translations:
        text = texts.get(translation.id)
        if text is not None and translation.forms and not stale(text, translation):
            found.setdefault(translation.language, {})[text.id] = _longest(translation.forms)
    return found


def _longest(forms: Iterable[str]) -> int:
    return max(markup.length(form) for form in forms)


def screens(item: Item) -> Iterator[tuple[str, ...]]:
    """The fields that stand together in one message of an item."""
    match item:
        case TextItem():
            yield ("title", "body")
        case Lesson():
            yield from (("title", f"cards/{card.id}/text") for card in item.cards)
        case Quiz():
            for question in item.questions:
                at = f"questions/{question.id}"
                options = tuple(f"{at}/options/{option.id}/text" for option in question.options)
                yield ("title", f"{at}/prompt", *options)
                yield ("title", f"{at}/prompt", options[0], f"{at}/explanation")
        case Challenge():
            yield from (("title", field) for field in ("task", "indoors"))
        case Reflection():
            yield ("title", "prompt")
        case Checklist():
            lines = (f"items/{entry.id}/{field}" for entry in item.items if entry.hint for field in ("text", "hint"))
            yield ("title", "intro", *lines)
        case Assessment() | Survey() | LanguageCheck():
            yield ("title", "intro")
