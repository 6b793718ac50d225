"""One list of all tables says what a copy shows and what an erasure leaves; both keep to it, for everybody."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from bot.flows.vocabulary import screen
from bot.i18n import verbatim
from bot.papers.drawings import draw
from bot.service import erasing, kept, outbox, own_data, privacy
from bot.service.core import Core
from bot.service.delivery import Fate, Result
from bot.service.notices import notify
from bot.store.tables import (
    Base,
    Membership,
    Outbox,
    OutcomeDraft,
    OutcomeGrade,
    OutcomeGrid,
    ParkedUpdate,
    Placement,
    ReviewNote,
)
from tests.support.alerting import called_and_settled
from tests.support.cohort import LEARNER, REFERENT, Small, add_staff
from tests.support.looking import add_guardian, change_stay, rows


def erase(core: Core, small: Small, name: str) -> dict[str, Any]:
    with core.store.transaction() as session:
        return erasing.erase(core, session, small.people[name], small.world.now, None)


def copy_of(core: Core, small: Small, name: str) -> dict[str, Any]:
    with core.store.transaction() as session:
        return privacy.export(session, small.people[name], small.world.now)


def test_every_table_is_shown_in_copies_or_it_is_said_why_not() -> None:
    known = [one.table for one in kept.ALL]
    assert {mapper.class_ for mapper in Base.registry.mappers} == set(known)
    assert len(known) == len(set(known))
    assert [one.name for one in kept.ALL if (one.rows is None or not one.shown) != bool(one.why)] == []
    assert [
        one.name for one in kept.ALL if one.rows is not None and (one.after is kept.After.GONE) == bool(one.rests)
    ] == []
    grouped = [table for tables in kept.GROUPS.values() for table in tables]
    assert sorted(grouped, key=str) == sorted((one.table for one in kept.ALL if one.rows is not None), key=str)


def test_whatever_points_to_a_person_or_a_stay_has_rows_in_the_list() -> None:
    pointing = {
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in ("person", "placement") and key.parent.name in ("person_id", "placement_id")
    }
    assert pointing <= {one.name for one in kept.ALL if one.rows is not None}


@pytest.fixture
def tutored(core: Core, abroad: Small) -> Small:
    """Tilda, who tutors Lea: a grid handed in, one begun, a note shown and one not."""
    now, lea = abroad.world.now, abroad.placements["lea"]
    add_staff(core, abroad, "tilda", "Tilda", "Tutora", "host_tutor", "T01")
    change_stay(
        core, abroad, tutor_id=abroad.memberships["tilda"], tutor_name="Tilda Tutora", tutor_email="t@example.org"
    )
    me = {
        "placement_id": lea,
        "by_person_id": abroad.people["tilda"],
        "by_name": "Tilda Tutora",
        "by_role": "host_tutor",
    }
    note = {"placement_id": lea, "side": "tutor", "written_at": now}
    with core.store.transaction() as session:
        session.add_all([
            OutcomeGrid(moment="mid", channel="chat", comment="Kneads well", begun_at=now, handed_in_at=now, **me),
            OutcomeDraft(
                placement_id=lea, by_person_id=abroad.people["tilda"], moment="end", grades={"knead": 4},
                comment="A draft", begun_at=now,
            ),
            OutcomeGrade(placement_id=lea, moment="mid", code="knead", value=3),
            ReviewNote(part="well", words="Always on time", shown_at=now, **note),
            ReviewNote(part="next", words="Not for her yet", **note),
        ])  # fmt: skip
    return abroad


def test_a_tutors_copy_has_what_they_wrote_and_not_about_whom(core: Core, tutored: Small) -> None:
    words = json.dumps(copy_of(core, tutored, "tilda"), ensure_ascii=False)
    for part in ("Kneads well", "A draft", "Always on time", "Not for her yet", '"value": 3', "T01"):
        assert part in words, part
    assert "Lea" not in words
    assert "Beispiel" not in words


def test_an_erased_tutor_leaves_what_was_handed_in_without_a_name(core: Core, tutored: Small) -> None:
    erase(core, tutored, "tilda")
    assert [(g.moment, g.by_name, g.by_person_id, g.comment) for g in rows(core, OutcomeGrid)] == [
        ("mid", "", None, "Kneads well")
    ]
    assert [(g.moment, g.value) for g in rows(core, OutcomeGrade)] == [("mid", 3)]
    assert rows(core, OutcomeDraft) == []
    assert [n.words for n in rows(core, ReviewNote)] == ["Always on time"]
    (stay,) = rows(core, Placement)
    assert (stay.tutor_id, stay.tutor_name, stay.tutor_email) == (None, None, None)


def test_a_guardians_copy_has_their_number_and_erasing_them_takes_it_from_the_stay(core: Core, abroad: Small) -> None:
    add_guardian(core, abroad, "lea", "Gerda", "Beispiel")
    change_stay(core, abroad, guardian_name="Gerda Beispiel", guardian_phone="+49 30 99")
    assert copy_of(core, abroad, "Gerda")["about_others"]["placement"][0]["guardian_phone"] == "+49 30 99"
    erase(core, abroad, "Gerda")
    (stay,) = rows(core, Placement)
    assert (stay.guardian_id, stay.guardian_name, stay.guardian_phone) == (None, None, None)


def test_a_proof_counts_what_went_and_names_why_the_rest_stays(core: Core, abroad: Small) -> None:
    called_and_settled(abroad)
    proof = erase(core, abroad, "lea")
    assert proof["was"] == ["SPRING L01"]
    told = {row["table"]: row for row in proof["tables"]}
    assert (told["conversation"]["deleted"], told["conversation"]["left"]) == (1, 0)
    assert told["alert"] == {"table": "alert", "deleted": 0, "left": 1, "after": "emptied", "why": "trail"}
    assert {row["table"] for row in proof["tables"] if row["left"] and not row["why"]} == set()
    assert "Lea" not in json.dumps(proof)
    assert proof["telegram"]["taken_back"] > 0


def test_the_bot_takes_back_its_messages_of_two_days_but_not_files_to_keep(core: Core, abroad: Small) -> None:
    abroad.world.say(LEARNER, "/privacy")
    abroad.world.tap(LEARNER, "A copy of my data")
    abroad.world.tap(LEARNER, "Erase my data")
    abroad.world.tap(LEARNER, "Yes, erase it all")
    abroad.world.deliver()
    left = [m for m in abroad.world.phone(LEARNER).messages if m.kind == "answer"]
    assert [m.text.split(".")[0] for m in left if "erased" in m.text and "Done" in m.text] == ["Done"]
    assert sum("everything that is kept about you" in m.text.lower() for m in left) == 1
    assert len(left) == 3  # the copy to read, the copy as data, the good-bye
    assert {row.chat_id for row in rows(core, Outbox, Outbox.ref == "farewell")} == {0}


def test_a_message_on_its_way_is_neither_sent_nor_tried_again_once_its_reader_is_erased(
    core: Core, abroad: Small
) -> None:

    with core.store.transaction() as session:
        for _ in range(2):
            notify(session, abroad.people["lea"], screen(verbatim("Hello")), now=abroad.world.now)
    now = abroad.world.now
    (leased,) = outbox.claim(core, now, 10, bulk=True)
    erase(core, abroad, "lea")
    assert outbox.attempt(core, [leased.id], now) == set()
    outbox.finish(core, [Result(leased.id, Fate.RETRY, now, retry_at=now)], now)
    assert {row.state for row in rows(core, Outbox, Outbox.person_id == abroad.people["lea"])} <= {"cancelled", "sent"}


@pytest.mark.parametrize("language", ["fr", "de"])
def test_the_copy_and_the_proof_are_papers_in_the_readers_language(core: Core, abroad: Small, language: str) -> None:
    with core.store.transaction() as session:
        drawing = privacy.drawing_of(core.content, privacy.export(session, abroad.people["lea"], abroad.world.now))
    paper = draw(drawing, core.content.catalogues, language, "Europe/Paris")
    proof = erasing.paper(erase(core, abroad, "lea"))
    assert paper.startswith(b"%PDF")
    assert draw(proof, core.content.catalogues, language, "Europe/Paris").startswith(b"%PDF")


def test_the_desk_erases_a_contact_person_only_where_somebody_takes_over(core: Core, abroad: Small) -> None:
    done = own_data.erase(core, "R01", "SPRING", abroad.world.now, member=True)
    assert done.name == "Claire Exemple"
    with core.store.transaction() as session:
        assert session.scalars(select(Placement.referent_id)).one() == abroad.memberships["marco"]
        assert session.get_one(Membership, abroad.memberships["claire"]).ended_at is not None


def test_an_update_that_was_put_aside_is_shown_and_deleted_by_its_chat(core: Core, abroad: Small) -> None:
    with core.store.transaction() as session:
        for number, chat in ((1, LEARNER), (2, REFERENT)):
            session.add(ParkedUpdate(update_id=number, payload={"chat_id": chat}, error="", parked_at=abroad.world.now))
    assert [row["update_id"] for row in copy_of(core, abroad, "lea")["parked_update"]] == [1]
    erase(core, abroad, "lea")
    assert [row.update_id for row in rows(core, ParkedUpdate)] == [2]
