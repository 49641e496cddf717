"""One line of the step panel: words, words with an equation in them, or words in front of a vector."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from tui_trainer.telemetry import Phase
from tui_trainer.tui.ascii import spelled_out
from tui_trainer.tui.cells import text_width
from tui_trainer.tui.panels.step_equations import equation, rough_equation
from tui_trainer.tui.words import fewer_words

Floats = NDArray[np.float64]


class Line(Struct, frozen=True, kw_only=True):
    """One line of a phase, in the order in which they stand on the screen."""

    phase: Phase
    ways: tuple[str, ...]
    """Ways to say it, the longest first."""
    equation: str = ""
    """What stands in place of {} in them, all numbers in full."""
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
    marked: int | None = None
    """Which of them belongs to the followed weight."""
    dropped: NDArray[np.bool_] | None = None
    """(n,): which of them dropout has silenced."""
    broken: bool = False
    """Whether this is where a diverged run broke."""
    ascii: bool = False
    """Whether the equation is spelled out in ASCII; see `in_ascii`."""

    def words(self, room: int) -> str:
        """The most that fits into `room` cells: words leave first, then digits, as long as the equation holds and says
        something. Longer than `room`, to be broken, where nothing fits."""
        if not self.equation:
            return fewer_words(self.ways, room)
        return _equation_words(self, room)

    def short(self, room: int) -> str:
        """What fits into `room` cells, in however few digits; cut where not even that does."""
        if not self.equation:
            return fewer_words(self.ways, room)
        rough = (rough_equation(self.equation, digits) for digits in (4, 3, 2))
        fitting = self.that_fit(chain(self.true(), (each for text in rough for each in (text, _tight(text)))), room)
        return next(fitting, self.said(self.ways[-1], _tight(rough_equation(self.equation, 2))))

    def true(self) -> Iterator[str]:
        """The equation as it may be printed, from the most digits to the fewest that say something, then without any
        blanks."""
        last = ""
        for digits in range(max(self.digits, self.fewest), self.fewest - 1, -1):
            printed, holds = equation(self.equation, digits)
            if holds:
                last = _tight(printed)
                yield from (printed, last)
        if last:
            yield re.sub(" ([=+−]) ", r"\1", last)

    def that_fit(self, printed: Iterable[str], room: int) -> Iterator[str]:
        """Its ways to say each of the printed equations, in as far as they fit."""
        for text in printed:
            yield from (said for way in self.ways if text_width(said := self.said(way, text)) <= room)

    def said(self, way: str, printed: str) -> str:
        """One of the ways with the printed equation in its place."""
        return way.format(spelled_out(printed) if self.ascii else printed)


def in_ascii(line: Line) -> Line:
    """The same line with its formulas spelled out, for a screen that has no √, δ or ²."""
    return structs.replace(line, ways=tuple(map(spelled_out, line.ways)), ascii=True)


@lru_cache(maxsize=128)
def _equation_words(line: Line, room: int) -> str:
    """`Line.words` of a line with an equation; a panel tries it several times before it knows what it has room for."""
    for fitting in line.that_fit(line.true(), room):
        return fitting
    printed = list(line.true())  # the shortest, with the blanks at which it can be broken
    return line.said(line.ways[-1], printed[-3] if printed else rough_equation(line.equation, max(line.fewest, 4)))


def _tight(printed: str) -> str:
    """Without the blanks around its products."""
    return printed.replace(" × ", "×").replace(" / ", "/")
