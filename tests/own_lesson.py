"""A lesson of a test's own on the real engine: how it is opened, pressed and read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui_trainer.dashboard.keys.key_meaning import action_for
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.lessons.walk import Walk
from tui_trainer.telemetry import Status


def lesson_head(
    title: str = "telling",
    *,
    learning_rate: float = 0.05,
    iterations: int = 200,
    allow: Sequence[str] = ("optimizer.learning_rate",),
) -> str:
    """The text of a lesson's file up to its steps."""
    return f"""
title = "{title}"
[data]
name = "moons"
samples = 40
validation_samples = 40
[network]
hidden = [6]
[optimizer]
name = "adam"
learning_rate = {learning_rate}
[training]
batch_size = 8
iterations = {iterations}
evaluate_every = 5
pace = "max"
[controls]
allow = [{", ".join(f'"{key}"' for key in allow)}]
"""


LESSON = lesson_head()

GRADED = """
[[steps]]
task = "Below 0.3."
expect = { train_loss_below = 0.3, by_iteration = 150 }
[[steps]]
say = "Now with half of the data."
set = { "data.samples" = 20 }
[[steps]]
task = "To the end, without diverging."
expect = { ends = "target", no_finding = ["diverging"] }
"""
"""Steps of which a rate of 0.001 meets the last only, one of 0.05 both."""

WILL_IT_LEARN = """
[[steps]]
predict = "Will it learn?"
answers = ["yes", "no"]
right = [{ train_loss_below = 0.5 }, { train_loss_above = 0.5 }]
run = { until = "train_loss < 0.5", at_most = 150 }
reveal = "So it did."
"""

TO_THE_END = """
[[steps]]
task = "Go on to the end."
expect = { ends = "target" }
explain = "That was {iteration} of them."
"""

Open = Callable[..., ScreenState]
"""Writes a lesson with these steps, and opens it on the real engine."""


def walk(state: ScreenState) -> Walk:
    assert state.view.lesson is not None
    return state.view.lesson


def let_run(state: ScreenState) -> None:
    """Let the run go on until it stands, and tell the screen."""
    for _ in range(1000):
        state.run.pass_seconds(1e9)  # type: ignore[attr-defined]
        state.poll()
        if state.snapshot.status is not Status.RUNNING:
            return
    raise AssertionError("it never stands")


def strip(state: ScreenState, width: int = 80, height: int = 24, *, ascii_only: bool = False) -> str:
    """The text of the screen with single blanks, so that wrapped lines can be found."""
    theme = make_theme("dark", ColourDepth.TRUECOLOR, ascii_only=ascii_only)
    cells = state.draw(width, height, theme)
    lines = ["".join(map(chr, row)).replace("\0", "") for row in cells.codes]
    return " ".join(" ".join(lines).split())


def said(state: ScreenState, key: str) -> str:
    """What the screen says to a key that shows nothing."""
    action = action_for(key, state.view)
    assert action is not None
    return state.why_idle(action) if action.id in state.view.greyed else action.unseen(state.snapshot, state.view)
