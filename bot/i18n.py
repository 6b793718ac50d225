"""Languages: texts by id, their values, and turning both into words at the last moment.

A `Text` names an entry of the catalogues and carries plain values; it can be stored as JSON and is
rendered only when the reader's language and zone are known. Dates, numbers, plurals, country and
language names come from Babel (CLDR).
"""

from __future__ import annotations

import gettext
import html
import json
import logging
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton, format_time
from babel.lists import format_list
from babel.messages.plurals import get_plural
from babel.numbers import format_currency, format_decimal

log = logging.getLogger(__name__)

SOURCE_LANGUAGE = "en"
INTERFACE = "interface/"
# CLDR's plain English is American (7:00 PM, November 21), its Portuguese Brazilian, its Serbian Cyrillic; it has no
# Montenegrin, which names days and countries as Bosnian does.
WRITTEN_AS = {"en": "en-GB", "pt": "pt-PT", "sr": "sr-Latn", "cnr": "bs"}
OWN_NAMES = {"cnr": "Crnogorski"}
REMEMBERED = 2048  # texts with their values


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day; style is Babel's short, medium, long or full, or `weekday`, or `month` (and year)."""

    value: date
    style: str = "long"


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant (aware UTC), shown in the reader's zone or in `zone`; style `time`, `short`, `long`.

    In a `zone` of its own it says which of the two it is when the clocks go back and the hour comes twice."""

    value: datetime
    style: str = "long"
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Hour:
    """A wall-clock time of no particular day."""

    value: time


@dataclass(frozen=True, slots=True)
class Country:
    """ISO 3166 alpha-2 code, shown by its name."""

    code: str


@dataclass(frozen=True, slots=True)
class LanguageName:
    """BCP-47 tag, shown by its name in the reader's language (`own`: in that language itself; `inside`: within a
    sentence, so without a capital where that language has none)."""

    code: str
    own: bool = False
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its ISO 4217 currency."""

    amount: float
    currency: str


@dataclass(frozen=True, slots=True)
class CurrencyName:
    """ISO 4217 code, shown by its name and the code itself."""

    code: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Several values joined as the language joins them ("a, b and c"), or each on a line of its own."""

    items: tuple[Value, ...]
    lines: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """An entry of the catalogues with its values. `n` among the values picks the plural form."""

    id: str
    args: Mapping[str, Value] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.id, frozenset(self.args.items())))


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A text for those alone whose clock shows at the instant `at` another hour than that of `zone`."""

    text: Text
    zone: str
    at: datetime


Value = (
    str | int | float | Text | Day | Moment | Hour | Country | LanguageName | Money | CurrencyName | Listing | Elsewhere
)


def say(key: str, **args: Value) -> Text:
    """An interface text: `say("check_in/ask", name="Lea")` is entry `interface/check_in/ask`."""
    return Text(INTERFACE + key, args)


def verbatim(words: str) -> Text:
    """Words that are nobody's to translate: a name, what a person wrote."""
    return Text("=", {"words": words})


# --- JSON ---------------------------------------------------------------------------------------


def encode(value: Value) -> Any:
    """Value → plain JSON data; typed values become `{"$": kind, …}`."""
    encoder = _ENCODERS.get(type(value))
    if encoder is not None:
        return encoder(value)
    assert isinstance(value, str | int | float), f"no JSON for {type(value).__name__}"
    return value


def encode_text(text: Text) -> dict[str, Any]:
    """Text → plain JSON data, to be written and not to be changed."""
    if not text.args:
        return _encoded_bare(text.id)
    if (known := _shared.get(id(text))) is not None:
        return known[1]
    args = {name: value if type(value) is str else encode(value) for name, value in text.args.items()}
    return {"$": "text", "id": text.id, "args": args}


def shared(text: Text) -> Text:
    """The text, which stands in many messages: it is made JSON once, as long as this very object is used."""
    if len(_shared) >= REMEMBERED:
        _shared.clear()
    _shared[id(text)] = text, encode_text(text)
    return text


_shared: dict[int, tuple[Text, dict[str, Any]]] = {}  # held, so that no other object takes its number


@lru_cache(maxsize=4096)
def _encoded_bare(text_id: str) -> dict[str, Any]:
    return {"$": "text", "id": text_id, "args": {}}


