"""Documents made of the content: sheets, guides and booklets, as web pages and as PDF, in every complete language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import pytest

from bot.content.languages import COMPLETE
from bot.i18n import Text
from bot.papers.blocks import Cards, Document, Facts, Heading, Paragraph, Quiz
from bot.papers.booklet import booklet
from bot.papers.documents import guide_document, journey_document, sheets_document
from bot.papers.inline import as_html, as_marks, headed, runs
from bot.papers.web_page import STYLE, web_page
from tests.support import shipped

LIBRARY = shipped.library()
JOURNEYS = ("host-tutor", "family", "referent")


@cache
def documents(language: str) -> tuple[Document, ...]:
    def words(text: Text) -> str:
        return LIBRARY.catalogues.html(text, language, "UTC")

    sheets = list(LIBRARY.sheets.values())
    return (
        sheets_document(sheets, words, language),
        sheets_document(sheets[:1], words, language),
        *(guide_document(guide, LIBRARY, words, language) for guide in LIBRARY.guides.values()),
        *(journey_document(LIBRARY.journey(name), LIBRARY, words, language) for name in JOURNEYS),
    )


def pages(language: str) -> Iterator[str]:
    for document in documents(language):
        yield web_page(document).decode()


# --- every document, every language ------------------------------------------------------------------


@pytest.mark.parametrize("language", COMPLETE)
def test_a_web_page_names_its_language_and_asks_the_net_for_nothing(language: str) -> None:
    for page in pages(language):
        assert f'<html lang="{language}" dir="ltr">' in page
        assert re.findall(r"<(?:script|link|img|iframe)\b|\bsrc=|url\(|@import", page) == []


@pytest.mark.parametrize("language", COMPLETE)
def test_headings_of_a_web_page_begin_with_one_and_leave_no_level_out(language: str) -> None:
    for page in pages(language):
        levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(below <= above + 1 for above, below in pairwise(levels))


@pytest.mark.parametrize("language", COMPLETE)
def test_every_box_to_tick_has_its_own_label(language: str) -> None:
    for page in pages(language):
        boxes = re.findall(r'type="checkbox" id="(\w+)"', page)
        assert boxes == re.findall(r'<label for="(\w+)"', page)
        assert len(set(boxes)) == len(boxes)


@pytest.mark.parametrize("language", COMPLETE)
def test_no_document_shows_a_gap_where_a_text_should_stand(language: str) -> None:
    for page in pages(language):
        body = page.split("</style>")[1]
        assert re.findall(r"\{\w*\}|<(?:p|li|h\d|dt)>\s*</", body) == []


def test_ink_and_ground_have_contrast_in_light_and_dark() -> None:
    schemes = re.findall(r":root\{([^}]*--ink[^}]*)\}", STYLE.replace("\n", ""))
    assert len(schemes) == 3
    for scheme in schemes:
        colours = dict(re.findall(r"--(\w+):(#\w+)", scheme))
        for ground in ("ground", "pale"):
            assert contrast(colours["ink"], colours[ground]) >= 7
            assert min(contrast(colours[name], colours[ground]) for name in ("quiet", "accent")) >= 4.5


def contrast(one: str, other: str) -> float:
    """Of two colours, as WCAG 2 counts it."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    red, green, blue = (int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# --- what they hold ----------------------------------------------------------------------------------


def test_there_are_sheets_for_before_and_after_that_fit_into_two_lessons() -> None:
    sheets = LIBRARY.sheets.values()
    assert len(sheets) >= 20
    assert {sheet.phase for sheet in sheets} == {"before", "after"}
    assert all(30 <= sheet.minutes <= 90 for sheet in sheets)
    served = {competence for sheet in sheets for competence in sheet.competences}
    assert len(served) == 8


def test_what_comes_at_different_times_stands_in_a_booklet_once() -> None:
    booklet_of_hosts = documents("en")[-3]
    titles = [block.text for block in booklet_of_hosts.blocks if isinstance(block, Heading) and block.level == 2]
    assert titles.count("Half-time") == 1
    assert len(set(titles)) == len(titles)


def test_a_booklet_has_every_module_with_its_questions_and_lines_for_numbers() -> None:
    blocks = documents("en")[-3].blocks
    assert sum(isinstance(block, Quiz) for block in blocks) == 18
    assert any(isinstance(block, Facts) and ("Contact person", "") in block.pairs for block in blocks)


def test_a_guide_tells_where_its_facts_come_from() -> None:
    learner = documents("en")[2]
    assert [b.text for b in learner.blocks if isinstance(b, Heading) and b.level == 1][-1] == "Sources"


# --- markup ------------------------------------------------------------------------------------------


def test_markup_that_nobody_knows_leaves_only_its_words() -> None:
    assert as_html('<script>alert(1)</script> & <b onclick="x">bold</b>') == "alert(1) &amp; <strong>bold</strong>"
    assert as_html('<a href="javascript:x">here</a>') == "here"


def test_a_link_stays_one_on_a_page_and_is_written_out_on_paper() -> None:
    text = 'See <a href="https://example.org">this</a>.'
    assert as_html(text) == 'See <a href="https://example.org">this</a>.'
    assert as_marks(text) == "See this (https://example.org)."


def test_what_is_typed_stands_out_on_both() -> None:
    text = "Type <code>compagnon --help</code>."
    assert as_html(text) == text
    assert as_marks(text) == r"Type **compagnon \--help**."


def test_bold_words_are_marked_for_paper_and_gaps_are_no_marks() -> None:
    assert as_marks("<b>Stop</b> ____") == r"**Stop** \__\__"


def test_the_bold_first_line_of_a_card_is_its_title() -> None:
    assert headed("<b>Two places</b>\nCard in one pocket.") == ("Two places", "Card in one pocket.")
    assert headed("Plain <b>words</b>\nMore.") == ("", "Plain <b>words</b>\nMore.")
    assert [run.bold for run in runs("<b>a</b>b")] == [True, False]


# --- paper -------------------------------------------------------------------------------------------


def test_a_pdf_breaks_between_blocks_and_tells_its_language() -> None:
    long = tuple(Paragraph("Words and words. " * 40) for _ in range(14))
    cards = Cards(tuple(f"Card {n}" for n in range(6)))
    found = booklet(Document("de", "Titel", (Heading(1, "Erstes"), *long, Heading(2, "Karten"), cards), foot="Fuß"))
    assert found.startswith(b"%PDF-")
    assert found.count(b"/Type /Page\n") == 3
    assert b"/Lang (de)" in found
