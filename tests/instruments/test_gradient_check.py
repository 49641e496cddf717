"""The gradient check: right gradients pass, a wrong one does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tui_trainer.instruments.gradient_check import PARAMETERS, check_gradient
from tui_trainer.training import Trainer, build
from tui_trainer.training.evaluation import Probe


@pytest.mark.parametrize(
    "tables",
    [
        {"network": {"activation": "relu", "hidden": [8, 8], "dropout": 0.3}},
        {"network": {"activation": ["tanh", "sigmoid"], "hidden": [8, 4]}, "optimizer": {"l2": 0.1, "l1": 0.1}},
        {"data": {"name": "glasses_or_ring"}},
        {"data": {"name": "phrases"}},
        {"data": {"name": "iris"}, "training": {"batch_size": "full"}},
        {"loss": {"name": "mean_squared_error"}, "network": {"output": "tanh"}},
        {"data": {"name": "sine"}, "loss": {"name": "huber"}, "network": {"hidden": []}},
    ],
)  # fmt: skip
def test_backpropagation_is_right(tables: dict[str, Any]) -> None:
    check = check_gradient(build(tables))
    assert check.right
    assert 0 < check.parameters <= PARAMETERS
    assert check.relative_error < 1e-7


def test_a_wrong_gradient_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Probe.gradient
    monkeypatch.setattr(Probe, "gradient", lambda probe: right(probe) * 1.001)
    assert not check_gradient(build({})).right


def test_weights_that_have_exploded_are_no_verdict() -> None:
    experiment = build({})
    weights = np.full(Trainer(experiment).network.parameter_count, np.inf)
    check = check_gradient(experiment, weights=weights)
    assert not check.right
    assert check.sentence == "blame cannot be checked: here the loss is no finite number"
