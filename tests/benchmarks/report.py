"""What was measured, as a small table for people and `build/bench.json` for machines."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Line:
    """One figure against its peer or its target; `ratio` is what to quote, the rest depends on the machine."""

    what: str
    database: str
    figure: float
    unit: str
    peer: float | None
    ratio: float | None
    target: str
    met: bool
    note: str = ""


class Report:
    """Collects lines, prints them, writes them."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def add(self, line: Line) -> None:
        """One more figure."""
        self.lines.append(line)

    def table(self) -> str:
        """For people."""
        rows = [f"{'':44}{'':12}{'ours':>14}{'peer':>10}{'ratio':>8}  target"]
        for line in self.lines:
            peer = "" if line.peer is None else f"{line.peer:,.0f}"
            ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
            figure = f"{line.figure:,.2f}" if line.figure < 10 else f"{line.figure:,.0f}"
            mark = "met" if line.met else "MISSED"
            rows.append(
                f"{line.what:44}{line.database:12}{figure + ' ' + line.unit:>14}{peer:>10}{ratio:>8}  "
                f"{line.target} {mark}  {line.note}".rstrip()
            )
        return "\n".join(rows)

    def write(self) -> Path:
        """For machines."""
        target = ROOT / "build" / "bench.json"
        target.parent.mkdir(exist_ok=True)
        machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()}
        data = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine,
            "lines": [asdict(line) for line in self.lines],
        }  # fmt: skip
        target.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return target


def spread(values: list[float]) -> str:
    """Median and range of several rounds: the machine's noise."""
    return f"{median(values):,.0f} ({min(values):,.0f} to {max(values):,.0f} in {len(values)} rounds)"
