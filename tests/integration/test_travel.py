"""Travel days: there and back, until home."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.service import learners, status
from bot.service.core import Core
from bot.store.tables import Alert, CheckIn, Travel
from tests.support import golden
from tests.support.cohort import BACKUP, LEARNER, REFERENT, Begin, Small, small_cohort
from tests.support.looking import change_stay, march, rows

EVENING, MORNING = datetime(2026, 2, 28, 17, tzinfo=UTC), march(1, 7)  # 18:00 and 8:00 in Paris


def before_leaving(core: Core) -> Small:
    """The cohort two days before it travels: both referents and Lea have joined."""
    found = small_cohort(core, start=datetime(2026, 2, 27, 11, tzinfo=UTC))
    found.join_staff()
    found.join()
    found.world.turn()
    return found


@pytest.fixture
def leaving(begin: Begin) -> Small:
    return begin(before_leaving)


def before_returning(core: Core) -> Small:
    """The same on the last day but one."""
    found = small_cohort(core, start=march(20, 11))
    found.join_staff()
    found.join()
    found.world.turn()
    return found


@pytest.fixture
def returning(begin: Begin) -> Small:
    return begin(before_returning)


def alerts_of(core: Core) -> list[tuple[str, str]]:
    return [(alert.reason, alert.severity) for alert in rows(core, Alert)]


def trip(core: Core, direction: str = "out") -> Travel:
    (found,) = rows(core, Travel, Travel.direction == direction)
    return found


def kinds(small: Small, chat: int) -> list[str]:
    return [m.kind for m in small.world.phone(chat).messages]


def test_the_evening_before_asks_for_the_hour_of_arrival(core: Core, leaving: Small) -> None:
    leaving.world.travel(EVENING)
    assert "tomorrow you travel" in leaving.world.phone(LEARNER).last.text.lower()
    leaving.world.tap(LEARNER, "16:00")
    assert trip(core).expected_at == march(1, 15)  # Seville is an hour ahead of UTC


def test_who_says_no_hour_is_expected_at_eight_in_the_evening(core: Core, leaving: Small) -> None:
    leaving.world.travel(MORNING)
    assert trip(core).expected_at == march(1, 19)


def test_the_question_of_the_morning_makes_a_sound_and_can_be_answered_three_ways(leaving: Small) -> None:
    leaving.world.travel(MORNING)
    last = leaving.world.phone(LEARNER).last
    assert not last.silent
    assert [label for label, _ in last.buttons] == ["I've left", "I've arrived", "It gets later", "I need help"]


def test_left_and_arrived_alarm_nobody_and_the_referent_hears_it_silently(core: Core, leaving: Small) -> None:
    leaving.world.travel(MORNING)
    leaving.world.tap(LEARNER, "I've left")
    leaving.world.travel(march(1, 16, 40))
    leaving.world.tap(LEARNER, "I've arrived")
    last = leaving.world.phone(REFERENT).last
    assert "17:40" in last.text
    assert last.silent
    leaving.world.travel(march(2, 7))
    assert alerts_of(core) == []


def test_an_arrival_at_night_waits_for_the_referents_morning(leaving: Small) -> None:
    leaving.world.travel(march(1, 21, 30))
    leaving.world.tap(LEARNER, "I've arrived")
    assert "has arrived" not in leaving.world.phone(REFERENT).text()
    leaving.world.travel(march(2, 6, 30))
    assert leaving.world.phone(REFERENT).text().count("has arrived") == 1


def test_silence_brings_one_reminder_and_three_hours_after_the_planned_arrival_a_red_alert(
    core: Core, leaving: Small
) -> None:
    leaving.world.travel(march(1, 21, 59))
    assert kinds(leaving, LEARNER).count("reminder") == 1
    assert alerts_of(core) == []
    leaving.world.travel(march(1, 22))
    assert alerts_of(core) == [("not_arrived", "red")]


def test_the_alert_says_from_where_to_where_since_when_and_what_was_said_last(leaving: Small) -> None:
    leaving.world.travel(march(1, 13, 10))
    leaving.world.tap(LEARNER, "I've left")
    leaving.world.tap(LEARNER, "It gets later")
    leaving.world.tap(LEARNER, "22:00")
    leaving.world.travel(march(2, 0))
    text = leaving.world.phone(REFERENT).last.text
    for words in ("Lyon → Seville", "Left: Sun 1 Mar 14:10", "delayed", "Sun 1 Mar 22:00", "Sun 1 Mar 20:00"):
        assert words in text
    assert "+34 900 000 000" in text


def test_a_delay_moves_the_alert_into_the_night_and_no_further(core: Core, leaving: Small) -> None:
    leaving.world.travel(march(1, 18))
    leaving.world.tap(LEARNER, "It gets later")
    leaving.world.tap(LEARNER, "02:00")
    leaving.world.travel(march(2, 3, 59))
    assert alerts_of(core) == []
    leaving.world.travel(march(2, 4))
    assert alerts_of(core) == [("not_arrived", "red")]


def test_a_delay_of_more_than_half_a_day_is_told_to_the_referent(leaving: Small) -> None:
    leaving.world.travel(march(1, 10))
    leaving.world.tap(LEARNER, "It gets later")
    leaving.world.tap(LEARNER, "11:00")
    assert "much later than planned" in leaving.world.phone(REFERENT).last.text


def test_who_arrives_after_the_alert_is_told_who_knows_and_they_hear_it(core: Core, leaving: Small) -> None:
    leaving.world.travel(march(1, 22))
    leaving.world.say(LEARNER, "/checkin")
    leaving.world.tap(LEARNER, "I've arrived")
    assert "Claire Exemple" in leaving.world.phone(LEARNER).last.text
    assert "I've arrived" in leaving.world.phone(REFERENT).last.text
    assert [alert.resolved_at for alert in rows(core, Alert)] == [None]


def test_there_is_no_check_in_on_the_days_of_travel(core: Core, leaving: Small) -> None:
    leaving.world.travel(march(1, 12))
    days = [row.day for row in rows(core, CheckIn)]
    assert date(2026, 3, 1) not in days
    assert date(2026, 3, 2) in days


def test_on_a_travel_day_checkin_shows_the_journey(leaving: Small) -> None:
    leaving.world.travel(march(1, 9))
    leaving.world.say(LEARNER, "/checkin")
    assert "I've arrived" in [label for label, _ in leaving.world.phone(LEARNER).last.buttons]
    leaving.world.tap(LEARNER, "I've arrived")
    leaving.world.say(LEARNER, "/checkin")
    assert "No, still on the way" in [label for label, _ in leaving.world.phone(LEARNER).last.buttons]


def test_a_weekend_without_check_ins_is_still_travelled_on(core: Core) -> None:
    small = small_cohort(core, start=march(1, 6), check_in_days="weekdays")  # a Sunday
    small.join_staff()
    small.join()
    small.world.travel(march(1, 7))
    assert small.world.phone(LEARNER).last.kind == "check_in"


def test_needing_help_on_the_way_is_an_alert_at_once(core: Core, leaving: Small) -> None:
    leaving.world.travel(march(1, 9))
    leaving.world.tap(LEARNER, "I need help")
    assert alerts_of(core) == [("asked_for_help", "red")]
    assert "Lyon → Seville" in leaving.world.phone(REFERENT).text()


def test_a_night_bus_is_asked_about_on_both_mornings(core: Core) -> None:
    small = small_cohort(core, start=datetime(2026, 2, 27, 11, tzinfo=UTC))
    change_stay(core, small, departure_date=date(2026, 2, 28))
    small.join_staff()
    small.join()
    small.world.travel(datetime(2026, 2, 28, 18, tzinfo=UTC))
    small.world.tap(LEARNER, "I've left")
    small.world.travel(march(1, 7))
    assert "Are you there yet?" in small.world.phone(LEARNER).last.text
    small.world.travel(march(1, 22))
    assert alerts_of(core) == [("not_arrived", "red")]


def test_home_is_said_too_and_ends_it(core: Core, returning: Small) -> None:
    returning.world.travel(march(20, 17))
    returning.world.tap(LEARNER, "16:00")
    assert trip(core, "back").expected_at == march(21, 15)
    returning.world.travel(march(20, 18))
    returning.world.tap(LEARNER, "I'm fine")
    returning.world.travel(march(21, 14))
    returning.world.tap(LEARNER, "I've arrived")
    assert "Welcome home" in returning.world.phone(LEARNER).last.text
    assert "is home" in returning.world.phone(REFERENT).last.text
    returning.world.travel(march(24, 12))
    assert alerts_of(core) == []


def test_a_missing_return_is_red_too(core: Core, returning: Small) -> None:
    returning.world.travel(march(20, 18, 30))
    returning.world.tap(LEARNER, "I'm fine")
    returning.world.travel(march(21, 22))
    assert alerts_of(core) == [("not_arrived", "red")]


def test_hours_are_those_of_the_place_travelled_to(core: Core) -> None:
    small = small_cohort(core, start=datetime(2026, 2, 27, 11, tzinfo=UTC))
    change_stay(core, small, host_zone="Atlantic/Canary")
    small.join_staff()
    small.join()
    small.world.travel(MORNING)
    assert trip(core).expected_at == march(1, 20)


def test_the_night_the_clocks_go_forward_shortens_nothing(core: Core) -> None:
    """29 March 2026: Lisbon and Paris both skip an hour; the hours shown are those of the new day."""
    small = small_cohort(core, start=march(27, 11))
    change_stay(core, small, departure_date=date(2026, 3, 28), arrival_date=date(2026, 3, 29),
                return_date=date(2026, 4, 10), host_zone="Europe/Lisbon")  # fmt: skip
    small.join_staff()
    small.join()
    small.world.travel(march(28, 8))
    assert trip(core).expected_at == march(29, 19)  # 20:00 in Lisbon, now an hour ahead of UTC
    small.world.travel(march(29, 22))
    assert alerts_of(core) == [("not_arrived", "red")]


def test_moved_dates_move_the_journey_and_nobody_is_asked_on_the_old_day(core: Core, leaving: Small) -> None:
    leaving.world.travel(EVENING)
    learners.postpone(core, "L01", None, "2026-03-08", "2026-03-28", None, leaving.world.now)
    leaving.world.travel(march(2, 12))
    assert trip(core).state == "planned"
    assert "today you travel" not in leaving.world.phone(LEARNER).text()
    leaving.world.travel(march(8, 22))
    assert alerts_of(core) == [("not_arrived", "red")]


def test_who_goes_home_early_is_asked_until_home(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 18, 30))
    abroad.world.tap(LEARNER, "I'm fine")
    abroad.world.travel(march(3, 9))
    learners.end(core, "L01", None, None, abroad.world.now)
    abroad.world.turn()
    assert "today you travel home" in abroad.world.phone(LEARNER).last.text
    abroad.world.travel(march(3, 22))
    assert alerts_of(core) == [("not_arrived", "red")]


def test_who_joins_after_the_arrival_is_not_asked_about_it(core: Core, abroad: Small) -> None:
    assert rows(core, Travel, Travel.direction == "out") == []


def test_planning_twice_changes_nothing(core: Core, leaving: Small) -> None:
    leaving.world.travel(EVENING)
    leaving.world.tap(LEARNER, "16:00")
    before = trip(core)
    change_stay(core, leaving)
    leaving.world.turn()
    after = trip(core)
    assert (after.id, after.expected_at, after.state) == (before.id, before.expected_at, before.state)


def test_a_blocked_bot_on_the_way_is_told_at_once(core: Core, leaving: Small) -> None:
    leaving.world.travel(MORNING)
    leaving.world.block(LEARNER)
    assert alerts_of(core) == [("blocked", "amber")]


def test_nobody_is_alerted_while_we_do_not_listen(core: Core, leaving: Small) -> None:
    leaving.world.travel(march(1, 20, 30))
    leaving.world.listening = False
    leaving.world.travel(march(1, 23))
    assert alerts_of(core) == []
    leaving.world.listening = True
    leaving.world.tap(LEARNER, "I've arrived")
    leaving.world.travel(march(2, 12))
    assert alerts_of(core) == []


def test_somebody_elses_journey_cannot_be_ended(core: Core, leaving: Small) -> None:
    leaving.world.travel(MORNING)
    number = trip(core).id
    leaving.world.forge(REFERENT, f"travel:arrived:{number}")
    leaving.world.forge(LEARNER, f"travel:new:{number}:999")
    leaving.world.forge(LEARNER, f"travel:at:{number}:-1")
    assert trip(core).state == "asked"


def test_who_is_on_the_way_shows_in_lists(core: Core, leaving: Small) -> None:
    leaving.world.travel(MORNING)
    leaving.world.tap(LEARNER, "I've left")
    (found,) = status.of_cohort(core, "SPRING", leaving.world.now)["travelling"]
    assert (found["code"], found["direction"], found["state"]) == ("L01", "out", "left")
    leaving.world.say(REFERENT, "/learners")
    assert "on the way since Sun 1 Mar 08:00" in leaving.world.phone(REFERENT).last.text


class Diary:
    """What learner and referent read, message by message, for a golden file."""

    def __init__(self, small: Small) -> None:
        self.small, self.lines = small, ["Hours in UTC; the learner's chat, and the referent's where it says so."]

    def at(self, day: int, hour: float, *, referent: bool = False) -> None:
        """Let the time pass and note what is newest then."""
        self.small.world.travel(march(1, 0) + timedelta(days=day - 1, hours=hour))
        self._note(REFERENT if referent else LEARNER)

    def tap(self, label: str) -> None:
        self.lines.append(f"\n> [{label}]")
        self.small.world.tap(LEARNER, label)
        self._note(LEARNER)

    def say(self, words: str) -> None:
        self.lines.append(f"\n> {words}")
        self.small.world.say(LEARNER, words)
        self._note(LEARNER)

    def _note(self, chat: int) -> None:
        last = self.small.world.phone(chat).last
        who = "the referent reads: " if chat == REFERENT else ""
        self.lines += [f"\n{self.small.world.now:%d.%m %H:%M} {who}{last.text}"]
        self.lines += [f"    [{label}]" for label, _ in last.buttons]


def test_a_whole_journey_there_and_back(leaving: Small) -> None:
    diary = Diary(leaving)
    diary.at(0, 17)
    diary.tap("16:00")
    diary.at(1, 7)
    diary.tap("I've left")
    diary.at(1, 14)
    diary.tap("It gets later")
    diary.tap("22:00")
    diary.at(1, 22)
    diary.at(2, 0, referent=True)
    diary.at(2, 0.2)
    diary.say("/checkin")
    diary.tap("I've arrived")
    diary.at(2, 0.2, referent=True)
    diary.say("/checkin")
    leaving.world.tap(REFERENT, "I'm on it")
    leaving.world.tap(REFERENT, "Resolved")
    leaving.world.tap(REFERENT, "We spoke on the phone")
    learners.end(leaving.world.core, "L01", None, "2026-03-04", leaving.world.now)
    diary.at(2, 18)
    diary.tap("I'm fine")
    diary.at(3, 17)
    diary.tap("19:00")
    diary.at(3, 18)
    diary.tap("I'm fine")
    diary.at(4, 7)
    diary.at(4, 16)
    diary.tap("I've arrived")
    diary.at(4, 16, referent=True)
    golden.check("travel_days", "\n".join(diary.lines) + "\n")


def test_on_the_way_sos_shows_the_numbers_of_both_countries_where_it_leads_to_first(returning: Small) -> None:
    returning.world.travel(march(21, 7))
    returning.world.tap(LEARNER, "I've left")
    returning.world.say(LEARNER, "/sos")
    words = "\n".join(message.text for message in returning.world.phone(LEARNER).messages[-3:])
    assert 0 < words.index("France") < words.index("Spain")


def test_an_alert_on_the_eve_of_the_journey_says_where_the_learner_still_is(returning: Small) -> None:
    returning.world.travel(march(20, 18))
    returning.world.say(LEARNER, "/sos")
    assert "Where: Seville, Spain" in "\n".join(m.text for m in returning.world.phone(REFERENT).messages[-3:])


def test_a_missing_arrival_is_told_to_all_though_somebody_has_another_alert(leaving: Small) -> None:
    leaving.world.travel(march(1, 20, 30))
    leaving.world.say(LEARNER, "/sos")
    leaving.world.tap(REFERENT, "I'm on it")
    before = kinds(leaving, BACKUP).count("alert")
    leaving.world.travel(march(1, 22, 5))
    assert "Has not reported arriving" in leaving.world.phone(REFERENT).text()
    assert kinds(leaving, BACKUP).count("alert") > before
