"""One line of the step panel: words, words with an equation in them, or words in front of a vector."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from tui_trainer.arrays import Floats
from tui_trainer.drawing.ascii import spelled_out
from tui_trainer.drawing.cells import text_width
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.formulas.digits import Precision, enough_digits, named, names_in, rough_digits
from tui_trainer.formulas.expressions import Equation
from tui_trainer.formulas.printing import ASCII, BOOK, Printer, number_text
from tui_trainer.telemetry import Phase

_MARKED = re.compile(r"⟦([^|]+)\|(\d+)⟧")


def number(value: float, digits: int) -> str:
    """A number within a wording, with this many digits, or more where the panel writes it with more: see
    `Line.precision`."""
    return f"⟦{value:.12g}|{digits}⟧" if math.isfinite(value) and value else compact(value, digits)


def in_digits(value: float, text: str, asked: Mapping[str, int]) -> str:
    """`text`, the number alone, or the number with the digits that the panel writes it with elsewhere."""
    digits = asked.get(named(value), 0)
    if digits <= significant(text) or not math.isfinite(value) or not value:
        return text
    return number_text(value, digits)


@lru_cache(maxsize=2048)
def significant(text: str) -> int:
    """The number of significant digits of a printed number."""
    return len(re.sub(r"e.*$|\D", "", text).lstrip("0"))


class Line(Struct, frozen=True, cache_hash=True):
    """One line of a phase; lines are shown in the order in which they are made."""

    phase: Phase
    wordings: Wordings
    """With an equation, {} in each of them."""
    equation: Equation | None = None
    """The equation that replaces {}."""
    digits: int = 4
    """Significant digits of the equation's result, where there is room."""
    fewest: int = 3
    """The least digits with which the equation still shows its point."""
    detail: int = 0
    """0 is always shown, 1 to 3 when there is room for all lines of that detail."""
    until: int = 9
    """The detail from which other lines replace it."""
    vector: Floats | None = None
    """(n,) values behind the words, as numbers or as a strip of colours."""
    texts: tuple[str, ...] = ()
    """The vector's numbers as text, where they are written out."""
    cell: int = 0
    """Cells of each number, with a blank."""
    marked: int | None = None
    """The index of the number that belongs to the followed weight."""
    dropped: NDArray[np.bool_] | None = None
    """(n,): the numbers that dropout has silenced."""
    broken: bool = False
    """Whether this is where a diverged run broke."""
    precision: Precision = ()
    """The digits with which the panel writes each number, wherever it appears."""
    printer: Printer = BOOK
    """How the equation is printed; see `in_ascii`."""

    def words(self, room: int) -> str:
        """The longest text that fits into `room` cells: words are left out first, then digits, as long as the equation
        holds and shows its point. Where nothing fits, a longer text, to be broken into rows."""
        return _equation_words(self, room)[0] if self.equation else self._plain().fitting(room)

    def short(self, room: int) -> str:
        """A text that fits into `room` cells, with however few digits; cut where even that is too long."""
        if not self.equation:
            return self._plain().fitting(room)
        rough = [rough_digits(self.equation, digits) for digits in (4, 3, 2)]
        printed = chain(
            (text for text, _ in self.true()), (each.text(printer) for each in rough for printer in self._printers[:2])
        )
        last = self.wordings[-1].format(rough[-1].text(self._printers[1]))
        return next(self.that_fit(printed, room), last)

    def true(self) -> Iterator[tuple[str, Precision]]:
        """The equation with ever fewer digits, as long as it shows its point, then without blanks; and the digits of
        its numbers each time."""
        found = None
        for digits in range(max(self.digits, self.fewest), self.fewest - 1, -1):
            rounded = enough_digits(self.equation, digits, self.precision) if self.equation else None
            if rounded and rounded.holds:
                found = rounded
                yield from ((found.text(printer), found.precision) for printer in self._printers[:2])
        if found:
            yield found.text(self._printers[2]), found.precision

    def digits_used(self, room: int) -> Precision:
        """The digits of the numbers in `words`."""
        if self.equation:
            return _equation_words(self, room)[1]
        said, asked = self.words(room), dict(self.precision)
        wording = next(wording for wording in self.wordings if _in_words(wording, self.precision) == said)
        found = ((named(float(value)), int(least)) for value, least in _MARKED.findall(wording))
        return tuple((name, max(digits, asked.get(name, 0))) for name, digits in found)

    def concerned(self, asked: Mapping[str, int]) -> Precision:
        """Those of the requested digits that concern numbers of this line."""
        if self.equation:
            names: Iterable[str] = names_in(self.equation)
        else:
            names = (
                named(float(value))
                for wording in self.wordings
                if "⟦" in wording
                for value, _ in _MARKED.findall(wording)
            )
        return tuple(sorted({(name, asked[name]) for name in names if name in asked}))

    @property
    def _printers(self) -> list[Printer]:
        """With all blanks, with some, with none."""
        return [structs.replace(self.printer, tightness=tightness) for tightness in range(3)]

    def _plain(self) -> Wordings:
        return _plain_wordings(self.wordings, self.precision)

    def that_fit(self, printed: Iterable[str], room: int) -> Iterator[str]:
        """The wordings with each of the printed equations that fit."""
        for text in printed:
            yield from (said for wording in self.wordings if text_width(said := wording.format(text)) <= room)


def in_ascii(line: Line) -> Line:
    """The same line with its formulas spelled out, for a screen that has no √, δ or ²."""
    return structs.replace(line, wordings=Wordings(*map(spelled_out, line.wordings)), printer=ASCII)


@lru_cache(maxsize=128)
def _equation_words(line: Line, room: int) -> tuple[str, Precision]:
    """`Line.words` of a line with an equation, and the digits of its numbers. Cached: a panel asks several times before
    its layout is settled."""
    printed = []
    for text, precision in line.true():
        for said in line.that_fit([text], room):
            return said, precision
        printed.append((text, precision))
    if printed:  # the fewest digits, with blanks at which the text can be broken
        text, precision = printed[-3]
    else:
        assert line.equation is not None
        text, precision = rough_digits(line.equation, max(line.fewest, 4)).text(line.printer), ()
    return line.wordings[-1].format(text), precision


@lru_cache(maxsize=256)
def _plain_wordings(wordings: Wordings, precision: Precision) -> Wordings:
    """The wordings with their numbers as the panel writes them."""
    return Wordings(*(_in_words(wording, precision) for wording in wordings))


def _in_words(wording: str, precision: Precision) -> str:
    """The wording with its numbers as the panel writes them."""

    if "⟦" not in wording:
        return wording
    asked = dict(precision)

    def printed(found: re.Match[str]) -> str:
        value = float(found[1])
        return in_digits(value, compact(value, int(found[2])), asked)

    return _MARKED.sub(printed, wording)
