"""Certificates: what they are given for, and codes that show a slip of the pen before anything is looked up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.content.items import Quiz
from bot.content.versions import Script
from bot.rules import codes

LENGTH = 10  # before the check sign: 8·10¹⁴ codes, nobody guesses one
KINDS = ("safety", "host", "participation")


@dataclass(frozen=True, slots=True)
class Training:
    """How far somebody is with the quizzes that count for a certificate: ids of quizzes, and how many are passed."""

    quizzes: tuple[str, ...]
    passed: int

    @property
    def complete(self) -> bool:
        """Is every quiz passed? A journey without any trains nobody."""
        return bool(self.quizzes) and self.passed >= len(self.quizzes)


def training(script: Script, kind: str, done: Collection[str]) -> Training:
    """The quizzes of a script that certify a kind; `done` are ids of finished steps (a quiz finishes when passed)."""
    steps = [step for step in script.journey.steps if step.kind == "quiz" and _certifies(script.item(step), kind)]
    return Training(tuple(step.use for step in steps), sum(step.id in done for step in steps))


def _certifies(item: object, kind: str) -> bool:
    return isinstance(item, Quiz) and item.certifies == kind


# --- codes --------------------------------------------------------------------------------------


def code_of(number: int) -> str:
    """A number as a code to read out, `7HK2M-XQ4RV-T`; numbers from 0 below 31 to the tenth."""
    return grouped(codes.code_of(number, LENGTH))


def grouped(signs: str) -> str:
    """The signs of a code with dashes between."""
    return f"{signs[:5]}-{signs[5:10]}-{signs[10:]}"


def read(typed: str) -> str | None:
    """A code as it was typed, in any case and with any dashes and spaces; None where it cannot be one."""
    signs = codes.read(typed, LENGTH)
    return grouped(signs) if signs is not None else None
