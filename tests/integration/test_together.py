"""Many updates in one transaction: nobody's answer depends on who asked at the same time."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import event, select

from bot.errors import StorageTrouble
from bot.flows import menu
from bot.flows.vocabulary import Command, Event, Incoming, Kind, Start, Tap, Words, screen
from bot.i18n import verbatim
from bot.service import intake, outbox, together
from bot.service.core import Core
from bot.service.delivery import Delivery, Fate, Handled, Result
from bot.service.drafts import Draft, queue
from bot.store.tables import Alert, CheckIn, Outbox, SeenUpdate, TelegramAccount
from tests.simulation.faults import Faults, FaultyStore, Killed, kill, lose_answer
from tests.support.cohort import LEARNER, REFERENT, SECOND_LEARNER, Small, add_learner
from tests.support.looking import rows

NUMBERS = count(50_000)
STRANGER = 99


@pytest.fixture
def two(core: Core, abroad: Small) -> Small:
    """Lea and Max abroad, with one referent; everybody's command list is set."""
    add_learner(core, abroad, "max", "Max", "Muster", "L02")
    abroad.join("max", SECOND_LEARNER)
    abroad.world.turn()
    return abroad


def said(chat_id: int, what: Event) -> Incoming:
    return Incoming(next(NUMBERS), chat_id, what, language_code="en", first_name="Somebody")


def a_batch() -> list[Incoming]:
    """A question, a look at the menu, and the referent's look at theirs."""
    return [
        said(LEARNER, Words("Where can I do my laundry?")),
        said(SECOND_LEARNER, Tap("menu:home", 3)),
        said(REFERENT, Command("menu")),
    ]


def answers(core: Core) -> list[Outbox]:
    return rows(core, Outbox, Outbox.state == "attempting")


def seen(core: Core) -> set[int]:
    return {row.update_id for row in rows(core, SeenUpdate)}


def deliveries(fates: Sequence[Handled | None]) -> list[Delivery]:
    return [delivery for fate in fates if fate is not None for delivery in fate.deliveries]


def test_all_who_ask_are_answered_as_they_would_be_alone(core: Core, two: Small) -> None:
    batch, now = a_batch(), two.world.now
    fates = together.answer(core, batch, now)
    assert {row.id for row in answers(core)} == {delivery.id for delivery in deliveries(fates)}
    assert all(row.lease_owner == core.owner for row in answers(core))
    outbox.finish(core, [Result(d.id, Fate.SENT, now, message_id=1) for d in deliveries(fates)], now)
    alone = [intake.receive(core, replace(one, update_id=next(NUMBERS)), now) for one in batch]
    assert [_but_ids(fate) for fate in fates] == [_but_ids(fate) for fate in alone]


def _but_ids(fate: Handled | None) -> Handled | None:
    return fate and replace(fate, deliveries=tuple(replace(d, id=0) for d in fate.deliveries))


def test_one_transaction_serves_them_all(core: Core, two: Small) -> None:
    commits = 0

    def committed(_connection: object) -> None:
        nonlocal commits
        commits += 1

    event.listen(core.store.engine, "commit", committed)
    try:
        together.answer(core, a_batch(), two.world.now)
    finally:
        event.remove(core.store.engine, "commit", committed)
    assert commits == 1


def test_who_changes_something_is_left_for_a_transaction_of_their_own(core: Core, two: Small) -> None:
    two.world.wait(hours=7)  # the check-in was asked
    (asked,) = {row.id for row in rows(core, CheckIn) if row.placement_id == two.placements["lea"] and row.asked_at}
    answer = said(LEARNER, Tap(f"check_in:fine:{asked}", 3))
    fates = together.answer(core, [answer, said(SECOND_LEARNER, Tap("menu:home", 3))], two.world.now)
    assert fates[0] is None
    assert fates[1] is not None
    assert answer.update_id not in seen(core)
    assert {row.answer for row in rows(core, CheckIn, CheckIn.id == asked)} == {None}
    intake.receive(core, answer, two.world.now)
    assert {row.answer for row in rows(core, CheckIn, CheckIn.id == asked)} == {"fine"}


