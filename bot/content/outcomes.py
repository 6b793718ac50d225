"""Lists of learning outcomes by trade: units, and in each what somebody can be seen to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from pydantic import Field, model_validator

from bot.content.fields import Id, Phrase, SourceFile, Strict
from bot.content.items import SourcedFact


class OutcomeEntry(Strict):
    """Something one can be seen to do; written so that it can stand after "can"."""

    id: Id
    text: Phrase


class Unit(Strict):
    """A unit of learning outcomes: what belongs together at work."""

    id: Id
    title: Phrase
    outcomes: tuple[OutcomeEntry, ...] = Field(min_length=1)


class Outcomes(SourceFile):
    """The outcomes of a trade. `trades` are how people write it in any language, from the beginnings of words: the list
    counts for a learner in whose trade each of them begins a word."""

    title: Phrase
    trades: tuple[str, ...] = ()
    units: tuple[Unit, ...] = Field(min_length=1)
    sources: tuple[SourcedFact, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Outcomes:
        counted = Counter(entry.id for unit in self.units for entry in unit.outcomes)
        twice = [entry_id for entry_id, n in counted.items() if n > 1]
        if twice:
            raise ValueError(f"has the outcome {', '.join(twice)} twice; ids are unique in the whole list")
        if len(counted) > MOST:
            raise ValueError(f"has {len(counted)} outcomes; at most {MOST} fit into one message")
        return self

    def entries(self) -> Iterator[tuple[str, str]]:
        """(unit, outcome) by id, in the author's order."""
        for unit in self.units:
            for entry in unit.outcomes:
                yield unit.id, entry.id


MOST = 10  # outcomes in a list: with all that shows them they must fit into one message
OUTCOME_FOLDERS: Mapping[str, type[Outcomes]] = {"outcomes": Outcomes}
