"""Does a long run stay flat? Memory and speed over ten million iterations: curves, evaluations, copies of the past.

    python tests/long/flat.py [--iterations 10000000] [--warm-up 60]

About five minutes. After the warm-up (in seconds, in which the copies of the past fill their memory) the resident
memory may grow by 1 MB and the CPU time of an iteration may change by 5 %: the median over the last quarter of the run
is held against that over the first quarter after the warm-up. Exit status 1 where it is more.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

from tui_trainer.past.timeline import BUDGET
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import PictureRequest
from tui_trainer.training import build

CHUNK = 100_000
MOST_BYTES = 1_000_000
MOST_CHANGE = 0.05


def resident() -> int:
    """Bytes of this process in memory."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--iterations", type=int, default=10_000_000)
    parser.add_argument("--warm-up", type=float, default=60.0, help="seconds")
    arguments = parser.parse_args()
    run = DiagnosedRun(
        build(
            {
                "data": {"name": "moons", "samples": 1000},
                "network": {"hidden": [8, 8], "activation": "tanh"},
                "optimizer": {"name": "sgd", "learning_rate": 0.01},
                "training": {"batch_size": 32, "iterations": 10**9, "evaluate_every": 10_000},
            }
        )
    )
    run.timeline.budget = BUDGET // 4  # full when the warm-up is over
    started, memory, speed = time.monotonic(), list[int](), list[float]()
    while run.iteration < arguments.iterations:
        before = time.process_time()
        run.advance(CHUNK)
        each = (time.process_time() - before) / CHUNK
        before = time.process_time()
        run.snapshot(PictureRequest(), version=0, status=run.reached)
        frame = time.process_time() - before
        if time.monotonic() - started > arguments.warm_up:
            memory.append(resident())
            speed.append(each)
        print(
            f"{run.iteration:>10,} iterations  {each * 1e6:6.2f} µs each  snapshot {frame * 1e3:5.2f} ms"
            f"  {resident() / 1e6:7.2f} MB{'' if memory else '  (warm-up)'}",
            flush=True,
        )
    if len(memory) < 8:
        print("too short: nothing was measured after the warm-up")
        return 1
    quarter = len(speed) // 4
    growth = statistics.median(memory[-quarter:]) - statistics.median(memory[:quarter])
    change = statistics.median(speed[-quarter:]) / statistics.median(speed[:quarter]) - 1
    print(f"memory {growth / 1e6:+.3f} MB (at most 1), CPU time of an iteration {change:+.1%} (at most 5 %)")
    return int(growth > MOST_BYTES or change > MOST_CHANGE)


if __name__ == "__main__":
    sys.exit(main())
