"""A plan is a list of calls: a function and its arguments, all bound to arrays that never move.

This is the one place where speed is made. A small network's iteration is bound by the cost of calling NumPy, not by
arithmetic, so whatever can be decided beforehand is decided when the plan is compiled, and running it is this loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Call = tuple[Callable[..., Any], tuple[Any, ...]]
"""`function, arguments`; the function writes into one of its arguments."""


def run(calls: Iterable[Call]) -> None:
    """Carry the calls out in order."""
    for function, arguments in calls:
        function(*arguments)
