"""One layer's matrix as a picture: weights, their gradients or the last update, in colours, signs or numbers; or the
whole network as a diagram."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tui_trainer.telemetry import LayerView, Phase, Snapshot
from tui_trainer.tui.arms import letter_of
from tui_trainer.tui.cells import Cells, style_array, text_width
from tui_trainer.tui.charts.heatmap import (
    SIGNS,
    draw_heatmap,
    draw_images,
    draw_matrix_numbers,
    merged_cells,
    numbers_shown,
)
from tui_trainer.tui.charts.numbers import compact
from tui_trainer.tui.panels.border import Freshness, freshness, open_panel
from tui_trainer.tui.panels.network import diagram_state, draw_diagram, rows_of_diagram
from tui_trainer.tui.theme import Theme
from tui_trainer.tui.view import View
from tui_trainer.tui.words import fewer_words

_TITLES = {"weights": "Weights", "gradients": "Weight gradients", "update": "Last update"}
_SYMBOLS = {"weights": "w", "gradients": "g", "update": "Δw", "difference": "difference"}
_RAMP = " " * 11
"""Nine cells for the colours of the scale and a blank at each end."""


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size."""
    if view.weights_mode == "network":
        return _draw_network(snapshot, view, width, height, theme)
    layer = snapshot.layer
    mode, title, matrix = _shown(snapshot, view.weights_mode)
    inputs, units = matrix.shape
    note = f"layer {layer.index + 1} of {layer.count} · {inputs}×{units}"
    cells = open_panel("weights", title, view, width, height, theme, note=note, state=_state(snapshot, mode))
    room, rows = width - 4, height - 2
    if room < 4 or rows < 1:
        return cells
    half = rows_of_diagram(view, width, height) + 1 if snapshot.network and not layer.image_shape else 0
    if half > 1:
        cells.paste(draw_diagram(snapshot, view, room, half, theme), 2, height - 1 - half)
        rows -= half + 1
    finite = matrix[np.isfinite(matrix)]
    scale = float(np.abs(finite).max(initial=0.0)) or 1.0
    above = 1 if rows >= 4 else 0
    below = 1 if rows >= 3 else 0
    if layer.image_shape and not view.numbers and above and rows - 1 == -(-layer.image_shape[0] // 2):
        below = 0  # whole images say more than their limits
    body, caption = _body(layer, matrix, view, room, rows - above - below, theme, scale)
    cells.paste(body, 2, 1 + above)
    if above:
        cells.text(2, 1, caption, theme.muted, width=room)
    if below:
        _draw_summary(cells, rows, finite, matrix.size, _SYMBOLS[mode], scale, theme)
    return cells


def _draw_network(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    note, state = "-".join(map(str, snapshot.shape)), diagram_state(snapshot)
    cells = open_panel("weights", "Network", view, width, height, theme, note=note, state=state)
    if width >= 6 and height >= 4:
        cells.paste(draw_diagram(snapshot, view, width - 4, height - 2, theme), 2, 1)
    return cells


def _shown(snapshot: Snapshot, mode: str) -> tuple[str, str, NDArray[np.floating]]:
    """The mode in force, its title and its matrix; the weights where there is no difference to show."""
    layer, parting = snapshot.layer, snapshot.parting
    if mode == "difference" and parting is not None and parting.weights is not None:
        first, other = (letter_of(snapshot.arms, name) for name in parting.arms)
        return mode, f"Weights {other} − {first}", parting.weights
    mode = mode if mode in _TITLES else "weights"
    return mode, _TITLES[mode], {"weights": layer.weight, "gradients": layer.gradient, "update": layer.update}[mode]


def _state(snapshot: Snapshot, mode: str) -> Freshness:
    """The weights are never stale: until they are fixed, those of the iteration before are the ones in force."""
    if mode == "gradients":
        return freshness(snapshot, Phase.BACKWARD)
    state = freshness(snapshot, Phase.UPDATE)
    return "calm" if mode == "weights" and state == "stale" else state


def _body(
    layer: LayerView,
    matrix: NDArray[np.floating],
    view: View,
    width: int,
    height: int,
    theme: Theme,
    scale: float,
) -> tuple[Cells, str]:
    """The picture and what its directions mean; the longer side of the matrix lies along the screen."""
    inputs, units = matrix.shape
    ways: tuple[str, ...]
    if layer.image_shape and not view.numbers:
        cells, shown = draw_images(matrix, layer.image_shape, width, height, theme, scale=scale)
        some = str(units) if shown == units else f"{shown} of {units}"
        if shown:
            ways = (f"what {some} units look for, each an image", f"{some} units as images", f"{some} as images")
            return cells, fewer_words(ways, width)
    lying = inputs > units
    if view.numbers:  # as the colours lie, unless more of them fit the other way round
        standing, turned = (
            math.prod(numbers_shown(shape, width, height)) for shape in ((inputs, units), (units, inputs))
        )
        lying = turned > standing or (turned == standing and lying)
    drawn = matrix.T if lying else matrix
    across, down = (inputs, units) if lying else (units, inputs)
    names = ("input", "unit") if lying else ("unit", "input")
    if view.numbers:
        ways = _captions(names, (across, down), (1, 1))
        if numbers_shown(drawn.shape, width, height)[2] > 1:
            ways = (f"{ways[0]}, going on at the right", f"{ways[0]}, on at the right", *ways)
        return draw_matrix_numbers(drawn, width, height, theme, scale=scale), fewer_words(ways, width)
    together = merged_cells(drawn.shape, width, height, theme)
    ways = _captions(names, (across, down), together)
    return draw_heatmap(drawn, width, height, theme, scale=scale), fewer_words(ways, width)


def _captions(names: tuple[str, str], counts: tuple[int, int], together: tuple[int, int]) -> tuple[str, ...]:
    """What lies across and down, ways to say it, and how many `together` rows and columns are drawn as one."""
    across, down = (f"{count} {_plural(name, count)}" for name, count in zip(names, counts, strict=True))
    rows, columns = together
    if together == (1, 1):
        return f"→ {across}  ↓ {down}", f"→ {counts[0]} {names[0]}s ↓ {counts[1]}", f"→ {counts[0]} ↓ {counts[1]}"
    each = f"{rows}×{columns}" if min(together) > 1 else str(max(together))
    briefly = f"→{counts[0]} ↓{counts[1]}"
    strongest = (
        f"{briefly}, the strongest of {each}",
        f"{briefly}, strongest of {each}",
        f"{briefly}, 1 of {each}",
        f"1 of {each}",
    )
    if columns > 1 and rows > 1:
        return f"→ {across}  ↓ {down}: the strongest of {rows} rows × {columns} columns each", *strongest
    if columns > 1:
        across += f", {columns} a column: the strongest"
        return f"→ {across}  ↓ {down}", f"→ {across}  ↓ {counts[1]}", *strongest
    down += f", {rows} a row: the strongest"
    return f"→ {across}  ↓ {down}", f"→ {counts[0]}  ↓ {down}", *strongest


def _plural(word: str, number: int) -> str:
    return word if number == 1 else f"{word}s"


def _draw_summary(
    cells: Cells, y: int, finite: NDArray[np.floating], size: int, symbol: str, scale: float, theme: Theme
) -> None:
    """min, max and norm in line `y`, the colour scale at its right end."""
    end = cells.width - 2
    if len(finite) < size:
        broken = f"✗ {size - len(finite)} of {size} are no finite numbers"
        cells.text(2, y, broken, theme.critical, width=end - 2)
        return
    low, high = float(finite.min()), float(finite.max())
    norm = scale * float(np.linalg.norm(finite.astype(np.float64) / scale))  # squares of large weights overflow
    ways = (f"min {compact(low)}  max {compact(high)}", f"{compact(low, 2)} … {compact(high, 2)}")
    most = compact(scale, 2)
    with_glyphs = theme.ascii or not theme.coloured
    legends = (f"−{most} {SIGNS} {most}", f"− {SIGNS} +") if with_glyphs else (f"−{most}{_RAMP}{most}",)
    least = text_width(legends[-1]) + 2 if with_glyphs else 0  # what colours mean is seen without it
    fitting = [text for text in ways if text_width(text) + least <= end - 2]
    x = cells.text(2, y, fitting[0] if fitting else fewer_words(ways, end - 2), theme.text, width=end - 2)
    full = f"  |{symbol}| {compact(norm)}"
    if x + text_width(full) + least <= end:
        x = cells.text(x, y, full, theme.text)
    legend = next((text for text in legends if x + text_width(text) + 2 <= end), "")
    start = end - text_width(legend)
    cells.text(start, y, legend, theme.muted)
    if legend and not with_glyphs:
        start += legend.index(_RAMP) + 1
        cells.styles[y, start : start + 9] = style_array(0, theme.diverging(np.linspace(-1, 1, 9)))
