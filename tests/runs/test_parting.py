"""Where arms part is about their weights, to the bit, and about nothing else that differs between them."""

from __future__ import annotations

import numpy as np
import pytest

from tui_trainer.diagnosis import Diagnosis
from tui_trainer.runs.lineup import LineUp
from tui_trainer.training import Experiment, Trainer, build, with_setting

SMALL = build(
    {
        "data": {"name": "moons", "samples": 40, "validation_samples": 20},
        "network": {"hidden": [4]},
        "training": {"iterations": 60, "batch_size": 8},
    }
)


def parted(first: Experiment, other: Experiment) -> int | None:
    """The first iteration after which two runs on their own have other weights."""
    a, b = Trainer(first), Trainer(other)
    for iteration in range(21):
        if not np.array_equal(a.vectors.parameters, b.vectors.parameters):
            return iteration
        a.run(1)
        b.run(1)
    return None


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("data.label_noise", 0.2, 1),
        ("loss.name", "mse", 1),
        ("data.validation_samples", 30, None),
        ("training.iterations", 90, None),
        ("optimizer.learning_rate", 0.5, 1),
        ("network.dropout", 0.5, 1),
        ("network.gain", 0.5, 0),
        ("network.seed", 7, 0),
        ("training.seed", 7, 0),
        ("network.hidden", [5], 0),
    ],
)
@pytest.mark.parametrize("chunk", [1, 20])
def test_arms_part_where_their_weights_do(key: str, value: object, expected: int | None, chunk: int) -> None:
    other = with_setting(SMALL, key, value)
    if key != "network.hidden":
        assert parted(SMALL, other) == expected
    lineup = LineUp([("A", SMALL), ("B", other)], Diagnosis)
    assert lineup.arms[1].parted == (0 if expected == 0 else None)
    for _ in range(0, 20, chunk):
        lineup.advance(chunk)
    assert lineup.arms[1].parted == expected
    assert [arm.session.iteration for arm in lineup.arms] == [20, 20]


def test_arms_that_are_paired_anew_far_from_the_start_know_that_they_never_were_equal() -> None:
    arms = [
        ("A", with_setting(SMALL, "network.hidden", [5])),
        ("B", SMALL),
        ("C", with_setting(SMALL, "network.gain", 2)),
    ]
    lineup = LineUp(arms, Diagnosis)
    lineup.advance(20)
    lineup.focus = 0
    lineup.drop()
    assert [arm.parted for arm in lineup.arms] == [None, 0]
