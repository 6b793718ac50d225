"""*Near me*: what the kit knows nearby, from the centre or from a location that is used once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.flows import kit, near, router, sos
from bot.flows.effects import ReleaseWaiting, SharePlace
from bot.flows.scene import AlertView, Scene
from bot.flows.vocabulary import Command, Conversation, Outcome, Place, Tap, Venue
from tests.support.scenes import NOW, Talk, buttons, library, scene, screens, stay, text_ids

RIVER = Place(37.3861, -5.9923)  # beside the cathedral of Seville
AWAITING = Conversation("near", {"asked": NOW.isoformat()})


def tapped(data: str = "near:home", **more: object) -> Outcome:
    return near.handle(scene(**more), Tap(data, 1))


def located(place: Place = RIVER, **more: object) -> Outcome:
    now = scene(**{"conversation": AWAITING, **more})
    flow, _ = router.route(now, place)
    return flow(now, place)


def an_alert() -> AlertView:
    return AlertView(
        id=5, placement_id=7, learner="Lea Martin", code="L1", cohort="SPRING", reason="asked_for_help",
        severity="red", raised_at=NOW, zone="Europe/Madrid", acknowledged_by=None, acknowledged_by_me=False,
        resolved_at=None, outcome=None, about_me=True,
    )  # fmt: skip


def words(outcome: Outcome, now: Scene) -> str:
    talk = Talk(now)
    return "\n".join(talk.html(part) for shown in screens(outcome) for part in shown.body)


def test_the_kit_offers_it_right_after_the_emergency_topics() -> None:
    assert buttons(screens(kit.handle(scene(), Command("kit")))[0])[3] == "near:home"


@pytest.mark.parametrize("topic", ["hospital", "police", "pharmacy"])
def test_an_answer_about_such_a_place_offers_it(topic: str) -> None:
    assert "near:home" in buttons(screens(kit.handle(scene(), Tap(f"kit:t:{topic}", 1)))[0])


def test_a_town_without_a_kit_does_not_offer_it() -> None:
    small = scene(of=stay(kit=None, host_city="Utrera"))
    assert "near:home" not in buttons(screens(kit.handle(small, Command("kit")))[0])
    assert screens(near.handle(small, Tap("near:home", 1))) == []


def test_without_a_location_it_is_seen_from_the_centre_at_once() -> None:
    said = words(tapped(), scene())
    assert "From the centre of Seville" in said
    assert "<b>hospital</b>: Hospital Universitario Virgen del Rocío" in said
    assert said.index("hospital") < said.index("airport")


def test_it_asks_for_the_location_with_the_button_that_sends_it() -> None:
    asked = screens(tapped())[-1]
    assert asked.reply is not None
    assert asked.reply[0][0].location


def test_a_location_is_answered_with_distance_and_direction_and_not_kept() -> None:
    outcome = located()
    assert "Virgen del Rocío, 2.6 km to the south" in words(outcome, scene())
    assert outcome.effects == ()
    assert screens(outcome)[0].reply == ()  # the keyboard goes


@pytest.mark.parametrize("language, said", [("fr", "2,6 km au sud"), ("de", "2,6 km südlich"), ("nl", "2,6 km naar")])
def test_distances_are_written_as_the_reader_writes_them(language: str, said: str) -> None:
    assert said in words(located(), scene(language=language))


def test_a_few_steps_away_is_told_in_metres() -> None:
    assert "300 m to the south" in words(located(Place(37.36675, -5.98315)), scene())


def test_before_the_door_there_is_no_direction() -> None:
    assert "Virgen del Rocío, right here" in words(located(Place(37.36405, -5.98315)), scene())


def test_somebody_elsewhere_is_told_how_far_and_gets_the_centre() -> None:
    said = words(located(Place(48.8566, 2.3522)), scene())
    assert "You are about 1,441 km from Seville" in said
    assert "Virgen del Rocío, 2." in said


def test_while_an_alert_is_open_the_location_goes_to_who_was_told_as_well() -> None:
    outcome = located(alert=an_alert())
    assert outcome.effects == (SharePlace(RIVER.latitude, RIVER.longitude),)
    assert text_ids(outcome)[0] == "interface/sos/place_kept"
    assert "Virgen del Rocío" in words(outcome, scene())


def test_a_second_location_is_answered_again() -> None:
    talk = Talk(scene())
    talk.tap_data("near:home")
    talk.send(RIVER, "location")
    outcome = talk.send(RIVER, "location")
    assert outcome.effects == ()
    assert "interface/near/from_here" in text_ids(outcome)


def test_half_an_hour_later_a_location_is_for_safety_again() -> None:
    later = scene(conversation=AWAITING, now=NOW + timedelta(minutes=30))
    assert router.route(later, RIVER)[0] is sos.handle


def test_a_location_that_nobody_asked_for_is_for_safety() -> None:
    assert router.route(scene(), RIVER)[0] is sos.handle


def test_the_steps_of_a_live_location_get_no_answer() -> None:
    outcome = located(Place(37.4, -6.0, live=True, update=True))
    assert outcome.shown == ()


def test_who_shares_live_hears_that_it_can_be_stopped() -> None:
    assert "interface/near/used_live" in text_ids(located(Place(37.4, -6.0, live=True)))


def test_a_place_is_sent_as_a_pin_with_its_address() -> None:
    (pin,) = screens(tapped("near:place:virgen-del-rocio"))
    assert pin.venue == Venue(
        37.36405, -5.98315, "Hospital Universitario Virgen del Rocío", "Avenida Manuel Siurot s/n, 41013 Sevilla"
    )


def test_a_place_without_an_address_is_sent_with_its_city() -> None:
    (pin,) = screens(tapped("near:place:airport-svq", language="fr"))
    assert pin.venue is not None
    assert pin.venue.address == "Séville"


@pytest.mark.parametrize("data", ["near:place:prado", "near:place:", "near:place:../../etc", "near:nonsense"])
def test_a_pin_that_is_not_there_shows_the_list(data: str) -> None:
    assert "interface/near/from_centre" in text_ids(tapped(data))


def test_every_kit_has_something_near() -> None:
    assert [name for name in library().kits if not near.offered(scene(of=stay(kit=name, host_city=name)))] == []


def test_a_reflection_that_waited_is_set_aside_and_can_be_gone_on_with() -> None:
    writing = Conversation("reflection", {"placement": 7, "step": "think"})
    outcome = tapped(conversation=writing)
    assert outcome.conversation is not None
    assert outcome.conversation.data["parked"] == "think"
    assert outcome.effects == (ReleaseWaiting(7),)


def test_what_was_set_aside_before_stays_set_aside() -> None:
    outcome = tapped(conversation=Conversation("", {"parked": "think"}))
    assert outcome.conversation is not None
    assert outcome.conversation.data["parked"] == "think"
