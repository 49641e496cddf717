"""Each loss is the formula that it shows, safe at any size, and its constant answer is really the best one."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log
from typing import get_args

import numpy as np
import pytest

from tui_trainer.formulas.digits import enough_digits
from tui_trainer.formulas.expressions import Equation
from tui_trainer.formulas.printing import BOOK
from tui_trainer.layers import run
from tui_trainer.losses import ALIASES, LOSSES, Loss
from tui_trainer.losses.loss import Output
from tui_trainer.losses.squared import ErrorLoss

HUGE = [-1e4, -300.0, 0.0, 300.0, 1e4]


def by_gradient_calls(loss: Loss, z: np.ndarray, y: np.ndarray, output: str = "linear") -> np.ndarray:
    out = np.full_like(z, np.nan)
    run(loss.gradient(z, y, out, output))
    return out


def logits(name: str, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """(outputs, batch) of every pair of huge numbers, with every target."""
    loss = LOSSES[name]()
    if loss.pairs:
        grid = np.array([[a, b, c, d] for a in HUGE for b in HUGE for c in HUGE for d in HUGE], dtype).T
        z = np.concatenate([grid[:2], grid[2:]], axis=1)
        together = np.arange(grid.shape[1]) % 2
        return z, together[None].astype(dtype)
    if loss.output_count(2) == 2:
        z = np.array([[a, b] for a in HUGE for b in HUGE] * 2, dtype).T
        classes = np.arange(z.shape[1]) * 2 // z.shape[1]
    else:
        z = np.array([HUGE * 2], dtype)
        classes = np.repeat([0, 1], len(HUGE))
    return z, loss.encode(classes.astype(np.float64), 2, "linear").T.astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("output", get_args(Output))
@pytest.mark.parametrize("name", LOSSES)
def test_logits_of_ten_thousand(name: str, output: str, dtype: str) -> None:
    """Finite, and nothing printed: warnings are errors in this suite."""
    loss = LOSSES[name]()
    if output != "linear" and not isinstance(loss, ErrorLoss):
        return
    z, y = logits(name, dtype)
    values = loss.values(z, y, output)
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    assert np.isfinite(by_gradient_calls(loss, z, y, output)).all()
    assert np.isfinite(loss.predictions(z, output)).all()


def test_binary_cross_entropy_of_huge_logits_is_the_distance_to_the_wrong_side() -> None:
    loss = LOSSES["binary_cross_entropy"]()
    z = np.array([[1e4, -1e4, 1e4, -1e4, 0.0]])
    y = loss.encode(np.array([1.0, 0.0, 0.0, 1.0, 1.0]), 2, "linear").T
    np.testing.assert_allclose(loss.values(z, y, "linear"), [0, 0, 1e4, 1e4, log(2)], rtol=1e-15)
    np.testing.assert_allclose(by_gradient_calls(loss, z, y)[0] * 5, [0, 0, 1, -1, -0.5], atol=1e-15)


def test_cross_entropy_of_huge_logits_is_the_gap_to_the_largest() -> None:
    loss = LOSSES["cross_entropy"]()
    z = np.array([[1e4, 1e4, 0.0], [-1e4, -1e4, 0.0], [0.0, 0.0, 0.0]])
    y = loss.encode(np.array([0.0, 1.0, 2.0]), 3, "linear").T
    np.testing.assert_allclose(loss.values(z, y, "linear"), [0, 2e4, log(3)], rtol=1e-15)
    expected = np.array([[0, 1, 1 / 3], [0, -1, 1 / 3], [0, 0, -2 / 3]]) / 3
    np.testing.assert_allclose(by_gradient_calls(loss, z, y), expected, atol=1e-15)


def test_small_numbers_as_a_textbook_writes_them() -> None:
    p, y = np.array([[0.6]]), np.array([[1.0]])
    assert LOSSES["mean_squared_error"]().values(p, y, "linear")[0] == pytest.approx(0.16)  # the article's example
    assert LOSSES["half_mean_squared_error"]().values(p, y, "linear")[0] == pytest.approx(0.08)
    assert LOSSES["huber"](delta=0.1).values(p, y, "linear")[0] == pytest.approx(0.1 * (0.4 - 0.05))
    assert LOSSES["huber"](delta=0.5).values(p, y, "linear")[0] == pytest.approx(0.08)
    sigmoid = 1 / (1 + exp(-0.7))
    binary = LOSSES["binary_cross_entropy"]()
    assert binary.values(np.array([[0.7]]), np.array([[1.0]]), "linear")[0] == pytest.approx(-log(sigmoid))
    assert binary.values(np.array([[0.7]]), np.array([[-1.0]]), "linear")[0] == pytest.approx(-log(1 - sigmoid))
    softmax = exp(0.2) / (exp(0.2) + exp(-1.0) + exp(0.5))
    one_hot = np.array([[1.0], [0.0], [0.0]])
    assert LOSSES["cross_entropy"]().values(np.array([[0.2], [-1.0], [0.5]]), one_hot, "linear")[0] == pytest.approx(
        -log(softmax)
    )


def test_several_outputs_count_as_their_mean() -> None:
    z, y = np.array([[0.5], [1.0]]), np.array([[0.0], [0.0]])
    assert LOSSES["mean_squared_error"]().values(z, y, "linear")[0] == pytest.approx((0.25 + 1) / 2)


def test_contrastive_pulls_together_and_pushes_apart_up_to_the_margin() -> None:
    loss = LOSSES["contrastive"](margin=2.0)
    left, right = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]), np.array([[0.6, 0.6, 3.0], [0.8, 0.8, 4.0]])
    z, together = np.concatenate([left, right], axis=1), np.array([[1.0, 0.0, 0.0]])
    np.testing.assert_allclose(loss.values(z, together, "linear"), [1.0, (2 - 1) ** 2, 0])
    gradient = by_gradient_calls(loss, z, together) * 3
    np.testing.assert_allclose(gradient[:, 0], [-1.2, -1.6])  # the left one goes towards the right one
    np.testing.assert_allclose(gradient[:, 1], [1.2, 1.6])  # and away from it
    np.testing.assert_allclose(gradient[:, 2], 0)
    np.testing.assert_allclose(gradient[:, 3:], -gradient[:, :3])


def test_a_pair_on_one_point_has_no_direction_but_a_loss() -> None:
    loss = LOSSES["contrastive"]()
    z, together = np.ones((2, 4)), np.array([[1.0, 0.0]])
    np.testing.assert_allclose(loss.values(z, together, "linear"), [0, 1])
    np.testing.assert_array_equal(by_gradient_calls(loss, z, together), 0)


@pytest.mark.parametrize("name", [n for n, each in LOSSES.items() if not each.pairs])
@pytest.mark.parametrize("seed", range(3))
def test_base_is_the_best_constant_answer(name: str, seed: int) -> None:
    """No constant on a fine grid does better, and some constant does nearly as well."""
    loss, random = LOSSES[name](), np.random.default_rng(seed)
    classes = (random.random(40) < 0.3).astype(np.float64)
    y = loss.encode(classes, 2, "linear").T
    if "regression" in loss.tasks:
        y = random.standard_normal((1, 40)) * 2
    grid = np.linspace(-6, 6, 2401)
    if loss.output_count(2) == 2:
        grids = [np.stack([np.full(40, c), np.zeros(40)]) for c in grid]
    else:
        grids = [np.full((1, 40), c) for c in grid]
    best = min(float(loss.values(z, y, "linear").mean()) for z in grids)
    assert loss.base(y) == pytest.approx(best, rel=1e-4)
    assert loss.base(y) <= best + 1e-12


@pytest.mark.parametrize("name", ["mean_squared_error", "binary_cross_entropy", "cross_entropy"])
def test_base_with_one_class_only(name: str) -> None:
    loss = LOSSES[name]()
    assert loss.base(loss.encode(np.ones(5), 2, "linear").T) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("name", [n for n, each in LOSSES.items() if not each.pairs])
def test_targets_survive_encoding(name: str) -> None:
    loss, classes = LOSSES[name](), np.array([0.0, 1.0, 1.0, 0.0])
    decoded = loss.decode(loss.encode(classes, 2, "linear"))
    answers = decoded[:, 0] if decoded.shape[1] == 1 else decoded.argmax(axis=1)
    np.testing.assert_array_equal(answers, classes)


def said(name: str, z: list[float], y: list[float]) -> list[Equation]:
    """What the screen says of one example: the filled formula, and how the answer comes out of z."""
    loss, column, targets = LOSSES[name](), np.array([z]).T, np.array([y]).T
    value = float(loss.values(column, targets, "linear")[0])
    p = loss.predictions(column, "linear")[:, 0]
    answer = loss.answer(column[:, 0], "linear")
    return [loss.filled(column, p, targets[:, 0], value), *([answer] if answer else [])]


LOGITS = [-3000.0, -151.1, -34.03, -5.2, -0.3, 0.0, 0.85, 4.1, 12.0, 17.0, 151.1, 3000.0]


@pytest.mark.parametrize("z", LOGITS)
@pytest.mark.parametrize(
    ("name", "z_of", "targets"),
    [
        ("binary_cross_entropy", lambda z: [z], [[1.0], [-1.0]]),
        ("cross_entropy", lambda z: [z, 0.0, -1.0], [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
        ("mean_squared_error", lambda z: [z], [[1.0], [0.0]]),
        ("half_mean_squared_error", lambda z: [z], [[1.0], [0.0]]),
        ("huber", lambda z: [z], [[1.0], [0.0]]),
    ],
)
def test_what_the_screen_says_of_a_loss_is_true(
    name: str, z_of: Callable[[float], list[float]], targets: list[list[float]], z: float
) -> None:
    for y in targets:
        for equation in said(name, z_of(z), y):
            text = BOOK.text(equation)
            assert "ln(0)" not in text
            assert "(1 − 0)" not in text
            assert not text.endswith("1 − 0")
            if abs(z) < 700:  # e^z can be carried out
                left, right = (side.value() for side in equation.sides)
                assert left == pytest.approx(right, rel=1e-6, abs=1e-12), text
    assert LOSSES[name].formula
    assert LOSSES[name].title


def test_a_saturated_answer_is_told_by_its_logit_and_not_by_a_probability_of_0() -> None:
    assert [*map(BOOK.text, said("binary_cross_entropy", [151.1], [-1.0]))] == [
        "ln(1 + e^151.1) = 151.1",
        "1 / (1 + e^−151.1) = 1 − 2.38838197222e-66",
    ]
    assert BOOK.text(said("binary_cross_entropy", [3000], [1.0])[1]) == "1 / (1 + e^−3000) = 1 − e^−3000"
    assert BOOK.text(said("cross_entropy", [3000, 0], [0.0, 1.0])[1]) == "1 / (1 + e^−3000) = 1 − e^−3000"
    assert BOOK.text(said("binary_cross_entropy", [-29409], [-1.0])[0]) == "ln(1 + e^−29409) ≈ 0"
    assert BOOK.text(said("cross_entropy", [3000, 0], [0.0, 1.0])[0]) == "−ln(e^−3000) = 3000"


def test_a_pair_says_how_far_apart_it_is() -> None:
    loss = LOSSES["contrastive"]()
    for together, distance, text in (
        (1.0, 0.3, "together: 0.3² = 0.09"),
        (0.0, 0.3, "apart: max(0, 1 − 0.3)² = 0.49"),
        (0.0, 1.5, "apart: max(0, 1 − 1.5)² = 0"),
    ):
        z, y = np.array([[0.2, 0.2 + distance], [0.0, 0.0]]), np.array([[together]])
        value = float(loss.values(z, y, "linear")[0])
        assert enough_digits(loss.filled(z, z[:, 0], y[:, 0], value), 4).text() == text


def test_short_names_are_names() -> None:
    assert set(ALIASES.values()) <= set(LOSSES)
