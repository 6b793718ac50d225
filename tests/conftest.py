"""Read before any test: `bot` says how many threads numpy may have, and must say so before numpy is read."""

import bot  # noqa: F401
