"""One BLAS thread for training: on networks of this size a second costs more than it brings, tenfold on a busy core.

The command line says so before NumPy is imported, which costs nothing; where NumPy came first it is limited for as long
as the trainer runs, and the rest of the process is left as it was.
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
"""Whether the variable was read by NumPy as it is now."""


def limit_from_the_start() -> None:
    """Ask for one thread, unless the environment asks for another number; to be called before NumPy is imported."""
    global _in_time
    os.environ.setdefault(_VARIABLE, "1")
    _in_time = "numpy" not in sys.modules


def one_thread() -> AbstractContextManager[object]:
    """A context in which BLAS uses the calling thread only."""
    controller = _controller()
    # A look at the numbers takes a tenth of the time of a limit.
    if controller is None or all(library.num_threads == 1 for library in controller.lib_controllers):
        return nullcontext()
    limit: AbstractContextManager[object] = controller.limit(limits=1)
    return limit


@cache
def _controller() -> ThreadpoolController | None:
    """Found once: looking for the libraries takes milliseconds, limiting them microseconds. None where the limit holds
    from the start."""
    import numpy as np

    built = np.show_config(mode="dicts") or {}
    name = built.get("Build Dependencies", {}).get("blas", {}).get("name", "")
    if _in_time and os.environ[_VARIABLE] == "1" and "openblas" in name:  # another one does not heed the variable
        return None
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")
