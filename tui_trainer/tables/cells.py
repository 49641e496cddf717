"""From the cells of a column to numbers, dates or texts, while a file is read piece by piece.

Numbers are stored as they come, and each different text once, so that a table of any length needs little more memory
than its numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from tui_trainer.arrays import Floats
from tui_trainer.tables.numbers import (
    A_WORD_TOO,
    COMPACT,
    Convention,
    date_format_of,
    is_missing,
    is_total,
    other_order,
)
from tui_trainer.tables.table import Column, Kind
from tui_trainer.tables.units import measured

MOST_TEXTS = 20_000
"""The most different texts of a column that are kept; they are numbered in 16 bits. A column with more is free text."""
MOSTLY = 0.9
"""Share of numbers above which the few other texts of a column stand for missing values."""
EARLIEST, LATEST = 18000101, 21001231
"""Numbers between which a column can be dates such as 19740301."""
FEWEST_DATES = 3
"""The least count of different numbers that all look like dates and are taken as dates: fewer may be a coincidence."""
NINES = (999.0, 9999.0, 99999.0, 999.9, 9999.9, 999.99, 9999.99)
LOW_SENTINELS = (-200.0, *(-nines for nines in NINES), -99.0, -99.9, -99.99)
HIGH_SENTINELS = NINES
"""Numbers that stand for a missing value where they stand out."""


Codes = NDArray[np.int16]
"""The number of the text of each cell, from 1; 0 for numbers, so that a column of numbers takes no memory for them."""


class CollectedCells:
    """Collects the cells of one column."""

    def __init__(self, name: str, convention: Convention, unit: str = "") -> None:
        """`unit`: what stands behind its numbers."""
        self.name, self._convention, self._unit = name, convention, unit
        self._texts: dict[str, int] = {}

    @property
    def markers(self) -> tuple[str, ...] | None:
        """What has stood beside plain numbers so far, if all of it means a missing value; None of any other column."""
        if self._unit or not all(map(is_missing, self._texts)):
            return None
        return tuple(self._texts)

    def add_numbers(self, numbers: Floats, gaps: Mapping[str, float], values: Floats, codes: Codes) -> None:
        """Put numbers (rows,) that have been read already, all finite, into `values` (rows,). `gaps`: the numbers that
        stand for markers, of which NaN and their codes remain."""
        values[:] = numbers
        lowest = min(gaps.values(), default=np.inf)
        if numbers.max() < lowest:
            return
        for marker, gap in gaps.items():
            gone = numbers == gap
            if gone.any():
                values[gone] = np.nan
                codes[gone] = self._texts.setdefault(marker, len(self._texts)) + 1

    def add(self, cells: Sequence[str], values: Floats, codes: Codes) -> None:
        """Put the numbers that the cells show into `values` (rows,), with NaN for all other cells. Put the number of
        each such cell's text, from 1, into `codes` (rows,), which must be all 0 before."""
        # Most columns are plain numbers, with some of the texts that have been met before, such as an empty one.
        texts = self._texts
        others = np.fromiter(map(texts.get, cells, repeat(-1)), np.int16, len(cells))
        unmet = [cell for cell, code in zip(cells, others.tolist(), strict=True) if code < 0]
        values[:] = np.nan
        plain = None if self._unit else plain_numbers(unmet, self._convention)
        if plain is not None:
            values[others < 0] = plain
        else:
            for row in np.flatnonzero(others < 0).tolist():
                value = measured(cells[row], self._unit, self._convention)
                if value is not None:
                    values[row] = value
                    continue
                others[row] = (
                    texts.setdefault(cells[row], len(texts))
                    if len(texts) < MOST_TEXTS
                    else texts.get(cells[row], MOST_TEXTS)
                )
        if (others >= 0).any():
            codes[:] = others + 1

    def sums_up(self, codes: Codes) -> bool:
        """Whether the last of `codes` (rows,) is that of a word such as "Total" that no other row has."""
        text = next((text for text, code in self._texts.items() if code == codes[-1] - 1), "")
        return is_total(text) and int((codes == codes[-1]).sum()) == 1

    def column(self, values: Floats, codes: Codes) -> Column:
        """The finished column, once all cells have been added: `values` and `codes` (rows,) as `add` has filled
        them."""
        others = codes - 1
        counts = Counter(dict(enumerate(np.bincount(others[others >= 0], minlength=len(self._texts)).tolist())))
        present = {text: code for text, code in self._texts.items() if counts[code]}
        markers = {text: counts[code] for text, code in present.items() if is_missing(text)}
        words = {text: code for text, code in present.items() if text not in markers}
        cut = bool((others == MOST_TEXTS).any())
        number_count = int((others < 0).sum())
        strangers = len(values) - number_count - sum(markers.values())
        named = {text.strip() or "empty": count for text, count in markers.items()}
        if strangers and not cut and number_count >= MOSTLY * (number_count + strangers):
            named |= {text.strip(): counts[code] for text, code in words.items()}
            strangers = 0
        if not strangers:
            dates = None if self._unit else _compact_dates(self.name, values, named)
            return dates or _without_sentinels(self.name, values, named, self._unit)
        if not number_count and not cut and (written := date_format_of(words)) is not None:
            table = np.full(len(self._texts), np.nan)
            for text, code in words.items():
                table[code] = written.number(text)
            other = other_order(written, words)
            return Column(
                name=self.name, kind="date", values=table[others], unit=written.unit, format=written.format,
                markers=named,
                remark=f"read as {_order(written.format)}, though {_order(other)} fits every date too" if other else "",
            )  # fmt: skip
        for text in [text for text in markers if text.strip().casefold() == A_WORD_TOO]:
            words[text] = self._texts[text]
            named.pop(text.strip(), None)
        return self._as_text(values, others, words, named, cut)

    def _as_text(
        self, values: Floats, others: NDArray[np.int16], words: dict[str, int], markers: dict[str, int], cut: bool
    ) -> Column:
        """A column of texts, numbered in their order. A number among them becomes the text that shows it."""
        missing = [code for text, code in self._texts.items() if text not in words]
        codes = others.astype(np.float64)
        distinct = np.unique(values[others < 0])
        place = {text.strip(): code for text, code in words.items()}
        shown = [f"{value:.15g}" for value in distinct]
        names = sorted({*place, *shown}, key=_in_order)
        rank = {name: number for number, name in enumerate(names)}
        renumbered = np.full(MOST_TEXTS + 1, MOST_TEXTS, np.float64)
        for text, code in words.items():
            renumbered[code] = rank[text.strip()]
        renumbered[missing] = -1
        is_other = others >= 0
        codes[is_other] = renumbered[others[is_other]]
        codes[~is_other] = (
            np.array([rank[text] for text in shown])[np.searchsorted(distinct, values[~is_other])] if shown else 0
        )
        return Column(
            name=self.name, kind="text", values=codes, texts=tuple(names), markers=markers, distinct_is_bound=cut
        )


