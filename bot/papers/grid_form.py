"""The tutor's assessment on paper: one A4 page (more where outcomes are many), a box for each grade, lines to sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.i18n import Text, Value, say
from bot.papers.paper import GREY, Paper

Words = Callable[[Text], str]
MARGIN, WIDTH, BOTTOM = 18.0, 174.0, 262.0
GRADES = (1, 2, 3, 4, 0)
BOX, GAP = 5.0, 17.0
GRID = MARGIN + WIDTH - GAP * len(GRADES)


@dataclass(frozen=True, slots=True)
class Form:
    """Whom it is about; `outcomes` are pairs of unit (or none) and words."""

    learner: str
    code: str
    cohort: str
    host: str
    tutor: str
    arrival: Value
    back: Value
    outcomes: tuple[tuple[Text | None, Text], ...]


def grid_form(form: Form, words: Words, language: str) -> bytes:
    """The PDF, in the tutor's language."""
    title = words(say("grid_form/title"))
    texts = [title, *(words(one) for one in _all(form))]
    paper = Paper(texts, title, language=language)
    y = _head(paper, form, words)
    unit: Text | None = None
    for number, (of, outcome) in enumerate(form.outcomes, 1):
        if y > BOTTOM - 40:
            paper.page()
            y = _scale(paper, words, MARGIN)
        if of is not None and of != unit:
            y = paper.text(MARGIN, y + 2, WIDTH, words(of), 10.5, bold=True) + 1
        unit = of
        below = paper.text(MARGIN, y, GRID - MARGIN - 4, f"{number}.  {words(outcome)}", 10)
        for column in range(len(GRADES)):
            paper.box(GRID + column * GAP + (GAP - BOX) / 2, y, BOX, BOX)
        y = max(below, y + BOX) + 2.5
        paper.rule(MARGIN, y - 1.2, WIDTH)
    _foot(paper, form, words, y)
    return paper.bytes()


def _all(form: Form) -> list[Text]:
    """Every text but the outcomes' that may be drawn, for the fonts."""
    return [
        *(text for pair in form.outcomes for text in pair if text is not None), _who(form), _stay(form),
        *(say(f"outcomes/grade/{value}") for value in GRADES), say("grid_form/how"), say("grid_form/moment"),
        say("grid_form/comment"), say("grid_form/sign"), say("grid_form/back"),
    ]  # fmt: skip


def _who(form: Form) -> Text:
    return say("grid_form/who", name=form.learner, code=form.code, cohort=form.cohort)


def _stay(form: Form) -> Text:
    return say(
        "grid_form/stay", host=form.host or "–", tutor=form.tutor or "–", arrival=form.arrival, return_=form.back
    )


def _head(paper: Paper, form: Form, words: Words) -> float:
    paper.page()
    y = paper.text(MARGIN, MARGIN, WIDTH, words(say("grid_form/title")), 17, bold=True) + 1
    y = paper.text(MARGIN, y, WIDTH, words(_who(form)), 11) + 0.5
    y = paper.text(MARGIN, y, WIDTH, words(_stay(form)), 10, colour=GREY) + 2
    y = paper.text(MARGIN, y, WIDTH, words(say("grid_form/how")), 10) + 1.5
    y = paper.text(MARGIN, y, WIDTH, words(say("grid_form/moment")), 10) + 3
    return _scale(paper, words, y)


def _scale(paper: Paper, words: Words, y: float) -> float:
    """The heads of the columns."""
    for column, value in enumerate(GRADES):
        named = words(say(f"outcomes/grade/{value}"))
        paper.text(GRID + column * GAP, y, GAP - 1, named, 7.5, colour=GREY, align="C", most=11)
    return y + 12


def _foot(paper: Paper, form: Form, words: Words, y: float) -> None:
    if y > BOTTOM - 42:
        paper.page()
        y = MARGIN
    y = paper.text(MARGIN, y + 3, WIDTH, words(say("grid_form/comment")), 10)
    for line in range(3):
        paper.rule(MARGIN, y + 7 + line * 8, WIDTH)
    y += 30
    paper.rule(MARGIN, y + 8, 80)
    paper.rule(MARGIN + 94, y + 8, 80)
    paper.text(MARGIN, y + 9, WIDTH, words(say("grid_form/sign")), 8.5, colour=GREY)
    paper.text(MARGIN, 276, WIDTH, words(say("grid_form/back")), 8.5, colour=GREY, most=10)
