"""The figures of a cohort: stays, people, care; nothing about anybody in particular."""

from __future__ import annotations

from datetime import date

from bot.rules.alert import Reason, Severity
from bot.service import alerts, cohort_report, learners
from bot.service.core import Core
from bot.store.tables import Placement
from tests.support.cohort import REFERENT, Small, add_learner
from tests.support.command_line import CommandLine
from tests.support.looking import march


def raise_alert(core: Core, small: Small) -> None:
    with core.store.transaction() as session:
        stay = session.get_one(Placement, small.placements["lea"])
        alerts.raise_alert(core, session, stay, Reason.ASKED_FOR_HELP, Severity.RED, small.world.now)
    small.world.turn()


def test_stays_people_and_care_are_counted(core: Core, abroad: Small, run: CommandLine) -> None:
    add_learner(core, abroad, "tom", "Tom", "Muster", "L02", host_city="Porto", kit=None, host_country="PT",
                birth_date=date(2009, 1, 1), status="pupil", by_phone=True)  # fmt: skip
    add_learner(core, abroad, "eva", "Eva", "Muster", "L03", arrival_date=None, return_date=None, host_city=None)
    learners.end(core, "L02", None, "2026-03-02", march(2, 11))
    raise_alert(core, abroad)
    abroad.world.clock.set(march(2, 11, 7))
    abroad.world.tap(REFERENT, "I'm on it")
    found = cohort_report.of_cohort(core, "SPRING", march(3, 12))
    assert found["mobilities"] | {"average_days": 0} == {
        "candidates": 1, "planned": 2, "begun": 2, "completed": 0, "ended_early": 1, "days": 5, "average_days": 0,
        "first_arrival": "2026-03-01", "last_return": "2026-03-21",
    }  # fmt: skip
    assert found["destinations"] == [
        {"country": "ES", "city": "Seville", "stays": 1, "days": 3},
        {"country": "PT", "city": "Porto", "stays": 1, "days": 2},
    ]
    assert (found["participants"]["pupil"], found["participants"]["minors_at_arrival"]) == (1, 1)
    assert found["reached"] == {"joined": 1, "by_phone": 1, "not_joined": 1, "consented": 1}
    assert (found["alerts"]["all"], found["alerts"]["median_minutes_until_taken"]) == (1, 7)
    assert found["learning"] is None  # of one alone it would be hers
    shown = run.good("report", "SPRING").out
    assert "Porto" in shown
    run.good("report", "SPRING", "--to", "spring.csv")
    written = (run.folder / "spring.csv").read_text(encoding="utf-8-sig")
    assert "Stays abroad;ended early;1" in written
    for name in ("Beispiel", "Tom", "Muster", "L01", "L02"):
        assert name not in shown + written
