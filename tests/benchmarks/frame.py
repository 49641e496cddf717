"""What one frame costs after ten thousand and after ten million iterations: from the snapshot to the bytes."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import numpy as np
from msgspec import structs

from tui_trainer.cli.opening import found
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panel_memory import PanelMemory
from tui_trainer.dashboard.whole_screen import Frame, draw_dashboard
from tui_trainer.drawing.encoder import bridged, changed, encode, presentable
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.experiment.declared import listed_settings
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import PictureRequest, Status

SIZE = (120, 40)
DEPTH = ColourDepth.TRUECOLOR


class Painting:
    """A run with a long past, and what its last frame was."""

    def __init__(self, path: Path, iterations: int) -> None:
        """The past is made up: batch losses that fall with noise, every one of them, and the real evaluations' log."""
        self.run = DiagnosedRun(found(str(path)).experiment())
        random = np.random.default_rng(0)
        trainer = self.run.trainer
        evaluation = trainer.evaluate()
        for start in range(0, iterations, 10_000):
            x = np.arange(start, start + 10_000)
            losses = 0.7 / (1 + x / 2000) + 0.01 * random.random(len(x))
            trainer.curves.extend(losses, np.full(len(x), 0.1), x % 20 == 19)
            for iteration in range(start + 1000, start + 10_001, 1000):
                trainer.evaluations.append(structs.replace(evaluation, iteration=iteration))
        trainer.iteration = iterations  # draws are addressed: it can go on from anywhere
        self.view = first_view(settings=listed_settings())
        self.theme = make_theme("dark", DEPTH)
        self.request, self.memory = PictureRequest(), PanelMemory()
        self.shown = presentable(self._draw().cells, DEPTH)

    def seconds(self) -> float:
        """The time of one frame: snapshot, drawing, comparison, encoding."""
        self.run.trainer.run(10)
        start = time.perf_counter()
        frame = presentable(self._draw().cells, DEPTH)
        encode(frame, bridged(frame, changed(self.shown, frame)), DEPTH)
        self.shown = frame
        return time.perf_counter() - start

    def _draw(self) -> Frame:
        snapshot = self.run.snapshot(self.request, version=1, status=Status.RUNNING)
        frame = draw_dashboard(snapshot, self.view, *SIZE, self.theme, (), self.memory)
        self.request = PictureRequest(**frame.asks)
        return frame


def frame_costs(path: Path, rounds: int = 300) -> tuple[float, float]:
    """Median milliseconds of a frame after 10 thousand and after 10 million iterations, measured in turn."""
    short, long = Painting(path, 10_000), Painting(path, 10_000_000)
    for painting in (short, long):
        for _ in range(20):
            painting.seconds()
    pairs = [(short.seconds(), long.seconds()) for _ in range(rounds)]
    return (statistics.median(p[0] for p in pairs) * 1000, statistics.median(p[1] for p in pairs) * 1000)
