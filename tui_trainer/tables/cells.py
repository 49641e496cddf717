"""From the cells of a column to numbers, dates or texts, while a file is read piece by piece.

Numbers are kept as they come, other texts by number, so that a table of any length needs little more memory than its
numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from tui_trainer.arrays import Floats
from tui_trainer.tables.numbers import Convention, date_format_of, is_missing
from tui_trainer.tables.table import Column, Kind

MOST_TEXTS = 20_000
"""Different texts of a column that are kept. A column with more is free text."""
MOSTLY = 0.9
"""Share of numbers above which the few other texts of a column stand for missing values."""
SENTINELS = (-200.0, -999.0, -9999.0, -99999.0)
"""Numbers that stand for a missing value where they stand out."""


class Cells:
    """Collects the cells of one column."""

    def __init__(self, name: str, convention: Convention) -> None:
        self.name, self._convention = name, convention
        self._numbers: list[Floats] = []
        """NaN where the cell is no number."""
        self._others: list[NDArray[np.int32]] = []
        """The number of the text of each cell that is no number; −1 for numbers."""
        self._texts: dict[str, int] = {}

    def add_numbers(self, values: Floats) -> None:
        """Numbers (rows,) that have been read already, all finite."""
        self._numbers.append(values)
        self._others.append(np.broadcast_to(np.int32(-1), len(values)))

    def add(self, cells: Sequence[str]) -> None:
        # Most columns are plain numbers, with some of the texts that have been met before, such as an empty one.
        others = np.fromiter(map(self._texts.get, cells, repeat(-1)), np.int32, len(cells))
        unmet = [cell for cell, code in zip(cells, others.tolist(), strict=True) if code < 0]
        plain = plain_numbers(unmet, self._convention)
        if plain is not None:
            values = np.full(len(cells), np.nan)
            values[others < 0] = plain
            self._numbers.append(values)
            self._others.append(others)
            return
        values, others = np.full(len(cells), np.nan), np.full(len(cells), -1, np.int32)
        texts, number = self._texts, self._convention.number
        for row, cell in enumerate(cells):
            code = texts.get(cell)
            if code is None:
                value = number(cell)
                if value is not None:
                    values[row] = value
                    continue
                code = texts.setdefault(cell, len(texts)) if len(texts) < MOST_TEXTS else MOST_TEXTS
            others[row] = code
        self._numbers.append(values)
        self._others.append(others)

    def column(self) -> Column:
        """What the cells are, once all have been added."""
        values, others = np.concatenate(self._numbers), np.concatenate(self._others)
        self._numbers, self._others = [], []
        counts = Counter(dict(enumerate(np.bincount(others[others >= 0], minlength=len(self._texts)).tolist())))
        markers = {text: counts[code] for text, code in self._texts.items() if is_missing(text)}
        words = {text: code for text, code in self._texts.items() if text not in markers}
        cut = bool((others == MOST_TEXTS).any())
        number_count = int((others < 0).sum())
        strangers = len(values) - number_count - sum(markers.values())
        named = {text.strip() or "empty": count for text, count in markers.items()}
        if strangers and not cut and number_count >= MOSTLY * (number_count + strangers):
            named |= {text.strip(): counts[code] for text, code in words.items()}
            strangers = 0
        if not strangers:
            return _without_sentinels(self.name, values, named)
        if not number_count and not cut and (dates := date_format_of(words)) is not None:
            table = np.full(len(self._texts), np.nan)
            for text, code in words.items():
                table[code] = dates.number(text)
            return Column(
                name=self.name, kind="date", values=table[others], unit=dates.unit, format=dates.format,
                markers=named,
                remark=f"read as {dates.unit}",
            )  # fmt: skip
        return self._as_text(values, others, words, named, cut)

    def _as_text(
        self, values: Floats, others: NDArray[np.int32], words: dict[str, int], markers: dict[str, int], cut: bool
    ) -> Column:
        """Texts numbered by their order; a number among them is the text that shows it."""
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


def _without_sentinels(name: str, values: Floats, markers: dict[str, int]) -> Column:
    """A column of numbers in which −999 and its like are missing values if they lie far below all others."""
    finite = values[~np.isnan(values)]
    lowest = float(finite.min()) if len(finite) else 0.0
    if lowest in SENTINELS and (count := int((finite == lowest).sum())) > 1:
        others = finite[finite > lowest]
        if len(others) and others.min() - lowest > max(np.ptp(others), 1.0) / 4 and others.min() > lowest / 4:
            values = np.where(values == lowest, np.nan, values)
            markers = markers | {f"{lowest:g}": count}
    kind: Kind = "number"
    return Column(name=name, kind=kind, values=values, markers=markers)
