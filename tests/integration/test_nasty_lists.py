"""Lists as they come in real life, and worse: each is taken faithfully, or refused with the exact place."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from bot.content.loader import Library
from bot.errors import BadInput, Faults
from bot.rules.kit_search import KitSearch
from bot.service.core import Core
from bot.service.import_file import ImportReport, import_cohort
from bot.service.import_marks import mark
from bot.store.engine import open_store
from bot.store.tables import Membership, Person, Placement
from tests.support.databases import Databases
from tests.support.desk import CODE, NOW, cohort, listed
from tests.support.workbooks import fill, learner, saved, serial, tampered, workbook

RLO, LRO, PDF, ZWJ, NBSP = "\u202e", "\u202d", "\u202c", "\u200d", "\u00a0"
FRENCH = {
    "code": "Identifiant", "first_name": "Prénom", "last_name": "Nom", "language": "Langue", "birth_date": "Né(e) le",
    "host_city": "Ville d'accueil", "arrival_date": "Date d'arrivée", "return_date": "Date de retour",
    "referent": "Référent·e",
}  # fmt: skip
GERMAN = {
    "code": "Kürzel", "first_name": "Vorname", "last_name": "Nachname", "language": "Sprache",
    "birth_date": "Geburtsdatum", "host_city": "Zielort", "arrival_date": "Ankunft", "return_date": "Rückkehr",
    "referent": "Ansprechperson",
}  # fmt: skip
ITALIAN = {"code": "Codice", "first_name": "Nome", "last_name": "Cognome", "language": "Lingua",
           "referent": "Referente", "host_city": "Città ospitante", "arrival_date": "Data di arrivo",
           "return_date": "Data di ritorno"}  # fmt: skip
SPANISH = {"code": "Código", "first_name": "Nombre", "last_name": "Apellidos", "language": "Idioma",
           "host_city": "Destino", "arrival_date": "Fecha de llegada", "return_date": "Fecha de regreso",
           "referent": "Persona de referencia"}  # fmt: skip
DUTCH = {"code": "Leerlingnummer", "first_name": "Voornaam", "last_name": "Achternaam", "language": "Taal",
         "host_city": "Bestemming", "arrival_date": "Aankomst", "return_date": "Terugkeer",
         "referent": "Contactpersoon"}  # fmt: skip


def take(core: Core, data: bytes, **more: Any) -> ImportReport:
    cohort(core)
    return import_cohort(core, CODE, data, NOW, **more)


def stay(core: Core, code: str = "L01") -> tuple[Placement, Person]:
    with core.store.transaction() as session:
        placement, person = session.execute(
            select(Placement, Person).join(Person, Person.id == Placement.person_id).where(Placement.code == code)
        ).one()
        session.expunge_all()
        return placement, person


def merged_city(_: Workbook, sheet: Any) -> None:
    column = [cell.value for cell in sheet[1]].index("host_city") + 1
    sheet.cell(3, column).value = None
    sheet.merge_cells(start_row=2, end_row=3, start_column=column, end_column=column)


def merged_across(_: Workbook, sheet: Any) -> None:
    sheet.merge_cells("B2:C2")


def formula(_: Workbook, sheet: Any) -> None:
    sheet["B2"] = "=UPPER(C2)"


def error_cell(_: Workbook, sheet: Any) -> None:
    sheet["B2"] = "#REF!"
    sheet["B2"].data_type = "e"


def empty_rows_between(_: Workbook, sheet: Any) -> None:
    sheet.insert_rows(3, 40)


def formatted_to_the_end(_: Workbook, sheet: Any) -> None:
    for row in range(500, 4_000, 7):
        sheet.cell(row, 1).number_format = "@"


def far_below(_: Workbook, sheet: Any) -> None:
    for index, cell in enumerate(list(sheet[3]), start=1):
        sheet.cell(60_000, index).value = cell.value
        cell.value = None


def second_sheet(book: Workbook, _: Any) -> None:
    fill(book.create_sheet("Bakers"), [learner(code="L02", first_name="Noé")], {})


def notes_sheet(book: Workbook, _: Any) -> None:
    book.create_sheet("Notes")["A1"] = "call the bus company"


def hidden_sheet(book: Workbook, _: Any) -> None:
    sheet = book.create_sheet("Old")
    fill(sheet, [learner(code="OLD")], {})
    sheet.sheet_state = "hidden"


def people_sheet(book: Workbook, _: Any) -> None:
    rows = [
        {"code": "marta", "role": "tutrice", "first_name": "Marta", "last_name": "Ejemplo", "language": "es",
         "email": "marta@panaderia.example", "host_organisation": "Panadería Ejemplo"},
        {"code": "lea", "role": "Référente", "first_name": "Léa", "last_name": "Neuve", "language": "fr"},
    ]  # fmt: skip
    fill(book.create_sheet("Équipe"), rows, {})


TAKEN: dict[str, tuple[Callable[[], bytes], dict[str, Any]]] = {
    "plain workbook": (lambda: workbook(learner()), {"first_name": "Léa", "arrival_date": date(2026, 3, 1)}),
    "French headers": (lambda: workbook(learner(), headers=FRENCH), {"last_name": "Exemple"}),
    "German headers": (lambda: workbook(learner(), headers=GERMAN), {"return_date": date(2026, 3, 28)}),
    "Italian headers": (lambda: workbook(learner(), headers=ITALIAN), {"first_name": "Léa"}),
    "Spanish headers": (lambda: workbook(learner(), headers=SPANISH), {"last_name": "Exemple"}),
    "Dutch headers": (lambda: workbook(learner(), headers=DUTCH), {"last_name": "Exemple"}),
    "French headers in Windows CSV": (
        lambda: listed({}, separator=";", encoding="cp1252").replace(b"first_name", "Prénom".encode("cp1252")),
        {"first_name": "Léa"},
    ),
    "headers with stars and hints": (
        lambda: workbook(
            learner(), headers={"first_name": "First name *", "arrival_date": "Arrival date (dd/mm/yyyy)"}
        ),
        {"first_name": "Léa"},
    ),
    "dates as Excel numbers": (
        lambda: workbook(learner(arrival_date=serial("2026-03-01"), return_date=float(serial("2026-03-28")))),
        {"arrival_date": date(2026, 3, 1), "return_date": date(2026, 3, 28)},
    ),
    "dates as text": (lambda: workbook(learner(arrival_date="01/03/2026")), {"arrival_date": date(2026, 3, 1)}),
    "cells merged downwards": (
        lambda: workbook(learner(), learner(code="L02"), change=merged_city),
        {"host_city": "seville"},
    ),
    "a title above the header": (
        lambda: workbook(learner(), above=[["Mobilité 2026", "Lycée d'exemple"], []]),
        {"first_name": "Léa"},
    ),
    "empty rows between": (
        lambda: workbook(learner(code="L00"), learner(), change=empty_rows_between),
        {"first_name": "Léa"},
    ),
    "formatted to the end": (lambda: workbook(learner(), change=formatted_to_the_end), {"first_name": "Léa"}),
    "a row far below": (lambda: workbook(learner(code="L00"), learner(), change=far_below), {"first_name": "Léa"}),
    "a sheet of notes": (lambda: workbook(learner(), change=notes_sheet), {"first_name": "Léa"}),
    "several sheets": (lambda: workbook(learner(), change=second_sheet), {"first_name": "Léa"}),
    "a hidden sheet": (lambda: workbook(learner(), change=hidden_sheet), {"first_name": "Léa"}),
    "people on a second sheet": (
        lambda: workbook(learner(referent="lea", tutor="marta"), change=people_sheet),
        {"tutor_name": "Marta Ejemplo"},
    ),
    "a name with emoji": (lambda: workbook(learner(first_name="Léa 🦊")), {"first_name": "Léa 🦊"}),
    "a family emoji of five code points": (
        lambda: workbook(learner(first_name=f"Lea 👩{ZWJ}👩{ZWJ}👧")),
        {"first_name": f"Lea 👩{ZWJ}👩{ZWJ}👧"},
    ),
    "a name in Arabic": (lambda: workbook(learner(first_name="مريم", last_name="الأحمدي")), {"first_name": "مريم"}),
    "a direction override": (lambda: workbook(learner(first_name=f"{RLO}aeL{PDF}")), {"first_name": "aeL"}),
    "an apostrophe and quotes": (
        lambda: workbook(learner(last_name='O\'Brien "Bob" d’Été')),
        {"last_name": 'O\'Brien "Bob" d’Été'},
    ),
    "HTML in a name": (lambda: workbook(learner(last_name="<b>Bold</b>")), {"last_name": "<b>Bold</b>"}),
    "no-break spaces around": (lambda: workbook(learner(first_name=f"{NBSP}Léa{NBSP}")), {"first_name": "Léa"}),
    "a decomposed accent": (lambda: workbook(learner(first_name="Le\u0301a")), {"first_name": "Léa"}),
    "a numeric code": (lambda: workbook(learner(code=7)), {"code": "7"}),
    "a telephone number as a number": (lambda: workbook(learner(phone=33639980001)), {"phone": "33639980001"}),
    "status in French": (lambda: workbook(learner(status="Apprentie")), {"status": "apprentice"}),
    "without Telegram": (lambda: workbook(learner(telegram="non")), {"by_phone": True}),
    "a truth value": (lambda: workbook(learner(telegram=False)), {"by_phone": True}),
    "a travel group": (lambda: workbook(learner(group="Train A")), {"travel_group": "Train A"}),
    "a teacher": (
        lambda: workbook({k: v for k, v in learner(role="staff").items() if k != "birth_date"}),
        {"status": "staff"},
    ),
    "old Mac line ends": (lambda: listed({}).replace(b"\r\n", b"\r"), {"first_name": "Léa"}),
    "Unix line ends": (lambda: listed({}).replace(b"\r\n", b"\n"), {"first_name": "Léa"}),
    "UTF-16 with tabs": (lambda: listed({}, separator="\t", encoding="utf-16"), {"first_name": "Léa"}),
    "a BOM": (lambda: listed({}, encoding="utf-8-sig"), {"first_name": "Léa"}),
    "a line naming the separator": (lambda: b"sep=;\r\n" + listed({}, separator=";"), {"first_name": "Léa"}),
    "a line break in a cell": (lambda: listed({"accommodation": "Calle 1\n2º"}), {"accommodation": "Calle 1 2º"}),
    "unknown columns": (lambda: listed({"shoe_size": "39"}), {"first_name": "Léa"}),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_nasty_list_is_taken_faithfully(core: Core, name: str) -> None:
    make, expected = TAKEN[name]
    take(core, make())
    placement, person = stay(core, str(expected.get("code", "L01")))
    found = {key: getattr(placement if hasattr(placement, key) else person, key) for key in expected}
    assert found == expected


def shared(data: bytes, **parts: Any) -> bytes:
    return tampered(data, {f"xl/{name}.xml": part for name, part in parts.items()})


def bomb(megabytes: int = 90) -> bytes:
    return tampered(workbook(learner()), {"xl/media/zeros.bin": b"\0" * (megabytes * 1_000_000)})


def entities(xml: bytes) -> bytes:
    declared = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    head, _, rest = xml.partition(b"?>")
    return head + b"?>" + declared + rest if rest else declared + xml


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in files.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "31 February": (lambda: workbook(learner(arrival_date="31/02/2026")), "row 2, column arrival_date: “31/02/2026”"),
    "arrival after return": (
        lambda: workbook(learner(return_date=date(2026, 2, 1))), "row 2, column return_date: “2026-02-01” is before",
    ),
    "an unknown referent": (lambda: workbook(learner(referent="clare")), "row 2, column referent: “clare”"),
    "a code twice": (
        lambda: workbook(learner(), learner()), "row 3, column code: “L01” stands in row 2 already",
    ),
    "a formula never calculated": (
        lambda: workbook(learner(), change=formula), "row 2, column first_name: is a formula whose",
    ),
    "an error in a cell": (lambda: workbook(learner(), change=error_cell), "row 2, column first_name: holds the error"),
    "cells merged across": (
        lambda: workbook(learner(), change=merged_across), "row 2, column first_name: is merged across columns B to C",
    ),
    "a formula as text": (lambda: listed({"first_name": "=cmd()"}), "row 2, column first_name: “=cmd()” starts like"),
    "a fault on the second sheet": (
        lambda: workbook(
            learner(), change=lambda book, _: fill(book.create_sheet("Bakers"), [learner(code="L02", phone="x")], {})
        ),
        "sheet “Bakers”, row 2, column phone: “x”",
    ),
    "a fault below a French header": (
        lambda: workbook(learner(arrival_date="soon"), headers=FRENCH), "row 2, column arrival_date (“Date d'arrivée”)",
    ),
    "a date of 1900 from the number 7": (
        lambda: workbook(learner(arrival_date=7)), "row 2, column arrival_date: “7” is not a date",
    ),
    "a time of day in a date": (
        lambda: workbook(learner(arrival_date="2026-03-01 18:30")), "row 2, column arrival_date: “2026-03-01 18:30”",
    ),
    "neither yes nor no": (lambda: workbook(learner(telegram="perhaps")), "row 2, column telegram: “perhaps”"),
    "an unknown role": (lambda: workbook(learner(role="boss")), "row 2, column role: “boss” is not a role"),
    "an unknown tutor": (lambda: workbook(learner(tutor="marta")), "row 2, column tutor: “marta” is no code"),
    "two columns for one": (
        lambda: workbook({**learner(phone="+33 6 39 98 00 01"), "Portable": "+33 6 39 98 00 02"}),
        "row 1, column phone: stands 2 times",
    ),
    "a guardian of nobody": (
        lambda: workbook(
            learner(), {"code": "G", "role": "family", "first_name": "Anne", "language": "fr", "learners": "L99"}
        ),
        "row 3, column learners: “L99” is no learner of this list",
    ),
    "no header": (lambda: workbook({"1": "L01", "2": "Léa"}), "column code: is missing from the header"),
    "an empty workbook": (lambda: saved(Workbook()), "The file is empty"),
    "only hidden sheets with lists": (
        lambda: workbook({"remark": "x"}, change=hidden_sheet), "is missing from the header",
    ),
    "a zip bomb": (bomb, "unpacks to 90 MB"),
    "a tight bomb": (lambda: bomb(60), "far more than a list needs"),
    "entities that swell": (lambda: tampered(workbook(learner()), {SHEET: entities}), "XML entities"),
    "half a file": (lambda: workbook(learner())[:-400], "cannot be read"),
    "a part cut off": (lambda: tampered(workbook(learner()), {SHEET: lambda xml: xml[:-60]}), "cannot be read"),
    "a ZIP that is no workbook": (lambda: zipped(letter_txt=b"hello"), "no Excel workbook"),
    "a LibreOffice file": (lambda: zipped(content_xml=b"<x/>", mimetype=b"ods"), "a LibreOffice file"),
    "a binary workbook": (
        lambda: zipped(**{"[Content_Types]_xml": b"<x/>", "xl__workbook.bin": b"x"}), "binary workbook",
    ),
    "a workbook with a password": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "password"),
    "a PDF": (lambda: b"%PDF-1.7 ...", "a PDF"),
    "a web page": (lambda: b"<html><table><tr><td>code</td></tr></table></html>", "a web page"),
    "an open quotation mark": (lambda: listed({}).replace(b"L\xc3\xa9a", b'"L\xc3\xa9a'), "row 2: "),
    "an open quotation mark in a long file": (
        lambda: listed({"first_name": 'x"y'}).replace(b'"x""y"', b'"' + b"x," * 80_000), "row 2: a cell is longer",
    ),
    "not even text": (lambda: b"\x81\x8d\x8f" * 20, "neither UTF-8 nor Windows-1252"),
    "a name that lost a letter": (lambda: listed({"last_name": "Gda?sk"}), "row 2, column last_name"),
    "a telephone number in powers": (lambda: listed({"phone": "3,36E+10"}), "row 2, column phone"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_nasty_list_is_refused_with_the_exact_place(core: Core, name: str) -> None:
    make, says = REFUSED[name]
    with pytest.raises(BadInput) as caught:
        take(core, make())
    told = [str(fault) for fault in caught.value.faults] if isinstance(caught.value, Faults) else [str(caught.value)]
    assert any(line.startswith(says) or says in line for line in told), told
    with core.store.transaction() as session:
        assert session.scalar(select(func.count(Placement.id))) == 0
        assert session.scalar(select(func.count(Membership.id))) == 3


def test_there_are_more_than_sixty_nasty_lists() -> None:
    assert len(TAKEN) + len(REFUSED) > 60


# --- more of the same -----------------------------------------------------------------------------


def test_importing_a_workbook_again_changes_nothing(core: Core) -> None:
    data = workbook(learner(referent="lea", tutor="marta", telegram="no"), change=people_sheet)
    take(core, data)
    again = import_cohort(core, CODE, data, NOW)
    assert (again.added, again.changed, again.unchanged) == ([], [], ["L01"])
    assert {p.code: p.state for p in again.people} == {
        "marta": "unchanged", "lea": "unchanged", "claire": "missing", "paul": "missing",
    }  # fmt: skip


def test_a_dry_run_with_new_people_writes_nobody(core: Core) -> None:
    report = take(core, workbook(learner(referent="lea", tutor="marta"), change=people_sheet), dry_run=True)
    assert [p.code for p in report.people if p.state == "added"] == ["marta", "lea"]
    with core.store.transaction() as session:
        assert session.scalar(select(func.count(Membership.id))) == 3


def test_a_guardians_own_row_becomes_the_learners_guardian(core: Core) -> None:
    row = {"code": "G1", "role": "parent", "first_name": "Anne", "last_name": "Exemple", "language": "fr",
           "email": "anne@exemple.example", "learners": "L01"}  # fmt: skip
    take(core, workbook(learner(), row))
    placement, _ = stay(core)
    assert (placement.guardian_name, placement.guardian_email) == ("Anne Exemple", "anne@exemple.example")
    assert placement.guardian_id is not None


def test_a_changed_person_of_the_list_is_told_as_old_and_new(core: Core) -> None:
    cohort(core)
    row = {"code": "claire", "role": "referent", "first_name": "Claire", "last_name": "Neuve", "language": "fr"}
    report = import_cohort(core, CODE, workbook(learner(), row), NOW)
    changed = [person for person in report.people if person.state == "changed"]
    assert [(p.code, p.columns["last_name"]) for p in changed] == [("claire", ("Martin", "Neuve"))]


def test_faults_are_marked_where_they_stand_in_a_workbook(core: Core) -> None:
    data = workbook(learner(phone="x"), learner(code="L02", referent="zz"))
    with pytest.raises(Faults) as caught:
        take(core, data)
    copy = mark(data, caught.value.faults)
    assert copy is not None
    sheet = load_workbook(io.BytesIO(copy.data)).active
    assert sheet is not None
    marked = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
    assert len(marked) == 2
    assert any("“zz” is no code of a referent" in words for words in marked.values())


def test_faults_are_a_last_column_in_the_copy_of_a_text_list(core: Core) -> None:
    data = listed({"phone": "x"}, {"code": "L02"}, separator=";", encoding="cp1252")
    with pytest.raises(Faults) as caught:
        take(core, data)
    copy = mark(data, caught.value.faults)
    assert copy is not None
    lines = copy.data.decode("cp1252").splitlines()
    assert lines[0].endswith(";faults")
    assert "phone: “x” is not a telephone number" in lines[1]
    assert lines[2].endswith(";")


PAIRED = {"guardian_name": "Anne Exemple"}


@pytest.mark.parametrize("kind", ["workbook", "text"])
def test_many_rows_say_how_far_they_are(core: Core, kind: str) -> None:
    rows = [{"code": f"L{n:03}", "partner": f"L{n ^ 1:03}", **PAIRED} for n in range(600)]
    data = workbook(*(learner(**row) for row in rows)) if kind == "workbook" else listed(*rows)
    told: list[tuple[str, int, int]] = []
    take(core, data, tell=lambda what, done, of: told.append((what, done, of)))
    assert {what for what, _, _ in told} == {"read", "checked", "written"}
    assert all(done <= of for _, done, of in told)
    with core.store.transaction() as session:
        assert session.scalar(select(func.count(Placement.id)).where(Placement.partner_id.is_not(None))) == 600


def test_ten_thousand_rows_are_taken_in_time(databases: Databases, library: Library, search: KitSearch) -> None:
    store = open_store(databases.fresh("sqlite"))  # one of its own: to empty it takes longer than to fill it
    core = Core(store, library, search)
    cohort(core)
    data = workbook(*(learner(code=f"L{n:05}", partner=f"L{n ^ 1:05}", **PAIRED) for n in range(10_000)))
    began = time.process_time()
    assert len(import_cohort(core, CODE, data, NOW).added) == 10_000
    assert time.process_time() - began < 20
    store.close()
