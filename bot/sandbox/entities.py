"""Message entities: order, repair and automatic detection. Offsets and lengths are UTF-16 units, as Telegram counts."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]
MAX_ENTITIES = 100

# TDLib's type priorities: of entities over the same range the smaller one is listed first (the outer one).
_PRIORITY = {
    "blockquote": 0, "expandable_blockquote": 0, "pre": 11, "code": 20, "text_link": 49, "text_mention": 49,
    "bold": 90, "italic": 91, "underline": 92, "strikethrough": 93, "spoiler": 94, "custom_emoji": 99,
}  # fmt: skip
_SPLITTABLE = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
_QUOTES = frozenset({"blockquote", "expandable_blockquote"})
_CODE = frozenset({"pre", "code"})

_TO_SPACE = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f]")
_TO_DROP = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")

_FOUND = re.compile(
    r"(?P<url>(?:https?|tg)://[^\s<>\"']+)"
    r"|(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,})"
    r"|(?P<domain>(?<![\w@.-])(?:[A-Za-z0-9-]+\.)+(?:com|org|net|eu|fr|es|it|de|nl|be|si|pl|pt|lv|mt|al|ba|me|mk|rs|io)"
    r"(?![\w-])(?:/[^\s<>\"']*)?)"
    r"|(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/]))"
    r"|(?P<mention>(?<![\w@])@[A-Za-z0-9_]{4,32}(?!\w))"
    r"|(?P<hashtag>(?<!\w)#\w*[^\W\d]\w*)"
    r"|(?P<phone_number>(?<![\w+])\+\d(?:[ ()-]?\d){7,14}(?!\w))"
)


def utf16_length(text: str) -> int:
    """Number of UTF-16 code units (an emoji outside the first plane counts two)."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def in_order(entities: Iterable[Json]) -> list[Json]:
    """Sorted as Telegram lists them: by offset, the longer first, then by type."""
    return sorted(entities, key=lambda e: (e["offset"], -e["length"], _PRIORITY.get(e["type"], 50)))


def tidy(entities: Iterable[Json]) -> list[Json]:
    """Entities that Telegram would accept: no styles inside code, no crossing links, no doubled styles."""
    kept: list[Json] = []
    ends: dict[str, Json] = {}
    link_end = quote_end = 0
    for entity in in_order(entities):
        kind, start, end = entity["type"], entity["offset"], entity["offset"] + entity["length"]
        if entity["length"] <= 0:
            continue
        if kind in _SPLITTABLE:
            before = ends.get(kind)
            if before is not None and start < before["offset"] + before["length"]:
                before["length"] = max(before["length"], end - before["offset"])
                continue
            ends[kind] = entity
        elif kind in _QUOTES:
            if start < quote_end:
                continue
            quote_end = end
        else:
            if start < link_end:
                continue
            link_end = end
        kept.append(entity)
    return _outside_code(kept)


def _outside_code(entities: list[Json]) -> list[Json]:
    """Styles cut where code stands: Telegram allows nothing inside code and pre."""
    fences = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in _CODE]
    if not fences:
        return entities
    result: list[Json] = []
    for entity in entities:
        if entity["type"] not in _SPLITTABLE:
            result.append(entity)
            continue
        start, end = entity["offset"], entity["offset"] + entity["length"]
        for low, high in fences:
            if high <= start or low >= end:
                continue
            if low > start:
                result.append({**entity, "offset": start, "length": low - start})
            start = max(start, high)
        if start < end:
            result.append({**entity, "offset": start, "length": end - start})
    return in_order(result)


def settle(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Text and entities as stored: control characters replaced, ends trimmed, entities repaired.

    Leading blanks stay where an entity begins at them, as with Telegram.
    """
    text = _TO_SPACE.sub(" ", text)
    if not entities:
        return _TO_DROP.sub("", text).strip(" \n"), []
    text, entities = _without_dropped(text, entities)
    entities = _without_blank_edges(text, tidy(entities))
    text = text.rstrip(" \n")
    end = utf16_length(text)
    clipped = [{**e, "length": min(e["length"], end - e["offset"])} for e in entities if e["offset"] < end]
    lead = len(text) - len(text.lstrip(" \n"))
    lead = min([lead, *(e["offset"] for e in clipped)])
    for entity in clipped:
        entity["offset"] -= lead
    return text[lead:], in_order(clipped)[:MAX_ENTITIES]


def _without_dropped(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Carriage returns and direction overrides vanish; entities move along (each dropped character is one unit)."""
    dropped = [utf16_length(text[: m.start()]) for m in _TO_DROP.finditer(text)]
    if not dropped:
        return text, entities
    moved = []
    for entity in entities:
        start = entity["offset"] - bisect_left(dropped, entity["offset"])
        end = entity["offset"] + entity["length"]
        moved.append({**entity, "offset": start, "length": end - bisect_left(dropped, end) - start})
    return _TO_DROP.sub("", text), moved


def _without_blank_edges(text: str, entities: list[Json]) -> list[Json]:
    """Entities start at their first visible character; blank ones vanish."""
    units = text.encode("utf-16-le", "surrogatepass")
    kept = []
    for entity in entities:
        start = entity["offset"]
        covered = units[2 * start : 2 * (start + entity["length"])].decode("utf-16-le", "replace")
        visible = covered.lstrip(" \n")
        if visible:
            blank = len(covered) - len(visible)
            kept.append({**entity, "offset": start + blank, "length": entity["length"] - blank})
    return kept


def found_entities(text: str) -> list[Json]:
    """What Telegram marks by itself: links, e-mail addresses, commands, mentions, hashtags, phone numbers."""
    result = []
    plain = text.isascii()
    for match in _FOUND.finditer(text):
        kind, value = str(match.lastgroup), match[0]
        if kind in ("url", "domain"):
            kind, value = "url", value.rstrip(".,;:!?)]}…")
        offset = match.start() if plain else utf16_length(text[: match.start()])
        result.append({"type": kind, "offset": offset, "length": utf16_length(value)})
    return result


def with_found(text: str, entities: list[Json]) -> list[Json]:
    """Given entities plus the detected ones that do not touch a given link or code."""
    found = found_entities(text)
    if not found:
        return entities
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] not in _SPLITTABLE | _QUOTES]
    free = [e for e in found if not any(e["offset"] < b and a < e["offset"] + e["length"] for a, b in taken)]
    return in_order([*entities, *free])[:MAX_ENTITIES]
