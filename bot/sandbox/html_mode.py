"""Telegram's HTML parse mode: text with tags → plain text and entities (offsets in UTF-16 units).

Follows the behaviour of TDLib's parser: lower-cased names; only numeric character references and
`&lt; &gt; &amp; &quot;` (others stay as written); unknown attributes ignored; errors with byte offsets.
"""

import re
from dataclasses import dataclass
from typing import Any

from bot.sandbox.entities import in_order, utf16_length
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.links import BadLink, checked_link, mentioned_user

Json = dict[str, Any]

_STYLES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
}  # fmt: skip
_TAGS = frozenset({*_STYLES, "a", "pre", "code", "blockquote", "tg-emoji"})
_SPACE = " \t\r\n\x00\x0b"
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]*)|#([0-9]*)|([A-Za-z]+))")
_SPECIAL = re.compile(r"[&<]")
_TAG_NAME = re.compile(rf"[^{_SPACE}>]*")
_ATTRIBUTE_NAME = re.compile(rf"[^{_SPACE}=>/\"']*")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end: name, argument (href, language, …), UTF-16 offset, place in the output."""

    name: str
    argument: str
    offset: int
    piece: int


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Plain text and entities of an HTML text. Raises ApiError 400 "can't parse entities: …" with the byte offset."""
    parser = _Parser(source)
    parser.run()
    for entity in parser.entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return "".join(parser.out), in_order(parser.entities)


