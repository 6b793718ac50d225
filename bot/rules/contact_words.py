"""Does a text say how to reach somebody outside the bot? Read before words go from one stranger to the other.

Three answers: it may pass, a coordinator is to read it first, or it is refused. What could be a number, a link, an
address or a name on some network is refused, however it is disguised; what only might be one, or speaks of meeting,
pictures or secrets, is read by a human. Rather one message too many with a coordinator than one number that slips by.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from string import ascii_lowercase

from bot.rules.contact_plain import without_innocent, without_plain
from bot.rules.contact_terms import (
    APPS,
    ARTICLES,
    AT_SIGNS,
    COMPOUND,
    DELICATE,
    DIGIT_WORDS,
    DOTS,
    INVITING,
    JOINTS,
    MAIL,
    MAIL_WORDS,
    MAYBE_ENDS,
    MAYBE_NETWORKS,
    ME,
    MINE,
    NAME_WORDS,
    NETWORKS,
    NEW_ENDS,
    ONE,
    PAIR_WORDS,
    SHORT_NETWORKS,
    SOUNDS,
    SURE_ENDS,
    TWICE,
    USER_WORDS,
    VERBS,
)

SURELY, PERHAPS = 7, 5  # digits in a row, said or written, from which they are a number, or might be one
IN_ALL = 8  # digits anywhere, with words between them: the shortest number of a mobile phone in Europe
LOOK_BACK = 6  # messages before this one that may hold the beginning


class Verdict(StrEnum):
    """What is to be done with a text, mildest first."""

    PASS = "pass"
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Reading:
    """`why`: number, link, mail, network, name or delicate; empty where it may pass."""

    verdict: Verdict
    why: str = ""


SLIGHT = ("name", "mail")
FINE = Reading(Verdict.PASS)
_ORDER = tuple(Verdict)

_SAME_LOOK = str.maketrans(
    "авеіјкмнорѕстухԁһѵԛԝɡɑαβεικνορτυχωⅼ₀ıøłđ", "abeijkmhopsctyxdhvqwgaabeiknoptuxwloiold"
)  # Cyrillic and Greek that look like Latin
_BLANKS = {"\u3164": "", "\u115f": "", "\u1160": "", "\uffa0": "", "\u2800": " "}
_DRAWN: dict[int, str] = {
    **{0x1F550 + hour: f" {hour + 1} " for hour in range(12)},  # faces of clocks
    **{0x2680 + side: f" {side + 1} " for side in range(6)},  # dice
    **{0x2160 + at: f" {at + 1} " for at in range(9)},  # Roman numerals
    **{0x2170 + at: f" {at + 1} " for at in range(9)},
    **{start + at: letter for start in (0x1F150, 0x1F170, 0x1F1E6) for at, letter in enumerate(ascii_lowercase)},
    **{
        ord(small): letter for small, letter in zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True)
    },
}
_LEET = (str.maketrans("0134578$!€|", "oieastbsiel"), str.maketrans("0134578$!€|", "oleastbslei"))
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_TOKEN = re.compile(r"[a-z0-9]+|[^\sa-z0-9]")
_PARTED = re.compile(r"[a-z]+|[0-9]+|[^\sa-z0-9]")
_GLUED = re.compile("|".join(sorted(DIGIT_WORDS | PAIR_WORDS, key=len, reverse=True)))
_ALL_GLUED = re.compile(rf"(?:{_GLUED.pattern})+")
_ROMAN = re.compile(r"\b(?:[ivx]{1,4}\b[^a-z0-9]+){4,}[ivx]")
_SPELLED = re.compile(r"(?<![a-z0-9])(?:[a-z0-9][^a-z0-9]{1,3}){2,}[a-z0-9](?![a-z0-9])")
_ALMOST_DIGITS = str.maketrans("oilzsbgq", "01125690")
_COMPOUND = re.compile(COMPOUND)
_SURE, _MAYBE = "|".join(SURE_ENDS), "|".join(MAYBE_ENDS)
_LINKS = re.compile(
    r"[a-z][a-z0-9+-]+:\s*/|h\s*t\s*t\s*p\s*s?\s*:|(?<![a-z])w\s?w\s?w(?![a-z])|\b(?:t|wa|m)\s*\.\s*me\b|\btg:"
    rf"|[a-z0-9](?:\.|\s+\.\s*|\s*[\[({{]\s*(?:{DOTS}|\.)\s*[\])}}]\s*)(?:{_SURE})\b"
    rf"|\b(?!(?:{ARTICLES})\s)[a-z0-9]+\s+(?:{DOTS})\s+(?:{_SURE})\b"
    rf"|[a-z0-9]{{2}}\.(?:{_MAYBE})/"
    rf"|[a-z0-9]\s*[\[({{]\s*(?:{DOTS}|\.)\s*[\])}}]\s*(?:{_MAYBE})\b"
)
_MAYBE_LINK = re.compile(
    rf"[a-z0-9]{{2}}\.(?:{_MAYBE})\b|[a-z0-9]\s(?:dot|punkt)\s(?:{_MAYBE})\b|[a-z0-9]{{2}}\.[a-z]{{2}}|\bslash\b"
    rf"|\b[a-z0-9]\.(?:{NEW_ENDS})\b|\s(?:{DOTS})\s+(?:{_SURE}|{NEW_ENDS})\b"
    rf"|\b(?!(?:{ARTICLES})\s)[a-z0-9]+\s(?:{DOTS})\s(?:es|fr|it|de|nl|be|ch|at|pt)\b(?!\s+vue)"
)
_MAILS = re.compile(
    rf"@|\b(?:{AT_SIGNS})\b|[\[({{<]\s*(?:at|a|en|bei|arroba)\s*[\])}}>]"
    rf"|\bat\s+(?!th[aei]|wh|som|one|a\s)\S+\s+(?:{DOTS})\b"
    rf"|\b(?:{'|'.join(MAIL)})\b"
)
_NAME = re.compile(r"[a-z0-9]+_+[a-z0-9_]*|_+[a-z]+")
_MAYBE_NAME = re.compile(r"\b[a-z]{3,}\d{2,}\b|\b\d{2,}[a-z]{3,}\b")
_APPS = re.compile(APPS)
_WHAT_IS = re.compile(r"\bwhat['\u2019]s\b(?!\s?app)")  # no network
_CALLED = re.compile(
    rf"(?:{'|'.join((*NETWORKS, *(rf'{chr(92)}b{name}' for name in SHORT_NETWORKS | MAYBE_NETWORKS)))})\s*[:=]"
)
_CARRIED = re.compile(r"\b(?:von|van|der|den|del|della|dos|das|las|los|de|da|di|la|le|el)\b")
_DELICATE = tuple(re.compile(pattern) for pattern in DELICATE)


def read(words: str, before: Sequence[str] = (), names: Sequence[str] = ()) -> Reading:
    """What is to be done with `words`, which follow those `before` from the same person to the same other, oldest
    first: a number may come in pieces. `names`: surnames of the writer, by which they would be found."""
    text = unmasked(words)
    found = [_mails(text), _links(text), _networks(text), _names(text), _numbers(text), _delicate(text)]
    found += [_own_names(text, names), _other_script(words)]
    if (before and any(c.isdigit() or c in "oil" for c in text)) or (before and _said(text)):
        found.append(_pieces([unmasked(one) for one in before[-LOOK_BACK:]], text))
    # Of what is held the weightier reason: a bare word such as "number" or "mail" says least.
    return max(
        found, key=lambda one: (_ORDER.index(one.verdict), one.verdict is Verdict.HOLD and one.why not in SLIGHT)
    )


def unmasked(words: str) -> str:
    """Lower case, without accents, invisible signs and look-alikes; every digit of every script as 0 to 9."""
    kept = []
    for sign in unicodedata.normalize("NFKD", "".join(_DRAWN.get(ord(sign), sign) for sign in words)):
        if sign in _BLANKS:
            kept.append(_BLANKS[sign])
        elif unicodedata.category(sign) in ("Cf", "Mn", "Me", "Co", "Cs"):
            continue  # zero-width signs, accents, the frame of a keycap
        elif (digit := _digit(sign)) is not None:
            kept.append(f" {digit} " if ord(sign) > 0x2FF and unicodedata.category(sign) != "Nd" else str(digit))
        else:
            kept.append(" " if sign.isspace() or unicodedata.category(sign) == "Cc" else sign)
    return "".join(kept).lower().replace("ß", "ss").translate(_SAME_LOOK)


def _digit(sign: str) -> int | None:
    if sign.isascii():
        return int(sign) if sign.isdigit() else None
    value = unicodedata.numeric(sign, -1)
    return int(value) if value in range(10) else None


# --- numbers ----------------------------------------------------------------------------------------


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """For each row of numbers, digits or words, how many digits it has, and how many of them are surely meant so; read
    as it is written, and once more with letters and digits apart."""
    yield from _rows(_TOKEN.findall(text))
    if any(token.isalnum() and not token.isalpha() and not token.isdigit() for token in _TOKEN.findall(text)):
        yield from _rows(_PARTED.findall(text))


def _rows(found: Sequence[str]) -> Iterator[tuple[int, int]]:
    digits = sure = 0
    tokens = [*found, "\n"]
    for at, token in enumerate(tokens):
        size = _size(token, at > 0 and _size(tokens[at - 1], False) > 0)
        if token in TWICE:
            size = int(_size(tokens[at + 1], False) > 0)
        if size:
            digits += size
            sure += size if token not in ONE else 0
        elif token == "\n" or (token.isalnum() and token not in JOINTS):
            if digits:
                yield digits, sure
            digits = sure = 0


def _size(token: str, after_number: bool) -> int:
    """How many digits a word stands for."""
    if token.isdigit():
        return len(token)
    if token in PAIR_WORDS or _COMPOUND.fullmatch(token):
        return 2
    if token in DIGIT_WORDS:
        return 1
    if len(token) >= 8 and _ALL_GLUED.fullmatch(token):
        return max(2, len(_GLUED.findall(token)))
    if token in ("o", "i", "l"):
        return int(after_number)
    almost = token.translate(_ALMOST_DIGITS)
    # Some letters that look like digits, or digits with something between: "O6", "l2", "0a6b1c".
    if any(c.isdigit() for c in token):
        return len(almost) if almost.isdigit() else sum(c.isdigit() for c in token)
    return 0


def _numbers(text: str) -> Reading:
    runs = list(_runs(without_plain(text)))
    if any(digits >= SURELY for digits, _ in runs):
        sure = any(digits >= SURELY for digits, _ in _runs(without_innocent(text)))
        return Reading(Verdict.REFUSE if sure else Verdict.HOLD, "number")
    if any(digits >= PERHAPS for digits, _ in runs) or _in_all(text) >= IN_ALL or _ROMAN.search(text) or _sounds(text):
        return Reading(Verdict.HOLD, "number")
    return FINE


def _sounds(text: str) -> bool:
    """Digits written as they sound: "oh six won too free for"."""
    long = real = 0
    for token in _TOKEN.findall(text):
        if token in DIGIT_WORDS or token in SOUNDS:
            long, real = long + 1, real + (token in DIGIT_WORDS and token not in ONE)
        elif token.isalnum():
            long = real = 0
        if long >= 6 and real >= 2:
            return True
    return False


def _in_all(text: str) -> int:
    return sum(sure for _, sure in _rows(_PARTED.findall(without_plain(text))))


def _said(text: str) -> bool:
    return any(True for _ in _runs(text))


def _pieces(before: Sequence[str], text: str) -> Reading:
    """A number in several messages: what one ends with and the next begins with stand in one row."""
    joined = " ".join((*before, text))
    alone = max((digits for one in (*before, text) for digits, _ in _runs(one)), default=0)
    longest = max((digits for digits, _ in _runs(joined)), default=0)
    if longest >= SURELY and longest > alone:
        sure = any(digits >= SURELY for digits, _ in _runs(without_innocent(joined)))
        return Reading(Verdict.REFUSE if sure else Verdict.HOLD, "number")
    return Reading(Verdict.HOLD, "number") if _in_all(joined) > IN_ALL and _said(text) else FINE


# --- links, addresses, names ------------------------------------------------------------------------


def _links(text: str) -> Reading:
    if _LINKS.search(text):
        return Reading(Verdict.REFUSE, "link")
    return Reading(Verdict.HOLD, "link") if _MAYBE_LINK.search(text) else FINE


def _mails(text: str) -> Reading:
    squeezed = _NOT_PLAIN.sub("", text)
    if _MAILS.search(text) or any(name in squeezed for name in ("gmail", "hotmail", "protonmail", "icloudcom")):
        return Reading(Verdict.REFUSE, "mail")
    told = set(_TOKEN.findall(text))
    return Reading(Verdict.HOLD, "mail") if told & MAIL_WORDS or "e-mail" in text else FINE


def _plain_words(text: str) -> set[str]:
    """The words as they read once letters stand again where digits and signs stood for them, and s p e l l e d ones."""
    written = [*text.split(), *_spelled(text)]
    return {_NOT_PLAIN.sub("", word.translate(leet)) for word in written for leet in _LEET} | set(_TOKEN.findall(text))


def _spelled(text: str) -> set[str]:
    found = {_NOT_PLAIN.sub("", found) for found in _SPELLED.findall(text)}
    # What stands before and after may be a word of one letter, such as "a" or "y".
    return found | {word[at:] for word in found for at in (1, 2)} | {word[:-at] for word in found for at in (1, 2)}


def _networks(text: str) -> Reading:
    text = _WHAT_IS.sub("what is", text)
    told = [token for token in _TOKEN.findall(text) if token.isalnum()]
    squeezed = _NOT_PLAIN.sub("", text)
    named = SHORT_NETWORKS.intersection(told) or any(name in squeezed for name in NETWORKS)
    if _spelled(text) & {*NETWORKS, *SHORT_NETWORKS} or (not named and _disguised(text)):
        return Reading(Verdict.REFUSE, "network")
    lesser = MAYBE_NETWORKS.intersection(told) or _plain_words(text) & SHORT_NETWORKS
    if not (named or lesser or _APPS.search(text)):
        return FINE
    called = _NAME.search(text) or USER_WORDS.intersection(told) or (named and _MAYBE_NAME.search(text))
    refused = called or _CALLED.search(text) or _invites(told)
    return Reading(Verdict.REFUSE if refused else Verdict.HOLD, "network")


def _disguised(text: str) -> bool:
    """A network whose name has digits or signs for letters, or signs between them."""
    short = {name for name in _plain_words(text) & SHORT_NETWORKS if len(name) > 3}
    squeezed = {_NOT_PLAIN.sub("", text.translate(leet)) for leet in _LEET}
    return bool(short) or any(name in line for name in NETWORKS for line in squeezed)


def _invites(told: Sequence[str]) -> bool:
    """Is somebody asked to write there, or told whose name it is?"""
    networks = {*NETWORKS, *SHORT_NETWORKS, *MAYBE_NETWORKS}
    for at, word in enumerate(told):
        near = told[at + 1 : at + 3]
        if word in INVITING or (
            word in VERBS and (ME.intersection(near) or ME.intersection(told[max(at - 1, 0) : at]))
        ):
            return True
        if (word in networks or word == "app") and ME.intersection(near[:1]):
            return True
        if word in MINE and networks.intersection(near[:1]):
            return True
    return False


def _names(text: str) -> Reading:
    if _NAME.search(text):
        return Reading(Verdict.REFUSE, "name")
    told = set(_TOKEN.findall(text)) & NAME_WORDS
    return Reading(Verdict.HOLD, "name") if told or _MAYBE_NAME.search(text) else FINE


def _own_names(text: str, names: Sequence[str]) -> Reading:
    """A stranger who knows the surname finds the rest."""
    told, squeezed = _plain_words(text), _NOT_PLAIN.sub("", text)
    for name in names:
        for part in _CARRIED.sub(" ", unmasked(name)).split():
            plain = _NOT_PLAIN.sub("", part)
            if plain and (plain in told or (len(plain) > 4 and plain in squeezed)):
                return Reading(Verdict.HOLD, "name")
    return FINE


def _other_script(words: str) -> Reading:
    """What is written in letters that are not Latin nobody has looked through here."""
    strange = sum(sign.isalpha() and not unicodedata.name(sign, "").startswith("LATIN") for sign in unmasked(words))
    return Reading(Verdict.HOLD, "name") if strange > 2 else FINE


def _delicate(text: str) -> Reading:
    plain = " ".join(_NOT_PLAIN.sub(" ", text.replace("'", "").replace("\u2019", "")).split())
    return Reading(Verdict.HOLD, "delicate") if any(found.search(plain) for found in _DELICATE) else FINE
