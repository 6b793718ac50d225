"""A Nominatim on loopback for tests: slow, wrong, busy or dying if asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KNOWN = [{"lat": "37.3891", "lon": "-5.9766", "display_name": "Comisaría, Sevilla, España"}]
MADRID = [{"lat": "40.4168", "lon": "-3.7038", "display_name": "Sol, Madrid, España"}]


@dataclass(frozen=True, slots=True)
class Answer:
    """What it says next; `hangs`: nothing, until the test is over."""

    body: str = json.dumps(KNOWN)
    status: int = 200
    retry_after: str | None = None
    hangs: bool = False


class Map:
    """It knows one place, and Madrid. `script`: what it says to the next questions instead; `always`: to all others."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.script: list[Answer] = []
        self.always: Answer | None = None
        self.over = threading.Event()
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
                served.asked.append({**query, "agent": self.headers["User-Agent"]})
                said = served.next(query["q"])
                if said.hangs:
                    served.over.wait(10)
                data = said.body.encode()
                try:
                    self.send_response(said.status)
                    self.send_header("Content-Length", str(len(data)))
                    if said.retry_after is not None:
                        self.send_header("Retry-After", said.retry_after)
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    pass  # whoever asked did not wait

            def log_message(self, *_: object) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def next(self, words: str) -> Answer:
        """What it says to a question."""
        if self.script:
            return self.script.pop(0)
        if self.always is not None:
            return self.always
        if "nowhere" in words:
            return Answer("[]")
        return Answer(json.dumps(MADRID)) if "Madrid" in words else Answer()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self) -> None:
        """Nobody listens any more."""
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


@contextmanager
def served() -> Iterator[Map]:
    """One for a test."""
    here = Map()
    yield here
    here.stop()
