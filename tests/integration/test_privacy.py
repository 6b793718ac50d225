"""What is kept about a person: all of it handed over, all of it forgotten, nothing of others."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from sqlalchemy import select

from bot.errors import BadInput
from bot.service import erasing, privacy
from bot.service.core import Core
from bot.store.tables import Alert, Audit, JournalEntry, Person, Placement, Point
from tests.support.cohort import LEARNER, REFERENT, SECOND_LEARNER, Small, add_learner
from tests.support.looking import change_stay, dump, march, rows

SECRETS = ("Lea", "Beispiel", "+33 6 39 98 00 01", "Gerda", "my very own secret", "37.38612", "Calle Ejemplo 7")


def export(core: Core, small: Small, name: str = "lea") -> dict[str, Any]:
    with core.store.transaction() as session:
        return privacy.export(session, small.people[name], small.world.now)


def live_a_little(core: Core, small: Small) -> None:
    """Words, a location, a missed check-in, an SOS, letters both ways, a shared entry; all of it resolved."""
    world = small.world
    change_stay(core, small, accommodation="Calle Ejemplo 7", guardian_name="Gerda Beispiel", guardian_phone="+49 1",
                emergency_contact_name="Gerda")  # fmt: skip
    world.forge(LEARNER, "step:documents:open")
    world.say(LEARNER, "/start")
    world.forge(LEARNER, "relay:new")
    world.say(LEARNER, "my very own secret, says Lea Beispiel")
    world.tap(REFERENT, "Answer")
    world.say(REFERENT, "Thank you Lea")
    world.say(LEARNER, "/sos")
    world.locate(LEARNER, 37.38612, -5.99234)
    world.tap(REFERENT, "I'm on it")
    with core.store.transaction() as session:
        session.add(
            JournalEntry(placement_id=small.placements["lea"], step="goals", words="my very own secret diary",
                         written_at=world.now)
        )  # fmt: skip
        session.add(Point(placement_id=small.placements["lea"], step="goals", points=5, competences=["personal"],
                          at=world.now))  # fmt: skip
    world.tap(REFERENT, "Resolved")
    world.tap(REFERENT, "We met in person")
    world.tap(LEARNER, "Yes, it's settled")


def erase(core: Core, small: Small, name: str = "lea") -> None:
    with core.store.transaction() as session:
        erasing.erase(core, session, small.people[name], small.world.now, None)


def test_an_export_has_everything_of_the_person(core: Core, abroad: Small) -> None:
    live_a_little(core, abroad)
    abroad.world.travel(march(2, 18))
    abroad.world.tap(LEARNER, "I'm fine")
    words = json.dumps(export(core, abroad), ensure_ascii=False)
    for part in ("Lea", "Beispiel", "my very own secret diary", "my very own secret, says", "37.38612", "fine",
                 "Calle Ejemplo 7", "Gerda", "asked_for_help", "2026-11", "goals"):  # fmt: skip
        assert part in words, part


def test_an_export_has_nothing_of_other_learners(core: Core, abroad: Small) -> None:
    add_learner(core, abroad, "ben", "Benjamin", "Otherwise", "L02", accommodation="Calle Otra 9")
    abroad.join("ben", SECOND_LEARNER)
    abroad.world.forge(SECOND_LEARNER, "relay:new")
    abroad.world.say(SECOND_LEARNER, "Bens words")
    words = json.dumps(export(core, abroad), ensure_ascii=False)
    for part in ("Benjamin", "Otherwise", "Calle Otra", "Bens words"):
        assert part not in words


def test_an_export_has_no_open_invite_that_somebody_could_use(core: Core, small: Small) -> None:
    assert small.tokens["lea"] not in json.dumps(export(core, small))


def test_the_export_comes_into_the_chat_and_lies_nowhere_afterwards(core: Core, abroad: Small) -> None:
    live_a_little(core, abroad)
    abroad.world.say(LEARNER, "/privacy")
    abroad.world.tap(LEARNER, "A copy of my data")
    abroad.world.deliver()
    assert "exported_at" not in dump(core)
    assert list(core.data_dir.rglob("*.json")) == []


def test_an_export_is_written_into_the_log(core: Core, small: Small) -> None:
    export(core, small)
    assert "exported" in {line.action for line in rows(core, Audit)}


def test_erasing_leaves_no_name_in_any_table(core: Core, abroad: Small) -> None:
    live_a_little(core, abroad)
    erase(core, abroad)
    left = [line for line in dump(core).splitlines() if not line.startswith("journey_version")]
    for secret in SECRETS:
        found = [line[:300] for line in left if re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", line)]
        assert not found, (secret, found)


def test_erasing_leaves_no_chat_number(core: Core, abroad: Small) -> None:
    number = 5_550_123_987
    add_learner(core, abroad, "ben", "Benjamin", "Otherwise", "L02")
    abroad.join("ben", number)
    erase(core, abroad, "ben")
    abroad.world.deliver()  # the bot takes its messages back, and forgets where they were
    assert str(number) not in dump(core)


def test_erasing_from_the_chat_asks_twice_and_says_good_bye(core: Core, abroad: Small) -> None:
    abroad.world.say(LEARNER, "/privacy")
    abroad.world.tap(LEARNER, "Erase my data")
    assert rows(core, Person, Person.id == abroad.people["lea"])[0].erased_at is None
    abroad.world.tap(LEARNER, "Yes, erase it all")
    assert rows(core, Person, Person.id == abroad.people["lea"])[0].first_name == ""
    assert abroad.world.phone(LEARNER).last.at == abroad.world.now


def test_who_was_erased_is_a_stranger_and_hears_nothing_more(core: Core, abroad: Small) -> None:
    erase(core, abroad)
    before = len(abroad.world.phone(LEARNER).messages)
    abroad.world.travel(march(4, 20))
    assert len(abroad.world.phone(LEARNER).messages) == before
    abroad.world.say(LEARNER, "/menu")
    assert "invite" in abroad.world.phone(LEARNER).last.text
    assert rows(core, Alert) == []


def test_erasing_waits_while_an_alert_is_open(core: Core, abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    with pytest.raises(BadInput, match="alert"):
        erase(core, abroad)
    abroad.world.say(LEARNER, "/privacy")
    abroad.world.tap(LEARNER, "Erase my data")
    abroad.world.tap(LEARNER, "Yes, erase it all")
    assert rows(core, Person, Person.id == abroad.people["lea"])[0].first_name == "Lea"
    assert "alert" in abroad.world.phone(LEARNER).last.text.lower()


def test_erasing_twice_and_a_copy_of_nobody_say_so_in_one_sentence(core: Core, abroad: Small) -> None:
    erase(core, abroad)
    with pytest.raises(BadInput, match="erased already, on 2026-03-02"):
        erase(core, abroad)
    with pytest.raises(BadInput, match="nothing to export"):
        export(core, abroad)
    assert len(rows(core, Placement)) == 1


def test_erasing_one_learner_leaves_the_others_alone(core: Core, abroad: Small) -> None:
    add_learner(core, abroad, "ben", "Benjamin", "Otherwise", "L02")
    abroad.join("ben", SECOND_LEARNER)
    erase(core, abroad)
    abroad.world.travel(march(2, 18))
    assert "check_in" in {m.kind for m in abroad.world.phone(SECOND_LEARNER).messages}
    assert "Benjamin" in dump(core)


def test_an_erased_learner_is_in_no_list_of_the_referent(core: Core, abroad: Small) -> None:
    erase(core, abroad)
    abroad.world.say(REFERENT, "/learners")
    assert "No learners" in abroad.world.phone(REFERENT).last.text


def test_an_erased_referent_is_passed_over_and_named_nowhere(core: Core, abroad: Small) -> None:
    erase(core, abroad, "claire")
    abroad.world.say(LEARNER, "/sos")
    left = dump(core)
    assert "Claire" not in left
    assert "Exemple" not in left
    assert "Claire" not in "".join(m.text for m in abroad.world.phone(LEARNER).messages[-2:])


def test_points_stay_as_bare_numbers(core: Core, abroad: Small) -> None:
    live_a_little(core, abroad)
    erase(core, abroad)
    with core.store.transaction() as session:
        assert session.scalars(select(Point.points)).all() == [5]
