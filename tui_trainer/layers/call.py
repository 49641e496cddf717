"""A plan is a list of calls: a function and its arguments, all bound to arrays that never move.

An iteration of a small network is bound by the cost of calling NumPy, not by arithmetic. So everything is decided when
the plan is compiled, and running a plan is only the loop below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Call = tuple[Callable[..., Any], tuple[Any, ...]]
"""`function, arguments`. The function writes into one of its arguments."""


def run(calls: Iterable[Call]) -> None:
    """Make the calls in order."""
    for function, arguments in calls:
        function(*arguments)
