"""Papers from the desk: which there are, their templates and fields, and filling them for one, a cohort, a project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content.papers import PaperForm
from bot.content.source import nearest
from bot.errors import BadInput, NotFound
from bot.i18n import Text, say
from bot.papers.inline import bare
from bot.papers.paper_docx import SPELLING, paper_docx
from bot.papers.paper_filling import Template, Values, fill
from bot.papers.paper_guard import LARGEST, checked_docx
from bot.rules.paper_fields import LISTS
from bot.rules.typed import parse_country, parse_language, shown, slug
from bot.service import learners
from bot.service.audit import note
from bot.service.cohorts import find as find_cohort
from bot.service.core import Core
from bot.service.paper_facts import Facts, about_country, about_learner, about_project, words_of
from bot.service.sending import find_project
from bot.store.tables import Cohort, Person, Placement, Project

LANGUAGES = tuple(sorted(SPELLING))
OWN = "documents"  # where an organisation's own templates lie, in its content folder
NOT_DOCX = (".docm", ".dotm", ".dotx", ".doc", ".odt")


@dataclass(frozen=True, slots=True)
class Order:
    """Which paper, and for whom: a learner, a cohort, a project, or a country."""

    document: str
    learner: str | None = None
    cohort: str | None = None
    project: str | None = None
    country: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper that is to be filled; `about` is a learner's code, a project's, or a country."""

    name: str  # of the file, without its ending
    about: str
    language: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Filled:
    """One paper: its file, and what nobody has told."""

    sheet: Sheet
    data: bytes
    missing: Sequence[str]


@dataclass(slots=True)
class Batch:
    """What an order makes."""

    form: PaperForm
    sheets: list[Sheet]
    now: datetime
    templates: dict[str, Template] = field(default_factory=dict)


def listing(core: Core, language: str, folder: Path | None) -> list[dict[str, Any]]:
    """Every paper, with whether a template of one's own takes the place of ours."""
    tag = _spoken(language)
    return [
        {
            "id": form.id, "title": _words(core, f"{form.path}/title", tag), "about": form.about,
            "purpose": _words(core, f"{form.path}/purpose", tag),
            "own": [file.name for file in _own_files(form, folder)],
        }
        for form in sorted(core.content.documents.values(), key=lambda one: (one.order, one.id))
    ]  # fmt: skip


def form_of(core: Core, document: str) -> PaperForm:
    """The paper of that id. Raises NotFound naming those there are."""
    known = core.content.documents
    if document not in known:
        hint = nearest(document, known) or f"; choose from {', '.join(known)}"
        raise NotFound(f"There is no document “{shown(document)}”{hint}.")
    return known[document]


def template(core: Core, document: str, language: str, now: datetime) -> bytes:
    """Our own template as a DOCX file, to be adapted."""
    return _ours(core, form_of(core, document), _spoken(language), now)


def fields(core: Core, document: str, language: str) -> list[dict[str, str]]:
    """What a template of this paper may name, and what each means."""
    form, tag = form_of(core, document), _spoken(language)
    plain = [{"field": name, "meaning": _label(core, name, tag)} for name in sorted(form.fields)]
    return plain + [
        {"field": f"{name}: {column}", "meaning": _label(core, f"{name}.{column}", tag)}
        for name in sorted(form.lists)
        for column in LISTS[name]
    ]


# --- filling --------------------------------------------------------------------------------------


def order(core: Core, wanted: Order, now: datetime) -> Batch:
    """Everything an order needs, read at once and noted for each person. Raises NotFound and BadInput."""
    form = form_of(core, wanted.document)
    language = _spoken(wanted.language) if wanted.language else None
    with core.store.transaction() as session:
        sheets = list(_sheets(core, session, form, wanted, language, now))
    if not sheets:
        raise BadInput("There is nobody to fill this paper for: import learners first.")
    return Batch(form, sheets, now)


def filled(core: Core, batch: Batch, folder: Path | None) -> Iterator[Filled]:
    """Each paper as it is made, so that thousands need no more room than one. Raises BadInput for a template."""
    for sheet in batch.sheets:
        found = batch.templates.get(sheet.language)
        if found is None:
            found = batch.templates[sheet.language] = _template(core, batch, sheet.language, folder)
        data, missing = fill(found, values_of(core, batch.form, sheet))
        yield Filled(sheet, data, missing)


def label_of(core: Core, name: str, language: str = "en") -> str:
    """What a field, or a list, is called."""
    return _label(core, f"{name}.all" if name in LISTS else name, language)


def _sheets(
    core: Core, session: Session, form: PaperForm, wanted: Order, language: str | None, now: datetime
) -> Iterator[Sheet]:  # fmt: skip
    if wanted.country is not None:
        yield _of_country(core, form, wanted.country, language, now)
    elif form.about == "project":
        yield _of_project(session, form, wanted, language, now)
    elif form.about == "country":
        yield from _of_countries(core, session, form, wanted, language, now)
    else:
        for placement in _stays(session, wanted):
            yield _of_learner(core, session, form, placement, language, now)


def _of_learner(
    core: Core, session: Session, form: PaperForm, placement: Placement, language: str | None, now: datetime
) -> Sheet:  # fmt: skip
    person, cohort = session.get_one(Person, placement.person_id), session.get_one(Cohort, placement.cohort_id)
    own = core.content.catalogues.closest(person.language)
    note(session, None, "document_filled", person.id, now, document=form.id)
    name = "-".join((form.id, slug(cohort.code, str(cohort.id)), slug(placement.code, str(placement.id))))
    tongue = language or (own if own in SPELLING else "en")
    return Sheet(name, placement.code, tongue, about_learner(core, session, placement, form, now))


