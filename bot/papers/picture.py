"""Pictures for a chat: on a ground of their own, so that they read in light and in dark mode; some can be had dark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from io import BytesIO
from math import cos, pi, sin
from typing import TYPE_CHECKING

from bot.papers import fonts

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

WIDTH, MARGIN = 1080, 60
GOLD = "#B7791F"


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours that stand apart in grey as well: `pale` is before, `back` the look back, `strong` what counts now."""

    ground: str
    ink: str
    grey: str
    track: str
    strong: str
    pale: str
    back: str


LIGHT = Palette("#F6F4EE", "#17212B", "#5B6670", "#DDDAD0", "#0B6E75", "#86A9A7", "#B7791F")
DARK = Palette("#17212B", "#F2F0EA", "#B4BEC6", "#3A4752", "#4FC3C8", "#6E8790", "#E6B450")


@cache
def font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The bundled main font in pixels."""
    from PIL import ImageFont

    return ImageFont.truetype(str(fonts.path_of(fonts.BOLD if bold else fonts.MAIN)), size)


@dataclass(slots=True)
class Canvas:
    """A picture that grows downwards: what is drawn is noted, then drawn once the height is known."""

    y: int = MARGIN
    look: Palette = LIGHT
    _todo: list[Callable[[ImageDraw.ImageDraw], None]] = field(default_factory=list)

    def text(self, x: float, words: str, size: int, *, bold: bool = False, colour: str = "", end: bool = False) -> None:
        """One line at the present height, in smaller letters where it would not fit; `end`: flush right at x."""
        words, colour = fonts.drawable(words), colour or self.look.ink
        room = x - MARGIN if end else WIDTH - MARGIN - x
        while size > 18 and font(size, bold).getlength(words) > room:
            size -= 2
        place, look, anchor = (x, self.y), font(size, bold), "ra" if end else "la"
        self._todo.append(lambda draw: draw.text(place, words, fill=colour, font=look, anchor=anchor))

    def paragraph(self, words: str, size: int, *, colour: str = "") -> None:
        """Words over the whole width, broken into lines; moves below them."""
        for line in _lines(fonts.drawable(words), size, WIDTH - 2 * MARGIN):
            self.text(MARGIN, line, size, colour=colour)
            self.down(int(size * 1.4))

    def bar(self, x: float, width: float, height: float, share: float, colour: str) -> None:
        """A bar on its track, filled to `share` of its width (0 to 1)."""
        full = (x, self.y, x + width, self.y + height)
        self._todo.append(lambda draw: draw.rounded_rectangle(full, height / 2, fill=self.look.track))
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

    def paint(self, what: Callable[[ImageDraw.ImageDraw], None]) -> None:
        """Draw anything else once the height is known."""
        self._todo.append(what)

    def down(self, pixels: int) -> None:
        """Go on further below."""
        self.y += pixels

    def png(self) -> bytes:
        """The finished picture."""
        from PIL import Image, ImageDraw

        image = Image.new("RGB", (WIDTH, self.y + MARGIN), self.look.ground)
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
    title: str, rows: list[tuple[str, list[tuple[float | None, str]]]], columns: list[tuple[str, str]],
    scale: list[str], *, dark: bool = False,
) -> bytes:  # fmt: skip
    """A net and bars from 1 to 4: each competence with a value and its figure for every column (its id and its name:
    before, then, after)."""
    look = DARK if dark else LIGHT
    colours = {"before": look.pale, "then": look.back, "after": look.strong}
    if len(columns) == 1:
        colours = {columns[0][0]: look.strong}
    canvas = Canvas(look=look)
    canvas.text(MARGIN, title, 52, bold=True)
    canvas.down(84)
    if len(columns) > 1:
        _legend(canvas, [(name, colours[column]) for column, name in columns])
    lines = [([values[n][0] for _, values in rows], colours[column], column) for n, (column, _) in enumerate(columns)]
    if len(rows) > 2:  # fewer make no net
        radar(canvas, [name for name, _ in rows], lines, len(scale))
    for name, values in rows:
        canvas.text(MARGIN, name, 34, bold=True)
        canvas.down(50)
        for (value, said), (column, _) in zip(values, columns, strict=True):
            if value is None:
                continue
            canvas.bar(MARGIN, WIDTH - 2 * MARGIN - 90, 22, value / len(scale), colours[column])
            canvas.down(-9)
            canvas.text(WIDTH - MARGIN, said, 30, bold=True, end=True)
            canvas.down(9 + 32)
        canvas.down(16)
    canvas.paragraph("  ·  ".join(f"{n} = {words}" for n, words in enumerate(scale, 1)), 28, colour=look.grey)
    return canvas.png()


PAPER = replace(LIGHT, ground="#FFFFFF")


def net(
    names: list[str], columns: list[tuple[str, str]], values: list[list[float | None]], highest: int
) -> tuple[bytes, int, int]:  # fmt: skip
    """The net alone, to be printed: values of each name by column. Returns the picture, its width and its height."""
    canvas, colours = Canvas(look=PAPER), {"before": PAPER.pale, "then": PAPER.back, "after": PAPER.strong}
    if len(columns) > 1:
        _legend(canvas, [(name, colours[column]) for column, name in columns])
    lines = [([row[n] for row in values], colours[column], column) for n, (column, _) in enumerate(columns)]
    radar(canvas, names, lines, highest)
    return canvas.png(), WIDTH, canvas.y + MARGIN


def _legend(canvas: Canvas, names: list[tuple[str, str]]) -> None:
    for words, colour in names:
        canvas.dot(MARGIN, 30, colour)
        canvas.down(-6)
        canvas.text(MARGIN + 46, words, 32, colour=canvas.look.grey)
        canvas.down(54)


RADIUS, AROUND = 300, 130  # of the net, and the room for names above and below it


def radar(
    canvas: Canvas, names: list[str], lines: list[tuple[list[float | None], str, str]], highest: int
) -> None:  # fmt: skip
    """A net with an axis for each name and a line for each list of values; what comes last is filled and strong."""
    middle = (WIDTH / 2, canvas.y + AROUND + RADIUS)

    def point(n: int, share: float) -> tuple[float, float]:
        angle = 2 * pi * n / len(names)
        return middle[0] + RADIUS * share * sin(angle), middle[1] - RADIUS * share * cos(angle)

    def draw_net(draw: ImageDraw.ImageDraw) -> None:
        for ring in range(1, highest + 1):
            draw.polygon([point(n, ring / highest) for n in range(len(names))], outline=canvas.look.track, width=3)
        for n, name in enumerate(names):
            draw.line([middle, point(n, 1)], fill=canvas.look.track, width=3)
            _axis_name(draw, name, *point(n, 1.09), middle[1], canvas.look.ink)
        for n, (values, colour, _) in enumerate(lines):
            last = n == len(lines) - 1
            corners = [point(at, value / highest) for at, value in enumerate(values) if value is not None]
            if len(corners) > 2:
                draw.polygon(corners, outline=colour, width=8 if last else 5)
            for x, y in corners:
                draw.ellipse((x - 8, y - 8, x + 8, y + 8), fill=colour)

    canvas.paint(draw_net)
    canvas.down(2 * (RADIUS + AROUND))


def _axis_name(draw: ImageDraw.ImageDraw, name: str, x: float, y: float, middle: float, colour: str) -> None:
    """The name of an axis outside the net, in as many lines as its place to the edge takes; `middle`: of the net."""
    on_top = abs(x - WIDTH / 2) < 20  # above or below the net rather than beside it
    size, room = 28, WIDTH / 2 if on_top else min(x, WIDTH - x) - 24
    words = _lines(fonts.drawable(name), size, room)
    while size > 16 and any(font(size).getlength(line) > room for line in words):
        size -= 2
        words = _lines(fonts.drawable(name), size, room)
    height = size * 1.25
    first = -(len(words) - 1) / 2
    if on_top:
        first = 0.3 if y > middle else 0.7 - len(words)
    side = "m" if on_top else "l" if x > WIDTH / 2 else "r"
    for n, line in enumerate(words):
        draw.text((x, y + (first + n) * height), line, fill=colour, font=font(size), anchor=f"{side}m")


def progress(
    title: str, points: str, team: str, rows: list[tuple[str, float, str]], badges: list[tuple[str, bool]]
) -> bytes:
    """Points as a number, a bar for each competence (name, share from 0 to 1, points), badges by name."""
    canvas = Canvas()
    canvas.text(MARGIN, title, 52, bold=True)
    canvas.down(92)
    canvas.text(MARGIN, points, 64, bold=True, colour=canvas.look.strong)
    canvas.down(92)
    if team:
        canvas.text(MARGIN, team, 32, colour=canvas.look.grey)
        canvas.down(60)
    canvas.down(16)
    for name, share, figure in rows:
        canvas.text(MARGIN, name, 34)
        canvas.text(WIDTH - MARGIN, figure, 34, bold=True, end=True)
        canvas.down(52)
        canvas.bar(MARGIN, WIDTH - 2 * MARGIN, 26, share, canvas.look.strong)
        canvas.down(54)
    for name, starred in badges:
        canvas.down(8)
        (canvas.star if starred else canvas.dot)(MARGIN, 44, GOLD if starred else canvas.look.strong)
        canvas.down(-4)
        canvas.text(MARGIN + 60, name, 34)
        canvas.down(56)
    return canvas.png()
