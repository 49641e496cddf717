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
    """A number within words, in so many digits, or in more where it has more elsewhere: see `Line.precision`."""
    return f"⟦{value:.12g}|{digits}⟧" if math.isfinite(value) and value else compact(value, digits)


def in_digits(value: float, text: str, asked: Mapping[str, int]) -> str:
    """`text`, the number as it would stand alone, or the number in the digits that the panel prints it in elsewhere."""
    digits = asked.get(named(value), 0)
    if digits <= significant(text) or not math.isfinite(value) or not value:
        return text
    return number_text(value, digits)


@lru_cache(maxsize=2048)
def significant(text: str) -> int:
    """How many significant digits a printed number has."""
    return len(re.sub(r"e.*$|\D", "", text).lstrip("0"))


class Line(Struct, frozen=True):
    """One line of a phase, in the order in which they stand on the screen."""

    phase: Phase
    wordings: Wordings
    """Ways to say it, the longest first."""
    equation: Equation | None = None
    """What stands in place of {} in them."""
    digits: int = 4
    """Significant digits of the equation's result, where there is room."""
    fewest: int = 3
    """Digits below which the equation no longer says what it is there for."""
    detail: int = 0
    """0 is said always, 1 to 3 when there is room for all lines of that detail."""
    until: int = 9
    """The detail from which on other lines say it better."""
    vector: Floats | None = None
    """(n,) values behind the words: as numbers, or as a strip of colours."""
    texts: tuple[str, ...] = ()
    """Its numbers as they are printed, where that is wanted."""
    cell: int = 0
    """Cells of one of them, a blank included."""
    marked: int | None = None
    """Which of them belongs to the followed weight."""
    dropped: NDArray[np.bool_] | None = None
    """(n,): which of them dropout has silenced."""
    broken: bool = False
    """Whether this is where a diverged run broke."""
    precision: Precision = ()
    """In how many digits the panel prints which number, wherever it stands."""
    printer: Printer = BOOK
    """How the equation is printed; see `in_ascii`."""

    def words(self, room: int) -> str:
        """The most that fits into `room` cells: words leave first, then digits, as long as the equation holds and says
        something. Longer than `room`, to be broken, where nothing fits."""
        return _equation_words(self, room)[0] if self.equation else self._plain().fitting(room)

    def short(self, room: int) -> str:
        """What fits into `room` cells, in however few digits; cut where not even that does."""
        if not self.equation:
            return self._plain().fitting(room)
        rough = [rough_digits(self.equation, digits) for digits in (4, 3, 2)]
        printed = chain(
            (text for text, _ in self.true()), (each.text(printer) for each in rough for printer in self._printers[:2])
        )
        last = self.wordings[-1].format(rough[-1].text(self._printers[1]))
        return next(self.that_fit(printed, room), last)

    def true(self) -> Iterator[tuple[str, Precision]]:
        """The equation as it may be printed, from the most digits to the fewest that say something, then without any
        blanks; and the digits of its numbers then."""
        found = None
        for digits in range(max(self.digits, self.fewest), self.fewest - 1, -1):
            rounded = enough_digits(self.equation, digits, self.precision) if self.equation else None
            if rounded and rounded.holds:
                found = rounded
                yield from ((found.text(printer), found.precision) for printer in self._printers[:2])
        if found:
            yield found.text(self._printers[2]), found.precision

    def digits_used(self, room: int) -> Precision:
        """How many digits the numbers have in what `words` says."""
        if self.equation:
            return _equation_words(self, room)[1]
        said, asked = self.words(room), dict(self.precision)
        way = next(way for way in self.wordings if _in_words(way, self.precision) == said)
        found = ((named(float(value)), int(least)) for value, least in _MARKED.findall(way))
        return tuple((name, max(digits, asked.get(name, 0))) for name, digits in found)

    def concerned(self, asked: Mapping[str, int]) -> Precision:
        """What of these digits is asked of numbers of this line's words."""
        if self.equation:
            names: Iterable[str] = names_in(self.equation)
        else:
            names = (named(float(value)) for way in self.wordings if "⟦" in way for value, _ in _MARKED.findall(way))
        return tuple(sorted({(name, asked[name]) for name in names if name in asked}))

    @property
    def _printers(self) -> list[Printer]:
        """With all blanks, with some, with none."""
        return [structs.replace(self.printer, tightness=tightness) for tightness in range(3)]

    def _plain(self) -> Wordings:
        return Wordings(*(_in_words(way, self.precision) for way in self.wordings))

    def that_fit(self, printed: Iterable[str], room: int) -> Iterator[str]:
        """Its ways to say each of the printed equations, in as far as they fit."""
        for text in printed:
            yield from (said for way in self.wordings if text_width(said := way.format(text)) <= room)


def in_ascii(line: Line) -> Line:
    """The same line with its formulas spelled out, for a screen that has no √, δ or ²."""
    return structs.replace(line, wordings=Wordings(*map(spelled_out, line.wordings)), printer=ASCII)


@lru_cache(maxsize=128)
def _equation_words(line: Line, room: int) -> tuple[str, Precision]:
    """`Line.words` of a line with an equation, and the digits of its numbers; a panel tries it several times before it
    knows what it has room for."""
    printed = []
    for text, precision in line.true():
        for said in line.that_fit([text], room):
            return said, precision
        printed.append((text, precision))
    if printed:  # the fewest digits, with the blanks at which it can be broken
        text, precision = printed[-3]
    else:
        assert line.equation is not None
        text, precision = rough_digits(line.equation, max(line.fewest, 4)).text(line.printer), ()
    return line.wordings[-1].format(text), precision


def _in_words(way: str, precision: Precision) -> str:
    """The numbers in it as the panel prints them."""

    if "⟦" not in way:
        return way
    asked = dict(precision)

    def printed(found: re.Match[str]) -> str:
        value = float(found[1])
        return in_digits(value, compact(value, int(found[2])), asked)

    return _MARKED.sub(printed, way)
