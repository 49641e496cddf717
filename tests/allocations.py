"""What the program itself holds in memory, without what the test runner's other threads take meanwhile."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FRAMES = 4
"""NumPy allocates within functions of its own, so the program is seldom the innermost frame."""


@contextmanager
def traced() -> Iterator[Callable[[], int]]:
    """Gives a function that counts the bytes allocated since by calls out of the package, and still held."""
    tracemalloc.start(FRAMES)
    package = (tracemalloc.Filter(True, "*/tui_trainer/*", all_frames=True),)

    def held() -> int:
        gc.collect()
        return sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces(package).traces)

    try:
        yield held
    finally:
        tracemalloc.stop()
