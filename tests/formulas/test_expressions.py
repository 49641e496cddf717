"""Formulas as trees: they evaluate, they take numbers in place of symbols, and they print as in a book."""

from __future__ import annotations

import math

import numpy as np
import pytest
from arithmetic import sides
from hypothesis import given
from hypothesis import strategies as st

from tui_trainer.formulas.digits import enough_digits
from tui_trainer.formulas.expressions import (
    HALF,
    PI,
    Case,
    Cases,
    E,
    Equation,
    Expression,
    Number,
    Symbol,
    clip,
    largest,
    ln,
    once,
    phrase,
    root,
    size,
    tanh,
    total,
)
from tui_trainer.formulas.printing import ASCII, BOOK, Printer
from tui_trainer.losses.loss import sigmoid

A, B, X = Symbol("a"), Symbol("beta", "β"), Symbol("x")


@pytest.mark.parametrize(
    ("formula", "book", "ascii_only"),
    [
        (A - 0.1 * (B + X), "a − 0.1 × (β + x)", "a - 0.1 * (beta + x)"),
        (A * (B / (root(X) + 1)), "a × β / (√x + 1)", "a * beta / (sqrt(x) + 1)"),
        (A / (B * X), "a / (β × x)", "a / (beta * x)"),
        (A - (B - X), "a − (β − x)", "a - (beta - x)"),
        (A - B * X, "a − β × x", "a - beta * x"),
        (-(A * ln(B) + ln(1 - B)), "−(a × ln β + ln(1 − β))", "-(a * ln beta + ln(1 - beta))"),
        (HALF * (A - B) ** 2, "½ × (a − β)²", "0.5 * (a - beta)^2"),
        (1 - B**X, "1 − β^x", "1 - beta^x"),
        (1 / (1 + E ** (-X)), "1 / (1 + e^(−x))", "1 / (1 + e^(-x))"),
        (root(2 / PI) * tanh(X), "√(2 / π) × tanh x", "sqrt(2 / pi) * tanh x"),
        (largest(0, A - size(X)) ** 2, "max(0, a − |x|)²", "max(0, a - |x|)^2"),
        (total(A * B) + X, "Σ a × β + x", "sum a * beta + x"),
        (total(A * B) * X, "(Σ a × β) × x", "(sum a * beta) * x"),
        (once(1 - B) * A, "(1 − β) × a", "(1 - beta) * a"),
    ],
)
def test_a_formula_is_printed_as_in_a_book(formula: Expression, book: str, ascii_only: str) -> None:
    assert BOOK.text(formula) == book
    assert ASCII.text(formula) == ascii_only


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (A - X * B, "−0.112 − 0.9 × (−0.2)"),
        (X * (A + B * A), "0.9 × (−0.112 + (−0.2) × (−0.112))"),
        ((A - 1) ** 2, "(−0.112 − 1)²"),
        (A**2, "(−0.112)²"),
        (X / A, "0.9 / (−0.112)"),
        (E ** (-X), "e^−0.9"),
        (once(1 - X) * A, "0.1 × (−0.112)"),
        (-ln(1 - Number(4.274e-7)), "−ln(1 − 4.274e-7)"),
        (Number(3.304e35) / A, "3.304e35 / (−0.112)"),
        (Number(0.25, "rest") + A, "0.25 (rest) + (−0.112)"),
    ],
)
def test_negative_numbers_stand_in_brackets_behind_an_operator(formula: Expression, text: str) -> None:
    assert BOOK.text(formula.filled({"a": -0.112, "beta": -0.2, "x": 0.9})) == text


def test_blanks_leave_the_products_first() -> None:
    equation = A.equals(B - X * A / 2)
    tight = [Printer(tightness=tightness).text(equation) for tightness in range(3)]
    assert tight == ["a = β − x × a / 2", "a = β − x×a/2", "a=β−x×a/2"]


finite = st.floats(-50, 50, allow_nan=False)


@given(finite, finite, finite)
def test_what_is_printed_is_what_is_evaluated(a: float, b: float, x: float) -> None:
    """Every number in full, read by a reader that knows nothing of trees."""
    for formula in (A - B * (X + A), (A - B) ** 2 * X, HALF * A - X * (B - 3 * X), tanh(A) / (1 + X**2) - B):
        filled = formula.filled({"a": a, "beta": b, "x": x})
        (read,) = sides(BOOK.text(filled))
        assert read == pytest.approx(filled.value(), rel=1e-8, abs=1e-8)


