"""Whom may I tell? One by one; whoever is left out hears nothing, and whoever is named sees nothing anywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from bot.errors import BadInput
from bot.service import cases, erasing, handover, privacy, status
from bot.service.core import Core
from bot.store.tables import Alert, Audit, Case, CaseEvent, Relay, SecondMessage
from tests.support import golden
from tests.support.cohort import BACKUP, COORDINATOR, LEARNER, REFERENT, Small, add_staff
from tests.support.command_line import CommandLine
from tests.support.looking import SEVENTEEN, rows, set_person

LEAD, KIM = 21, 23
WORDS = "my boss touches me at work and I am scared"
CLAIRE, MARCO = "☐ Claire Exemple (contact person)", "☐ Marco Esempio (contact person)"
SARA = "☐ Sara Exemplo (for your protection)"
ABOUT = "Say who it's about"


def enter(core: Core, small: Small, name: str, first: str, last: str, role: str, chat: int) -> None:
    add_staff(core, small, name, first, last, role, f"X{chat}")
    small.world.say(chat, f"/start {small.tokens[name]}")
    small.world.tap(chat, "English")


@pytest.fixture
def lead(core: Core, abroad: Small) -> Small:
    """Abroad, with Sara who looks after safeguarding."""
    enter(core, abroad, "sara", "Sara", "Exemplo", "safeguarding", LEAD)
    return abroad


def confide(small: Small, *labels: str) -> None:
    small.world.say(LEARNER, WORDS)
    for label in (*labels, *(("Tell them now",) if labels else ())):
        small.world.tap(LEARNER, label)


def name(small: Small, label: str) -> None:
    small.world.say(LEARNER, WORDS)
    for tapped in (ABOUT, label, "Yes, do that"):
        small.world.tap(LEARNER, tapped)


class Told:
    """What each chat reads from here on, as a readable conversation."""

    def __init__(self, small: Small, people: Mapping[int, str]) -> None:
        self.small, self.people = small, people
        self.seen = {chat: len(small.world.phone(chat).messages) for chat in people}
        self.toasts = {chat: len(small.world.phone(chat).toasts) for chat in people}
        self.lines: list[str] = []

    def do(self, what: str, *, edits: bool = False) -> None:
        """A line for what was done, and what everybody reads then; `edits`: it changed the learner's last message."""
        self.lines.append(f"> {what}")
        self.seen[LEARNER] -= edits
        for chat, who in self.people.items():
            phone = self.small.world.phone(chat)
            for message in phone.messages[self.seen[chat] :]:
                self.lines.append(f"  {who}")
                self.lines += [f"    {line}".rstrip() for line in message.text.split("\n")]
                self.lines += [f"    [{label}]" for label, _ in message.buttons]
            self.lines += [f"  {who} (toast) {toast}" for toast in phone.toasts[self.toasts[chat] :]]
            self.seen[chat], self.toasts[chat] = len(phone.messages), len(phone.toasts)

    def say(self, chat: int, words: str) -> None:
        self.small.world.say(chat, words)
        self.do(f"{self.people[chat]}: {words}")

    def tap(self, chat: int, label: str, *, edits: bool = False) -> None:
        self.small.world.tap(chat, label)
        self.do(f"{self.people[chat]} taps [{label}]", edits=edits)

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


EVERYBODY = {LEARNER: "Lea", REFERENT: "Claire", BACKUP: "Marco", LEAD: "Sara"}


# --- whole conversations ----------------------------------------------------------------------------


def test_a_conversation_in_which_one_is_left_out(lead: Small) -> None:
    told = Told(lead, EVERYBODY)
    told.say(LEARNER, WORDS)
    told.tap(LEARNER, CLAIRE, edits=True)
    told.tap(LEARNER, CLAIRE.replace("☐", "☑"), edits=True)
    told.tap(LEARNER, MARCO, edits=True)
    told.tap(LEARNER, "Tell them now", edits=True)
    told.say(REFERENT, "/alerts")
    told.say(REFERENT, "/learners")
    told.tap(BACKUP, "I'm on it")
    told.tap(BACKUP, "Resolved")
    told.tap(BACKUP, "We met in person")
    golden.check("confide_one_left_out", told.text())