_ENCODERS: dict[type, Callable[[Any], dict[str, Any]]] = {
    Text: encode_text,
    Day: lambda v: {"$": "day", "v": v.value.isoformat(), "s": v.style},
    Moment: lambda v: {"$": "moment", "v": v.value.isoformat(), "s": v.style, "z": v.zone},
    Hour: lambda v: {"$": "hour", "v": v.value.isoformat()},
    Country: lambda v: {"$": "country", "v": v.code},
    LanguageName: lambda v: {"$": "language", "v": v.code, "o": v.own, "i": v.inside},
    Money: lambda v: {"$": "money", "v": v.amount, "c": v.currency},
    CurrencyName: lambda v: {"$": "currency", "v": v.code},
    Elsewhere: lambda v: {"$": "elsewhere", "v": encode_text(v.text), "z": v.zone, "at": v.at.isoformat()},
    Listing: lambda v: {"$": "list", "v": [encode(item) for item in v.items], "l": v.lines},
}

_DECODERS: dict[str, Callable[[dict[str, Any]], Value]] = {
    "text": lambda d: Text(d["id"], {name: decode(value) for name, value in d["args"].items()}),
    "day": lambda d: Day(date.fromisoformat(d["v"]), d["s"]),
    "moment": lambda d: Moment(datetime.fromisoformat(d["v"]), d["s"], d["z"]),
    "hour": lambda d: Hour(time.fromisoformat(d["v"])),
    "country": lambda d: Country(d["v"]),
    "language": lambda d: LanguageName(d["v"], d["o"], d.get("i", False)),
    "money": lambda d: Money(d["v"], d["c"]),
    "currency": lambda d: CurrencyName(d["v"]),
    "elsewhere": lambda d: Elsewhere(decode_text(d["v"]), d["z"], datetime.fromisoformat(d["at"])),
    "list": lambda d: Listing(tuple(decode(item) for item in d["v"]), d.get("l", False)),
}


def decode(data: Any) -> Value:
    """The inverse of `encode`."""
    if isinstance(data, str | int | float):
        return data
    return _DECODERS[data["$"]](data)


def decode_text(data: dict[str, Any]) -> Text:
    """The inverse of `encode_text`."""
    text = decode(data)
    assert isinstance(text, Text)
    return text


# --- words --------------------------------------------------------------------------------------

Forms = tuple[str, ...]  # one wording, or one per plural form in gettext's order


@dataclass(frozen=True, slots=True)
class Entry:
    """A source text: its forms and the language it was written in."""

    forms: Forms
    language: str = SOURCE_LANGUAGE


def written_as(language: str) -> str:
    """The tag under which CLDR knows a language as we write it."""
    return WRITTEN_AS.get(language, language)


@cache
def locale_of(language: str) -> Locale:
    """Babel's locale for a BCP-47 tag, English for one that nobody knows."""
    language = written_as(language)
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        base = language.replace("-", "_").split("_")[0]
        try:
            return Locale.parse(base)
        except (UnknownLocaleError, ValueError):
            return Locale.parse("en_GB")


@cache
def plural_index(language: str) -> Callable[[int], int]:
    """gettext's plural rule of a language as a function of n."""
    expression = get_plural(locale_of(language)).plural_expr
    rule: Callable[[int], int] = gettext.c2py(expression)
    return rule


@lru_cache(maxsize=1024)
def base_language(tag: str) -> str:
    """`fr-CA` → `fr`."""
    return tag.replace("_", "-").split("-")[0].lower()


