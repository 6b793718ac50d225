"""Files that people and the bot sent: kept in memory, found by file_id or by download path."""

import struct
import zlib
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

MAX_PHOTO = 10 * 1024 * 1024
MAX_UPLOAD = 50 * 1024 * 1024
MAX_DOWNLOAD = 20 * 1024 * 1024

_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "audio/ogg": "oga"}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file: identifiers, download path, bytes, MIME type, name shown to people."""

    file_id: str
    unique_id: str
    path: str
    data: bytes
    mime_type: str
    name: str

    def brief(self) -> Json:
        """The fields every Bot API file object has."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.data)}


class FileShelf:
    """All files of one sandbox."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def add(self, folder: str, data: bytes, mime_type: str, name: str = "") -> StoredFile:
        """Keeps a file under `folder` (photos, documents, voice, stickers)."""
        number = len(self._by_id) + 1
        extension = _EXTENSIONS.get(mime_type) or (name.rsplit(".", 1)[-1] if "." in name else "bin")
        unique = f"AgAD{zlib.crc32(data):08x}{number}"
        file_id = f"BQACAgQ{folder[:3]}{number:06d}{zlib.crc32(name.encode()):08x}"
        stored = StoredFile(file_id, unique, f"{folder}/file_{number}.{extension}", data, mime_type, name)
        self._by_id[file_id] = self._by_path[stored.path] = stored
        return stored

    def by_id(self, file_id: str) -> StoredFile | None:
        """The file with this file_id."""
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> StoredFile | None:
        """The file with this download path."""
        return self._by_path.get(path)


def image_type(data: bytes) -> str | None:
    """MIME type of a picture by its first bytes; None when it is none that Telegram takes."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None


def image_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, read from the header; 512 × 512 where it can't be told."""
    kind = image_type(data)
    if kind == "image/png" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if kind == "image/gif" and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return width, height
    return (_jpeg_size(data) if kind == "image/jpeg" else None) or (512, 512)


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return None


def photo_sizes(shelf: FileShelf, data: bytes) -> list[Json]:
    """A PhotoSize array: a small one (longest side 320) and the full one; the same bytes behind both."""
    width, height = image_size(data)
    mime_type = image_type(data) or "image/jpeg"
    scale = min(1.0, 320 / max(width, height, 1))
    sizes = []
    for factor in (scale, 1.0) if scale < 1 else (1.0,):
        stored = shelf.add("photos", data, mime_type)
        sizes.append({**stored.brief(), "width": max(1, int(width * factor)), "height": max(1, int(height * factor))})
    return sizes