def test_a_conversation_in_which_nobody_is_told_for_now(core: Core, lead: Small) -> None:
    told = Told(lead, EVERYBODY)
    told.say(LEARNER, WORDS)
    told.tap(LEARNER, "Nobody for now", edits=True)
    lead.world.wait(hours=2)
    assert rows(core, Alert) == []
    golden.check("confide_nobody", told.text())


def test_a_conversation_in_which_the_referent_is_named(lead: Small) -> None:
    told = Told(lead, EVERYBODY)
    told.say(LEARNER, WORDS)
    told.tap(LEARNER, ABOUT, edits=True)
    told.tap(LEARNER, "Claire Exemple (contact person)", edits=True)
    told.tap(LEARNER, "Yes, do that", edits=True)
    told.tap(LEAD, "Open")
    told.tap(LEAD, "I'm on it")
    told.tap(LEAD, "Write to the learner")
    told.say(LEAD, "I'm Sara. Shall I call you at six?")
    told.tap(LEARNER, "Answer")
    told.say(LEARNER, "Yes please")
    told.say(LEARNER, "/sos")
    for command in ("/alerts", "/learners"):
        told.say(REFERENT, command)
    told.tap(LEAD, "Close the case")
    told.tap(LEAD, "Other contact person now")
    golden.check("confide_referent_named", told.text())


def test_a_conversation_without_anybody_for_safeguarding(core: Core, abroad: Small) -> None:
    told = Told(abroad, {LEARNER: "Lea", REFERENT: "Claire", BACKUP: "Marco"})
    told.say(LEARNER, WORDS)
    told.tap(LEARNER, ABOUT, edits=True)
    told.tap(LEARNER, "Claire Exemple (contact person)", edits=True)
    told.tap(LEARNER, "Yes, do that", edits=True)
    golden.check("confide_no_lead", told.text())
    enter(core, abroad, "sara", "Sara", "Exemplo", "safeguarding", LEAD)
    abroad.world.wait(hours=25)
    assert "A learner needs you" in abroad.world.phone(LEAD).text()


# --- left out ---------------------------------------------------------------------------------------


def test_what_was_confided_climbs_to_who_was_chosen_and_to_safeguarding_and_never_further(
    core: Core, lead: Small
) -> None:
    enter(core, lead, "nora", "Nora", "Desk", "coordinator", COORDINATOR)
    confide(lead, MARCO)
    before = {chat: lead.world.phone(chat).text() for chat in (REFERENT, COORDINATOR)}
    lead.world.wait(hours=5)
    assert "in person" in lead.world.phone(LEAD).text()
    assert {chat: lead.world.phone(chat).text() for chat in before} == before
    (alert,) = rows(core, Alert)
    assert (alert.reason, alert.severity, alert.confided) == ("wants_to_talk", "amber", True)


def test_nothing_of_what_was_said_is_kept_or_passed_on(core: Core, lead: Small) -> None:
    confide(lead, MARCO)
    assert "touches" not in lead.world.phone(BACKUP).text()
    (alert,) = rows(core, Alert)
    assert "touches" not in str(alert.state)


def test_made_up_data_gives_nobody_who_was_left_out_the_alert(core: Core, lead: Small) -> None:
    confide(lead, MARCO)
    (alert,) = rows(core, Alert)
    for data in ("ack", "res", "spoke", "open", "write"):
        lead.world.forge(REFERENT, f"alerts:{data}:{alert.id}")
    (after,) = rows(core, Alert)
    assert (after.acknowledged_by, after.resolved_at) == (None, None)
    assert "chose" not in lead.world.phone(REFERENT).text()


def test_a_button_names_only_people_of_the_list(core: Core, lead: Small) -> None:
    lead.world.forge(LEARNER, "confide:send:zzzz.1z141z3")
    lead.world.forge(REFERENT, f"confide:send:{lead.memberships['marco']}")
    lead.world.forge(LEARNER, "confide:case:99999")
    assert (rows(core, Alert), rows(core, Case)) == ([], [])


