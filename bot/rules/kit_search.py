"""Which topic of the city kit a question is about: offline, in a fraction of a millisecond.

Phrases that people type (content, per language) are turned into weighted words, word pairs and pieces of words, so that
typos and missing accents cost little. A question is compared with every phrase and with each topic as a whole; what is
no question for a kit competes with examples of its own (`chatter`). Danger is decided before, by rules.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.content.kits import Chatter, DangerWords, Topic
from bot.content.loader import Library
from bot.i18n import SOURCE_LANGUAGE, base_language
from bot.rules.danger import Danger, DangerRules
from bot.rules.fold import fold

SMALLTALK, OFFTOPIC = "smalltalk", "offtopic"  # files of `chatter/`

# Measured on tests/unit/data/kit_questions.tsv: below `UNSURE` nothing fits, from `SURE` a wrong answer is rare.
SURE, UNSURE, LEAD = 0.27, 0.13, 1.12
NEIGHBOURS, CHOICES = 3, 4  # buttons under an answer; buttons when unsure
READ_WORDS = 100
SHORTEST_GUESS = 3  # words from which another language than the profile's may be certain
CLEARLY = 0.4  # share of the words known in the one language and not in the other


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
    """The indexes of all languages and the rules of danger; read-only and safe to share."""

    def __init__(
        self,
        topics: Mapping[str, Topic],
        indexes: Mapping[str, _Index],
        danger: DangerRules,
        friendly: frozenset[tuple[str, ...]] = frozenset(),
    ) -> None:
        self._topics = topics
        self._friendly = friendly  # small talk word for word, of any language
        self._indexes = indexes
        self._danger = danger

    @classmethod
    def build(
        cls,
        topics: Mapping[str, Topic],
        languages: Iterable[str],
        chatter: Mapping[str, Chatter],
        danger: Mapping[str, DangerWords],
    ) -> KitSearch:
        """From the content folders of the same names; languages without phrases are left out."""
        sources: list[Topic | Chatter] = [*topics.values(), *chatter.values()]
        indexes = {}
        for language in languages:
            examples = [(source.id, phrase) for source in sources for phrase in source.phrases.get(language, ())]
            if examples:
                indexes[language] = _Index(examples)
        small = chatter[SMALLTALK].phrases.values() if SMALLTALK in chatter else ()
        friendly = frozenset(tuple(_words(phrase)) for phrases in small for phrase in phrases)
        return cls(topics, indexes, DangerRules.build(danger), friendly)

    @classmethod
    def of(cls, library: Library) -> KitSearch:
        """Everything the library has, in every language that has phrases."""
        languages = sorted({language for topic in library.topics.values() for language in topic.phrases})
        return cls.build(library.topics, languages, library.chatter, library.danger)

    def ask(self, question: str, language: str) -> Asked:
        """Understand one question; `language` is the profile's and stays unless another one is certain."""
        danger = self._danger.assess(question)
        words = _words(question)
        spoken, certain = self._spoken(words, base_language(language))
        tongue = spoken if certain else language
        if danger is Danger.CRISIS:
            return Asked(Outcome.CRISIS, None, (), tongue)
        if not question.strip():
            return Asked(Outcome.DECLINE, None, (), language)
        if danger is Danger.NONE and tuple(words) in self._friendly:
            return Asked(Outcome.SMALLTALK, None, (), tongue)
        ranking = self._rank(words, spoken)
        if danger is Danger.DISCLOSURE:
            return self._disclosure(self._danger.told(question), ranking, tongue)
        return self._decide(words, ranking, tongue, danger is Danger.IDIOM)

    def _spoken(self, words: Sequence[str], profile: str) -> tuple[str, bool]:
        """The language to search in, and whether it is certainly another one than the profile's: several words, and
        clearly more of them known there. A profile language without phrases is searched in the likeliest one."""
        known = {name: index.knows(words) for name, index in self._indexes.items()}
        best = max(known, key=lambda name: (known[name], name == SOURCE_LANGUAGE), default=SOURCE_LANGUAGE)
        certain = len(words) >= SHORTEST_GUESS and known.get(best, 0.0) >= known.get(profile, 0.0) + CLEARLY
        if certain or profile not in known:
            return best, certain and best != profile
        return profile, False

    def _rank(self, words: Sequence[str], spoken: str) -> Ranking:
        """Topics by likeness in the spoken language; a word or two may be of any language."""
        ranking = self._indexes[spoken].rank(words) if spoken in self._indexes else ()
        if len(words) < SHORTEST_GUESS and (not ranking or ranking[0][1] < SURE):
            others = (index.rank(words) for name, index in self._indexes.items() if name != spoken)
            ranking = max((ranking, *others), key=lambda r: r[0][1] if r else 0.0)
        return ranking

    def _decide(self, words: Sequence[str], ranking: Ranking, language: str, idiom: bool) -> Asked:
        if not words:
            return Asked(Outcome.SMALLTALK, None, (), language, idiom)
        if not ranking or ranking[0][1] < UNSURE:
            return Asked(Outcome.SMALLTALK if idiom else Outcome.DECLINE, None, (), language, idiom)
        first, score = ranking[0]
        if first == SMALLTALK and (score >= SURE or len(words) < SHORTEST_GUESS):
            return Asked(Outcome.SMALLTALK, None, (), language, idiom)
        topics = [(name, likeness) for name, likeness in ranking if name in self._topics]
        if first in (OFFTOPIC, SMALLTALK) or not topics:
            return Asked(Outcome.DECLINE, None, (), language, idiom)
        likely = [name for name, likeness in topics if likeness >= 0.5 * score]
        lead = score / topics[1][1] if len(topics) > 1 else math.inf
        if (score >= SURE and lead >= LEAD) or score >= 1.5 * SURE:
            return Asked(Outcome.ANSWER, first, self._beside(first, likely), language, idiom)
        choices = [name for name, _ in topics[:CHOICES]] if len(likely) < 2 else likely[:CHOICES]
        return Asked(Outcome.UNSURE, first, tuple(name for name in choices if name != first), language, idiom)

    def _beside(self, topic: str, likely: Sequence[str]) -> tuple[str, ...]:
        """Buttons under an answer: what else the question may have meant, then the topic's neighbours."""
        known = (name for name in (*likely, *self._topics[topic].neighbours) if name in self._topics and name != topic)
        return tuple(dict.fromkeys(known))[:NEIGHBOURS]

    def _disclosure(self, told: Sequence[str], ranking: Ranking, language: str) -> Asked:
        """What was told decides the topic; likeness orders several, and adds where else help may lie."""
        likeness = dict(ranking)
        first, *others = sorted(told, key=lambda topic: -likeness.get(topic, 0.0))
        surely = [name for name, score in ranking if name in self._topics and score >= SURE]
        return Asked(Outcome.DISCLOSURE, first, self._beside(first, [*others, *surely]), language)


