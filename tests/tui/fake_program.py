"""The app with a fake run, as a program: what the tests start on a real terminal."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "reference"))

from fake_run import BOUNCING, CATALOGUE, FakeRun

from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.drawing.colour_depth import depth_of
from tui_trainer.tui.app import TrainerApp, run_app
from tui_trainer.tui.terminal import refusal


class Memory:
    """Goes when all modules do, after Python has put its signal handlers away."""

    seconds = 0.0

    def __del__(self, wait: Callable[[float], None] = time.sleep) -> None:
        wait(self.seconds)


MEMORY = Memory()


def main() -> int:
    """`speed=N` trains at N iterations a second of wall time; `painter=textual` paints the public way; `teardown=N` is
    how many seconds Python takes to give its memory back at the end."""
    options = dict(option.split("=") for option in sys.argv[1:])
    Memory.seconds = float(options.get("teardown", 0))
    if reason := refusal(os.environ):
        print(f"tui-trainer: {reason}", file=sys.stderr)
        return 2
    speed = float(options.get("speed", 0))
    return run_app(
        lambda leave: TrainerApp(
            lambda request: FakeRun(request, speed=speed, findings=(BOUNCING,)),
            CATALOGUE,
            OpenRequest(preset="lr just right", paused=not speed),
            depth=depth_of(os.environ),
            theme=options.get("theme", "dark"),
            painter=options.get("painter", "cells"),
            leave=leave,
        )
    )


if __name__ == "__main__":
    sys.exit(main())
