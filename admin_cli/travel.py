"""How a journey there or back reads on a terminal."""

from __future__ import annotations

from typing import Any

from admin_cli.output import moment


def line(found: dict[str, Any]) -> str:
    """One journey from `cohort status` or `learner show`, by the clock of the place travelled to."""
    zone = found["timezone"]
    expected = moment(found["expected_at"], zone)
    if found["state"] == "arrived":
        return f"arrived {moment(found['arrived_at'], zone)}"
    if found["left_at"]:
        way = f"on the way since {moment(found['left_at'], zone)}, expected {expected}"
    else:
        way = f"travels {'home' if found['direction'] == 'back' else 'out'}, expected {expected}, has not said “left”"
    return f"{way}; alert raised" if found["state"] == "alerted" else way