def test_a_later_call_for_help_goes_to_everybody_and_is_an_alert_of_its_own(core: Core, lead: Small) -> None:
    confide(lead, MARCO)
    lead.world.say(LEARNER, "/sos")
    assert "Asked for help" in lead.world.phone(REFERENT).last.text
    assert [alert.confided for alert in rows(core, Alert)] == [True, False]


def test_tapped_twice_it_is_told_once(core: Core, lead: Small) -> None:
    confide(lead, MARCO)
    lead.world.forge(LEARNER, f"confide:send:{lead.memberships['marco']}")
    assert len(rows(core, Alert)) == 1


def test_who_leaves_hands_on_nothing_that_was_confided_to_them(core: Core, lead: Small) -> None:
    confide(lead, MARCO)
    handover.end(core, "SPRING", "R02", "R01", lead.world.now)
    lead.world.wait(minutes=1)
    assert "in person" not in lead.world.phone(REFERENT).text()
    assert "in person" in lead.world.phone(LEAD).text()


# --- somebody is named ------------------------------------------------------------------------------


def test_the_person_named_sees_nothing_of_it_or_of_any_later_alert(core: Core, lead: Small) -> None:
    before = lead.world.phone(REFERENT).text()
    name(lead, "Claire Exemple (contact person)")
    lead.world.say(LEARNER, "/sos")
    assert "Claire" not in lead.world.phone(LEARNER).last.text
    lead.world.wait(hours=3)
    assert lead.world.phone(REFERENT).text() == before
    assert "Asked for help" in lead.world.phone(BACKUP).text()
    assert "Asked for help" in lead.world.phone(LEAD).text()
    for chat in (LEARNER, BACKUP, LEAD):
        after = lead.world.phone(chat).text().rpartition("Emergency numbers")[2]
        assert "Claire" not in after, chat


def test_the_person_named_reaches_nothing_by_made_up_data(core: Core, lead: Small) -> None:
    name(lead, "Claire Exemple (contact person)")
    lead.world.say(LEARNER, "/sos")
    before = len(lead.world.phone(REFERENT).messages)
    (case,), (alert,) = rows(core, Case), rows(core, Alert)
    for data in ("open", "take", "close", "other", "write"):
        lead.world.forge(REFERENT, f"case:{data}:{case.id}")
        lead.world.forge(BACKUP, f"case:{data}:{case.id}")
    for data in ("ack", "spoke", "open", "write"):
        lead.world.forge(REFERENT, f"alerts:{data}:{alert.id}")
    (case,), (alert,) = rows(core, Case), rows(core, Alert)
    assert (case.lead_id, case.closed_at, alert.acknowledged_by, alert.resolved_at) == (None, None, None, None)
    assert len(lead.world.phone(REFERENT).messages) == before


def test_an_alert_that_the_person_named_had_taken_goes_to_the_others(core: Core, lead: Small) -> None:
    lead.world.say(LEARNER, "/sos")
    lead.world.tap(REFERENT, "I'm on it")
    name(lead, "Claire Exemple (contact person)")
    before = lead.world.phone(REFERENT).text()
    lead.world.turn()
    (alert,) = rows(core, Alert)
    assert alert.acknowledged_by is None
    assert "Asked for help" in lead.world.phone(LEAD).last.text
    lead.world.locate(LEARNER, 37.4, -6.0)
    lead.world.tap(BACKUP, "I'm on it")
    assert lead.world.phone(REFERENT).text() == before


def test_a_host_who_is_named_is_nobodys_to_call(core: Core, lead: Small) -> None:
    name(lead, "Panadería de Ejemplo (host company)")
    lead.world.say(LEARNER, "/sos")
    assert "900 000 000" not in lead.world.phone(BACKUP).last.text
    assert "900 000 000" not in lead.world.phone(LEARNER).last.text


def test_after_a_case_about_a_host_who_is_alerted_is_named_and_nobody_else(core: Core, lead: Small) -> None:
    name(lead, "Panadería de Ejemplo (host company)")
    lead.world.say(LEARNER, "/sos")
    assert "Asked for help" not in lead.world.phone(LEAD).text()
    assert "I'm alerting Claire Exemple and Marco Esempio right now" in lead.world.phone(LEARNER).text()


