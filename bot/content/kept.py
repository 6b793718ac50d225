"""What was read once, kept for the next process as Python keeps compiled modules: in `__pycache__`, beside its source.

Reading every text in YAML and PO takes seconds of processor time, and every command line needs them; taking up what was
read from the very same files takes a tenth of one. As with compiled modules, whoever may write there could as well
change the program, and where nobody may write, everything is read anew each time.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

import pydantic

HERE = Path(__file__).parent / "__pycache__"
CODE = Path(__file__).parent.parent  # a model that changed reads the same file otherwise
READ = ("*.yaml", "*.yml", "*.po", "*.py")
Made = TypeVar("Made")
NEWEST = 4  # of one kind: as many contents as one machine may well use side by side


def fingerprint(kind: str, folders: Iterable[Path]) -> str:
    """A name for what is made, a `kind`, of what the files of content and code in these folders, and the program that
    reads them, hold at this moment. Raises OSError for a file that cannot be read."""
    told = blake2b(f"{sys.version} {pydantic.VERSION}".encode(), digest_size=16)
    for file in _files(folders):
        held = file.read_bytes()
        told.update(f"\n{file} {len(held)}\n".encode())
        told.update(held)
    return f"{kind}-{told.hexdigest()}"


def name_of(kind: str, folder: Path, extra: Path | None) -> str:
    """The fingerprint of a folder and what lies over it; empty, so that nothing is kept, where a file cannot be read:
    reading them says which one, and what to do."""
    try:
        return fingerprint(kind, [folder, *([extra] if extra else [])])
    except OSError:
        return ""


def made_once(name: str, kind: type[Made], make: Callable[[], Made]) -> Made:
    """What was kept under that name; if there is none it is made, and kept. Without a name it is made each time."""
    kept = take_up(name) if name else None
    if isinstance(kept, kind):
        return kept
    made = make()
    if name:
        keep(name, made)
    return made


def take_up(name: str) -> object | None:
    """What was kept under that name, or None when there is nothing that can be read."""
    collects = gc.isenabled()
    gc.disable()  # nothing of it is garbage, and looking for some would take half the time
    try:
        return pickle.loads(_place(name).read_bytes())  # type: ignore[no-any-return]
    except Exception:  # whatever is wrong with the file: the sources are there
        return None
    finally:
        if collects:
            gc.enable()


def keep(name: str, found: object) -> None:
    """Keep it for the next process, if one may write here; another one may be doing the same."""
    with contextlib.suppress(OSError):
        HERE.mkdir(exist_ok=True)
        handle, path = tempfile.mkstemp(dir=HERE, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                pickle.dump(found, file, pickle.HIGHEST_PROTOCOL)
            Path(path).chmod(0o644)  # for whoever runs the program, as compiled modules; nothing in it is secret
            Path(path).replace(_place(name))
        except BaseException:
            Path(path).unlink(missing_ok=True)
            raise
        _clear_out(name.partition("-")[0])


def _place(name: str) -> Path:
    return HERE / f"{name}.{sys.implementation.cache_tag}.pickle"


def _clear_out(kind: str) -> None:
    kept = sorted(HERE.glob(f"{kind}-*.pickle"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in kept[NEWEST:]:
        file.unlink(missing_ok=True)


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    yield from sorted(CODE.rglob("*.py"))
    for folder in folders:
        yield from sorted(file for kind in READ for file in folder.rglob(kind))
