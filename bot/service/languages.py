"""Language tests and levels of a stay: kept for the learner alone, who may show them or put them into the portfolio."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.flows import languages as talk
from bot.flows.effects import KeepLanguageClaim, KeepLanguageTest, ShareLanguages
from bot.flows.language_views import ClaimView, LanguagesView, TestView
from bot.flows.vocabulary import Screen
from bot.rules.language_test import Result, Tally
from bot.service import drafts, notices
from bot.service.stays import stay_of
from bot.store.tables import LanguageClaim, LanguageResult
from bot.store.writing import upsert


def language_results(session: Session, placement_id: int) -> LanguagesView:
    """Tests, grids and OLS results of a stay, the oldest first; empty where there are none.

    `view.languages` names the languages; `view.test(phase, language)` is the test that counts (phase `before` or
    `after`), its `result` with level, lowest and highest possible level and the tallies; `view.claim(phase, language,
    "grid" | "ols")` what the learner gave; `view.change(language)` is `higher`, `lower`, `unclear` or None. Nobody but
    the learner may see any of it unless they chose to show it: callers ask them, one thing at a time.
    """
    return LanguagesView(
        placement_id, tuple(_tests(session, placement_id)), tuple(_claims(session, placement_id))
    )  # fmt: skip


def _tests(session: Session, placement_id: int) -> list[TestView]:
    query = select(LanguageResult).where(LanguageResult.placement_id == placement_id)
    seen: set[tuple[str, str]] = set()
    found = []
    for row in session.scalars(query.order_by(LanguageResult.attempt, LanguageResult.id)):
        tallies = {level: Tally(*counts) for level, counts in row.tallies.items()}
        result = Result(row.level, row.lowest, row.highest, tallies)
        first = (row.phase, row.language) not in seen
        seen.add((row.phase, row.language))
        found.append(TestView(row.phase, row.language, row.form, row.attempt, result, row.taken_at, first))
    return sorted(found, key=lambda one: one.taken_at)


def _claims(session: Session, placement_id: int) -> list[ClaimView]:
    query = select(LanguageClaim).where(LanguageClaim.placement_id == placement_id)
    found: dict[tuple[str, str, str], ClaimView] = {}
    for row in session.scalars(query.order_by(LanguageClaim.given_at, LanguageClaim.id)):
        key = (row.phase, row.language, row.source)
        levels = {**(found[key].levels if key in found else {}), row.skill: row.level}
        found[key] = ClaimView(*key, levels, row.given_at, row.taken_on)
    return list(found.values())


def share(session: Session, effect: ShareLanguages, now: datetime) -> None:
    """Show one thing as it stands to one person, once a day at most. Nothing is kept of it."""
    stay = stay_of(session, effect.placement_id, now)
    view = language_results(session, effect.placement_id)
    if stay is None or not stay.may_travel_on or effect.language not in view.languages:
        return
    day, about = local_date(now, stay.zone), f"{effect.kind}:{effect.language}"
    key = f"languages:{effect.placement_id}:{effect.to_person_id}:{about}:{day}"
    shown = Screen(talk.picture(stay.learner, view, effect.kind, effect.language))
    notices.notify(session, effect.to_person_id, shown, now=now, key=key, ref=drafts.PRIVATE)


def keep_test(session: Session, effect: KeepLanguageTest, now: datetime) -> None:
    """A test that was taken to its end. The same attempt a second time changes nothing."""
    key = {
        "placement_id": effect.placement_id, "phase": effect.phase, "language": effect.language,
        "attempt": effect.attempt,
    }  # fmt: skip
    result = effect.result
    upsert(session, LanguageResult, key, {
        "form": effect.form, "level": result.level, "lowest": result.lowest, "highest": result.highest,
        "tallies": {level: [tally.right, tally.asked] for level, tally in result.tallies.items()},
        "answers": [list(one) for one in effect.answers], "taken_at": now,
    })  # fmt: skip


def keep_claim(session: Session, effect: KeepLanguageClaim, now: datetime) -> None:
    """What a learner says of their level; who says it again changes it."""
    for skill, level in effect.levels.items():
        key = {
            "placement_id": effect.placement_id, "phase": effect.phase, "language": effect.language,
            "source": effect.source, "skill": skill,
        }  # fmt: skip
        upsert(session, LanguageClaim, key, {"level": level, "taken_on": effect.taken_on, "given_at": now})
