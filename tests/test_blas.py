"""Training has one BLAS thread: from the start where the program is the first to load NumPy, else while it runs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

COUNT = "[each['num_threads'] for each in threadpool_info() if each['user_api'] == 'blas']"
FIRST = f"""
import sys
from tui_trainer.blas import limit_from_the_start, one_thread
limit_from_the_start()
import numpy
with one_thread():
    looked_for = "threadpoolctl" in sys.modules
from threadpoolctl import threadpool_info
print(looked_for, {COUNT})
"""
AFTER = f"""
import numpy
from threadpoolctl import threadpool_info
from tui_trainer.blas import limit_from_the_start, one_thread
limit_from_the_start()
before = {COUNT}
with one_thread():
    print(before, {COUNT}, end=" ")
print({COUNT})
"""


def said(program: str, threads: str | None) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    environment.pop("OPENBLAS_NUM_THREADS", None)
    if threads is not None:
        environment["OPENBLAS_NUM_THREADS"] = threads
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, timeout=60)
    assert not done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="NumPy brings another BLAS")
@pytest.mark.parametrize("threads", [None, "1"])
def test_an_openblas_that_was_told_in_time_is_not_looked_for(threads: str | None) -> None:
    assert said(FIRST, threads) == "False [1]"


@pytest.mark.skipif(os.cpu_count() == 1, reason="one processor, one thread")
def test_one_that_has_more_is_limited_for_as_long_as_it_runs() -> None:
    assert said(AFTER, "2") == "[2] [1] [2]"
    assert said(FIRST, "2") == "True [2]"
