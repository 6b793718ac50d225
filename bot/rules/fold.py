"""Text as people mean it: without capitals, accents, apostrophes and doubled letters, which nobody types reliably,
and Cyrillic as it is typed on a Latin keyboard."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from string import ascii_lowercase

# Serbian, Macedonian and Montenegrin as they are typed on a Latin keyboard, and enough of the other Cyrillic alphabets.
_CYRILLIC = dict(zip("абвгдежзијклмнопрстћуфхцчшђѓќйѝыэъёіґ", "abvgdezzijklmnoprstcufhccsdgkjiyeaeig", strict=True)) | (
    {"љ": "lj", "њ": "nj", "џ": "dz", "ѕ": "dz", "щ": "st", "ь": "", "ю": "ju", "я": "ja", "ї": "ji", "є": "je"}
)
_LATIN = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i"}
_SPECIAL = str.maketrans({**_LATIN, **_CYRILLIC, "’": "'", "ʼ": "'"})
_NOT = re.compile(r"n't\b")
_PAUSE = re.compile(r"\.{2,}|…")
_END = re.compile(r"[.!?;:\n]+")
_REPEATED = re.compile(r"([^\W\d_])(?=\1)")
_SOFT = re.compile(r"(?<=[dgk])j")  # đ, ѓ, ќ without their keys: "dodji", "gjubre", "kje"
_OTHER = re.compile(r"[^\w.]+|_+")
# The same for what most texts are made of: a table and 26 looks take a tenth of what two expressions take.
_ASCII_OTHER = str.maketrans({chr(code): " " for code in range(128) if not (chr(code).isalnum() or chr(code) == ".")})
_DOUBLED = tuple((letter * 2, letter) for letter in ascii_lowercase)


_ASCII = {n: " " for n in range(128) if not chr(n).isalnum()}  # to a space whatever is no letter or digit


def plain(name: str) -> str:
    """A name as people type it: lower case, without accents and punctuation. `Séville`, `SEVILLE` and `seville` are
    one, as are `Date d'arrivée*` and `date d arrivee`."""
    if name.isascii():  # as most are
        return " ".join(name.lower().translate(_ASCII).split())
    parts = unicodedata.normalize("NFKD", name.casefold().replace("ø", "o").replace("ł", "l"))
    return " ".join("".join(c if c.isalnum() else " " for c in parts if not unicodedata.combining(c)).split())


@lru_cache(maxsize=256)  # one message is asked about several times: danger, short words, the kit
def fold(text: str) -> str:
    """Words joined by single spaces, with ` . ` where a sentence ends; dots in a row are only a pause.
    "I can't... breathe!!" → `i cant breathe .`"""
    if text.isascii() and text.isalnum():  # a plain word, as most are: no sentence ends in it, nothing is joined
        return _REPEATED.sub("", _SOFT.sub("", text.lower()))
    lowered = text.lower().translate(_SPECIAL)
    bare = _PAUSE.sub(" ", lowered) if ".." in lowered or "…" in lowered else lowered
    if not bare.isascii():
        bare = "".join(c for c in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(c))
    soft = bare.replace("dj", "d").replace("gj", "g").replace("kj", "k")
    sentences = _END.sub(" . ", _NOT.sub("nt", soft) if "n't" in soft else soft)
    if sentences.isascii():
        return " ".join(_undoubled(sentences.translate(_ASCII_OTHER)).split())
    return " ".join(_REPEATED.sub("", _OTHER.sub(" ", sentences)).split())


def _undoubled(lowered: str) -> str:
    """`_REPEATED` for lower case ASCII."""
    for doubled, letter in _DOUBLED:
        while doubled in lowered:
            lowered = lowered.replace(doubled, letter)
    return lowered
