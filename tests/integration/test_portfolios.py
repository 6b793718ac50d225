"""Portfolios: what was chosen is kept, handed over and forgotten with the rest, and nobody else opens one."""

from __future__ import annotations

from bot.flows.effects import KeepPortfolio
from bot.service import erasing, portfolios, privacy
from bot.service.core import Core
from bot.service.stays import stay_of
from bot.store.tables import Outbox, Portfolio, StepRun
from tests.support.cohort import LEARNER, REFERENT, Small
from tests.support.looking import rows

WORDS = "I was afraid of the telephone"


def written(core: Core, small: Small) -> None:
    with core.store.transaction() as session:
        session.add(StepRun(placement_id=small.placements["lea"], step="goals", state="done",
                            data={"entries": [{"words": WORDS}]}, offered_at=small.world.now))  # fmt: skip


def test_a_learner_chooses_in_the_chat_and_the_file_is_not_kept_twice(core: Core, abroad: Small) -> None:
    world = abroad.world
    written(core, abroad)
    world.say(LEARNER, "/portfolio")
    world.tap(LEARNER, "My thoughts: 0 of 1")
    world.tap(LEARNER, "○ What do I want from this?")
    world.tap(LEARNER, "Put it in")
    world.tap(LEARNER, "Portfolio")
    world.tap(LEARNER, "Make the PDF")
    assert "Here is your portfolio" in world.phone(LEARNER).last.text
    assert [list(row.choices) for row in rows(core, Portfolio)] == [["entry:goals:0"]]
    assert not any(WORDS in str(row.payload) for row in rows(core, Outbox) if row.ref == "private")
    with core.store.transaction() as session:
        assert len(privacy.export(session, abroad.people["lea"], world.now)["portfolio"]) == 1
        erasing.erase(core, session, abroad.people["lea"], world.now, None)
    assert rows(core, Portfolio) == []


def test_nobody_opens_or_changes_anybody_elses_portfolio(core: Core, abroad: Small) -> None:
    world, lea = abroad.world, abroad.placements["lea"]
    written(core, abroad)
    world.say(REFERENT, "/portfolio")
    assert "Portfolio" not in world.phone(REFERENT).last.text
    with core.store.transaction() as session:
        stay = stay_of(session, lea, world.now)
        assert stay is not None
        portfolios.keep(session, KeepPortfolio(lea, {"host": "1"}), world.now)
        portfolios.keep(session, KeepPortfolio(lea, {"trade": ""}), world.now)
        view = portfolios.view_of(session, stay)
    assert (view.choices, view.school) == ({"host": "1", "trade": ""}, "")
