"""What an alert says: whom to call, by whose clock, who had it before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.flows import incident_screens
from bot.flows.alert_screens import notice, opened, place, taken
from bot.flows.call_list import Help
from bot.flows.dossier import Dossier
from bot.flows.scene import Contact, TravelView
from bot.flows.vocabulary import Screen
from bot.i18n import verbatim
from bot.rules.kit_answer import EmergencyNumber
from bot.rules.travel_days import HOURS, hour_of, unsaid
from bot.transport.html import visible
from tests.support.shipped import library

NOW = datetime(2026, 3, 2, 20, tzinfo=UTC)
ALL = Dossier(
    31, "Lea Beispiel", "L01", "SPRING", "not_answered", "amber", NOW, NOW, "Europe/Lisbon",
    clock=verbatim("Faro"), learner_phone="+33 1", contacts=(
        Contact("Claire Exemple", "referent", "+33 11"), Contact("Lola Ejemplo", "local_contact", "+351 2"),
        Contact("Kim Exemplo", "partner", "+33 3"), Contact("Padaria", "host", "+351 4"),
        Contact("Maman", "guardian", "+33 5"), Contact("Aunt", "emergency_contact", "+33 6"),
        Contact("Example Assist", "assistance", "+33 7"), Contact("Ana Beispiel", "accompanying", "+33 8"),
        Contact("Bob Beispiel", "accompanying", "+33 9"),
    ),
    help=Help(
        (Contact("Claire Exemple", "referent", "+33 11"), Contact("Coco Exemple", "coordinator", "+33 12")),
        "PT", (EmergencyNumber("emergency", "112"),), True,
    ),
)  # fmt: skip
NOBODY = replace(ALL, contacts=(), help=Help(country="PT", missing=("host", "accommodation", "family", "emergency")))


def read(shown: Screen, zone: str = "Europe/Lisbon", language: str = "en") -> str:
    paragraphs = (visible(library().catalogues.html(text, language, zone)).strip() for text in shown.body)
    return "\n\n".join(paragraphs)


def first(d: Dossier, zone: str = "Europe/Lisbon") -> str:
    return read(notice(d, repeat=False, exhausted=False), zone)


def test_numbers_come_in_the_order_in_which_somebody_at_night_would_use_them() -> None:
    spot, rest = ("+33 1", "+33 3", "+33 8", "+33 9", "+351 2", "+351 4"), ("+33 5", "+33 6", "+33 7")
    wanted = (*spot, *rest, "+33 11", "+33 12", "112 –")
    places = [first(ALL).index(number) for number in wanted]
    assert places == sorted(places)


def test_who_reads_it_elsewhere_learns_that_the_emergency_number_is_that_of_there() -> None:
    assert "Emergency, Portugal: 112 – all emergencies\n(Dialled in another country" in first(ALL)
    assert "Dialled" not in first(replace(ALL, help=replace(ALL.help, far=False)))


def test_what_is_not_on_file_is_said_in_one_line() -> None:
    assert (
        "Not on file: number of the host company, accommodation, family or emergency contact, "
        "and emergency number of the country"
    ) in first(NOBODY).replace("contact and", "contact, and")
    assert "Not on file" not in first(ALL)


@pytest.mark.parametrize(
    "shown",
    [
        notice(ALL, repeat=False, exhausted=False), notice(ALL, repeat=True, exhausted=False), taken(ALL, "Claire"),
        opened(ALL, together=False), place(replace(ALL, latitude=1.0, longitude=1.0, placed_at=NOW))[0],
        incident_screens.notice([ALL] * 4, ALL, repeat=True, exhausted=False),
    ],
    ids=["first", "repeat", "taken", "opened", "place", "incident"],
)  # fmt: skip
def test_who_lives_by_another_clock_reads_whose_times_these_are(shown: Screen) -> None:
    assert "(Times here: the clock in Faro)" in read(shown, "Europe/Paris")
    assert "Times here" not in read(shown)
    assert "\n\n\n" not in read(shown)


def test_an_hour_that_comes_twice_says_which_one_it_is() -> None:
    one = replace(ALL, raised_at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    other = replace(ALL, raised_at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    assert "Alert since: Sun 25 Oct 01:30 (GMT+01:00)" in first(one)
    assert "Alert since: Sun 25 Oct 01:30 (GMT+00:00)" in first(other)
    assert "(GMT" not in first(ALL)


def test_who_had_it_and_no_longer_answers_is_to_be_rung_first() -> None:
    late = replace(ALL, lapsed_by="Claire Exemple", lapsed_since=NOW)
    again, over = notice(late, repeat=True, exhausted=False), notice(late, repeat=True, exhausted=True)
    said = "Claire Exemple took it (Mon 2 Mar 20:00), but no longer answers me."
    assert all(said in read(one) for one in (again, over))
    assert "Nobody has taken this alert so far" not in read(over)
    assert "Nobody has this alert now." in read(over)


def test_who_takes_over_reads_from_whom() -> None:
    assert "comes to you from Claire Exemple" in first(replace(ALL, handed_over_by="Claire Exemple"))
    theirs = replace(ALL, handed_over_by="Claire Exemple", handed_over_taken=True)
    assert "Claire Exemple had taken this alert" in first(theirs)


def trip(arrival: datetime) -> TravelView:
    return TravelView(
        1, 1, "out", "left", arrival.date(), "Europe/Lisbon", verbatim("Lyon"), verbatim("Faro"), arrival, arrival
    )


def test_an_hour_of_arrival_that_nobody_gave_is_called_assumed_and_one_of_another_clock_names_it() -> None:
    alone = replace(ALL, travel=trip(datetime(2026, 3, 1, 20, tzinfo=UTC)), zone="Europe/Paris")
    assert "No hour of arrival was given. I assume: Sun 1 Mar 20:00, by the clock in Faro" in first(alone)
    given = replace(alone, travel=trip(datetime(2026, 3, 1, 19, tzinfo=UTC)), zone="Europe/Lisbon")
    assert "Planned arrival: Sun 1 Mar 19:00\n" in first(given)


def test_no_hour_that_is_offered_is_the_one_that_is_assumed() -> None:
    day = datetime(2026, 3, 1).date()
    assert not any(unsaid(hour_of(day, "Europe/Lisbon", hours), "Europe/Lisbon") for hours in HOURS)
