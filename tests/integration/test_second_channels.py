"""Alerts by e-mail and webhook, over real SMTP and HTTP on loopback: told, once, and what became of it in the trail."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.clock import VirtualClock
from bot.service import bot_state, erasing, second_sending
from bot.service.core import Core
from bot.store.tables import Alert, AlertEvent, SecondMessage
from bot.transport.mail import Mailer, server_of
from bot.transport.pool import Pool
from bot.transport.second import SecondLane, lane_of
from bot.transport.webhook_out import AlertHook
from tests.support.alerting import missed, resolve, the_alert
from tests.support.cohort import BACKUP, LEARNER, REFERENT, Begin, Small, small_cohort
from tests.support.looking import march, rows, set_person
from tests.support.receivers import Gateway, Mailbox, gateway, mailbox, words_of

CLAIRE, MARCO = "claire@example.org", "marco@example.org"
SENDER = "alerts@example.org"
Story = Callable[[SecondLane, Mailbox, Gateway], Awaitable[None]]


@pytest.fixture
def core(core: Core) -> Core:
    return replace(core, channels=frozenset({"mail", "webhook"}))


def with_addresses(core: Core) -> Small:
    """The small cohort abroad; both referents have an e-mail address, only Claire has joined."""
    found = small_cohort(core, start=march(2, 11))
    found.join_staff(backup=False)
    found.join()
    found.world.turn()
    set_person(core, found.people["claire"], email=CLAIRE)
    set_person(core, found.people["marco"], email=MARCO, language="fr")
    return found


@pytest.fixture
def away(begin: Begin) -> Small:
    return begin(with_addresses)


def play(core: Core, small: Small, story: Story, seconds: float = 2.0) -> None:
    """Run a story with a mail server, a gateway and one lane between them."""

    async def run() -> None:
        pool = Pool(core.store.writers)
        async with mailbox() as box, gateway() as calls:
            mailer = Mailer(server_of(box.url, SENDER), seconds)
            await story(SecondLane(core, pool, small.world.clock, mailer, AlertHook(calls.url, seconds)), box, calls)
        pool.close()

    asyncio.run(run())


def ask_for_help(small: Small) -> None:
    small.world.say(LEARNER, "/sos")


def trail(core: Core, what: str) -> list[dict[str, Any]]:
    return [row.detail for row in rows(core, AlertEvent, AlertEvent.what == what)]


def states(core: Core) -> list[str]:
    return [row.state for row in rows(core, SecondMessage)]


async def later(lane: SecondLane, small: Small, **delta: float) -> None:
    """Time passes for the lane alone; nothing else moves."""
    small.world.clock.advance(timedelta(**delta))
    await lane.drain()


def test_who_is_told_of_an_alert_gets_it_by_e_mail_too(core: Core, away: Small) -> None:
    bot_state.remember_username(core, "a_bot")
    missed(away)

    async def story(lane: SecondLane, box: Mailbox, calls: Gateway) -> None:
        await lane.drain()
        (mail,) = box.to(CLAIRE)
        assert mail["Subject"] == "🟠 SPRING L01 · #1: Did not answer the daily check-in."
        assert mail["From"] == f"Compagnon <{SENDER}>"
        assert mail["Auto-Submitted"] == "auto-generated"
        text = words_of(mail)
        assert "+33 6 39 98 00 01" in text
        assert "<b>" not in text
        assert "https://t.me/a_bot. Please tap “I'm on it” there" in text

    play(core, away, story)
    assert {"channel": "mail"} in trail(core, "second_delivered")


def test_who_has_not_joined_is_told_by_e_mail_and_passed_over_at_once(core: Core, away: Small) -> None:
    ask_for_help(away)

    async def story(lane: SecondLane, box: Mailbox, calls: Gateway) -> None:
        await lane.drain()
        (mail,) = box.to(MARCO)
        assert mail["Content-Language"] == "fr"
        assert "uniquement par e-mail" in words_of(mail)

    play(core, away, story)
    assert "Marco Esempio told by e-mail only: hasn't joined the bot" in away.world.phone(REFERENT).text()


def test_a_backup_without_the_bot_hears_by_e_mail_when_the_first_does_not_answer(core: Core, away: Small) -> None:
    missed(away)
    away.world.wait(minutes=31)

    async def story(lane: SecondLane, box: Mailbox, calls: Gateway) -> None:
        await lane.drain()
        assert len(box.to(MARCO)) == 1
        assert "uniquement par e-mail" in words_of(box.to(MARCO)[0])

    play(core, away, story)


def test_without_an_address_the_alert_says_skipped(core: Core, away: Small) -> None:
    set_person(core, away.people["marco"], email=None)
    ask_for_help(away)
    assert "Marco Esempio skipped: hasn't joined the bot" in away.world.phone(REFERENT).text()


def test_the_webhook_has_what_a_telephone_gateway_needs(core: Core, away: Small) -> None:
    ask_for_help(away)

    async def story(lane: SecondLane, box: Mailbox, calls: Gateway) -> None:
        await lane.drain()
        (call,) = calls.calls
        assert {
            "version": 1, "event": "alert", "cohort": "SPRING", "learner": "L01", "severity": "red",
            "reason": "asked_for_help", "repeat": False, "exhausted": False, "id": the_alert(core).id,
        }.items() <= call.items()  # fmt: skip
        assert call["raised_at"] == the_alert(core).raised_at.isoformat()
        claire = call["recipients"][0]
        assert claire["phone"] == "+33 1 99 00 00 01"
        assert claire["short"] == "🔴 URGENT Lea Beispiel (L01): Asked for help. Learner: +33 6 39 98 00 01"
        assert claire["telegram"] is True
        assert "Panadería de Ejemplo" in call["text"]
        assert calls.keys[0].startswith("webhook:alert:")

    play(core, away, story)


def test_every_field_of_the_call_is_documented(core: Core, away: Small) -> None:
    ask_for_help(away)
    away.world.tap(REFERENT, "I'm on it")
    page = (Path(__file__).parents[2] / "docs" / "second-channels.md").read_text(encoding="utf-8")

    async def story(lane: SecondLane, box: Mailbox, calls: Gateway) -> None:
        await lane.drain()
        fields = {name for call in calls.calls for name in (*call, *call["recipients"][0])}
        assert [name for name in sorted(fields) if f"`{name}`" not in page] == []

    play(core, away, story)


def test_no_words_of_the_learner_and_no_coordinates_go_out(core: Core, away: Small) -> None:
    away.world.say(LEARNER, "I want to kill myself tonight in Calle Secreta")
    away.world.locate(LEARNER, 37.3891, -5.9845)

    async def story(lane: SecondLane, box: Mailbox, calls: Gateway) -> None:
        await lane.drain()
        everything = json.dumps(calls.calls) + "".join(words_of(mail) for mail in box.messages)
        assert calls.calls
        for secret in ("Secreta", "37.38", "5.98"):
            assert secret not in everything

    play(core, away, story)


def test_repeats_are_mailed_every_half_hour_and_called_every_time(core: Core, away: Small) -> None:
    ask_for_help(away)
    away.world.wait(minutes=29)

    async def story(lane: SecondLane, box: Mailbox, calls: Gateway) -> None:
        await lane.drain()
        subjects = [str(mail["Subject"]) for mail in box.to(CLAIRE)]
        assert sum("still open" in subject for subject in subjects) == 0
        assert sum(call["repeat"] for call in calls.calls) == 5

    play(core, away, story)


def test_all_who_had_a_mail_hear_who_took_it_and_that_it_is_over(core: Core, away: Small) -> None:
    ask_for_help(away)

    async def story(lane: SecondLane, box: Mailbox, calls: Gateway) -> None:
        await lane.drain()
        away.world.tap(REFERENT, "I'm on it")
        await lane.drain()
        resolve(away)
        await lane.drain()
        assert [str(mail["Subject"]) for mail in box.to(MARCO)][1:] == [
            "SPRING L01 · #1 : Claire Exemple s’en occupe".replace(" :", "\u00a0:"),
            "✅ Alerte levée : SPRING L01 · #1".replace(" :", "\u00a0:"),
        ]
        assert len(box.to(CLAIRE)) == 1, "who does it knows it"
        assert [call["event"] for call in calls.calls] == ["alert", "alert_taken", "alert_resolved"]
        assert calls.calls[2]["outcome"] == "phone"

    play(core, away, story)


def test_a_mail_server_that_is_down_is_tried_again_and_the_call_goes_out(core: Core, away: Small) -> None:
    ask_for_help(away)

    async def run() -> None:
        pool = Pool(core.store.writers)
        async with gateway() as calls, mailbox() as box:
            dead = SecondLane(core, pool, away.world.clock, Mailer(server_of("smtp://127.0.0.1:1", SENDER)),
                              AlertHook(calls.url))  # fmt: skip
            await dead.drain()
            assert len(calls.calls) == 1
            assert sorted(states(core)) == ["queued", "queued", "sent"]
            live = SecondLane(core, pool, away.world.clock, Mailer(server_of(box.url, SENDER)), None)
            await later(live, away, seconds=6)
            assert len(box.messages) == 2
        pool.close()

    asyncio.run(run())
    assert states(core) == ["sent"] * 3


def test_a_server_that_dies_after_accepting_gets_it_again_under_the_same_message_id(core: Core, away: Small) -> None:
    set_person(core, away.people["marco"], email=None)
    ask_for_help(away)

    async def story(lane: SecondLane, box: Mailbox, calls: Gateway) -> None:
        async def die() -> str:
            box.after_data = None
            return "die"

        box.after_data = die
        calls.answers = [None]
        await lane.drain()
        await later(lane, away, seconds=6)
        assert len({str(mail["Message-ID"]) for mail in box.messages}) == 1
        assert len(box.messages) == len(calls.calls) == 2
        assert len(set(calls.keys)) == 1

    play(core, away, story)
    assert states(core) == ["sent", "sent"]


def test_a_slow_server_is_given_up_and_tried_again(core: Core, away: Small) -> None:
    set_person(core, away.people["marco"], email=None)
    ask_for_help(away)

    async def story(lane: SecondLane, box: Mailbox, calls: Gateway) -> None:
        async def dawdle() -> None:
            await asyncio.sleep(2)

        box.after_data, calls.pause = dawdle, 2.0
        await lane.drain()
        assert states(core) == ["queued", "queued"]
        box.after_data, calls.pause = None, 0.0
        await later(lane, away, seconds=6)

    play(core, away, story, seconds=0.3)
    assert states(core) == ["sent", "sent"]
    assert all(row.ambiguous for row in rows(core, SecondMessage))


@pytest.mark.parametrize("status, state", [(500, "queued"), (429, "queued"), (401, "queued"), (302, "queued"),
                                           (422, "failed"), (204, "sent")])  # fmt: skip
def test_what_the_gateway_answers_decides(core: Core, away: Small, status: int, state: str) -> None:
    set_person(core, away.people["marco"], email=None)
    set_person(core, away.people["claire"], email=None)
    ask_for_help(away)

    async def story(lane: SecondLane, box: Mailbox, calls: Gateway) -> None:
        calls.answers = [status]
        await lane.drain()

    play(core, away, story)
    assert states(core) == [state]


def test_an_address_that_the_server_refuses_is_a_failure_in_the_trail(core: Core, away: Small) -> None:
    ask_for_help(away)

    async def story(lane: SecondLane, box: Mailbox, calls: Gateway) -> None:
        box.refuse = "550 no such mailbox"
        await lane.drain()

    play(core, away, story)
    assert trail(core, "second_failed") == [
        {"channel": "mail", "error": "the mail server refuses the recipient (550)"}
    ] * 2  # fmt: skip


def test_a_nonsense_address_fails_alone(core: Core, away: Small) -> None:
    set_person(core, away.people["claire"], email="claire at school\nBcc: x@example.org")
    ask_for_help(away)

    async def story(lane: SecondLane, box: Mailbox, calls: Gateway) -> None:
        await lane.drain()
        assert len(box.messages) == 1
        assert box.to(MARCO)

    play(core, away, story)
    assert sorted(states(core)) == ["failed", "sent", "sent"]


def test_after_six_hours_it_says_that_nobody_knows_or_that_it_failed(core: Core, away: Small) -> None:
    ask_for_help(away)
    now = away.world.now
    (mail, *_) = second_sending.claim(core, "mail", now, 1)
    second_sending.attempt(core, [mail.id], now)
    second_sending.tidy(core, now + timedelta(hours=7))
    assert sorted(states(core)) == ["failed", "failed", "unknown"]
    assert len(trail(core, "second_unknown")) == 1


def test_two_processes_send_everything_once(core: Core, away: Small) -> None:
    ask_for_help(away)
    twin = replace(core, owner="twin")

    async def run() -> None:
        pool, other = Pool(core.store.writers), Pool(core.store.writers)
        async with mailbox() as box, gateway() as calls:
            lanes = [
                SecondLane(c, p, away.world.clock, Mailer(server_of(box.url, SENDER)), AlertHook(calls.url))
                for c, p in ((core, pool), (twin, other))
            ]
            await asyncio.gather(*(lane.drain() for lane in lanes))
            assert (len(box.messages), len(calls.calls)) == (2, 1)
        pool.close()
        other.close()

    asyncio.run(run())


def test_what_a_dead_process_held_goes_out_again(core: Core, away: Small) -> None:
    ask_for_help(away)
    now = away.world.now
    dead = replace(core, owner="dead")
    found = second_sending.claim(dead, "webhook", now, 10)
    second_sending.attempt(dead, [delivery.id for delivery in found], now)
    second_sending.tidy(core, now + timedelta(seconds=59))
    assert not second_sending.claim(core, "webhook", now + timedelta(seconds=59), 10)
    second_sending.tidy(core, now + timedelta(seconds=61))
    (again,) = second_sending.claim(core, "webhook", now + timedelta(seconds=61), 10)
    assert again.key == found[0].key


def test_a_password_never_goes_over_an_open_line(core: Core) -> None:
    mailer = Mailer(server_of("smtp://user:p%40ss@mail.example.org", SENDER))
    assert mailer.server.password == "p@ss"
    assert mailer.server.port == 587
    assert mailer._client()._start_tls_on_connect is True


def test_a_wrong_password_is_one_sentence(core: Core, away: Small) -> None:
    ask_for_help(away)

    async def run() -> None:
        pool = Pool(core.store.writers)
        async with mailbox(password="right") as box:
            for password in ("wrong", "right"):
                url = f"smtp://user:{password}@127.0.0.1:{box.port}"
                lane = lane_of(core, pool, VirtualClock(away.world.now + timedelta(seconds=7)), url, SENDER, None)
                await lane.drain()
                if password == "wrong":
                    errors = {row.error for row in rows(core, SecondMessage, SecondMessage.channel == "mail")}
                    assert errors == {"the mail server does not accept user and password of COMPAGNON_SMTP_URL"}
                    with core.store.transaction() as session:
                        session.execute(update(SecondMessage).values(not_before=away.world.now))
            assert len(box.messages) == 2
        pool.close()

    asyncio.run(run())


def test_without_second_channels_nothing_is_written(core: Core, abroad: Small) -> None:
    plain = replace(core, channels=frozenset())
    abroad.world.core = plain
    abroad.world.say(LEARNER, "/sos")
    assert rows(plain, Alert)
    assert rows(plain, SecondMessage) == []
    assert abroad.world.phone(BACKUP).messages


def test_who_is_erased_is_in_no_letter_any_more(core: Core, away: Small) -> None:
    ask_for_help(away)
    away.world.tap(REFERENT, "I'm on it")
    resolve(away)
    with core.store.transaction() as session:
        erasing.erase(core, session, away.people["lea"], away.world.now, None)
    left = {(row.state, str(row.payload), row.address) for row in rows(core, SecondMessage)}
    assert left == {("cancelled", "{}", "")}
