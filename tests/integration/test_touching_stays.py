"""Two stays of one person that touch: who hears a call for help, and which of them is asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from bot.service.core import Core
from bot.store.tables import Alert, CheckIn, Cohort, Placement, Travel
from tests.support.cohort import BACKUP, LEARNER, REFERENT, Begin, Small, add_learner, add_staff, small_cohort
from tests.support.looking import march, rows

DORA = 21
FARO = {
    "home_country": "FR", "host_city": "faro", "kit": "faro", "host_country": "PT", "host_zone": "Europe/Lisbon",
    "departure_date": date(2026, 3, 20), "arrival_date": date(2026, 3, 20), "return_date": date(2026, 4, 10),
    "backup_id": None, "host_organisation": "Padaria Exemplo", "host_phone": "+351 900 000 000",
}  # fmt: skip


def invited(core: Core) -> Small:
    """Lea is in Seville until 21 March, where Claire and Marco answer for her, and from the 20th in Faro, where Dora
    does; it is noon of the 19th. Lea, who agreed to nothing but safety, opens her second invite."""
    seville = small_cohort(core, start=march(19, 11))
    seville.join_staff()
    seville.join(consent=False)
    with core.store.transaction() as session:
        spring = session.get_one(Cohort, seville.cohort_id)
        columns = {c.key: getattr(spring, c.key) for c in Cohort.__table__.columns if c.key not in ("id", "code")}
        autumn = Cohort(code="SUMMER", **columns)
        session.add(autumn)
        session.flush()
        number = autumn.id
    faro = replace(seville, cohort_id=number)
    add_staff(core, faro, "dora", "Dora", "Exemplar", "referent", "D01")
    seville.world.say(DORA, f"/start {seville.tokens['dora']}")
    seville.world.tap(DORA, "English")
    claire, seville.memberships["claire"] = seville.memberships["claire"], seville.memberships["dora"]
    add_learner(core, faro, "lea in faro", "Lea", "Beispiel", "X01", **FARO)
    seville.memberships["claire"] = claire
    seville.world.say(LEARNER, f"/start {seville.tokens['lea in faro']}")
    seville.world.tap(LEARNER, "English")
    return seville


def moving_on(core: Core) -> Small:
    """The same when Lea has joined for both."""
    both = invited(core)
    both.world.tap(LEARNER, "Yes, that's right")
    both.world.tap(LEARNER, "Keep 19:00")
    both.world.turn()
    return both


@pytest.fixture
def both(begin: Begin) -> Small:
    return begin(moving_on)


def called(core: Core) -> set[str]:
    """The learner codes of open alerts."""
    with core.store.transaction() as session:
        open_ones = select(Placement.code).join(Alert, Alert.placement_id == Placement.id)
        return set(session.scalars(open_ones.where(Alert.resolved_at.is_(None))))


def leave(both: Small) -> None:
    """It is the morning of the 20th, and Lea was fine on the eve."""
    both.world.travel(march(19, 18, 10))
    both.world.tap(LEARNER, "I'm fine")
    both.world.travel(march(20, 9))


def arrive(both: Small) -> None:
    """On the morning of the 20th Lea says that she is in Faro."""
    leave(both)
    both.world.tap(LEARNER, "I've arrived")


def test_the_invite_of_the_second_stay_shows_and_checks_that_one(core: Core, begin: Begin) -> None:
    opened = begin(invited)
    assert "you're going to <b>Faro</b>" in opened.world.phone(LEARNER).last.text
    opened.world.tap(LEARNER, "No, something's wrong")
    opened.world.say(LEARNER, "I come a day later")
    assert "I come a day later" in opened.world.phone(DORA).text()
    opened.world.tap(LEARNER, "20:00")
    hours = {p.code: p.check_in_at for p in rows(core, Placement)}
    assert hours == {"L01": None, "X01": "20:00"}


def test_who_has_arrived_calls_the_people_of_the_new_place(core: Core, both: Small) -> None:
    arrive(both)
    both.world.say(LEARNER, "/sos")
    assert called(core) == {"X01"}
    assert "Faro" in both.world.phone(DORA).last.text
    assert "URGENT" not in both.world.phone(REFERENT).text()
    assert "Dora Exemplar" in both.world.phone(LEARNER).text()


def test_before_the_journey_only_the_first_place_is_called(core: Core, both: Small) -> None:
    both.world.say(LEARNER, "/sos")
    assert called(core) == {"L01"}


def test_in_doubt_both_are_called_and_each_reads_of_the_other(core: Core, both: Small) -> None:
    leave(both)
    both.world.say(LEARNER, "/sos")
    assert called(core) == {"L01", "X01"}
    assert "another stay on these days, too (cohort SUMMER)" in both.world.phone(REFERENT).last.text
    assert "another stay on these days, too (cohort SPRING)" in both.world.phone(DORA).last.text
    told = both.world.phone(LEARNER).text()
    assert "Claire Exemple" in told
    assert "Dora Exemplar" in told
    assert "Spain" in told
    assert "Portugal" in told


def test_in_doubt_words_and_a_mistake_reach_the_people_of_both(both: Small) -> None:
    leave(both)
    both.world.say(LEARNER, "/sos")
    both.world.say(LEARNER, "I am at the bus station")
    for chat in (REFERENT, BACKUP, DORA):
        assert "I am at the bus station" in both.world.phone(chat).last.text
    both.world.tap(LEARNER, "Pressed by mistake")
    for chat in (REFERENT, DORA):
        assert "mistake" in both.world.phone(chat).last.text


def test_an_alert_of_the_place_that_was_left_hears_that_they_arrived(core: Core, both: Small) -> None:
    both.world.say(LEARNER, "/sos")
    arrive(both)
    (alert,) = rows(core, Alert)
    assert alert.state["said"] == "arrived"
    both.world.tap(LEARNER, "Pressed by mistake")
    assert "mistake" in both.world.phone(REFERENT).last.text


def test_whoever_has_gone_on_is_not_asked_about_the_place_before(core: Core, both: Small) -> None:
    arrive(both)
    both.world.travel(march(21, 9))
    before, here = (both.placements[name] for name in ("lea", "lea in faro"))
    assert not rows(core, CheckIn, CheckIn.placement_id == before, CheckIn.asked_at >= march(20, 0))
    (home,) = rows(core, Travel, Travel.placement_id == before, Travel.direction == "back")
    assert home.asked_at is None
    assert rows(core, CheckIn, CheckIn.placement_id == here, CheckIn.wake_at == march(21, 19))
    assert rows(core, Alert) == []


def test_one_answer_counts_for_the_questions_of_both(core: Core, both: Small) -> None:
    now, today = both.world.now, date(2026, 3, 19)
    with core.store.transaction() as session:
        first = session.scalars(select(CheckIn).where(CheckIn.day == today)).one()
        second = CheckIn(placement_id=both.placements["lea in faro"], day=today)
        session.add(second)
        for asked in (first, second):
            asked.state, asked.due_at, asked.asked_at, asked.delivered_at = "delivered", now, now, now
            asked.deadline = asked.wake_at = march(19, 13)
        session.flush()
        number = second.id
    both.world.forge(LEARNER, f"check_in:fine:{number}")
    assert {c.answer for c in rows(core, CheckIn, CheckIn.day == today)} == {"fine"}
