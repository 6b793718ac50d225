"""What an outage delayed into the night waits for the morning; safety does not."""

from __future__ import annotations

from datetime import date, datetime

from bot.flows.vocabulary import Kind, screen
from bot.i18n import verbatim
from bot.service import drafts, outbox
from bot.service.core import Core
from bot.store.tables import Cohort, DayCount, Membership, Outbox
from tests.support.cohort import LEARNER, REFERENT, Small
from tests.support.looking import march, rows


def waiting(
    core: Core, small: Small, kind: Kind, at: datetime, ref: str | None = None, who: tuple[int, str] = (LEARNER, "lea")
) -> None:  # fmt: skip
    """A message that was queued at that instant and never left."""
    draft = drafts.Draft(who[0], screen(verbatim("hello")), kind, small.people[who[1]], ref=ref)
    with core.store.transaction() as session:
        drafts.queue(session, [draft], at)


def claimed(core: Core, at: datetime) -> int:
    return len(outbox.claim(core, at, 10, bulk=True))


def test_a_prompt_delayed_into_the_night_comes_in_the_morning(core: Core, abroad: Small) -> None:
    waiting(core, abroad, Kind.PROMPT, march(2, 19), f"step:{abroad.placements['lea']}:money")
    assert claimed(core, march(3, 1)) == 0
    assert claimed(core, march(3, 5, 59)) == 0
    assert claimed(core, march(3, 6)) == 1


def test_a_prompt_held_till_morning_counts_for_the_day_on_which_it_comes(core: Core, abroad: Small) -> None:
    waiting(core, abroad, Kind.PROMPT, march(2, 19), f"step:{abroad.placements['lea']}:money")
    claimed(core, march(3, 1))
    (count,) = rows(core, DayCount, DayCount.day == date(2026, 3, 3))
    assert count.sent == 1


def test_a_check_in_delayed_into_the_night_is_not_held(core: Core, abroad: Small) -> None:
    waiting(core, abroad, Kind.CHECK_IN, march(2, 19))
    assert claimed(core, march(3, 0)) == 1


def test_what_is_held_is_not_leased(core: Core, abroad: Small) -> None:
    waiting(core, abroad, Kind.NOTICE, march(2, 19))
    claimed(core, march(3, 1))
    (row,) = rows(core, Outbox, Outbox.state == "queued")
    assert (row.lease_owner, row.not_before) == (None, march(3, 6))


def test_news_for_somebody_who_has_left_waits_for_the_morning_of_where_they_were(core: Core, abroad: Small) -> None:
    with core.store.transaction() as session:
        session.get_one(Cohort, abroad.cohort_id).home_zone = "Europe/Madrid"
        session.get_one(Membership, abroad.memberships["claire"]).ended_at = march(2, 16)
    waiting(core, abroad, Kind.NOTICE, march(2, 17), who=(REFERENT, "claire"))
    assert claimed(core, march(2, 21, 24)) == 0  # 22:24 in Madrid
    assert claimed(core, march(3, 6)) == 1


def test_a_prompt_that_comes_a_day_late_fills_the_day_on_which_it_comes(core: Core, abroad: Small) -> None:
    waiting(core, abroad, Kind.PROMPT, march(2, 19), f"step:{abroad.placements['lea']}:money")
    assert claimed(core, march(3, 9)) == 1
    (count,) = rows(core, DayCount, DayCount.day == date(2026, 3, 3))
    assert (count.sent, count.last_at) == (1, march(3, 9))
