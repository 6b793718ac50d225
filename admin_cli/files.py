"""Reading files that people name on the command line."""

from __future__ import annotations

from pathlib import Path

from bot.errors import BadInput


def read_bytes(file: Path) -> bytes:
    """The bytes of a file. Raises BadInput saying why it cannot be read."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise BadInput(f"There is no file {file}: check the path.") from None
    except OSError as error:
        raise BadInput(f"The file {file} cannot be read ({error.strerror}): check what it is and its rights.") from None


def read_text(file: Path) -> str:
    """The text of a UTF-8 file, with or without BOM. Raises BadInput."""
    try:
        return read_bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"The file {file} is not UTF-8 text: save it as UTF-8.") from None


def write_bytes(file: Path, data: bytes, *, force: bool = True) -> None:
    """Write a file as a whole or not at all. Raises BadInput saying why not; an existing one needs `force`."""
    if not force and file.exists():
        raise BadInput(f"There is a file {file} already: choose another name, or add --force to write over it.")
    beside = file.with_name(f".{file.name}.part")
    try:
        beside.write_bytes(data)
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise BadInput(f"The file {file} cannot be written ({error.strerror}): choose another place.") from None
