"""Values as people type them: accepted, tidied, or refused with what to write instead."""

from __future__ import annotations

from datetime import date

import pytest

from bot.errors import BadInput
from bot.rules import typed


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-01", date(2026, 3, 1)),
        ("01/03/2026", date(2026, 3, 1)),
        ("1.3.2026", date(2026, 3, 1)),
        ("1-3-2026", date(2026, 3, 1)),
        ("2026-03-01 00:00:00", date(2026, 3, 1)),
        (" 29/02/2028 ", date(2028, 2, 29)),
    ],
)
def test_a_date_is_iso_or_day_first(text: str, day: date) -> None:
    assert typed.parse_day(text) == day


@pytest.mark.parametrize(
    "text", ["31/02/2026", "2026-13-01", "03/15/2026", "01/03/26", "1 March", "46082", "29/02/2026"]
)
def test_what_is_no_day_is_refused_naming_the_value(text: str) -> None:
    with pytest.raises(BadInput, match=text.split("/")[0]) as caught:
        typed.parse_day(text)
    assert "2026-03-01 or 01/03/2026" in str(caught.value)


def test_excels_day_number_is_explained() -> None:
    with pytest.raises(BadInput, match="how Excel counts days"):
        typed.parse_day("46082")


@pytest.mark.parametrize("name", ["=cmd()", "+1", "@SUM(A1)", "-2+3", "\t=cmd()", "\u202e=cmd()"])
def test_a_formula_is_no_name(name: str) -> None:
    with pytest.raises(BadInput, match="formula"):
        typed.parse_name(name)


@pytest.mark.parametrize(
    "name", ["Léa", "O'Brien", "Nguyễn Thị", "李小龙", "ליאה", "Zoë 🎉", "<b>Bob</b>", "Jean-Luc", '"Billy"']
)
def test_names_of_all_kinds_are_kept_as_they_are(name: str) -> None:
    assert typed.parse_name(name) == name


def test_direction_overrides_are_taken_out_of_names() -> None:
    assert typed.parse_name("Ana\u202eevil\u202c") == "Anaevil"


@pytest.mark.parametrize("name", ["", "…", "\u202e", "x" * 101])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        typed.parse_name(name)


@pytest.mark.parametrize(("text", "tag"), [("FR", "fr"), ("pt_br", "pt-BR"), ("sr-latn", "sr-Latn"), ("sq", "sq")])
def test_a_language_tag_is_tidied(text: str, tag: str) -> None:
    assert typed.parse_language(text) == tag


def test_a_language_by_its_name_is_refused_with_its_tag() -> None:
    with pytest.raises(BadInput, match="write fr"):
        typed.parse_language("français")


@pytest.mark.parametrize(("text", "code"), [("fr", "FR"), ("XK", "XK")])
def test_a_country_is_two_letters(text: str, code: str) -> None:
    assert typed.parse_country(text) == code


@pytest.mark.parametrize(("text", "hint"), [("UK", "GB"), ("Allemagne", "DE"), ("España", "ES"), ("QQ", "ISO 3166")])
def test_another_spelling_of_a_country_is_refused_with_its_code(text: str, hint: str) -> None:
    with pytest.raises(BadInput, match=hint):
        typed.parse_country(text)


@pytest.mark.parametrize("phone", ["+33 6 12 34 56 78", "0612345678", "+34 (955) 50-00-01", "112"])
def test_telephone_numbers_are_kept(phone: str) -> None:
    assert typed.parse_phone(phone) == phone


@pytest.mark.parametrize("phone", ["3,36123E+10", "=1+1", "call me", "+", "++33"])
def test_what_is_no_telephone_number_is_refused(phone: str) -> None:
    with pytest.raises(BadInput, match="telephone number"):
        typed.parse_phone(phone)


@pytest.mark.parametrize("email", ["a@b", "a b@c.example", "a@b.example,c@d.example", "<a@b.example>", "@b.example"])
def test_what_is_no_email_address_is_refused(email: str) -> None:
    with pytest.raises(BadInput, match="e-mail"):
        typed.parse_email(email)


def test_a_code_is_made_from_any_name() -> None:
    assert typed.slug("Zoé Müller-Łęcki", "person") == "zoe-muller-lecki"
    assert typed.slug("李小龙", "person") == "person"


def test_a_formula_on_its_way_into_a_spreadsheet_is_defused() -> None:
    assert typed.safe_cell("=1+1") == "'=1+1"
    assert typed.safe_cell("Léa") == "Léa"


@pytest.mark.parametrize("value", ["+48 600", "+33 6"])
def test_a_number_that_was_cut_off_is_refused(value: str) -> None:
    with pytest.raises(BadInput, match="is not a telephone number"):
        typed.parse_phone(value)


@pytest.mark.parametrize("value", ["Gda?sk", "Wroc?aw", "?ukasz"])
def test_a_name_that_lost_a_letter_is_refused(value: str) -> None:
    with pytest.raises(BadInput, match="has lost a letter"):
        typed.parse_name(value)
