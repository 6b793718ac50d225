"""How was the day: one tap after "I'm fine", for the learner alone."""

from __future__ import annotations

import pytest

from bot.service import erasing, privacy
from bot.service.core import Core
from bot.store.tables import Consent, Mood, Outbox, Point
from tests.support.cohort import BACKUP, LEARNER, REFERENT, SECOND_LEARNER, Small, add_learner
from tests.support.looking import change, march, rows

FACES = ["1 😞", "2 🙁", "3 😐", "4 🙂", "5 😀"]


def labels(small: Small, chat: int = LEARNER) -> list[str]:
    return [label for label, _ in small.world.phone(chat).last.buttons]


def fine(small: Small, day: int = 2, face: str | None = None) -> None:
    """The check-in of a day is answered with "I'm fine"; then maybe a face."""
    small.world.travel(march(day, 18))
    small.world.tap(LEARNER, "I'm fine")
    if face:
        small.world.tap(LEARNER, face)


def kept(core: Core) -> list[tuple[int, int]]:
    return [(m.day.day, m.value) for m in rows(core, Mood)]


def test_five_faces_come_with_the_thanks_in_the_same_message(abroad: Small) -> None:
    abroad.world.travel(march(2, 18))
    before = len(abroad.world.phone(LEARNER).messages)
    abroad.world.tap(LEARNER, "I'm fine")
    assert len(abroad.world.phone(LEARNER).messages) == before
    assert labels(abroad) == FACES


def test_a_tap_is_kept_without_points_and_can_be_ignored(core: Core, abroad: Small) -> None:
    fine(abroad, 2, "4 🙂")
    fine(abroad, 3)
    abroad.world.travel(march(4, 12))
    assert kept(core) == [(2, 4)]
    assert rows(core, Point) == []
    assert labels(abroad) != FACES or "Good to hear" in abroad.world.phone(LEARNER).last.text


def test_after_a_hard_day_somebody_to_talk_to_is_offered(abroad: Small) -> None:
    fine(abroad, 2, "2 🙁")
    assert "Some days are hard" in abroad.world.phone(LEARNER).last.text
    assert labels(abroad) == ["Write now"]


@pytest.mark.parametrize("answer", ["I need help", "Fine, but I'd like to talk"])
def test_after_a_call_for_help_nobody_asks_about_moods(abroad: Small, answer: str) -> None:
    abroad.world.travel(march(2, 18))
    abroad.world.tap(LEARNER, answer)
    assert not set(FACES) & {label for m in abroad.world.phone(LEARNER).messages for label, _ in m.buttons}


def test_a_late_answer_is_thanked_without_faces(abroad: Small) -> None:
    abroad.world.travel(march(2, 20, 10))
    abroad.world.tap(LEARNER, "I'm fine")
    assert not set(FACES) & set(labels(abroad))


def test_without_consent_to_data_nothing_is_asked_or_kept(core: Core, abroad: Small) -> None:
    (yes,) = rows(core, Consent, Consent.kind == "data")
    change(core, yes, given=False)
    fine(abroad)
    assert labels(abroad) == []
    abroad.world.forge(LEARNER, "mood:5:1")
    assert kept(core) == []


def test_it_can_be_switched_off_and_on_again(abroad: Small) -> None:
    abroad.world.say(LEARNER, "/settings")
    abroad.world.tap(LEARNER, "Don't ask about my day")
    fine(abroad, 2)
    assert labels(abroad) == []
    abroad.world.say(LEARNER, "/settings")
    abroad.world.tap(LEARNER, "Ask how my day was")
    fine(abroad, 3)
    assert labels(abroad) == FACES


