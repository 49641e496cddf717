"""The nodes of a formula: each knows its value, its numbers, and what it becomes when symbols are filled in."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from msgspec import Struct, structs

Values = Mapping[str, Any]
"""Symbol name → the number or expression that replaces it, or the array that a `Total` sums over."""
Read = Callable[["Number"], Any]
"""Gives the value of each number, called in the order in which the tree prints them."""


class Expression(Struct, frozen=True, cache_hash=True):
    """A node of a formula. Plain numbers may stand beside it: `1 - BETA`."""

    def carry_out(self, read: Read | None) -> Any:
        """Evaluate; NaN while there are symbols. Raises whatever the arithmetic raises."""
        return math.nan

    def value(self, values: Values | None = None, read: Read | None = None) -> float:
        """The value with these values of its symbols; NaN if there is none."""
        try:
            return float((self.filled(values) if values else self).carry_out(read))
        except (ArithmeticError, ValueError, TypeError):  # a root of a negative number is complex
            return math.nan

    def filled(self, values: Values) -> Expression:
        """The same expression with known symbols replaced by their values."""
        return self

    def numbers(self) -> Iterator[Number]:
        """The numbers, from left to right."""
        yield from ()

    def terms(self, name: str) -> tuple[Expression, ...]:
        """The operands, if this is the operation `name`; else the expression itself."""
        return (self,)

    def equals(self, other: Expression | float) -> Equation:
        return Equation((self, _expression(other)))

    def comes_to(self, result: float, values: Values) -> Equation:
        """The equation of this formula, filled with `values`, and its result."""
        return self.filled(values).equals(result)

    def __add__(self, other: Expression | float) -> Operation:
        return call("+", *self.terms("+"), other)

    def __radd__(self, other: float) -> Operation:
        return call("+", other, self)

    def __sub__(self, other: Expression | float) -> Operation:
        return self + call("−", other)

    def __rsub__(self, other: float) -> Operation:
        return call("+", other, call("−", self))

    def __mul__(self, other: Expression | float) -> Operation:
        return call("×", *self.terms("×"), other)

    def __rmul__(self, other: float) -> Operation:
        return call("×", other, self)

    def __truediv__(self, other: Expression | float) -> Operation:
        return call("/", self, other)

    def __rtruediv__(self, other: float) -> Operation:
        return call("/", other, self)

    def __pow__(self, exponent: Expression | int) -> Operation:
        return call("^", self, Constant(str(exponent), exponent) if isinstance(exponent, int) else exponent)

    def __neg__(self) -> Operation:
        return call("negative", self)


class Number(Expression, frozen=True):
    """A number. `note` explains it in brackets behind it; `word` stands in front of it where there is room."""

    amount: Any
    note: str = ""
    word: str = ""

    def carry_out(self, read: Read | None) -> Any:
        return read(self) if read else self.amount

    def numbers(self) -> Iterator[Number]:
        yield self


class Constant(Expression, frozen=True):
    """A number that is never rounded and has a sign of its own."""

    sign: str
    amount: float

    def carry_out(self, read: Read | None) -> float:
        return self.amount


class Symbol(Expression, frozen=True):
    """A quantity: its name, as in the code, and the sign that is printed if that differs."""

    name: str
    sign: str = ""
    meaning: str = ""
    """The quantity in words, for its first appearance."""

    def filled(self, values: Values) -> Expression:
        found = values.get(self.name)
        return self if found is None else _expression(found)


class Operation(Expression, frozen=True):
    """An operation on other expressions: + − × / ^, or a named function."""

    name: str
    parts: tuple[Expression, ...]

    def carry_out(self, read: Read | None) -> Any:
        return FUNCTIONS[self.name](*[part.carry_out(read) for part in self.parts])

    def filled(self, values: Values) -> Expression:
        return structs.replace(self, parts=tuple(part.filled(values) for part in self.parts))

    def numbers(self) -> Iterator[Number]:
        for part in self.parts:
            yield from part.numbers()

    def terms(self, name: str) -> tuple[Expression, ...]:
        return self.parts if self.name == name else (self,)


class Negative(Operation, frozen=True):
    """−x, which becomes one number when x is a number. (The operation "−" is a subtracted term of a sum.)"""

    def filled(self, values: Values) -> Expression:
        (part,) = (part.filled(values) for part in self.parts)
        return Number(-part.amount) if isinstance(part, Number) else -part


class Logarithm(Operation, frozen=True):
    def carry_out(self, read: Read | None) -> float:
        """Exact for ln(1 + x) and ln(1 − x), however small x is."""
        first, *rest = (part.carry_out(read) for part in self.parts[0].terms("+"))
        return math.log1p(first - 1 + sum(rest)) if rest else math.log(first)


class Once(Operation, frozen=True):
    """An expression that becomes a single number when filled: (1 − β1) prints as 0.1, not as (1 − 0.9)."""

    def filled(self, values: Values) -> Expression:
        value = self.parts[0].value(values)
        return self if math.isnan(value) else Number(value)


class Total(Operation, frozen=True):
    """Σ of an expression over the elements of its arrays. Filled, it has its largest terms and the sum of the rest."""

    most_terms: ClassVar[int] = 3

    def filled(self, values: Values) -> Operation:
        (part,) = self.parts
        arrays = {name: array for name, array in values.items() if hasattr(array, "__len__")}
        terms = [float(term) for term in part.filled(values).carry_out(None)]
        at_work = [i for i, term in enumerate(terms) if term] or [0][: len(terms)]
        if len(at_work) > self.most_terms:
            written = sorted(at_work, key=lambda i: -abs(terms[i]) if terms[i] == terms[i] else 0.0)[: self.most_terms]
            rest = [Number(sum(terms[i] for i in at_work if i not in written), "rest")]
        else:
            written, rest = at_work, []
        of_one = [{**values, **{name: float(array[i]) for name, array in arrays.items()}} for i in written]
        return call("+", *map(part.filled, of_one), *rest)


class Phrase(Operation, frozen=True):
    """Words with a {} for each number."""

    def carry_out(self, read: Read | None) -> float:
        return math.nan


KINDS: dict[str, type[Operation]] = {"negative": Negative, "ln": Logarithm, "once": Once, "Σ": Total}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "+": lambda *terms: sum(terms),
    "−": operator.neg,
    "negative": operator.neg,
    "×": lambda *factors: math.prod(factors),
    "/": operator.truediv,
    "^": operator.pow,
    "√": math.sqrt,
    "tanh": math.tanh,
    "abs": abs,
    "min": min,
    "max": max,
    "clip": lambda x: min(max(x, 0.0), 1.0),
}


def call(name: str, *parts: Expression | float) -> Operation:
    return KINDS.get(name, Operation)(name, tuple(map(_expression, parts)))


def phrase(words: str, *numbers: float) -> Phrase:
    return Phrase(words, tuple(map(Number, numbers)))


def _expression(value: Expression | float) -> Expression:
    return value if isinstance(value, Expression) else Number(value)


ln, root, tanh, size, clip = (partial(call, name) for name in ("ln", "√", "tanh", "abs", "clip"))
least, largest, once, total = (partial(call, name) for name in ("min", "max", "once", "Σ"))
E, PI, HALF = Constant("e", math.e), Constant("π", math.pi), Constant("½", 0.5)


class Case(Struct, frozen=True, cache_hash=True):
    """One of several formulas: it applies where `test` is positive."""

    label: str
    test: Expression
    result: Expression


class Cases(Expression, frozen=True):
    """A formula defined by cases. The last applies where no other does."""

    cases: tuple[Case, ...]

    def filled(self, values: Values) -> Expression:
        return self._at(values).result.filled(values)

    def comes_to(self, result: float, values: Values) -> Equation:
        return Equation((self.filled(values), Number(result)), label=self._at(values).label)

    def numbers(self) -> Iterator[Number]:
        for each in self.cases:
            yield from each.result.numbers()

    def _at(self, values: Values) -> Case:
        return next((each for each in self.cases if each.test.value(values) > 0), self.cases[-1])


class Equation(Struct, frozen=True, cache_hash=True):
    """Expressions that are equal, or nearly equal unless `exact`. The label stands in front of them."""

    sides: tuple[Expression, ...]
    label: str = ""
    exact: bool = True

    def filled(self, values: Values) -> Equation:
        return structs.replace(self, sides=tuple(side.filled(values) for side in self.sides))

    def numbers(self) -> Iterator[Number]:
        for side in self.sides:
            yield from side.numbers()
