"""Published versions of a journey: they pin structure, never wording.

A learner who has begun goes on with the steps as they were; the words are always today's. Words of steps that no
longer exist are kept as a snapshot until nobody is pinned to them (`Catalogues.retired`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from bot.content.fields import PINNED
from bot.content.items import ITEM_KINDS, Item
from bot.content.loader import Library
from bot.content.schema import Journey, Step
from bot.content.texts import texts_of
from bot.errors import BadInput
from bot.i18n import SOURCE_LANGUAGE, Forms

FORMAT = 1
_NO_STRUCTURE = {"source_language", "meaning_changed", "comments", "sources"}


@dataclass(frozen=True, slots=True)
class Script:
    """A journey with exactly the items its steps use, from the library or from a pinned version."""

    journey: Journey
    items: Mapping[tuple[str, str], Item]
    places: Mapping[str, int] = field(init=False, repr=False, compare=False)  # of each step, in the author's order

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", {step.id: place for place, step in enumerate(self.journey.steps)})

    def step(self, step_id: str) -> Step | None:
        """The step of that id, if the journey has it."""
        place = self.places.get(step_id)
        return None if place is None else self.journey.steps[place]

    def item(self, step: Step) -> Item:
        """What a step shows."""
        return self.items[step.kind, step.use]


def current(journey: Journey, library: Library) -> Script:
    """A journey as the library has it today."""
    return Script(journey, {(step.kind, step.use): library.item(step) for step in journey.steps})


def structure(journey: Journey, library: Library) -> dict[str, Any]:
    """All steps and the inner structure of their items as JSON data, without a word of text and without notes."""
    script = current(journey, library)
    items: dict[str, dict[str, Any]] = {}
    for (kind, item_id), item in sorted(script.items.items()):
        items.setdefault(kind, {})[item_id] = _dump(item)
    return {"format": FORMAT, "journey": _dump(journey), "items": items}


def _dump(model: Journey | Item) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True, exclude=_NO_STRUCTURE, exclude_none=True)


def digest(pinned: Mapping[str, Any]) -> str:
    """A fingerprint of a structure: 16 hexadecimal digits, the same on every machine."""
    canonical = json.dumps(pinned, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def from_structure(pinned: Mapping[str, Any]) -> Script:
    """The inverse of `structure`, its texts empty; raises BadInput for data of an unknown format."""
    if pinned.get("format") != FORMAT:
        raise BadInput(f"This journey version has format {pinned.get('format')}; publish the journey again.")
    try:
        journey = Journey.model_validate(pinned["journey"], context=PINNED)
        items = {
            (kind, item_id): ITEM_KINDS[kind].model_validate(data, context=PINNED)
            for kind, of_kind in pinned["items"].items()
            for item_id, data in of_kind.items()
        }
    except (KeyError, ValidationError) as error:
        raise BadInput(f"This journey version cannot be read ({error}); publish the journey again.") from error
    return Script(journey, items)


def wording(journey: Journey, library: Library) -> dict[str, dict[str, Forms]]:
    """Every text of a journey and its items, by language and id: what to keep when steps retire."""
    script = current(journey, library)
    ids = [text_id for source in (journey, *script.items.values()) for text_id, _ in texts_of(source)]
    found: dict[str, dict[str, Forms]] = {}
    for language, translated in library.catalogues.translations.items():
        found[language] = {text_id: translated[text_id] for text_id in ids if text_id in translated}
    for text_id in ids:
        entry = library.catalogues.sources[text_id]
        for language in (entry.language, SOURCE_LANGUAGE):
            found.setdefault(language, {}).setdefault(text_id, entry.forms)
    return found


def retired(snapshots: Iterable[Mapping[str, Mapping[str, Iterable[str]]]]) -> dict[str, dict[str, Forms]]:
    """Snapshots as stored (oldest first), joined for `Catalogues.retired`; the newest wording of an id wins."""
    joined: dict[str, dict[str, Forms]] = {}
    for snapshot in snapshots:
        for language, texts in snapshot.items():
            joined.setdefault(language, {}).update({text_id: tuple(forms) for text_id, forms in texts.items()})
    return joined
