"""One BLAS thread for training: on networks of this size a second costs more than it brings, tenfold on a busy core.

The command line sets OPENBLAS_NUM_THREADS before NumPy is imported; this limits a NumPy that came first, for as long as
the trainer runs, and leaves the rest of the process as it was.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cache

from threadpoolctl import ThreadpoolController


@cache
def _controller() -> ThreadpoolController:
    """Found once: looking for the libraries takes milliseconds, limiting them microseconds."""
    return ThreadpoolController().select(user_api="blas")


def one_thread() -> AbstractContextManager[object]:
    """A context in which BLAS uses the calling thread only."""
    controller = _controller()
    if all(library.num_threads == 1 for library in controller.lib_controllers):  # a tenth of the time of a limit
        return nullcontext()
    limit: AbstractContextManager[object] = controller.limit(limits=1)
    return limit
