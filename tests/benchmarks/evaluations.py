"""What evaluations cost by default, everything that is measured at them and the diagnosis included.

    python tests/benchmarks/evaluations.py [--iterations 100000] [--rounds 3] [--only NAME] [--against COMMIT]

Runs of a hundred thousand iterations beside the same runs with two evaluations, a slice of each in turn; and then the
mean cost of an evaluation, in iterations of the same run, beside that at an earlier commit, the two in turn.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from numpy.typing import NDArray

from tui_trainer.training import Experiment, Trainer, build, with_setting

ROOT = Path(__file__).parent.parent.parent
SLICE = 10_000
"""Iterations between two changes of the run."""
BEFORE = "b114ed7"
"""The commit before most of what is measured now."""
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
COSTED = {"moons 2-16-16-1": 30_000, "digits 64-32-10": 10_000, "digits 64-512-512-10": 1_500}
"""Iterations of each over which an evaluation is costed."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--iterations", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3, help="of each slice the fastest of so many counts")
    parser.add_argument("--only", choices=RUNS, help="this run alone")
    parser.add_argument(
        "--against", default=BEFORE, help="the commit whose evaluations are compared; none to skip that"
    )
    parser.add_argument("--cost", choices=RUNS, help=argparse.SUPPRESS)  # what this program asks of itself
    arguments = parser.parse_args()
    if arguments.cost:
        print(json.dumps(cost(arguments.cost)))
        return
    names = [arguments.only] if arguments.only else list(RUNS)
    if arguments.against != "none":
        with tempfile.TemporaryDirectory() as folder:
            packed = subprocess.run(["git", "archive", arguments.against], cwd=ROOT, capture_output=True, check=True)
            subprocess.run(["tar", "x", "-C", folder], input=packed.stdout, check=True)
            for name in names:
                compare_costs(name, {"now": ROOT, arguments.against: Path(folder)}, arguments.rounds)
    for name in names:
        compare_speeds(name, arguments.iterations, arguments.rounds)


def compare_costs(name: str, programs: dict[str, Path], rounds: int) -> None:
    """Print what an evaluation costs in each program, and the median of the ratios."""
    found: dict[str, list[float]] = {label: [] for label in programs}
    for _ in range(rounds):
        for label, root in programs.items():
            command = [sys.executable, __file__, "--cost", name]
            ran = subprocess.run(
                command, env=os.environ | {"PYTHONPATH": str(root)}, cwd=root, capture_output=True, check=True
            )
            found[label].append(json.loads(ran.stdout))
    now, before = found.values()
    (new, old), ratios = programs, [a / b for a, b in zip(now, before, strict=True)]
    print(
        f"{name}: an evaluation costs as much as {median(now):.1f} iterations {new}, {median(before):.1f} at {old}: "
        f"{median(ratios):.2f} times ({min(ratios):.2f} to {max(ratios):.2f})",
        flush=True,
    )


def cost(name: str) -> float:
    """The mean CPU time of an evaluation, with its diagnosis, in iterations. It uses only what old commits have too."""
    from tui_trainer.diagnosis import Diagnosis

    experiment = with_setting(build(RUNS[name]), "training.iterations", 100_000)
    diagnosis = Diagnosis()
    trainer = Trainer(experiment, lambda evaluation: diagnosis.observe(evaluation))
    evaluate, seconds = trainer.evaluate, list[float]()

    def timed() -> Any:
        started = time.thread_time()
        evaluation = evaluate()
        seconds.append(time.thread_time() - started)
        return evaluation

    trainer.evaluate = timed
    trainer.run(20)
    seconds.clear()
    started = time.thread_time()
    trainer.run(COSTED[name])
    whole = time.thread_time() - started
    return sum(seconds) / len(seconds) / ((whole - sum(seconds)) / COSTED[name])


def compare_speeds(name: str, iterations: int, rounds: int) -> None:
    """Print the share of the speed that is kept."""
    experiment = with_setting(build(RUNS[name]), "training.iterations", iterations)
    few = with_setting(experiment, "training.evaluate_every", iterations)
    with_all, with_few = np.min([compared(experiment, few, iterations) for _ in range(rounds)], axis=0).sum(axis=0)
    count = evaluations_of(experiment)
    print(
        f"{name}: {count} evaluations, {with_all:.1f} s beside {with_few:.1f} s with 2: "
        f"{100 * with_few / with_all:.1f} % of the speed kept, {1e6 * (with_all - with_few) / (count - 2):.0f} µs "
        f"each, as long as {(with_all - with_few) / (count - 2) / (with_few / iterations):.0f} iterations",
        flush=True,
    )


def compared(usual: Experiment, few: Experiment, iterations: int) -> NDArray[np.float64]:
    """(slices, 2): the CPU seconds of every slice of both runs, which take turns."""
    from tui_trainer.runs.diagnosed_run import DiagnosedRun

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