# --- one language -----------------------------------------------------------------------------------

SHORTEST, LONGEST = 3, 5  # letters of the pieces of a word, its borders included
WORD_WEIGHT = 1.4  # a whole word says more than its pieces
UNKNOWN = 0.3  # share of what nobody ever typed in the length of a question
NEAREST, WHOLE = 0.3, 0.7  # weight of the nearest phrases against the topic as a whole
NEAR = 3  # phrases of a topic that count as its nearest


def _words(text: str) -> list[str]:
    """The words of a text, sentence ends left out."""
    return [word for word in fold(text[: READ_WORDS * 12]).split() if word != "."][:READ_WORDS]


def _features(words: Sequence[str]) -> Counter[str]:
    """Words (`=word`), pairs (`=one two`) and pieces of words with their borders."""
    pairs = [f"={one} {two}" for one, two in itertools.pairwise(words)]
    return Counter(itertools.chain(*map(_pieces, words), pairs))


@lru_cache(maxsize=1 << 13)  # people say much with few words
def _pieces(word: str) -> tuple[str, ...]:
    """A whole word and its pieces."""
    bordered = f"_{word}_"
    sizes = range(SHORTEST, LONGEST + 1)
    pieces = (bordered[start : start + size] for size in sizes for start in range(len(bordered) - size + 1))
    return (f"={word}", *pieces)


class _Postings(NamedTuple):
    """Where one feature occurs: numbers of phrases and topics, and how much it counts in each. `squared` is its own
    weight, squared."""

    numbers: NDArray[np.intp]
    counts: NDArray[np.float64]
    squared: float


