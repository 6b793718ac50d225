"""More planted bugs: in what reaches families, people who are away, people who are named, and other channels."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.flows import learner_news
from bot.flows.vocabulary import Kind
from bot.rules.alert import Severity
from bot.service import absences, confiding, drills, ladder, pauses, second_sending, stays
from bot.service.alert_speaker import Speaker
from bot.store.tables import Placement
from tests.simulation.cast import Size
from tests.simulation.planted import Patch, Plant

SIZE = Size(2, 1)


def named_hears_on(patch: Patch) -> None:
    """A case changes nothing about the ladder of its learner."""
    patch.setattr(ladder, "hidden_people", lambda session, placements: {})
    patch.setattr(confiding, "withdraw", lambda core, session, placement, person_id, now: None)


def away_ignored(patch: Patch) -> None:
    """Whoever stands in is told, and so is who is away."""
    patch.setattr(ladder, "_responder", _whoever_is_away(ladder._responder))


def _whoever_is_away(responder: Any) -> Any:
    def found(*args: Any) -> Any:
        one = responder(*args)
        return replace(one, on_duty=True, why=None) if one.why == "away" else one

    return found


def nobody_stands_in(patch: Patch) -> None:
    """Whoever is named to stand in counts as asked."""
    request = absences._request

    def at_once(session: Session, person_id: int, cohort_id: int, *args: Any) -> Any:
        shown = request(session, person_id, cohort_id, *args)
        row = absences._open(session, person_id, cohort_id)
        if row is not None and row.state == "asked":
            absences.hold(session, row, absences._mine(session, person_id, cohort_id), args[-1])
        return shown

    patch.setattr(absences, "_request", at_once)


def words_are_questions(patch: Patch) -> None:
    """What is written after a call for help is answered by the city kit."""
    patch.setattr(stays, "_sought", lambda session, placements, now: set())


def drill_to_the_first_rung(patch: Patch) -> None:
    patch.setattr(drills, "Severity", SimpleNamespace(RED=Severity.AMBER))


def minors_decide_alone(patch: Patch) -> None:
    asker_of = pauses.asker_of
    patch.setattr(pauses, "asker_of", lambda *args: replace(asker_of(*args), minor=False))


def families_told(patch: Patch) -> None:
    """What the learner reads about their alert goes to their family, too."""
    tell_learner = Speaker.tell_learner

    def tell_all(speaker: Speaker, what: Any, people: tuple[int, ...]) -> None:
        tell_learner(speaker, what, people)
        family = speaker.book.session.scalar(
            select(Placement.guardian_id).where(Placement.id == speaker.placement.id)
        )  # fmt: skip
        if family is not None:
            shown = learner_news.ask_settled(speaker.dossier())
            speaker.to_person(family, shown, Kind.SAFETY, f"news:{speaker.row.id}")

    patch.setattr(Speaker, "tell_learner", tell_all)


def letters_left_lying(patch: Patch) -> None:
    """What a dead process held of the second channels stays held."""
    patch.setattr(second_sending, "tidy", lambda core, now: 0)


CIRCLE_PLANTS = (
    Plant("named person hears on", named_hears_on, "names", 9, rich=True, size=SIZE, level=0, people="silent"),
    Plant("away and told", away_ignored, "who is away", 8, rich=True, size=SIZE, level=0, people="silent"),
    Plant("nobody stands in", nobody_stands_in, "never asked", 1, rich=True, size=SIZE, level=0, people="silent"),
    Plant("words are questions", words_are_questions, "passed on to nobody", 11, size=SIZE, level=0),
    Plant("drill on the first rung only", drill_to_the_first_rung, "did not reach", 7, rich=True, size=SIZE, level=0),
    Plant("minors decide alone", minors_decide_alone, "a minor, holds", 1, rich=True, size=SIZE, level=0),
    Plant("families told", families_told, "by itself", 1, rich=True, size=SIZE, level=0, people="silent"),
    # Whole nights of processes that die: left to the long tests.
    Plant("letters left lying", letters_left_lying, "at the end", None, rich=True, size=Size(1, 0), deadly=25,
          people="silent"),
)  # fmt: skip
