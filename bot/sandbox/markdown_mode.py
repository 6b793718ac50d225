"""Telegram's MarkdownV2 parse mode: plain text and entities (offsets in UTF-16 units), errors with byte offsets.

Follows the behaviour of TDLib's parser: every reserved character must be escaped; `_`, `__`, `*`, `~`, `||`, code,
`[text](url)`, `![emoji](tg://emoji?id=…)` and `>` quotes (a quote that ends in `||` is expandable).
"""

import re
from dataclasses import dataclass
from typing import Any

from bot.sandbox.entities import in_order, utf16_length
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.links import BadLink, checked_link, mentioned_user

Json = dict[str, Any]

_RESERVED = frozenset("_*[]()~`>#+-=|{}.!\n")
_NAMES = {
    "bold": "Bold", "italic": "Italic", "underline": "Underline", "strikethrough": "Strikethrough",
    "spoiler": "Spoiler", "code": "Code", "pre": "Pre", "text_link": "TextUrl", "custom_emoji": "CustomEmoji",
    "blockquote": "BlockQuote",
}  # fmt: skip
_CLOSERS = {
    "bold": "*", "underline": "__", "strikethrough": "~", "spoiler": "||", "code": "`", "pre": "```",
    "text_link": "]", "custom_emoji": "]",
}  # fmt: skip
_OPENERS = (("__", "underline"), ("_", "italic"), ("*", "bold"), ("~", "strikethrough"), ("||", "spoiler"),
            ("```", "pre"), ("`", "code"), ("![", "custom_emoji"), ("[", "text_link"))  # fmt: skip
_LANGUAGE = re.compile(r"([^\s`]+)(?=\s)")
_NEW_LINE = re.compile(r"\r\n|\n\r|\n|\r")
_EMOJI = re.compile(r"tg://emoji\?id=([1-9]\d*)")


@dataclass(slots=True)
class _Open:
    """A mark that waits for its end: entity type, UTF-16 offset, place in the source and in the output, language."""

    kind: str
    offset: int
    at: int
    piece: int
    language: str = ""


