"""The one way out: order, leases, two processes, crashes, expiry, keys."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flows.vocabulary import Kind, screen
from bot.i18n import verbatim
from bot.service import leases, outbox
from bot.service.core import Core
from bot.service.delivery import Delivery, Fate, Result
from bot.service.drafts import LEASE, Draft, queue
from bot.store.tables import Alert, Outbox, TelegramAccount
from tests.support.cohort import LEARNER, REFERENT, START, Small
from tests.support.looking import march, rows

NOW = START


def put(core: Core, *drafts: tuple[int, str, Kind], **more: object) -> int:
    with core.store.transaction() as session:
        made = [Draft(chat, screen(verbatim(words)), kind, **more) for chat, words, kind in drafts]  # type: ignore[arg-type]
        return queue(session, made, NOW)


def words(deliveries: list[Delivery]) -> list[object]:
    return [d.screen.body[0].args["words"] for d in deliveries]


def claim(core: Core, now: object = NOW, bulk: bool = False, limit: int = 100) -> list[Delivery]:
    return outbox.claim(core, now, limit, bulk)  # type: ignore[arg-type]


def send(core: Core, deliveries: list[Delivery], fate: Fate = Fate.SENT, **more: object) -> None:
    outbox.attempt(core, [d.id for d in deliveries], NOW)
    results = [Result(d.id, fate, NOW, message_id=d.id, **more) for d in deliveries]  # type: ignore[arg-type]
    outbox.finish(core, results, NOW)


def states(core: Core) -> list[str]:
    return [row.state for row in rows(core, Outbox)]


def test_of_each_chat_only_the_head_is_claimed(core: Core) -> None:
    put(core, (1, "a", Kind.ANSWER), (1, "b", Kind.ANSWER), (2, "c", Kind.ANSWER))
    assert words(claim(core)) == ["a", "c"]


def test_nothing_more_of_a_chat_while_something_is_out(core: Core) -> None:
    put(core, (1, "a", Kind.ANSWER), (1, "b", Kind.ANSWER))
    first = claim(core)
    assert claim(core) == []
    send(core, first)
    assert words(claim(core)) == ["b"]


def test_safety_overtakes(core: Core) -> None:
    put(core, (1, "a", Kind.ANSWER), (1, "sos", Kind.SAFETY))
    assert words(claim(core)) == ["sos"]


def test_the_lane_of_answers_leaves_bulk_alone_and_keeps_the_order_of_a_chat(core: Core) -> None:
    put(core, (1, "prompt", Kind.PROMPT), (2, "answer", Kind.ANSWER), (2, "prompt 2", Kind.PROMPT))
    assert words(claim(core, bulk=False)) == ["answer"]
    assert words(claim(core, bulk=True)) == ["prompt"]


def test_a_message_is_not_claimed_before_its_time(core: Core) -> None:
    put(core, (1, "later", Kind.NOTICE), not_before=NOW + timedelta(hours=1))
    assert claim(core, bulk=True) == []
    assert words(claim(core, NOW + timedelta(hours=1), bulk=True)) == ["later"]


def test_a_notice_that_waits_for_the_morning_holds_nothing_else_back(core: Core) -> None:
    put(core, (1, "tomorrow", Kind.NOTICE), not_before=NOW + timedelta(hours=9))
    put(core, (1, "urgent", Kind.MESSAGE))
    assert words(claim(core, bulk=True)) == ["urgent"]


def test_a_message_to_be_tried_again_keeps_its_place(core: Core) -> None:
    put(core, (1, "a", Kind.ANSWER), (1, "b", Kind.ANSWER))
    send(core, claim(core), Fate.RETRY, retry_at=NOW + timedelta(seconds=5))
    assert claim(core) == []
    assert words(claim(core, NOW + timedelta(seconds=5))) == ["a"]


def test_a_key_is_used_once(core: Core) -> None:
    assert put(core, (1, "a", Kind.ANSWER), key="k") == 1
    assert put(core, (1, "a again", Kind.ANSWER), key="k") == 0
    send(core, claim(core))
    assert put(core, (1, "and again", Kind.ANSWER), key="k") == 0


def test_what_is_too_late_is_not_sent(core: Core) -> None:
    put(core, (1, "old", Kind.ANSWER), expires_at=NOW + timedelta(minutes=1))
    found = claim(core)
    assert outbox.attempt(core, [d.id for d in found], NOW + timedelta(minutes=1)) == set()
    assert states(core) == ["expired"]


def test_what_waits_too_long_expires_in_the_queue(core: Core) -> None:
    put(core, (1, "old", Kind.ANSWER), expires_at=NOW + timedelta(minutes=1))
    with core.store.transaction() as session:
        assert outbox.expire(session, NOW + timedelta(minutes=1)) == 1
    assert claim(core, NOW + timedelta(minutes=2)) == []


def test_a_leased_row_of_a_dead_process_is_claimed_again(core: Core) -> None:
    put(core, (1, "a", Kind.ANSWER))
    claim(core)
    assert outbox.release_expired(core, NOW + LEASE) == 1
    assert words(claim(core, NOW + LEASE)) == ["a"]


def test_a_living_process_keeps_its_rows(core: Core) -> None:
    put(core, (1, "a", Kind.ANSWER))
    claim(core)
    assert outbox.release_expired(core, NOW + LEASE - timedelta(seconds=1)) == 0


def test_what_a_process_held_that_says_no_more_that_it_lives_goes_to_the_others_within_seconds(core: Core) -> None:
    put(core, (1, "a", Kind.ANSWER))
    leases.alive(core, NOW)
    claim(core)
    other = replace(core, owner="other")
    soon = NOW + timedelta(seconds=leases.PROCESS_SECONDS)
    assert outbox.release_expired(other, soon - timedelta(seconds=1)) == 0
    assert outbox.release_expired(other, soon) == 1


def test_a_process_never_takes_its_own_rows_for_those_of_a_dead_one(core: Core) -> None:
    put(core, (1, "a", Kind.ANSWER))
    leases.alive(core, NOW - timedelta(seconds=40))
    claim(core)
    assert outbox.release_expired(core, NOW + timedelta(seconds=1)) == 0


def test_a_process_that_ends_leaves_what_it_held_to_the_others_at_once(core: Core) -> None:
    put(core, (1, "a", Kind.ANSWER))
    claim(core)
    leases.alive(core, NOW, 0)
    assert outbox.release_expired(replace(core, owner="other"), NOW) == 1


def test_an_answer_that_was_under_way_in_a_crash_is_not_sent_twice(core: Core) -> None:
    put(core, (1, "a", Kind.ANSWER))
    outbox.attempt(core, [d.id for d in claim(core)], NOW)
    outbox.release_expired(core, NOW + LEASE)
    assert states(core) == ["unknown"]
    assert claim(core, NOW + LEASE) == []


@pytest.mark.parametrize("kind", [Kind.ALERT, Kind.SAFETY, Kind.CHECK_IN, Kind.REMINDER])
def test_safety_that_was_under_way_in_a_crash_is_sent_again(core: Core, kind: Kind) -> None:
    put(core, (1, "a", kind))
    bulk = kind in (Kind.CHECK_IN, Kind.REMINDER)
    outbox.attempt(core, [d.id for d in claim(core, bulk=bulk)], NOW)
    outbox.release_expired(core, NOW + LEASE)
    assert words(claim(core, NOW + LEASE, bulk=bulk)) == ["a"]


def test_an_unclear_end_of_a_call_repeats_safety_only(core: Core) -> None:
    put(core, (1, "a", Kind.SAFETY), (2, "b", Kind.ANSWER))
    send(core, claim(core), Fate.UNKNOWN)
    assert states(core) == ["queued", "unknown"]


def test_somebody_elses_rows_cannot_be_attempted(core: Core) -> None:
    put(core, (1, "a", Kind.ANSWER))
    found = claim(core)
    other = replace(core, owner="somebody-else")
    assert outbox.attempt(other, [d.id for d in found], NOW) == set()


def test_a_withdrawn_question_that_is_leased_is_not_sent(core: Core, abroad: Small) -> None:
    abroad.world.telegram_up = False
    abroad.world.travel(march(2, 18))
    found = outbox.claim(core, abroad.world.now, 10, True)
    abroad.world.say(LEARNER, "/checkin")
    with core.store.transaction() as session:
        from_row = session.query(Outbox).where(Outbox.kind == "check_in").one()
        number = int((from_row.ref or "").split(":")[1])
    abroad.world.forge(LEARNER, f"check_in:fine:{number}")
    assert outbox.attempt(core, [d.id for d in found], abroad.world.now) == set()


def test_a_block_found_out_by_sending_is_remembered(core: Core, abroad: Small) -> None:
    abroad.world.phone(LEARNER).blocked = True
    abroad.world.say(LEARNER, "/menu")
    (account,) = rows(core, TelegramAccount, TelegramAccount.chat_id == LEARNER)
    assert account.blocked_at == abroad.world.now
    assert [a.reason for a in rows(core, Alert)] == ["blocked"]


def test_what_was_interrupted_is_shown_again_before_the_next_answer(core: Core, small: Small) -> None:
    small.join_staff()
    put(core, (REFERENT, "interrupted", Kind.ANSWER))
    outbox.attempt(core, [d.id for d in claim(core)], NOW)
    outbox.release_expired(core, NOW + LEASE)
    small.world.clock.set(NOW + timedelta(minutes=5))
    small.world.say(REFERENT, "/help")
    texts = [m.text for m in small.world.phone(REFERENT).messages]
    assert texts[-2] == "interrupted"
    small.world.say(REFERENT, "/help")
    assert [m.text for m in small.world.phone(REFERENT).messages].count("interrupted") == 1


def test_of_what_was_interrupted_every_letter_is_shown_again_and_of_answers_the_newest(
    core: Core, small: Small
) -> None:
    small.join_staff()
    said = (
        ("from the coordinator", Kind.MESSAGE), ("from Lea", Kind.RELAY), ("older", Kind.ANSWER), ("newer", Kind.ANSWER)
    )  # fmt: skip
    for words, kind in said:
        put(core, (REFERENT, words, kind))
        outbox.attempt(core, [d.id for d in claim(core, bulk=kind is Kind.MESSAGE)], NOW)
        outbox.release_expired(core, NOW + LEASE)
    small.world.clock.set(NOW + timedelta(minutes=5))
    small.world.say(REFERENT, "/help")
    texts = [m.text for m in small.world.phone(REFERENT).messages]
    assert texts[-4:-1] == ["from the coordinator", "from Lea", "newer"]
    assert "older" not in texts


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_two_threads_claiming_at_once_never_get_one_row_or_two_rows_of_a_chat(core: Core) -> None:
    put(core, *((chat, f"{chat}-{n}", Kind.ANSWER) for chat in range(20) for n in range(5)))
    taken: list[Delivery] = []
    chats_at_once: list[int] = []
    out: Counter[int] = Counter()
    guard = threading.Lock()

    def work(owner: str) -> None:
        mine = replace(core, owner=owner)
        for _ in range(200):
            found = outbox.claim(mine, NOW, 7, False)
            with guard:
                taken.extend(found)
                out.update(d.chat_id for d in found)
                chats_at_once.append(max(out.values(), default=0))
            ours = outbox.attempt(mine, [d.id for d in found], NOW)
            assert ours == {d.id for d in found}
            with guard:
                out.subtract(d.chat_id for d in found)
            outbox.finish(mine, [Result(d.id, Fate.SENT, NOW, message_id=d.id) for d in found], NOW)
            with guard:
                if len(taken) >= 100:
                    return

    threads = [threading.Thread(target=work, args=(f"owner-{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(taken) == 100
    assert len({d.id for d in taken}) == 100
    assert max(chats_at_once) == 1
    for chat in range(20):
        assert words([d for d in taken if d.chat_id == chat]) == [f"{chat}-{n}" for n in range(5)]
