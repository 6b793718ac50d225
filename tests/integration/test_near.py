"""*Near me* keeps no location, and safety goes before it."""

from __future__ import annotations

from datetime import timedelta

from bot.flows.vocabulary import Place
from bot.service.core import Core
from bot.store.tables import SharedPlace
from tests.support.cohort import LEARNER, REFERENT, Small
from tests.support.looking import dump, rows

LATITUDE, LONGITUDE = 37.38612, -5.99234


def ask(small: Small) -> None:
    small.world.say(LEARNER, "/kit")
    small.world.tap(LEARNER, "📍 Near me")


def test_the_location_is_answered_and_is_in_no_table(core: Core, abroad: Small) -> None:
    ask(abroad)
    abroad.world.locate(LEARNER, LATITUDE, LONGITUDE)
    assert "From where you are" in abroad.world.phone(LEARNER).last.text
    assert str(LATITUDE) not in dump(core)


def test_a_place_comes_as_a_pin(abroad: Small) -> None:
    ask(abroad)
    abroad.world.tap(LEARNER, "Map: hospital")
    assert "📍 37.36405, -5.98315" in abroad.world.phone(LEARNER).last.text


def test_a_live_location_shared_for_it_is_not_kept_however_long_it_goes_on(core: Core, abroad: Small) -> None:
    ask(abroad)
    abroad.world.event(LEARNER, Place(LATITUDE, LONGITUDE, live=True))
    before = len(abroad.world.phone(LEARNER).messages)
    abroad.world.event(LEARNER, Place(LATITUDE + 1, LONGITUDE, live=True, update=True))
    abroad.world.clock.set(abroad.world.now + timedelta(hours=1))
    abroad.world.event(LEARNER, Place(LATITUDE + 2, LONGITUDE, live=True, update=True))
    assert len(abroad.world.phone(LEARNER).messages) == before
    assert rows(core, SharedPlace) == []


def test_once_help_is_asked_for_a_live_location_is_seen_by_who_was_told(abroad: Small) -> None:
    ask(abroad)
    abroad.world.event(LEARNER, Place(LATITUDE, LONGITUDE, live=True))
    abroad.world.say(LEARNER, "/sos")
    abroad.world.event(LEARNER, Place(LATITUDE + 1, LONGITUDE, live=True, update=True))
    assert str(LATITUDE + 1) in abroad.world.phone(REFERENT).text()


def test_with_an_open_alert_the_location_helps_both_ways(abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    ask(abroad)
    abroad.world.locate(LEARNER, LATITUDE, LONGITUDE)
    assert "hospital" in abroad.world.phone(LEARNER).last.text
    assert str(LATITUDE) in abroad.world.phone(REFERENT).text()