def test_a_cry_for_help_among_questions_alerts_as_ever(core: Core, two: Small) -> None:
    batch = [said(LEARNER, Words("I want to kill myself")), said(SECOND_LEARNER, Words("where is the laundry"))]
    fates = together.answer(core, batch, two.world.now)
    assert [fate is None for fate in fates] == [True, False]
    intake.receive(core, batch[0], two.world.now)
    assert [alert.reason for alert in rows(core, Alert)] == ["crisis_words"]


@pytest.mark.parametrize(
    "what", [Command("sos"), Start("token"), Command("settings"), Command("does_not_exist"), Words("")]
)
def test_whatever_it_is_it_is_answered_here_or_left(core: Core, two: Small, what: Event) -> None:
    batch = [said(LEARNER, what), said(SECOND_LEARNER, Tap("menu:home", 3))]
    fates = together.answer(core, batch, two.world.now)
    assert fates[1] is not None
    assert (batch[0].update_id in seen(core)) == (fates[0] is not None)


def test_strangers_are_left(core: Core, two: Small) -> None:
    batch = [said(STRANGER, Words("hello")), said(LEARNER, Command("menu"))]
    assert [fate is None for fate in together.answer(core, batch, two.world.now)] == [True, False]


def test_what_one_person_says_twice_is_taken_in_order(core: Core, two: Small) -> None:
    batch = [said(LEARNER, Command("menu")), said(SECOND_LEARNER, Command("menu")), said(LEARNER, Command("help"))]
    fates = together.answer(core, batch, two.world.now)
    assert [fate is None for fate in fates] == [False, False, True]


def test_an_update_received_before_does_nothing_and_hurts_nobody(core: Core, two: Small) -> None:
    batch = a_batch()
    intake.receive(core, batch[1], two.world.now)
    before = len(answers(core))
    assert together.answer(core, batch, two.world.now) == [None, None, None]
    assert len(answers(core)) == before
    alone = [intake.receive(core, one, two.world.now) for one in batch]
    assert [len(fate.deliveries) for fate in alone] == [1, 0, 1]


def test_the_same_update_twice_in_one_batch_is_answered_once(core: Core, two: Small) -> None:
    first, *others = a_batch()
    fates = together.answer(core, [first, *others, first], two.world.now)
    assert len([row for row in answers(core) if row.chat_id == LEARNER]) == 1
    assert fates[-1] is None or fates[-1] is fates[0]
    assert intake.receive(core, first, two.world.now) == Handled()


