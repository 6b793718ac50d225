"""Whom to call about a learner, in the order in which somebody woken at night would, and what nobody wrote down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.flows.scene import Contact
from bot.i18n import Country, Listing, Text, Value, say, shared, verbatim
from bot.rules.kit_answer import EmergencyNumber

ON_THE_SPOT = ("partner", "accompanying", "local_contact", "host", "tutor")  # who could go there
CALL_ORDER = (*ON_THE_SPOT, "guardian", "emergency_contact")
COLLEAGUES = 8  # of those who may be told: more would hide the rest


@dataclass(frozen=True, slots=True)
class Help:
    """What there is besides those around the stay: `colleagues` may be told as well, each with a number; `numbers` to
    dial in `country`, where the learner is, `far` when others may read it elsewhere; what is `missing`: host,
    accommodation, family."""

    colleagues: tuple[Contact, ...] = ()
    country: str | None = None
    numbers: tuple[EmergencyNumber, ...] = ()
    far: bool = False
    missing: tuple[str, ...] = ()


NO_HELP = Help()


def people(learner_phone: str | None, contacts: Sequence[Contact]) -> list[Text]:
    """A line for each number: the learner, who is on the spot, the family, the insurance."""
    lines = [say("alerts/call_learner", phone=learner_phone) if learner_phone else say("alerts/no_phone")]
    for role in CALL_ORDER:
        lines += [
            say(f"alerts/call/{role}", name=verbatim(contact.name), phone=contact.phone)
            for contact in contacts
            if contact.role == role and contact.phone
        ]
    return [*lines, *assistance(contacts)]


def called(contact: Contact) -> Text:
    """What somebody of a list of numbers is called; the assistance of the insurance by what it is."""
    if contact.role != "assistance":
        return verbatim(contact.name)
    return say("sos/assistance_named", name=verbatim(contact.name)) if contact.name else say("sos/assistance")


def assistance(contacts: Sequence[Contact]) -> list[Text]:
    """The assistance of the insurance, where the cohort has one."""
    found = (contact for contact in contacts if contact.role == "assistance" and contact.phone)
    return [
        say("alerts/call/assistance_named", name=verbatim(one.name), phone=one.phone or "")
        if one.name
        else say("alerts/call/assistance", phone=one.phone or "")
        for one in found
    ]


def missing(found: Help) -> list[Text]:
    """What nobody wrote down, in one line."""
    what: list[Value] = [say(f"alerts/missing_what/{one}") for one in found.missing]
    return [say("alerts/missing", what=Listing(tuple(what)))] if what else []


def in_common(found: Help) -> tuple[Text, ...]:
    """Who else may have been told, so that they can ring each other, and what is dialled where the learner is: a
    paragraph each. No country has numbers of that kind for who is elsewhere."""
    return _in_common(found.colleagues[:COLLEAGUES], found.country, found.numbers, found.far)


@lru_cache(maxsize=256)  # thousands of one cohort have these in common
def _in_common(
    colleagues: tuple[Contact, ...], country: str | None, numbers: tuple[EmergencyNumber, ...], far: bool
) -> tuple[Text, ...]:
    others = [say("alerts/news/call", name=verbatim(c.name), phone=c.phone or "") for c in colleagues]
    dial: list[Text] = []
    if country and numbers:
        listed = Listing(tuple(say(f"sos/number/{one.what}", number=one.number) for one in numbers))
        dial = [say("alerts/call/emergency", country=Country(country), numbers=listed)]
        dial += [say("alerts/call/emergency_far")] if far else []
    paragraphs = ([say("alerts/call/others"), *others] if others else [], dial)
    return tuple(shared(block(lines)) for lines in paragraphs if lines)


def block(lines: Sequence[Text]) -> Text:
    """One paragraph of these lines, of which there is one at least."""
    *before, last = lines
    return say("alerts/lines", first=Listing(tuple(before), lines=True), then=last) if before else last


def to_dial(known: Sequence[EmergencyNumber]) -> tuple[EmergencyNumber, ...]:
    """Of all numbers of a country the one for everything, else police and ambulance: an alert has room for little."""
    whole = tuple(one for one in known if one.what == "emergency")
    return whole or tuple(one for one in known if one.what in ("police", "ambulance"))
