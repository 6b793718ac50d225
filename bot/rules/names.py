"""How a person is called in full: first and last name, whichever of them is known."""

from __future__ import annotations

from typing import Protocol


class Named(Protocol):
    """A person, or a row that was read of one."""

    @property
    def first_name(self) -> str: ...

    @property
    def last_name(self) -> str: ...


def full_name(who: Named) -> str:
    """`Lea Beispiel`; `Lea` for who has no last name."""
    return f"{who.first_name} {who.last_name}".strip()
