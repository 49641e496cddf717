"""The four phases with the real numbers of this iteration: one example and one weight followed all the way."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from tui_trainer.telemetry import Phase, Snapshot, StepView
from tui_trainer.tui.cells import Cells
from tui_trainer.tui.charts.heatmap import draw_heatmap
from tui_trainer.tui.charts.numbers import compact
from tui_trainer.tui.panels.border import Freshness, open_panel, say
from tui_trainer.tui.theme import Theme
from tui_trainer.tui.view import View

_INDENT = 9
"""Cells in front of a phase's lines: its word."""


class _Line(Struct, frozen=True):
    """One line of a phase. `detail` 0 is always shown, 1 and 2 when there is room for all such lines."""

    phase: Phase
    text: str
    detail: int = 0
    vector: np.ndarray | None = None
    """Drawn behind the text as a strip of colours, one cell or more a value."""


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size."""
    step = snapshot.step
    note = f"example {step.example + 1} of {step.batch_size}" if step else ""
    cells = open_panel("step", "This step", view, width, height, theme, note=note)
    room, rows = width - 4, height - 2
    if room < 4 or rows < 1:
        return cells
    if step is None:
        say(cells, "No step yet: press . for one iteration or p for one phase.", theme.muted)
        return cells
    lines = list(_lines(step))
    detail = max((d for d in (0, 1, 2) if sum(x.detail <= d for x in lines) <= rows), default=0)
    lines = [line for line in lines if line.detail <= detail]
    if len(lines) > rows:
        start = min(snapshot.phase or 0, len(lines) - rows)
        lines = lines[start : start + rows]
    gap = 1 if len(lines) + 3 <= rows else 0
    y, last = 0, None
    for line in lines:
        first = line.phase != last
        y += 1 + (gap if first and last is not None else 0)
        _draw_line(cells, y, line, first, _state(snapshot.phase, line.phase), theme)
        last = line.phase
    return cells


def _state(open_phase: Phase | None, phase: Phase) -> Freshness:
    """Whether `phase` has just been done, was done before in this iteration, or not yet."""
    if open_phase is None or phase < open_phase:
        return "calm"
    return "fresh" if phase == open_phase else "stale"


def _draw_line(cells: Cells, y: int, line: _Line, first: bool, state: Freshness, theme: Theme) -> None:
    """Measure  loss 0.51 · …: the phase's word in front of its first line."""
    end = cells.width - 2
    indent = _INDENT if end - 2 >= 24 else 0
    word = {"calm": theme.strong, "fresh": theme.badge, "stale": theme.stale}[state]
    packed = {"calm": theme.text, "fresh": theme.fresh, "stale": theme.stale}[state]
    if first and indent:
        cells.text(2, y, line.phase.word, word)
    x = cells.text(2 + indent, y, line.text, packed, width=end - 2 - indent)
    if line.vector is not None and end - x >= 6 and len(line.vector):
        scale = float(np.max(np.abs(line.vector), where=np.isfinite(line.vector), initial=0.0)) or 1.0
        strip = draw_heatmap(line.vector[None, :], end - x - 1, 1, theme, scale=scale)
        used = (strip.width // len(line.vector)) * len(line.vector) or strip.width
        if state != "stale":
            cells.codes[y, x + 1 : x + 1 + used] = strip.codes[0, :used]
            cells.styles[y, x + 1 : x + 1 + used] = strip.styles[0, :used]


def _lines(step: StepView) -> Iterator[_Line]:
    """Every line there is to show, in order."""
    guess, measure, blame, fix = Phase
    weight = step.weight
    yield _Line(guess, f"{_inputs(step)} → {_answer(step)}")
    for layer in step.layers:
        dropped = f", {int(layer.dropped.sum())} dropped" if layer.dropped is not None else ""
        yield _Line(guess, f"{layer.name} z = {_vector(layer.pre_activation, 3)}", 2, layer.pre_activation)
        text = f"{layer.name} {layer.activation_name}{dropped}"
        yield _Line(guess, text, 1, layer.activation)
    yield _Line(measure, f"loss {_plain_signs(step.filled)}")
    yield _Line(measure, f"{step.formula}", 2)
    yield _Line(measure, f"mean of the batch of {step.batch_size}: {compact(step.batch_loss)}", 1)
    yield _Line(
        blame,
        f"{weight.name}: {compact(weight.input)} × {compact(weight.delta)} = {compact(weight.example_gradient)}",
    )
    yield _Line(blame, f"mean over the batch: gradient {compact(weight.gradient)}", 1)
    for layer in reversed(step.layers):
        yield _Line(blame, f"{layer.name} |g| {compact(layer.gradient_norm)}  δ", 2, layer.delta)
    yield _Line(fix, _plain_signs(weight.filled))
    yield _Line(fix, _plain_signs(weight.formula), 1)
    if weight.optimizer_state:
        pairs = (f"{_plain_signs(name)} {compact(value)}" for name, value in weight.optimizer_state.items())
        yield _Line(fix, "  ".join(pairs), 1)


def _inputs(step: StepView) -> str:
    return "x = " + _vector(step.inputs, 2)


def _vector(values: np.ndarray, shown: int) -> str:
    """(0.55, 0.48), or its first numbers and how many there are."""
    if len(values) <= 3:
        return "(" + ", ".join(compact(float(v), 2) for v in values) + ")"
    return "(" + ", ".join(compact(float(v), 2) for v in values[:shown]) + f", … {len(values)})"


def _answer(step: StepView) -> str:
    """The prediction beside the truth, in the classes' names where there are several."""
    if len(step.prediction) == 1:
        return f"{compact(float(step.prediction[0]), 3)}, truth {compact(float(step.target[0]), 3)}"
    guess, truth = int(np.argmax(step.prediction)), int(np.argmax(step.target))
    share = f"{float(step.prediction[guess]):.0%}"
    return f"{step.output_names[guess]} ({share}), truth {step.output_names[truth]}"


def _plain_signs(text: str) -> str:
    """Letters with a hat as m^: a cell has no room for a combining mark."""
    return text.replace("\u0302", "^")
