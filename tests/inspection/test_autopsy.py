"""The autopsy of a diverged run says what broke first, and the last finite numbers: those of the straight run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from lived import assert_same_moment, straight

from tui_trainer.inspection.autopsy import examine
from tui_trainer.instruments.evaluation_set import EvaluationSet
from tui_trainer.past.timeline import Timeline
from tui_trainer.presets import find
from tui_trainer.telemetry import Autopsy, Phase, Status
from tui_trainer.training import Experiment, Trainer, build, with_setting

LINEAR: dict[str, dict[str, Any]] = {
    "data": {"name": "linear_regression", "dim": 8},
    "optimizer": {"name": "sgd", "learning_rate": 1.2},
    "training": {"iterations": 2000, "batch_size": 16},
}


def autopsy(experiment: Experiment) -> tuple[Autopsy, Timeline]:
    timeline = Timeline(Trainer(experiment))
    trainer = timeline.trainer
    while trainer.status is Status.PAUSED:
        trainer.run(timeline.next_copy(trainer.iteration) - trainer.iteration)
        timeline.record()
    assert trainer.status is Status.DIVERGED
    return examine(trainer, timeline), timeline


def first_broken_layer(trainer: Trainer) -> str:
    """Of the forward pass that has just been run."""
    found = trainer.feed.lookup(trainer.iteration)
    assert found is not None
    plan, row, _ = found
    layers = [*(plan.layer(plan.h, n) for n in range(len(plan.network.activations))), plan.z[row]]
    return f"layer {1 + next(n for n, layer in enumerate(layers) if not np.isfinite(layer).all())}"


@pytest.mark.parametrize(
    ("experiment", "phase", "tensor", "operation"),
    [
        (build(LINEAR), Phase.LOSS, "loss", "mean squared error summed over 16 examples"),
        (find("exploding gradients").experiment(), Phase.FORWARD, "pre-activation", "matrix product"),
        (
            with_setting(find("lr just right").experiment(), "optimizer.learning_rate", 10_000.0),
            *(Phase.FORWARD, "output", "matrix product"),
        ),
    ],
)
def test_tensor_layer_phase_and_operation_and_the_last_finite_values(
    experiment: Experiment, phase: Phase, tensor: str, operation: str
) -> None:
    found, timeline = autopsy(experiment)
    assert (found.phase, found.tensor, found.operation) == (phase, tensor, operation)
    before = straight(experiment, [], found.iteration)
    assert found.largest_weight == np.abs(before.vectors.parameters).max()
    assert found.last_loss == before.losses.batch.last[-1]
    assert np.isfinite(found.last_loss)
    assert 0 < found.largest_input < np.inf
    assert "(float32 holds up to 3.4e38)" in found.sentence
    before.step_phase()
    assert found.layer == (first_broken_layer(before) if phase is Phase.FORWARD else "")
    assert_same_moment(timeline.trainer, straight(experiment, [], timeline.trainer.iteration))


def test_the_step_after_the_last_finite_one_is_finite() -> None:
    for experiment in (build(LINEAR), find("exploding gradients").experiment()):
        found, timeline = autopsy(experiment)
        timeline.seek(found.last_finite)
        timeline.trainer.step_phase()
        timeline.trainer.step_phase()
        assert timeline.trainer.status is Status.PAUSED


def test_a_loss_that_breaks_over_the_other_examples_only() -> None:
    made = build({**LINEAR, "optimizer": {"name": "sgd", "learning_rate": 1e-9}})
    timeline = Timeline(Trainer(made))
    trainer = timeline.trainer
    trainer.run(1)
    timeline.record()
    known = trainer.train_set
    rows = known.rows.copy()
    rows[5:, :-1] = np.inf
    trainer.train_set = EvaluationSet(rows, known.targets.T, known.labels, known.loss, known.output)
    assert not np.isfinite(trainer.evaluate().train_loss)
    found = examine(trainer, timeline)
    assert (found.phase, found.tensor, found.layer) == (Phase.LOSS, "loss over all training examples", "")
    assert np.isfinite([found.largest_input, found.largest_weight, found.last_loss]).all()
