"""Does going back stay exact, quick and within its memory? A million iterations, then jumps all over them.

    python tests/long/past.py [--iterations 1000000] [--jumps 200] [--budget 32000000]

About 20 seconds. A run with dropout, Adam, a schedule and three changes of settings is kept at a few hundred moments
while it is lived; then it jumps to them in random order. The copies may never take more than their budget, every jump
must lead to the same bits, and half of them must take less than the promised 100 ms; the slowest is told, a smaller
budget makes it slower. Exit status 1 where that is not so.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np

from tui_trainer.past.timeline import BUDGET
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Trainer, build

PROMISED = 0.1
"""Seconds for a jump of a small network."""


def digest(trainer: Trainer) -> str:
    """Of all that the moment consists of."""
    v = trainer.vectors
    parts = [v.parameters, v.gradient, v.update, *v.slots]
    found = trainer.feed.lookup(trainer.iteration - 1)
    parts += [] if found is None else [found[0].z[found[1]]]
    return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--iterations", type=int, default=1_000_000)
    parser.add_argument("--jumps", type=int, default=200)
    parser.add_argument("--budget", type=int, default=BUDGET, help="bytes")
    arguments = parser.parse_args()
    experiment = build(
        {
            "data": {"name": "moons", "samples": 200},
            "network": {"hidden": [16], "dropout": 0.1},
            "optimizer": {"name": "adam", "learning_rate": 0.01},
            "schedule": {"name": "cosine", "warmup": 100},
            "training": {"batch_size": 16, "iterations": arguments.iterations, "evaluate_every": 10_000},
        }
    )
    driven = Scheduler(Control([("A", experiment)], paused=True))
    timeline = driven.control.run.timeline
    timeline.budget = arguments.budget
    random = np.random.default_rng(0)
    places = sorted({int(each) for each in random.integers(1, arguments.iterations, arguments.jumps)})
    share = arguments.iterations // 4
    changes = {share: ("network.dropout", 0.3), 2 * share: ("training.batch_size", 20)}
    changes[3 * share] = ("optimizer.name", "momentum")
    known, most = {}, 0
    for place in sorted([*places, *changes]):
        driven.obey(do.StepIterations(place - driven.control.run.iteration))
        if place in changes:
            driven.obey(do.ChangeSetting(*changes[place]))
        known[place] = digest(driven.control.run.trainer)
        most = max(most, timeline.nbytes)
    driven.obey(do.StepIterations(arguments.iterations - driven.control.run.iteration))
    most = max(most, timeline.nbytes)
    print(f"{driven.control.run.iteration:,} iterations, copies {timeline.spacing} iterations apart")
    seconds, wrong = [], 0
    for place in random.permutation(places).tolist():
        started = time.perf_counter()
        driven.obey(do.Seek(place))
        seconds.append(time.perf_counter() - started)
        wrong += digest(driven.control.run.trainer) != known[place]
        most = max(most, timeline.nbytes)
    median, slowest = float(np.median(seconds)), max(seconds)
    print(f"{len(seconds)} jumps: median {median * 1e3:.1f} ms, slowest {slowest * 1e3:.1f} ms, {wrong} not to the bit")
    print(f"copies took at most {most / 1e6:.2f} MB of {arguments.budget / 1e6:.2f} MB")
    return int(most > arguments.budget or wrong > 0 or median > PROMISED)


if __name__ == "__main__":
    sys.exit(main())
