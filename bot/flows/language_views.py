"""What is known of a learner's level in the languages of a stay, as flows and papers see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.rules.language_test import Result, compare

PHASES = ("before", "after")
ALL = "all"  # the skill of an OLS test, which has one level


@dataclass(frozen=True, slots=True)
class TestView:
    """One test taken to its end. Of several in one phase the first `counts`: it met nobody who knew its items."""

    __test__ = False

    phase: str
    language: str
    form: str
    attempt: int
    result: Result
    taken_at: datetime
    counts: bool


@dataclass(frozen=True, slots=True)
class ClaimView:
    """Levels by skill that the learner gave: `grid` (five skills), or `ols` (the skill `all`, with its day)."""

    phase: str
    language: str
    source: str
    levels: Mapping[str, str]
    given_at: datetime
    taken_on: date | None = None


@dataclass(frozen=True, slots=True)
class LanguagesView:
    """Everything about a stay's languages, the oldest first."""

    placement_id: int
    tests: tuple[TestView, ...] = ()
    claims: tuple[ClaimView, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there is something about."""
        known = [*(test.language for test in self.tests), *(claim.language for claim in self.claims)]
        return tuple(dict.fromkeys(known))

    def test(self, phase: str, language: str) -> TestView | None:
        """The one that counts."""
        found = (one for one in self.tests if (one.phase, one.language) == (phase, language) and one.counts)
        return next(found, None)

    def attempts(self, phase: str, language: str) -> int:
        """How often the test was taken."""
        return sum((one.phase, one.language) == (phase, language) for one in self.tests)

    def claim(self, phase: str, language: str, source: str) -> ClaimView | None:
        """What the learner gave of one kind."""
        wanted = (phase, language, source)
        return next((one for one in self.claims if (one.phase, one.language, one.source) == wanted), None)

    def change(self, language: str) -> str | None:
        """`higher`, `lower` or `unclear` from before to after; None without two tests."""
        before, after = (self.test(phase, language) for phase in PHASES)
        return compare(before.result, after.result) if before and after else None
