"""Content as documents: `compagnon content sheets`, `content guide`, `content schema`, `journey export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from admin_cli.context import content
from admin_cli.files import write_bytes
from admin_cli.output import Json, counted, print_json, say, table
from bot.content.json_schema import schemas
from bot.content.loader import Library
from bot.content.sheets import Sheet
from bot.content.source import nearest
from bot.errors import BadInput, NotFound
from bot.i18n import Text
from bot.papers.blocks import Document, Words
from bot.papers.booklet import booklet
from bot.papers.documents import guide_document, journey_document, of, sheets_document
from bot.papers.web_page import web_page
from bot.rules.typed import parse_language
from bot.settings import load_settings

Language = Annotated[str, typer.Option(metavar="L", help="The language of the document.")]
Pdf = Annotated[Path | None, typer.Option(metavar="F", help="Write a PDF.")]
Html = Annotated[Path | None, typer.Option(metavar="F", help="Write one HTML file that needs nothing else.")]


def sheets(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="Which sheets; all by default.")] = None,
    language: Language = "en",
    phase: Annotated[Literal["before", "after"] | None, typer.Option(help="Only sessions of this phase.")] = None,
    pdf: Pdf = None,
    html: Html = None,
    json: Json = False,
) -> None:
    """Facilitator sheets for sessions before and after a stay.

    Examples:

      compagnon content sheets

      compagnon content sheets --language fr --pdf seances.pdf

      compagnon content sheets iceberg first-call --language de --html zwei.html
    """
    library = content(load_settings())
    words = _words(library, language)
    chosen = _chosen(library, ids or [], phase)
    if pdf or html:
        _write(sheets_document(chosen, words, language), pdf, html)
        return
    rows = [_row(sheet, words) for sheet in chosen]
    if json:
        print_json(rows)
        return
    table(
        ("ID", "TITLE", "PHASE", "MINUTES", "GROUP", "COMPETENCES"),
        [
            (r["id"], r["title"], r["phase"], r["minutes"], f"{r['group'][0]}–{r['group'][1]}", r["competences"])
            for r in rows
        ],
        "No sheets.",
    )  # fmt: skip


def _chosen(library: Library, ids: list[str], phase: str | None) -> list[Sheet]:
    for one in ids:
        if one not in library.sheets:
            hint = nearest(one, library.sheets) or f"; choose from {', '.join(library.sheets)}"
            raise NotFound(f"There is no sheet '{one}'{hint}.")
    wanted = [library.sheets[one] for one in ids] or sorted(
        library.sheets.values(), key=lambda s: (s.phase == "after", s.order, s.id)
    )
    return [sheet for sheet in wanted if phase in (None, sheet.phase)]


def _row(sheet: Sheet, words: Words) -> dict[str, Any]:
    return {
        "id": sheet.id, "title": words(of(f"{sheet.path}/title")), "phase": sheet.phase, "minutes": sheet.minutes,
        "group": [sheet.group.min, sheet.group.max], "competences": list(sheet.competences),
    }  # fmt: skip


def guide(
    edition: Annotated[str | None, typer.Argument(metavar="[EDITION]", help="learner or staff.")] = None,
    language: Language = "en",
    pdf: Pdf = None,
    html: Html = None,
    json: Json = False,
) -> None:
    """The guide to mobility as a document, in an edition for learners and one for staff.

    Example:

      compagnon content guide learner --language it --pdf guida.pdf
    """
    library = content(load_settings())
    words = _words(library, language)
    if edition is None:
        rows = [{"id": g.id, "title": words(of(f"{g.path}/title"))} for g in library.guides.values()]
        if json:
            print_json(rows)
        else:
            table(("EDITION", "TITLE"), [(r["id"], r["title"]) for r in rows], "No guides.")
        return
    if edition not in library.guides:
        hint = nearest(edition, library.guides) or f"; choose from {', '.join(library.guides)}"
        raise NotFound(f"There is no guide '{edition}'{hint}.")
    _write(guide_document(library.guides[edition], library, words, language), pdf, html)


def export(
    journey: Annotated[str, typer.Argument(metavar="ID", help="The journey's id.")],
    language: Language = "en",
    pdf: Pdf = None,
    html: Html = None,
) -> None:
    """A whole journey as a booklet, for people who do not use Telegram.

    Examples:

      compagnon journey export host-tutor --language de --pdf gastbetrieb.pdf

      compagnon journey export family --language fr --html famille.html
    """
    library = content(load_settings())
    words = _words(library, language)
    _write(journey_document(library.journey(journey), library, words, language), pdf, html)


def schema(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write them, a file a kind.")],
) -> None:
    """JSON Schema of the content files, so that editors complete and check them."""
    found = schemas()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"The folder {folder} cannot be made ({error.strerror}): choose another place.") from None
    for name, text in found.items():
        write_bytes(folder / f"{name}.json", text.encode())
    say(f"{folder}: {counted(len(found), 'schema')}, one for each folder of content.")


def _words(library: Library, language: str) -> Words:
    """The texts of a language that is spoken in full; raises BadInput naming those for any other."""
    tag = parse_language(language)
    catalogues = library.catalogues
    if catalogues.closest(tag) != tag or catalogues.partly(tag):
        full = [known for known in catalogues.languages if not catalogues.partly(known)]
        raise BadInput(f"There are no documents in '{language}'; choose one of {', '.join(full)}.")

    def words(text: Text) -> str:
        return catalogues.html(text, tag, "UTC")

    return words


def _write(document: Document, pdf: Path | None, html: Path | None) -> None:
    if pdf is None and html is None:
        raise BadInput("Say where to write the document: --pdf FILE, --html FILE, or both.")
    if pdf is not None:
        write_bytes(pdf, booklet(document))
        say(f"{pdf}: {document.title}")
    if html is not None:
        write_bytes(html, web_page(document))
        say(f"{html}: {document.title}")
