"""Memory given back to the system between batches."""

import ctypes
from functools import cache
from typing import Any


def give_back() -> None:
    """Return what is freed to the system, where the C library is glibc; elsewhere do nothing.

    The buffers of a batch are large and of ever other sizes. glibc keeps them when they are freed,
    in pieces that the next batch does not fit, and so a long build held more and more.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Any:
    """Return glibc's `malloc_trim(3)`, None where there is none."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # musl, macOS; Windows takes no None
        return None
