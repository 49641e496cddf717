"""Which runs are measured by the same examples, whatever is made of them for the network."""

from __future__ import annotations

import pytest

from tui_trainer.training import build
from tui_trainer.training.trainer import Trainer
from tui_trainer.training.yardstick import yardstick

MOONS = {"name": "moons", "samples": 20, "validation_samples": 10}


def of(**data: object) -> object:
    return yardstick(Trainer(build({"data": {**MOONS, **data}}, "run")))


@pytest.mark.parametrize("same", [{"feature_scale": 5.0}, {"standardize": True}, {"features": ["x1", "x2", "x1x2"]}])
def test_the_same_examples_in_another_form_measure_the_same(same: dict[str, object]) -> None:
    assert of(**same) == of()


@pytest.mark.parametrize("other", [{"noise": 0.3}, {"seed": 9}, {"label_noise": 0.2}, {"validation_samples": 11}])
def test_other_examples_or_labels_do_not(other: dict[str, object]) -> None:
    assert of(**other) != of()