class Catalogues:
    """Source texts and their translations, read-only after loading and safe to share."""

    def __init__(
        self,
        sources: Mapping[str, Entry],
        translations: Mapping[str, Mapping[str, Forms]],
        retired: Mapping[str, Mapping[str, Forms]] | None = None,
    ) -> None:
        self.sources = sources
        self.translations = translations
        self.retired = dict(retired or {})  # texts of steps that only pinned script versions still use
        self._found: dict[tuple[str, str], tuple[Forms, str]] = {}  # asked for before, but for retired ones
        self._said: dict[tuple[Text, str, str, bool], str] = {}  # said before: a city has one answer for many

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Languages that a person can choose: the source language and every translated one."""
        return tuple(sorted({SOURCE_LANGUAGE, *self.translations}))

    def partly(self, language: str) -> bool:
        """Is most of what there is to say not translated to this language? The rest is then in the source language."""
        return language != SOURCE_LANGUAGE and 2 * len(self.translations.get(language, ())) < len(self.sources)

    def closest(self, tag: str | None) -> str:
        """The language of ours nearest to a BCP-47 tag; the source language when none is."""
        if tag:
            for candidate in (tag, base_language(tag)):
                if candidate in self.languages:
                    return candidate
        return SOURCE_LANGUAGE

    def forms(self, text_id: str, language: str) -> tuple[Forms, str]:
        """The wording of an id and the language it is in; the source where no translation exists."""
        known = self._found.get((text_id, language)) or self._current(text_id, language)
        if known is not None:
            self._found[text_id, language] = known
            return known
        for candidate in (language, SOURCE_LANGUAGE):
            found = self.retired.get(candidate, {}).get(text_id)
            if found:
                return found, candidate
        log.error("no text with id %s", text_id)
        return ("…",), SOURCE_LANGUAGE

    def _current(self, text_id: str, language: str) -> tuple[Forms, str] | None:
        for candidate in (language, base_language(language)):
            found = self.translations.get(candidate, {}).get(text_id)
            if found:
                return found, candidate
        entry = self.sources.get(text_id)
        return None if entry is None else (entry.forms, entry.language)

    def html(self, text: Text, language: str, zone: str) -> str:
        """The text as Telegram HTML: values escaped, the wording's own markup kept."""
        return self._words(text, language, zone, as_html=True)

    def plain(self, text: Text, language: str, zone: str) -> str:
        """The text without markup, for buttons and toasts."""
        return self._words(text, language, zone, as_html=False)

    def _words(self, text: Text, language: str, zone: str, as_html: bool) -> str:
        quote = _escape if as_html else _isolate
        if not text.args or text.id == "=":
            return self._render(text, language, zone, quote)
        key = (text, language, zone, as_html)
        said = self._said.get(key)
        if said is None:
            said = self._render(text, language, zone, quote)
            if self._lasts(text):
                if len(self._said) >= REMEMBERED:
                    self._said.clear()
                self._said[key] = said
        return said

    def _lasts(self, value: Value) -> bool:
        """Whether nothing of it is retired, or missing and perhaps only not yet retired."""
        if isinstance(value, Listing):
            return all(map(self._lasts, value.items))
        if isinstance(value, Elsewhere):
            return self._lasts(value.text)
        if not isinstance(value, Text):
            return True
        return (value.id == "=" or value.id in self.sources) and all(map(self._lasts, value.args.values()))

    def _render(self, text: Text, language: str, zone: str, quote: Callable[[str], str]) -> str:
        if text.id == "=":
            return quote(str(text.args["words"]))
        forms, spoken = self.forms(text.id, language)
        wording = forms[0]
        if len(forms) > 1:
            count = text.args.get("n", 1)
            wording = forms[min(plural_index(spoken)(int(count) if isinstance(count, int) else 1), len(forms) - 1)]
        if not text.args and "{" not in wording:
            return wording
        # A sentence that is only there in another language has its dates and numbers in that language, too.
        tongue = language if base_language(spoken) == base_language(language) else spoken
        values = {name: self._show(value, language, tongue, zone, quote) for name, value in text.args.items()}
        try:
            return wording.format_map(values)
        except (KeyError, IndexError, ValueError):
            log.exception("text %s in %s does not fit its values %s", text.id, language, sorted(values))
            return wording

    def _show(self, value: Value, language: str, tongue: str, zone: str, quote: Callable[[str], str]) -> str:
        if isinstance(value, str):
            return quote(value)
        if isinstance(value, Text):
            return self._render(value, language, zone, quote)
        if isinstance(value, Elsewhere):
            apart = _offset(value.at, zone) != _offset(value.at, value.zone)
            return self._render(value.text, language, zone, quote) if apart else ""
        if isinstance(value, Listing):
            shown = ((item, self._show(item, language, tongue, zone, quote)) for item in value.items)
            items = [words for item, words in shown if words or not isinstance(item, Elsewhere)]
            return "\n".join(items) if value.lines else format_list(items, locale=locale_of(tongue))
        return quote(_shown(value, tongue, zone))


@lru_cache(maxsize=4096)
def _shown(value: Value, language: str, zone: str) -> str:
    return show_value(value, locale_of(language), zone)


