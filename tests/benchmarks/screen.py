"""How fast and how thrifty the screen is, on a real pseudo-terminal, with training at full speed (Linux).

    python tests/benchmarks/screen.py [--only keys --only bytes …] [--minutes 10] [--rounds 9]

It starts the installed program with a 2-16-16-1 network on moons, reads what it writes as a terminal would, and prints
each figure beside its target. What is compared is measured in turn, and medians are taken, so that a machine with other
work shows in the spread before it shows in the figure. `--minutes N` watches the memory for so long after the first
minute; without it that figure is left out. All figures without it take about ten minutes.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

from frame import frame_costs
from terminal import ROOT, Terminal

HERE = Path(__file__).parent
HUGE, LARGE, SMALL = (200, 60), (120, 40), (80, 24)
ENDLESS = ("--pace", "max", "--set", "training.epochs=1000000")
LESSON = """
schema = 1
title = "benchmark"
question = "How fast is the screen?"
[data]
name = "moons"
noise = 0.15
[network]
hidden = [16, 16]
activation = "tanh"
[loss]
name = "binary_cross_entropy"
[optimizer]
name = "sgd"
learning_rate = 0.1
[training]
batch_size = 32
iterations = 1_000_000_000
evaluate_every = 1000
pace = "max"
"""
PANELS = ("Loss", "Weights", "Gradients", "Fit", "Data and decision", "This step", "Settings", "learning rate", "quit")
"""Words that a complete dashboard shows."""
PATIENCE = 20.0
KEYS = (("y", "yy", "(log|linear) y"), ("+ and -", "+-", r"lr [^ ]+"), ("space", "  ", "running|paused"))
"""Keys in turn, and what they change on the screen."""

FILLED = 150.0
"""Seconds in which the copies of the past fill their memory. When the run has become twice as long, every second one
goes and they fill it again, which moves resident memory by up to 2 MB, stalled or not."""

TURN, TURNS, WARM = 0.6, 12, 0.55
"""Seconds for which one of two programs trains before the other does, and how often in a round; and seconds until what
is measured begins: the answer to the key that starts it is not the speed of training. Short, since a shared machine is
half as fast again for some tenths of a second and then no more: what is compared has to lie close together."""

STALL = 30.0
"""Seconds in which nobody reads the terminal."""

WITHIN = 0.5
"""Seconds to wait for the answer to a key."""
DISTURBED = 0.3
"""Milliseconds without a processor from which a press of a key is set apart."""

FEW = 10
"""Undisturbed presses that are too few to judge by; then all are."""

Threads = dict[str, tuple[float, float]]
Row = tuple[str, str, str, bool]
"""What is measured, the target (and the aim), the measured value, whether the target is met."""


class Bench:
    """The lesson in a file, and how often to measure."""

    def __init__(self, folder: Path, rounds: int, minutes: float) -> None:
        self.lesson = folder / "benchmark.toml"
        self.lesson.write_text(LESSON)
        self.program = [sys.executable, "-m", "tui_trainer", str(self.lesson)]
        self.rounds, self.minutes = rounds, minutes

    @contextmanager
    def screen(self, size: tuple[int, int] = LARGE, *options: str, lesson: str = "") -> Iterator[Terminal]:
        """The program, in training, its first frames seen; with another lesson than the own one, on request."""
        words = [*self.program[:-1], lesson] if lesson else self.program
        terminal = Terminal([*words, *options], size)
        try:
            terminal.when(lambda text: "running" in text, PATIENCE)
            terminal.listen(2.0)
            yield terminal
        finally:
            terminal.close()

    def speed(self) -> list[Row]:
        """What a process gets of the machine (its core, its neighbours, its place in memory) can differ from the next
        for as long as it lives: every round starts both programs anew. The mean of all turns (of their logarithms,
        since they are ratios), and how far off it may be: its standard error."""
        kept = [math.log(each) for _ in range(self.rounds) for each in self._speed()]
        share, error = math.exp(statistics.mean(kept)), statistics.stdev(kept) / math.sqrt(len(kept))
        value = f"{share:.1%} ± {error:.1%} ({len(kept)} turns)"
        return [("training speed kept beside the screen", "≥ 90 % (95 %)", value, share >= 0.90)]

    def _speed(self) -> list[float]:
        """The share that is kept in each turn of a round, in which one program is paused while the other trains."""
        words = [sys.executable, str(HERE / "headless.py"), str(self.lesson)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        alone, beside = [], []
        with (
            self.screen() as terminal,
            subprocess.Popen(
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
            ) as headless,
        ):
            assert headless.stdin
            assert headless.stdout
            headless.stdout.readline()
            stop(terminal, 0.12)
            for turn in range(TURNS + 1):
                print(TURN, file=headless.stdin, flush=True)
                alone.append(float(headless.stdout.readline()))
                if turn == TURNS:
                    break
                terminal.type(" ")
                first, chunks = terminal.skim(WARM), terminal.skim(TURN)
                terminal.show(first)
                before = terminal.iteration()
                terminal.show(chunks)
                beside.append((terminal.iteration() - before) / (chunks[-1][0] - first[-1][0]))
                stop(terminal, 0.12)
            headless.stdin.close()
        # What else the machine does changes within seconds: each turn is held against those around it.
        return [x / math.sqrt(y * z) for x, (y, z) in zip(beside, pairwise(alone), strict=True)]

    def keys(self) -> list[Row]:
        """Keys at any moment of a frame: y changes the view, + and - need the trainer's answer, space stops it.

        Presses in which a thread of the program waited for a processor say more about the machine: they are set apart.
        """
        with self.screen() as terminal:
            presses = {name: [press(terminal, keys[n % 2], shown) for n in range(40)] for name, keys, shown in KEYS}
        presses["all"] = [each for several in presses.values() for each in several]
        rows = []
        for name, each in presses.items():
            times = [time for time, _ in each]
            quiet = [time for time, waited in each if waited < DISTURBED]
            judged = quiet if len(quiet) >= FEW else times
            met = percentile(judged, 50) <= 5 and percentile(judged, 99) <= 30
            value = f"p50 {percentile(times, 50):.1f}, p99 {percentile(times, 99):.1f} of all {len(times)}; undisturbed"
            value += f" {len(quiet)}: {percentile(quiet, 50):.1f}, {percentile(quiet, 99):.1f}" if quiet else " none"
            rows.append((f"key → painted, ms: {name}", "p50 ≤ 5 (2), p99 ≤ 30 (15)", value, met))
        return rows

    def bytes(self) -> list[Row]:
        """Right after the start, when most changes, and later."""
        rows = []
        for size, target, wish in ((LARGE, 15, "≤ 15"), (SMALL, 15, "≤ 15")):
            with self.screen(size) as terminal:
                rates = [terminal.listen(5.0) / 5 / 1000 for _ in range(4)]
            value = f"{statistics.mean(rates):.1f} ({', '.join(f'{rate:.1f}' for rate in rates)} by 5 s)"
            rows.append((f"kB/s at {size[0]}×{size[1]}", wish, value, statistics.mean(rates) <= target))
        return rows

    def pictures(self) -> list[Row]:
        """Pictures of another iteration than the one before, and the time between them."""
        rows = []
        for size, target in ((LARGE, 10), (SMALL, 10)):
            gaps = []
            for _ in range(3):
                with self.screen(size) as terminal:
                    seen, last = [], 0
                    for moment, data in terminal.skim(5.0):
                        terminal.show([(moment, data)])
                        if terminal.iteration() != last:
                            seen.append(moment)
                            last = terminal.iteration()
                gaps += [after - before for before, after in pairwise(seen)]
            rate = 1 / statistics.mean(gaps)
            value = (
                f"{rate:.1f} (gaps: median {percentile(gaps, 50) * 1000:.0f} ms, p90 {percentile(gaps, 90) * 1000:.0f})"
            )
            rows.append((f"pictures a second at {size[0]}×{size[1]}", f"≥ {target}", value, rate >= target))
        return rows

    def max_kb(self) -> list[Row]:
        """The most that any ten seconds take where a limit is set and nobody presses a key."""
        rows = []
        for limit in (4, 8):
            for size in (LARGE, HUGE):
                for lesson in ("", "handwritten digits"):
                    with self.screen(size, "--max-kb", str(limit), *ENDLESS, lesson=lesson) as terminal:
                        chunks = [(moment, len(data)) for moment, data in terminal.skim(25.0)]
                    most = max(
                        sum(count for moment, count in chunks if start <= moment < start + 10) for start, _ in chunks
                    )
                    what = f"kB/s with --max-kb {limit} at {size[0]}×{size[1]}, {lesson or 'moons'}"
                    rows.append((what, f"≤ {limit}", f"{most / 10_000:.2f}", most <= limit * 10_000))
        return rows

    def paused(self) -> list[Row]:
        """Bytes in 5 s in which nobody touches the paused program."""
        with self.screen() as terminal:
            stop(terminal)
            count = terminal.listen(5.0)
        return [("paused and untouched, bytes in 5 s", "0", str(count), count == 0)]

    def stall(self) -> list[Row]:
        """Nobody reads the terminal for half a minute: a line that hangs. What counts as newest on its return is a
        state that training has reached in the last tenth of that time."""
        with self.screen() as terminal:
            terminal.listen(FILLED)
            empty = terminal.resident()
            terminal.listen(STALL)
            held, first, start = terminal.resident(), terminal.iteration(), time.perf_counter()
            terminal.listen(STALL / 3)
            second, stalled = terminal.iteration(), time.perf_counter()
            speed = (second - first) / (stalled - start)
            time.sleep(STALL)
            back, grown = time.perf_counter(), terminal.resident() - held
            chunks = terminal.skim(2.0)
            newest = second + 0.9 * 0.95 * speed * STALL
            seen = terminal.show(chunks, lambda text: terminal.iteration() >= newest)
            kept = (terminal.iteration() - second) / (time.perf_counter() - stalled) / speed
            late = f"{(seen - back) * 1000:.0f} ms" if seen else "not in 2 s"
        return [
            (f"training speed kept while nobody reads for {STALL:g} s", "≥ 95 %", f"{kept:.1%}", kept >= 0.95),
            ("memory that it takes meanwhile", "≤ 1 MB", f"{grown:+.2f} MB (read: {held - empty:+.2f})", grown <= 1),
            ("newest state on the screen after that", "≤ 200 ms", late, bool(seen and seen - back <= 0.2)),
        ]

    def start(self) -> list[Row]:
        """The time from starting the program until every panel is on the screen."""
        pairs = []
        for _ in range(self.rounds + 1):
            minimal = appearance([sys.executable, str(HERE / "minimal_textual.py")], ("ready to be seen",))
            whole = appearance(self.program, PANELS)
            pairs.append((whole, minimal))
        del pairs[0]  # in which modules are compiled
        ratio = statistics.median(whole / minimal for whole, minimal in pairs)
        ours, theirs = (statistics.median(each) * 1000 for each in zip(*pairs, strict=True))
        value = f"{ratio:.2f} × ({ours:.0f} ms, {theirs:.0f} ms)"
        return [("first complete dashboard ÷ minimal Textual app", "≤ 1.8 ×", value, ratio <= 1.8)]

    def memory(self) -> list[Row]:
        """Resident megabytes after a minute at full speed, and what comes on top."""
        with self.screen() as terminal:
            terminal.listen(60.0 if self.minutes else 20.0)
            first = terminal.resident()
            rows = [("resident memory", "≤ 100 MB", f"{first:.1f} MB", first <= 100)]
            if self.minutes:
                terminal.listen(self.minutes * 60)
                growth = terminal.resident() - first
                rows.append((f"its growth in {self.minutes:g} minutes", "≤ 1 MB", f"{growth:+.2f} MB", growth <= 1))
        return rows

    def frame(self) -> list[Row]:
        """Snapshot to bytes in this process, with a made-up past."""
        short, long = frame_costs(self.lesson)
        value = f"{long / short - 1:+.1%} ({short:.2f} ms, {long:.2f} ms)"
        return [("a frame at 10 M iterations against 10 thousand", "± 10 %", value, long <= 1.1 * short)]


MEASURES: dict[str, Callable[[Bench], list[Row]]] = {
    "speed": Bench.speed,
    "keys": Bench.keys,
    "bytes": Bench.bytes,
    "pictures": Bench.pictures,
    "max-kb": Bench.max_kb,
    "paused": Bench.paused,
    "stall": Bench.stall,
    "start": Bench.start,
    "memory": Bench.memory,
    "frame": Bench.frame,
}


def stop(terminal: Terminal, still: float = 0.5) -> None:
    """Pause a running program, and wait until its screen has stood still for so many seconds."""
    terminal.type(" ")
    terminal.when(lambda text: "paused" in text, PATIENCE)
    while terminal.listen(still):
        pass


def since(before: Threads, now: Threads) -> list[tuple[float, float]]:
    """What the threads of `before` have run and waited since."""
    return [(now[name][0] - ran, now[name][1] - waited) for name, (ran, waited) in before.items() if name in now]


def press(terminal: Terminal, key: str, shown: str) -> tuple[float, float]:
    """Press a key at a random moment.

    Returns the milliseconds until the screen has something else where `shown` (a pattern) is, and the longest that a
    thread of the program waited meanwhile for a processor.
    """

    def value(text: str) -> str | None:
        found = re.search(shown, text)
        return found and found[0]

    earlier = terminal.skim(random.uniform(0.2, 0.4))
    threads, start = terminal.threads(), time.perf_counter()
    terminal.type(key)
    later: list[tuple[float, bytes, float]] = []
    while (left := start + WITHIN - time.perf_counter()) > 0:
        data = terminal.chunk(left)
        moment = time.perf_counter()
        later.append((moment, data, max(each for _, each in since(threads, terminal.threads())) * 1000))
    terminal.show(earlier)
    before = value(terminal.text())
    answered = None
    for moment, data, waited in later:
        found = terminal.show([(moment, data)], lambda text: value(text) not in (None, before))
        answered = answered or (found and ((found - start) * 1000, waited))
    if answered:
        return answered
    raise TimeoutError(f"{key!r} has changed nothing within {WITHIN} s; the screen:\n{terminal.text()}")


def appearance(words: list[str], complete: tuple[str, ...]) -> float:
    """Seconds from starting a program until all the words of `complete` are on its screen."""
    terminal = Terminal(words, LARGE)
    try:
        seen = terminal.when(lambda text: all(word in text for word in complete), PATIENCE, slice_=1.0)
        return seen - terminal.started
    finally:
        terminal.close()


def percentile(values: list[float], share: int) -> float:
    """The value below which `share` percent of all lie."""
    return sorted(values)[min(len(values) * share // 100, len(values) - 1)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=MEASURES, action="append", help="one figure; may be repeated")
    parser.add_argument("--rounds", type=int, default=9, help="pairs for what is compared")
    parser.add_argument("--minutes", type=float, default=0.0, help="how long to watch the memory after the first one")
    arguments = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {platform.python_version()}\n")
    print(f"{'figure':<52} {'target (aim)':<32} measured")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), arguments.rounds, arguments.minutes)
        for name in arguments.only or MEASURES:
            for what, target, value, met in MEASURES[name](bench):
                print(f"{what:<52} {target:<32} {value}{'' if met else '   MISSED'}", flush=True)


if __name__ == "__main__":
    main()
