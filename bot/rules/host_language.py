"""In which language a learner will live: what people speak where the stay is, and what is taught at home."""

from __future__ import annotations

from babel.languages import get_official_languages

from bot.content.loader import Library
from bot.rules.kit_values import Where


def host_languages(library: Library, kit_id: str | None, host: str | None, home: str | None) -> tuple[str, ...]:
    """Languages of the place, those not spoken at home first: what its kit or country says, else what is official
    there. Empty where the country is not known. `host` and `home` are ISO 3166 codes."""
    kit = library.kits.get(kit_id) if kit_id else None
    country = kit.country if kit else host
    if not country:
        return ()
    where = Where(library, home or "", country, kit)
    spoken = where.languages or get_official_languages(country)
    at_home = library_languages(library, home)
    return tuple(sorted(spoken, key=lambda language: language in at_home))


def library_languages(library: Library, country: str | None) -> frozenset[str]:
    """What is spoken in a country (ISO 3166)."""
    known = Where(library, "", country or "").languages if country else ()
    return frozenset(known or (get_official_languages(country) if country else ()))
