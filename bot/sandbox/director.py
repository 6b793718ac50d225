"""Who moves the virtual clock: the demo hands the sandbox a director; without one there is no time travel."""

from typing import Any, Protocol


class Director(Protocol):
    """Moves time for the page's clock buttons.

    CLOCK = {"now": ISO UTC, "zone": IANA name, "next_at": ISO or None, "next_label": str or None,
    "marks": {"arrival": ISO, "return": ISO}, "busy": bool, "step": ISO or None}
    """

    async def clock(self) -> dict[str, Any]:
        """The clock as it stands."""
        ...

    async def travel(self, to: str) -> dict[str, Any]:
        """Moves to "next", "+1h", "+1d", "arrival" or "return"; CLOCK on arrival. Raises ValueError (one sentence)."""
        ...

    async def invites(self) -> list[dict[str, Any]]:
        """Open invites: [{"code", "role", "name", "url", "token"}]."""
        ...