def show_value(value: Value, locale: Locale, zone: str) -> str:
    """A typed value in a locale; instants in the given zone unless they carry their own."""
    match value:
        case int() | float():
            return _decimal(value, locale)
        case Day(day, "weekday"):
            return format_date(day, "EEEE", locale=locale)
        case Day(day, "month"):
            return format_skeleton("yMMM", day, locale=locale)
        case Day(day, style):
            return format_date(day, style, locale=locale)
        case Moment(instant, style, own):
            shape = _hour(locale) if style == "time" else _day_and_hour(locale, short=style == "short")
            shown = (format_time if style == "time" else format_datetime)(
                instant, shape, tzinfo=ZoneInfo(own or zone), locale=locale
            )
            return f"{shown} ({_which(instant, own, locale)})" if own and _comes_twice(instant, own) else shown
        case Hour(hour):
            return format_time(hour, _hour(locale), locale=locale)
        case Country(code):
            return str(locale.territories.get(code.upper(), code))
        case LanguageName(code, own, inside):
            name = _language_name(code, locale_of(code) if own else locale)
            return name if own or not inside else _within(name, code, locale)
        case CurrencyName(code):
            return f"{locale.currencies.get(code, code)} ({code})"
        case Money(amount, currency):
            return format_currency(amount, currency, locale=locale)
        case _:
            raise TypeError(f"no way to show {type(value).__name__}")


def _offset(instant: datetime, zone: str) -> timedelta | None:
    return instant.astimezone(ZoneInfo(zone)).utcoffset()


def _comes_twice(instant: datetime, zone: str) -> bool:
    """Does the clock of `zone` show this hour a second time, because it goes back?"""
    here = instant.astimezone(ZoneInfo(zone))
    return here.replace(fold=0).utcoffset() != here.replace(fold=1).utcoffset()


def _which(instant: datetime, zone: str, locale: Locale) -> str:
    return str(format_datetime(instant, "OOOO", tzinfo=ZoneInfo(zone), locale=locale))


@lru_cache(maxsize=4096)
def _decimal(value: int | float, locale: Locale) -> str:
    return format_decimal(value, locale=locale)


@cache
def _hour(locale: Locale) -> str:
    """The hour of the day without halves of it: 19:40, where CLDR has Albanian say 7:40 m.d."""
    return "HH:mm" if "h" in str(locale.time_formats["short"]) else "short"


@cache
def _day_and_hour(locale: Locale, *, short: bool) -> str:
    """A day without its year and the hour, as dates are written there: 14 March, 14. März, 14 de marzo."""
    whole = str(locale.date_formats["full"])
    dot, of = ("." if "d." in whole else ""), (" 'de'" if "d 'de'" in whole else "")
    return f"EEE d{dot} MMM HH:mm" if short else f"EEEE d{dot}{of} MMMM HH:mm"


def _language_name(code: str, locale: Locale) -> str:
    name = OWN_NAMES.get(code) or str(locale.languages.get(base_language(code), code))
    return name[:1].upper() + name[1:]


def _within(name: str, code: str, locale: Locale) -> str:
    """The name as CLDR writes it in the middle of a sentence."""
    return str(locale.languages.get(base_language(code), name))


def _escape(words: str) -> str:
    return html.escape(_isolate(words), quote=False)


def _isolate(words: str) -> str:
    return words if words.isascii() else _isolated(words)


@lru_cache(maxsize=1024)
def _isolated(words: str) -> str:
    # A right-to-left name must not turn the sentence around it (Unicode TR9: isolates).
    if any(c in _BIDI or unicodedata.bidirectional(c) in ("R", "AL") for c in words):
        # An early end of the isolate inside the words would let the rest of them out.
        return "\u2068" + words.replace("\u2069", "") + "\u2069"
    return words


def clean_name(words: str) -> str:
    """A name as stored: normalised, without control characters and bidirectional overrides."""
    if words.isascii() and words.isprintable():
        return " ".join(words.split())  # nothing of that in it: lists have a hundred thousand such cells
    spaced = (" " if c.isspace() else c for c in unicodedata.normalize("NFC", words))
    kept = (c for c in spaced if c not in _BIDI and unicodedata.category(c) != "Cc")
    return " ".join("".join(kept).split())


_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def utf16_length(words: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(words.encode("utf-16-le")) // 2


def dump(texts: Sequence[Text]) -> str:
    """Texts as a JSON string, for storing."""
    return json.dumps([encode_text(text) for text in texts], ensure_ascii=False)
