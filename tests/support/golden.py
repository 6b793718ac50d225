"""Golden files: a conversation as readable text; `UPDATE_GOLDEN=1` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "golden"


def check(name: str, text: str) -> None:
    """Compare with `tests/golden/<name>.txt`."""
    file = FOLDER / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        FOLDER.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    assert file.exists(), f"{file.name} does not exist; run the test once with UPDATE_GOLDEN=1 and read what it writes"
    assert text == file.read_text("utf-8"), f"{file.name} differs; if the new conversation is right, UPDATE_GOLDEN=1"
