"""What evaluations cost by default: runs of a million iterations, curves and diagnosis included, beside the same runs
with two evaluations, a slice of each in turn.

    python tests/benchmarks/evaluations.py [--iterations 1000000]
"""

from __future__ import annotations

import argparse
import os
import time
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"

from tui_trainer.studies.headless import HeadlessRun
from tui_trainer.training import build, with_setting

SLICE = 10_000
"""Iterations between two changes of the run."""
RUNS: dict[str, dict[str, dict[str, Any]]] = {
    "digits, batch 32": {"data": {"name": "digits"}, "training": {"batch_size": 32}},
    "moons 2-16-16-1, batch 32": {
        "data": {"name": "moons"},
        "network": {"hidden": [16, 16]},
        "training": {"batch_size": 32},
    },
    "moons 2-16-16-1, batch 1": {
        "data": {"name": "moons"},
        "network": {"hidden": [16, 16]},
        "training": {"batch_size": 1},
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--iterations", type=int, default=1_000_000)
    iterations = parser.parse_args().iterations
    for name, tables in RUNS.items():
        experiment = with_setting(build(tables), "training.iterations", iterations)
        bare = HeadlessRun(with_setting(experiment, "training.evaluate_every", iterations))
        usual = HeadlessRun(experiment)
        seconds = {id(bare): 0.0, id(usual): 0.0}
        for number in range(-(-iterations // SLICE)):
            for run in (bare, usual) if number % 2 else (usual, bare):
                started = time.process_time()
                run.advance(min(SLICE, iterations - run.trainer.iteration))
                seconds[id(run)] += time.process_time() - started
        with_few, with_all = seconds[id(bare)], seconds[id(usual)]
        count = len(usual.trainer.evaluations.view().iteration)
        print(
            f"{name}: {count} evaluations, {with_all:.1f} s beside {with_few:.1f} s with 2: "
            f"{100 * (with_all / with_few - 1):+.1f} %, {1e6 * (with_all - with_few) / (count - 2):.0f} µs each"
        )


if __name__ == "__main__":
    main()
