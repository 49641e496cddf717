"""Settings of the whole process: garbage collection, memory, how often threads take turns, signals, a quick end.

Each function says what was measured.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

SWITCH_SECONDS = 0.0005
"""How long the training thread may hold Python's lock while the screen waits for it. Python's default is ten times as
long: replies to keys then take 12 to 60 ms instead of 2, and training is no faster."""

_M_ARENA_MAX = -8
"""The constant of glibc's malloc.h."""


def postpone_collection() -> None:
    """Collect no garbage until `keep_what_is_loaded`: imports leave none. Saves a tenth of the time to the first
    picture."""
    gc.disable()


def keep_what_is_loaded() -> None:
    """Collect garbage again if that was postponed, but never look at the objects loaded so far: that would delay a key
    by 20 ms."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def share_memory() -> None:
    """Let all threads allocate from one arena if the C library is glibc.

    glibc gives each thread its own arena. Memory freed in one run's arena cannot be reused by the next run's thread.
    """
    mallopt = _of_glibc("mallopt")
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Collect what has just become unreachable, and return the memory to the system. Takes milliseconds.

    A run refers to itself in cycles. Python decides by the number of objects, not by their size, when to look for
    cycles, so a run would stay for minutes. glibc keeps freed memory below anything still in use: a few megabytes more
    with every dozen runs.
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


@contextmanager
def handled(signals: Iterable[int], handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Call `handler` for these signals meanwhile. A SIGHUP that nohup has set to be ignored stays ignored."""
    heard = [n for n in signals if n != signal.SIGHUP or signal.getsignal(n) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in heard}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def end_at_once(status: int) -> NoReturn:
    """End with this exit status. Joining threads and flushing could wait for ever for a terminal that nobody reads."""
    os._exit(status)


def _of_glibc(name: str) -> Callable[..., int] | None:
    function: Callable[..., int] | None = getattr(ctypes.CDLL(None), name, None)
    return function
