"""What a recording costs and how fast it is used: `python tests/benchmarks/recording.py [--iterations 10000000]`.

Trains a small network at full speed with and without a recording, in turns, and compares the processor time of an
iteration. Then it records a long run with a thousand evaluations, and measures how long it takes to resume it, to
replay it up to the first picture, and to go to moments of it.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from pathlib import Path

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.picture import draw_dashboard
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.recordings.recorder import size_of
from tui_trainer.recordings.recording import Recording, kept_in, listed
from tui_trainer.runs.keeping import Keeper
from tui_trainer.runs.live import LiveRun
from tui_trainer.runs.recorded import RecordedRun
from tui_trainer.runs.restoring import arms_of
from tui_trainer.telemetry import Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Experiment, build

SCRUBS = 40


def experiment(iterations: int) -> Experiment:
    return build(
        {
            "data": {"name": "moons", "samples": 200, "validation_samples": 100},
            "network": {"hidden": [8, 8]},
            "optimizer": {"name": "sgd", "learning_rate": 0.05},
            "training": {
                "batch_size": 10,
                "iterations": iterations,
                "evaluate_every": max(iterations // 1000, 1),
                "pace": "max",
            },
        }
    )


def processor_seconds(root: Path | None, seconds: float) -> float:
    """Processor time of an iteration, of the whole program."""
    run = LiveRun(experiment(1_000_000_000), keeper=None if root is None else Keeper(root))
    time.sleep(0.5)
    before, started = run.latest().iteration, time.process_time()
    time.sleep(seconds)
    run.send(do.Pause())
    while run.latest().status is Status.RUNNING:
        time.sleep(0.001)
    used = time.process_time() - started
    after = run.latest().iteration
    run.close()
    return used / (after - before)


def cost(rounds: int, seconds: float) -> None:
    ratios = []
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            roots = [None, Path(folder)]
            used = {root: processor_seconds(root, seconds) for root in (roots if number % 2 else roots[::-1])}
            ratios.append(used[roots[1]] / used[None])
    print(f"recording costs {statistics.median(ratios) - 1:+.1%} of the processor time of an iteration (median of")
    print(f"  {rounds}: {', '.join(f'{ratio - 1:+.1%}' for ratio in ratios)})")


def use(iterations: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root, started = Path(folder), time.perf_counter()
        run = LiveRun(experiment(iterations), keeper=Keeper(root))
        run.send(do.ChangeSetting("optimizer.weight_decay", 1e-6))
        while run.latest().iteration < iterations:
            time.sleep(0.05)
        run.close()
        (path,) = kept_in(root)
        print(
            f"recorded {iterations:,} iterations in {time.perf_counter() - started:.0f} s: {size_of(path) / 1e6:.0f} MB"
        )

        started = time.perf_counter()
        arms = arms_of(Recording(path))
        print(f"resume: {time.perf_counter() - started:.2f} s, at iteration {arms[0].run.iteration:,}, with", end=" ")
        print(f"{len(arms[0].run.trainer.evaluations.view().iteration):,} evaluations ({listed(path).state})")

        started = time.perf_counter()
        replayed = RecordedRun(arms_of(Recording(path)), pace="max", paused=True)
        view, theme = first_view(), make_theme("dark", ColourDepth.TRUECOLOR)
        draw_dashboard(replayed.latest(), view, 120, 40, theme, ())
        print(f"replay: {time.perf_counter() - started:.2f} s to the first picture")

        moments, times = random.Random(0), []
        for _ in range(SCRUBS):
            goal, started = moments.randrange(1, iterations), time.perf_counter()
            replayed.send(do.Seek(goal))
            while replayed.latest().iteration != goal or replayed.latest().seeking is not None:
                time.sleep(0.0005)
            times.append(time.perf_counter() - started)
        times.sort()
        print(f"a moment: {times[SCRUBS // 2] * 1e3:.0f} ms (median), {times[-1] * 1e3:.0f} ms at most, of {SCRUBS}")
        replayed.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--iterations", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=4.0)
    arguments = parser.parse_args()
    cost(arguments.rounds, arguments.seconds)
    use(arguments.iterations)


if __name__ == "__main__":
    main()
