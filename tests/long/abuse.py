"""Can the program be brought down, deafened or bloated by what a person, their window and their line send?

    python tests/long/abuse.py [--seed 0] [--rounds 4] [--keys 10000] [--only keys --only mouse …] [--full-speed]

Each stage is done several times over: resizes at 50 a second, random keys, visits to the palette, pastes of any bytes,
mouse reports right and wrong, halves of sequences, reports that nobody asked for, any bytes at all. After each the
program has to obey a key (after `esc`, three times), and comes back to one and the same lesson; then its resident
memory is noted. Caches fill in the first rounds; a leak grows in the last as well. At the end q has to leave with
status 0 and the terminal as it was. Exit status 1 where anything of that fails, or memory grows by more than 3 MB in
the last of at least three rounds. About twelve minutes.
"""

from __future__ import annotations

import argparse
import random
import sys
import termios
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tui"))
sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import garbage
from terminal import Terminal

from tui_trainer.runs.undo import MOST_RUNS

SIZE = (120, 40)
LESSON = "lr just right"
PATIENCE = 60.0
"""Seconds in which the program has to have worked through what was sent."""
MOST = 3.0
"""Megabytes that the last round of a stage may add."""
REST = 3.0
"""Seconds of training before memory is noted."""


class Failed(Exception):
    """What went wrong, in words."""


