"""What a recording costs and how fast it is used: `python tests/benchmarks/recording.py [--iterations 10000000]`.

Trains a small network at full speed and measures the processor time that its recording takes. Then it records a long
run with a thousand evaluations, and measures how long it takes to resume it, to replay it up to the first picture, and
to go to moments of it.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
import timeit
from pathlib import Path

import numpy as np

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.whole_screen import draw_dashboard
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.recordings.listing import kept_in, listed
from tui_trainer.recordings.recorder import size_of
from tui_trainer.recordings.recording import Recording
from tui_trainer.runs.control import Control
from tui_trainer.runs.keeping import Keeper
from tui_trainer.runs.live import LiveRun
from tui_trainer.runs.recorded import RecordedRun
from tui_trainer.runs.restoring import arms_of
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


class TimedKeeper(Keeper):
    """Measures the processor time that it takes from the thread that trains."""

    seconds = 0.0

    def watch(self, control: Control) -> float | None:
        started = time.thread_time()
        due = super().watch(control)
        self.seconds += time.thread_time() - started
        return due


def processor_seconds(name: str) -> float:
    """Processor time of the thread with this name."""
    (thread,) = [each for each in threading.enumerate() if each.name == name]
    return time.clock_gettime(time.pthread_getcpuclockid(thread.ident))


def iteration_of(run: LiveRun) -> int:
    """The present one: the snapshot that is ready is as old as the last look."""
    run.latest()
    time.sleep(0.1)
    return run.latest().iteration


def cost(seconds: float) -> None:
    """Processor time, because other programs disturb a comparison of speeds more than a recording does."""
    with tempfile.TemporaryDirectory() as folder:
        keeper = TimedKeeper(Path(folder))
        run = LiveRun(experiment(1_000_000_000), keeper=keeper)
        time.sleep(1.0)
        before = iteration_of(run)
        names = "trainer", "recorder"
        started, watched = [processor_seconds(name) for name in names], keeper.seconds
        time.sleep(seconds)
        trainer, recorder = (processor_seconds(name) - at for name, at in zip(names, started, strict=True))
        watched, iterations = keeper.seconds - watched, iteration_of(run) - before
        run.close()
    heard, losses = list[np.ndarray](), np.zeros(128)
    blocks = iterations / len(losses)
    hearing = timeit.timeit(lambda: heard.append(losses), number=100_000) / 100_000 * blocks
    mine = watched + hearing
    print(f"each second of recording takes {(mine + recorder) / seconds * 1e3:.1f} ms of processor time:", end=" ")
    print(f"{mine / seconds * 1e3:.1f} of the thread that trains, {recorder / seconds * 1e3:.1f} of the recorder's")
    print(f"  ({iterations:,} iterations in {trainer:.1f} s of processor time in {seconds:.0f} s)")


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
    parser.add_argument("--seconds", type=float, default=20.0)
    arguments = parser.parse_args()
    cost(arguments.seconds)
    use(arguments.iterations)


if __name__ == "__main__":
    main()
