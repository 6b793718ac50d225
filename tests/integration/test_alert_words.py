"""What an alert says, and the trail it leaves."""

from __future__ import annotations

from bot.service.core import Core
from bot.store.tables import AlertEvent, Person, Placement
from tests.support.alerting import alerted, missed, resolve, the_alert
from tests.support.cohort import BACKUP, LEARNER, REFERENT, Small
from tests.support.looking import change_stay, rows


def test_names_with_html_and_direction_marks_are_shown_as_written(core: Core, abroad: Small) -> None:
    with core.store.transaction() as session:
        person = session.get_one(Person, abroad.people["lea"])
        person.first_name, person.last_name = "<b>Lea</b>", "\u202eelipmaxE & Co"
        session.get_one(Placement, abroad.placements["lea"]).host_organisation = '<a href="x">Bar</a>'
    missed(abroad)
    shown = abroad.world.phone(REFERENT).last.text
    assert "&lt;b&gt;Lea&lt;/b&gt;" in shown
    assert "<a href" not in shown
    assert "&amp; Co" in shown
    # What turns the direction of writing ends with the name.
    assert "\u2068&lt;b" in shown
    assert "Co\u2069" in shown


def test_the_alert_names_asked_reminded_and_whom_to_call(abroad: Small) -> None:
    missed(abroad)
    shown = abroad.world.phone(REFERENT).last.text
    for part in ("Lea Beispiel", "L01", "19:00", "20:00", "Seville", "Panadería de Ejemplo", "+33 6 39 98 00 01"):
        assert part in shown, part


def test_a_reason_reads_right_days_later(abroad: Small) -> None:
    missed(abroad)
    assert "today" not in abroad.world.phone(REFERENT).last.text.lower()


def test_every_turn_leaves_a_line_in_the_trail(core: Core, abroad: Small) -> None:
    missed(abroad)
    abroad.world.wait(minutes=30)
    abroad.world.tap(BACKUP, "I'm on it")
    resolve(abroad, BACKUP)
    abroad.world.tap(LEARNER, "Yes, it's settled")
    assert [e.what for e in rows(core, AlertEvent)] == [
        "raised", "told", "delivered", "told", "delivered", "acknowledged", "resolved", "settled",
    ]  # fmt: skip


def test_two_alerts_about_one_learner_become_one(core: Core, abroad: Small) -> None:
    missed(abroad)
    abroad.world.say(LEARNER, "/sos")
    assert the_alert(core).severity == "red"
    assert "urgent now" in abroad.world.phone(REFERENT).last.text


def test_the_list_of_alerts_names_only_open_ones(abroad: Small) -> None:
    missed(abroad)
    abroad.world.say(REFERENT, "/alerts")
    assert "Lea Beispiel" in abroad.world.phone(REFERENT).last.text
    resolve(abroad)
    abroad.world.say(REFERENT, "/alerts")
    assert "No open alerts" in abroad.world.phone(REFERENT).last.text


def test_two_open_alerts_about_one_learner_are_told_apart_in_the_list_and_when_one_is_closed(
    core: Core, abroad: Small
) -> None:
    """What is confided is an alert of its own, beside a missed check-in."""
    missed(abroad)
    abroad.world.say(LEARNER, "my boss touches me at work and I am scared")
    abroad.world.tap(LEARNER, "☐ Claire Exemple (contact person)")
    abroad.world.tap(LEARNER, "Tell them now")
    abroad.world.say(REFERENT, "/alerts")
    shown = abroad.world.phone(REFERENT).last
    assert "(L01) · #1\nDid not answer the daily check-in.\nMon 2 Mar 21:00" in shown.text
    assert [label for label, _ in shown.buttons] == ["Lea Beispiel · #1", "Lea Beispiel · #2"]
    abroad.world.tap(REFERENT, "Lea Beispiel · #1")
    abroad.world.tap(REFERENT, "Resolved")
    assert "#1 · Mon 2 Mar 21:00\nDid not answer" in abroad.world.phone(REFERENT).last.text
    abroad.world.tap(REFERENT, "Other")
    assert "#1 · Mon 2 Mar 21:00\nDid not answer" in abroad.world.phone(REFERENT).last.text


def test_an_alert_opened_from_the_list_holds_all_that_the_first_message_held(abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    abroad.world.locate(LEARNER, 37.39, -5.99)
    abroad.world.say(REFERENT, "/alerts")
    abroad.world.tap(REFERENT, "Lea Beispiel · #1")
    whole, _, pin = abroad.world.phone(REFERENT).messages[-3:]
    who, done = ("Lea Beispiel (L01)", "Alert since: Mon 2 Mar"), ("Claire Exemple told at", "Telegram accepted")
    for part in (*who, "Seville", "+33 6 39 98 00 01", "Panadería de Ejemplo", "Shared a location", *done):
        assert part in whole.text.replace("<b>", "").replace("</b>", ""), part
    assert [label for label, _ in whole.buttons] == ["I'm on it", "Resolved", "Write to the learner"]
    assert "37.39" in pin.text


def test_an_alert_that_one_has_or_another_has_says_so_when_it_is_opened(abroad: Small) -> None:
    missed(abroad)
    abroad.world.tap(REFERENT, "I'm on it")
    for chat, words in ((REFERENT, "You have the alert about"), (BACKUP, "Claire Exemple is on it")):
        abroad.world.say(chat, "/alerts")
        abroad.world.tap(chat, "Lea Beispiel · #1")
        shown = abroad.world.phone(chat).last
        assert words in shown.text
        assert "Call the learner first" in shown.text
        assert "Resolved" in [label for label, _ in shown.buttons]


def test_a_learner_moved_to_other_referents_takes_the_alert_along(core: Core, abroad: Small) -> None:
    missed(abroad)
    change_stay(core, abroad, referent_id=abroad.memberships["marco"], backup_id=None)
    abroad.world.wait(minutes=30)
    assert alerted(abroad, BACKUP) >= 1
