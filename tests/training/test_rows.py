"""The calls of a row that were made from those of row 0 do what calls compiled for that row alone would do."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from tui_trainer.layers import Call
from tui_trainer.training import Trainer, build
from tui_trainer.training.plan_rows import makers
from tui_trainer.training.probe import Probe

PLANS: dict[str, dict[str, Any]] = {
    "tanh": {"data": {"name": "moons", "samples": 45}, "network": {"hidden": [5, 4]}, "training": {"batch_size": 8}},
    "no hidden layer": {"data": {"name": "moons", "samples": 45}, "network": {"hidden": []}},
    "dropout": {
        "data": {"name": "moons", "samples": 45},
        "network": {"hidden": [5, 4], "activation": "relu", "dropout": [0.3, 0.1]},
        "training": {"batch_size": 8},
    },
    "full batch": {"data": {"name": "moons", "samples": 45}, "training": {"batch_size": "full"}},
    "full batch with noise": {
        "data": {"name": "moons", "samples": 45},
        "training": {"batch_size": "full", "input_noise": 0.5},
    },
    "pairs": {"data": {"name": "phrases"}, "network": {"hidden": [4]}, "training": {"batch_size": 16}},
    "cross-entropy and Adam": {
        "data": {"name": "iris"},
        "network": {"hidden": [6]},
        "optimizer": {"name": "adam", "clip_norm": 0.1, "weight_decay": 0.01},
        "training": {"batch_size": 16},
    },
    "gathered late": {
        "data": {"name": "digits", "samples": 500},
        "network": {"hidden": [6], "dropout": 0.2},
        "training": {"batch_size": 200},
    },
    "clipped answers": {
        "data": {"name": "xor"},
        "network": {"hidden": [3], "output": "clip01"},
        "loss": {"name": "mean_squared_error"},
        "training": {"batch_size": 3},
    },
}


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("iteration", [0, 1, 2, 6, 21])
def test_a_row_blames_as_a_plan_of_that_row_alone(name: str, iteration: int) -> None:
    trainer = Trainer(build(PLANS[name]))
    trainer.run(iteration)
    plan, row, _ = trainer.feed.block(iteration).row(iteration)
    alone = Probe(trainer.network, trainer.experiment.optimizer, plan, row, trainer.vectors.parameters)
    gradient, loss = alone.gradient().copy(), alone.loss()
    trainer.run(1)
    np.testing.assert_array_equal(trainer.vectors.gradient, gradient)
    assert trainer.losses.batch.last[-1] == loss


@pytest.mark.parametrize("name", PLANS)
def test_rows_share_what_touches_no_row(name: str) -> None:
    """That most calls are the same objects is what the training loop gets its speed from."""
    trainer = Trainer(build(PLANS[name]))
    plan, row, _ = trainer.feed.block(0).row(trainer.feed.rows - 1)
    possible = plan.x, plan.examples, plan.y, plan.z, plan.coefficients, plan.masks
    blocks = [each for each in possible if each is not None]
    pairs = list(zip(plan.whole(0), plan.whole(row), strict=True))
    for first, other in pairs:
        touches = any(np.may_share_memory(each, b) for each in arrays(first) for b in blocks if len(b) > 1)
        assert (first is not other) == touches
    assert row
    assert any(first is other for first, other in pairs)


def arrays(call: Call) -> list[np.ndarray]:
    """All arrays that a call works on."""
    function, arguments = call
    within = [*arguments, getattr(function, "__self__", None)]
    if isinstance(function, partial):
        within += function.keywords.values()
    return [each for each in within if isinstance(each, np.ndarray)]


def test_views_of_any_kind() -> None:
    block, other = np.arange(60.0).reshape(3, 4, 5), np.zeros(4)
    first = block[0]
    calls: list[Call] = [
        (np.add, (first[:, 1], other, other)),
        (np.add, (other, other, other)),
        (first.T.dot, (other, first[1])),
        (partial(np.maximum, out=first[::2, 1:3]), (first[1::2, 1:3], first[2:, :2])),
        (partial(np.maximum.reduce, axis=0, out=other), (first.T,)),
        (first[0, :1].reshape(()).fill, (7,)),
    ]
    made = makers(calls, [block, np.zeros((1, 4))])
    assert [place for place, _ in made] == [0, 2, 3, 4, 5]
    for place, make in made:
        for ours, expected in zip(arrays(make(2)), arrays(calls[place]), strict=True):
            if np.may_share_memory(expected, block):
                np.testing.assert_array_equal(ours, expected + 40)
                assert np.shares_memory(ours, block[2])
                assert (ours.strides, ours.flags.writeable) == (expected.strides, True)
            else:
                assert ours is expected
