"""New ids: a short prefix and a part that sorts by the time at which it was made."""

import os
import time

_ALPHABET = (
    "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: sorts like numbers, and no two characters look alike
)

_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_SHIFTS = range(80, -1, -10)


def new_id(prefix: str) -> str:
    """A new id such as `proj-01jdc5k2m8x4w7q0zr`: 48 bits of milliseconds, so that ids sort, and 40 random bits."""
    number = (time.time_ns() // 1_000_000) << 40 | int.from_bytes(os.urandom(5), "big")
    return id_from(prefix, number)


def id_from(prefix: str, number: int) -> str:
    """The id for the last 90 bits of a number."""
    return f"{prefix}-" + "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])
