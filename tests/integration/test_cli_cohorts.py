"""The coordinator's way on the command line: cohort, referents, list, invites, status, messages, learners."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.store.engine import Store, open_store
from bot.store.tables import Alert, Membership, Placement, TelegramAccount
from tests.support.command_line import CommandLine
from tests.support.databases import Databases
from tests.support.desk import listed

TODAY = datetime.now(UTC).date()
ABROAD = {"arrival_date": str(TODAY - timedelta(days=3)), "return_date": str(TODAY + timedelta(days=10))}
SOON = {"arrival_date": str(TODAY + timedelta(days=20)), "return_date": str(TODAY + timedelta(days=40))}


@pytest.fixture
def spring(run: CommandLine, store: Store, databases: Databases) -> CommandLine:
    """A cohort SPRING with a referent and two learners, L01 away and L02 still at home."""
    kind = store.engine.dialect.name
    file = run.file("list.csv", listed(ABROAD, {"code": "L02", **SOON}))
    if not databases.bring(kind, "spring"):
        run.good(
            "cohort", "create", "SPRING", "--name", "Spring", "--journey", "learner-short", "--quiet-hours", "none"
        )
        run.good("referent", "add", "Claire Martin", "--cohort", "SPRING", "--code", "claire")
        run.good("cohort", "import", "SPRING", file)
        databases.keep(kind, "spring")
    return run


def test_referent_add_prints_the_invite(run: CommandLine) -> None:
    run.good("cohort", "create", "SPRING", "--name", "Spring", "--journey", "learner-short")
    assert "https://t.me/YOUR_BOT?start=" in run.good("referent", "add", "Claire Martin", "--cohort", "SPRING").out
    assert [row["code"] for row in run.good("referent", "list", "--cohort", "SPRING", "--json").json] == [
        "claire-martin"
    ]


def test_a_dry_run_shows_and_changes_nothing(spring: CommandLine) -> None:
    file = spring.file("new.csv", listed({**ABROAD, "last_name": "Autre"}, {"code": "L03", **SOON}))
    shown = spring.good("cohort", "import", "SPRING", file, "--dry-run").out
    assert "+ L03  Léa Exemple" in shown
    assert "last_name: Exemple → Autre" in shown
    assert "? L02  Léa Exemple  is in the cohort but not in the file" in shown
    assert "Nothing was changed" in shown
    assert spring.good("cohort", "status", "SPRING", "--json").json["learners"] == 2


def test_an_import_as_json_says_what_changed(spring: CommandLine) -> None:
    file = spring.file("new.csv", listed({**ABROAD, "last_name": "Autre"}, {"code": "L02", **SOON}))
    report = spring.good("cohort", "import", "SPRING", file, "--json").json
    assert report["changed"] == [
        {"code": "L01", "name": "Léa Exemple", "changes": {"last_name": {"old": "Exemple", "new": "Autre"}}}
    ]
    assert (report["added"], report["unchanged"], report["missing"]) == ([], ["L02"], [])


def test_every_fault_of_a_list_is_told_on_standard_error(spring: CommandLine) -> None:
    file = spring.file("bad.csv", listed({**ABROAD, "phone": "x"}, {"code": "L02", **SOON, "referent": "zoe"}))
    ended = spring("cohort", "import", "SPRING", file)
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.splitlines()[0] == "2 things are wrong; nothing was changed:"
    assert "row 2, column phone: “x”" in ended.err
    assert "row 3, column referent: “zoe”" in ended.err


def test_a_file_that_is_not_there_is_named(spring: CommandLine) -> None:
    assert "There is no file nowhere.csv" in spring.refused("cohort", "import", "SPRING", "nowhere.csv")


def test_invites_as_json_have_the_public_fields(spring: CommandLine) -> None:
    rows = spring.good("cohort", "invites", "SPRING", "--json").json
    assert [(row["code"], row["role"], row["name"]) for row in rows] == [
        ("claire", "referent", "Claire Martin"), ("L01", "learner", "Léa Exemple"), ("L02", "learner", "Léa Exemple"),
    ]  # fmt: skip
    assert all(row["url"] == f"https://t.me/YOUR_BOT?start={row['token']}" for row in rows)


def test_an_invite_is_revoked_and_reissued(spring: CommandLine) -> None:
    spring.good("cohort", "invites", "SPRING", "--revoke", "L01")
    assert "L01" not in [row["code"] for row in spring.good("cohort", "invites", "SPRING", "--json").json]
    assert spring.good("cohort", "invites", "SPRING", "--reissue", "L01", "--json").json[0]["code"] == "L01"


def test_status_of_a_cohort_for_people_and_for_programs(spring: CommandLine) -> None:
    found = spring.good("cohort", "status", "SPRING", "--json").json
    assert found["stages"] == {"candidate": 0, "before": 1, "during": 1, "after": 0}
    shown = " ".join(spring.good("cohort", "status", "SPRING").out.split())
    assert "SPRING Spring (learner-short) NOT READY" in shown
    assert "1. Hand out invites to Claire Martin (claire); L01, away now" in shown
    assert "Until a referent has joined, nobody can get an alert" in shown
    assert "SPRING" in spring.good("cohort", "list").out


def test_the_page_of_a_cohort_names_each_missing_person_once(spring: CommandLine) -> None:
    """Not joined, not reached, on the ladder alone: one thing to do each."""
    shown = spring.good("cohort", "status", "SPRING").out
    assert shown.count("Hand out invites") == 1
    assert "L01 not joined" not in shown
    todo = spring.good("cohort", "status", "SPRING", "--json").json["todo"]
    assert [line.split(" ")[0] for line in todo] == ["Hand", "Add", "Try"], todo


def test_open_alerts_come_first_on_the_page_and_a_group_is_one_line(spring: CommandLine, database_url: str) -> None:
    store = open_store(database_url)
    with store.transaction() as session:
        for number, placement in enumerate(session.scalars(select(Placement).order_by(Placement.id)), 1):
            session.add(
                Alert(cohort_id=placement.cohort_id, placement_id=placement.id, reason="not_answered",
                      severity="red", raised_at=datetime(2026, 3, 1, 18, number, tzinfo=UTC), level=0, state={},
                      incident_id=1, confided=False)
            )  # fmt: skip
    store.close()
    lines = [" ".join(line.split()) for line in spring.good("cohort", "status", "SPRING").out.splitlines()]
    assert " G1" in spring.good("alerts", "list").out
    assert "no number of an alert" in spring.refused("alerts", "resolve", "first")
    assert lines[1].startswith("OPEN ALERT LEARNER WHY SINCE (Europe/Paris)")
    assert lines[2] == "#G1 URGENT 2 together: L01 L02 not answered Sun 1 Mar 19:01 nobody yet"


def test_a_message_is_scheduled_shown_listed_and_cancelled(spring: CommandLine) -> None:
    scheduled = spring.good(
        "message", "schedule", "SPRING", "--at", "now", "--text", "Hello", "--translation", "fr=Bonjour", "--yes"
    ).out
    assert "2 people (learners)" in scheduled
    assert "Bonjour" in spring.good("message", "preview", "1", "--as", "L01").out
    assert spring.good("message", "list", "--json").json[0]["recipients"] == 2
    assert "2 copies stopped, 0 out already." in spring.good("message", "cancel", "1").out


def test_markup_in_a_message_is_pointed_out(spring: CommandLine) -> None:
    words = ("message", "schedule", "SPRING", "--at", "now", "--urgent", "--yes", "--text")
    assert "contains markup" in spring.good(*words, "<b>Hello</b>").err
    assert "contains markup" not in spring.good(*words, "I <3 you, 1 < 2 > 0").err


def test_without_anybody_to_confirm_nothing_is_scheduled(spring: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "add --yes" in spring.refused("message", "schedule", "SPRING", "--at", "now", "--text", "Hello")
    assert spring.good("message", "list", "--json").json == []


def test_quiet_hours_refuse_a_message_naming_who_is_affected(run: CommandLine) -> None:
    run.good("cohort", "create", "NIGHT", "--name", "N", "--journey", "learner-short", "--quiet-hours", "00:00-23:59")
    run.good("referent", "add", "Claire Martin", "--cohort", "NIGHT", "--code", "claire")
    run.good("cohort", "import", "NIGHT", run.file("list.csv", listed(SOON)))
    words = ("message", "schedule", "NIGHT", "--at", "2099-01-01 12:00", "--text", "x", "--yes")
    assert "quiet hours 00:00-23:59 of L01 Léa Exemple" in run.refused(*words)
    run.good(*words, "--urgent")


def test_a_message_from_a_file(spring: CommandLine) -> None:
    file = spring.file("words.txt", "Grüße\n".encode("utf-8-sig"))
    spring.good("message", "schedule", "SPRING", "--at", "now", "--file", file, "--yes")
    assert spring.good("message", "list", "--json").json[0]["text"] == "Grüße"


# --- learners -----------------------------------------------------------------------------------


def test_a_learner_is_shown_with_the_calendar_ahead(spring: CommandLine) -> None:
    found = spring.good("learner", "show", "L02", "--json").json
    assert (found["stage"], found["host_city"], found["joined"]) == ("before", "Seville", False)
    assert found["calendar"]
    assert not {"journal", "kit_questions"} & set(found)
    assert "Léa Exemple" in spring.good("learner", "show", "l02").out


def test_an_ambiguous_code_is_refused_until_the_cohort_is_named(spring: CommandLine) -> None:
    spring.good("cohort", "create", "AUTUMN", "--name", "A", "--journey", "learner-short")
    spring.good("referent", "add", "Claire Martin", "--cohort", "AUTUMN", "--code", "claire")
    spring.good("cohort", "import", "AUTUMN", spring.file("a.csv", listed(SOON)))
    assert "several cohorts (SPRING, AUTUMN)" in spring.refused("learner", "show", "L01")
    assert spring.good("learner", "show", "L01", "--cohort", "AUTUMN", "--json").json["cohort"] == "AUTUMN"


def test_a_stay_moves_is_postponed_and_ends(spring: CommandLine) -> None:
    assert "kit: seville → lyon" in spring.good("learner", "move", "L01", "--host-city", "Lyon").out
    assert "--host-country" in spring.refused("learner", "move", "L01", "--host-city", "Graz")
    changed = spring.good(
        "learner", "postpone", "L02", "--arrival", "2099-05-01", "--return", "2099-05-20", "--json"
    ).json
    assert changed["changes"]["arrival_date"]["new"] == "2099-05-01"
    assert "before the arrival" in spring.refused(
        "learner", "postpone", "L02", "--arrival", "2099-05-01", "--return", "2099-04-01"
    )
    assert "ended_on" in spring.good("learner", "end", "L01").out
    assert "is after the planned return" in spring.refused("learner", "end", "L01", "--on", "2099-12-31")


def test_a_lost_phone_gets_a_fresh_invite(spring: CommandLine) -> None:
    old = {row["token"] for row in spring.good("cohort", "invites", "SPRING", "--json").json}
    assert spring.good("learner", "relink", "L01", "--json").json["token"] not in old


def test_a_learners_data_are_exported_and_erased(spring: CommandLine) -> None:
    spring.good("learner", "export", "L01", "-o", "lea.json")
    data = json.loads((spring.folder / "lea.json").read_text(encoding="utf-8"))
    assert data["person"]["first_name"] == "Léa"
    assert "add --yes" in spring.refused("learner", "erase", "L01")
    spring.good("learner", "erase", "L01", "--yes")
    assert "There is no learner “L01”" in spring.refused("learner", "show", "L01")


def test_a_guardians_paper_is_recorded_for_minors_only(spring: CommandLine) -> None:
    minor = {"code": "L03", "birth_date": str(TODAY - timedelta(days=16 * 365)), **SOON}
    spring.good("cohort", "import", "SPRING", spring.file("minor.csv", listed(minor)))
    yesterday = str(TODAY - timedelta(days=1))
    spring.good("learner", "consent", "L03", "--guardian", "--paper-date", yesterday)
    assert spring.good("learner", "show", "L03", "--json").json["guardian_consent"] is True
    assert "was of age" in spring.refused("learner", "consent", "L01", "--guardian", "--paper-date", yesterday)
    future = str(TODAY + timedelta(days=2))
    assert "in the future" in spring.refused("learner", "consent", "L03", "--guardian", "--paper-date", future)


# --- alerts -------------------------------------------------------------------------------------


def test_a_drill_that_reaches_nobody_says_whose_ladder(spring: CommandLine) -> None:
    assert "reaches nobody on the ladder of L01" in spring.refused("cohort", "drill", "SPRING")
    assert spring.good("alerts", "list", "--open", "--json").json == []


def test_a_check_in_inside_quiet_hours_is_pointed_out(run: CommandLine) -> None:
    words = ("cohort", "create", "A", "--name", "A", "--journey", "learner-short", "--check-in-at", "23:30")
    assert "inside the quiet hours" in run.good(*words).err


def test_a_drill_shows_among_the_alerts_and_is_resolved(spring: CommandLine, database_url: str) -> None:
    store = open_store(database_url)
    with store.transaction() as session:
        person = session.scalars(select(Membership.person_id).where(Membership.code == "claire")).one()
        session.add(TelegramAccount(person_id=person, chat_id=7, linked_at=datetime.now(UTC)))
    store.close()
    assert "(ladder of L01) goes to Claire Martin" in spring.good("cohort", "drill", "SPRING").out
    alert = spring.good("alerts", "list", "--open", "--json").json[0]
    assert (alert["learner"], alert["reason"], alert["severity"]) == ("L01", "drill", "red")
    assert "not an outcome" in spring.refused("alerts", "resolve", str(alert["id"]), "--outcome", "fine")
    spring.good("alerts", "resolve", str(alert["id"]))
    assert spring.good("alerts", "list", "--open", "--json").json == []
    assert "There is no alert 99" in spring.refused("alerts", "resolve", "99")
    assert "is no number of an alert" in spring.refused("alerts", "resolve", "abc")


def test_a_roll_call_lists_whom_it_asks(spring: CommandLine) -> None:
    rows = spring.good("cohort", "rollcall", "SPRING", "--json").json
    assert [(row["code"], row["state"]) for row in rows] == [("L01", "not joined")]
