"""Templates of others: what fills them, and what they may not do."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from bot.errors import BadInput
from bot.papers.paper_filling import DOTS, Template, Values, fill
from bot.papers.paper_guard import LARGEST, checked_docx
from tests.support.docx_files import texts_of, with_parts, word_file

FIELDS = frozenset(("learner.name", "learner.trade"))
KNOWN = Values(
    {"learner.name": "Lea Beispiel"},
    {"learner.trade": "Trade"},
    {"outcomes": [{"number": str(n), "text": f"Outcome {n}"} for n in range(1, 21)]},
)
PLAIN = word_file("{{ learner.name }}")


def template(*paragraphs: str, table: tuple[str, ...] = (), header: str = "") -> Template:
    return Template("own.docx", word_file(*paragraphs, table=table, header=header), FIELDS, frozenset(("outcomes",)))


def test_what_is_not_known_becomes_a_dotted_line_that_says_what_belongs_there() -> None:
    data, missing = fill(template("{{ learner.name }}, {{ learner.trade }}", "{{ learner.trade|bare }}"), KNOWN)
    assert texts_of(data) == [f"Lea Beispiel, {DOTS} (Trade)", DOTS]
    assert missing == ["learner.trade"]


def test_twenty_outcomes_are_twenty_rows_and_none_leave_rows_to_write_in() -> None:
    asked = template(table=("{%tr for item in outcomes %}", "{{ item.number }} {{ item.text }}", "{%tr endfor %}"))
    data, missing = fill(asked, KNOWN)
    assert texts_of(data) == [f"{n} Outcome {n}" for n in range(1, 21)]
    assert missing == []
    data, missing = fill(asked, Values({}, {}))
    assert (texts_of(data), missing) == ([], ["outcomes"])
    assert data.count(b"PK") > 1  # still a whole file


def test_names_are_words_whatever_signs_they_are_made_of() -> None:
    names = ("{{ 7*7 }}", "A & B <i>", "ليلى مثال", "{% for x in y %}", "}}<w:p/>")
    for name in names:
        data, _ = fill(template("{{ learner.name }}"), Values({"learner.name": name}, {}))
        assert texts_of(data) == [name]


def test_headers_are_filled_and_an_if_hides_what_is_not_known() -> None:
    asked = template("{%p if learner.trade %}", "Trade", "{%p endif %}", "End", header="{{ learner.name }}")
    data, _ = fill(asked, KNOWN)
    assert texts_of(data) == ["End"]
    assert b"Lea Beispiel" in _part(data, "word/header1.xml")


def _part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return packed.read(name)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("{{ learner.naem }} {{ guardian.name }}", "does not have: guardian.name, learner.naem"),
        ("{% for o in outcomes %}{{ o.colour }}{% endfor %}", "does not have: o.colour"),
        ("{{ ''.__class__.__mro__ }}", "does more than a template may"),
        ("{{ learner.name.__class__ }}", "does more than a template may (a field of a field)"),
        ("{{ cycler.__init__ }}", "does not have: cycler.__init__"),
        ("{{ range(9) }}", "does more than a template may (Call)"),
        ("{% set x = 1 %}", "does more than a template may (Assign)"),
        ("{% include 'x' %}", "does more than a template may (Include)"),
        ("{{ learner.name|upper }}", "does more than a template may (Filter)"),
        ("{% for a in outcomes %}{% for b in outcomes %}{% for c in outcomes %}x{% endfor %}{% endfor %}{% endfor %}",
         "a loop of this kind"),
        ("{{ learner.name", "cannot be filled: unexpected"),
        ("{% if learner.name %}", "cannot be filled: Unexpected end of template"),
        ("{{r learner.name }}", "has a field where no text can stand"),
    ],
)  # fmt: skip
def test_a_template_that_asks_for_more_is_refused_in_one_sentence(words: str, told: str) -> None:
    with pytest.raises(BadInput, match=re.escape(told)):
        fill(template(words), KNOWN)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is no DOCX file, or it is damaged"),
        (b"not a file of Word", "is no DOCX file, or it is damaged"),
        (PLAIN[: len(PLAIN) // 2], "is no DOCX file, or it is damaged"),
        (b"x" * (LARGEST + 1), "is too large (10 MB at most)"),
        (with_parts(PLAIN, {"word/bomb.xml": b" " * 70_000_000}), "is too large once unpacked"),
        (with_parts(PLAIN, {"word/vbaProject.bin": b"x"}), "has macros"),
        (with_parts(PLAIN, {"[Content_Types].xml": b"<Types>application/vnd.ms-word.document.macroEnabled</Types>"}),
         "has macros"),
        (with_parts(PLAIN, {"word/embeddings/x.bin": b"x"}), "embedded"),
        (with_parts(PLAIN, {"word/x.xml": b"<!DOCTYPE x [<!ENTITY y 'z'>]><x>&y;</x>"}), "definitions of its own"),
        (with_parts(PLAIN, {"word/_rels/settings.xml.rels":
            b"<Relationships><Relationship Type='x/attachedTemplate' Target='https://example.org' "
            b"TargetMode='External'/></Relationships>"}), "would load something from elsewhere"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)  # fmt: skip
def test_a_file_that_is_no_plain_word_file_is_refused_before_it_is_opened(data: bytes, told: str) -> None:
    with pytest.raises(BadInput, match=re.escape(told)):
        checked_docx(data, "own.docx")


def test_a_link_that_one_must_click_is_no_danger() -> None:
    link = b"<Relationships><Relationship Type='x/hyperlink' Target='https://example.org' TargetMode='External'/>"
    checked_docx(with_parts(PLAIN, {"word/_rels/x.xml.rels": link + b"</Relationships>"}), "own.docx")
