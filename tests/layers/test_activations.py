"""Each activation is the function that its name promises, and its derivative is that function's."""

from __future__ import annotations

from math import erf, exp, pi, sqrt, tanh

import numpy as np
import pytest

from tui_trainer.layers import ACTIVATIONS, run

FORMULAS = {
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "tanh": tanh,
    "sigmoid": lambda z: 1 / (1 + exp(-z)),
    "linear": lambda z: z,
    "elu": lambda z: z if z > 0 else exp(z) - 1,
    "gelu": lambda z: 0.5 * z * (1 + tanh(sqrt(2 / pi) * (z + 0.044715 * z**3))),
    "silu": lambda z: z / (1 + exp(-z)),
}
POINTS = [-30.0, -5.0, -1.5, -0.3, -1e-9, 1e-9, 0.2, 1.0, 2.5, 8.0, 30.0]
KINKED = {"relu": (0.0, 0.0), "leaky_relu": (0.0, 0.01), "elu": (0.0, 1.0)}
"""Value and derivative at 0, as PyTorch takes them."""


def apply(name: str, points: list[float], dtype: str = "float64") -> tuple[np.ndarray, np.ndarray]:
    """f(z) and f′(z), with buffers that hold rubbish beforehand."""
    h = np.array(points, dtype)
    d, t = np.full_like(h, 7.0), np.full_like(h, -3.0)
    run(ACTIVATIONS[name].forward(h, d, t))
    values = h.copy()
    run(ACTIVATIONS[name].derivative(h, d, t))
    np.testing.assert_array_equal(h, values)  # the backward pass leaves the activations alone
    return values, d


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_is_its_formula(name: str) -> None:
    assert name in FORMULAS, f"write the formula of {name} down here, as a textbook has it"
    values, _ = apply(name, POINTS)
    np.testing.assert_allclose(values, [FORMULAS[name](z) for z in POINTS], rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivative_is_the_slope(name: str) -> None:
    step = 1e-6
    points = [z for z in POINTS if abs(z) > 1e-3]
    _, slopes = apply(name, points)
    above, _ = apply(name, [z + step for z in points])
    below, _ = apply(name, [z - step for z in points])
    np.testing.assert_allclose(slopes, (above - below) / (2 * step), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(("name", "expected"), KINKED.items())
def test_at_the_kink(name: str, expected: tuple[float, float]) -> None:
    values, slopes = apply(name, [0.0])
    assert (values[0], slopes[0]) == expected


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_any_size_is_finite_and_prints_nothing(name: str, dtype: str) -> None:
    """A warning fails here: the suite runs with them as errors."""
    values, slopes = apply(name, [-1e4, -100.0, 100.0, 1e4], dtype)
    assert np.isfinite(values).all()
    assert np.isfinite(slopes).all()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_says_what_it_is_like(name: str) -> None:
    activation = ACTIVATIONS[name]
    values, slopes = apply(name, [-1e4, 1e4])
    assert activation.name == name
    assert activation.saturates == bool((slopes == 0).all())
    if activation.rectifies:
        assert values[0] == slopes[0] == 0


def test_gelu_is_the_published_approximation() -> None:
    """Within 5e-4 of the exact form with the error function, as the paper says of it."""
    points = np.linspace(-4, 4, 81).tolist()
    values, _ = apply("gelu", points)
    exact = [0.5 * z * (1 + erf(z / sqrt(2))) for z in points]
    np.testing.assert_allclose(values, exact, atol=5e-4)
    assert np.abs(values - exact).max() > 1e-5
