"""The three products of a linear layer, against plain loops."""

from __future__ import annotations

import numpy as np

from tui_trainer.layers import linear, run


def test_the_three_products() -> None:
    random = np.random.default_rng(0)
    weight, a, delta = random.standard_normal((4, 2)), random.standard_normal((4, 5)), random.standard_normal((2, 5))
    a[-1] = 1
    z, gradient, back = np.empty((2, 5)), np.empty((4, 2)), np.empty((3, 5))
    run(
        [
            *linear.forward(weight, a, z),
            linear.weight_gradient(a, delta, gradient),
            linear.input_gradient(weight, delta, back),
        ]
    )
    for unit in range(2):
        for n in range(5):
            total = sum(weight[i, unit] * a[i, n] for i in range(3)) + weight[3, unit]
            np.testing.assert_allclose(z[unit, n], total)
    for i in range(4):
        for unit in range(2):
            np.testing.assert_allclose(gradient[i, unit], sum(a[i, n] * delta[unit, n] for n in range(5)))
    for i in range(3):
        for n in range(5):
            np.testing.assert_allclose(back[i, n], sum(weight[i, unit] * delta[unit, n] for unit in range(2)))


def test_a_wide_batch_is_multiplied_the_other_way_round_with_the_same_result() -> None:
    random = np.random.default_rng(0)
    weight, examples = random.standard_normal((785, 32)), random.standard_normal((64, 785))
    plain, turned, scratch = np.empty((32, 64)), np.empty((32, 64)), np.empty(32 * 64)
    one, other = linear.forward(weight, examples.T, plain), linear.forward(weight, examples.T, turned, scratch)
    assert len(other) > len(one)
    run([*one, *other])
    np.testing.assert_allclose(turned, plain, rtol=1e-12, atol=1e-12)