def test_a_flow_that_fails_leaves_only_its_own_update(core: Core, two: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    healthy = menu.handle

    def broken(scene: object, what: object) -> object:
        if scene.chat_id == SECOND_LEARNER:  # type: ignore[attr-defined]
            raise RuntimeError("a fault of ours")
        return healthy(scene, what)  # type: ignore[arg-type]

    monkeypatch.setattr(menu, "handle", broken)
    fates = together.answer(core, a_batch(), two.world.now)
    assert [fate is None for fate in fates] == [False, True, False]


def test_one_row_that_the_database_refuses_leaves_all_of_them_to_be_taken_alone(
    core: Core, two: Small, caplog: pytest.LogCaptureFixture
) -> None:
    batch = a_batch()
    batch[1] = replace(batch[1], update_id=2**70)  # no database has a column for that
    assert together.answer(core, batch, two.world.now) == [None, None, None]
    assert "one by one" in caplog.text
    assert answers(core) == []
    assert not seen(core) & {one.update_id for one in batch}
    assert [len(intake.receive(core, one, two.world.now).deliveries) for one in (batch[0], batch[2])] == [1, 1]


def test_behind_a_message_on_its_way_an_answer_is_queued(core: Core, two: Small) -> None:
    with core.store.transaction() as session:
        queue(session, [Draft(LEARNER, screen(verbatim("first")), Kind.ANSWER, two.people["lea"])], two.world.now)
    fates = together.answer(core, a_batch(), two.world.now)
    assert fates[0] is not None
    assert (fates[0].deliveries, fates[0].more) == ((), True)
    assert [row.state for row in rows(core, Outbox, Outbox.chat_id == LEARNER)][-2:] == ["queued", "queued"]


def test_of_two_messages_the_second_waits_for_the_first(core: Core, two: Small) -> None:
    both = Words("missed the last tram lol how do i get home now")  # asked back, and answered
    asked, _ = together.answer(core, [said(LEARNER, both), said(SECOND_LEARNER, Tap("menu:home", 3))], two.world.now)
    assert asked is not None
    (first,) = asked.deliveries
    assert asked.more
    assert [(row.id == first.id, row.state) for row in rows(core, Outbox, Outbox.chat_id == LEARNER)][-2:] == [
        (True, "attempting"), (False, "queued"),
    ]  # fmt: skip
    assert outbox.claim(core, two.world.now, 10, bulk=False) == []


def test_who_may_have_lost_a_message_is_left_so_that_it_is_shown_again(core: Core, two: Small) -> None:
    first = intake.receive(core, said(LEARNER, Command("help")), two.world.now)
    outbox.finish(core, [Result(first.deliveries[0].id, Fate.UNKNOWN, two.world.now)], two.world.now)
    assert [fate is None for fate in together.answer(core, a_batch(), two.world.now)] == [True, False, False]


def test_activity_is_noted_for_all(core: Core, two: Small) -> None:
    two.world.wait(minutes=7)
    together.answer(core, a_batch(), two.world.now)
    chats = TelegramAccount.chat_id.in_((LEARNER, SECOND_LEARNER, REFERENT))
    assert {account.last_active_at for account in rows(core, TelegramAccount, chats)} == {two.world.now}


@pytest.mark.parametrize("fault", [kill, lose_answer])
def test_whatever_breaks_between_two_statements_all_or_nothing_is_kept(core: Core, two: Small, fault: object) -> None:
    gc.freeze()  # or every look for garbage goes through all the content
    faults = Faults(core.store.engine)
    faulty = replace(core, store=FaultyStore(core.store.engine, faults))
    kept = []
    try:
        for point in count():
            batch, before = a_batch(), len(answers(core))
            faults.counts.clear()
            fates: list[Handled | None] = []
            try:
                with faults.around(fault, point):  # type: ignore[arg-type]
                    fates = together.answer(faulty, batch, two.world.now)
            except (Killed, StorageTrouble):
                pass
            gc.collect()  # a dead transaction's cursor in a cycle of tracebacks would keep its lock
            with faults.none():
                known = seen(core) & {one.update_id for one in batch}
                new = len(answers(core)) - before
                outbox.finish(core, [Result(r.id, Fate.SENT, two.world.now, 1) for r in answers(core)], two.world.now)
            assert (len(known), new) in ((0, 0), (3, 3))
            kept.append(bool(known))
            if fates:  # it came to its end before the fault
                break
    finally:
        faults.close()
        gc.unfreeze()
    assert len(kept) > 12
    assert kept[-2:] == [True, True]  # nothing but the very last point lies behind the commit
    assert not any(kept[:-2])


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)  # SQLite: whoever is in a transaction is alone
def test_who_is_in_other_hands_is_left_and_not_waited_for(core: Core, two: Small) -> None:
    with core.store.transaction() as session:
        session.execute(select(TelegramAccount).where(TelegramAccount.chat_id == LEARNER).with_for_update())
        fates = together.answer(core, a_batch(), two.world.now + timedelta(seconds=1))
    assert [fate is None for fate in fates] == [True, False, False]
