"""Figures that tell nobody how to be reached: days, hours, years, prices, lines of buses, counting aloud.

Taken out of a text twice: narrowly before it may pass, widely before it is refused. What lies between is read first.
"""

from __future__ import annotations

import re

from bot.rules.contact_terms import DIGIT_ROWS, DIGIT_WORDS, PAIR_WORDS

_DATE = re.compile(r"\b[0-3]?\d[./-][01]?\d[./-]20[23]\d\b|\b20[23]\d-[01]\d-[0-3]\d\b")
_HOUR = re.compile(r"(?<![\d.:])(?<!\d[ .:-])\b(?:[01]?\d|2[0-3])(?:[:h.]|\s?h\s?)[0-5]\d\b(?![ .:-]?\d)")
_YEAR = re.compile(r"(?<!\d[ .-])\b(?:19|20)\d\d\b(?![ .-]?\d)")
_A_YEAR = r"(?:19[5-9]\d|20[0-3]\d)"
_YEARS = re.compile(rf"(?<![\d+.-])(?<!\d[ .-])\b{_A_YEAR}(?:\W{{1,3}}{_A_YEAR}){{1,2}}\b(?![ .-]?\d)")
_QUARTER = r"(?:[01]?\d|2[0-3])[:.h](?:00|15|30|45)"
_OPEN = re.compile(rf"(?<![\d.:])\b{_QUARTER}\s?(?:-|\u2013|to|a|bis|tot)\s?{_QUARTER}\b(?![.:]?\d)")
_MONEY = re.compile(r"\b\d{1,4}(?:\s*(?:-|a|to|bis|tot|et|und|en|y|e)\s*\d{1,4})?\s*(?:€|euros?|eur)\b|€\s?\d{1,4}\b")

_ANY_HOUR = re.compile(
    r"(?<![\d.:])\b(?:(?:[01]?\d|2[0-3])(?::[0-5]\d|\s?h(?:\s?[0-5]\d)?)|(?:[01]?\d|2[0-3])\.(?:00|15|30|45))\b(?![.:]?\d)"
)
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_ANY_DATE = re.compile(
    rf"(?<![\d./:-])\b{_DAY}(?:/{_MONTH}(?:/(?:19|20)\d\d)?|\.{_MONTH}\.(?:(?:19|20)\d\d\b|(?=\s|$)))(?![./:-]?\d)"
)
_ANY_YEAR = re.compile(rf"(?<![\d.-])\b{_A_YEAR}\b(?![.-]?\d)")
_ROUND = re.compile(r"(?<![\d.-])\b[1-9]\d{0,2}0\b(?![.-]?\d)")
_DIALLED = re.compile(r"\+\s?\d|(?<!\d)0\d")  # how numbers of telephones begin
_COUNTED = (
    r"(?:(?:auto)?bus(?:es|se|sen)?|lines?|lignes?|lineas?|linee|linien?|lijn(?:en)?|trams?|tranvias?|metros?|trains?"
    r"|tren(?:es)?|tren[oi]|zuge?|trein(?:en)?|rooms?|pages?|platforms?)"
)
_LISTED = re.compile(
    rf"\b{_COUNTED}\W{{0,3}}[1-9]\d{{0,2}}(?:\s*(?:[,;/&]|\b(?:and|or|et|ou|y|o|e|und|oder|en|of)\b)\s*[1-9]\d{{0,2}}\b)*"
)


def _aloud(row: tuple[str, ...]) -> str:
    """One, two, three and on, as far as somebody counts."""
    rest = ""
    for word in reversed(row[4:]):
        rest = rf"(?:[^a-z0-9]+{word}{rest})?"
    return rf"\b{row[1]}[^a-z0-9]+{row[2]}[^a-z0-9]+{row[3]}{rest}\b"


_ALOUD = re.compile("|".join(_aloud(row) for row in DIGIT_ROWS))
_LAST = re.compile(r"[a-z0-9]+(?=[^a-z0-9]*$)")


def without_plain(text: str) -> str:
    """Without what is plainly a day, an hour or a year, of each two at most: more would hide a number."""
    for plain in (_YEARS, _OPEN, _DATE, _HOUR, _YEAR):
        text = plain.sub(" x ", text, count=1 if plain is _YEARS else 2)
    return text


def without_innocent(text: str) -> str:
    """Without all that may well be a day, an hour, a price, a line of a bus or somebody who counts: what is still a
    number then is one beyond doubt."""
    text = _ALOUD.sub(_counted, _MONEY.sub(" x ", without_plain(text), count=2))
    for plain in (_ANY_DATE, _ANY_HOUR):
        text = plain.sub(" x ", text)
    if _DIALLED.search(text):
        return text
    for plain in (_ANY_YEAR, _LISTED, _ROUND):
        text = plain.sub(" x ", text)
    return text


def _counted(found: re.Match[str]) -> str:
    before = _LAST.search(found.string[: found.start()])
    spoken = before is not None and (before[0] in DIGIT_WORDS | PAIR_WORDS or before[0].isdigit())
    return found[0] if spoken else " x "
