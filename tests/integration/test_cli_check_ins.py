"""When learners are asked, from the command line: a cohort's times changed later, and a learner's own."""

from __future__ import annotations

from datetime import date, time

import pytest

from bot.clock import to_utc
from bot.errors import BadInput
from bot.service import learner_card
from bot.service.check_in_settings import Times, set_cohort
from bot.service.core import Core
from bot.service.status import of_cohort
from bot.store.tables import Audit, CheckIn, Cohort, Placement
from tests.support.cohort import LEARNER, Small, add_learner
from tests.support.command_line import CommandLine
from tests.support.looking import SEVENTEEN, march, rows, set_person

MADRID = "Europe/Madrid"


@pytest.fixture
def spring(run: CommandLine, abroad: Small) -> Small:
    """The cohort SPRING abroad, in the database that the command line works on; its clock stands in March 2026."""
    return abroad


def planned(core: Core) -> dict[int, CheckIn]:
    return {c.day.day: c for c in rows(core, CheckIn, CheckIn.state == "planned")}


def lea(core: Core) -> Placement:
    (found,) = rows(core, Placement, Placement.code == "L01")
    return found


def test_what_holds_and_where_it_comes_from(run: CommandLine, spring: Small) -> None:
    run.good("learner", "check-ins", "L01", "--at", "20:30", "--grace", "3h")
    found = run.good("learner", "check-ins", "L01", "--json").json
    assert found["check_ins"] == {
        "check_in_at": {"value": "20:30", "from": "learner"}, "check_in_days": {"value": "daily", "from": "cohort"},
        "answer_window": {"value": "4h", "from": "cohort"}, "reminder_after": {"value": "1h", "from": "cohort"},
        "grace": {"value": "3h", "from": "learner"},
    }  # fmt: skip
    assert "20:30  (the learner's)" in run.good("learner", "check-ins", "L01").out


def test_a_learners_own_times_are_the_ones_that_are_kept_to(run: CommandLine, core: Core, spring: Small) -> None:
    run.good("learner", "check-ins", "L01", "--grace", "3h", "--reminder-after", "2h")
    spring.world.travel(march(2, 19, 59))
    assert "reminder" not in [m.kind for m in spring.world.phone(LEARNER).messages]
    spring.world.travel(march(2, 20))
    assert spring.world.phone(LEARNER).last.kind == "reminder"
    (asked,) = rows(core, CheckIn, CheckIn.day == date(2026, 3, 2))
    assert asked.deadline == march(2, 21)


def test_the_cohorts_times_hold_again(run: CommandLine, core: Core, spring: Small) -> None:
    run.good("learner", "check-ins", "L01", "--at", "20:30", "--days", "mon,thu", "--reason", "host family")
    run.good("learner", "check-ins", "L01", "--as-cohort")
    row = lea(core)
    assert (row.check_in_at, row.check_in_days, row.check_in_reason) == (None, None, None)


def test_a_dry_run_changes_nothing(run: CommandLine, core: Core, spring: Small) -> None:
    shown = run.good("learner", "check-ins", "L01", "--at", "20:30", "--dry-run")
    assert "asked at: (none) → 20:30" in shown.out
    assert "Nothing was changed" in shown.out
    run.good("cohort", "set", "SPRING", "--check-in-at", "20:30", "--dry-run")
    (cohort,) = rows(core, Cohort)
    assert (lea(core).check_in_at, cohort.check_in_at) == (None, "19:00")


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--grace", "30m"), "would not be longer than reminder-after"),
        (("--at", "25:00"), "25:00"),
        (("--days", "monday"), "monday"),
        (("--as-cohort", "--at", "18:00"), "leave out the other options"),
        (("--reason", "because"), "A reason belongs to days"),
        (("--days", "weekdays", "--reason", "  "), "The reason is empty"),
    ],
)
def test_bad_input_is_named_and_nothing_is_half_written(
    run: CommandLine, core: Core, spring: Small, options: tuple[str, ...], named: str
) -> None:
    assert named in run.refused("learner", "check-ins", "L01", *options)
    row = lea(core)
    assert (row.check_in_at, row.check_in_days, row.grace, row.check_in_reason) == (None, None, None, None)


def test_weekends_off_for_a_minor_need_a_reason_which_is_kept(run: CommandLine, core: Core, spring: Small) -> None:
    set_person(core, spring.people["lea"], birth_date=SEVENTEEN)
    assert "say why with --reason" in run.refused("learner", "check-ins", "L01", "--days", "weekdays")
    run.good("learner", "check-ins", "L01", "--days", "weekdays", "--reason", "weekends with the host family")
    (line,) = rows(core, Audit, Audit.action == "weekend_reason")
    assert line.detail == {"of": spring.placements["lea"]}  # the words stay with the stay, and go with it
    shown = run.good("learner", "check-ins", "L01", "--json").json
    assert (shown["reason"], shown["reason_given_at"] is not None) == ("weekends with the host family", True)
    assert "weekends with the host family" in run.good("learner", "show", "L01").out


def test_who_is_of_age_needs_no_reason(run: CommandLine, core: Core, spring: Small) -> None:
    run.good("learner", "check-ins", "L01", "--days", "weekdays")
    assert lea(core).check_in_days == "weekdays"