def test_without_a_lead_coordinators_who_are_not_named_get_it(core: Core, abroad: Small) -> None:
    enter(core, abroad, "nora", "Nora", "Desk", "coordinator", COORDINATOR)
    name(abroad, "Claire Exemple (contact person)")
    assert "Nobody reachable looks after safeguarding" in abroad.world.phone(COORDINATOR).last.text
    abroad.world.tap(COORDINATOR, "Open")
    abroad.world.tap(COORDINATOR, "I'm on it")
    assert "Nora Desk" in abroad.world.phone(LEARNER).last.text


def test_a_coordinator_who_is_named_does_not_get_it(core: Core, abroad: Small) -> None:
    enter(core, abroad, "nora", "Nora", "Desk", "coordinator", COORDINATOR)
    before = len(abroad.world.phone(COORDINATOR).messages)
    name(abroad, "Nora Desk (coordinator)")
    abroad.world.say(LEARNER, "/sos")
    abroad.world.say(COORDINATOR, "/alerts")
    assert [m.text for m in abroad.world.phone(COORDINATOR).messages[before:]] == ["No open alerts."]


def test_named_twice_it_is_one_case(core: Core, lead: Small) -> None:
    name(lead, "Claire Exemple (contact person)")
    (case,) = rows(core, Case)
    lead.world.forge(LEARNER, f"confide:case:{lead.memberships['claire']}")
    assert [row.id for row in rows(core, Case)] == [case.id]


def test_a_case_that_nobody_takes_is_brought_up_after_a_day_and_to_coordinators_too(core: Core, lead: Small) -> None:
    enter(core, lead, "nora", "Nora", "Desk", "coordinator", COORDINATOR)
    name(lead, "Claire Exemple (contact person)")
    assert "case 1" not in lead.world.phone(COORDINATOR).text()
    lead.world.wait(hours=25)
    assert "nobody has taken it since" in lead.world.phone(LEAD).text()
    assert "(case 1, SPRING)" in lead.world.phone(COORDINATOR).text()


def _days_pass(lead: Small, days: int) -> None:
    """Without the evenings between, in which nobody answers and alerts go on and on."""
    lead.world.clock.advance(timedelta(days=days))
    cases.wake(lead.world.core, lead.world.now, 100)
    lead.world.deliver()


def test_a_taken_case_is_asked_about_after_a_week_only(core: Core, lead: Small) -> None:
    name(lead, "Claire Exemple (contact person)")
    lead.world.tap(LEAD, "Open")
    lead.world.tap(LEAD, "I'm on it")
    _days_pass(lead, 6)
    assert "still open" not in lead.world.phone(LEAD).text()
    _days_pass(lead, 2)
    assert "Case 1 (SPRING) is still open" in lead.world.phone(LEAD).text()


# --- what is kept -----------------------------------------------------------------------------------


def test_an_open_case_holds_back_erasure_and_is_in_the_learners_export_alone(core: Core, lead: Small) -> None:
    name(lead, "Claire Exemple (contact person)")
    with core.store.transaction() as session:
        learners = privacy.export(session, lead.people["lea"], lead.world.now)
        referents = privacy.export(session, lead.people["claire"], lead.world.now)
    assert [row["named_role"] for row in learners["safeguarding_case"]] == ["referent"]
    assert [row["what"] for row in learners["case_event"]] == ["opened", "told"]
    assert (referents["safeguarding_case"], referents["case_event"]) == ([], [])
    with pytest.raises(BadInput, match="case about this person is open"), core.store.transaction() as session:
        erasing.erase(core, session, lead.people["lea"], lead.world.now, None)


def test_who_is_named_may_erase_themselves_and_learns_nothing_and_the_case_knows_them_until_it_is_closed(
    core: Core, lead: Small
) -> None:
    enter(core, lead, "kim", "Kim", "Ejemplo", "accompanying", KIM)
    name(lead, "Claire Exemple (contact person)")
    answers = []
    for chat in (KIM, REFERENT):
        lead.world.forge(chat, "privacy:erase:yes")
        answers.append(re.sub(r"\d+", "n", lead.world.phone(chat).last.text))
    assert "protection of minors" in answers[0]
    assert answers[0] == answers[1]
    (case,) = cases.listing(core, None, lead.world.now, everything=False, reveal=True)
    assert case["named"].startswith("Claire Exemple, +33")
    cases.close_from_desk(core, case["id"], "supported", lead.world.now)
    assert "Claire" not in "".join(str(row.named_sealed) for row in rows(core, Case))


