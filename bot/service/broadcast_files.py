"""Pictures and documents that go with messages to a cohort: checked, and kept in the data folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import BadInput
from bot.flows.message import LARGEST
from bot.rules.typed import shown

FOLDER = "messages"
PICTURES = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A photo or document: its path below the data folder and its own name, or the Telegram file it came as."""

    kind: str
    path: str | None
    name: str
    file_id: str | None = None

    def as_data(self) -> dict[str, Any]:
        """As it is stored."""
        there = {"path": self.path} if self.file_id is None else {"file_id": self.file_id}
        return {"kind": self.kind, "name": self.name, **there}

    @staticmethod
    def of(data: Mapping[str, Any]) -> Kept:
        """The inverse of `as_data`."""
        return Kept(data["kind"], data.get("path"), data["name"], data.get("file_id"))


def keep(data_dir: Path, name: str, data: bytes, kind: str) -> Kept:
    """Check a file and keep a copy of it. `kind` is photo or document. Raises BadInput with one sentence."""
    if not data:
        raise BadInput(f"The file {shown(name)} is empty.")
    if len(data) > LARGEST[kind]:
        raise BadInput(
            f"The file {shown(name)} has {len(data) / 1e6:.0f} MB: Telegram takes a {kind} of at most "
            f"{LARGEST[kind] // 10**6} MB."
        )
    if kind == "photo" and not any(data.startswith(magic) for magic in PICTURES):
        raise BadInput(f"The file {shown(name)} is no JPEG or PNG picture: send it with --document instead.")
    path = f"{FOLDER}/{hashlib.sha256(data).hexdigest()[:32]}{Path(name).suffix.lower()[:10]}"
    try:
        (data_dir / FOLDER).mkdir(parents=True, exist_ok=True)
        (data_dir / path).write_bytes(data)
    except OSError as error:
        raise BadInput(
            f"The file cannot be kept in {data_dir / FOLDER} ({error.strerror}): check its rights."
        ) from None
    return Kept(kind, path, name)
