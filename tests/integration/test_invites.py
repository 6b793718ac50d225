"""Invites: used once, expired, revoked, re-issued, foreign; second roles; moving to another phone."""

from __future__ import annotations

from datetime import timedelta

from bot.service import invites, outbox
from bot.service.core import Core
from bot.store.tables import Consent, Invite, Membership, Outbox, Person, Placement, TelegramAccount
from tests.support.cohort import COORDINATOR, LEARNER, REFERENT, SECOND_LEARNER, Small, add_learner, add_staff
from tests.support.looking import march, rows, set_person

NEW_PHONE, STRANGER = 21, 99


def reissue(core: Core, small: Small, name: str = "lea") -> str:
    with core.store.transaction() as session:
        invite = invites.issue(session, small.people[name], small.cohort_id, "learner", "L01", small.world.now)
        return invite.token or ""


def live(core: Core) -> dict[int, int]:
    return {a.chat_id: a.person_id for a in rows(core, TelegramAccount, TelegramAccount.revoked_at.is_(None))}


def test_a_token_is_deleted_on_use(core: Core, small: Small) -> None:
    small.join()
    (used,) = rows(core, Invite, Invite.role == "learner")
    assert used.token is None
    assert used.used_at == small.world.now


def test_a_used_invite_lets_nobody_else_in(core: Core, small: Small) -> None:
    small.join()
    small.world.say(STRANGER, f"/start {small.tokens['lea']}")
    assert "doesn't work any more" in small.world.phone(STRANGER).last.text
    assert STRANGER not in live(core)


def test_the_link_tapped_once_more_by_its_owner_just_goes_on(small: Small) -> None:
    small.join()
    small.world.say(LEARNER, f"/start {small.tokens['lea']}")
    assert "doesn't work" not in small.world.phone(LEARNER).last.text


def test_an_expired_invite_says_so_and_lets_nobody_in(core: Core, small: Small) -> None:
    small.world.clock.set(small.world.now + invites.LASTS)
    small.world.say(LEARNER, f"/start {small.tokens['lea']}")
    assert "expired" in small.world.phone(LEARNER).last.text
    assert live(core) == {}


def test_an_invite_works_until_the_very_last_second(core: Core, small: Small) -> None:
    small.world.clock.set(small.world.now + invites.LASTS - timedelta(seconds=1))
    small.world.say(LEARNER, f"/start {small.tokens['lea']}")
    assert LEARNER in live(core)


def test_a_revoked_invite_lets_nobody_in(core: Core, small: Small) -> None:
    with core.store.transaction() as session:
        assert invites.revoke(session, small.people["lea"], "learner", small.world.now) == 1
    small.world.say(LEARNER, f"/start {small.tokens['lea']}")
    assert live(core) == {}


def test_a_fresh_invite_makes_the_older_one_useless(core: Core, small: Small) -> None:
    token = reissue(core, small)
    small.world.say(STRANGER, f"/start {small.tokens['lea']}")
    assert live(core) == {}
    small.world.say(LEARNER, f"/start {token}")
    assert live(core) == {LEARNER: small.people["lea"]}


def test_made_up_tokens_get_one_kind_sentence(core: Core, small: Small) -> None:
    for token in ("x", "1' OR '1'='1", "x" * 10_000, "../../etc/passwd", "😀"):
        small.world.say(STRANGER, f"/start {token}")
        assert "doesn't work any more" in small.world.phone(STRANGER).last.text
    assert live(core) == {}


def test_an_invite_of_an_erased_person_lets_nobody_in(core: Core, small: Small) -> None:
    set_person(core, small.people["lea"], erased_at=small.world.now)
    small.world.say(LEARNER, f"/start {small.tokens['lea']}")
    assert live(core) == {}


def test_a_second_invite_adds_a_role_to_the_same_account(core: Core, small: Small) -> None:
    small.join_staff()
    add_staff(core, small, "desk", "Claire", "Exemple", "coordinator", "C01")
    small.world.say(REFERENT, f"/start {small.tokens['desk']}")
    small.world.tap(REFERENT, "English")
    roles = {m.role for m in rows(core, Membership, Membership.person_id == small.people["claire"])}
    assert roles == {"referent", "coordinator"}
    assert live(core)[REFERENT] == small.people["claire"]


def test_a_second_stay_is_added_to_the_same_account(core: Core, small: Small) -> None:
    small.join()
    add_learner(
        core, small, "again", "Lea", "Beispiel", "L77", arrival_date=march(1, 0).date() + timedelta(days=200),
        departure_date=march(1, 0).date() + timedelta(days=200), return_date=march(1, 0).date() + timedelta(days=220),
    )  # fmt: skip
    small.world.say(LEARNER, f"/start {small.tokens['again']}")
    for label in ("English", "Yes, that's right", "Keep 19:00"):
        small.world.tap(LEARNER, label)
    stays = rows(core, Placement, Placement.person_id == small.people["lea"])
    assert [s.code for s in stays] == ["L01", "L77"]
    assert all(s.joined_at for s in stays)


def test_somebody_who_only_tries_a_link_of_another_name_does_not_become_that_person(core: Core, small: Small) -> None:
    small.join_staff()
    small.world.say(REFERENT, f"/start {small.tokens['lea']}")
    assert "for Lea" in small.world.phone(REFERENT).last.text
    assert rows(core, Placement)[0].person_id == small.people["lea"]
    small.join()
    assert live(core)[LEARNER] == small.people["lea"]


