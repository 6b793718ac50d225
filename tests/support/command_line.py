"""Running `compagnon` within a test: the real entry point, the real settings, its output and exit status."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from admin_cli.main import main


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class CommandLine:
    """A shell in an empty folder with one database."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capture = folder, capture

    def __call__(self, *words: str) -> Ended:
        """Run `compagnon <words>`."""
        self._capture.readouterr()
        status = main(list(words))
        out, err = self._capture.readouterr()
        return Ended(status, out, err)

    def good(self, *words: str) -> Ended:
        """Run what has to work."""
        ended = self(*words)
        assert ended.status == 0, ended.err
        return ended

    def refused(self, *words: str) -> str:
        """Run what has to be refused with a message; returns it."""
        ended = self(*words)
        assert ended.status == 1, ended.out
        assert "Traceback" not in ended.err
        return " ".join(ended.err.split())

    def file(self, name: str, content: bytes) -> str:
        """Write a file to name on the command line."""
        path = self.folder / name
        path.write_bytes(content)
        return str(path)
