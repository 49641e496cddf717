"""A long hunt for a screen that is not what a fresh full paint would show.

    python tests/long/painter.py [--seconds 120] [--seed 0]

Random pictures, parts of pictures, overlays, toasts, resizes and returns from other screens in random order, with both
painters and at every depth of colour, on an emulated terminal (pyte). Exit status 1 and the seed where one is found.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tui"))

from test_painter import Box, Painting, expect_a_fresh_paint
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets._toast import Toast

from tui_trainer.drawing.theme import ColourDepth
from tui_trainer.tui.painter import Mode

MODES: tuple[Mode, ...] = ("cells", "textual")


def show(app: Painting) -> None:
    """The next picture, in whole or in part, exact or nearly."""
    app.canvas.limit = app.random.choice((None, None, 60, 400))
    app.canvas.tolerance = app.random.choice((0, 12, 96))
    app.drawn(*app.canvas.size)
    app.scribble(app.random.randrange(0, 40))
    app.canvas.show(app.cells)


async def disturb(app: Painting, pilot: Pilot[None]) -> str:
    """Something that is not a picture; what it was."""
    what = app.random.choice(("box", "box", "back", "back", "resize", "toast", "screen", "wait", "nothing"))
    if what == "box" and len(app.screen_stack) < 4:
        app.push_screen(Box())
    elif what == "screen" and len(app.screen_stack) < 4:
        app.push_screen(Screen())
    elif what == "back" and len(app.screen_stack) > 1:
        app.pop_screen()
    elif what == "toast":
        app.notify("a toast " * app.random.randrange(1, 6), timeout=0.1, markup=False)
    elif what == "resize":
        width, height = app.random.randrange(12, 70), app.random.randrange(4, 22)
        app.terminal.screen.resize(height, width)
        await pilot.resize_terminal(width, height)
    elif what == "wait":
        await pilot.pause(app.random.choice((0.0, 0.01, 0.06)))
    await pilot.pause()
    app.canvas.settle()  # as the timer of frames does: what comes and goes between two of them is not seen
    return what


async def hunt(seed: int) -> None:
    """One app, disturbed and compared again and again."""
    draw = random.Random(seed)
    mode, depth = draw.choice(MODES), draw.choice(list(ColourDepth))
    app = Painting(depth, mode)
    app.random, done = draw, [f"{mode} {depth.name}"]
    try:
        async with app.run_test(headless=False, size=(41, 13), notifications=True) as pilot:
            for _ in range(8):
                for _ in range(draw.randrange(1, 6)):
                    for _ in range(draw.randrange(0, 4)):
                        show(app)
                    done.append(await disturb(app, pilot))
                while len(app.screen_stack) > 1 and draw.random() < 0.5:
                    app.pop_screen()
                    done.append("back")
                show(app)
                while app._notifications or app.screen.query(Toast):
                    app.canvas.settle()
                    await pilot.pause(0.01)
                done.append("compare")
                await expect_a_fresh_paint(app, pilot)
    except AssertionError:
        print(f"seed {seed}: {' '.join(done)}")
        raise


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=0, help="the first one")
    arguments = parser.parse_args()
    seed, end = arguments.seed, time.monotonic() + arguments.seconds
    while time.monotonic() < end:
        try:
            asyncio.run(hunt(seed))
        except AssertionError as error:
            print(str(error)[:2000])
            return 1
        seed += 1
    print(f"{seed - arguments.seed} sequences, all like a fresh paint")
    return 0


if __name__ == "__main__":
    sys.exit(main())
