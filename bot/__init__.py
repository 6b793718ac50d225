"""Compagnon's bot: see docs/contributors.md for its rooms."""

import os

# Before numpy is read: the matrices of one question are too small for several threads, which only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
