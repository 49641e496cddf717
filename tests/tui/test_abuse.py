"""What a bad line, a cat on the keyboard and a window dragged about send ends nothing and deafens nothing. The long
version is the command `tests/long/abuse.py`."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from random import Random

import garbage
from real_terminal import Program, running

SIZE = (100, 30)


def send(program: Program, parts: Iterator[bytes]) -> None:
    for part in parts:
        os.write(program.descriptor, part)
        program.read(0.001)


def listen(program: Program, seconds: float) -> None:
    """Read all that comes in so long: between two keys that would be one sequence when they came together."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        program.read(0.02)


def obeys(program: Program) -> bool:
    """Whether a key is heard, wherever the program may stand."""
    listen(program, 0.4)  # what is half may wait for the rest so long
    for _ in range(3):
        program.type("\x1b")
        listen(program, 0.2)
    program.type("?")
    program.until(program.shows("Let the training run"))
    program.type("\x1b")
    program.until(lambda: "Let the training run" not in program.text())
    return True


def test_garbage_of_every_kind_is_survived() -> None:
    draw = Random(1)
    with running("speed=50", size=SIZE) as program:
        program.until(program.shows("lr just right"))
        for _ in range(30):
            program.resize(draw.randrange(10, 200), draw.randrange(3, 60))
            program.read(0.01)
        program.resize(*SIZE)
        send(program, iter(garbage.keys(draw, 300)))
        assert obeys(program)
        send(program, (garbage.paste(draw) for _ in range(30)))
        send(program, (garbage.mouse(draw, *SIZE) for _ in range(100)))
        assert obeys(program)
        send(program, (draw.choice([*garbage.REPORTS, garbage.half(draw)]) for _ in range(60)))
        send(program, (garbage.anything(draw, 20) for _ in range(20)))
        assert obeys(program)
        program.quits()


def test_a_paste_that_the_line_cuts_is_still_one() -> None:
    with running("speed=50") as program:
        program.until(program.shows("lr just right"))
        for part in (b"\x1b[200~q\x03\x1b", b"q\x1b[20", b"1~"):
            os.write(program.descriptor, part)
            listen(program, 0.6)
        assert obeys(program)
        assert not program.ended()