def test_progress_shows_two_weeks_to_the_learner_and_to_nobody_else(abroad: Small) -> None:
    fine(abroad, 2, "1 😞")
    fine(abroad, 3, "5 😀")
    abroad.world.say(LEARNER, "/progress")
    assert "▁█" in abroad.world.phone(LEARNER).last.text
    abroad.world.tap(LEARNER, "My days")
    assert "▰▱▱▱▱  2 Mar 2026\n▰▰▰▰▰  3 Mar 2026" in abroad.world.phone(LEARNER).last.text
    assert not any("▰" in m.text for chat in (REFERENT, BACKUP) for m in abroad.world.phone(chat).messages)


def share(small: Small) -> str:
    """Up to the preview; returns it."""
    small.world.say(LEARNER, "/progress")
    small.world.tap(LEARNER, "My days")
    small.world.tap(LEARNER, "Show it to somebody")
    small.world.tap(LEARNER, "Marco Esempio")
    return small.world.phone(LEARNER).last.text


def test_exactly_what_was_shown_goes_to_just_the_one_who_was_chosen(core: Core, abroad: Small) -> None:
    fine(abroad, 2, "3 😐")
    preview = share(abroad)
    before = len(abroad.world.phone(REFERENT).messages)
    abroad.world.tap(LEARNER, "Yes, show it")
    abroad.world.turn()
    sent = abroad.world.phone(BACKUP).last.text
    assert sent in preview
    assert "▰▰▰▱▱  2 Mar 2026" in sent
    assert len(abroad.world.phone(REFERENT).messages) == before


def test_nothing_is_kept_of_what_was_shown(core: Core, abroad: Small) -> None:
    fine(abroad, 2, "3 😐")
    share(abroad)
    abroad.world.tap(LEARNER, "Yes, show it")
    abroad.world.turn()
    (row,) = rows(core, Outbox, Outbox.key.like("moods:%"))
    assert (row.state, row.payload) == ("sent", {"body": []})


def test_two_taps_show_it_once(core: Core, abroad: Small) -> None:
    fine(abroad, 2, "3 😐")
    share(abroad)
    data = abroad.world.phone(LEARNER).find("Yes, show it")[1]
    for _ in range(2):
        abroad.world.forge(LEARNER, data)
    abroad.world.turn()
    assert len(rows(core, Outbox, Outbox.key.like("moods:%"))) == 1


def test_what_changed_since_the_preview_is_shown_again_first(core: Core, abroad: Small) -> None:
    fine(abroad, 2, "3 😐")
    share(abroad)
    data = abroad.world.phone(LEARNER).find("Yes, show it")[1]
    abroad.world.forge(LEARNER, "mood:5:1")
    abroad.world.forge(LEARNER, data)
    assert rows(core, Outbox, Outbox.key.like("moods:%")) == []
    assert labels(abroad) == ["Yes, show it", "No, keep it to me"]


def test_another_learners_check_in_and_strangers_get_nothing(core: Core, abroad: Small) -> None:
    fine(abroad)
    add_learner(core, abroad, "tom", "Tom", "Muster", "L02")
    abroad.join("tom", SECOND_LEARNER)
    for data in ("mood:5:1", "mood:6:1", "mood:0:1", "mood:5:²", "mood:send:3:x:y", "mood:see:999", "mood:"):
        abroad.world.forge(SECOND_LEARNER, data)
        abroad.world.forge(REFERENT, data)
    assert kept(core) == []


def test_a_day_can_be_told_for_a_day(core: Core, abroad: Small) -> None:
    fine(abroad, 2)
    abroad.world.travel(march(3, 18, 1))
    abroad.world.forge(LEARNER, "mood:5:1")
    assert kept(core) == []
    assert "This day is over" in abroad.world.phone(LEARNER).text()


def test_export_has_them_and_erasing_forgets_them(core: Core, abroad: Small) -> None:
    fine(abroad, 2, "4 🙂")
    with core.store.transaction() as session:
        exported = privacy.export(session, abroad.people["lea"], abroad.world.now)
        assert [(m["day"], m["value"]) for m in exported["mood"]] == [("2026-03-02", 4)]
        erasing.erase(core, session, abroad.people["lea"], abroad.world.now, None)
    assert rows(core, Mood) == []