def test_a_cohort_that_goes_weekdays_only_names_its_minors(run: CommandLine, core: Core, spring: Small) -> None:
    add_learner(core, spring, "tom", "Tom", "Muster", "L02", birth_date=None)
    with pytest.raises(BadInput, match="L02"):
        set_cohort(core, "SPRING", Times(check_in_days="weekdays"), spring.world.now)
    set_cohort(core, "SPRING", Times(check_in_days="weekdays", reason="host families"), spring.world.now)
    status = run.good("cohort", "status", "SPRING", "--json").json
    assert status["check_ins"]["weekend_reason"] == "host families"
    assert status["check_ins"]["weekends_without_reason"] == []
    run.good("cohort", "set", "SPRING", "--check-in-days", "daily")
    (cohort,) = rows(core, Cohort)
    assert cohort.check_in_reason is None


def test_a_cohort_keeps_the_reason_it_is_made_with(run: CommandLine, core: Core) -> None:
    made = run.good(
        "cohort", "create", "AUTUMN", "--name", "Autumn", "--journey", "learner-short", "--check-in-days", "weekdays"
    )
    assert "Nobody is asked at weekends" in made.err
    run.good(
        "cohort", "create", "WINTER", "--name", "Winter", "--journey", "learner-short", "--check-in-days", "mon,thu",
        "--reason", "days with lessons",
    )  # fmt: skip
    assert [c.check_in_reason for c in rows(core, Cohort)] == [None, "days with lessons"]


def test_importing_minors_whom_nobody_asks_at_weekends_says_so(run: CommandLine) -> None:
    run.good(
        "cohort", "create", "AUTUMN", "--name", "Autumn", "--journey", "learner-short", "--check-in-days", "weekdays"
    )
    run.good("referent", "add", "Claire Martin", "--cohort", "AUTUMN", "--code", "R1")
    file = run.file(
        "list.csv",
        b"code,first_name,language,host_city,arrival_date,return_date,referent,birth_date\n"
        b"L1,Lea,fr,seville,2030-03-01,2030-03-20,R1,\nL2,Tom,fr,seville,2030-03-01,2030-03-20,R1,1999-01-01\n",
    )
    shown = run.good("cohort", "import", "AUTUMN", file).out
    assert "AUTUMN asks nobody at weekends: L1. Say why" in shown


def test_a_cohorts_other_hour_moves_what_is_planned(core: Core, spring: Small) -> None:
    done = set_cohort(core, "SPRING", Times(check_in_at="20:30"), spring.world.now)
    assert (done.planned.moved, done.planned.dropped) == (3, 0)
    spring.world.travel(march(2, 19, 29))
    assert "check_in" not in [m.kind for m in spring.world.phone(LEARNER).messages]
    spring.world.travel(march(2, 19, 30))
    assert "check_in" in [m.kind for m in spring.world.phone(LEARNER).messages]
    tomorrow = planned(core)[3]
    assert tomorrow.due_at == to_utc(date(2026, 3, 3), time(20, 30), MADRID)


def test_a_question_that_is_out_keeps_its_deadline(run: CommandLine, core: Core, spring: Small) -> None:
    spring.world.travel(march(2, 18))
    run.good("cohort", "set", "SPRING", "--grace", "6h")
    spring.world.turn()
    (asked,) = rows(core, CheckIn, CheckIn.day == date(2026, 3, 2))
    assert asked.deadline == march(2, 20)


def test_days_left_out_are_not_planned_any_more_and_come_back(core: Core, spring: Small) -> None:
    left = set_cohort(core, "SPRING", Times(check_in_days="mon"), spring.world.now)
    assert (left.planned.dropped, sorted(planned(core))) == (2, [2])
    back = set_cohort(core, "SPRING", Times(check_in_days="daily"), spring.world.now)
    assert (back.planned.added, sorted(planned(core))) == (2, [2, 3, 4])


def test_a_dry_run_counts_and_plans_nothing(core: Core, spring: Small) -> None:
    shown = set_cohort(core, "SPRING", Times(check_in_days="mon"), spring.world.now, dry_run=True)
    assert (shown.planned.dropped, sorted(planned(core))) == (2, [2, 3, 4])


def test_learners_with_times_of_their_own_keep_them_and_are_named(run: CommandLine, spring: Small) -> None:
    run.good("learner", "check-ins", "L01", "--at", "18:00")
    found = run.good("cohort", "set", "SPRING", "--check-in-at", "20:00", "--json").json
    assert found["keep_their_own"] == {"check_in_at": ["L01"]}
    assert found["changes"] == {"check_in_at": {"old": "19:00", "new": "20:00"}}


def test_a_cohorts_change_that_breaks_a_learners_own_times_is_refused(run: CommandLine, spring: Small) -> None:
    run.good("learner", "check-ins", "L01", "--grace", "90m")
    assert "For L01 the grace of 90m" in run.refused("cohort", "set", "SPRING", "--reminder-after", "100m")


def test_nothing_given_is_said(run: CommandLine, spring: Small) -> None:
    assert "Nothing to change was given" in run.refused("cohort", "set", "SPRING")
    assert "nothing differs" in run.good("cohort", "set", "SPRING", "--check-in-at", "19:00").out


def test_status_and_the_learners_card_show_pauses(core: Core, spring: Small) -> None:
    spring.world.say(LEARNER, "/pause")
    for label in ("Tomorrow", "Wednesday, 4 Mar 2026", "Begin the pause"):
        spring.world.tap(LEARNER, label)
    days = {"first": "2026-03-03", "last": "2026-03-04", "state": "on"}
    assert of_cohort(core, "SPRING", spring.world.now)["pauses"] == [{"code": "L01", "name": "Lea Beispiel", **days}]
    assert learner_card.show(core, "L01", None, spring.world.now)["pause"] == days
