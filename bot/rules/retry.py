"""How long to wait before trying again. Deterministic: who wants jitter adds it at the edge."""

from datetime import timedelta

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)


def backoff(attempt: int, *, base: timedelta = FIRST_WAIT, cap: timedelta = LONGEST_WAIT) -> timedelta:
    """The wait after the `attempt`-th failure (from 1): `base`, doubled each time, at most `cap`.

    ValueError for an attempt below 1 or a base that is not positive.
    """
    if attempt < 1 or base <= timedelta(0):
        raise ValueError(f"backoff needs attempt ≥ 1 and base > 0, not attempt={attempt}, base={base}.")
    # More doublings than this exceed the cap anyway, and would overflow a timedelta after a long outage.
    doublings = min(attempt - 1, (cap // base).bit_length())
    return min(cap, base * (1 << doublings))
