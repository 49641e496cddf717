"""What the process as a whole is told: when to look for garbage, how to keep memory, how often threads take turns, and
how to end at once. Each says what it was measured to bring."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

SWITCH_SECONDS = 0.0005
"""How long the training thread may hold Python's lock when the screen wants it. With Python's default, ten times as
long, a key is answered within 12 to 60 ms instead of 2; training is as fast."""

_M_ARENA_MAX = -8
"""As glibc's malloc.h has it."""


def postpone_collection() -> None:
    """Look for no garbage while modules are imported, which leave none: a tenth of the time to the first picture."""
    gc.disable()


def keep_what_is_loaded() -> None:
    """Look for garbage again, but not among what is there by now: going through all of it would hold up a key by
    20 ms."""
    gc.freeze()
    gc.enable()


def share_memory() -> None:
    """Let all threads take memory from one arena, where the C library is glibc, which would give each its own.

    Memory freed in one run's arena cannot be reused by the next run, whose thread is another one.
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


@contextmanager
def quick_turns() -> Iterator[None]:
    """Let threads take turns every `SWITCH_SECONDS`."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def end_at_once(status: int) -> NoReturn:
    """End with this exit status; joining threads and flushing can wait for ever for a terminal that nobody reads."""
    os._exit(status)


def _of_glibc(name: str) -> Callable[..., int] | None:
    function: Callable[..., int] | None = getattr(ctypes.CDLL(None), name, None)
    return function