def _order(date_format: str) -> str:
    """ "day/month/year" of "%d/%m/%Y"."""
    names = {"%d": "day", "%m": "month", "%Y": "year", "%y": "year"}
    parts = re.findall("%[dmYy]", date_format)
    return "/".join(names[part] for part in parts)


def plain_numbers(cells: Sequence[str], convention: Convention) -> Floats | None:
    """The numbers that the cells show, if all of them are finite and written plainly."""
    joined = "".join(cells)
    if "_" in joined or (convention != Convention() and ("." in joined or "," in joined)):
        return None
    try:
        values = np.fromiter(map(float, cells), np.float64, len(cells))
    except ValueError:
        return None
    return values if np.isfinite(values).all() else None


def _in_order(text: str) -> tuple[bool, float, str]:
    """Numbers by size, then other texts by the alphabet."""
    try:
        return (False, float(text), "")
    except ValueError:
        return (True, 0.0, text)


def _compact_dates(name: str, values: Floats, markers: dict[str, int]) -> Column | None:
    """A column of dates, if all numbers look like 19740301."""
    present = values[~np.isnan(values)]
    if not len(present) or present.min() < EARLIEST or present.max() > LATEST or (present % 1).any():
        return None
    distinct, which = np.unique(present, return_inverse=True)
    days = [COMPACT.number(f"{number:.0f}") for number in distinct.tolist()]
    if len(days) < FEWEST_DATES or None in days:
        return None
    values[~np.isnan(values)] = np.array(days, np.float64)[which]
    return Column(name=name, kind="date", values=values, unit=COMPACT.unit, format=COMPACT.format, markers=markers)


def _without_sentinels(name: str, values: Floats, markers: dict[str, int], unit: str) -> Column:
    """A column of numbers in which −999 and its like are missing values if they lie far beside all others."""
    finite = values[~np.isnan(values)]
    for sentinel, sign in ((finite.min(initial=0.0), 1), (finite.max(initial=0.0), -1)):
        is_known = sentinel in (LOW_SENTINELS if sign > 0 else HIGH_SENTINELS)
        if not is_known or (count := int((finite == sentinel).sum())) < 2 or count == len(finite):
            continue
        others = sign * finite[finite != sentinel]
        low = sign * sentinel
        if others.min() - low > max(np.ptp(others), 1.0) / 4 and others.min() > low / 4:
            values = np.where(values == sentinel, np.nan, values)
            markers = markers | {f"{sentinel:g}": count}
            finite = values[~np.isnan(values)]
    kind: Kind = "number"
    return Column(name=name, kind=kind, values=values, markers=markers, unit=unit)
