"""The memory of the process: one place for all threads, and nothing held that is free.

Runs come and go, each with megabytes of its past, while the program stays. Where the C library is glibc, this says how
it is to go about that; elsewhere only Python's own part is done.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable

_M_ARENA_MAX = -8
"""As glibc's malloc.h has it."""


def share_memory() -> None:
    """Let all threads take memory from one place, where the C library is glibc.

    It would give each a place of its own, and what the copies of a run leave behind there is not to be had for the next
    run, whose thread is another one.
    """
    mallopt = _of_glibc("mallopt")
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Collect what has just become unreachable, and let the system have the memory; takes milliseconds.

    A run refers to itself in circles, which Python looks for by their number and not by their size: it would stay for
    minutes. And glibc keeps what becomes free below anything that is still in use: a few megabytes more with every
    dozen runs.
    """
    gc.collect()
    malloc_trim = _of_glibc("malloc_trim")
    if malloc_trim is not None:
        malloc_trim(0)


def _of_glibc(name: str) -> Callable[..., int] | None:
    function: Callable[..., int] | None = getattr(ctypes.CDLL(None), name, None)
    return function
