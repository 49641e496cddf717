"""Many programs at the recordings of one folder: they record, resume, list, delete, restore and export, and are killed.

`python tests/recordings/crowd.py [SECONDS] [SEED]`: exit status 1 if one of them fails, or leaves a recording that
cannot be opened.
"""

from __future__ import annotations

import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tui_trainer.cli.resuming import reopened, resumed
from tui_trainer.recordings.files import RecordingError
from tui_trainer.recordings.folder import DELETED, is_empty, is_locked, is_recording, recordings_in
from tui_trainer.recordings.listing import find
from tui_trainer.recordings.recording import Recording
from tui_trainer.runs.restoring import arms_of

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
MOST = 5
"""Programs at the same time."""
KILLS = signal.SIGKILL, signal.SIGTERM, signal.SIGHUP
FINE = {0, 2, 129, 130, *(-number for number in KILLS)}
"""Exit statuses. 2: another program has the recording, or it is gone."""


class Started(NamedTuple):
    """A program, and when it gets which signal."""

    what: str
    process: subprocess.Popen[str]
    until: float
    number: signal.Signals


def start(root: Path, number: int, moments: random.Random) -> Started:
    """Start a program, which is let run for a few seconds."""
    names = [path.name for path in recordings_in(root)] or ["none"]
    name = moments.choice(names).removeprefix(DELETED)
    ours = ["-m", "tui_trainer"]
    option = ["--record", str(root)]
    ways = {
        "record": [str(HERE / "trains.py"), str(root), str(number)],
        "train": [*ours, "train", "overfitting: dropout", *option, "--iterations", "100000000"],
        "resume": [__file__, "resume", str(root), name],
        "list": [*ours, "runs", *moments.choice([[], ["--json"]]), *option],
        "delete": [*ours, "runs", "--delete", name, *option],
        "restore": [*ours, "runs", "--restore", name, *option],
        "export": [*ours, "export", name, *option, "--to", str(root.parent / f"{number}.csv")],
    }
    what = moments.choice([*ways, "record", "resume"])
    process = subprocess.Popen(
        [sys.executable, *ways[what]],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Started(what, process, time.monotonic() + moments.uniform(0.5, 12.0), moments.choice(KILLS))


def go_on(root: Path, name: str) -> int:
    """Go on with a recording until a signal ends the program."""
    try:
        run = resumed(reopened(find(root, name)), records=True, paused=False)
    except RecordingError:
        return 2
    threading.Event().wait()
    run.close()
    return 0


def crowd(root: Path, seconds: float, seed: int) -> list[str]:
    """Let programs crowd for so long. Returns what has gone wrong."""
    moments, running, counts, faults = random.Random(seed), list[Started](), Counter[str](), list[str]()
    end = time.monotonic() + seconds
    while running or time.monotonic() < end:
        if time.monotonic() < end and len(running) < MOST:
            running.append(start(root, sum(counts.values()) + len(running), moments))
        for at, each in reversed([*enumerate(running)]):
            if each.process.poll() is None:
                if time.monotonic() > each.until:
                    each.process.send_signal(each.number)
                    running[at] = each._replace(until=math.inf)
                continue
            _, said = each.process.communicate()
            counts[f"{each.what}: {each.process.returncode}"] += 1
            del running[at]
            if each.process.returncode not in FINE or "Traceback" in said or "damaged" in said:
                faults.append(f"{each.what} ended with {each.process.returncode}: {said}")
        time.sleep(0.02)
    print(*sorted(f"{count:4} {what}" for what, count in counts.items()), sep="\n")
    return faults + [fault for path in root.iterdir() for fault in left_behind(path)]


def left_behind(path: Path) -> list[str]:
    """What is wrong with a folder when all programs have ended."""
    try:
        if is_recording(path) and not is_empty(path):
            arms_of(Recording(path))
    except RecordingError as error:
        return [str(error)]
    return [f"{path} is locked"] if is_locked(path) else []


def main(seconds: str = "60", seed: str = "0") -> int:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "recordings"
        root.mkdir()
        faults = crowd(root, float(seconds), int(seed))
        print(f"{len(list(root.iterdir()))} recordings are left; {len(faults)} faults", *faults, sep="\n")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(go_on(Path(sys.argv[2]), sys.argv[3]) if sys.argv[1:2] == ["resume"] else main(*sys.argv[1:]))
