"""Reading and writing files that people name on the command line."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Iterable
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
    """Write a file as a whole or not at all. Raises BadInput saying why not; an existing one needs `force`.

    What is no file, such as a pipe or /dev/stdout, is written into: put another in its place, and it would be gone."""
    if file.exists() and not file.is_file() and not file.is_dir():
        return _into(file, data)
    _free(file, force)
    beside = file.with_name(f".{file.name}.part")
    try:
        beside.write_bytes(data)
        beside.replace(file)
    except OSError as error:
        _forget(beside)
        raise BadInput(f"The file {file} cannot be written ({error.strerror}): choose another place.") from None


def _into(device: Path, data: bytes) -> None:
    try:
        device.write_bytes(data)
    except OSError as error:
        raise BadInput(f"Nothing can be written into {device} ({error.strerror}): choose another place.") from None


def try_place(file: Path) -> None:
    """Before what cannot be undone: could this file be written? Leaves nothing there. Raises BadInput."""
    if file.is_dir():
        raise BadInput(f"{file} is a folder: name a file in it.")
    beside = file.with_name(f".{file.name}.part")
    try:
        beside.write_bytes(b"")
    except OSError as error:
        raise BadInput(f"The file {file} cannot be written ({error.strerror}): choose another place.") from None
    finally:
        _forget(beside)


def write_zip(file: Path, parts: Iterable[tuple[str, bytes]], *, force: bool = True) -> None:
    """Files of (name, bytes) as one .zip, as a whole or not at all. Raises BadInput, and whatever `parts` raises."""
    _free(file, force)
    beside = file.with_name(f".{file.name}.part")
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, data in parts:
                packed.writestr(name, data)
        beside.replace(file)
    except OSError as error:
        raise BadInput(f"The file {file} cannot be written ({error.strerror}): choose another place.") from None
    finally:
        _forget(beside)


def write_folder(folder: Path, parts: Iterable[tuple[str, bytes]], *, force: bool = True) -> list[Path]:
    """Files of (name, bytes) in a folder, made where it is not there: all of them or none. Raises BadInput, and
    whatever `parts` raises."""
    made = not folder.exists()
    written: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in parts:
            _free(folder / name, force)
            written.append((folder / f".{name}.part", folder / name))
            written[-1][0].write_bytes(data)
        for beside, file in written:
            beside.replace(file)
    except OSError as error:
        raise BadInput(f"The folder {folder} cannot be written to ({error.strerror}): choose another place.") from None
    finally:
        for beside, _ in written:
            _forget(beside)
        if made:
            with contextlib.suppress(OSError):
                folder.rmdir()  # only an empty one goes
    return [file for _, file in written]


def _free(file: Path, force: bool) -> None:
    if not force and file.exists():
        raise BadInput(f"There is a file {file} already: choose another name, or add --force to write over it.")


def _forget(file: Path) -> None:
    """Take away what was begun, where it is there at all."""
    with contextlib.suppress(OSError):
        file.unlink()
