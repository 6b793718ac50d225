"""The bundled fonts: which one has a glyph for a character, so that names in any script can be drawn."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "fonts"
MAIN, BOLD = "NotoSans-Regular", "NotoSans-Bold"
# Looked at in this order for what the main font lacks.
OTHERS = (
    "NotoSansArabic-Regular", "NotoSansHebrew-Regular", "NotoSansArmenian-Regular", "NotoSansGeorgian-Regular",
    "NotoSansEthiopic-Regular", "NotoSansBengali-Regular", "NotoSansDevanagari-Regular", "NotoSansGurmukhi-Regular",
    "NotoSansTamil-Regular", "NotoSansThai-Regular", "NotoSansSinhala-Regular", "NotoSansTifinagh-Regular",
    "NotoEmoji-Regular", "DroidSansFallback",
)  # fmt: skip
UNKNOWN = "□"
# What only says how the character before it is shown, or joins characters: nothing is lost without it.
_SILENT = frozenset("\u200b\u200c\u200d\ufe0e\ufe0f\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u2060\ufeff\U000e007f")
_SKIN = range(0x1F3FB, 0x1F400)


def path_of(font: str) -> Path:
    """The file of a bundled font."""
    return FOLDER / f"{font}.ttf"


@cache
def glyphs_of(font: str) -> frozenset[int]:
    """The code points a font has glyphs for."""
    from fontTools.ttLib import TTFont

    with TTFont(path_of(font), lazy=True) as found:
        return frozenset(found.getBestCmap())


def needed(text: str) -> tuple[str, ...]:
    """The fonts beside the main one that this text needs, in the order in which they are to be tried."""
    rest = {ord(c) for c in text} - glyphs_of(MAIN)
    found = []
    for font in OTHERS if rest else ():
        if rest & glyphs_of(font):
            found.append(font)
            rest -= glyphs_of(font)
    return tuple(found)


def drawable(text: str) -> str:
    """The text with what no font can draw replaced by a box, without direction marks and skin tones of emoji."""
    kept = (c for c in unicodedata.normalize("NFC", text) if c not in _SILENT and ord(c) not in _SKIN)
    return "".join(c if c in "\n\t" or _known(ord(c)) else UNKNOWN for c in kept)


def undrawable(text: str) -> frozenset[str]:
    """The characters of a text that no bundled font has."""
    return frozenset(
        c for c in text if c not in _SILENT and c not in "\n\t" and ord(c) not in _SKIN and not _known(ord(c))
    )


def is_complex(text: str) -> bool:
    """Whether a text has letters that join, stack or run from right to left, or marks that stand on others."""
    return any(
        c > "\u02ff" and (0x0590 <= ord(c) < 0x1100 or 0xFB1D <= ord(c) <= 0xFEFF or unicodedata.combining(c) > 0)
        for c in text
    )


def runs_left(text: str) -> bool:
    """Whether a text begins at the right edge: its first letter is of a script that is read from there."""
    first = next((kind for c in text if (kind := unicodedata.bidirectional(c)) in ("L", "R", "AL")), "L")
    return first != "L"


@cache
def _known(code_point: int) -> bool:
    return any(code_point in glyphs_of(font) for font in (MAIN, *OTHERS))
