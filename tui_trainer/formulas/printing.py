"""A formula as text: as in a book, in plain ASCII, with fewer blanks where room is short, or as code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from tui_trainer.formulas.expressions import (
    Cases,
    Constant,
    Equation,
    Expression,
    Number,
    Once,
    Operation,
    Phrase,
    Symbol,
)
from tui_trainer.wording import plain_number

ALL_DIGITS = 12
_SUM, _PRODUCT, _DIVISOR, _ATOM = range(4)
"""Precedence. A part that binds less tightly than its surroundings goes in brackets."""
_BINDS = {"+": _SUM, "Σ": _SUM, "negative": _PRODUCT, "×": _PRODUCT, "/": _PRODUCT, "^": _DIVISOR}
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_ASCII = {"−": "-", "×": "*", "≈": "~", "½": "0.5", "π": "pi", "Σ": "sum"}
_NUMPY = {"√": "sqrt", "ln": "log", "tanh": "tanh", "abs": "abs", "min": "minimum", "max": "maximum"}


class Printer(Struct, frozen=True):
    """Turns a formula into text. Its numbers are given as text, in their order."""

    ascii: bool = False
    code: bool = False
    """Python with NumPy's functions; for formulas without sums, cases and phrases. Goes with `ascii`."""
    tightness: int = 0
    """0: blanks around every operator, words before numbers. 1: no words, no blanks in a product. 2: no blanks."""

    def text(self, formula: Expression | Equation, numbers: Iterable[str] | None = None, *, holds: bool = True) -> str:
        """`numbers`: the text of each number of the formula; all digits by default.

        If the equation does not hold for them (`holds`), ≈ replaces =.
        """
        written = iter(numbers or [number_text(each.amount, ALL_DIGITS) for each in formula.numbers()])
        if isinstance(formula, Expression):
            return self._part(formula, written)
        text = self._operator("=" if holds and formula.exact else "≈").join(
            self._part(side, written) for side in formula.sides
        )
        return f"{formula.label}: {text}" if formula.label else text

    def _operator(self, sign: str) -> str:
        tight_from = 1 if sign in "×/" else 2
        return self._sign(sign) if self.tightness >= tight_from else f" {self._sign(sign)} "

    def _sign(self, sign: str) -> str:
        return _ASCII.get(sign, sign) if self.ascii else sign

    def _part(self, node: Expression, numbers: Iterator[str], least: int = _SUM, *, behind: bool = False) -> str:
        """A part; in brackets if it binds less tightly than `least`, or is negative `behind` an operator."""
        match node:
            case Number():
                text, word = next(numbers), "" if self.tightness else node.word
                text = f"{word} {text}" if word else f"({text})" if behind and text.startswith("−") else text
                text = text.replace("−", self._sign("−"))
                return f"{text} ({node.note})" if node.note else text
            case Constant():
                return repr(node.amount) if self.code else self._sign(node.sign)
            case Symbol():
                return node.name if self.ascii else node.sign or node.name
            case Once():
                return self._part(node.parts[0], numbers, least, behind=behind)
            case Phrase():
                return node.name.format(*[self._part(each, numbers) for each in node.parts])
            case Cases():
                return ", ".join(f"{each.label}: {self._part(each.result, numbers)}" for each in node.cases)
            case Operation():
                if _BINDS.get(node.name, _ATOM) < least or (behind and node.name == "negative"):
                    return f"({self._operation(node, numbers, behind=False)})"
                return self._operation(node, numbers, behind)
        raise TypeError(node)

    def _operation(self, node: Operation, numbers: Iterator[str], behind: bool) -> str:
        first, *others = node.parts
        match node.name:
            case "+":
                return self._part(first, numbers, behind=behind) + "".join(self._term(each, numbers) for each in others)
            case "negative":
                return self._sign("−") + self._part(first, numbers, _PRODUCT, behind=True)
            case "×" | "/":
                least = _PRODUCT if node.name == "×" else _DIVISOR
                text = self._part(first, numbers, _PRODUCT, behind=behind)
                factors = (self._part(each, numbers, least, behind=True) for each in others)
                return self._operator(node.name).join([text, *factors])
            case "^":
                base = self._part(first, numbers, _ATOM, behind=True)
                (exponent,) = others
                if isinstance(exponent, Constant) and not self.ascii:
                    return base + exponent.sign.translate(_RAISED)
                return f"{base}{'**' if self.code else '^'}{self._part(exponent, numbers, _ATOM)}"
            case "Σ":
                return f"{self._sign('Σ')} {self._part(first, numbers, _PRODUCT)}"
            case "√" if not self.ascii:
                return f"√{self._part(first, numbers, _ATOM, behind=True)}"
        inner = ", ".join(self._part(part, numbers) for part in node.parts)
        if self.code:
            return f"np.{_NUMPY[node.name]}({inner})"
        if node.name == "abs":
            return f"|{inner}|"
        if node.name in ("ln", "tanh") and isinstance(first, Symbol):
            return f"{node.name} {inner}"
        return f"{'sqrt' if node.name == '√' else node.name}({inner})"

    def _term(self, node: Expression, numbers: Iterator[str]) -> str:
        """A later term of a sum, with its sign."""
        if isinstance(node, Operation) and node.name == "−":
            return self._operator("−") + self._part(node.parts[0], numbers, _PRODUCT, behind=True)
        return self._operator("+") + self._part(node, numbers, behind=True)


BOOK, ASCII, NUMPY = Printer(), Printer(ascii=True), Printer(ascii=True, code=True)


@lru_cache(maxsize=1024)
def number_text(value: float, digits: int) -> str:
    """A number with `digits` significant digits, without trailing zeros. The digits before its point are kept.

    Cached, since the search for digits with which an equation holds rounds the same numbers many times.
    """
    return plain_number(value + 0.0, max(digits, whole_digits(value)))  # no −0


def whole_digits(value: float) -> int:
    """Digits before the point, if the number is written without an exponent; else 0."""
    return len(str(int(abs(value)))) if 1 <= abs(value) < 1e5 else 0