def _reference(source: str, at: int) -> tuple[str, int] | None:
    """The character written at `at` ("&…") and the place after it; None where it is no known reference."""
    found = _REFERENCE.match(source, at)
    if found is None:
        return None
    end = found.end()
    if found[3] is not None:
        char = _NAMED.get(found[3])
    else:
        digits = found[1] if found[1] is not None else found[2]
        code = int(digits, 16 if found[1] is not None else 10) if digits else 0
        char = chr(code) if 0 < code < 0x10FFFF and end - at < 10 else None
    if char is None:
        return None
    return char, end + 1 if source.startswith(";", end) else end


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.out: list[str] = []
        self.offset = 0
        self.stack: list[_Open] = []
        self.entities: list[Json] = []

    def run(self) -> None:
        at = 0
        while (special := _SPECIAL.search(self.source, at)) is not None:
            self._emit(self.source[at : special.start()])
            at = special.start()
            if special[0] == "&":
                at = self._character(at)
            elif self.source.startswith("/", at + 1):
                at = self._end_tag(at)
            else:
                at = self._start_tag(at)
        self._emit(self.source[at:])
        if self.stack:
            raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].name}"')

    def _emit(self, text: str) -> None:
        self.out.append(text)
        self.offset += utf16_length(text)

    def _character(self, at: int) -> int:
        reference = _reference(self.source, at)
        if reference is None:
            self._emit("&")
            return at + 1
        char, after = reference
        if "\ud800" <= char <= "\udfff":
            raise _cannot_parse(
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched "
                "surrogate code units"
            )
        self._emit(char)
        return after

    def _fail(self, text: str, at: int) -> ApiError:
        return _cannot_parse(f"{text} at byte offset {len(self.source[:at].encode('utf-8', 'surrogatepass'))}")

    def _skip_space(self, at: int) -> int:
        while at < len(self.source) and self.source[at] in _SPACE:
            at += 1
        return at

    def _start_tag(self, begin: int) -> int:
        at = _end(_TAG_NAME, self.source, begin + 1)
        if at >= len(self.source):
            raise self._fail("Unclosed start tag", begin)
        name = self.source[begin + 1 : at].lower()
        if name not in _TAGS:
            raise self._fail(f'Unsupported start tag "{name}"', begin)
        argument = ""
        while True:
            at = self._skip_space(at)
            if self.source.startswith(">", at):
                break
            key, value, at = self._attribute(name, begin, at)
            argument = _argument(name, key, value) or argument
        if name == "span" and argument != "spoiler":
            raise self._fail('Tag "span" must have class "tg-spoiler"', begin)
        self.stack.append(_Open(name, argument, self.offset, len(self.out)))
        return at + 1

    def _attribute(self, tag: str, begin: int, at: int) -> tuple[str, str | None, int]:
        """Name, value (None: written without one) and the place after an attribute."""
        if at >= len(self.source):
            raise self._fail(f'Unclosed start tag "{tag}"', begin)
        end = _end(_ATTRIBUTE_NAME, self.source, at)
        key = self.source[at:end]
        if not key:
            raise self._fail(f'Empty attribute name in the tag "{tag}"', begin)
        at = self._skip_space(end)
        if not self.source.startswith("=", at):
            return key, None, at
        at = self._skip_space(at + 1)
        if at >= len(self.source):
            raise self._fail(f'Unclosed start tag "{tag}"', begin)
        value, at = self._quoted(at) if self.source[at] in "\"'" else self._token(at)
        if at >= len(self.source):
            raise self._fail("Unclosed start tag", begin)
        return key, value, at

    def _token(self, at: int) -> tuple[str, int]:
        end = _end(_TOKEN, self.source, at)
        if end < len(self.source) and self.source[end] not in _SPACE + ">":
            raise self._fail("Unexpected end of name token", at)
        return self.source[at:end].lower(), end

    def _quoted(self, at: int) -> tuple[str, int]:
        quote, at, value = self.source[at], at + 1, []
        while at < len(self.source) and self.source[at] != quote:
            reference = _reference(self.source, at) if self.source[at] == "&" else None
            char, at = reference or (self.source[at], at + 1)
            value.append(char)
        return "".join(value), min(at + 1, len(self.source))

    def _end_tag(self, begin: int) -> int:
        if not self.stack:
            raise self._fail("Unexpected end tag", begin)
        end = _end(_TAG_NAME, self.source, begin + 2)
        name = self.source[begin + 2 : end].lower()
        at = self._skip_space(end)
        if not self.source.startswith(">", at):
            raise self._fail("Unclosed end tag", begin)
        opened = self.stack.pop()
        if name and name != opened.name:
            raise _cannot_parse(
                f"Unmatched end tag at byte offset {len(self.source[:begin].encode('utf-8', 'surrogatepass'))}, "
                f'expected "</{opened.name}>", found "</{name}>"'
            )
        if self.offset > opened.offset:
            self._close(opened)
        return at + 1

    def _close(self, opened: _Open) -> None:
        entity: Json = {"type": "", "offset": opened.offset, "length": self.offset - opened.offset}
        if opened.name in _STYLES:
            entity["type"] = _STYLES[opened.name]
        elif opened.name == "a":
            if not _link(entity, opened.argument or "".join(self.out[opened.piece :])):
                return
        elif opened.name == "tg-emoji":
            if not opened.argument.isdigit() or int(opened.argument) == 0:
                raise _cannot_parse("Invalid custom emoji identifier specified")
            entity.update(type="custom_emoji", custom_emoji_id=opened.argument)
        elif opened.name == "blockquote":
            entity["type"] = "expandable_blockquote" if opened.argument else "blockquote"
        elif self._merge_code(opened, entity):
            return
        self.entities.append(entity)

    def _merge_code(self, opened: _Open, entity: Json) -> bool:
        """`<pre><code class="language-x">` is one entity; returns True when `entity` went into the inner one."""
        entity["type"] = opened.name
        last = self.entities[-1] if self.entities else None
        same = last is not None and (last["offset"], last["length"]) == (entity["offset"], entity["length"])
        if last is not None and same and opened.name == "pre" and last["type"] == "code" and last.get("language"):
            last["type"] = "pre"
            return True
        if last is not None and same and opened.name == "code" and last["type"] == "pre" and opened.argument:
            last["language"] = opened.argument
            return True
        if opened.name == "code" and opened.argument:
            entity["language"] = opened.argument
        return False


def _end(pattern: re.Pattern[str], source: str, at: int) -> int:
    """Where a pattern that may match nothing stops."""
    found = pattern.match(source, at)
    return found.end() if found else at


def _argument(tag: str, key: str, value: str | None) -> str:
    """What an attribute means to its tag; "" where it means nothing (unknown attributes are ignored)."""
    if tag == "blockquote" and key == "expandable":
        return "1"
    text = value or ""
    if (tag, key) in (("a", "href"), ("tg-emoji", "emoji-id")):
        return text
    if (tag, key) == ("code", "class") and text.startswith("language-"):
        return text[len("language-") :]
    if (tag, key) == ("span", "class") and text.startswith("tg-"):
        return text[len("tg-") :]
    return ""


def _link(entity: Json, url: str) -> bool:
    """Makes the entity a link or a mention; False where Telegram drops it because the address is no good."""
    user_id = mentioned_user(url)
    if user_id is not None:
        entity.update(type="text_mention", user={"id": user_id})
        return True
    try:
        entity.update(type="text_link", url=checked_link(url))
    except BadLink:
        return False
    return True


def _cannot_parse(text: str) -> ApiError:
    return bad_request(f"can't parse entities: {text}")
