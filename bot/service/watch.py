"""Who is on watch, membership by membership: duty hours, absences, who stands in for whom, and the holes they leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from bot.rules.duty import Stretch, Watch, clipped, holes, on_duty, parse_duty
from bot.store.tables import Membership

_EARLIEST, _LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

Memberships = Mapping[int, Membership]  # those that have not ended, by id


def away_at(membership: Membership, at: datetime) -> bool:
    """Is whoever holds it away at that instant?"""
    return any(start <= at < end for start, end in absence_of(membership))


def absence_of(membership: Membership) -> tuple[Stretch, ...]:
    """From when until when they are away, as agreed."""
    if membership.away_until is None:
        return ()
    start = membership.away_from or membership.created_at
    return ((start, membership.away_until),) if start < membership.away_until else ()


def line_of(membership: Membership, known: Memberships, at: datetime) -> list[Membership]:
    """The member and, while they are away, who stands in for them, and so on; a circle ends where it closes."""
    line = [membership]
    while away_at(line[-1], at) and line[-1].substitute_id is not None:
        following = known.get(line[-1].substitute_id)
        if following is None or following in line:
            break
        line.append(following)
    return line


def serves_at(line: Iterable[Membership], home_zone: str, at: datetime) -> bool:
    """Is the last of a line on duty: by hours of their own, or by those of whom they stand in for?"""
    return any(on_duty(parse_duty(m.duty), m.zone or home_zone, at) for m in line)


def watches(people: Iterable[Membership], known: Memberships, home_zone: str, to: Stretch) -> list[Watch]:
    """Everybody's watches between two instants, those of substitutes among them."""
    found: list[Watch] = []
    for membership in people:
        _add(found, membership, known, home_zone, to, ())
    return found


def _add(
    found: list[Watch], membership: Membership, known: Memberships, home_zone: str, within: Stretch,
    line: tuple[Membership, ...],
) -> None:  # fmt: skip
    absence = absence_of(membership)
    outside = ((_EARLIEST, within[0]), (within[1], _LATEST))
    for held in (*line, membership):  # in the hours of whom they stand in for, too
        found.append(Watch(membership.id, parse_duty(held.duty), held.zone or home_zone, (*absence, *outside)))
    substitute = known.get(membership.substitute_id) if membership.substitute_id is not None else None
    if substitute is None or substitute in (*line, membership):
        return
    for away in clipped(absence, *within):
        _add(found, substitute, known, home_zone, away, (*line, membership))


def unwatched(
    people: Iterable[Membership], known: Memberships, home_zone: str, start: datetime, end: datetime
) -> tuple[Stretch, ...]:
    """When nobody of them, and nobody who stands in for them, is on duty."""
    return holes(watches(people, known, home_zone, (start, end)), start, end)
