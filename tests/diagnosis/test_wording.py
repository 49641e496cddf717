"""Numbers in sentences are short and never lie about their size."""

from __future__ import annotations

import math

import pytest

from tui_trainer.diagnosis.wording import number, numbers_apart, rounded


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.3114, "0.31"),
        (0.02, "0.020"),
        (0.597, "0.60"),
        (5, "5.0"),
        (9.94, "9.9"),
        (9.96, "10"),
        (12.4, "12"),
        (12345.6, "12,346"),
        (0.00123, "0.0012"),
        (1.2e-5, "1.2e-5"),
        (-3.3e9, "−3.3e9"),
        (-0.5, "−0.50"),
        (math.nan, "not a number"),
        (-math.inf, "infinite"),
    ],
)
def test_number(value: float, text: str) -> None:
    assert number(value) == text


def test_rounded_keeps_two_digits() -> None:
    assert (rounded(20 / 3), rounded(0.01 / 3), rounded(123456.0)) == (6.7, 0.0033, 120000.0)


@pytest.mark.parametrize(
    ("before", "after", "texts"),
    [
        (0.9, 0.7, ("0.90", "0.70")),
        (0.68312, 0.68254, ("0.6831", "0.6825")),
        (123.48, 123.41, ("123.5", "123.4")),
        (1.01e-5, 1e-5, ("1.01e-5", "1.00e-5")),
        (0.5, 0.5, ("0.50", "0.50")),
    ],
)
def test_two_numbers_that_differ_are_told_apart(before: float, after: float, texts: tuple[str, str]) -> None:
    assert numbers_apart(before, after) == texts
