"""Questions that learners may ask former learners without anybody reading them first."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from bot.content.fields import Id, Phrase, SourceFile, Strict


class Preset(Strict):
    """One question. It never asks how to reach somebody, and needs no such thing in the answer."""

    id: Id
    text: Phrase


class QuestionSet(SourceFile):
    """The questions about one theme; its name stands on a button."""

    title: Phrase
    questions: tuple[Preset, ...] = Field(min_length=1, max_length=8)


QUESTION_FOLDERS: Mapping[str, type[SourceFile]] = {"questions": QuestionSet}