def _of_country(core: Core, form: PaperForm, typed: str, language: str | None, now: datetime) -> Sheet:
    if form.about != "country":
        raise BadInput(f"{form.id} is about a {form.about}: --country is for the sheet on minors at work.")
    code = parse_country(typed)
    return Sheet(f"{form.id}-{code.lower()}", code, language or "en", about_country(core, code, form, now))


def _of_countries(
    core: Core, session: Session, form: PaperForm, wanted: Order, language: str | None, now: datetime
) -> Iterator[Sheet]:
    codes = {stay.host_country for stay in _stays(session, wanted) if stay.host_country}
    if not codes:
        raise BadInput("Nobody there has a host country yet: name one with --country.")
    for code in sorted(codes):
        yield _of_country(core, form, code, language, now)


def _of_project(session: Session, form: PaperForm, wanted: Order, language: str | None, now: datetime) -> Sheet:
    if wanted.learner is not None:
        raise BadInput(f"{form.id} is about a project: give --project P or --cohort C without --learner.")
    cohort = find_cohort(session, wanted.cohort) if wanted.cohort is not None else None
    project = session.get_one(Project, cohort.project_id) if cohort else find_project(session, wanted.project or "")
    code = cohort.code if cohort else project.code
    facts = about_project(session, project, cohort, now)
    return Sheet(f"{form.id}-{slug(code, str(project.id))}", code, language or "en", facts)


def _stays(session: Session, wanted: Order) -> list[Placement]:
    """The stays an order is about, of people who are still there."""
    if wanted.learner is not None:
        found = [learners.find(session, wanted.learner, wanted.cohort)]
    else:
        query = select(Placement).join(Cohort, Cohort.id == Placement.cohort_id)
        if wanted.cohort is not None:
            query = query.where(Cohort.id == find_cohort(session, wanted.cohort).id)
        else:
            query = query.where(Cohort.project_id == find_project(session, wanted.project or "").id)
        found = list(session.scalars(query.order_by(Placement.cohort_id, Placement.code)))
    return [one for one in found if session.get_one(Person, one.person_id).erased_at is None]


def values_of(core: Core, form: PaperForm, sheet: Sheet) -> Values:
    """Words for the fields of this paper alone."""
    told = {name: sheet.facts.fields.get(name) for name in form.fields}
    return Values(
        {name: words for name, value in told.items() if value is not None and (words := _told(core, value, sheet))},
        {name: _label(core, name, sheet.language) for name in form.fields},
        {
            name: [
                {column: _told(core, row.get(column), sheet, marked=name == "numbers") for column in LISTS[name]}
                for row in sheet.facts.lists.get(name, ())
            ]
            for name in form.lists
        },
    )


def _told(core: Core, value: Any, sheet: Sheet, *, marked: bool = False) -> str:
    words = words_of(core, value, sheet.language) if value is not None else ""
    return bare(words) if marked else words


def drawn(core: Core, facts: Mapping[str, Any], now: datetime) -> bytes:
    """The paper that a chat was promised: our own form with the words that were taken down when it was asked for."""
    form = form_of(core, facts["document"])
    template = Template(f"our {form.id}", _ours(core, form, facts["language"], now), form.fields, form.lists)
    return fill(template, Values(facts["known"], facts["labels"], facts["lists"]))[0]


# --- templates ------------------------------------------------------------------------------------


def _template(core: Core, batch: Batch, language: str, folder: Path | None) -> Template:
    form = batch.form
    for file in _own_files(form, folder):
        if file.stem in (f"{form.id}.{language}", form.id):
            return Template(str(file), _read(file), form.fields, form.lists)
    return Template(f"our {form.id}", _ours(core, form, language, batch.now), form.fields, form.lists)


def _own_files(form: PaperForm, folder: Path | None) -> list[Path]:
    """An organisation's own templates, one in a language before the one for all. Raises BadInput for a wrong kind."""
    if folder is None or not (folder / OWN).is_dir():
        return []
    names = [f"{form.id}.{language}" for language in LANGUAGES] + [form.id]
    for name in names:
        for ending in NOT_DOCX:
            if (other := folder / OWN / f"{name}{ending}").exists():
                raise BadInput(f"{other} is not read: save it as .docx, without macros.")
    return [file for name in names if (file := folder / OWN / f"{name}.docx").exists()]


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise BadInput(f"The template {file} cannot be read ({error.strerror}): check what it is.") from None
    checked_docx(data, str(file))
    return data


def _ours(core: Core, form: PaperForm, language: str, now: datetime) -> bytes:
    catalogues = core.content.catalogues
    return paper_docx(
        form, lambda text_id: catalogues.forms(text_id, language)[0][0],
        lambda text: catalogues.plain(text, language, "UTC"), language, now,
    )  # fmt: skip


def _spoken(language: str) -> str:
    tag = parse_language(language)
    if tag not in SPELLING:
        raise BadInput(f"There are no papers in “{shown(language)}”: choose one of {', '.join(LANGUAGES)}.")
    return tag


def _words(core: Core, text_id: str, language: str) -> str:
    return core.content.catalogues.plain(Text(text_id), language, "UTC")


def _label(core: Core, name: str, language: str) -> str:
    group, _, key = name.partition(".")
    return core.content.catalogues.plain(say(f"fields/{group}/{key}"), language, "UTC")
