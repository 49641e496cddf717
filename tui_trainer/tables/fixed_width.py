"""Tables whose cells stand in columns of fixed width: padded with blanks, with blanks within them, and empty ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FEWEST_LINES = 5
LONGEST = 2_000
"""Characters of a line that are looked at."""
MOST_CROSSING = 0.05
"""Share of lines with something else than a blank between two columns."""
MOST_SHORT = 0.1
"""Share of lines that end before the last column."""


def columns_of(lines: Sequence[str]) -> tuple[int, ...]:
    """The characters at which the columns begin; empty if the lines do not stand in at least two columns.

    Between two columns nearly all lines have a blank, those of the lower half too, since above them may be titles. In
    such a gap the cut is where the line of names has a blank as well.
    """
    filled = [line.rstrip() for line in lines if line.strip()]
    body = filled[len(filled) // 2 :]
    width = max((len(line) for line in body), default=0)
    if len(body) < FEWEST_LINES or width > LONGEST or any("\t" in line for line in body):
        return ()
    used = np.any([_used(part, width) > MOST_CROSSING * len(part) for part in (body, filled)], axis=0)
    starts = np.flatnonzero(used[1:] & ~used[:-1]) + 1
    ends = np.flatnonzero(~used[1:] & used[:-1]) + 1
    starts = starts[starts > ends[0]] if len(ends) else starts[:0]
    if not len(starts) or np.mean([len(line) <= starts[-1] for line in body]) > MOST_SHORT:
        return ()
    everywhere = _used([line for line in filled if len(line) > starts[-1]], width)
    gaps = [np.arange(ends[ends <= start][-1], start) for start in starts.tolist()]
    return (0, *(int(gap[everywhere[gap] == everywhere[gap].min()][-1]) for gap in gaps))


def _used(lines: Sequence[str], width: int) -> NDArray[np.int64]:
    """(width,): how many lines have something else than a blank at each character."""
    marks = np.array([[character != " " for character in line[:width].ljust(width)] for line in lines])
    used: NDArray[np.int64] = marks.sum(axis=0)
    return used


def cells_of(line: str, cuts: Sequence[int]) -> list[str]:
    """The cells of a line; the whole line as one if a word of it runs from one column into the next."""
    if any(line[cut : cut + 1].strip() for cut in cuts[1:]):
        return [line.strip()]
    return [line[start:end].strip() for start, end in zip(cuts, (*cuts[1:], None), strict=True)]
