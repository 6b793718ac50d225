"""A paper as a DOCX template: real Word styles, A4, page numbers, and fields such as `{{ learner.name }}` to be filled.

The same file is filled by us and given to organisations that make their own of it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from string import Formatter
from typing import Any

from bot.content.papers import Column, PaperForm, Section
from bot.i18n import Text, say
from bot.papers.inline import runs
from bot.rules.paper_fields import SIGNED_BY, field_of

Wording = Callable[[str], str]  # the id of a text → its words with the placeholders in them
Words = Callable[[Text], str]

SPELLING = {"en": "en-GB", "fr": "fr-FR", "es": "es-ES", "it": "it-IT", "de": "de-DE", "nl": "nl-NL"}
WIDTH, LABEL = 170.0, 60.0  # mm: between the margins, and of the first column of a table of facts
NARROW = {"number": 12.0, "mid": 27.0, "end": 27.0, "verdict": 27.0, "checked": 29.0, "unit": 40.0,
          "question": 32.0, "source": 46.0, "country": 45.0, "city": 45.0}  # fmt: skip
GREY, SHADE = "595959", "EDEDED"
SIGNING, WRITING = 12.0, 7.0  # mm: height of a row to sign in, and to write in


def paper_docx(form: PaperForm, wording: Wording, words: Words, language: str, now: datetime) -> bytes:
    """The template of a paper in a language; the file says that it was made `now`."""
    paper = _Paper(form, wording, words, language)
    paper.dated(now)
    for section in form.sections:
        paper.section(section)
    return paper.bytes()


def marked(wording: str) -> str:
    """The words of the catalogues with their placeholders as a template writes them."""
    found = Formatter().parse(wording)
    return "".join(before + (f"{{{{ {field_of(name)} }}}}" if name else "") for before, name, _, _ in found)


class _Paper:
    def __init__(self, form: PaperForm, wording: Wording, words: Words, language: str) -> None:
        from docx import Document
        from docx.shared import Mm

        self._mm = Mm
        self._form, self._wording, self._words = form, wording, words
        self._docx = Document()
        self._title = wording(f"{form.path}/title")
        self._page(language)
        self._docx.add_heading(self._title, 0)
        self._note()

    def section(self, section: Section) -> None:
        """One part, in the order in which a section is written."""
        at = f"{self._form.path}/sections/{section.id}"
        if section.heading is not None:
            self._docx.add_heading(marked(self._wording(f"{at}/heading")), 1)
        if section.text is not None:
            paragraph = self._docx.add_paragraph()
            self._say(paragraph, self._wording(f"{at}/text"))
            paragraph.paragraph_format.keep_with_next = bool(section.columns or section.facts or section.lines) or None
        for point in section.points:
            self._say(self._docx.add_paragraph(style="List Bullet"), self._wording(f"{at}/points/{point.id}/text"))
        if section.facts:
            self._facts(section.facts)
        if section.columns:
            self._table(section, at)
        for _ in range(section.lines):
            self._line()
        if section.sign:
            self._signatures(section.sign)

    def dated(self, now: datetime) -> None:
        """What the file says of itself; without it, that it was made years ago by somebody else."""
        core = self._docx.core_properties
        core.created = core.modified = now.astimezone(UTC).replace(tzinfo=None)

    def bytes(self) -> bytes:
        """The file."""
        out = io.BytesIO()
        self._docx.save(out)
        return out.getvalue()

    # --- the page -------------------------------------------------------------------------------

    def _page(self, language: str) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt, RGBColor

        section = self._docx.sections[0]
        section.page_width, section.page_height = self._mm(210), self._mm(297)
        section.left_margin = section.right_margin = self._mm(20)
        section.top_margin, section.bottom_margin = self._mm(20), self._mm(17)
        for name, size in (("Normal", 10), ("Title", 20), ("Heading 1", 12), ("Footer", 8.5)):
            style = self._docx.styles[name]
            style.font.size = Pt(size)
            style.font.color.rgb = RGBColor(0, 0, 0)
            _fonts(style.element.get_or_add_rPr(), "Arial")
        self._docx.styles["Normal"].paragraph_format.space_after = Pt(4)
        self._docx.styles["Heading 1"].paragraph_format.space_before = Pt(10)
        self._docx.styles["Heading 1"].paragraph_format.space_after = Pt(3)
        _spell(self._docx, SPELLING.get(language, language))
        head = section.header.paragraphs[0]
        head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        self._small(head, self._words(say("forms/head")))
        foot = section.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._small(foot, f"{self._title}  ·  ")
        _page_number(self._small(foot, ""), "PAGE")
        self._small(foot, " / ")
        _page_number(self._small(foot, ""), "NUMPAGES")
        core = self._docx.core_properties
        core.title, core.author, core.comments, core.language = self._title, "", "", SPELLING.get(language, language)

    def _note(self) -> None:
        """That it is a model, where nobody can overlook it."""
        cell = self._grid(1, (WIDTH,)).rows[0].cells[0]
        _shade(cell, SHADE)
        self._say(cell.paragraphs[0], self._words(say("forms/model")))
        self._gap()

    def _small(self, paragraph: Any, words: str) -> Any:
        from docx.shared import Pt, RGBColor

        run = paragraph.add_run(words)
        run.font.size, run.font.color.rgb = Pt(8.5), RGBColor.from_string(GREY)
        return run

    # --- what stands on it ----------------------------------------------------------------------

    def _say(self, paragraph: Any, wording: str) -> None:
        for one in runs(marked(wording)):
            run = paragraph.add_run(one.words)
            run.bold, run.italic = one.bold or None, one.italic or None

    def _gap(self) -> None:
        """Two tables in a row would become one."""
        from docx.shared import Pt

        paragraph = self._docx.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.line_spacing = Pt(5)

    def _line(self) -> None:
        from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER

        paragraph = self._docx.add_paragraph()
        paragraph.paragraph_format.tab_stops.add_tab_stop(self._mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        paragraph.add_run("\t")

    def _grid(self, rows: int, widths: Sequence[float]) -> Any:
        table = self._docx.add_table(rows, len(widths), style="Table Grid")
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = self._mm(width)
        for row in table.rows:
            self._row(row, widths)
        return table

    def _row(self, row: Any, widths: Sequence[float]) -> None:
        from docx.shared import Pt

        _once(row._tr.get_or_add_trPr(), "w:cantSplit")
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = self._mm(width)
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)

    def _facts(self, facts: Sequence[str]) -> None:
        table = self._grid(len(facts), (LABEL, WIDTH - LABEL))
        for row, name in zip(table.rows, facts, strict=True):
            _shade(row.cells[0], SHADE)
            row.cells[0].paragraphs[0].add_run(self._words(say(f"fields/{name.replace('.', '/')}")))
            row.cells[1].paragraphs[0].add_run(f"{{{{ {name}|bare }}}}")
        self._gap()

    def _table(self, section: Section, at: str) -> None:
        widths = _widths(section.columns)
        table = self._grid(1, widths)
        for cell, column in zip(table.rows[0].cells, section.columns, strict=True):
            _shade(cell, SHADE)
            cell.paragraphs[0].add_run(self._wording(f"{at}/columns/{column.id}/text")).bold = True
        _once(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")
        _hold(table.rows[0])
        if section.each is not None:
            entry = [f"{{{{ item.{column.field} }}}}" if column.field else "" for column in section.columns]
            for first in (f"{{%tr for item in {section.each} %}}", entry, "{%tr endfor %}"):
                self._fill(table, widths, [first] if isinstance(first, str) else first, section.columns)
        by_hand = [[self._wording(f"{at}/rows/{line.id}/text")] for line in section.rows]
        for texts in (*by_hand, *([] for _ in range(section.empty_rows))):
            self._fill(table, widths, texts)
            table.rows[-1].height = self._mm(WRITING)
        self._gap()

    def _fill(
        self, table: Any, widths: Sequence[float], texts: Sequence[str], columns: Sequence[Column] = ()
    ) -> None:  # fmt: skip
        from docx.shared import Pt

        row = table.add_row()
        self._row(row, widths)
        for place, (cell, text) in enumerate(zip(row.cells, texts, strict=False)):
            run = cell.paragraphs[0].add_run(text if text.startswith("{") else marked(text))
            if place < len(columns) and columns[place].field == "source":
                run.font.size = Pt(8)  # addresses are long

    def _signatures(self, parties: Sequence[str]) -> None:
        widths = (50.0, 50.0, WIDTH - 100.0)
        table = self._grid(1 + len(parties), widths)
        for cell, name in zip(table.rows[0].cells, ("for", "name", "signed"), strict=True):
            _shade(cell, SHADE)
            cell.paragraphs[0].add_run(self._words(say(f"forms/sign/{name}"))).bold = True
        for row, party in zip(table.rows[1:], parties, strict=True):
            row.height = self._mm(SIGNING)
            row.cells[0].paragraphs[0].add_run(self._words(say(f"forms/party/{party}")))
            if party in SIGNED_BY:
                row.cells[1].paragraphs[0].add_run(f"{{{{ {SIGNED_BY[party]}|bare }}}}")
        for row in table.rows[:-1]:
            _hold(row)  # who signs sees all who sign


def _widths(columns: Sequence[Column]) -> tuple[float, ...]:
    """As wide as a column says or its field needs; the others share what is left. Together they fill the page."""
    fixed = [float(column.width or NARROW.get(column.field or "", 0.0)) for column in columns]
    open_ones = fixed.count(0.0)
    if not open_ones:
        return tuple(width * WIDTH / sum(fixed) for width in fixed)
    return tuple(width or (WIDTH - sum(fixed)) / open_ones for width in fixed)


# --- what python-docx has no words for ----------------------------------------------------------


def _element(name: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    found: Any = OxmlElement(name)
    for key, value in attributes.items():
        found.set(qn(f"w:{key}"), value)
    return found


def _once(parent: Any, name: str) -> None:
    from docx.oxml.ns import qn

    if parent.find(qn(name)) is None:
        parent.append(_element(name))


def _hold(row: Any) -> None:
    """Keep a row on the page of the next one."""
    for cell in row.cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True


def _shade(cell: Any, colour: str) -> None:
    cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill=colour))


def _fonts(properties: Any, name: str) -> None:
    """One font for all scripts, right-to-left ones as well; the theme's fonts would win over it."""
    from docx.oxml.ns import qn

    found = properties.find(qn("w:rFonts"))
    if found is not None:
        properties.remove(found)
    properties.insert(0, _element("w:rFonts", ascii=name, hAnsi=name, cs=name, eastAsia=name))


def _spell(document: Any, tag: str) -> None:
    """The language in which Word checks the spelling."""
    from docx.oxml.ns import qn

    for found in document.styles.element.iter(qn("w:lang")):
        found.set(qn("w:val"), tag)


def _page_number(run: Any, field: str) -> None:
    for kind in ("begin", field, "end"):
        if kind == field:
            part = _element("w:instrText")
            part.text = field
        else:
            part = _element("w:fldChar", fldCharType=kind)
        run._r.append(part)
