"""`python -m bot.store.check`: do the migrations build exactly the tables of the code?"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bot.store.engine import open_store
from bot.store.schema import differences, heads, newest, upgrade


def main() -> int:
    """0 when they do; otherwise the differences on stderr and 1."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'check.sqlite3'}")
        upgrade(store)
        found = differences(store)
        if heads() != [newest()]:
            found.append(f"the last file is {newest()}, the last revision {' and '.join(heads())}")
        store.close()
    for difference in found:
        sys.stderr.write(f"migrations and tables differ: {difference}\n")
    if not found:
        sys.stdout.write("Migrations match the tables.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
