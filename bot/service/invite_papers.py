"""What the printed and mailed invites of a cohort say, and the facts on their wallet cards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.languages import get_official_languages
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.content.loader import Library
from bot.errors import BadInput
from bot.i18n import Day
from bot.papers.invite_sheet import Card, Invited
from bot.rules.kit_answer import emergency_numbers_in
from bot.rules.names import full_name
from bot.service import invites
from bot.service.audit import note
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.guest_list import ORDER, listing
from bot.service.referents import spelled
from bot.store.tables import Cohort, Invite, Membership, Person, Placement

# Where CLDR's list of official languages is not what a passer-by reads.
SPOKEN = {"BE": ("fr", "nl"), "ME": ("cnr",), "XK": ("sq", "sr"), "BA": ("bs",), "MT": ("en",), "RS": ("sr",)}


@dataclass(frozen=True, slots=True)
class Letter:
    """An invite that can be handed out: its sheet, and where it may be mailed to."""

    invite_id: int
    sheet: Invited
    email: str | None
    mailed_at: datetime | None


def letters(core: Core, cohort_code: str, now: datetime, codes: Collection[str] = ()) -> list[Letter]:
    """The open invites of a cohort, or those of some codes. Raises NotFound, and BadInput for a code without one."""
    with core.store.transaction() as session:
        cohort = find(session, cohort_code)
        address = invites.bot_address(session)
        rows = session.execute(
            select(Invite, Person)
            .join(Person, Person.id == Invite.person_id)
            .where(Invite.cohort_id == cohort.id, Invite.token.is_not(None), Invite.expires_at > now,
                   Person.erased_at.is_(None))
            .order_by(Invite.id)
        ).all()  # fmt: skip
        stays = _stays(session, cohort.id)
        staff, called = _staff(session, cohort.id), _called(stays.values())
        found = [
            _letter(core.content, cohort, i, p, address, stays.get((p.id, i.code)), staff, p.id in called, now)
            for i, p in rows
        ]
    wanted = {code.casefold() for code in codes}
    unknown = wanted - {letter.sheet.code.casefold() for letter in found}
    if unknown:
        raise BadInput(
            f"{', '.join(sorted(unknown))}: no open invite in {cohort_code}; `compagnon cohort invites {cohort_code} "
            "--all` shows who has joined, and --reissue makes a fresh one."
        )
    kept = [letter for letter in found if not wanted or letter.sheet.code.casefold() in wanted]
    return sorted(kept, key=lambda le: (ORDER.index(le.sheet.role) if le.sheet.role in ORDER else 99, le.sheet.code))


def _stays(session: Session, cohort_id: int) -> dict[tuple[int, str], Placement]:
    found = session.scalars(select(Placement).where(Placement.cohort_id == cohort_id))
    return {(p.person_id, p.code): p for p in found}


def _called(stays: Iterable[Placement]) -> frozenset[int]:
    """Who takes part without Telegram: a contact person calls."""
    learners = {stay.person_id for stay in stays if stay.by_phone}
    return frozenset(learners | {stay.guardian_id for stay in stays if stay.guardian_by_phone and stay.guardian_id})


def _staff(session: Session, cohort_id: int) -> Mapping[int, Person]:
    rows = session.execute(
        select(Membership.id, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.cohort_id == cohort_id, Membership.role.not_in(("learner", "staff", "family")))
    )
    return {row[0]: row[1] for row in rows}


def _letter(
    library: Library, cohort: Cohort, invite: Invite, person: Person, address: str | None, stay: Placement | None,
    staff: Mapping[int, Person], by_phone: bool, now: datetime,
) -> Letter:  # fmt: skip
    language = library.catalogues.closest(person.language)
    sheet = Invited(
        name=full_name(person), code=invite.code, role=spelled(invite.role), language=language, cohort=cohort.name,
        url=invites.link(invite, address), until=Day(local_date(invite.expires_at, cohort.home_zone)),
        card=_card(library, stay, language, staff) if stay is not None else None, by_phone=by_phone,
    )  # fmt: skip
    return Letter(invite.id, sheet, person.email, invite.mailed_at)


def _card(library: Library, stay: Placement, language: str, staff: Mapping[int, Person]) -> Card | None:
    if stay.host_country is None:
        return None
    country = stay.host_country
    named = (stay.referent_id, stay.backup_id, stay.local_contact_id)
    around = [staff[m] for m in named if m is not None and m in staff]
    # The one who can knock on the door is second where there are three.
    two = around[:1] + around[-1:] if len(around) > 2 else around
    return Card(
        language=language, host_languages=_spoken(library, country), country=country,
        home=stay.home_country,
        numbers=tuple((n.what, n.number) for n in emergency_numbers_in(library, country)),
        lives_at=stay.accommodation or "", works_at=stay.host_organisation or "", work_phone=stay.host_phone or "",
        tutor=stay.tutor_name or "", referents=tuple((full_name(p), p.phone or "") for p in two),
    )  # fmt: skip


def _spoken(library: Library, country: str) -> tuple[str, ...]:
    """The languages of the people there, as far as the bot speaks them; English where it speaks none."""
    languages = SPOKEN.get(country) or get_official_languages(country, de_facto=True)
    known = [language for language in languages if language in library.catalogues.languages]
    return tuple(known[:2]) or ("en",)


def mailed(core: Core, invite_id: int, now: datetime) -> None:
    """The mail server took an invite."""
    with core.store.transaction() as session:
        session.execute(update(Invite).where(Invite.id == invite_id).values(mailed_at=now))
        person_id = session.scalar(select(Invite.person_id).where(Invite.id == invite_id))
        note(session, None, "invite_mailed", person_id, now)


def not_joined(core: Core, cohort_code: str, now: datetime) -> list[dict[str, Any]]:
    """Who has not come in: the newest invite of each that is not used."""
    return [row for row in listing(core, cohort_code, now, everybody=True) if row["state"] != "used"]
