"""Trains and records until it is killed: `python trains.py FOLDER SEED`."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from tui_trainer.runs.keeping import Keeper
from tui_trainer.runs.live import LiveRun
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Experiment, build


def endless(seed: int) -> Experiment:
    """A network with all that makes going on hard, and a target that is never reached."""
    return build(
        {
            "data": {"name": "moons", "samples": 45, "validation_samples": 30},
            "network": {"hidden": [5, 4], "dropout": 0.2},
            "optimizer": {"name": "adam", "learning_rate": 0.02},
            "training": {"batch_size": 8, "iterations": 1_000_000_000, "pace": "max", "seed": seed},
        }
    )


def train(folder: str, seed: str) -> None:
    """Changes a setting at once, so that the journal has something to keep."""
    run = LiveRun(endless(int(seed)), keeper=Keeper(Path(folder)))
    run.send(do.ChangeSetting("optimizer.weight_decay", 0.001))
    threading.Event().wait()


if __name__ == "__main__":
    train(*sys.argv[1:])
