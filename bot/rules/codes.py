"""Codes to read out and to write down: a slip of the pen shows before anything is looked up."""

from __future__ import annotations

# Without 0, 1, I, L and O, which people mix up; a prime number of signs, so that the check sign finds every wrong sign
# and every two that changed places.
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def code_of(number: int, length: int) -> str:
    """A number below 31 to the power of `length` as so many signs and a check sign."""
    signs = []
    for _ in range(length):
        number, rest = divmod(number, len(SIGNS))
        signs.append(SIGNS[rest])
    return "".join(signs) + _check("".join(signs))


def read(typed: str, length: int) -> str | None:
    """The signs of a code as it was typed, in any case and with any dashes and spaces; None where it cannot be one."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    if len(signs) != length + 1 or not set(signs) <= set(SIGNS) or _check(signs[:length]) != signs[length]:
        return None
    return signs


def _check(signs: str) -> str:
    return SIGNS[sum(place * SIGNS.index(sign) for place, sign in enumerate(signs, 1)) % len(SIGNS)]
