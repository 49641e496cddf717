"""How many digits the numbers of an equation need for the printed equation to hold.

A person recomputes from what is printed, so each factor gets as many digits as the printed result needs. Where there
is no room for them, ≈ replaces =.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from tui_trainer.formulas.expressions import Equation, Number
from tui_trainer.formulas.printing import ALL_DIGITS, BOOK, Printer, number_text, whole_digits

FEWEST_DIGITS = 3
"""The fewest significant digits of a factor where there is room, since other lines show as many."""

Precision = tuple[tuple[str, int], ...]
"""(identity of a number, its significant digits) for numbers that occur elsewhere on the panel too; see `named`."""


@lru_cache(maxsize=2048)
def named(number: float) -> str:
    """The identity of a number across equations, regardless of its sign and of the digits it is printed with."""
    return f"{abs(number):.6g}"


@lru_cache(maxsize=128)
def names_in(equation: Equation) -> tuple[str, ...]:
    """The identities of the numbers of an equation, in their order."""
    return tuple(named(each.amount) for each in equation.numbers())


class Rounded(NamedTuple):
    """An equation with the number of significant digits for each of its numbers, and whether it still holds then."""

    equation: Equation
    digits: tuple[int, ...]
    holds: bool

    def text(self, printer: Printer = BOOK) -> str:
        numbers = _search(self.equation).numbers
        rounded = [number_text(number, n) for number, n in zip(numbers, self.digits, strict=True)]
        return printer.text(self.equation, rounded, holds=self.holds)

    @property
    def precision(self) -> Precision:
        """The digits of each number; empty if the equation does not hold."""
        return tuple(zip(names_in(self.equation), self.digits, strict=True)) if self.holds else ()


@lru_cache(maxsize=256)
def enough_digits(equation: Equation, digits: int, precision: Precision = ()) -> Rounded:
    """Round an equation so that it still gives its result to `digits` digits. No number gets fewer than in `precision`.

    The numbers of an equation that cannot be evaluated all get `digits` digits, and it counts as holding. If even all
    digits do not suffice (the engine computes in float32), all get `digits` digits and it does not hold.
    """
    found, asked = _search(equation), dict(precision)
    fewest = [asked.get(name, 0) for name in names_in(equation)]
    alike = tuple(max(digits, least) for least in fewest)
    if not found.can_be_checked:
        return Rounded(equation, alike, True)
    chosen = found.enough_digits(digits, fewest)
    return Rounded(equation, alike, False) if chosen is None else Rounded(equation, tuple(chosen), True)


def rough_digits(equation: Equation, digits: int) -> Rounded:
    """Round every number of an equation to `digits` significant digits, for where room is short."""
    found = _search(equation)
    alike = (digits,) * len(found.numbers)
    return Rounded(equation, alike, not found.can_be_checked or found.holds(alike, digits))


class _Search:
    """Rounds the numbers of an equation and checks whether its sides still agree."""

    def __init__(self, equation: Equation) -> None:
        self.sides = equation.sides
        self.result, self._from_one = _result(equation)
        self.numbers = [float(each.amount) for each in equation.numbers()]
        self._exact = self._values(self.numbers)
        self.can_be_checked = equation.exact and len(self._exact) > 1 and all(map(math.isfinite, self._exact))

    def holds(self, digits: Sequence[int], result_digits: int) -> bool:
        """Whether the arithmetic of the rounded numbers gives the result to its last digit."""
        rounded = [_rounded(number, n) for number, n in zip(self.numbers, digits, strict=True)]
        values = self._values(rounded)
        wanted = values[0] if self.result is None else rounded[self.result]
        if self._from_one:
            values = [1 - value for value in values[:-1]]
        # A hair more than half a unit, for the binary fractions behind the digits.
        allowed = 0.5001 * _unit(wanted, result_digits)
        return all(abs(value - wanted) <= allowed for value in values)

    def enough_digits(self, result_digits: int, fewest: Sequence[int]) -> list[int] | None:
        """Digits of each number, at least `fewest`, for the equation to hold; None if it does not even with all digits.

        The number whose rounding matters most gets one more digit until the equation holds.
        """
        if self.result is not None:
            result_digits = max(result_digits, fewest[self.result])
        digits = [max(min(FEWEST_DIGITS, result_digits), least) for least in fewest]
        most = [ALL_DIGITS] * len(self.numbers)
        if self.result is not None:
            digits[self.result] = most[self.result] = result_digits
        if not self.holds(most, result_digits):
            return None
        effects: list[float] = []
        while not self.holds(digits, result_digits):
            effects = effects or [0.0 if i == self.result else self._effect(i, n) for i, n in enumerate(digits)]
            worst = max(range(len(digits)), key=effects.__getitem__)
            if not effects[worst]:
                return most
            digits[worst] += 1
            effects[worst] = self._effect(worst, digits[worst]) if digits[worst] < ALL_DIGITS else 0.0
        return digits

    def _effect(self, index: int, digits: int) -> float:
        """How far a side moves when this number alone is rounded."""
        numbers = list(self.numbers)
        numbers[index] = _rounded(numbers[index], digits)
        if numbers[index] == self.numbers[index]:
            return 0.0
        moved = [abs(value - exact) for value, exact in zip(self._values(numbers), self._exact, strict=True)]
        return max(moved) if all(map(math.isfinite, moved)) else math.inf

    def _values(self, numbers: Sequence[float]) -> list[float]:
        """The sides evaluated with these numbers in place of their own; NaN where that is impossible."""
        given = iter(numbers)
        return [side.value(read=lambda _: next(given)) for side in self.sides]


_search = lru_cache(maxsize=128)(_Search)


def _result(equation: Equation) -> tuple[int | None, bool]:
    """The index of the number that stands alone on its side, or as a distance from 1 on the last ("1 − 0.0011"), and
    whether it is such a distance; None if there is none."""
    result, first = None, 0
    for side in equation.sides:
        if isinstance(side, Number) and not side.note:
            result = first
        first += sum(1 for _ in side.numbers())
    numbers = tuple(equation.sides[-1].numbers())
    is_distance = result is None and bool(numbers) and equation.sides[-1] == 1 - numbers[-1]
    return (first - 1, True) if is_distance else (result, False)


@lru_cache(maxsize=1024)
def _rounded(number: float, digits: int) -> float:
    return number if digits >= ALL_DIGITS else float(number_text(number, digits).replace("−", "-"))


def _unit(number: float, digits: int) -> float:
    """The value of one unit in the last of `digits` significant digits."""
    if not number or not math.isfinite(number):
        return 0.0
    return float(10.0 ** (math.floor(math.log10(abs(number))) + 1 - max(digits, whole_digits(number))))
