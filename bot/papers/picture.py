"""Pictures for a chat: dark on a light ground of their own, so that they read in light and in dark mode."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFont

from bot.papers import fonts

WIDTH, MARGIN = 1080, 60
GROUND, INK, GREY, TRACK = "#F6F4EE", "#17212B", "#5B6670", "#DDDAD0"
STRONG, PALE, GOLD = "#0B6E75", "#86A9A7", "#B7791F"


@cache
def font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The bundled main font in pixels."""
    return ImageFont.truetype(str(fonts.path_of(fonts.BOLD if bold else fonts.MAIN)), size)


@dataclass(slots=True)
class Canvas:
    """A picture that grows downwards: what is drawn is noted, then drawn once the height is known."""

    y: int = MARGIN
    _todo: list[Callable[[ImageDraw.ImageDraw], None]] = field(default_factory=list)

    def text(
        self, x: float, words: str, size: int, *, bold: bool = False, colour: str = INK, end: bool = False
    ) -> None:
        """One line at the present height, in smaller letters where it would not fit; `end`: flush right at x."""
        words = fonts.drawable(words)
        room = x - MARGIN if end else WIDTH - MARGIN - x
        while size > 18 and font(size, bold).getlength(words) > room:
            size -= 2
        place, look, anchor = (x, self.y), font(size, bold), "ra" if end else "la"
        self._todo.append(lambda draw: draw.text(place, words, fill=colour, font=look, anchor=anchor))

    def paragraph(self, words: str, size: int, *, colour: str = INK) -> None:
        """Words over the whole width, broken into lines; moves below them."""
        for line in _lines(fonts.drawable(words), size, WIDTH - 2 * MARGIN):
            self.text(MARGIN, line, size, colour=colour)
            self.down(int(size * 1.4))

    def bar(self, x: float, width: float, height: float, share: float, colour: str) -> None:
        """A bar on its track, filled to `share` of its width (0 to 1)."""
        full = (x, self.y, x + width, self.y + height)
        self._todo.append(lambda draw: draw.rounded_rectangle(full, height / 2, fill=TRACK))
        if share > 0:
            filled = (x, self.y, x + max(height, width * min(1.0, share)), self.y + height)
            self._todo.append(lambda draw: draw.rounded_rectangle(filled, height / 2, fill=colour))

    def dot(self, x: float, size: float, colour: str, *, hollow: bool = False) -> None:
        """A round mark."""
        place = (x, self.y, x + size, self.y + size)
        fill = None if hollow else colour
        self._todo.append(lambda draw: draw.ellipse(place, fill=fill, outline=colour, width=4))

    def star(self, x: float, size: float, colour: str) -> None:
        """A star with five points, as high as a dot of that size."""
        middle, radius = (x + size / 2, self.y + size / 2), size / 2
        corners = [
            (middle[0] + reach * sin(pi * n / 5), middle[1] - reach * cos(pi * n / 5))
            for n, reach in enumerate((radius, radius * 0.45) * 5)
        ]
        self._todo.append(lambda draw: draw.polygon(corners, fill=colour))

    def down(self, pixels: int) -> None:
        """Go on further below."""
        self.y += pixels

    def png(self) -> bytes:
        """The finished picture."""
        image = Image.new("RGB", (WIDTH, self.y + MARGIN), GROUND)
        draw = ImageDraw.Draw(image)
        for step in self._todo:
            step(draw)
        found = BytesIO()
        image.save(found, "PNG", optimize=True)
        return found.getvalue()


def _lines(words: str, size: int, width: float) -> list[str]:
    lines, line = [], ""
    for word in words.split():
        longer = f"{line} {word}".strip()
        if line and font(size).getlength(longer) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines


def skills(
    title: str, rows: list[tuple[str, float, str, float | None, str]], scale: list[str], before: str, after: str
) -> bytes:
    """Each competence as a bar from 1 to 4, or as two: (name, first value, its figure, second or None, its figure)."""
    canvas, twice = Canvas(), any(row[3] is not None for row in rows)
    canvas.text(MARGIN, title, 52, bold=True)
    canvas.down(84)
    if twice:
        for words, colour in ((before, PALE), (after, STRONG)):
            canvas.dot(MARGIN, 30, colour)
            canvas.down(-6)
            canvas.text(MARGIN + 46, words, 32, colour=GREY)
            canvas.down(54)
    for name, first, figure, second, other in rows:
        canvas.text(MARGIN, name, 36, bold=True)
        canvas.down(56)
        for value, said, colour in ((first, figure, PALE if twice else STRONG), (second, other, STRONG)):
            if value is None:
                continue
            canvas.bar(MARGIN, WIDTH - 2 * MARGIN - 110, 30, value / len(scale), colour)
            canvas.down(-8)
            canvas.text(WIDTH - MARGIN, said, 34, bold=True, end=True)
            canvas.down(8 + 42)
        canvas.down(22)
    canvas.paragraph("  ·  ".join(f"{n} = {words}" for n, words in enumerate(scale, 1)), 28, colour=GREY)
    return canvas.png()


def progress(
    title: str, points: str, team: str, rows: list[tuple[str, float, str]], badges: list[tuple[str, bool]]
) -> bytes:
    """Points as a number, a bar for each competence (name, share from 0 to 1, points), badges by name."""
    canvas = Canvas()
    canvas.text(MARGIN, title, 52, bold=True)
    canvas.down(92)
    canvas.text(MARGIN, points, 64, bold=True, colour=STRONG)
    canvas.down(92)
    if team:
        canvas.text(MARGIN, team, 32, colour=GREY)
        canvas.down(60)
    canvas.down(16)
    for name, share, figure in rows:
        canvas.text(MARGIN, name, 34)
        canvas.text(WIDTH - MARGIN, figure, 34, bold=True, end=True)
        canvas.down(52)
        canvas.bar(MARGIN, WIDTH - 2 * MARGIN, 26, share, STRONG)
        canvas.down(54)
    for name, starred in badges:
        canvas.down(8)
        (canvas.star if starred else canvas.dot)(MARGIN, 44, GOLD if starred else STRONG)
        canvas.down(-4)
        canvas.text(MARGIN + 60, name, 34)
        canvas.down(56)
    return canvas.png()
