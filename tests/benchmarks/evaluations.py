"""What evaluations cost by default, everything that is measured at them and the diagnosis included: runs of a hundred
thousand iterations beside the same runs with two evaluations, a slice of each in turn.

    python tests/benchmarks/evaluations.py [--iterations 100000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import os
import time
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from numpy.typing import NDArray

from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.training import Experiment, Trainer, build, with_setting

SLICE = 10_000
"""Iterations between two changes of the run."""
RUNS: dict[str, dict[str, dict[str, Any]]] = {
    "moons 2-16-16-1": {
        "data": {"name": "moons"},
        "network": {"hidden": [16, 16]},
        "training": {"batch_size": 32},
    },
    "digits 64-32-10": {"data": {"name": "digits"}, "training": {"batch_size": 32}},
    "digits 64-512-512-10": {
        "data": {"name": "digits"},
        "network": {"hidden": [512, 512]},
        "training": {"batch_size": 32},
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--iterations", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3, help="of each slice the fastest of so many counts")
    arguments = parser.parse_args()
    for name, tables in RUNS.items():
        experiment = with_setting(build(tables), "training.iterations", arguments.iterations)
        few = with_setting(experiment, "training.evaluate_every", arguments.iterations)
        rounds = [compared(experiment, few, arguments.iterations) for _ in range(arguments.rounds)]
        with_all, with_few = np.min(rounds, axis=0).sum(axis=0)
        count = evaluations_of(experiment)
        print(
            f"{name}: {count} evaluations, {with_all:.1f} s beside {with_few:.1f} s with 2: "
            f"{100 * with_few / with_all:.1f} % of the speed kept, {1e6 * (with_all - with_few) / (count - 2):.0f} µs "
            f"each, as long as {(with_all - with_few) / (count - 2) / (with_few / arguments.iterations):.0f} iterations"
        )


def compared(usual: Experiment, few: Experiment, iterations: int) -> NDArray[np.float64]:
    """(slices, 2): the CPU seconds of every slice of both runs, which take turns."""
    runs = DiagnosedRun(usual), DiagnosedRun(few)
    seconds = np.zeros((-(-iterations // SLICE), 2))
    for number in range(len(seconds)):
        for which in (0, 1) if number % 2 else (1, 0):
            run = runs[which]
            started = time.process_time()
            run.advance(min(SLICE, iterations - run.trainer.iteration))
            seconds[number, which] = time.process_time() - started
    return seconds


def evaluations_of(experiment: Experiment) -> int:
    """How many the whole run has, that at its start among them."""
    trainer = Trainer(experiment)
    count, iteration = 1, 0
    while iteration < trainer.target:
        count, iteration = count + 1, trainer.feed.evaluations.following(iteration)
    return count


if __name__ == "__main__":
    main()
