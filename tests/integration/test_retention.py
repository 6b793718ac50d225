"""What goes by itself: told before, held by an open alert, and never more than was said."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from bot.errors import BadInput
from bot.service import check_in_settings, retention, status
from bot.service.check_in_settings import Times
from bot.service.core import Core
from bot.store.tables import Alert, Cohort, Membership, Outbox, Person, Placement
from tests.support.alerting import called_and_settled
from tests.support.cohort import COORDINATOR, GUARDIAN, LEARNER, REFERENT, Small, add_learner, add_staff
from tests.support.looking import SEVENTEEN, add_guardian, change, march, paper_consent, rows, set_person

BACK = march(22, 0)  # the return is on the 21st
DAY = timedelta(days=1)


def sleep(core: Core, small: Small, until: datetime) -> None:
    """Days in which nobody does anything: only what goes by itself is looked at, and sent."""
    small.world.clock.set(until)
    for cohort in rows(core, Cohort):
        change(core, cohort, forget_at=until)
    retention.wake(core, until, 100)
    small.world.deliver()


def names(core: Core) -> list[str]:
    return [person.first_name for person in rows(core, Person)]


def test_learners_and_who_looked_after_them_are_told_two_weeks_before_and_then_erased(
    core: Core, abroad: Small
) -> None:
    sleep(core, abroad, BACK + 165 * DAY)
    assert "erased" not in abroad.world.phone(LEARNER).last.text
    sleep(core, abroad, BACK + 167 * DAY + timedelta(hours=9))
    told = abroad.world.phone(LEARNER).last
    assert "On 19 September 2026 all of it is erased" in told.text
    assert [label for label, _ in told.buttons] == ["My portfolio", "A copy of my data"]
    assert "your name, number and role are erased" in abroad.world.phone(REFERENT).last.text
    sleep(core, abroad, BACK + 180 * DAY)
    assert names(core) == ["Claire", "Marco", "Lea"]
    sleep(core, abroad, BACK + 182 * DAY)
    assert names(core) == ["", "", ""]


def test_an_open_alert_holds_the_learner_and_those_who_are_told_of_it(core: Core, abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    for days in (170, 185, 200):
        sleep(core, abroad, BACK + days * DAY)
    assert names(core) == ["Claire", "Marco", "Lea"]


def test_a_cohort_keeps_people_as_long_as_it_says(core: Core, abroad: Small) -> None:
    done = check_in_settings.set_cohort(core, "SPRING", Times(erase_after="30d"), abroad.world.now)
    assert done.changes == {"erase_after": ("180d", "30d")}
    with pytest.raises(BadInput, match="between 1d and 3650d"):
        check_in_settings.set_cohort(core, "SPRING", Times(erase_after="2h"), abroad.world.now)
    sleep(core, abroad, BACK + 20 * DAY)
    sleep(core, abroad, BACK + 35 * DAY)
    assert names(core) == ["", "", ""]


def test_who_serves_another_cohort_that_goes_on_stays(core: Core, abroad: Small) -> None:
    with core.store.transaction() as session:
        old = session.get_one(Cohort, abroad.cohort_id)
        same = {c.key: getattr(old, c.key) for c in Cohort.__table__.columns if c.key not in ("id", "code")}
        later = Cohort(code="LATER", **same)
        session.add(later)
        session.flush()
        session.add(Membership(person_id=abroad.people["claire"], role="referent", code="R01", cohort_id=later.id,
                               created_at=abroad.world.now))  # fmt: skip
    for days in (170, 185):
        sleep(core, abroad, BACK + days * DAY)
    assert names(core) == ["Claire", "", ""]


def test_the_digest_names_whose_data_go_and_when(core: Core, abroad: Small) -> None:
    add_staff(core, abroad, "cora", "Cora", "Ejemplo", "coordinator", "C01")
    abroad.world.say(COORDINATOR, f"/start {abroad.tokens['cora']}")
    abroad.world.tap(COORDINATOR, "English")
    abroad.world.clock.set(BACK + 167 * DAY)
    for cohort in rows(core, Cohort):
        change(core, cohort, forget_at=abroad.world.now)
    abroad.world.travel(BACK + 167 * DAY + timedelta(hours=12))
    found = [m.text for m in abroad.world.phone(COORDINATOR).messages if "data are erased on" in m.text]
    assert len(found) == 1
    assert "Lea Beispiel" in found[0]


def test_alerts_closed_long_ago_lose_their_details_in_the_table_and_in_the_chats(core: Core, abroad: Small) -> None:
    called_and_settled(abroad)
    sent = {row.message_id for row in rows(core, Outbox, Outbox.kind == "alert", Outbox.chat_id == REFERENT)}
    sleep(core, abroad, abroad.world.now + 31 * DAY)
    left = {m.id: m.text for m in abroad.world.phone(REFERENT).messages}
    assert {left[number] for number in sent} == {"An alert from earlier, closed. Its details have been removed."}
    (alert,) = rows(core, Alert)
    assert alert.state.keys() <= {"told", "chosen", "mailed", "failed", "reopened", "set_aside"}
    assert (alert.outcome, alert.resolved_at is not None) == ("spoke", True)
    assert {str(row.payload) for row in rows(core, Outbox, Outbox.ref.like("alert:%"))} == {"{'body': []}"}


@pytest.fixture
def family(core: Core, small: Small) -> Small:
    """Lea turns 18 on the 10th of March, abroad; her mother Gerda has a chat."""
    set_person(core, small.people["lea"], birth_date=date(2008, 3, 10))
    add_guardian(core, small, "lea", "Gerda", "Beispiel")
    small.join_staff()
    small.world.say(GUARDIAN, f"/start {small.tokens['Gerda']}")
    small.world.tap(GUARDIAN, "English")
    paper_consent(core, small, "lea")
    small.join()
    return small


def test_turning_eighteen_ends_the_familys_part_and_both_read_it(core: Core, family: Small) -> None:
    sleep(core, family, march(9, 9))
    assert rows(core, Placement)[0].guardian_id == family.people["Gerda"]
    sleep(core, family, march(10, 9))
    assert "You're 18 now" in family.world.phone(LEARNER).last.text
    assert "Lea is 18 now and decides alone" in family.world.phone(GUARDIAN).last.text
    assert rows(core, Placement)[0].guardian_id is None
    (member,) = rows(core, Membership, Membership.role == "family")
    assert member.ended_at == march(10, 9)
    sleep(core, family, march(11, 9))
    assert sum("18 now" in m.text for m in family.world.phone(GUARDIAN).messages) == 1


def test_a_yes_taken_back_abroad_is_told_to_the_contact_person_with_what_goes_on(core: Core, abroad: Small) -> None:
    abroad.world.forge(LEARNER, "privacy:withdraw:yes")
    abroad.world.deliver()
    told = [m.text for m in abroad.world.phone(REFERENT).messages if "taken back the yes" in m.text]
    assert len(told) == 1
    assert "Lea Beispiel (L01)" in told[0]
    assert "Check-ins, SOS and alerts go on" in told[0]


def test_who_is_too_young_for_telegram_is_named(core: Core, small: Small) -> None:
    add_learner(core, small, "kim", "Kim", "Muster", "L02", birth_date=date(2010, 6, 1))
    add_learner(core, small, "noa", "Noa", "Muster", "L03", birth_date=date(2010, 6, 1), by_phone=True)
    add_learner(core, small, "ira", "Ira", "Muster", "L04", birth_date=SEVENTEEN)
    assert status.too_young(core, small.world.now) == ["SPRING L02"]
