"""The four phases with the real numbers of this iteration: one example and one weight followed all the way."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct, structs

from tui_trainer.telemetry import Phase, Snapshot, StepView
from tui_trainer.tui.cells import Cells
from tui_trainer.tui.charts.heatmap import draw_heatmap
from tui_trainer.tui.charts.numbers import compact, plain
from tui_trainer.tui.panels.border import Freshness, open_panel, say
from tui_trainer.tui.theme import Theme
from tui_trainer.tui.view import View
from tui_trainer.tui.words import fewer_words, wrapped

_INDENT = 9
"""Cells in front of a phase's lines: its word."""


_WIDEST = 2
"""Cells that one value of a strip may take."""


class _Line(Struct, frozen=True):
    """One line of a phase. `detail` 0 is always shown, 1 and 2 when there is room for all such lines."""

    phase: Phase
    ways: tuple[str, ...]
    """Ways to say it, the longest first."""
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
    indent = _INDENT if room >= 24 else 0
    lines = _chosen(list(_lines(step)), rows, room - indent, snapshot.phase or Phase.FORWARD)
    gap = 1 if len(lines) + len(Phase) - 1 <= rows else 0
    y, last = 0, None
    for line in lines:
        first = line.phase != last
        y += 1 + (gap if first and last is not None else 0)
        _draw_line(cells, y, line, first and indent > 0, indent, _state(snapshot.phase, line.phase), theme)
        last = line.phase
    return cells


def _chosen(lines: list[_Line], rows: int, room: int, current: Phase) -> list[_Line]:
    """As much detail as there are rows for, long lines broken where rows are left; the current phase always."""
    detail = max((d for d in (0, 1, 2) if sum(line.detail <= d for line in lines) <= rows), default=0)
    lines = [line for line in lines if line.detail <= detail]
    if len(lines) > rows:
        start = min(current, len(lines) - rows)
        return lines[start : start + rows]
    broken: list[_Line] = []
    for number, line in enumerate(lines):
        parts = wrapped(fewer_words(line.ways, room), room)
        if len(broken) + len(parts) + len(lines) - number - 1 > rows:
            broken.append(line)
            continue
        broken += [structs.replace(line, ways=(part,), vector=None) for part in parts[:-1]]
        broken.append(structs.replace(line, ways=(parts[-1],)))
    return broken


def _state(open_phase: Phase | None, phase: Phase) -> Freshness:
    """Whether `phase` has just been done, was done before in this iteration, or not yet."""
    if open_phase is None or phase < open_phase:
        return "calm"
    return "fresh" if phase == open_phase else "stale"


def _draw_line(cells: Cells, y: int, line: _Line, named: bool, indent: int, state: Freshness, theme: Theme) -> None:
    """Measure  loss 0.51 · …: the phase's word in front where it is `named`."""
    end = cells.width - 2
    if named:
        word = {"calm": theme.strong, "fresh": theme.badge, "stale": theme.stale}[state]
        cells.text(2, y, line.phase.word, word)
    packed = {"calm": theme.text, "fresh": theme.fresh, "stale": theme.stale}[state]
    room = end - 2 - indent
    x = cells.text(2 + indent, y, fewer_words(line.ways, room), packed, width=room)
    if line.vector is not None:
        _draw_vector(cells, x + 1, y, end - x - 1, line.vector, packed, state == "stale", theme)


def _draw_vector(
    cells: Cells, x: int, y: int, room: int, vector: np.ndarray, packed: int, stale: bool, theme: Theme
) -> None:
    """A number, or a strip with a block for each of several."""
    if not np.isfinite(vector).all():
        cells.text(x, y, "✗ not finite", theme.critical, width=max(room, 0))
    elif len(vector) == 1:
        cells.text(x, y, compact(float(vector[0])), packed, width=max(room, 0))
    elif room >= 5 and not stale:
        scale = float(np.abs(vector).max()) or 1.0
        cells.paste(draw_heatmap(vector[None, :], min(room, _WIDEST * len(vector)), 1, theme, scale=scale), x, y)


def _lines(step: StepView) -> Iterator[_Line]:
    """Every line there is to show, in order."""
    guess, measure, blame, fix = Phase
    weight = step.weight
    inputs, answer = _vector(step.inputs, 2), _answer(step)
    yield _Line(guess, (f"x = {inputs} → {answer}", f"{inputs} → {answer}", f"→ {answer}"))
    for layer in step.layers:
        dropped = f", {int(layer.dropped.sum())} dropped" if layer.dropped is not None else ""
        yield _Line(guess, (f"{layer.name} z =",), 2, layer.pre_activation)
        yield _Line(guess, (f"{layer.name} {layer.activation_name}{dropped}",), 1, layer.activation)
    loss, mean = _plain_signs(step.filled), compact(step.batch_loss)
    yield _Line(measure, (f"loss {loss}", loss))
    yield _Line(measure, (step.formula,), 2)
    yield _Line(measure, (f"mean of the batch of {step.batch_size}: {mean}", f"batch mean {mean}"), 1)
    product = f"{compact(weight.input, 2)} × {compact(weight.delta, 2)} = {compact(weight.example_gradient, 2)}"
    short = weight.name.partition(" ")[0]
    yield _Line(
        blame, (f"{weight.name}: a × δ = {product}", f"{short}: a × δ = {product}", f"{short}: {product}", product)
    )
    gradient = f"gradient {compact(weight.gradient)}"
    yield _Line(blame, (f"mean over the batch: {gradient}", f"batch {gradient}"), 1)
    for layer in reversed(step.layers):
        yield _Line(blame, (f"{layer.name} |g| {compact(layer.gradient_norm)} δ",), 2, layer.delta)
    filled = _plain_signs(weight.filled)
    yield _Line(fix, (filled,) if filled else (f"{weight.name} is still {compact(weight.old)}",))
    formula = _plain_signs(weight.formula)
    yield _Line(fix, (formula, formula.replace("learning_rate", "lr")), 1)
    if weight.optimizer_state:
        pairs = (f"{_plain_signs(name)} {compact(value, 2)}" for name, value in weight.optimizer_state.items())
        yield _Line(fix, ("  ".join(pairs),), 1)


def _vector(values: np.ndarray, shown: int) -> str:
    """(0.55, 0.48), or its first numbers and how many there are."""
    if len(values) <= 3:
        return "(" + ", ".join(compact(float(v), 2) for v in values) + ")"
    return "(" + ", ".join(compact(float(v), 2) for v in values[:shown]) + f", … {len(values)})"


def _answer(step: StepView) -> str:
    """The prediction beside the truth, in the classes' names where there are several."""
    if len(step.prediction) == 1:
        return f"{compact(float(step.prediction[0]), 2)}, truth {plain(float(step.target[0]), 3)}"
    guess, truth = int(np.argmax(step.prediction)), int(np.argmax(step.target))
    share = f"{float(step.prediction[guess]):.0%}"
    return f"{step.output_names[guess]} ({share}), truth {step.output_names[truth]}"


def _plain_signs(text: str) -> str:
    """Letters with a hat as m^: a cell has no room for a combining mark."""
    return text.replace("\u0302", "^")
