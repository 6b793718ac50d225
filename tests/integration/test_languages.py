"""Language results: kept by phase and attempt, side by side for the learner, shown to one person on a tap, and gone
with the person."""

from __future__ import annotations

from bot.flows.effects import KeepLanguageClaim, KeepLanguageTest
from bot.rules.language_test import Result, Tally, result_of
from bot.service import erasing, languages, privacy
from bot.service.core import Core
from bot.store.tables import LanguageClaim, LanguageResult, Outbox
from tests.support.cohort import LEARNER, REFERENT, Small
from tests.support.looking import rows

A2 = result_of({"A1": Tally(), "A2": Tally(4, 5), "B1": Tally(1, 5), "B2": Tally()})
B1 = result_of({"A1": Tally(), "A2": Tally(5, 5), "B1": Tally(4, 5), "B2": Tally(0, 5)})
B2 = result_of({"A1": Tally(), "A2": Tally(5, 5), "B1": Tally(5, 5), "B2": Tally(5, 5)})


def take(core: Core, small: Small, phase: str, result: Result = B1, attempt: int = 1) -> None:
    """A test of Spanish that was taken to its end."""
    form = "a" if phase == "before" else "b"
    answers = (("a2-use-1", 0), ("a2-use-2", -1))
    effect = KeepLanguageTest(small.placements["lea"], phase, "es", form, attempt, answers, result)
    with core.store.transaction() as session:
        languages.keep_test(session, effect, small.world.now)


def say(core: Core, small: Small, source: str, phase: str, **levels: str) -> None:
    with core.store.transaction() as session:
        effect = KeepLanguageClaim(small.placements["lea"], phase, "es", source, levels)
        languages.keep_claim(session, effect, small.world.now)


def test_the_first_of_several_goes_counts_and_a_go_that_comes_twice_is_one(core: Core, small: Small) -> None:
    take(core, small, "before", A2)
    take(core, small, "before", A2)
    take(core, small, "before", B2, attempt=2)
    take(core, small, "after", B1)
    say(core, small, "grid", "before", listening="A1", reading="A2")
    say(core, small, "grid", "before", listening="B1")
    say(core, small, "ols", "after", all="C1")
    with core.store.transaction() as session:
        view = languages.language_results(session, small.placements["lea"])
    counting = view.test("before", "es")
    assert counting is not None
    assert counting.result == A2
    assert (view.languages, view.attempts("before", "es"), view.change("es")) == (("es",), 2, "unclear")
    grid, ols = view.claim("before", "es", "grid"), view.claim("after", "es", "ols")
    assert grid is not None
    assert grid.levels == {"listening": "B1", "reading": "A2"}
    assert ols is not None
    assert ols.levels == {"all": "C1"}


def test_before_and_after_stand_side_by_side_and_go_to_a_contact_person_once_on_a_tap(
    core: Core, small: Small
) -> None:  # fmt: skip
    small.join_staff()
    small.join()
    world = small.world
    world.say(LEARNER, "/progress")
    world.tap(LEARNER, "My languages")
    assert "Nothing here yet" in world.phone(LEARNER).last.text
    take(core, small, "before", A2)
    take(core, small, "after", B2)
    say(core, small, "grid", "before", listening="A1")
    world.tap(LEARNER, "My progress")
    world.tap(LEARNER, "My languages")
    shown = world.phone(LEARNER).last.text
    assert "With so few questions, it may be A1 or A2." in shown
    assert "Clearly higher after the stay" in shown
    assert "Listening: A1" in shown

    world.tap(LEARNER, "Show it to somebody")
    world.tap(LEARNER, "Spanish: test")
    if "Who may see" in world.phone(LEARNER).last.text:
        world.tap(LEARNER, "Claire Exemple")
    data = world.phone(LEARNER).find("Yes, show it")[1]
    world.forge(LEARNER, data)
    world.forge(LEARNER, data)
    world.turn()
    assert [row.state for row in rows(core, Outbox, Outbox.key.like("languages:%"))] == ["sent"]
    told = world.phone(REFERENT).last.text
    assert "Lea Beispiel" in told
    assert "Listening" not in told
    assert "you" not in told.replace("would like you to see", "")


def test_a_forged_wish_shows_nothing_to_anybody(core: Core, small: Small) -> None:
    small.join_staff()
    small.join()
    take(core, small, "before", A2)
    for data in (
        f"languages:send:test:es:{small.people['marco']}:x",
        "languages:see:test:es:999",
        "languages:what:grid:es",
        "languages:send",
        "languages:",
    ):
        small.world.forge(LEARNER, data)
        small.world.forge(REFERENT, data)
    small.world.turn()
    assert rows(core, Outbox, Outbox.key.like("languages:%")) == []


def test_a_copy_of_the_data_has_them_and_erasing_forgets_them(core: Core, small: Small) -> None:
    take(core, small, "before")
    say(core, small, "grid", "before", listening="A1")
    with core.store.transaction() as session:
        exported = privacy.export(session, small.people["lea"], small.world.now)
        erasing.erase(core, session, small.people["lea"], small.world.now, None)
    assert [(row["level"], row["answers"][1]) for row in exported["language_result"]] == [("B1", ["a2-use-2", -1])]
    assert [row["skill"] for row in exported["language_claim"]] == ["listening"]
    assert rows(core, LanguageResult) == rows(core, LanguageClaim) == []
