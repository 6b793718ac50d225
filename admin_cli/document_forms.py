"""The papers between organisations: `compagnon documents list`, `fields`, `template` and `fill`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from admin_cli.context import desk
from admin_cli.files import write_bytes, write_folder, write_zip
from admin_cli.output import Json, counted, print_json, say, some, table
from bot.errors import BadInput
from bot.service import document_desk
from bot.service.document_desk import Order

Document = Annotated[str, typer.Argument(metavar="ID", help="Which paper: see `compagnon documents list`.")]
Language = Annotated[str, typer.Option(metavar="L", help="de, en, es, fr, it or nl.")]


def list_(language: Language = "en", json: Json = False) -> None:
    """The papers that can be filled: agreements, grids, sheets.

    Example: compagnon documents list --language fr
    """
    with desk() as d:
        rows = document_desk.listing(d.core, language, d.settings.content_dir)
    if json:
        print_json(rows)
        return
    table(("ID", "TITLE", "ABOUT", "WHAT IT IS FOR", "YOUR OWN TEMPLATE"),
          [(r["id"], r["title"], r["about"], r["purpose"], r["own"]) for r in rows], "No papers.")  # fmt: skip


def fields(document: Document, language: Language = "en", json: Json = False) -> None:
    """What a template of one's own may name, with what it means.

    In Word, write {{ learner.name }}; for a table, {%tr for item in outcomes %}, {{ item.text }} and {%tr endfor %},
    each in a row of its own. Put the file into the folder documents of COMPAGNON_CONTENT_DIR, as ID.LANGUAGE.docx or
    ID.docx.
    """
    with desk() as d:
        rows = document_desk.fields(d.core, document, language)
    if json:
        print_json(rows)
        return
    table(("FIELD", "WHAT IT MEANS"), [(r["field"], r["meaning"]) for r in rows], "No fields.")


def template(
    document: Document,
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="Where to write it.")],
    language: Language = "en",
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Our own template as a DOCX file with its fields, to adapt in Word.

    Example: compagnon documents template learning-agreement --language de --to learning-agreement.de.docx
    """
    with desk() as d:
        data = document_desk.template(d.core, document, language, d.now)
    write_bytes(to, data, force=force)
    say(f"{to}: adapt it, then put it into the folder documents of COMPAGNON_CONTENT_DIR.")


def fill(
    document: Document,
    learner: Annotated[str | None, typer.Option("--learner", metavar="CODE", help="For one learner.")] = None,
    cohort: Annotated[str | None, typer.Option("--cohort", metavar="C", help="For a cohort: a file a learner.")] = None,
    project: Annotated[str | None, typer.Option("--project", metavar="P", help="For a project.")] = None,
    country: Annotated[
        str | None, typer.Option("--country", metavar="CC", help="For a host country (minors-at-work), nobody's data.")
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(metavar="L", help="de, en, es, fr, it or nl; the learner's own, or English, by default."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE|DIR", help="A .docx, a .zip, or a folder; else here.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there.")] = False,
    json: Json = False,
) -> None:
    """Fill a paper from the database. What nobody has told becomes a dotted line, and is listed.

    Examples:

      compagnon documents fill learning-agreement --learner L07 --cohort SPRING27 --language es --to l07.docx

      compagnon documents fill assessment-grid --cohort SPRING27 --to grids.zip

      compagnon documents fill minors-at-work --country ES --language fr
    """
    _one_of(learner, cohort, project, country)
    with desk() as d:
        wanted = Order(document, learner, cohort, project, country, language)
        batch = document_desk.order(d.core, wanted, d.now)
        rows: list[dict[str, object]] = []
        lacking: Counter[str] = Counter()

        def papers() -> Iterator[tuple[str, bytes]]:
            for one in document_desk.filled(d.core, batch, d.settings.content_dir):
                name = f"{one.sheet.name}.{one.sheet.language}.docx"
                rows.append({"about": one.sheet.about, "language": one.sheet.language, "file": name,
                             "missing": list(one.missing)})  # fmt: skip
                lacking.update(one.missing)
                yield name, one.data

        where = _write(papers(), len(batch.sheets), to, force)
        labels = {name: document_desk.label_of(d.core, name) for name in lacking}
    if json:
        print_json({"document": document, "to": str(where), "papers": rows})
        return
    say(f"{where}: {counted(len(rows), 'paper')} of {document}. They are models to adapt, not legal advice.")
    if lacking:
        told = [labels[n] + (f" ({k} of {len(rows)})" if len(rows) > 1 else "") for n, k in lacking.most_common()]
        say(f"Nobody has told, so there is a dotted line: {some(told, '; ', 40)}.")


def _one_of(learner: str | None, cohort: str | None, project: str | None, country: str | None) -> None:
    given = [name for name, value in (("--learner", learner), ("--project", project), ("--country", country)) if value]
    if len(given) > 1 or (cohort and given and given != ["--learner"]):
        raise BadInput(f"{', '.join([*given, *(['--cohort'] if cohort else [])])} do not go together: choose one.")
    if not given and not cohort:
        raise BadInput("Say for whom: --learner CODE, --cohort C, --project P, or --country CC.")


def _write(papers: Iterator[tuple[str, bytes]], count: int, to: Path | None, force: bool) -> Path:
    """All of them or none, in a file, a zip or a folder. Returns where they are."""
    if to is not None and to.suffix.lower() == ".zip":
        write_zip(to, papers, force=force)
        return to
    if to is not None and to.suffix.lower() == ".docx":
        if count > 1:
            raise BadInput(f"{count} papers do not fit into {to}: name a folder, or a file that ends in .zip.")
        write_bytes(to, next(papers)[1], force=force)
        return to
    if to is not None and to.suffix and not to.is_dir():
        raise BadInput(f"{to} ends in {to.suffix}: a paper is a .docx, many are a .zip or a folder.")
    folder = to or Path()
    written = write_folder(folder, papers, force=force)
    return written[0] if len(written) == 1 else folder
