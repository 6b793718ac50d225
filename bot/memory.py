"""How often Python looks for what nobody holds any more."""

from __future__ import annotations

import gc

_YOUNG, _MIDDLE, _OLD = 50_000, 20, 20  # new objects, then rounds: a batch of the schedule makes half a million


def settle() -> None:
    """When the content is loaded, which stays for good: what is there now is not looked through again and again, and
    what comes is looked through more rarely than every few hundred objects. That was a sixth of a batch's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
