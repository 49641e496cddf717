"""A scheduler without a thread, for its tests: commands in, moments out."""

from __future__ import annotations

import math
import time

from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Experiment, build

RATE = "optimizer.learning_rate"

EXPERIMENT = build(
    {
        "data": {"name": "moons", "samples": 45, "validation_samples": 30},
        "network": {"hidden": [5, 4], "dropout": 0.2},
        "optimizer": {"name": "adam", "learning_rate": 0.02},
        "schedule": {"name": "cosine"},
        "training": {"batch_size": 8, "iterations": 150, "evaluate_every": 7, "pace": "max"},
    }
)


def driver(experiment: Experiment = EXPERIMENT, *, paused: bool = True, patience: float = math.inf) -> Scheduler:
    return Scheduler(Control([("A", experiment)], paused=paused, patience=patience))


def obey(driven: Scheduler, *commands: do.Command) -> Scheduler:
    for command in commands:
        driven.obey(command)
    return driven


def let_run(driven: Scheduler, iteration: int = 10**9) -> Scheduler:
    """Work until it stands still, or has come so far."""
    while driven.control.status is Status.RUNNING and driven.control.run.iteration < iteration:
        driven.work(time.perf_counter())
    return driven
