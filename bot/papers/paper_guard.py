"""DOCX files of others, looked at before they are used: size, macros, what they would load from elsewhere."""

from __future__ import annotations

import io
import re
import zipfile

from bot.errors import BadInput

LARGEST = 10_000_000  # bytes of the file
UNPACKED = 60_000_000  # bytes of what is in it
PARTS = 2000
_REFERENCE = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")


def checked_docx(data: bytes, name: str) -> None:
    """Raises BadInput saying what is wrong with the file `name`, and what to do."""
    if len(data) > LARGEST:
        raise BadInput(f"{name} is too large (10 MB at most): make the pictures in it smaller.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            _look_through(packed, name)
    except (zipfile.BadZipFile, KeyError, OSError, NotImplementedError, RuntimeError, EOFError, ValueError):
        raise BadInput(f"{name} is no DOCX file, or it is damaged: save it again as .docx.") from None


def _look_through(packed: zipfile.ZipFile, name: str) -> None:
    parts = packed.infolist()
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise BadInput(f"{name} is too large once unpacked: make the pictures in it smaller.")
    kinds = packed.read("[Content_Types].xml").decode("utf-8", "replace")
    if "macroEnabled" in kinds or any("vbaproject" in part.filename.lower() for part in parts):
        raise BadInput(f"{name} has macros, which no paper needs: save it as .docx without macros.")
    for part in parts:
        lower = part.filename.lower()
        if "/embeddings/" in lower or "/activex/" in lower:
            raise BadInput(f"{name} has another file or control embedded: take it out, or put a picture in its place.")
        if lower.endswith((".xml", ".rels")):
            text = packed.read(part).decode("utf-8", "replace")
            if "<!DOCTYPE" in text or "<!ENTITY" in text:
                raise BadInput(f"{name} has definitions of its own in its XML: save it again as .docx from Word.")
            if lower.endswith(".rels") and _loads_from_elsewhere(text):
                raise BadInput(f"{name} would load something from elsewhere when opened: put pictures into the file.")


def _loads_from_elsewhere(text: str) -> bool:
    """A link that is only followed by a click is no such thing."""
    return any(
        'TargetMode="External"' in one and "/hyperlink" not in one
        for one in (found[0].replace("'", '"') for found in _REFERENCE.finditer(text))
    )
