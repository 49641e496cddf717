"""Everything that the bank of known runs uses is here: each configuration builds and trains."""

from __future__ import annotations

import numpy as np
import pytest
from bank import BankRun, runs

from tui_trainer.telemetry import Status
from tui_trainer.training import Trainer

RUNS = runs()


def test_the_bank_is_whole() -> None:
    assert len(RUNS) == 65 + 158
    assert len({run.name for run in RUNS}) == len(RUNS)


@pytest.mark.parametrize("run", RUNS, ids=[run.name for run in RUNS])
def test_builds_as_described_and_trains(run: BankRun) -> None:
    experiment = run.experiment()
    assert experiment.layer_sizes == run.layers
    trainer = Trainer(experiment)
    trainer.run(30)
    assert trainer.iteration == 30 or trainer.status is Status.DIVERGED
    assert np.isfinite(trainer.losses.batch.last).all()
    latest = trainer.evaluations.latest
    assert latest is not None
    assert np.isfinite(latest.base_loss)
