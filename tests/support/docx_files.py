"""DOCX files in tests: small templates made on the spot, and what stands in a file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import docx


def word_file(*paragraphs: str, table: tuple[str, ...] = (), header: str = "") -> bytes:
    """A template as somebody would write it in Word; `table`: rows of one cell."""
    made = docx.Document()
    for words in paragraphs:
        made.add_paragraph(words)
    if header:
        made.sections[0].header.paragraphs[0].text = header
    if table:
        rows = made.add_table(len(table), 1).rows
        for row, words in zip(rows, table, strict=True):
            row.cells[0].text = words
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_parts(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The same file with other parts in it, put in the place of those of the same name."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, held in parts.items():
            new.writestr(name, held)
    return out.getvalue()


def texts_of(data: bytes) -> list[str]:
    """Every paragraph of the body with words in it, those in tables too, in their order."""
    body = docx.Document(io.BytesIO(data)).element.body
    found = ("".join(t.text or "" for t in p.xpath(".//w:t")) for p in body.xpath(".//w:p"))
    return [words for words in found if words.strip()]
