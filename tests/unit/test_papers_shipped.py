"""The papers we ship, as templates."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import docx

from bot.papers.paper_docx import SPELLING, paper_docx
from bot.papers.paper_filling import DOTS, Template, Values, fill
from bot.papers.paper_guard import checked_docx
from tests.support import shipped
from tests.support.docx_files import texts_of

MODEL = {
    "en": "This is a model to adapt.", "fr": "Ceci est un modèle à adapter.", "es": "Este es un modelo para",
    "it": "Questo è un modello da adattare.", "de": "Dies ist ein Muster zum", "nl": "Dit is een model om",
}  # fmt: skip
NOW = datetime(2027, 1, 2, 3, tzinfo=UTC)


def test_every_paper_is_a_sound_template_that_says_first_that_it_is_a_model() -> None:
    library = shipped.library()
    for number, form in enumerate(library.documents.values()):
        language = sorted(SPELLING)[number % len(SPELLING)]
        made = paper_docx(
            form, lambda text_id, to=language: library.catalogues.forms(text_id, to)[0][0],
            lambda text, to=language: library.catalogues.plain(text, to, "UTC"), language, NOW,
        )  # fmt: skip
        checked_docx(made, form.id)
        data, missing = fill(Template(form.id, made, form.fields, form.lists), Values({}, {}))
        words = texts_of(data)
        assert words[1].startswith(MODEL[language]), form.id
        assert not any("{" in one or "…" in one.replace(DOTS, "") for one in words), form.id
        assert set(missing) <= form.fields | form.lists
        read = docx.Document(io.BytesIO(data))
        assert (read.core_properties.language, read.core_properties.created) == (SPELLING[language], NOW)
        assert round(read.sections[0].page_width.mm) == 210
