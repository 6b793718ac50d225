"""Message text and entities → HTML for the web page. Only a fixed set of tags; everything else is escaped."""

from html import escape
from itertools import pairwise
from typing import Any

from bot.sandbox.entities import in_order

Json = dict[str, Any]

_PLAIN = {
    "bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "code": "code", "blockquote": "blockquote",
}  # fmt: skip
_LINKS = ("http://", "https://", "tg://")


def _address(entity: Json, text: str) -> str:
    url = str(entity["url"]) if entity["type"] == "text_link" else text
    if entity["type"] == "url" and "://" not in url:
        url = "http://" + url
    return url if url.lower().startswith(_LINKS) else ""


def _tags(entity: Json, text: str) -> tuple[str, str]:
    """Opening and closing tag of an entity; empty where the page shows plain text."""
    kind = entity["type"]
    if kind in _PLAIN:
        return f"<{_PLAIN[kind]}>", f"</{_PLAIN[kind]}>"
    if kind == "spoiler":
        return '<span class="tg-spoiler">', "</span>"
    if kind == "expandable_blockquote":
        return '<blockquote class="expandable">', "</blockquote>"
    if kind == "pre" and entity.get("language"):
        return f'<pre><code class="language-{escape(str(entity["language"]))}">', "</code></pre>"
    if kind == "pre":
        return "<pre>", "</pre>"
    if kind in ("text_link", "url") and (url := _address(entity, text)):
        return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">', "</a>"
    return "", ""


def to_html(text: str, entities: list[Json] | None) -> str:
    """HTML of a text; `entities` with UTF-16 offsets. Overlapping entities are closed and opened again."""
    if not entities:
        return escape(text)
    units = text.encode("utf-16-le", "surrogatepass")
    spans = [(e["offset"], e["offset"] + e["length"], e) for e in in_order(entities)]
    cuts = sorted({0, len(units) // 2, *(s for s, _, _ in spans), *(e for _, e, _ in spans)})

    def piece(start: int, end: int) -> str:
        return units[2 * start : 2 * end].decode("utf-16-le", "replace")

    tags = [_tags(e, piece(s, t)) for s, t, e in spans]
    html: list[str] = []
    active: list[int] = []
    for start, end in pairwise(cuts):
        wanted = [n for n, (s, t, _) in enumerate(spans) if s <= start < t]
        same = 0
        while same < min(len(active), len(wanted)) and active[same] == wanted[same]:
            same += 1
        html.extend(tags[n][1] for n in reversed(active[same:]))
        html.extend(tags[n][0] for n in wanted[same:])
        html.append(escape(piece(start, end)))
        active = wanted
    html.extend(tags[n][1] for n in reversed(active))
    return "".join(html)


def with_html(message: Json) -> Json:
    """The message as the page gets it: with `html`, the rendered text or caption ("" when there is none)."""
    text = str(message.get("text", message.get("caption", "")))
    entities = message.get("entities", message.get("caption_entities"))
    return {**message, "html": to_html(text, entities)}