class _Index:
    """The phrases of one language, inverted: feature → the phrases and topics it occurs in, with weights.

    Phrases are numbered first, then the topics as a whole, so that one sum over the postings serves both.
    """

    def __init__(self, examples: Sequence[tuple[str, str]]) -> None:
        labels = [label for label, _ in examples]
        counted = [_features(_words(phrase)) for _, phrase in examples]
        self._weights = _weights(labels, counted)
        self._unknown = math.log(1 + len(examples)) + 1
        self._labels = sorted(set(labels))  # so that of equals the first by name comes first
        self._first_whole = len(examples)
        self._members = self._numbers_of(labels, nothing=len(examples) + len(self._labels))
        self._postings = self._invert(labels, counted)

    def _invert(self, labels: Sequence[str], counted: Sequence[Counter[str]]) -> dict[str, _Postings]:
        found: dict[str, dict[int, float]] = defaultdict(dict)
        wholes: dict[str, dict[str, float]] = {label: defaultdict(float) for label in self._labels}
        for number, (label, features) in enumerate(zip(labels, counted, strict=True)):
            vector, length = self._vector(features)
            for feature, weight in vector.items():
                found[feature][number] = weight / length
                wholes[label][feature] += weight / length
        for number, whole in enumerate(wholes.values(), self._first_whole):
            length = math.sqrt(sum(weight * weight for weight in whole.values()))
            for feature, weight in whole.items():
                found[feature][number] = weight / length
        weights = self._weights
        return {
            feature: _Postings(
                np.array(list(places), np.intp), np.array(list(places.values())) * weights[feature],
                weights[feature] ** 2,
            )
            for feature, places in found.items()
        }  # fmt: skip

    def _numbers_of(self, labels: Sequence[str], nothing: int) -> NDArray[np.intp]:
        """The numbers of the phrases of each label, one row a label, filled up with `nothing`."""
        numbers: dict[str, list[int]] = {label: [] for label in self._labels}
        for number, label in enumerate(labels):
            numbers[label].append(number)
        longest = max(NEAR, *(len(row) for row in numbers.values()))
        return np.array([row + [nothing] * (longest - len(row)) for row in numbers.values()], np.intp)

    def knows(self, words: Sequence[str]) -> float:
        """The share of the words that occur in the phrases, 0 to 1."""
        return sum(f"={word}" in self._weights for word in words) / len(words) if words else 0.0

    def rank(self, words: Sequence[str]) -> Ranking:
        """Topics and kinds of chatter by likeness (0 to 1), best first."""
        numbers, counts, squares, unknown = [], [], 0.0, 0
        for feature, times in _features(words).items():
            found = self._postings.get(feature)
            if found is None:
                unknown += 1
                continue
            oftener = 1.0 if times == 1 else 1 + math.log(times)
            numbers.append(found.numbers)
            counts.append(found.counts if times == 1 else found.counts * oftener)
            squares += found.squared * oftener**2
        if not numbers:
            return ()
        # One place more than there are phrases and topics: the nothing that fills up short topics.
        every = self._first_whole + len(self._labels) + 1
        sums = np.bincount(np.concatenate(numbers), np.concatenate(counts), every)
        wholes = sums[self._first_whole : -1]
        near: NDArray[np.float64] = _near(sums.take(self._members))  # type: ignore[arg-type]
        scores = (NEAREST * near + WHOLE * wholes) / self._length(squares, unknown)
        best = np.argsort(-scores, kind="stable")[: np.count_nonzero(wholes)]
        return [(self._labels[place], score) for place, score in zip(best.tolist(), scores[best].tolist(), strict=True)]

    def _vector(self, features: Counter[str]) -> tuple[dict[str, float], float]:
        """Weighted known features, and the length of the whole text with the unknown ones."""
        known = {f: (1 + math.log(n)) * self._weights[f] for f, n in features.items() if f in self._weights}
        squares = sum(weight * weight for weight in known.values())
        return known, self._length(squares, len(features) - len(known))

    def _length(self, squares: float, unknown: int) -> float:
        """Of a whole text, with so many features that nobody ever typed."""
        return math.sqrt(squares + UNKNOWN * self._unknown**2 * unknown) or 1.0


def _near(likenesses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each row, how near its nearest phrases are: the best counts, and a little the next two."""
    best = np.sort(likenesses, axis=1)[:, -NEAR:]
    near: NDArray[np.float64] = 0.7 * best[:, -1] + 0.1 * best.sum(axis=1)
    return near


def _weights(labels: Sequence[str], counted: Sequence[Counter[str]]) -> dict[str, float]:
    """Rare features weigh more, and so do those of few topics; whole words and pairs more than pieces."""
    phrases: Counter[str] = Counter()
    topics: dict[str, set[str]] = defaultdict(set)
    for label, features in zip(labels, counted, strict=True):
        phrases.update(features.keys())
        for feature in features:
            topics[feature].add(label)
    kinds = len(set(labels))
    return {
        feature: (math.log((1 + len(counted)) / (1 + number)) + 1)
        * math.log((1 + kinds) / len(topics[feature])) ** 0.7
        * (WORD_WEIGHT if feature.startswith("=") else 1.0)
        for feature, number in phrases.items()
    }