def parse_markdown(source: str) -> tuple[str, list[Json]]:
    """Plain text and entities of a MarkdownV2 text. Raises ApiError 400 "can't parse entities: …"."""
    parser = _Parser(source)
    parser.run()
    return "".join(parser.out), in_order(parser.entities)


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.out: list[str] = []
        self.offset = 0
        self.stack: list[_Open] = []
        self.entities: list[Json] = []
        self.in_quote = False

    def run(self) -> None:
        while self.at < len(self.source):
            self._step()
        if self.in_quote and self.stack and self.stack[-1].kind == "blockquote":
            self._close_quote(self.stack.pop())
        elif self.in_quote and len(self.stack) > 1 and self._ends_expandable():
            self.stack.pop()
            self._close_quote(self.stack.pop(), expandable=True)
        if self.stack:
            raise self._no_end(self.stack[-1])

    def _step(self) -> None:
        char = self.source[self.at]
        following = self.source[self.at + 1 : self.at + 2]
        if char == "\\" and following and "\x01" <= following <= "~":
            self._emit(following)
            self.at += 2
            return
        raw = bool(self.stack) and self.stack[-1].kind in ("code", "pre")
        if char not in ("`" if raw else _RESERVED):
            self._emit(char)
            self.at += 1
        elif self._at_end():
            self._end()
        else:
            self._begin()

    def _emit(self, text: str) -> None:
        self.out.append(text)
        self.offset += utf16_length(text)

    def _starts(self, text: str) -> bool:
        return self.source.startswith(text, self.at)

    def _at_end(self) -> bool:
        """Whether the reserved character here ends the innermost open entity."""
        if not self.stack:
            return False
        if self.in_quote and self._starts("\n") and not self._starts("\n>"):
            return True
        kind = self.stack[-1].kind
        if kind == "italic":
            return self._starts("_") and not self._starts("__")
        return kind in _CLOSERS and self._starts(_CLOSERS[kind])

    def _begin(self) -> None:
        char = self.source[self.at]
        if char == "\n":
            self._emit("\n")
            self.at += 1
            if self._starts(">"):
                self._quote()
            return
        if char == ">" and self.at == 0:
            self._quote()
            return
        for mark, kind in _OPENERS:
            if self._starts(mark):
                self.stack.append(_Open(kind, self.offset, self.at, len(self.out)))
                self.at += len(mark)
                if kind == "pre":
                    self._language()
                return
        raise _cannot_parse(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")

    def _quote(self) -> None:
        self.at += 1
        if not self.in_quote:
            self.in_quote = True
            self.stack.append(_Open("blockquote", self.offset, self.at - 1, len(self.out)))

    def _language(self) -> None:
        found = _LANGUAGE.match(self.source, self.at)
        if found:
            self.stack[-1].language = found[1]
            self.at = found.end()
        line_end = _NEW_LINE.match(self.source, self.at)
        if line_end:
            self.at = line_end.end()

    def _ends_expandable(self) -> bool:
        """An unclosed `||` at the very end of a quote marks it as expandable."""
        last = self.stack[-1]
        return last.kind == "spoiler" and last.offset == self.offset and self.stack[-2].kind == "blockquote"

    def _end(self) -> None:
        opened = self.stack[-1]
        if self._starts("\n") and self.in_quote and opened.kind not in ("code", "pre"):
            expandable = len(self.stack) > 1 and self._ends_expandable()
            if expandable:
                self.stack.pop()
            elif opened.kind != "blockquote":
                raise self._no_end(opened)
            self._emit("\n")
            self.at += 1
            self._close_quote(self.stack.pop(), expandable=expandable)
            return
        self.stack.pop()
        self.at += len(_CLOSERS.get(opened.kind, "_"))
        entity: Json = {"type": opened.kind, "offset": opened.offset, "length": self.offset - opened.offset}
        if opened.kind == "text_link":
            keep = self._link(entity, opened)
        elif opened.kind == "custom_emoji":
            keep = self._emoji(entity)
        else:
            keep = True
        if opened.language:
            entity["language"] = opened.language
        if keep and entity["length"] > 0:
            self.entities.append(entity)

    def _close_quote(self, opened: _Open, expandable: bool = False) -> None:
        self.in_quote = False
        if self.offset > opened.offset:
            kind = "expandable_blockquote" if expandable else "blockquote"
            self.entities.append({"type": kind, "offset": opened.offset, "length": self.offset - opened.offset})

    def _address(self, what: str) -> str:
        """The text in the parentheses that begin here; escapes undone."""
        begin = self.at = self.at + 1
        address = []
        while self.at < len(self.source) and self.source[self.at] != ")":
            if self.source[self.at] == "\\" and self.at + 1 < len(self.source):
                self.at += 1
            address.append(self.source[self.at])
            self.at += 1
        if self.at >= len(self.source):
            raise _cannot_parse(f"Can't find end of a {what} at byte offset {self._bytes(begin)}")
        self.at += 1
        return "".join(address)

    def _link(self, entity: Json, opened: _Open) -> bool:
        url = self._address("URL") if self._starts("(") else "".join(self.out[opened.piece :])
        user_id = mentioned_user(url)
        if user_id is not None:
            entity.update(type="text_mention", user={"id": user_id})
            return True
        try:
            entity["url"] = checked_link(url)
        except BadLink:
            return False
        return True

    def _emoji(self, entity: Json) -> bool:
        if not self._starts("("):
            raise _cannot_parse("Custom emoji entity must contain a tg://emoji URL")
        found = _EMOJI.fullmatch(self._address("custom emoji URL"))
        if not found:
            raise _cannot_parse("Invalid custom emoji identifier specified")
        entity["custom_emoji_id"] = found[1]
        return True

    def _bytes(self, at: int) -> int:
        return len(self.source[:at].encode("utf-8", "surrogatepass"))

    def _no_end(self, opened: _Open) -> ApiError:
        kind = "PreCode" if opened.language else _NAMES[opened.kind]
        return _cannot_parse(f"Can't find end of {kind} entity at byte offset {self._bytes(opened.at)}")


def _cannot_parse(text: str) -> ApiError:
    return bad_request(f"can't parse entities: {text}")
