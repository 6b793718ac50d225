"""What a coordinator does at the desk, as it arrives in the chats."""

from __future__ import annotations

from datetime import date

from bot.service import alert_list, broadcast_plan, drills, guest_list, learner_card, learners
from bot.service.core import Core
from bot.store.tables import CheckIn
from tests.support.cohort import LEARNER, REFERENT, Small
from tests.support.looking import SEVENTEEN, march, rows, set_person

CODE = "SPRING"


def count(small: Small, chat_id: int, kind: str) -> int:
    return sum(message.kind == kind for message in small.world.phone(chat_id).messages)


def test_a_drill_rings_at_the_referents_and_says_what_it_is(core: Core, abroad: Small) -> None:
    before = len(abroad.world.phone(LEARNER).messages)
    drill = drills.start(core, CODE, abroad.world.now)[0]
    abroad.world.turn()
    assert drill["told"] == ["Claire Exemple", "Marco Esempio"]
    assert "test" in abroad.world.phone(REFERENT).last.text.lower()
    abroad.world.tap(REFERENT, "I'm on it")
    assert alert_list.listing(core, CODE, open_only=True)[0]["acknowledged_by"] == "Claire Exemple"
    alert_list.resolve(core, str(drill["id"]), "other", abroad.world.now)
    abroad.world.turn()
    assert len(abroad.world.phone(LEARNER).messages) == before


def test_a_message_arrives_silently_as_it_was_written(core: Core, abroad: Small) -> None:
    plan = broadcast_plan.plan(
        core, broadcast_plan.Request(CODE, "2026-03-02 18:00", "Bring <b>your</b> badge"), abroad.world.now
    )
    broadcast_plan.schedule(core, plan, abroad.world.now)
    abroad.world.travel(march(2, 16, 59))
    assert count(abroad, LEARNER, "message") == 0
    abroad.world.travel(march(2, 17, 1))
    found = next(m for m in abroad.world.phone(LEARNER).messages if m.kind == "message")
    assert (found.text, found.silent) == ("Bring &lt;b&gt;your&lt;/b&gt; badge", True)


def test_who_went_home_early_is_asked_nothing_any_more(core: Core, abroad: Small) -> None:
    learners.end(core, "L01", None, "2026-03-03", abroad.world.now)
    abroad.world.travel(march(2, 18))
    abroad.world.tap(LEARNER, "I'm fine")
    abroad.world.travel(march(3, 17))
    abroad.world.say(LEARNER, "/checkin")
    abroad.world.tap(LEARNER, "I've arrived")
    abroad.world.travel(march(5, 12))
    assert {row.day for row in rows(core, CheckIn) if row.state != "planned"} <= {date(2026, 3, 2), date(2026, 3, 3)}


def test_after_a_move_the_check_in_comes_by_the_new_clock(core: Core, abroad: Small) -> None:
    learners.move(core, "L01", None, learners.Move("Braga", "PT"), abroad.world.now)
    abroad.world.turn()
    planned = rows(core, CheckIn, CheckIn.day == date(2026, 3, 3))
    assert [row.due_at for row in planned] == [march(3, 19)]


def test_a_lost_phone_loses_the_chat_and_the_new_one_has_everything(core: Core, abroad: Small) -> None:
    found = learners.relink(core, "L01", None, abroad.world.now)
    assert found["old_chats_cut_off"] == 1
    abroad.world.say(77, f"/start {found['token']}")
    old = len(abroad.world.phone(LEARNER).messages)
    abroad.world.travel(march(2, 18, 1))
    assert len(abroad.world.phone(LEARNER).messages) == old
    assert count(abroad, 77, "check_in") == 1


def test_consent_on_paper_opens_a_minors_journey_and_says_so(core: Core, small: Small) -> None:
    set_person(core, small.people["lea"], birth_date=SEVENTEEN)
    small.join()
    small.world.wait(days=2)
    assert count(small, LEARNER, "prompt") == 0
    assert learners.consent_on_paper(core, "L01", None, "2026-02-01", True, small.world.now)["journey_open"]
    small.world.turn()
    assert count(small, LEARNER, "notice") >= 1
    small.world.wait(days=3)
    assert count(small, LEARNER, "prompt") >= 1


def test_the_card_shows_what_came_and_what_comes_in_order(core: Core, abroad: Small) -> None:
    calendar = learner_card.show(core, "L01", None, abroad.world.now)["calendar"]
    assert [line["at"] for line in calendar] == sorted(line["at"] for line in calendar)
    assert {"planned", "ahead"} <= {line["state"] for line in calendar}
    assert "check_in" in {line["what"] for line in calendar}


def test_after_joining_the_invite_is_used(core: Core, abroad: Small) -> None:
    assert guest_list.listing(core, CODE, abroad.world.now) == []
    everybody = guest_list.listing(core, CODE, abroad.world.now, everybody=True)
    assert {row["code"]: row["state"] for row in everybody} == {"R01": "used", "R02": "used", "L01": "used"}
