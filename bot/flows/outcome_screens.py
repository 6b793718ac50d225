"""What the conversations about learning outcomes share: numbered lists, scales in words, and what others are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bot.flows.outcome_views import GridView, NoteView, OutcomeView
from bot.flows.vocabulary import Button, Rows, Screen, button, in_rows, screen
from bot.i18n import Day, Listing, Text, say, verbatim

A_ROW = 5  # number buttons side by side
LIMIT = 1000  # UTF-16 units in a note
BESIDE = 150  # characters of it beside a whole list


def numbered(outcomes: Sequence[OutcomeView], line: Callable[[int, OutcomeView], Text]) -> tuple[Text, ...]:
    """The outcomes by unit, a paragraph each: the unit's name and a line an outcome, numbered from 1."""
    parts: list[tuple[Text | None, list[Text]]] = []
    for number, one in enumerate(outcomes, 1):
        if not parts or parts[-1][0] != one.unit:
            parts.append((one.unit, []))
        parts[-1][1].append(line(number, one))
    return tuple(_part(unit, lines) for unit, lines in parts)


def _part(unit: Text | None, lines: Iterable[Text]) -> Text:
    listed = Listing(tuple(lines), lines=True)
    return say("outcomes/lines", lines=listed) if unit is None else say("outcomes/unit", unit=unit, lines=listed)


def _each(_: OutcomeView) -> bool:
    return True


def _none(_: OutcomeView) -> bool:
    return False


def number_rows(
    outcomes: Sequence[OutcomeView], where: str, ticked: Callable[[OutcomeView], object] = _none,
    only: Callable[[OutcomeView], object] = _each,
) -> Rows:  # fmt: skip
    """A button a number as in `numbered`, a few a row, by callback data `<where>:<code>`: of those `only`, those
    `ticked` with a tick."""
    keys = ("skills_log/number", "skills_log/ticked")
    return in_rows(
        [
            Button(say(keys[bool(ticked(one))], number=number), f"{where}:{one.code}")
            for number, one in enumerate(outcomes, 1)
            if only(one)
        ],
        A_ROW,
    )


def logged(one: OutcomeView) -> Text:
    """The learner's own log of an outcome: in how many weeks, and the furthest they got."""
    if not one.weeks:
        return say("outcomes/log_none")
    if one.best is None:
        return say("outcomes/log_weeks", n=one.weeks)
    return say("outcomes/log_best", n=one.weeks, how=say(f"outcomes/how/{one.best}"))


def graded(one: OutcomeView) -> Text | None:
    """What the tutor's grids say; both where there are two."""
    mid, end = one.grades.get("mid"), one.grades.get("end")
    if mid is not None and end is not None:
        return say("outcomes/tutor_both", mid=grade(mid), end=grade(end))
    value = end if end is not None else mid
    return None if value is None else say("outcomes/tutor", grade=grade(value))


def grade(value: int) -> Text:
    """A grade in words."""
    return say(f"outcomes/grade/{value}")


def verdict(one: OutcomeView) -> Text | None:
    """What the school says."""
    return (
        None if one.verdict is None else say("outcomes/school", verdict=say(f"outcomes/verdict/{one.verdict.verdict}"))
    )


def full(number: int, one: OutcomeView) -> Text:
    """An outcome with all that shows it."""
    return say("outcomes/full", number=number, words=one.words, proof=proof(one))


def brief(number: int, one: OutcomeView) -> Text:
    """The same, alone where nothing shows it yet."""
    return full(number, one) if one.proven else plain(number, one)


def proof(one: OutcomeView) -> Text:
    """What shows an outcome, a line each."""
    known = [part for part in (logged(one), graded(one), verdict(one)) if part is not None]
    return say("outcomes/lines", lines=Listing(tuple(known), lines=True))


def plain(number: int, one: OutcomeView) -> Text:
    """An outcome alone."""
    return say("outcomes/line", number=number, words=one.words)


def signed(grid: GridView) -> Text:
    """Who assessed, and when."""
    name = verbatim(grid.by_name) if grid.by_name else say("outcomes/nameless_tutor")
    day = Day(grid.on) if grid.on else "–"
    return say(f"outcomes/signed/{grid.moment}", name=name, day=day)


def told(note: NoteView) -> Text:
    """A note as its writer sees it in a list."""
    return verbatim(cut(note.words)) if note.words else say("outcomes/voice_note")


def cut(words: str) -> str:
    """Somebody's words beside much else: as many as fit."""
    return words if len(words) <= BESIDE else words[: BESIDE - 1].rstrip() + "…"


# --- what others are told -------------------------------------------------------------------------


def assessed(tutor: str) -> Screen:
    """To the learner: the tutor's grid is there."""
    rows: Rows = ((button("outcomes/see_button", "outcomes:home"),),)
    return screen(say("outcomes/assessed", name=verbatim(tutor)), rows=rows)


def validated(teacher: str) -> Screen:
    """To the learner: the school has looked."""
    rows: Rows = ((button("outcomes/see_button", "outcomes:home"),),)
    return screen(say("outcomes/validated", name=verbatim(teacher)), rows=rows)


def may_be_validated(learner: str, placement_id: int) -> Screen:
    """To the contact person: a learner lets them see the outcomes."""
    rows: Rows = ((button("validation/open_button", f"validate:of:{placement_id}"),),)
    return screen(say("validation/may_now", name=verbatim(learner)), rows=rows)


def shown_note(name: str, side: str, part: str, placement_id: int) -> Screen:
    """The head of a note that somebody chose to show; their words follow."""
    head = say(f"review/from_{side}", name=verbatim(name), part=say(f"review/part/{part}"))
    if side == "learner":
        return screen(head, rows=((button("review/open_tutor_button", f"review:of:{placement_id}"),),))
    return screen(head, rows=((button("review/open_button", "review:home"),),))
