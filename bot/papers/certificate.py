"""A certificate on one page of A4: who, what for, since when, and the code with which it can be checked."""

from __future__ import annotations

from dataclasses import dataclass

from bot.papers.paper import GREY, INK, RULE, Paper

WIDTH, MARGIN = 210.0, 28.0
INNER = WIDTH - 2 * MARGIN
ACCENT = (11, 110, 117)


@dataclass(frozen=True, slots=True)
class Certificate:
    """The words of a certificate, in the reader's language."""

    title: str
    before: str
    name: str
    body: str
    lines: tuple[str, ...]
    modules_title: str
    modules: tuple[str, ...]
    issued: str
    code: str
    verify: str

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that is drawn."""
        return (
            self.title, self.before, self.name, self.body, *self.lines, self.modules_title, *self.modules,
            self.issued, self.code, self.verify, "•",
        )  # fmt: skip


def pdf(words: Certificate) -> bytes:
    """The page. Long names and translations are set smaller, so that nothing leaves it."""
    paper = Paper(words.texts, words.title)
    paper.page()
    paper.box(0, 0, WIDTH, 10, fill=ACCENT)
    paper.box(14, 22, WIDTH - 28, 261)
    y = paper.text(MARGIN, 40, INNER, words.title, 20, colour=ACCENT, align="C", most=26)
    y = paper.text(MARGIN, max(y + 10, 66), INNER, words.before, 11, colour=GREY, align="C", most=6)
    y = paper.text(MARGIN, y + 4, INNER, words.name, 28, bold=True, align="C", most=34)
    paper.box(MARGIN + 30, y + 4, INNER - 60, 0.3, fill=RULE)
    y = paper.text(MARGIN, y + 12, INNER, words.body, 13, align="C", most=34) + 8
    for line in words.lines:
        y = paper.text(MARGIN, y, INNER, line, 11, align="C", most=14) + 2
    if words.modules:
        y = paper.text(MARGIN, y + 6, INNER, words.modules_title, 11, bold=True, colour=GREY) + 2
        for module in words.modules:
            y = paper.text(MARGIN, y, INNER, f"• {module}", 11, colour=INK, most=12) + 1
    paper.text(MARGIN, 240, INNER, words.issued, 11, most=14)
    paper.text(MARGIN, 253, INNER, words.code, 13, bold=True, most=8)
    paper.text(MARGIN, 262, INNER, words.verify, 8.5, colour=GREY, most=16)
    return paper.bytes()