def test_a_formula_that_is_not_filled_in_has_no_value() -> None:
    assert math.isnan((A + 1).value())
    assert math.isnan((A + 1).value({"x": 1.0}))
    assert (A + 1).value({"a": 1.5}) == 2.5


def test_what_cannot_be_carried_out_has_no_value() -> None:
    assert math.isnan(root(Number(-1.0)).value())
    assert math.isnan((1 / Number(0.0)).value())
    assert math.isnan((Number(1e200) ** 2).value())
    assert math.isnan((Number(-1.0) ** Number(0.5)).value())


def test_the_logarithm_near_1_is_exact() -> None:
    assert ln(1 - Number(1.7e-15)).value() == math.log1p(-1.7e-15)
    assert ln(Number(0.25)).value() == math.log(0.25)


def test_other_expressions_take_the_place_of_symbols() -> None:
    assert BOOK.text((A - B).filled({"a": Symbol("lr"), "beta": X * 2})) == "lr − x × 2"
    assert clip(A).value({"a": 3.0}) == 1.0


def test_a_total_is_filled_in_with_its_largest_terms() -> None:
    summed = total(A * B)
    few = summed.filled({"a": np.array([1.0, 0.0, 3.0]), "beta": np.array([0.5, 9.0, -1.0])})
    assert BOOK.text(few) == "1 × 0.5 + 3 × (−1)"
    many = summed.filled({"a": np.arange(1.0, 7), "beta": np.array([1.0, -8.0, 1.0, 1.0, 1.0, 1.0])})
    assert BOOK.text(many) == "2 × (−8) + 6 × 1 + 5 × 1 + 8 (rest)"
    assert many.value() == 1 - 16 + 3 + 4 + 5 + 6


def test_the_case_that_holds_is_filled_in_under_its_name() -> None:
    cases = Cases((Case("near", 1 - size(X), X**2), Case("far", size(X) - 1, 2 * size(X) - 1)))
    assert BOOK.text(cases) == "near: x², far: 2 × |x| − 1"
    assert BOOK.text(cases.comes_to(0.25, {"x": 0.5})) == "near: 0.5² = 0.25"
    assert BOOK.text(cases.comes_to(5, {"x": -3.0})) == "far: 2 × |−3| − 1 = 5"
    assert cases.value({"x": -3.0}) == 5


@pytest.mark.parametrize(
    ("equation", "digits", "shown"),
    [
        ((Number(0.5512) * -0.4796).equals(-0.26435552), 2, "0.55 × (−0.48) = −0.26"),
        ((Number(0.2214) * 0.2441).equals(0.05404374), 3, "0.2214 × 0.244 = 0.054"),
        ((Number(25.5678) / 32).equals(0.79899375), 3, "25.57 / 32 = 0.799"),
        ((Number(11.1871) / 2).equals(5.59355), 3, "11.19 / 2 = 5.59"),
        (
            Number(10702).equals(Number(-6055.96) - Number(1.2) * -13964.9666667),
            5,
            "10702 = −6056 − 1.2 × (−13965)",
        ),
        ((-ln(1 - Number(1.7e-15))).equals(1.7e-15), 4, "−ln(1 − 1.7e-15) = 1.7e-15"),
        (
            (Number(1.5) * 2 + Number(0.25, "rest") + Number(1, "b")).equals(4.25),
            4,
            "1.5 × 2 + 0.25 (rest) + 1 (b) = 4.25",
        ),
        ((Number(2) * 2).equals(5), 3, "2 × 2 ≈ 5"),
        (sigmoid(11.8974), 3, "1 / (1 + e^−11.897) = 1 − 6.81e-6"),
        (sigmoid(8.9286), 3, "1 / (1 + e^−8.9286) = 1 − 0.000133"),
        (sigmoid(104.0), 3, "1 / (1 + e^−104) ≈ 1 − 6.81e-46"),
        (phrase("mean of {} outputs", 3).equals(0.123456), 4, "mean of 3 outputs = 0.1235"),
        (Equation((Number(1.0), Number(0.0)), exact=False), 4, "1 ≈ 0"),
        (Equation((Number(-0.5) + 1, Number(0.5)), label="near"), 4, "near: −0.5 + 1 = 0.5"),
    ],
)
def test_numbers_have_the_digits_that_the_result_needs(equation: Equation, digits: int, shown: str) -> None:
    rounded = enough_digits(equation, digits)
    assert rounded.text() == shown
    assert rounded.holds == ("≈" not in shown or not equation.exact)
