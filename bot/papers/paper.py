"""A sheet of paper to draw on: text in any script, boxes, lines, QR codes; millimetres from the top left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

import segno

from bot.papers import fonts

if TYPE_CHECKING:
    from fpdf.enums import WrapMode

POINT = 0.3528  # millimetres
LEADING = 1.32  # of the size
INK, GREY, RULE = (20, 20, 20), (95, 95, 95), (190, 190, 190)
_FAMILY = "main"
Colour = tuple[int, int, int]


class Paper:
    """Pages of one size. Every text that will be drawn is named at the start, so that only needed fonts are loaded."""

    def __init__(
        self, texts: Iterable[str], title: str, *, size: str | tuple[float, float] = "A4", language: str = ""
    ) -> None:
        from fpdf import FPDF  # with what it needs it takes half a second to read, and most processes draw nothing

        self._pdf = FPDF(unit="mm", format=size)
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        self._pdf.set_title(title)
        if language:
            self._pdf.set_lang(language)
        self._pdf.set_creator("Compagnon")
        self._pdf.set_creation_date(datetime(2000, 1, 1))  # noqa: DTZ001  the same data give the same bytes
        self._pdf.add_font(_FAMILY, "", fonts.path_of(fonts.MAIN))
        self._pdf.add_font(_FAMILY, "B", fonts.path_of(fonts.BOLD))
        others = fonts.needed(fonts.drawable("".join(texts)) + fonts.UNKNOWN)
        for other in others:
            self._pdf.add_font(other, "", fonts.path_of(other))
        self._pdf.set_fallback_fonts(list(others), exact_match=False)
        self._pdf.set_font(_FAMILY, size=10)

    def page(self) -> int:
        """Begin a new page; returns its number."""
        self._pdf.add_page()
        return int(self._pdf.page)

    def turn_to(self, page: int) -> None:
        """Go on drawing on a page that is there already."""
        self._pdf.page = page

    def mark(self, title: str, level: int = 0) -> None:
        """Let readers find what follows in the outline of the file."""
        self._pdf.start_section(fonts.drawable(title), level)

    def link(self, x: float, y: float, width: float, height: float, page: int) -> None:
        """Whoever taps here comes to the top of that page."""
        self._pdf.link(x, y, width, height, self._pdf.add_link(page=page))

    def lines(self, width: float, words: str, size: float, *, bold: bool = False) -> list[str]:
        """A paragraph broken into the lines it takes."""
        words = self._ready(words, size, bold)
        found = self._pdf.multi_cell(width, size, words, align="L", dry_run=True, output="LINES", wrapmode=_mode(words))
        assert isinstance(found, list)
        return found

    def line(
        self, x: float, y: float, words: str, size: float, *, bold: bool = False, colour: Colour = INK,
        width: float = 0, align: str = "L",
    ) -> float:  # fmt: skip
        """Draw one line that fits; returns the y below it."""
        words = self._ready(words, size, bold)
        self._pdf.set_text_color(*colour)
        self._pdf.set_xy(x, y)
        height = size * POINT * LEADING
        self._pdf.cell(width or None, height, words, align=align)
        return y + height

    def text(
        self, x: float, y: float, width: float, words: str, size: float, *, bold: bool = False, colour: Colour = INK,
        align: str = "L", most: float | None = None, marked: bool = False,
    ) -> float:  # fmt: skip
        """Draw a paragraph, broken into lines; returns the y below it. `most`: the height it may take; it is set
        smaller until it fits. `marked`: what stands between `**` is bold."""
        words = self._ready(words, size, bold)
        self._pdf.set_text_color(*colour)
        while True:
            self._pdf.set_font(_FAMILY, "B" if bold else "", size)
            height = size * POINT * LEADING
            if most is None or size <= 5 or self._height(width, height, words, align) <= most:
                break
            size -= 0.5
        self._pdf.set_xy(x, y)
        self._pdf.multi_cell(
            width, height, words, align=align, new_x="LEFT", new_y="NEXT",
            wrapmode=_mode(words), markdown=marked,
        )  # fmt: skip
        return float(self._pdf.get_y())

    def height(self, width: float, words: str, size: float, *, bold: bool = False, marked: bool = False) -> float:
        """The height a paragraph takes."""
        words = self._ready(words, size, bold)
        return self._height(width, size * POINT * LEADING, words, "L", marked)

    def _ready(self, words: str, size: float, bold: bool) -> str:
        """Set the font, and shape letters only where a script needs it: that takes four times as long."""
        words = fonts.drawable(words)
        self._pdf.set_text_shaping(fonts.is_complex(words))
        self._pdf.set_font(_FAMILY, "B" if bold else "", size)
        return words

    def _height(self, width: float, height: float, words: str, align: str, marked: bool = False) -> float:
        found = self._pdf.multi_cell(
            width, height, words, align=align, dry_run=True, output="HEIGHT", wrapmode=_mode(words),
            markdown=marked,
        )  # fmt: skip
        assert isinstance(found, float | int)
        return float(found)

    def rule(self, x: float, y: float, width: float) -> None:
        """A thin line across, as to write on."""
        self._pdf.set_draw_color(*RULE)
        self._pdf.set_line_width(0.2)
        self._pdf.line(x, y, x + width, y)

    def box(self, x: float, y: float, width: float, height: float, *, fill: Colour | None = None) -> None:
        """A rectangle: filled, or as a thin line."""
        if fill is not None:
            self._pdf.set_fill_color(*fill)
            self._pdf.rect(x, y, width, height, style="F")
        else:
            self._pdf.set_draw_color(*RULE)
            self._pdf.set_line_width(0.2)
            self._pdf.rect(x, y, width, height)

    def cut(self, x: float, y: float, width: float, height: float) -> None:
        """A dashed outline to cut along."""
        self._pdf.set_draw_color(*GREY)
        self._pdf.set_line_width(0.15)
        self._pdf.set_dash_pattern(dash=1.4, gap=1.2)
        self._pdf.rect(x, y, width, height)
        self._pdf.set_dash_pattern()

    def fold(self, x: float, y: float, length: float) -> None:
        """A dotted line downwards to fold along."""
        self._pdf.set_draw_color(*GREY)
        self._pdf.set_line_width(0.15)
        self._pdf.set_dash_pattern(dash=0.4, gap=1.0)
        self._pdf.line(x, y, x, y + length)
        self._pdf.set_dash_pattern()

    def picture(self, x: float, y: float, width: float, height: float, content: bytes, told: str = "") -> None:
        """A picture of that size; `told` is read out to who cannot see it."""
        self._pdf.image(BytesIO(content), x, y, width, height, alt_text=told or None)

    def qr(self, x: float, y: float, side: float, data: str) -> None:
        """A QR code as rectangles, sharp at any size, with its quiet border inside `side`."""
        rows = [list(row) for row in segno.make(data, error="m", micro=False).matrix_iter(border=4)]
        module = side / len(rows)
        self._pdf.set_fill_color(0, 0, 0)
        for line, row in enumerate(rows):
            for first, length in _runs(row):
                # A hair wider, so that no viewer shows white seams between lines.
                self._pdf.rect(x + first * module, y + line * module, length * module, module * 1.02, style="F")

    def bytes(self) -> bytes:
        """The PDF."""
        return bytes(self._pdf.output())


def _mode(words: str) -> WrapMode:
    """Lines break between words, unless one of them is longer than a line can be."""
    from fpdf.enums import WrapMode

    return WrapMode.WORD if all(len(word) <= 34 for word in words.split()) else WrapMode.CHAR


def _runs(row: Sequence[int]) -> Iterable[tuple[int, int]]:
    start: int | None = None
    for index, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = index
        elif not dark and start is not None:
            yield start, index - start
            start = None