def test_the_audit_says_who_read_a_case_and_its_trail_cannot_be_changed(core: Core, lead: Small) -> None:
    name(lead, "Claire Exemple (contact person)")
    lead.world.tap(LEAD, "Open")
    read = [row.actor_id for row in rows(core, Audit) if row.action == "case_read"]
    assert read == [lead.people["sara"]]
    with pytest.raises(DBAPIError, match="never changed"), core.store.transaction() as session:
        session.execute(delete(CaseEvent))


def test_the_desk_sees_numbers_and_states_and_names_only_on_request(core: Core, lead: Small) -> None:
    name(lead, "Claire Exemple (contact person)")
    (plain,) = cases.listing(core, "SPRING", lead.world.now, everything=False, reveal=False)
    assert (plain["state"], plain["cohort"]) == ("open", "SPRING")
    assert "Claire" not in str(plain)
    assert "Beispiel" not in str(plain)
    (revealed,) = cases.listing(core, None, lead.world.now, everything=True, reveal=True)
    assert revealed["named"] == "Claire Exemple"
    assert [row.actor_id for row in rows(core, Audit) if row.action == "case_read"] == [None]


def test_a_case_closed_at_the_desk_gives_the_ladder_back_its_people(core: Core, lead: Small) -> None:
    name(lead, "Claire Exemple (contact person)")
    found = cases.close_from_desk(core, 1, "supported", lead.world.now)
    assert (found["state"], found["outcome"]) == ("closed", "supported")
    with pytest.raises(BadInput, match="was closed before"):
        cases.close_from_desk(core, 1, "other", lead.world.now)
    lead.world.say(LEARNER, "/sos")
    assert "Asked for help" in lead.world.phone(REFERENT).last.text


def test_letters_between_learner_and_lead_find_their_way_and_others_may_not_write(core: Core, lead: Small) -> None:
    name(lead, "Claire Exemple (contact person)")
    lead.world.tap(LEARNER, "Write to Sara Exemplo")
    lead.world.say(LEARNER, "please call me")
    assert "please call me" in lead.world.phone(LEAD).last.text
    cases.close_from_desk(core, 1, "other", lead.world.now)
    lead.world.tap(LEAD, "Open")
    assert len(rows(core, Relay)) == 1


def test_status_warns_where_minors_travel_and_nobody_looks_after_safeguarding(core: Core, abroad: Small) -> None:
    assert status.of_cohort(core, "SPRING", abroad.world.now)["warnings"] == []
    set_person(core, abroad.people["lea"], birth_date=SEVENTEEN)
    (warning,) = status.of_cohort(core, "SPRING", abroad.world.now)["warnings"]
    assert "--role safeguarding" in warning
    enter(core, abroad, "sara", "Sara", "Exemplo", "safeguarding", LEAD)
    assert status.of_cohort(core, "SPRING", abroad.world.now)["warnings"] == []


def test_a_referent_who_writes_of_a_learner_reads_what_to_do_and_nobody_is_alerted(core: Core, lead: Small) -> None:
    lead.world.say(REFERENT, "the boss touches me and hits me")
    assert "alerts nobody" in lead.world.phone(REFERENT).last.text
    assert (rows(core, Alert), rows(core, Case)) == ([], [])


def test_whoever_is_reached_by_e_mail_only_gets_a_case_there_without_a_name_in_it(core: Core, abroad: Small) -> None:
    core = replace(core, channels=frozenset({"mail"}))
    abroad.world.core = core
    add_staff(core, abroad, "sara", "Sara", "Exemplo", "safeguarding", "S01")
    set_person(core, abroad.people["sara"], email="sara@example.org")
    name(abroad, "Claire Exemple (contact person)")
    (letter,) = rows(core, SecondMessage)
    assert letter.address == "sara@example.org"
    assert not {"Claire", "Lea", "Beispiel"} & set(str(letter.payload).replace('"', " ").split())
    assert "Sara Exemplo" in abroad.world.phone(LEARNER).last.text


