"""What an edit of a journey means for somebody who walks it: steps that stay, are renamed, are gone, are new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.content.schema import Journey, Step


@dataclass(frozen=True, slots=True)
class Change:
    """From one version to another. `renamed`: old id → new id of the same kind that shows the same item; `rekinded`:
    the id stayed and is another kind of step now, so that what was answered half-way does not fit."""

    kept: tuple[str, ...]
    renamed: Mapping[str, str]
    rekinded: tuple[str, ...]
    gone: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Is it the same steps under the same names?"""
        return not (self.renamed or self.rekinded or self.gone or self.added)


def compare(old: Journey, new: Journey) -> Change:
    """All steps of both, each once, in the author's order."""
    before, after = {s.id: s for s in old.steps}, {s.id: s for s in new.steps}
    fresh = [step for step in new.steps if step.id not in before]
    renamed: dict[str, str] = {}
    for step in old.steps:
        if step.id not in after:
            twin = next((s for s in fresh if _alike(s, step) and s.id not in renamed.values()), None)
            if twin is not None:
                renamed[step.id] = twin.id
    same = [step.id for step in old.steps if step.id in after]
    return Change(
        kept=tuple(step_id for step_id in same if after[step_id].kind == before[step_id].kind),
        renamed=renamed,
        rekinded=tuple(step_id for step_id in same if after[step_id].kind != before[step_id].kind),
        gone=tuple(step.id for step in old.steps if step.id not in after and step.id not in renamed),
        added=tuple(step.id for step in fresh if step.id not in renamed.values()),
    )


def _alike(one: Step, other: Step) -> bool:
    return (one.kind, one.use) == (other.kind, other.use)


def nearest(step_id: str, old: Journey, change: Change) -> str | None:
    """Where somebody goes on who was in a step that is gone: the next step of the old order that survives, else the
    last one before it; None when nothing does."""
    order = [step.id for step in old.steps]
    at = order.index(step_id)
    for candidate in (*order[at + 1 :], *reversed(order[:at])):
        if candidate in change.renamed:
            return change.renamed[candidate]
        if candidate not in change.gone:
            return candidate
    return None
