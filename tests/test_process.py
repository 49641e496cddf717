"""Memory that is free goes back to the system, also from beneath what is still in use."""

from __future__ import annotations

import gc
import platform
import re
import weakref
from pathlib import Path

import pytest

from tui_trainer.process import give_back, keep_what_is_loaded

MEGABYTES = 40


class Circle:
    """Something that refers to itself, as a run does."""

    def __init__(self) -> None:
        self.itself = self
        self.parts = [bytes(8192) for _ in range(MEGABYTES * 128)]


def resident() -> float:
    """Megabytes that this process holds."""
    return int(re.findall(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[0]) / 1024


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is asked for it")
def test_what_is_free_goes_back() -> None:
    large = Circle()
    on_top, gone = bytes(8192), weakref.ref(large)
    full = resident()
    gc.disable()
    try:
        del large
        give_back()
    finally:
        gc.enable()
    assert gone() is None
    assert resident() < full - MEGABYTES / 2
    assert on_top


def test_garbage_is_collected_as_before_unless_that_was_postponed() -> None:
    kept = gc.get_freeze_count()
    keep_what_is_loaded()
    assert (gc.get_freeze_count(), gc.isenabled()) == (kept, True)
