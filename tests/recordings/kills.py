"""Kills a program that records, at random moments: what is resumed equals the run that was never interrupted.

`python tests/recordings/kills.py [50]` kills it so often and prints how much was lost.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

if __name__ == "__main__":
    for folder in (Path(__file__).parent, Path(__file__).parents[1] / "reference"):
        sys.path.insert(0, str(folder))

from lived import Deed, assert_same_curves, assert_same_moment, straight
from trains import endless

from tui_trainer.recordings.folder import Folder, states_of
from tui_trainer.recordings.listing import kept_in, listed
from tui_trainer.recordings.recording import Recording
from tui_trainer.runs.restoring import arms_of

PATIENCE = 60.0
ROOT = Path(__file__).parents[2]


def killed(root: Path, seed: int, seconds: float) -> Path:
    """The recording of a program that was killed so many seconds after its first state was on the disk."""
    program = [sys.executable, str(Path(__file__).with_name("trains.py")), str(root), str(seed)]
    process = subprocess.Popen(program, env={**os.environ, "PYTHONPATH": str(ROOT)})
    end = time.monotonic() + PATIENCE
    while not (kept_in(root) and states_of(kept_in(root)[-1])):
        assert time.monotonic() < end
        time.sleep(0.01)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return kept_in(root)[-1]


def check(path: Path, seed: int) -> tuple[int, float]:
    """Resume the recording, go on for a while, and compare with a run without interruption. Returns the iteration at
    which it went on, and the age of its state at the kill in seconds."""
    assert listed(path).state == "cut off"
    lost = time.time() - states_of(path)[0].stat().st_mtime
    Folder(path).close(keep=True)
    (arm,) = arms_of(Recording(path))
    run = arm.run
    (change,) = run.timeline.changes
    deed = Deed(change.iteration, "optimizer.weight_decay", 0.001)
    at = run.iteration
    assert_same_moment(run.trainer, straight(endless(seed), [deed], at))
    run.advance(137)
    reference = straight(endless(seed), [deed], at + 137)
    assert_same_moment(run.trainer, reference)
    assert_same_curves(run.trainer, reference)
    return at, lost


def main(words: Sequence[str]) -> None:
    count, moments = int(words[0]) if words else 50, random.Random(0)
    worst = 0.0
    for seed in range(count):
        with tempfile.TemporaryDirectory() as folder:
            path = killed(Path(folder), seed, moments.uniform(0, 6))
            at, lost = check(path, seed)
            worst = max(worst, lost)
            print(f"{seed + 1:3} of {count}: went on at iteration {at:,}, to the bit; lost {lost:.1f} s", flush=True)
    print(f"all {count} to the bit; at most {worst:.1f} s lost")


if __name__ == "__main__":
    main(sys.argv[1:])
