"""A document as a PDF: A4, one column, nothing torn apart that belongs together; page numbers and an outline."""

from __future__ import annotations

from collections.abc import Iterator

from bot.papers.blocks import (
    LETTERS,
    Block,
    Bullets,
    Cards,
    Document,
    Facts,
    Grid,
    Heading,
    NewPage,
    Paragraph,
    Picture,
    Quiz,
    Steps,
)
from bot.papers.inline import as_marks, bare, paragraphs
from bot.papers.paper import GREY, INK, Colour, Paper

LEFT, TOP, WIDTH, BOTTOM = 20.0, 18.0, 170.0, 276.0
BODY, SMALL = 10.5, 8.5
CELL, HEAD = 9.0, 8.0  # of a table
PICTURE = 90.0  # the longest side of a photo
_ACCENT: Colour = (24, 78, 119)
_SIZES = {1: 17.0, 2: 13.0, 3: 11.0}
_PALE = (240, 244, 248)


def booklet(document: Document) -> bytes:
    """The PDF of a document."""
    writer = _Writer(document)
    writer.title()
    if document.contents:
        writer.contents()
    for place, block in enumerate(document.blocks):
        writer.block(block, document.blocks[place + 1] if place + 1 < len(document.blocks) else None)
    return writer.finish()


class _Writer:
    """Draws block after block downwards and begins a new page when the next one does not fit."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._paper = Paper(_texts(document), bare(document.title), language=document.language)
        self._pages, self._y = 0, TOP
        self._lines: list[tuple[int, float, float]] = []  # of the contents: page, top, bottom
        self._chapters: list[int] = []  # the pages on which they begin
        self._outline = -1  # the level of the last entry; the next one may be one deeper at most
        self._under = ""  # the last heading of an item
        self._answers: dict[str, list[tuple[str, str]]] = {}  # by that heading: (number and letter, why)
        self._new_page()

    def finish(self) -> bytes:
        self._end()
        self._number_contents()
        return self._paper.bytes()

    def _end(self) -> None:
        if self._answers:
            self._new_page()
            self._heading(Heading(1, self._document.answers), None)
        for title, answers in self._answers.items():
            self._heading(Heading(3, title), None)
            self._facts(Facts(tuple(answers)), 12.0)
        self._foot()

    def _number_contents(self) -> None:
        """Behind each line of the contents its page, which is known only now; a tap leads there."""
        for (page, top, below), chapter in zip(self._lines, self._chapters, strict=False):
            self._paper.turn_to(page)
            self._paper.text(LEFT, top, WIDTH, str(chapter), BODY, align="R")
            self._paper.link(LEFT, top, WIDTH, below - top, chapter)

    def title(self) -> None:
        document = self._document
        self._y = self._paper.text(LEFT, self._y, WIDTH, bare(document.title), 24, bold=True, colour=_ACCENT) + 5

    def contents(self) -> None:
        self._text(self._document.contents, BODY, bold=True)
        for block in self._document.blocks:
            if isinstance(block, Heading) and block.level == 1:
                before = self._y
                self._text(f"–  {block.text}", BODY, indent=3, after=0.6)
                self._lines.append((self._pages, before, self._y))
        self._y += 5

    def block(self, block: Block, following: Block | None) -> None:
        match block:
            case Heading():
                self._heading(block, following)
            case Paragraph():
                for words in paragraphs(block.text):
                    self._text(words, SMALL if block.quiet else BODY, colour=GREY if block.quiet else INK)
            case Facts():
                self._facts(block)
            case Steps():
                for number, (minutes, words) in enumerate(block.lines, 1):
                    self._step(number, minutes, words)
                self._y += 1
            case Bullets():
                for words, hint in block.lines:
                    self._bullet(words, hint, block.boxes)
                self._y += 2
            case Cards():
                self._cards(block)
            case Quiz():
                self._quiz(block)
            case Picture():
                self._picture(block)
            case Grid():
                self._grid(block)
            case NewPage():
                if self._y > TOP:
                    self._new_page()

    # --- what each kind looks like ------------------------------------------------------------------

    def _heading(self, heading: Heading, following: Block | None) -> None:
        size = _SIZES[heading.level]
        # A heading never stands alone at the foot of a page.
        self._room(size + (7 if heading.label else 0) + self._first_lines(following))
        if self._y > TOP:
            self._y += {1: 6.0, 2: 4.0, 3: 2.0}[heading.level]
        if heading.level == 1:
            self._chapters.append(self._pages)
        self._outline = min(heading.level - 1, self._outline + 1)
        self._paper.mark(bare(heading.text), self._outline)
        if heading.label:
            self._y = self._paper.text(LEFT, self._y, WIDTH, bare(heading.label), SMALL, colour=GREY) + 0.4
        self._under = heading.text if heading.level == 2 else self._under
        colour = _ACCENT if heading.level < 3 else INK
        self._text(heading.text, size, bold=True, colour=colour, after=1.6)

    def _first_lines(self, following: Block | None) -> float:
        match following:
            case Heading(level=level):
                return _SIZES[level] + 10
            case Picture(width=width, height=height, wide=wide):
                ratio = height / width
                return 4 + (min(BOTTOM - TOP - 20, WIDTH * ratio) if wide else PICTURE * min(1.0, ratio))
            case Grid(rows=rows):
                return 12 + 6.0 * min(3, len(rows))
            case Cards():
                return sum(self._card_heights(following)) + 4
            case Quiz():
                return 45
            case _:
                return 16

    def _facts(self, facts: Facts, wide: float = 0) -> None:
        wide = wide or (58.0 if any(len(name) > 22 for name, _ in facts.pairs) else 42.0)
        for name, value in facts.pairs:
            height = max(
                self._paper.height(wide - 3, bare(name), BODY, bold=True),
                self._paper.height(WIDTH - wide, as_marks(value), BODY, marked=True),
            )
            self._room(height)
            self._paper.text(LEFT, self._y, wide - 3, bare(name), BODY, bold=True)
            if value:
                self._paper.text(LEFT + wide, self._y, WIDTH - wide, as_marks(value), BODY, marked=True)
            else:
                height += 3
                self._paper.rule(LEFT + wide, self._y + height - 2, WIDTH - wide)
            self._y += height + 1.4
        self._y += 1.6

    def _step(self, number: int, minutes: str, words: str) -> None:
        first, wide = 8.0, 24.0
        height = self._paper.height(WIDTH - wide, as_marks(words), BODY, marked=True)
        self._room(height)
        self._paper.text(LEFT, self._y, first, f"{number}.", BODY, bold=True, colour=_ACCENT)
        self._paper.text(LEFT + first, self._y, wide - first - 1, minutes, BODY, colour=GREY, most=6)
        self._paper.text(LEFT + wide, self._y, WIDTH - wide, as_marks(words), BODY, marked=True)
        self._y += height + 1.8

    def _bullet(self, words: str, hint: str, box: bool) -> None:
        indent = 7.0 if box else 5.0
        height = self._paper.height(WIDTH - indent, as_marks(words), BODY, marked=True)
        under = self._paper.height(WIDTH - indent, as_marks(hint), BODY - 1, marked=True) if hint else 0.0
        self._room(height + under)
        if box:
            self._paper.box(LEFT + 0.5, self._y + 0.8, 3.4, 3.4)
        else:
            self._paper.text(LEFT + 1, self._y, 4, "–", BODY, colour=_ACCENT)
        self._paper.text(LEFT + indent, self._y, WIDTH - indent, as_marks(words), BODY, marked=True)
        if hint:
            self._paper.text(LEFT + indent, self._y + height, WIDTH - indent, as_marks(hint), BODY - 1, marked=True,
                             colour=GREY)  # fmt: skip
        self._y += height + under + 1.2

    def _cards(self, cards: Cards) -> None:
        """Two in a row, as high as the longer one."""
        wide = WIDTH / 2
        for row, height in enumerate(self._card_heights(cards)):
            self._room(height)
            for place, text in enumerate(cards.texts[2 * row : 2 * row + 2]):
                x = LEFT + place * wide
                self._paper.cut(x, self._y, wide, height)
                self._paper.text(x + 5, self._y + 4, wide - 10, as_marks(text), BODY, marked=True)
            self._y += height
        self._y += 3

    def _card_heights(self, cards: Cards) -> list[float]:
        """The height of each row."""
        heights = [self._paper.height(WIDTH / 2 - 10, as_marks(text), BODY, marked=True) + 8 for text in cards.texts]
        return [max(heights[first : first + 2]) for first in range(0, len(heights), 2)]

    def _quiz(self, quiz: Quiz) -> None:
        lines = [as_marks(f"{LETTERS[n]}  {option}") for n, option in enumerate(quiz.options)]
        prompt = f"{quiz.number}.  {as_marks(quiz.prompt)}"
        height = sum(self._paper.height(WIDTH - 6, line, BODY, marked=True) + 0.6 for line in lines)
        height += self._paper.height(WIDTH, prompt, BODY, bold=True) + 4
        self._room(height)
        self._y = self._paper.text(LEFT, self._y, WIDTH, prompt, BODY, bold=True, marked=True) + 0.8
        for line in lines:
            self._y = self._paper.text(LEFT + 6, self._y, WIDTH - 6, line, BODY, marked=True) + 0.6
        self._y += 2
        self._answers.setdefault(self._under, []).append((f"{quiz.number} {LETTERS[quiz.right]}", quiz.explanation))

    def _picture(self, picture: Picture) -> None:
        """As large as a third of a page at most, and never larger than it is sharp."""
        scale = min(PICTURE / picture.width, PICTURE / picture.height, 0.18)
        if picture.wide:
            scale = min(WIDTH / picture.width, (BOTTOM - TOP - 20) / picture.height)
        width, height = picture.width * scale, picture.height * scale
        self._room(height)
        self._paper.picture(LEFT, self._y, width, height, picture.content, picture.told)
        self._y += height + 3

    def _grid(self, grid: Grid) -> None:
        """The titles stand again on every page that the table goes on to."""
        widths = _widths(grid)
        head = self._grid_height(grid.columns, widths, bold=True)
        begun = False
        for row in grid.rows:
            height = self._grid_height(row, widths)
            if not begun:
                self._room(head + height)
            elif self._y + height > BOTTOM:
                self._new_page()
            if not begun or self._y == TOP:
                self._grid_row(grid.columns, widths, head, grid.words, bold=True)
                begun = True
            self._grid_row(row, widths, height, grid.words)
        self._y += 4

    def _grid_height(self, row: tuple[str, ...], widths: list[float], *, bold: bool = False) -> float:
        cells = zip(row, widths, strict=True)
        return (
            max(
                self._paper.height(wide - 2, bare(words) or " ", HEAD if bold else CELL, bold=bold)
                for words, wide in cells
            )
            + 1.6
        )

    def _grid_row(
        self, row: tuple[str, ...], widths: list[float], height: float, texts: int, *, bold: bool = False
    ) -> None:  # fmt: skip
        if bold:
            self._paper.box(LEFT, self._y, WIDTH, height, fill=_PALE)
        x = LEFT
        for n, (words, wide) in enumerate(zip(row, widths, strict=True)):
            side = "L" if n < texts else "R"
            self._paper.text(x + 1, self._y + 0.8, wide - 2, bare(words), HEAD if bold else CELL, bold=bold, align=side)
            x += wide
        self._y += height
        self._paper.rule(LEFT, self._y, WIDTH)

    # --- pages ----------------------------------------------------------------------------------------

    def _text(
        self,
        words: str,
        size: float,
        *,
        bold: bool = False,
        colour: Colour = INK,
        indent: float = 0,
        after: float = 2.2,
    ) -> None:
        marked = as_marks(words)
        self._room(self._paper.height(WIDTH - indent, marked, size, bold=bold, marked=True))
        self._y = (
            self._paper.text(
                LEFT + indent, self._y, WIDTH - indent, marked, size, bold=bold, colour=colour, marked=True
            )
            + after
        )

    def _room(self, height: float) -> None:
        if self._y + height > BOTTOM and self._y > TOP:
            self._new_page()

    def _new_page(self) -> None:
        if self._pages:
            self._foot()
        self._paper.page()
        self._pages += 1
        self._y = TOP

    def _foot(self) -> None:
        self._paper.text(LEFT, 284, WIDTH - 15, bare(self._document.foot), 7.5, colour=GREY, most=7)
        self._paper.text(LEFT, 284, WIDTH, str(self._pages), 7.5, colour=GREY, align="R")


def _texts(document: Document) -> Iterator[str]:
    """Everything that will be drawn, to know which fonts that takes."""
    yield from (document.title, document.contents, document.answers, document.foot)
    for block in document.blocks:
        match block:
            case Heading():
                yield from (block.text, block.label)
            case Paragraph():
                yield block.text
            case Facts(pairs=lines) | Steps(lines=lines) | Bullets(lines=lines):
                for line in lines:
                    yield from line
            case Cards():
                yield from block.texts
            case Quiz():
                yield from (block.prompt, *block.options, block.explanation)
            case Grid(columns=columns, rows=rows):
                yield from columns
                for row in rows:
                    yield from row
            case NewPage() | Picture():
                pass


def _widths(grid: Grid) -> list[float]:
    """Of the columns in millimetres: figures take what their title needs, texts share the rest."""
    figures = len(grid.columns) - grid.words
    each = min(28.0, max(15.0, 0.82 * WIDTH / max(1, figures))) if figures else 0.0
    left = WIDTH - figures * each
    lengths = [max((len(row[n]) for row in (grid.columns, *grid.rows)), default=1) ** 0.5 for n in range(grid.words)]
    return [left * length / sum(lengths) for length in lengths] + [each] * figures
