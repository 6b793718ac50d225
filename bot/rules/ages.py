"""How old somebody must be for Telegram itself, which asks no school: its terms of service, and who is too young."""

from __future__ import annotations

from datetime import date

from bot.rules.calendar import age_on

# telegram.org/tos: "Citizens of EU countries and the United Kingdom must be at least 16 years old to sign up." For
# others the terms give no number; app shops and common practice say 13.
IN_EUROPE, ELSEWHERE = 16, 13
_EUROPE = frozenset((
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IS", "IT", "LI",
    "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
))  # fmt: skip


def least_age(country: str | None) -> int:
    """From which age somebody from a country (ISO 3166) may have an account; of an unknown one, the higher age."""
    return IN_EUROPE if country is None or country.upper() in _EUROPE else ELSEWHERE


def too_young(birth_date: date | None, country: str | None, on: date) -> bool:
    """Too young on that day for an account of their own? Without a birth date nobody can tell: no."""
    years = age_on(birth_date, on)
    return years is not None and years < least_age(country)
