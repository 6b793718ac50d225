"""Begins processes of the command line within milliseconds: it has read the whole program once, and forks.

A process of its own spends two seconds of the processor on reading, and the tests begin hundreds. What begins here is a
process like any other: killed, stopped, with its own files and settings; nothing was open, no setting read, no thread
begun before the fork. How the installed command begins is tested by itself.

Spoken over a socket: a line of JSON with the length before it and two files beside it (standard output and error);
answered with the number of the process. Its exit status is written to a file once it has ended.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import struct
import sys
import time
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

HEAD = struct.Struct("!I")
Errand = dict[str, Any]
NOT_READ = ("bot.store.migrations.versions", "bot.store.migrations.env")


def read_program() -> None:
    """Import every module there is, so that no child has to."""
    for package in ("bot", "scheduler", "admin_cli"):
        for found in walk_packages(import_module(package).__path__, f"{package}."):
            if not found.name.startswith(NOT_READ):
                import_module(found.name)
    gc.collect()
    gc.freeze()


def serve(line: socket.socket) -> Errand:
    """Fork for every errand. Returns in a child, with its errand; ends with the line."""
    wake, woken = socket.socketpair()
    for end in (wake, woken):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    children: dict[int, str] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(line, selectors.EVENT_READ)
        selector.register(wake, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if wake in ready:
                with contextlib.suppress(BlockingIOError):
                    wake.recv(4096)
                _bury(children)
            if line in ready:
                errand, files = _errand(line)
                pid = os.fork()
                if pid == 0:
                    for end in (line, wake, woken):
                        end.close()
                    return errand | {"files": files}
                children[pid] = errand["ended"]
                for file in files:
                    os.close(file)
                line.sendall(HEAD.pack(pid))


def _errand(line: socket.socket) -> tuple[Errand, list[int]]:
    head, files, _, _ = socket.recv_fds(line, HEAD.size, 2)
    if len(head) < HEAD.size:
        os._exit(0)  # the tests are over
    (length,) = HEAD.unpack(head)
    body = b""
    while len(body) < length:
        body += line.recv(length - len(body))
    return json.loads(body), files


def _bury(children: dict[int, str]) -> None:
    """Write down the status of each that has ended: as a shell counts, minus the signal where one ended it."""
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        ended = Path(children.pop(pid))
        ended.with_suffix(".tmp").write_text(str(os.waitstatus_to_exitcode(status)))
        ended.with_suffix(".tmp").replace(ended)


def become(errand: Errand) -> None:
    """Take on what makes a process its own: folder, settings, files, and signals as they are at first."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(errand["folder"])
    os.environ.clear()
    os.environ.update(errand["environment"])
    time.tzset()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, file in enumerate((nothing, *errand["files"])):
        os.dup2(file, number)
        os.close(file)
    sys.argv = ["compagnon", *errand["words"]]


def main() -> int:
    """Until the line ends; in a child: run its command line."""
    line = socket.socket(fileno=int(sys.argv[1]))
    read_program()
    become(serve(line))
    from admin_cli.main import main as compagnon

    return compagnon()


if __name__ == "__main__":
    sys.exit(main())
