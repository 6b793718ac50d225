"""Values as people type them into files and commands: checked, cleaned, or refused with one sentence.

Every parser raises BadInput that names the value and says what is accepted. Country and language names come from
Babel (CLDR); `XK` is the code that the EU and CLDR use for Kosovo.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

from bot.clock import country_zones
from bot.errors import BadInput
from bot.i18n import WRITTEN_AS, clean_name, locale_of

LONGEST_NAME = 100
FEWEST_DIGITS = 7  # of a telephone number with its country code
LONGEST_TEXT = 300
FORMULA = ("=", "+", "-", "@")  # what a spreadsheet takes for a formula (OWASP, CSV injection)
YEARS = range(1900, 2100)

_CODE = re.compile(r"\w[\w./#+-]{0,39}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./\-]{2,28}(?: ?(?:x|ext\.?|p) ?[0-9]{1,6})?", re.IGNORECASE)
_LOST_LETTER = re.compile(r"\w\?+\w|^\?+\w")  # what a narrow character set leaves of “Gdańsk”
_EMAIL = re.compile(r"[^@\s<>\"',;]{1,64}@[^@\s<>\"',;]+\.[^@\s<>\"',;.]{2,}")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{2,8})*)")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?: 00:00(?::00)?)?")
_NAMES_IN = ("en", "fr", "es", "it", "de", "nl")


def parse_code(text: str) -> str:
    """A short code for a cohort, learner or referent: up to 40 letters, digits and `._-/#+`, no spaces."""
    value = clean_name(text)
    if not _CODE.fullmatch(value):
        raise BadInput(
            f"“{shown(text)}” is not a code: write up to 40 letters, digits, - or _ without spaces, such as LYC-07."
        )
    return value


def parse_name(text: str) -> str:
    """A name of a person or place, without direction overrides and control characters; no formula."""
    value = clean_name(text)
    if value.startswith(FORMULA):
        raise BadInput(
            f"“{shown(value)}” starts like a spreadsheet formula: write the name without the first character."
        )
    if not any(unicodedata.category(c)[0] in "LNS" for c in value):
        raise BadInput(f"“{shown(text)}” is not a name: write at least one letter.")
    if _LOST_LETTER.search(value):
        raise BadInput(f"“{shown(value)}” has lost a letter to a ?: save the list as “CSV UTF-8” and write it again.")
    if len(value) > LONGEST_NAME:
        raise BadInput(f"“{shown(value)}” is too long for a name: write at most {LONGEST_NAME} characters.")
    return value


def parse_text(text: str) -> str:
    """A line of free text (an address, a trade); kept as it is, whatever it looks like, but for control characters."""
    value = clean_name(text)
    if len(value) > LONGEST_TEXT:
        raise BadInput(f"“{shown(value)}” is too long: write at most {LONGEST_TEXT} characters.")
    if value.startswith("="):
        raise BadInput(f"“{shown(value)}” starts like a spreadsheet formula: write plain text.")
    return value


def parse_phone(text: str) -> str:
    """A telephone number, best with its country code."""
    value = clean_name(text)
    cut_off = value.startswith("+") and sum(c.isdecimal() for c in value) < FEWEST_DIGITS
    if cut_off or not _PHONE.fullmatch(value):
        raise BadInput(
            f"“{shown(text)}” is not a telephone number: write it with its country code, such as +33 6 12 34 56 78."
        )
    return value


def parse_email(text: str) -> str:
    """An e-mail address."""
    value = clean_name(text)
    if len(value) > 254 or not _EMAIL.fullmatch(value):
        raise BadInput(f"“{shown(text)}” is not an e-mail address: write one such as name@school.example.")
    return value


def parse_language(text: str) -> str:
    """A BCP-47 tag, tidied: `FR_fr` → `fr-FR`. Any language is accepted, spoken by the bot or not."""
    value = clean_name(text)
    match = _LANGUAGE.fullmatch(value)
    if match is None or not _is_language(match[1].lower()):
        hint = _by_name(value, "languages")
        raise BadInput(f"“{shown(text)}” is not a language tag: write {hint or 'a tag such as fr, en or pt-BR'}.")
    parts = [part for part in re.split("[-_]", match[2]) if part]
    return "-".join([match[1].lower(), *(_subtag(part) for part in parts)])


def _is_language(code: str) -> bool:
    return code in locale_of("en").languages or code in WRITTEN_AS


def _subtag(part: str) -> str:
    return part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part


def parse_country(text: str) -> str:
    """An ISO 3166 alpha-2 code, upper case."""
    value = clean_name(text).upper()
    if len(value) == 2 and value.isalpha() and country_zones(value):
        return value
    also = {"UK": "GB", "EL": "GR"}.get(value) or _by_name(value, "territories")
    if len(value) == 2 and not also:
        raise BadInput(f"“{shown(text)}” is not a country of ISO 3166: write its two letters, such as FR or IT.")
    raise BadInput(
        f"“{shown(text)}” is not a country code: write {also or 'two letters of ISO 3166, such as FR or IT'}."
    )


@lru_cache(maxsize=2)
def _names(kind: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for language in _NAMES_IN:
        entries: dict[str, str] = getattr(locale_of(language), kind)
        found |= {name.casefold(): code for code, name in entries.items() if len(code) == 2 and code.isalpha()}
    return found


def _by_name(value: str, kind: str) -> str | None:
    return _names(kind).get(value.casefold())


def parse_day(text: str) -> date:
    """A date, ISO `2026-03-01` or day first `01/03/2026`, `1.3.2026`; midnight after it is Excel's and is dropped."""
    value = clean_name(text)
    iso, day_first = _ISO_DAY.fullmatch(value), _DAY_FIRST.fullmatch(value)
    how = "write it as 2026-03-01 or 01/03/2026 (day first)"
    if iso is None and day_first is None:
        if re.fullmatch(r"[34]\d{4}(\.0+)?", value):
            how = f"that is how Excel counts days; format the column as a date, or {how}"
        raise BadInput(f"“{shown(text)}” is not a date: {how}.")
    year, month, day = (iso[1], iso[2], iso[3]) if iso else (day_first[3], day_first[2], day_first[1])  # type: ignore[index]
    if int(year) not in YEARS:
        raise BadInput(f"“{shown(text)}” has a strange year: {how}.")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        hint = f"; “{year}-{day}-{month}” would be month first" if int(month) > 12 >= int(day) else ""
        raise BadInput(f"“{shown(text)}” is no day of the calendar{hint}: {how}.") from None


def parse_choice(text: str, choices: Iterable[str], what: str) -> str:
    """One of a few words, in any case."""
    value = clean_name(text).lower()
    allowed = list(choices)
    if value not in allowed:
        close = get_close_matches(value, allowed, n=1)
        raise BadInput(f"“{shown(text)}” is not {what}: write {close[0] if close else 'one of ' + ', '.join(allowed)}.")
    return value


def shown(text: str) -> str:
    """A foreign value inside a message: one line, no control characters or direction overrides, not too long."""
    value = clean_name(text)
    return value if len(value) <= 60 else value[:57] + "…"


def safe_cell(text: str) -> str:
    """A value on its way into a spreadsheet: what would be a formula there starts with an apostrophe."""
    return "'" + text if text.startswith((*FORMULA, "\t", "\r")) else text


def slug(name: str, otherwise: str) -> str:
    """A code made from a name: `Zoé Müller` → `zoe-muller`; `otherwise` for a name without ASCII letters."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("ß", "ss").replace("ø", "o").replace("ł", "l"))
    letters = plain.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:36] or otherwise
