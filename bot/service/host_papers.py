"""Papers for a tutor, in the tutor's language: with what a tutor may know of a learner, or about nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from bot.content.papers import PaperForm
from bot.flows import effects as fx, host_screens as screens
from bot.flows.vocabulary import PRIVATE, Attachment, Drawing, Say, Screen, screen
from bot.i18n import say
from bot.papers.paper_docx import SPELLING
from bot.rules.permissions import Action
from bot.service.audit import note
from bot.service.document_desk import Sheet, values_of
from bot.service.outcome_desk import form_of
from bot.service.outcomes import outcomes_of
from bot.service.paper_facts import Facts, Row, about_country, about_learner
from bot.service.work import Work
from bot.store.tables import Placement

GRID_FORM, OF_COUNTRY = "grid-form", "minors-at-work"
# What a tutor may read of a learner on a paper: no number or address of theirs, no birth date, nothing of the family.
SEEN = frozenset({
    "learner.name", "learner.first_name", "learner.last_name", "learner.trade", "learner.status", "home.organisation",
    "home.city", "home.country", "home.contact_name", "home.contact_phone", "home.contact_email", "cohort.name",
    "project.name", "paper.date", "stay.departure", "stay.arrival", "stay.return", "stay.days",
})  # fmt: skip
SEEN_GROUPS = ("host.", "assessment.", "country.")


def send(work: Work, effect: fx.SendTutorPaper) -> None:
    """The paper as a file into the chat; that it was made is noted about the learner."""
    view = work.scene.host
    if view is None or effect.paper not in screens.PAPERS:
        return
    known = effect.placement_id in {one.placement_id for one in view.guests}
    if effect.placement_id and not (known and work.may(Action.SEE_LEARNER, effect.placement_id)):
        return
    placement = work.session.get_one(Placement, effect.placement_id) if effect.placement_id else None
    shown = _grid(work, placement) if effect.paper == GRID_FORM else _docx(work, effect.paper, placement)
    if placement is not None and shown.attachment is not None:
        note(work.session, work.me, "document_filled", placement.person_id, work.now, document=effect.paper)
    work.applied.after.append(Say(shown, ref=PRIVATE))


def _file(name: str, drawing: Drawing) -> Screen:
    attachment = Attachment("document", name=name, drawing=drawing)
    return Screen((say("host/paper_here"),), screens.below_paper(), attachment=attachment)


def _docx(work: Work, paper: str, placement: Placement | None) -> Screen:
    form = work.core.content.documents[paper]
    facts = _facts(work, form, placement)
    if facts is None:
        return screen(say("host/no_country"), rows=screens.below_paper())
    language = work.scene.language if work.scene.language in SPELLING else "en"
    values = values_of(work.core, form, Sheet(paper, "", language, facts))
    drawn: Mapping[str, Any] = {
        "document": paper, "language": language, "known": dict(values.known), "labels": dict(values.labels),
        "lists": {name: [dict(row) for row in rows] for name, rows in values.lists.items()},
    }  # fmt: skip
    return _file(f"{paper}.docx", Drawing("document", drawn))


def _facts(work: Work, form: PaperForm, placement: Placement | None) -> Facts | None:
    if form.about == "country":
        country = _country(work, placement)
        return about_country(work.core, country, form, work.now) if country else None
    if placement is None:
        return Facts()
    facts = about_learner(work.core, work.session, placement, form, work.now)
    seen = {n: v for n, v in facts.fields.items() if n in SEEN or n.startswith(SEEN_GROUPS)}
    # What the school says of an outcome is between school and learner.
    lists: dict[str, Sequence[Row]] = {
        name: [dict(row) | {"verdict": None} for row in rows] for name, rows in facts.lists.items()
    }
    return Facts(seen, lists)


def _country(work: Work, placement: Placement | None) -> str | None:
    if placement is not None and placement.host_country:
        return placement.host_country
    return work.scene.host.country if work.scene.host is not None else None


def _grid(work: Work, placement: Placement | None) -> Screen:
    """The grid to fill in by hand, as a PDF."""
    view = outcomes_of(work.session, placement.id, work.core.content.outcomes) if placement is not None else None
    if placement is None or view is None or not view.outcomes:
        return screen(
            say("grid/no_outcomes" if placement is not None else "host/no_guests"), rows=screens.below_paper()
        )
    form = form_of(work.session, placement, view)
    drawn = {one.name: getattr(form, one.name) for one in fields(form)}
    drawn["outcomes"] = [list(one) for one in form.outcomes]
    return _file("grid.pdf", Drawing("grid_form", drawn))