class Abuse:
    """The program, and what is done to it."""

    def __init__(self, seed: int, count: int, words: list[str]) -> None:
        self.draw, self.count = random.Random(seed), count
        self.terminal = Terminal([sys.executable, "-m", "tui_trainer", LESSON, *words], SIZE)
        self.until("a dashboard", lambda text: LESSON in text)

    def until(self, what: str, condition: Callable[[str], object]) -> None:
        """Wait for the screen to show something."""
        try:
            self.terminal.when(condition, PATIENCE)
        except TimeoutError as error:
            crash = self.terminal.last.decode(errors="replace").rpartition("Traceback")
            told = f"\nTraceback{crash[2]}" if crash[1] else ""
            raise Failed(
                "".join(c if c.isprintable() or c == "\n" else "." for c in f"{what}: {error}{told}")
            ) from None

    def send(self, parts: Iterator[bytes]) -> None:
        """Type, reading all the while, as a terminal does."""
        for part in parts:
            self.terminal.type(part)
            self.terminal.listen(0.002)

    def obeys(self) -> float:
        """See whether keys work, and come back to the lesson; the seconds until a key was obeyed."""
        start = time.perf_counter()
        time.sleep(0.6)  # what is half may wait for the rest so long
        for _ in range(3):
            self.terminal.type(b"\x1b")
            self.terminal.listen(0.3)
        self.terminal.type("?")
        self.until("help after `?`", lambda text: "Let the training run" in text)
        late = time.perf_counter() - start - 1.5
        self.terminal.type(b"\x1b")
        self.until("the dashboard after `esc`", lambda text: "Let the training run" not in text)
        for _ in range(MOST_RUNS + 1):  # what can be undone is memory too: of each round the same
            self.load()
        self.terminal.listen(REST)
        return late

    def load(self) -> None:
        """Go to the lesson."""
        self.terminal.type("l")
        self.until("the list after `l`", lambda text: "enter loads" in text)
        self.terminal.type(LESSON)
        self.terminal.listen(0.5)
        self.terminal.type("\r")
        self.until("the lesson", lambda text: LESSON in text.splitlines()[0] and "enter loads" not in text)

    # The stages

    def resizes(self) -> Iterator[bytes]:
        for _ in range(200):
            self.terminal.resize(self.draw.randrange(10, 240), self.draw.randrange(3, 80))
            self.terminal.listen(0.02)
            yield b""
        self.terminal.resize(*SIZE)

    def keys(self) -> Iterator[bytes]:
        yield from garbage.keys(self.draw, self.count)

    def palette(self) -> Iterator[bytes]:
        for _ in range(40):
            yield b"\x10"
            self.until("the palette", lambda text: "enter carries it out" in text)
            yield b"".join(
                self.draw.choices([b"a", b"e", b"t", b"\x7f", b"\x1b[A", b"\x1b[B"], k=self.draw.randrange(12))
            )
            self.terminal.listen(0.15)
            yield b"\x1b"
            self.until("the dashboard", lambda text: "enter carries it out" not in text)

    def pastes(self) -> Iterator[bytes]:
        for _ in range(200):
            yield garbage.paste(self.draw)
            yield self.draw.choice((b"", b"\r", b"\x1b"))  # into a text field, too
            yield self.draw.choice((b"", b"", b"x\x7f"))

    def mouse(self) -> Iterator[bytes]:
        for _ in range(self.count // 4):
            yield garbage.mouse(self.draw, *SIZE)

    def halves(self) -> Iterator[bytes]:
        for _ in range(400):
            yield garbage.half(self.draw)
            if self.draw.random() < 0.1:
                self.terminal.listen(self.draw.choice((0.05, 0.15, 0.4)))

    def reports(self) -> Iterator[bytes]:
        for _ in range(400):
            yield self.draw.choice(garbage.REPORTS)

    def anything(self) -> Iterator[bytes]:
        for _ in range(self.count // 20):
            yield garbage.anything(self.draw, 20)

    def leave(self) -> None:
        """By q, with everything as it was."""
        terminal = self.terminal
        terminal.type("q")
        end = time.perf_counter() + PATIENCE
        while terminal.status is None and time.perf_counter() < end:
            terminal.chunk(0.05)
            terminal.reap()
        if terminal.status != 0:
            raise Failed(f"q has left with status {terminal.status}")
        if termios.tcgetattr(terminal.descriptor) != terminal.settings:
            raise Failed("the terminal's settings are not as they were")


STAGES: dict[str, Callable[[Abuse], Iterator[bytes]]] = {
    "resizes": Abuse.resizes,
    "keys": Abuse.keys,
    "palette": Abuse.palette,
    "pastes": Abuse.pastes,
    "mouse": Abuse.mouse,
    "halves": Abuse.halves,
    "reports": Abuse.reports,
    "anything": Abuse.anything,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3, help="how often each stage is done")
    parser.add_argument("--keys", type=int, default=10_000, help="of the stage with keys; other stages follow suit")
    parser.add_argument("--only", choices=STAGES, action="append", help="one stage; may be repeated")
    parser.add_argument("--full-speed", action="store_true", help="train as fast as the machine can")
    arguments = parser.parse_args()
    abuse, failed = Abuse(arguments.seed, arguments.keys, ["--pace", "max"] if arguments.full_speed else []), False
    print(f"{'stage':<10} {'a key obeyed after':>18}   resident MB after each round, and what it added", flush=True)
    try:
        abuse.obeys()
        print(f"{'start':<10} {'':>18}   {abuse.terminal.resident():.1f}", flush=True)
        for name in arguments.only or STAGES:
            memory, late = [abuse.terminal.resident()], 0.0
            for _ in range(arguments.rounds):
                abuse.send(STAGES[name](abuse))
                late = max(late, abuse.obeys())
                memory.append(abuse.terminal.resident())
            added = [after - before for before, after in pairwise(memory)]
            grows = len(added) > 2 and added[-1] > MOST
            failed |= grows
            told = "  ".join(f"{mb:.1f} ({more:+.1f})" for mb, more in zip(memory[1:], added, strict=True))
            print(f"{name:<10} {late:>16.1f} s   {told}{'   GROWS' if grows else ''}", flush=True)
        abuse.leave()
    except (Failed, OSError) as error:
        print(f"FAILED with seed {arguments.seed}: {error}")
        failed = True
    finally:
        abuse.terminal.close()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
