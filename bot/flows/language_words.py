"""Levels, results and comparisons of languages in words: the same in the chat, on the page and for who may see them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from bot.flows.language_views import ALL, PHASES, ClaimView, LanguagesView, TestView
from bot.flows.vocabulary import Rows, button
from bot.i18n import Day, LanguageName, Listing, Text, say, verbatim
from bot.rules.language_test import BELOW, Result

SEE: Rows = ((button("languages/open_button", "languages:show"),),)
UNKNOWN = "und"  # BCP-47: a language nobody knows
KINDS = ("test", "ols", "grid")
SKILLS = ("listening", "reading", "talking", "speaking", "writing")


def level_name(level: str) -> Text:
    """`B1`, or that it is not yet A1."""
    return say("languages/below") if level == BELOW else verbatim(level)


def means(level: str) -> Text:
    """What somebody of a level manages, in a sentence."""
    return say(f"languages/means/{level.lower()}")


def possible(result: Result) -> Text:
    """Which levels the answers leave possible."""
    found = list(dict.fromkeys((result.lowest, result.level, result.highest)))
    match [level_name(level) for level in found]:
        case [_]:
            return say("languages/one_possible")
        case [low, high]:
            return say("languages/two_possible", low=low, high=high)
        case [low, _, high]:
            return say("languages/three_possible", low=low, high=high)
        case _:
            raise AssertionError(found)


def tally_lines(result: Result) -> Text:
    """What was right at each level, and what that says of the long run."""
    lines = []
    for level, tally in result.tallies.items():
        if tally.asked:
            low, high = (round(100 * bound) for bound in tally.share)
            line = say("languages/tally", level=level, right=tally.right, asked=tally.asked, low=low, high=high)
            lines.append(line)
    return say("languages/lines", lines=Listing(tuple(lines), lines=True))


def about(view: LanguagesView, language: str, kinds: Collection[str] = KINDS) -> Iterator[Text]:
    """Everything known of one language, or what is of some kinds: tests and what changed, OLS results, the own view."""
    lines: list[Text] = [say("languages/language", language=name_of(language))]
    for phase in PHASES:
        test, ols = view.test(phase, language), view.claim(phase, language, "ols")
        if test and "test" in kinds:
            lines.append(_test_line(test))
            attempts = view.attempts(phase, language)
            lines += [say("languages/attempts", n=attempts)] if attempts > 1 else []
        lines += [_ols_line(ols)] if ols and "ols" in kinds else []
    yield say("languages/lines", lines=Listing(tuple(lines), lines=True))
    change = view.change(language)
    if change is not None and "test" in kinds:
        yield say(f"languages/change/{change}")
    own = tuple(_own_lines(*(view.claim(phase, language, "grid") for phase in PHASES)))
    if own and "grid" in kinds:
        yield say("languages/own_title", lines=Listing(own, lines=True))


def kinds_of(view: LanguagesView, language: str) -> tuple[str, ...]:
    """What there is of a language: each can be shown by itself."""
    found = {one.source for one in view.claims if one.language == language}
    found |= {"test"} if any(one.language == language for one in view.tests) else set()
    return tuple(kind for kind in KINDS if kind in found)


def name_of(language: str) -> LanguageName | Text:
    """What a language is called; the one of the stay where nobody knows which that is."""
    return say("language_test/of_the_place") if language == UNKNOWN else LanguageName(language)


def _test_line(test: TestView) -> Text:
    level, on = level_name(test.result.level), Day(test.taken_at.date(), "medium")
    levels = possible(test.result)
    if test.phase == "before":
        return say("languages/test_before", level=level, on=on, possible=levels)
    return say("languages/test_after", level=level, on=on, possible=levels)


def _ols_line(ols: ClaimView) -> Text:
    level = level_name(ols.levels[ALL])
    when = Day(ols.taken_on, "month") if ols.taken_on else say("languages/long_ago")
    if ols.phase == "before":
        return say("languages/ols_before", level=level, on=when)
    return say("languages/ols_after", level=level, on=when)


def _own_lines(before: ClaimView | None, after: ClaimView | None) -> Iterator[Text]:
    for skill in SKILLS:
        found = [level_name(one.levels[skill]) for one in (before, after) if one and skill in one.levels]
        if len(found) == 2:
            yield say("languages/own_twice", skill=skill_name(skill), before=found[0], after=found[1])
        elif found:
            yield say("languages/own_once", skill=skill_name(skill), level=found[0])


def skill_name(skill: str) -> Text:
    """One of the five skills of the grid."""
    return say(f"languages/skills/{skill}")
