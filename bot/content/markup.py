"""Telegram's HTML, as far as our texts use it: what is allowed, and how long it is once it is parsed.

Source of the rules: the Bot API's "HTML style" section; a message that breaks them is refused as a whole.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from bot.i18n import utf16_length

# UTF-16 units after parsing, https://core.telegram.org/bots/api#sendmessage and #sendphoto
MESSAGE, CAPTION = 4096, 1024

PLAIN_TAGS = frozenset(("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "pre", "tg-spoiler"))
ATTRIBUTES = {
    "a": re.compile(r"""\shref=(["'])(https?://|tg://|mailto:|\{)[^"'<>]*\1"""),
    "code": re.compile(r"""(\sclass=(["'])language-[\w+#-]+\2)?"""),
    "blockquote": re.compile(r"(\sexpandable)?"),
    "span": re.compile(r"""\sclass=(["'])tg-spoiler\1"""),
}
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)([^<>]*)>|<")
_ENTITY = re.compile(r"&(#\d+|#x[0-9A-Fa-f]+|[A-Za-z]\w*);")
_KNOWN_ENTITIES = frozenset(("lt", "gt", "amp", "quot"))


def problems(wording: str) -> Iterator[str]:
    """What Telegram would refuse or show raw in a text, each with what to do."""
    opened: list[str] = []
    for match in _TAG.finditer(wording):
        closing, name, attributes = match.groups()
        if name is None:
            yield "has a '<' that begins no tag; write &lt; for the sign itself"
        elif closing:
            yield from _close(name.lower(), opened)
        else:
            yield from _open(name.lower(), attributes, opened)
            opened.append(name.lower())
    for name in opened:
        yield f"does not close <{name}>; add </{name}>"
    for entity in _ENTITY.findall(wording):
        if not entity.startswith("#") and entity not in _KNOWN_ENTITIES:
            yield f"has &{entity};, which Telegram does not know; type the character itself"


def _close(name: str, opened: list[str]) -> Iterator[str]:
    if name not in opened:
        yield f"closes </{name}>, which is not open; remove it"
        return
    if opened[-1] != name:
        yield f"closes </{name}> before </{opened[-1]}>; close the inner tag first"
    opened.reverse()
    opened.remove(name)
    opened.reverse()


def _open(name: str, attributes: str, opened: list[str]) -> Iterator[str]:
    if name not in PLAIN_TAGS and name not in ATTRIBUTES:
        yield f"uses <{name}>, which Telegram does not know; use b, i, u, s, a, code, pre, blockquote or tg-spoiler"
    elif name in PLAIN_TAGS and attributes.strip():
        yield f"gives <{name}> attributes; write just <{name}>"
    elif name in ATTRIBUTES and not ATTRIBUTES[name].fullmatch(attributes.rstrip()):
        example = '<a href="https://…">' if name == "a" else f"<{name}>"
        yield f"has a malformed <{name}{attributes}>; write {example}"
    if "code" in opened or ("pre" in opened and name != "code"):
        yield f"has <{name}> within code, where Telegram allows no other tag; move it out"
    if name == "blockquote" and name in opened:
        yield "has a blockquote within a blockquote; Telegram allows one level"


def visible(wording: str) -> str:
    """The text as people read it: without tags, entities as characters."""
    return html.unescape(_TAG.sub("", wording))


def length(wording: str) -> int:
    """Length as Telegram counts it: UTF-16 units after parsing."""
    return utf16_length(visible(wording))
