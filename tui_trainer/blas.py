"""One BLAS thread for training: networks of this size are slower with two threads, on a busy machine ten times.

The command line limits BLAS before NumPy is imported, which costs nothing. If NumPy was imported first, BLAS is limited
only while the trainer runs.
"""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

_VARIABLE = "OPENBLAS_NUM_THREADS"


_in_time = False
"""Whether the variable was set before NumPy read it."""


def limit_from_the_start() -> None:
    """Request one thread, unless the environment requests another number. Call before NumPy is imported."""
    global _in_time
    os.environ.setdefault(_VARIABLE, "1")
    _in_time = "numpy" not in sys.modules


def one_thread() -> AbstractContextManager[object]:
    """A context in which BLAS uses only the calling thread."""
    controller = _controller()
    # Reading the numbers takes a tenth of the time of setting a limit.
    if controller is None or all(library.num_threads == 1 for library in controller.lib_controllers):
        return nullcontext()
    limit: AbstractContextManager[object] = controller.limit(limits=1)
    return limit


@cache
def _controller() -> ThreadpoolController | None:
    """The controller of the BLAS libraries, cached because finding them takes milliseconds. None if the limit holds
    from the start."""
    import numpy as np

    built = np.show_config(mode="dicts") or {}
    name = built.get("Build Dependencies", {}).get("blas", {}).get("name", "")
    if _in_time and os.environ[_VARIABLE] == "1" and "openblas" in name:  # other libraries ignore the variable
        return None
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")
