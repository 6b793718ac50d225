"""What a document is made of, before it becomes a web page or a PDF. Texts may carry Telegram's markup."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.i18n import Text

Words = Callable[[Text], str]  # a text in the document's language, with its markup


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 is a chapter, 2 an item in it, 3 a part of that. `label` stands above it, small: when it is due."""

    level: int
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words; a blank line in them begins a new paragraph."""

    text: str
    quiet: bool = False  # small and grey


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, a line each; an empty value is a line to fill in by hand."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """What is done one after the other: (how long, what), numbered."""

    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; `boxes` are for ticking off. A second text of a line explains the first."""

    lines: tuple[tuple[str, str], ...]
    boxes: bool = False


@dataclass(frozen=True, slots=True)
class Cards:
    """Texts to copy and cut out."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quiz:
    """A question with its options and, folded or at the end, its answer."""

    number: int
    prompt: str
    options: tuple[str, ...]
    right: int  # from 0
    explanation: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo or a drawing as JPEG or PNG, with its size in pixels; `told` says what it shows to who cannot see it."""

    content: bytes
    width: int
    height: int
    told: str = ""
    wide: bool = False  # as wide as the text


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: a line of titles, then rows; the first column is text, the others are figures to the right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1  # how many of the first columns are text


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins on a page of its own."""


Block = Heading | Paragraph | Facts | Steps | Bullets | Cards | Quiz | Picture | Grid | NewPage
LETTERS = "ABCD"


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document in one language; `contents` says whether a list of its chapters stands at the start."""

    language: str
    title: str
    blocks: tuple[Block, ...]
    contents: str = ""  # the words above that list; none without it
    answer: str = ""  # the word before the answer of a question
    answers: str = ""  # the words above the answers, where they stand together at the end
    foot: str = ""  # stands at the end of a web page and at the foot of every sheet