def test_the_account_that_an_invited_person_left_behind_is_a_stranger(core: Core, small: Small) -> None:
    small.join_staff()
    small.join()
    token = reissue(core, small)
    small.world.say(REFERENT, f"/start {token}")
    assert LEARNER in live(core)
    small.world.say(REFERENT, f"/start {token}")
    assert LEARNER not in live(core)


def test_nothing_of_a_name_stays_in_the_empty_shell_of_a_merged_person(core: Core, small: Small) -> None:
    small.join()
    add_staff(core, small, "zoe", "Zoé", "Merged", "local_contact", "Z01")
    for _ in range(2):
        small.world.say(LEARNER, f"/start {small.tokens['zoe']}")
    (shell,) = rows(core, Person, Person.id == small.people["zoe"])
    assert (shell.first_name, shell.last_name, shell.phone) == ("", "", None)


def test_a_new_phone_takes_over_and_the_old_chat_is_a_stranger(core: Core, small: Small) -> None:
    small.join()
    small.world.say(NEW_PHONE, f"/start {reissue(core, small)}")
    assert live(core) == {NEW_PHONE: small.people["lea"]}
    small.world.say(LEARNER, "/menu")
    assert "invite" in small.world.phone(LEARNER).last.text


def test_what_waited_for_the_old_phone_comes_to_the_new_one(core: Core, small: Small) -> None:
    small.world.clock.set(march(2, 11))
    small.join()
    small.world.telegram_up = False
    small.world.travel(march(2, 18))
    small.world.telegram_up = True
    small.world.say(NEW_PHONE, f"/start {reissue(core, small)}")
    small.world.deliver()
    assert "check_in" in {m.kind for m in small.world.phone(NEW_PHONE).messages}
    assert "check_in" not in {m.kind for m in small.world.phone(LEARNER).messages}


def test_what_a_process_has_claimed_for_the_old_phone_is_taken_back_for_the_new_one(core: Core, small: Small) -> None:
    small.world.clock.set(march(2, 11))
    small.join()
    small.world.telegram_up = False
    small.world.travel(march(2, 18))
    claimed = outbox.claim(core, small.world.now, 10, bulk=False) + outbox.claim(core, small.world.now, 10, bulk=True)
    assert LEARNER in {delivery.chat_id for delivery in claimed}
    small.world.say(NEW_PHONE, f"/start {reissue(core, small)}")
    assert not outbox.attempt(core, [delivery.id for delivery in claimed], small.world.now)
    assert not rows(core, Outbox, Outbox.chat_id == LEARNER, Outbox.state.in_(("queued", "leased")))


def test_the_journey_goes_on_on_the_new_phone_without_a_new_beginning(core: Core, small: Small) -> None:
    small.join()
    began = rows(core, Placement)[0].joined_at
    small.world.say(NEW_PHONE, f"/start {reissue(core, small)}")
    small.world.wait(days=3)
    assert rows(core, Placement)[0].joined_at == began
    assert "prompt" in {m.kind for m in small.world.phone(NEW_PHONE).messages}
    assert small.world.phone(NEW_PHONE).text().count("already on its way") == 0


def test_who_took_somebody_elses_link_can_be_unlinked_by_the_referent(core: Core, small: Small) -> None:
    small.join_staff()
    small.join(chat_id=STRANGER)
    small.world.tap(REFERENT, "Not them? Unlink")
    small.world.tap(REFERENT, "Yes, unlink")
    assert STRANGER not in live(core)
    small.world.say(STRANGER, "/menu")
    assert "invite" in small.world.phone(STRANGER).last.text
    assert len(rows(core, Invite, Invite.role == "learner", Invite.token.is_not(None))) == 1


def test_after_an_unlinking_the_right_person_is_asked_for_their_own_consent(core: Core, small: Small) -> None:
    small.join_staff()
    small.join(chat_id=STRANGER)
    small.world.tap(REFERENT, "Not them? Unlink")
    small.world.tap(REFERENT, "Yes, unlink")
    (fresh,) = rows(core, Invite, Invite.role == "learner", Invite.token.is_not(None))
    small.world.say(LEARNER, f"/start {fresh.token}")
    small.world.tap(LEARNER, "English")
    assert "Yes, I agree" in [label for label, _ in small.world.phone(LEARNER).last.buttons]
    assert not [c for c in rows(core, Consent) if c.given and c.withdrawn_at is None]


def test_an_unlinked_chat_gets_nothing_more_even_if_it_was_queued(core: Core, small: Small) -> None:
    small.world.clock.set(march(2, 11))
    small.join_staff()
    small.join(chat_id=STRANGER)
    small.world.telegram_up = False
    small.world.travel(march(2, 18))
    small.world.telegram_up = True
    before = len(small.world.phone(STRANGER).messages)
    with core.store.transaction() as session:
        invites.unlink(session, small.people["lea"], small.world.now)
    small.world.deliver()
    assert len(small.world.phone(STRANGER).messages) == before


def test_a_referent_cannot_unlink_learners_of_another_cohort(core: Core, small: Small) -> None:
    small.join()
    small.world.forge(COORDINATOR, f"learners:really:{small.placements['lea']}")
    add_learner(core, small, "ben", "Ben", "Exemplo", "L02")
    small.join("ben", SECOND_LEARNER)
    small.world.forge(SECOND_LEARNER, f"learners:really:{small.placements['lea']}")
    assert LEARNER in live(core)
