"""Files that people name on the command line."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Thread

import pytest

from admin_cli.files import write_bytes
from bot.errors import BadInput


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_bytes(pipe, b"words")
    reader.join(10)
    assert read == [b"words"]
    assert pipe.is_fifo()


def test_a_full_disk_is_said_in_one_sentence() -> None:
    with pytest.raises(BadInput, match="No space left on device"):
        write_bytes(Path("/dev/full"), b"words")
    assert Path("/dev/full").is_char_device()
