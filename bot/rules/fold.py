"""Text as people mean it: without capitals, accents, apostrophes and doubled letters, which nobody types reliably."""

from __future__ import annotations

import re
import unicodedata

_SPECIAL = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "’": "'", "ʼ": "'"})
_NOT = re.compile(r"n't\b")
_PAUSE = re.compile(r"\.{2,}|…")
_END = re.compile(r"[.!?;:\n]+")
_REPEATED = re.compile(r"([^\W\d_])\1+")
_OTHER = re.compile(r"[^\w.]+|_+")


def fold(text: str) -> str:
    """Words joined by single spaces, with ` . ` where a sentence ends; dots in a row are only a pause.
    "I can't... breathe!!" → `i cant breathe .`"""
    lowered = text.lower().translate(_SPECIAL)
    bare = "".join(c for c in unicodedata.normalize("NFKD", _PAUSE.sub(" ", lowered)) if not unicodedata.combining(c))
    sentences = _END.sub(" . ", _NOT.sub("nt", bare))
    return " ".join(_REPEATED.sub(r"\1", _OTHER.sub(" ", sentences)).split())
