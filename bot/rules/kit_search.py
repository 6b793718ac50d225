"""Which topic of the city kit a question is about: offline, in a few milliseconds.

A question is read for what it means and how it is spelt (`reading`), and compared with what was learned from the
phrases that people type (`learned`). Phrases that are newer than that, an organisation's own among them, are compared
one by one. What is no question for a kit competes with examples of its own (`chatter`). Danger is decided before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from bot.content.kits import Chatter, DangerWords, Topic
from bot.content.learned import URGENT_TOPICS, kit_examples
from bot.content.loader import Library
from bot.i18n import SOURCE_LANGUAGE, base_language
from bot.rules.danger import Danger, DangerRules, danger_rules_of
from bot.rules.danger_net import pieces
from bot.rules.learned import chances, learned
from bot.rules.mending import Mending, Words, mending_of
from bot.rules.phrases import Phrases
from bot.rules.reading import read_ahead, words_of

HELPING = ("mental_health", "harassment", "discrimination", "homesick")
SMALLTALK, OFFTOPIC = "smalltalk", "offtopic"  # files of `chatter/`

# Measured on the tuned half of tests/unit/data/questions.tsv. Scores become shares of one with SHARPNESS; from SURE a
# wrong answer is rare, below UNSURE no topic is worth a button.
SHARPNESS = 4.0
PLAINLY_CALM, SURE, UNSURE, WORTH_A_BUTTON = 0.6, 0.45, 0.1, 0.03
PLAINLY = 1.5  # how much likelier chatter must be than any topic
NEIGHBOURS, CHOICES = 3, 4  # buttons under an answer; buttons when unsure
ASKED_OFTEN = 60  # characters up to which somebody else may have typed just the same
SHORTEST_GUESS = 3  # words from which another language than the profile's may be certain
CERTAIN, DOUBTED = 0.8, 0.1  # shares of the other language, and of the profile's, for that
TONGUE_SHARPNESS = 3.0


class Outcome(StrEnum):
    """What to do with what somebody typed."""

    ANSWER = "answer"
    UNSURE = "unsure"
    DECLINE = "decline"
    SMALLTALK = "smalltalk"
    DISCLOSURE = "disclosure"
    CRISIS = "crisis"


@dataclass(frozen=True, slots=True)
class Asked:
    """How a question was understood. `topic` is there for answer, unsure and disclosure; `alternatives` are topics for
    buttons, best first; `language` is the one to answer in; `idiom` means: ask "are you OK?" as well."""

    outcome: Outcome
    topic: str | None
    alternatives: tuple[str, ...]
    language: str
    idiom: bool = False


Ranking = Sequence[tuple[str, float]]


class KitSearch:
    """What people type, understood; read-only and safe to share."""

    def __init__(
        self,
        topics: Mapping[str, Topic],
        spoken: Iterable[str],
        danger: Callable[[], DangerRules],
        newer: Phrases,
        mending: Mending,
        friendly: frozenset[tuple[str, ...]] = frozenset(),
    ) -> None:
        self._topics = topics
        self._spoken_here = frozenset(spoken)
        self._friendly = friendly  # small talk word for word, of any language
        self._newer = newer
        self._mending = mending
        self._danger_rules = danger
        self._often = lru_cache(maxsize=2048)(self._ask)

    @classmethod
    def build(
        cls,
        topics: Mapping[str, Topic],
        chatter: Mapping[str, Chatter],
        danger: Mapping[str, DangerWords],
        mending: Mending | None = None,
        danger_rules: Callable[[], DangerRules] | None = None,
    ) -> KitSearch:
        """From the content folders of the same names. What was learned is read with the first question.

        `mending` and `danger_rules`: those that others use as well, where there are any.
        """
        examples = list(kit_examples(topics, chatter))
        mending = mending or Mending(lambda: Words.of(examples))
        small = chatter[SMALLTALK].phrases.values() if SMALLTALK in chatter else ()
        friendly = frozenset(words_of(phrase) for phrases in small for phrase in phrases)
        spoken = {example.language for example in examples}
        rules = danger_rules or partial(DangerRules.build, danger, mending)
        return cls(topics, spoken, rules, Phrases(examples), mending, friendly)

    @classmethod
    def of(cls, library: Library) -> KitSearch:
        """Everything the library has, in every language that has phrases."""
        rules = partial(danger_rules_of, library)
        return cls.build(library.topics, library.chatter, library.danger, mending_of(library), rules)

    @cached_property
    def _danger(self) -> DangerRules:
        """Made ready with the first question: most processes are never asked one."""
        return self._danger_rules()

    def ask(self, question: str, language: str) -> Asked:
        """Understand one question; `language` is the profile's and stays unless another one is certain.

        What many type in the same few words is understood once.
        """
        return self._often(question, language) if len(question) <= ASKED_OFTEN else self._ask(question, language)

    def read_ahead(self, questions: Iterable[str]) -> None:
        """Several questions are about to be asked: what is dear about understanding them is done for all at once."""
        mended = [self._danger.mended(question) for question in questions]
        read_ahead(piece for question in mended for piece in (question, *pieces(question)))

    def warm(self) -> None:
        """Read what the first question would have to wait for: about two seconds of processor time."""
        self._ask("where can I wash my clothes here", SOURCE_LANGUAGE)

    def _ask(self, question: str, language: str) -> Asked:
        danger = self._danger.assess(question)
        words = words_of(question)
        tongue = self._tongue(words, language)
        if danger is Danger.CRISIS:
            return Asked(Outcome.CRISIS, None, (), tongue)
        if not question.strip():
            return Asked(Outcome.DECLINE, None, (), language)
        if not words or (danger is Danger.NONE and words in self._friendly):
            return Asked(Outcome.SMALLTALK, None, (), tongue, danger is Danger.IDIOM)
        question = self._mending.mended(question, base_language(tongue))
        ranking = self._rank(question)
        if danger is Danger.DISCLOSURE:
            told = self._danger.told(question)
            if told or not self._plainly_calm(ranking):
                return self._disclosure(told, ranking, tongue)
        return self._decide(ranking, tongue, danger is not Danger.NONE)

    def _tongue(self, words: tuple[str, ...], profile: str) -> str:
        """The language to answer in: another one than the profile's needs several words that are plainly of it."""
        if len(words) < SHORTEST_GUESS:
            return profile
        known = learned().tongues
        shares = chances(learned().tongues_of(words), TONGUE_SHARPNESS)
        place, mine = int(shares.argmax()), base_language(profile)
        if known[place] == mine or shares[place] < CERTAIN:
            return profile
        doubted = mine not in known or shares[known.index(mine)] <= DOUBTED
        return known[place] if doubted and known[place] in self._spoken_here else profile

    def _rank(self, question: str) -> Ranking:
        """Topics and kinds of chatter with their shares of one, best first."""
        heard = learned().heard(question)
        names, places = self._asked_about
        scores = heard.topics[places]
        if self._newer.any:
            better = dict(zip(names, scores.tolist(), strict=True))
            better |= self._newer.scores(heard.meant, heard.spelt, better)
            names, scores = list(better), np.fromiter(better.values(), np.float32, len(better))
        shares = chances(scores, SHARPNESS)
        order = np.argsort(-shares, kind="stable")
        return list(zip(map(names.__getitem__, order.tolist()), shares[order].tolist(), strict=True))

    @cached_property
    def _asked_about(self) -> tuple[list[str], NDArray[np.intp]]:
        """What a question may be about here, of all that was learned, and where its scores stand."""
        known = [(n, at) for at, n in enumerate(learned().topics) if n in self._topics or n in (SMALLTALK, OFFTOPIC)]
        return [name for name, _ in known], np.array([at for _, at in known], np.intp)

    def _decide(self, ranking: Ranking, language: str, idiom: bool) -> Asked:
        share = dict(ranking)
        chatter = share.get(SMALLTALK, 0.0) + share.get(OFFTOPIC, 0.0)
        topics = [(name, one) for name, one in ranking if name in self._topics]
        first, best = topics[0] if topics else ("", 0.0)
        if best < UNSURE or chatter > PLAINLY * best:
            friendly = idiom or share.get(SMALLTALK, 0.0) > share.get(OFFTOPIC, 0.0)
            return Asked(Outcome.SMALLTALK if friendly else Outcome.DECLINE, None, (), language, idiom)
        likely = [name for name, one in topics if one >= WORTH_A_BUTTON]
        if best >= SURE:
            return Asked(Outcome.ANSWER, first, self._beside(first, likely), language, idiom)
        choices = likely[:CHOICES] if len(likely) > 1 else [name for name, _ in topics[:2]]
        return Asked(Outcome.UNSURE, first, tuple(name for name in choices if name != first), language, idiom)

    def _beside(self, topic: str, likely: Sequence[str]) -> tuple[str, ...]:
        """Buttons under an answer: what else the question may have meant, then the topic's neighbours."""
        known = (name for name in (*likely, *self._topics[topic].neighbours) if name in self._topics and name != topic)
        return tuple(dict.fromkeys(known))[:NEIGHBOURS]

    def _plainly_calm(self, ranking: Ranking) -> bool:
        """Whether a text is surely about a topic that nobody asks about in danger. Where the net alone thinks of care,
        the answer then comes first, and with it the question "are you OK?"."""
        first, share = ranking[0] if ranking else ("", 0.0)
        return share >= PLAINLY_CALM and first not in URGENT_TOPICS and first not in HELPING

    def _disclosure(self, told: Sequence[str], ranking: Ranking, language: str) -> Asked:
        """What was told decides the topic; likeness orders several, and adds where else help may lie. Where only the
        net caught it, the likeliest topic that helps with hard things is taken."""
        likeness = dict(ranking)
        helping = told or [
            max((t for t in HELPING if t in self._topics), key=lambda t: likeness.get(t, 0.0), default="")
        ]
        first, *others = sorted(helping, key=lambda topic: -likeness.get(topic, 0.0))
        surely = [name for name, share in ranking if name in self._topics and share >= SURE / 2]
        return Asked(Outcome.DISCLOSURE, first, self._beside(first, [*others, *surely]), language)
