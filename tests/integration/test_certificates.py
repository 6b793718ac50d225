"""Certificates written down with a code, checked by it, gone with the person; and who is not trained yet."""

from __future__ import annotations

from datetime import date

import pytest

from bot.errors import BadInput, NotFound
from bot.flows.effects import IssueCertificate
from bot.flows.vocabulary import Screen
from bot.service import certificates, erasing, privacy, status
from bot.service.core import Core
from bot.store.tables import Certificate, StepRun
from bot.store.writing import upsert
from tests.support.cohort import LEARNER, REFERENT, Small, add_staff
from tests.support.command_line import CommandLine
from tests.support.looking import change_stay, rows, set_person

QUIZZES = (
    "safety-emergencies-quiz", "safety-going-out-quiz", "safety-health-quiz", "safety-housing-quiz",
    "safety-limits-quiz", "safety-online-quiz", "safety-travel-quiz", "safety-work-quiz",
)  # fmt: skip


def passed(core: Core, small: Small, *steps: str) -> None:
    with core.store.transaction() as session:
        for step in steps:
            key = {"placement_id": small.placements["lea"], "step": step}
            values = {"state": "done", "data": {}, "offered_at": small.world.now, "score": 1.0}
            upsert(session, StepRun, key, values)


def issued(core: Core, small: Small, person: str = "lea") -> Screen:
    wanted = IssueCertificate("safety", small.placements["lea"], 0)
    with core.store.transaction() as session:
        return certificates.issue(core, session, small.people[person], wanted, small.world.now)


def test_a_certificate_keeps_its_code_until_the_name_is_corrected_or_the_data_are_erased(
    core: Core, abroad: Small
) -> None:
    passed(core, abroad, *QUIZZES)
    codes = []
    for last_name in ("Beispiel", "Beispiel", "Modèle"):
        set_person(core, abroad.people["lea"], last_name=last_name)
        assert issued(core, abroad).attachment
        codes += [row.code for row in rows(core, Certificate)]
    assert codes[0] == codes[1] != codes[2]
    found = certificates.verify(core, codes[2].lower())
    assert (found["name"], found["modules"]) == ("Lea Modèle", 8)
    with pytest.raises(NotFound, match="replaced by a corrected one"):
        certificates.verify(core, codes[0])
    with core.store.transaction() as session:
        assert len(privacy.export(session, abroad.people["lea"], abroad.world.now)["certificate"]) == 1
        erasing.erase(core, session, abroad.people["lea"], abroad.world.now, None)
    with pytest.raises(NotFound):
        certificates.verify(core, codes[2])


def test_nobody_gets_a_certificate_for_what_is_not_passed_or_somebody_else_passed(core: Core, abroad: Small) -> None:
    passed(core, abroad, *QUIZZES[1:])
    assert issued(core, abroad).attachment is None
    passed(core, abroad, *QUIZZES)
    assert issued(core, abroad, "claire").attachment is None
    with pytest.raises(BadInput, match="letter by letter"):
        certificates.verify(core, "7HK2M-XQ4RV-X")


def test_a_missing_training_shows_to_the_referent_and_to_the_desk(core: Core, abroad: Small) -> None:
    passed(core, abroad, *QUIZZES[:3])
    abroad.world.say(REFERENT, "/learners")
    assert "Safety training: 3 of 8 modules passed." in abroad.world.phone(REFERENT).last.text
    found = status.of_cohort(core, "SPRING", abroad.world.now)
    assert [(row["code"], row["passed"], row["modules"]) for row in found["safety_training"]] == [("L01", 3, 8)]
    assert any("L01 (3 of 8)" in sentence for sentence in found["todo"])


def test_the_list_in_the_chat_brings_the_paper(core: Core, abroad: Small) -> None:
    passed(core, abroad, *QUIZZES)
    abroad.world.forge(LEARNER, "certificate:home")
    abroad.world.tap(LEARNER, "Safety training: get it")
    assert "Here is the certificate" in abroad.world.phone(LEARNER).last.text
    abroad.world.forge(LEARNER, "certificate:participation:0")
    assert "isn't ready yet" in abroad.world.phone(LEARNER).last.text


def test_the_desk_certifies_people_without_telegram_and_training_on_paper(
    core: Core, small: Small, run: CommandLine
) -> None:
    add_staff(core, small, "tutor", "Tina", "Muestra", "host_tutor", "T01")
    codes = {}
    for kind, code, more in (
        ("participation", "l01", ()), ("safety", "L01", ("--on-paper", "2026-02-10")),
        ("host", "T01", ("--on-paper", "2026-02-10", "--language", "fr")),
    ):  # fmt: skip
        made = run.good("documents", "issue", kind, code, "--pdf", f"{kind}.pdf", *more, "--json").json
        codes[kind] = made["code"]
        assert (run.folder / f"{kind}.pdf").read_bytes().startswith(b"%PDF")
    found = run.good("documents", "verify", codes["host"], "--json").json
    assert (found["name"], found["modules"], found["on_paper"]) == ("Tina Muestra", 6, "2026-02-10")
    again = run.good("documents", "issue", "participation", "L01", "--pdf", "again.pdf", "--json").json
    assert again["code"] == codes["participation"]


def test_the_desk_certifies_nothing_that_was_not_passed_or_has_not_ended(
    core: Core, small: Small, run: CommandLine
) -> None:
    issue = ("documents", "issue")
    assert "add --on-paper" in run.refused(*issue, "safety", "L01", "--pdf", "a.pdf")
    assert "in the future" in run.refused(*issue, "safety", "L01", "--pdf", "a.pdf", "--on-paper", "2099-01-01")
    assert "no host tutor" in run.refused(*issue, "host", "L01", "--pdf", "a.pdf")
    change_stay(core, small, return_date=date(2099, 1, 1))
    assert "is back after 2099-01-01" in run.refused(*issue, "participation", "L01", "--pdf", "a.pdf")
    assert rows(core, Certificate) == []
