"""Distinctive names, numbers, words, places and tokens, planted through real use: they are in no log, metric, report or
copy of others, and after the erasure nowhere at all."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.errors import Faults
from bot.flows.effects import KeepPortfolio
from bot.flows.vocabulary import screen
from bot.i18n import verbatim
from bot.logs import JsonFormatter
from bot.service import (
    alert_list,
    broadcast_plan,
    erasing,
    figures,
    notices,
    portfolios,
    privacy,
    public_map,
    reports,
    trail,
)
from bot.service.core import Core
from bot.service.import_file import import_cohort
from bot.store.tables import JournalEntry, Mood, OutcomeWeek
from bot.transport.meters import Meters
from tests.support.cohort import (
    COORDINATOR,
    GUARDIAN,
    LEARNER,
    REFERENT,
    SECOND_LEARNER,
    Small,
    add_learner,
    add_staff,
)
from tests.support.looking import SEVENTEEN, add_guardian, change_stay, dump, set_person

LEAD = 21
PERSON = {"first_name": "Zorbalina", "last_name": "Quixemnar", "phone": "+33639981177", "email": "zq@leak.example"}
STAY = {
    "accommodation": "Calle Zymbalon 77", "guardian_name": "Ottokarina Plantagen", "guardian_phone": "+4930998811",
    "guardian_email": "op@leak.example", "emergency_contact_name": "Wilfriede Notfaller",
    "emergency_contact_phone": "+4930998822", "tutor_name": "Tornadio Tutorres", "tutor_email": "tt@leak.example",
    "home_city": "Zwiefalten-Leck",
}  # fmt: skip
LETTER, ANSWER, DIARY = "zeppelin-letter", "zeppelin-answer", "zeppelin-diary"
WEEK, CRISIS, NAMED, ASKED = "zeppelin-week", "zeppelin-crisis", "zeppelin-confided", "zeppelin-question"
FAULTY = f"code,first_name,last_name\nL01,{PERSON['first_name']},{PERSON['last_name']}\n"
PLACE = ("37.31415", "-5.92653")
HERS = (
    *PERSON.values(), *STAY.values(), LETTER, DIARY, WEEK, CRISIS, NAMED, ASKED, *PLACE,
)  # fmt: skip
SAID = (ASKED,)  # said once, and kept nowhere; what she writes while people look for her is a letter, and kept like one


def lived(core: Core, abroad: Small) -> None:
    """A stay in which everything happens: letters, a location, alerts, what is confided, a diary, outcomes."""
    world, lea = abroad.world, abroad.people["lea"]
    set_person(core, lea, birth_date=SEVENTEEN, **PERSON)
    add_guardian(core, abroad, "lea", "Ottokarina", "Plantagen")
    add_staff(core, abroad, "sara", "Sara", "Exemplo", "safeguarding", "S01")
    add_staff(core, abroad, "cora", "Cora", "Ejemplo", "coordinator", "C01")
    add_learner(core, abroad, "ben", "Ben", "Otherwise", "L02", partner_id=abroad.placements["lea"])
    change_stay(core, abroad, partner_id=abroad.placements["ben"], **STAY)
    for chat, name in ((LEAD, "sara"), (COORDINATOR, "cora"), (GUARDIAN, "Ottokarina")):
        world.say(chat, f"/start {abroad.tokens[name]}")
        world.tap(chat, "English")
    abroad.join("ben", SECOND_LEARNER)
    said = f"Well done, {PERSON['first_name']} {PERSON['last_name']}!"
    request = broadcast_plan.Request("SPRING", "now", said, {"de": said}, urgent=True)
    broadcast_plan.schedule(core, broadcast_plan.plan(core, request, world.now), world.now)
    world.turn()
    with pytest.raises(Faults):
        import_cohort(core, "SPRING", FAULTY.encode(), world.now)
    world.forge(LEARNER, "relay:new")
    world.say(LEARNER, LETTER)
    world.tap(REFERENT, "Answer")
    world.say(REFERENT, ANSWER)
    world.say(LEARNER, f"{ASKED}?")
    world.say(LEARNER, "/sos")
    world.locate(LEARNER, float(PLACE[0]), float(PLACE[1]))
    world.say(LEARNER, f"I want to kill myself {CRISIS}")
    world.say(LEARNER, f"my boss touches me at work and I am scared {NAMED}")
    world.tap(LEARNER, "Say who it's about")
    with core.store.transaction() as session:
        stay = abroad.placements["lea"]
        session.add_all([
            JournalEntry(placement_id=stay, step="goals", words=DIARY, written_at=world.now),
            OutcomeWeek(placement_id=stay, week=1, words=WEEK),
            Mood(placement_id=stay, day=world.now.date(), value=1),
        ])  # fmt: skip
        portfolios.keep(session, KeepPortfolio(stay, {"entry:1": "zeppelin-diary"}), world.now)
        waiting = screen(verbatim(f"News of {PERSON['first_name']}"))
        notices.notify(session, abroad.people["ben"], waiting, now=world.now)
        notices.notify(session, abroad.people["claire"], waiting, now=world.now)


def settle(core: Core, abroad: Small) -> None:
    """Everything open is closed, as it must be before anything is erased."""
    with core.store.transaction() as session:
        found = [alert["id"] for alert in alert_list.rows_of(session, abroad.cohort_id, open_only=True)]
    for alert in found:
        alert_list.resolve(core, str(alert), "spoke", abroad.world.now)


def found_in(words: str, planted: tuple[str, ...] = HERS) -> list[str]:
    """What was planted and is there; names as whole words."""
    return [one for one in planted if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", words)]


def bytes_of(engine: Engine) -> str:
    """The files of an SQLite database as they lie there: tables, free pages, write-ahead log."""
    name = Path(engine.url.database or "")
    files = [name, name.with_name(f"{name.name}-wal")]
    return "".join(file.read_bytes().decode("latin-1") for file in files if file.exists())


def test_nothing_planted_leaks_while_the_stay_goes_on_or_after_the_erasure(
    core: Core, abroad: Small, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    lived(core, abroad)
    there = dump(core)
    assert [one for one in HERS if (one in there) == (one in SAID)] == []  # the plants are real

    # --- logs, metrics, reports, open data, copies of others ---
    now = abroad.world.now
    metrics = Meters().page(figures.figures(core, now)).decode()
    assert found_in(metrics) == []
    tokens = tuple(abroad.tokens.values())
    report = reports.of_cohort(core, "SPRING", now)
    page = public_map.drawn(core.content, public_map.shown(core, now)).decode()
    assert found_in(page, (*HERS, *tokens)) == []
    ages = json.dumps(figures.ages(core, now), default=str)
    assert found_in(ages, (*HERS, *tokens)) == []
    told = json.dumps([report, trail.rows(core, None, None, names=False)], default=str)
    assert found_in(told, (*HERS, *tokens)) == []
    for other in ("ben", "claire", "marco", "sara", "cora"):
        with core.store.transaction() as session:
            copy = json.dumps(privacy.export(session, abroad.people[other], now), ensure_ascii=False)
        assert found_in(copy, (*HERS, *tokens)) == [], other
    formatter = JsonFormatter()
    logged = "\n".join(formatter.format(record) for record in caplog.records)
    assert found_in(logged, (*HERS, *tokens)) == []

    # --- after the erasure: every row, and on SQLite every byte ---
    settle(core, abroad)
    if core.store.is_sqlite:
        assert found_in(bytes_of(core.store.engine), ("Quixemnar",))  # the files are where we look
    counted = reports.of_cohort(core, "SPRING", now)
    with core.store.transaction() as session:
        erasing.erase(core, session, abroad.people["lea"], now, None)
        erasing.erase(core, session, abroad.people["Ottokarina"], now, None)
    abroad.world.deliver()
    core.store.scrub()
    assert found_in(dump(core)) == []
    if core.store.is_sqlite:
        assert found_in(bytes_of(core.store.engine)) == []
    assert reports.of_cohort(core, "SPRING", now) == counted  # nobody is missing in the figures