def test_nobody_of_those_chosen_answers_and_the_learner_reads_so_once(core: Core, abroad: Small) -> None:
    confide(abroad, MARCO)
    abroad.world.wait(hours=6)
    assert abroad.world.phone(LEARNER).text().count("Nobody has answered yet") == 1
    assert "in person" not in abroad.world.phone(REFERENT).text()


def test_whom_a_learner_left_out_is_not_named_to_call_either(core: Core, abroad: Small) -> None:
    confide(abroad, MARCO)
    abroad.world.wait(hours=6)
    shown = abroad.world.phone(LEARNER).text()
    assert "Nobody has answered yet" in shown
    assert "+34 900 000 000" not in shown


def test_what_was_confided_to_the_person_named_before_goes_to_safeguarding(core: Core, lead: Small) -> None:
    confide(lead, CLAIRE)
    name(lead, "Claire Exemple (contact person)")
    before = lead.world.phone(REFERENT).text()
    lead.world.wait(hours=3)
    assert lead.world.phone(REFERENT).text() == before
    assert "in person" in lead.world.phone(LEAD).text()


def test_who_confided_is_given_no_number_of_anybody_they_left_out(lead: Small) -> None:
    confide(lead, MARCO)
    lead.world.travel(lead.world.now + timedelta(hours=14))
    words = next(m.text for m in lead.world.phone(LEARNER).messages if "Nobody has answered yet" in m.text)
    assert "Marco" in words
    assert "Claire" not in words


def test_sos_does_not_say_that_it_alerts_who_only_has_the_case(lead: Small) -> None:
    name(lead, "Panadería de Ejemplo (host company)")
    lead.world.say(LEARNER, "/sos")
    words = next(m.text for m in lead.world.phone(LEARNER).messages if "I'm alerting" in m.text)
    assert "Claire" in words
    assert "Sara" not in words.partition("right now")[0]


def test_a_lead_without_a_chat_is_mailed_as_was_promised_and_the_learner_reads_it(core: Core, abroad: Small) -> None:
    with_mail = replace(core, channels=frozenset({"mail"}))
    abroad.world.core = with_mail
    add_staff(core, abroad, "sara", "Sara", "Exemplo", "safeguarding", "S01")
    set_person(core, abroad.people["sara"], email="sara@example.org")
    confide(abroad, MARCO)
    assert "If none of them answers, Sara Exemplo" in abroad.world.phone(LEARNER).text()
    abroad.world.wait(minutes=31)
    assert [row.address for row in rows(core, SecondMessage)] == ["sara@example.org"]
    assert "I have told Sara Exemplo" in abroad.world.phone(LEARNER).text()


def test_the_desk_sees_of_what_was_confided_only_how_many(core: Core, lead: Small, run: CommandLine) -> None:
    confide(lead, MARCO)
    listed = run.good("alerts", "list", "--open").out
    assert "Lea" not in listed
    assert "who alone see it: 1" in listed
    page = run.good("cohort", "status", "SPRING").out
    assert "wants to talk" not in page
    assert "who alone see it: 1" in page


def test_the_desk_closes_what_was_confided_only_with_a_reason_that_is_kept(
    core: Core, lead: Small, run: CommandLine
) -> None:
    confide(lead, MARCO)
    assert "confided" in run.refused("alerts", "resolve", "1")
    said = run.good("alerts", "resolve", "1", "--confided", "Marco has lost his telephone")
    assert "Lea" not in said.out
    (kept,) = rows(core, Audit, Audit.action == "alert_resolved")
    assert kept.detail["reason"] == "Marco has lost his telephone"


def test_who_stands_in_for_somebody_named_is_shown_to_no_other(core: Core, lead: Small) -> None:
    name(lead, "Claire Exemple (contact person)")
    lead.world.say(LEARNER, "/sos")
    lead.world.wait(minutes=6)
    assert any(m.kind == "alert" for m in lead.world.phone(LEAD).messages)
    alerts = [m.text for m in lead.world.phone(BACKUP).messages if m.kind == "alert"]
    assert len(alerts) == 2
    assert not any("Sara" in text for text in alerts)
