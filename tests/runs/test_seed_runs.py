"""The same experiment under other seeds: the quartiles are those of runs made one by one."""

from __future__ import annotations

import time

import numpy as np
import pytest
from msgspec import structs

from tui_trainer.experiment import Experiment, build
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.runs.seed_runs import SeedRuns, _quantile
from tui_trainer.studies.verify import outcome_of
from tui_trainer.telemetry import Status
from tui_trainer.telemetry import commands as do
from tui_trainer.telemetry.seeds import SeedFan

SMALL = {
    "data": {"name": "moons", "samples": 40, "validation_samples": 40},
    "network": {"hidden": [6]},
    "training": {"iterations": 60, "seed": 3},
}


def fan_of(experiment: Experiment, count: int) -> SeedFan:
    runs = SeedRuns(experiment, count)
    while runs.is_running:
        runs.go_on(0.01)
    return runs.fan


def test_quartiles_are_those_of_runs_made_one_by_one() -> None:
    experiment = build(SMALL)
    fan = fan_of(experiment, 8)
    ends = sorted(outcome_of(experiment, seed).losses.evaluations.validation_loss[-1] for seed in range(3, 11))
    halves = [(ends[n - 1] + ends[n]) / 2 for n in (2, 4, 6)]
    assert [fan.low[-1], fan.middle[-1], fan.high[-1]] == pytest.approx(halves)
    assert fan.iteration[-1] == 60
    assert fan.runs == fan.wanted
    assert (fan.loss, sum(count for _, count in fan.endings)) == ("validation", 8)


def test_a_quantile_between_two_runs_is_their_mean_and_infinite_beside_a_run_that_has_diverged() -> None:
    for runs, expected in (
        (range(1, 21), (5.5, 10.5, 15.5)),
        (range(1, 6), (2, 3, 4)),
        ([7], (7, 7, 7)),
        ([1, 2, 3, np.inf], (1.5, 2.5, np.inf)),
        ([1, 2, np.inf, np.inf], (1.5, np.inf, np.inf)),
    ):
        ranked = np.array(runs, dtype=np.float64)[:, None]
        assert tuple(float(_quantile(ranked, share)[0]) for share in (0.25, 0.5, 0.75)) == expected


def test_a_run_that_diverges_counts_as_infinite() -> None:
    tables = SMALL | {
        "data": {"name": "linear_regression", "validation_samples": 0},
        "network": {"hidden": []},
        "loss": {"name": "mean_squared_error"},
        "optimizer": {"learning_rate": 50.0},
    }
    fan = fan_of(build(tables), 3)
    assert np.isinf(fan.middle[-1])
    assert (np.diff(fan.iteration) > 0).all()
    assert fan.endings[0][1] == 3
    assert fan.loss == "training"


def test_the_words_begin_with_what_goes_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 80 columns there is room for one of the endings."""
    runs = SeedRuns(build(SMALL), 3)
    while runs.is_running:
        runs.go_on(0.01)
    endings = (("no alarm", 2), ("underfitting", 1))
    monkeypatch.setattr(runs, "fan", structs.replace(runs.fan, endings=endings))
    assert runs.words.startswith("3 seeds: underfitting in 1, no alarm in 2; ")


def test_the_run_stands_still_meanwhile_and_a_change_puts_the_fan_away() -> None:
    driven = Scheduler(Control([("A", build(SMALL))], paused=False))
    driven.obey(do.RunSeeds(4))
    while driven.control.seeds is not None and driven.control.seeds.is_running:
        driven.work(time.perf_counter())
    assert driven.control.run.iteration == 0
    assert driven.control.status is Status.RUNNING
    snapshot = driven.snapshot()
    assert snapshot.control is not None
    assert snapshot.control.seed_fan is not None
    assert snapshot.message.text.startswith("4 seeds: ")
    driven.obey(do.ChangeSetting("optimizer.learning_rate", 0.7))
    changed = driven.snapshot()
    assert changed.control is not None
    assert changed.control.seed_fan is None
    driven.obey(do.Undo())
    driven.obey(do.RunSeeds(4))  # is shown again by the undo, and put away by the command
    put_away = driven.snapshot()
    assert put_away.control is not None
    assert put_away.control.seed_fan is None
