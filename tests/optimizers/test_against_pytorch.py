"""Every optimizer and schedule, 200 steps long, against PyTorch in float64: same weights, same mini-batches."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from cases import CASES, GOLDEN, STEPS, WATCHED, experiment_of

from tui_trainer.optimizers import OPTIMIZERS, SCHEDULES
from tui_trainer.training import Trainer

TOLERANCE = 1e-10
RECORDED = json.loads(GOLDEN.read_text(encoding="utf-8"))


def trained(name: str) -> dict[str, Any]:
    """Our numbers of a case, in the form of the golden ones."""
    trainer, losses = Trainer(experiment_of(name)), []
    for step in range(STEPS):
        trainer.run(1)
        if step in WATCHED:
            losses.append(trainer.losses.batch.last[-1])
    return {"losses": losses, "parameters": trainer.vectors.parameters}


def test_every_optimizer_and_every_schedule_is_compared() -> None:
    assert {tables["optimizer"]["name"] for tables in CASES.values()} == set(OPTIMIZERS)
    assert {tables["schedule"]["name"] for tables in CASES.values()} == set(SCHEDULES)


@pytest.mark.parametrize("name", CASES)
def test_equals_the_recorded_numbers(name: str) -> None:
    ours = trained(name)
    for what in ("losses", "parameters"):
        np.testing.assert_allclose(ours[what], RECORDED[name][what], rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize("name", CASES)
def test_equals_pytorch_itself(name: str) -> None:
    pytest.importorskip("torch", reason="PyTorch is an extra (reference); the recorded numbers stand in for it")
    from torch_twin import train

    theirs, ours = train(name), trained(name)
    for what in ("losses", "parameters"):
        np.testing.assert_allclose(ours[what], theirs[what], rtol=TOLERANCE, atol=TOLERANCE)
