"""The messages on the eve of a holiday and of the first day at work: what is known, and whom to ask for the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.content.kits import Holiday
from bot.content.loader import Library
from bot.flows.naming import city
from bot.flows.scene import Stay
from bot.flows.vocabulary import Button, Rows, Screen, button
from bot.i18n import Country, Day, Listing, Text, Value, say, verbatim
from bot.rules.eves import HOLIDAY, Eve, holidays_from
from bot.rules.kit_values import Where, show_fact

MORNING_TOPICS = ("local_transport", "dress_code", "cheap_meals")


@dataclass(frozen=True, slots=True)
class Expected:
    """Who expects a learner at work, as far as anybody entered it; empty where nobody did."""

    tutor: str = ""
    phone: str = ""  # of the host organisation
    contact: str = ""  # whom to ask: the local contact, else the contact person
    partner: str = ""  # first name of who goes to the same place


def shown(library: Library, eve: Eve, stay: Stay, expected: Expected) -> Screen | None:
    """The message; None when there is nothing to say any more."""
    if eve.what == HOLIDAY:
        return _holiday(library, eve, stay)
    return _morning(library, eve, stay, expected)


# --- a holiday --------------------------------------------------------------------------------------


def _holiday(library: Library, eve: Eve, stay: Stay) -> Screen | None:
    days = holidays_from(library, stay.host_country or "", stay.kit or stay.host_city or "", eve.day)
    if not days:
        return None
    if len(days) == 1:
        place = _place(library, stay, days[0])
        head = say("eve/holiday", day=Day(eve.day, "weekday"), name=days[0].name, place=place)
    else:
        lines = tuple(
            say("eve/line", day=Day(one.day), name=one.name, place=_place(library, stay, one)) for one in days
        )
        head = say("eve/holidays", days=Listing(lines, lines=True))
    row = (_topic("opening_hours"), _topic("public_holidays"))
    return Screen((head, say("eve/closed"), say("eve/off")), (row,))


def _place(library: Library, stay: Stay, holiday: Holiday) -> Value:
    """Where it is a holiday: in the whole country, in the region of the kit, or in the town alone."""
    kit = library.kits.get(stay.kit or "")
    if not holiday.subdivisions:
        return Country(stay.host_country or "")
    return Text(f"{kit.path}/region") if kit and kit.region else city(stay)


# --- the first morning ------------------------------------------------------------------------------


def _morning(library: Library, eve: Eve, stay: Stay, expected: Expected) -> Screen:
    who: Value = verbatim(expected.contact) if expected.contact else say("eve/your_contact")
    facts = Where(library, stay.home_country or "", stay.host_country or "", library.kits.get(stay.kit or "")).values
    body = (
        say("eve/morning", day=Day(eve.day, "full")),
        *_way(stay, who, facts.get("transport_operator")),
        say("eve/leave", who=who),
        *_ask_for(stay, expected, who),
        say("eve/wear", who=who),
        _eat(facts.get("supermarkets")),
    )
    write: Rows = ((button("menu/write_button", "relay:new"),),)
    return Screen(body, (*((_topic(topic),) for topic in MORNING_TOPICS if topic in library.topics), *write))


def _way(stay: Stay, who: Value, operator: object) -> Iterator[Text]:
    if not stay.host_organisation:
        yield say("eve/way_unknown", who=who)
    elif stay.accommodation:
        yield say("eve/way", home=stay.accommodation, work=stay.host_organisation)
    else:
        yield say("eve/way_to", work=stay.host_organisation)
    if isinstance(operator, str):
        yield say("eve/lines", operator=operator)


def _ask_for(stay: Stay, expected: Expected, who: Value) -> Iterator[Text]:
    if not expected.tutor:
        yield say("eve/ask_for_unknown", who=who)
    elif stay.host_organisation:
        yield say("eve/ask_for", tutor=expected.tutor, work=stay.host_organisation)
    else:
        yield say("eve/ask_for_tutor", tutor=expected.tutor)
    if expected.phone:
        yield say("eve/phone", phone=expected.phone)
    if expected.partner:
        yield say("eve/together", partner=expected.partner)


def _eat(shops: object) -> Text:
    return say("eve/eat_shops", shops=show_fact("supermarkets", shops)) if isinstance(shops, tuple) else say("eve/eat")


def _topic(name: str) -> Button:
    return Button(Text(f"topics/{name}/title"), f"kit:new:{name}")
