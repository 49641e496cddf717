"""Equations with numbers in them, printed in as few digits as still make them true.

The engine fills its formulas in with all digits. What a person recomputes is what stands on the screen, so the factors
get as many digits as the result needs, each for itself; where there is no room for them, ≈ stands in place of =.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import lru_cache

Value = Callable[[Sequence[float]], float]
"""An expression as a function of the numbers in it."""

MOST_DIGITS = 12
"""Significant digits of a number, at most: what the engine gives."""
FEWEST_DIGITS = 3
"""Of a factor, where there is room: what other lines show of it."""

_NEGATIVE = re.compile(r"(?<![\w.)])-(?=\d)(\d[\d.]*(?:e[+-]?\d+)?)")
_POWER = re.compile(r"(?<=\d)e\+?(-?)0*(?=\d)")
_NUMBER = re.compile(r"(?<![\w.])(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)")
_TOKEN = re.compile(r"\s*(#|ln|tanh|e|½|[-−+×/^√²()])")
_WORDS = re.compile(r" \([a-z]+\)")
"""What a number is, in brackets behind it."""
_OPERATORS = "×/+−√"
_FUNCTIONS: dict[str, Callable[[float], float]] = {"tanh": math.tanh, "√": math.sqrt}


def in_print(text: str) -> str:
    """A formula as it is printed: true minus signs, negative numbers in brackets behind an operator and under a square,
    short powers of ten; letters with a hat as m^, since a cell has no room for a combining mark."""
    text = _POWER.sub(r"e\1", text.replace("\u0302", "^"))

    def minus(match: re.Match[str]) -> str:
        before, after = text[: match.start()].rstrip(), text[match.end() : match.end() + 1]
        number = f"−{match[1]}"
        return f"({number})" if (before and before[-1] in _OPERATORS) or after in ("²", "^") else number

    return _NEGATIVE.sub(minus, text)


Precision = tuple[tuple[str, int], ...]
"""How many significant digits numbers have on the whole panel: by `named`, in order."""


@lru_cache(maxsize=2048)
def named(number: float) -> str:
    """What tells a number from others, whatever its sign and however many digits it is printed with."""
    return f"{abs(number):.6g}"


def equation(text: str, digits: int, precision: Precision = ()) -> tuple[str, bool]:
    """The printed equation, its result with so many significant digits; and whether it holds as it stands there.

    Text that is no equation, or one whose sides are not all arithmetic, has all its numbers rounded alike, and holds.
    No number has fewer digits than `precision` asks for.
    """
    printed, holds, _ = _printed(text, digits, precision)
    return printed, holds


@lru_cache(maxsize=128)
def names_in(text: str) -> tuple[str, ...]:
    """What tells the numbers of an equation from others, in their order."""
    return tuple(map(named, _read(text).numbers))


def digits_of(text: str, digits: int, precision: Precision = ()) -> Precision:
    """How many significant digits each number of the printed equation has; nothing where it does not hold."""
    _, holds, chosen = _printed(text, digits, precision)
    return tuple(zip(map(named, _read(text).numbers), chosen, strict=True)) if holds else ()


@lru_cache(maxsize=256)
def _printed(text: str, digits: int, precision: Precision) -> tuple[str, bool, tuple[int, ...]]:
    found, asked = _read(text), dict(precision)
    fewest = [asked.get(named(number), 0) for number in found.numbers]
    alike = [max(digits, least) for least in fewest]
    if not found.can_be_checked:
        return found.printed(alike), True, tuple(alike)
    chosen = found.enough_digits(digits, fewest)
    if chosen is None:  # it holds in fewer digits only, or not at all: the engine computes in float32
        return found.printed(alike, False), False, tuple(alike)
    return found.printed(chosen), True, tuple(chosen)


def rough_equation(text: str, digits: int) -> str:
    """The printed equation with so many significant digits in every number, for where room is short."""
    found = _read(text)
    alike = [digits] * len(found.numbers)
    return found.printed(alike, not found.can_be_checked or found.holds(alike, digits))


class _Equation:
    """The numbers of an equation, the text between them, and its sides as functions of the numbers."""

    def __init__(self, text: str) -> None:
        pieces = _NUMBER.split(text)
        self.between, self.numbers = pieces[::2], [float(number) for number in pieces[1::2]]
        self.sides, self.result = _sides(_NUMBER.sub("#", text))
        self._whole_digits = [_whole_digits(number) for number in self.numbers]
        self._exact = [_value(side, self.numbers) for side in self.sides]
        self.can_be_checked = len(self._exact) > 1 and all(map(math.isfinite, self._exact))
        """Whether at least two sides are arithmetic that can be carried out with the numbers as they are."""

    def printed(self, digits: Sequence[int], holds: bool = True) -> str:
        """Each number with so many digits; ≈ between the sides where they do not agree."""
        rounded = [self._short(index, n) for index, n in enumerate(digits)]
        text = "".join(part for pair in zip(self.between, [*rounded, ""], strict=True) for part in pair)
        return in_print(text if holds else text.replace(" = ", " ≈ "))

    def holds(self, digits: Sequence[int], result_digits: int) -> bool:
        """Whether the arithmetic of the rounded numbers gives the result to its last digit."""
        rounded = [self._rounded(index, n) for index, n in enumerate(digits)]
        values = [_value(side, rounded) for side in self.sides]
        wanted = values[0] if self.result is None else rounded[self.result]
        # A hair more than half a unit, for the binary fractions behind the digits.
        allowed = 0.5001 * _unit(wanted, result_digits)
        return all(abs(value - wanted) <= allowed for value in values)

    def enough_digits(self, result_digits: int, fewest: Sequence[int]) -> list[int] | None:
        """Digits of each number, `fewest` at least: one more for the number whose rounding matters most, until the
        equation holds.

        None where it does not even with all digits.
        """
        if self.result is not None:
            result_digits = max(result_digits, fewest[self.result])
        digits = [max(min(FEWEST_DIGITS, result_digits), least) for least in fewest]
        most = [MOST_DIGITS] * len(self.numbers)
        if self.result is not None:
            digits[self.result] = most[self.result] = result_digits
        if not self.holds(most, result_digits):
            return None
        effects = [0.0 if i == self.result else self._effect(i, digits[i]) for i in range(len(digits))]
        while not self.holds(digits, result_digits):
            worst = max(range(len(digits)), key=effects.__getitem__)
            if not effects[worst]:
                return most
            digits[worst] += 1
            effects[worst] = self._effect(worst, digits[worst]) if digits[worst] < MOST_DIGITS else 0.0
        return digits

    def _effect(self, index: int, digits: int) -> float:
        """How far a side moves when this number alone is rounded."""
        numbers = list(self.numbers)
        numbers[index] = self._rounded(index, digits)
        if numbers[index] == self.numbers[index]:
            return 0.0
        moved = [abs(_value(side, numbers) - value) for side, value in zip(self.sides, self._exact, strict=True)]
        return max(moved) if all(map(math.isfinite, moved)) else math.inf

    def _short(self, index: int, digits: int) -> str:
        """A number in so many significant digits, without zeros at its end; whole ones of a few digits stay whole."""
        return f"{self.numbers[index] + 0.0:.{max(digits, self._whole_digits[index])}g}"  # no −0

    def _rounded(self, index: int, digits: int) -> float:
        return self.numbers[index] if digits >= MOST_DIGITS else float(self._short(index, digits))


@lru_cache(maxsize=128)
def _read(text: str) -> _Equation:
    return _Equation(text)


@lru_cache(maxsize=128)
def _sides(form: str) -> tuple[list[Value], int | None]:
    """The sides that are arithmetic, and which of the numbers, each a # here, stands alone on its side.

    From one picture to the next the numbers change, and hardly ever the form.
    """
    label, _, rest = form.rpartition(": ")
    sides, result, first = [], None, label.count("#")
    for text in rest.split(" = "):
        value = _Reader(_WORDS.sub("", text), first).read()
        if value is not None:
            sides.append(value)
            if text.strip() == "#":
                result = first
        first += text.count("#")
    return sides, result


class _Reader:
    """One side of an equation, # for each number: sums of products of powers, brackets, roots, ln, tanh and e^."""

    def __init__(self, text: str, first: int) -> None:
        self.tokens = _TOKEN.findall(text)
        self.whole = _TOKEN.sub("", text).strip() == ""
        self.position, self.number = 0, first

    def read(self) -> Value | None:
        """The side as a function of all numbers of the equation; None for what is no arithmetic."""
        try:
            value = self._sum() if self.whole else None
        except (IndexError, ValueError):
            return None
        return value if self.position == len(self.tokens) else None

    def _take(self, *signs: str) -> str:
        """The next token if it is one of these, else nothing."""
        if self.position < len(self.tokens) and self.tokens[self.position] in signs:
            self.position += 1
            return str(self.tokens[self.position - 1])
        return ""

    def _sum(self, value: Value | None = None) -> Value:
        value = value or self._product()
        while sign := self._take("+", "−"):
            value = _added(value, self._product(), 1 if sign == "+" else -1)
        return value

    def _product(self) -> Value:
        value = self._signed()
        while sign := self._take("×", "/"):
            value = _multiplied(value, self._signed(), over=sign == "/")
        return value

    def _signed(self) -> Value:
        if self._take("−", "-"):
            return _multiplied(lambda _: -1.0, self._signed(), over=False)
        return self._power()

    def _power(self) -> Value:
        value = self._atom()
        if self._take("²"):
            return _raised(value, lambda _: 2.0)
        return _raised(value, self._signed()) if self._take("^") else value

    def _atom(self) -> Value:
        if self._take("#"):
            self.number += 1
            index = self.number - 1
            return lambda numbers: numbers[index]
        if self._take("e"):
            return lambda _: math.e
        if self._take("½"):
            self._take("×")
            half = self._power()
            return lambda numbers: 0.5 * half(numbers)
        if self._take("ln"):
            return self._logarithm()
        if name := self._take("tanh", "√"):
            function, inner = _FUNCTIONS[name], self._atom()
            return lambda numbers: function(inner(numbers))
        self._expect("(")
        value = self._sum()
        self._expect(")")
        return value

    def _logarithm(self) -> Value:
        """ln(a ± …) as ln(1 + (a − 1) ± …): exact where a is 1 and the rest small."""
        self._expect("(")
        value = self._sum(_added(self._product(), lambda _: 1.0, -1))
        self._expect(")")
        return lambda numbers: math.log1p(value(numbers))

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise ValueError(sign)


def _added(one: Value, other: Value, sign: int) -> Value:
    return lambda numbers: one(numbers) + sign * other(numbers)


def _multiplied(one: Value, other: Value, *, over: bool) -> Value:
    if over:
        return lambda numbers: one(numbers) / other(numbers)
    return lambda numbers: one(numbers) * other(numbers)


def _raised(one: Value, exponent: Value) -> Value:
    return lambda numbers: float(one(numbers) ** exponent(numbers))


def _value(side: Value, numbers: Sequence[float]) -> float:
    """The side carried out; NaN where that is impossible."""
    try:
        return float(side(numbers))
    except (ArithmeticError, ValueError, TypeError):  # a root of a negative number is complex
        return math.nan


def _unit(number: float, digits: int) -> float:
    """The value of the last of so many significant digits."""
    if not number or not math.isfinite(number):
        return 0.0
    return float(10.0 ** (math.floor(math.log10(abs(number))) + 1 - max(digits, _whole_digits(number))))


def _whole_digits(number: float) -> int:
    """Digits in front of the point, where they are written out."""
    return len(str(int(abs(number)))) if 1 <= abs(number) < 1e5 else 0
