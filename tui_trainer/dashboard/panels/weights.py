"""The matrix of one layer as a picture (weights, their gradients or the last update, in colours, signs or numbers), or
the whole network as a diagram."""

from __future__ import annotations

import math

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from tui_trainer.dashboard.arm_labels import letter_of
from tui_trainer.dashboard.layout import Wish
from tui_trainer.dashboard.panels.border import Freshness, freshness, open_panel, say, write_foot
from tui_trainer.dashboard.panels.colour_scale import draw_scale, scale_wordings
from tui_trainer.dashboard.panels.network import ROWS_WITH_CAPTION, diagram_state, draw_diagram, rows_of_diagram
from tui_trainer.dashboard.panels.panel import ITEMS, LAYERS, Items, Panel, PanelCursor
from tui_trainer.dashboard.panels.weight_cursor import (
    KEYS,
    NO_WEIGHTS,
    WEIGHT,
    at_cursor,
    reading,
    source_names,
    start,
    with_bias,
)
from tui_trainer.dashboard.view import WEIGHTS, WEIGHTS_MODES, KeyAction, View, viewing
from tui_trainer.drawing.cells import Cells, fit, text_width
from tui_trainer.drawing.charts.heatmap import (
    NUMBER_WIDTH,
    SIGNS,
    draw_heatmap,
    draw_images,
    draw_matrix_numbers,
    has_room_apart,
    merged_cells,
    numbers_shown,
)
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import LayerView, Phase, Snapshot, WeightAddress, present
from tui_trainer.wording import counted

_TITLES = {"weights": "Weights", "gradients": "Weight gradients", "update": "Last update"}
_SYMBOLS = {"weights": "w", "gradients": "g", "update": "Δw", "difference": "difference"}
_TITLE = 12
"""Cells of the upper edge for the shortest title, with its key and the corners."""
_NAME_SHARE = 3
"""Names of columns take one cell in so many, at most."""
_FEW_NUMBERS = 3


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size."""
    if view.weights_mode == "network":
        return _draw_network(snapshot, view, width, height, theme)
    network = present(snapshot.network)
    layer = network.layer
    if layer is None:
        cells = open_panel(WEIGHTS, "Weights", view, width, height, theme)
        say(cells, "This run does not tell its weights.", theme.muted)
        return cells
    mode, title, array = _shown(snapshot, layer, view.weights_mode)
    if array is None or not array.size:
        cells = open_panel(WEIGHTS, title, view, width, height, theme, note=layer.name)
        say(cells, f"This run does not tell the {_TITLES[mode].lower()} of {layer.name}.", theme.muted)
        return cells
    matrix = as_matrix(array)
    note = _notes(layer, array).fitting(width - _TITLE)
    cells = open_panel(WEIGHTS, title, view, width, height, theme, note=note, state=_state(snapshot, mode))
    room, rows = width - 4, height - 2
    if room < 4 or rows < 1:
        return cells
    half = rows_of_diagram(view, width, height) + 1 if network.has_diagram and not layer.image_shape else 0
    if half > 1:
        cells.paste(draw_diagram(snapshot, view, room, half, theme)[0], 2, height - 1 - half)
        rows -= half + 1
    above = 1 if rows >= 4 else 0
    below = 1 if rows >= 3 else 0
    if layer.image_shape and not view.numbers and above and rows - 1 == -(-layer.image_shape[0] // 2):
        below = 0  # whole images tell more than their limits
    bias = _bias(layer, mode) if above and array.ndim == 2 else None
    at = at_cursor(snapshot, view)
    lies_at_cursor = at is not None and matrix.shape[0] > matrix.shape[1]
    has_names = view.numbers and not lies_at_cursor
    names = _row_names(snapshot, layer, room, rows - above - below) if has_names else ()
    aside = max(map(text_width, names), default=-1) + 1
    body, caption, has_bias = _body(layer, matrix, bias, view, at, room - aside, rows - above - below, theme)
    cells.paste(body, 2 + aside, 1 + above)
    for y, name in enumerate(names, 1 + above):
        cells.text(2, y, name, theme.muted)
    read = reading(snapshot, view)
    if above:
        said = read or caption
        cells.text(2, 1, said.fitting(room), theme.cursor if read else theme.muted, width=room)
    scale = _scale(matrix, bias if has_bias else None)
    explained = below and _draw_summary(cells, rows, matrix, _SYMBOLS[mode], scale, theme)
    if not explained and half <= 1 and height >= 3:
        _draw_legend(cells, scale, theme)
    return cells


def _row_names(snapshot: Snapshot, layer: LayerView, room: int, rows: int) -> tuple[str, ...]:
    """The columns of the data beside their weights, where all rows and at least a few numbers have room."""
    names = tuple(fit(name, room // _NAME_SHARE) for name in source_names(snapshot, layer))
    room -= max(map(text_width, names), default=0) + 1
    inputs, units = as_matrix(layer.weight).shape
    # Numbers lie as their colours do, or the other way round where more of them fit: see `_body`.
    standing, turned = (math.prod(numbers_shown(shape, room, rows)) for shape in ((inputs, units), (units, inputs)))
    stands = standing > turned or (standing == turned and inputs <= units)
    return names if stands and inputs < rows and room // NUMBER_WIDTH >= _FEW_NUMBERS else ()


def _draw_network(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    note, state = "-".join(map(str, present(snapshot.network).shape)), diagram_state(snapshot)
    cells = open_panel(WEIGHTS, "Network", view, width, height, theme, note=note, state=state)
    if not present(snapshot.network).shape:
        say(cells, "This run does not tell the shape of its network.", theme.muted)
    elif width >= 6 and height >= 4:
        diagram, strongest = draw_diagram(snapshot, view, width - 4, height - 2, theme)
        cells.paste(diagram, 2, 1)
        if height - 2 < ROWS_WITH_CAPTION and (read := reading(snapshot, view)) is not None:
            write_foot(cells, read, theme)
        elif strongest:
            sizes = " · ".join(compact(each, 2) for each in strongest)
            write_foot(
                cells, Wordings(f"strongest line of each layer {sizes}", f"strongest {sizes}", f"≤ {sizes}"), theme
            )
    return cells


def _shown(snapshot: Snapshot, layer: LayerView, mode: str) -> tuple[str, str, NDArray[np.floating] | None]:
    """The mode shown, its title and its array; the weights where there is no difference to show."""
    parting = None if snapshot.race is None else snapshot.race.parting
    if mode == "difference" and parting is not None and parting.weights is not None:
        first, other = (letter_of(snapshot.arms, name) for name in parting.arms)
        return mode, f"Weights {other} − {first}", parting.weights
    mode = mode if mode in _TITLES else "weights"
    return mode, _TITLES[mode], {"weights": layer.weight, "gradients": layer.gradient, "update": layer.update}[mode]


def _notes(layer: LayerView, array: NDArray[np.floating]) -> Wordings:
    """The layer and its sizes, with the folding of an array that is not a matrix."""
    whose = f"{layer.name} of {layer.count}" if layer.name == f"layer {layer.index + 1}" else layer.name
    sizes = _sizes(as_matrix(array).shape)
    if array.ndim == 2:
        return Wordings(f"{whose} · {sizes}")
    return Wordings(
        f"{whose} · {_sizes(array.shape)} folded to {sizes}", f"{whose} · folded to {sizes}", f"folded to {sizes}"
    )


def _sizes(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "1"


def as_matrix(array: NDArray[np.floating]) -> NDArray[np.floating]:
    """(inputs, units), the units along the last axis and all others folded into one."""
    return array.reshape(-1, array.shape[-1] if array.ndim else 1)


def _bias(layer: LayerView, mode: str) -> NDArray[np.floating] | None:
    """The biases' part in this mode, (units,), where it is known."""
    biases = {"weights": layer.bias, "gradients": layer.bias_gradient, "update": layer.bias_update}
    return biases.get(mode)


def _scale(matrix: NDArray[np.floating], bias: NDArray[np.floating] | None) -> float:
    """The largest finite magnitude drawn, or 1 where all are 0: the value of the strongest colour."""
    drawn = (matrix,) if bias is None else (matrix, bias)
    return max(float(np.abs(each[np.isfinite(each)]).max(initial=0.0)) for each in drawn) or 1.0


def _state(snapshot: Snapshot, mode: str) -> Freshness:
    """Weights are never stale: until the update, those of the previous iteration are in force."""
    if mode == "gradients":
        return freshness(snapshot, Phase.BACKWARD)
    state = freshness(snapshot, Phase.UPDATE)
    return "calm" if mode == "weights" and state == "stale" else state


def _body(
    layer: LayerView,
    matrix: NDArray[np.floating],
    bias: NDArray[np.floating] | None,
    view: View,
    at: WeightAddress | None,
    width: int,
    height: int,
    theme: Theme,
) -> tuple[Cells, Wordings, bool]:
    """The picture, its caption, and whether the biases are in it, as a last input set apart.

    The longer side of the matrix is horizontal.
    """
    inputs, units = matrix.shape
    if layer.image_shape and not view.numbers:
        cells, shown = draw_images(matrix, layer.image_shape, width, height, theme, scale=_scale(matrix, None))
        some = str(units) if shown == units else f"{shown} of {units}"
        if shown:
            wordings = Wordings(
                f"what {some} units look for, each an image", f"{some} units as images", f"{some} as images"
            )
            return cells, wordings, False
    lying = inputs > units
    if view.numbers and at is None:  # the same orientation as the colours, unless more numbers fit the other way round
        standing, turned = (
            math.prod(numbers_shown(shape, width, height)) for shape in ((inputs, units), (units, inputs))
        )
        lying = turned > standing or (turned == standing and lying)
    axis = 1 if lying else 0
    shape = (units, inputs) if lying else (inputs, units)
    together = (1, 1) if view.numbers else merged_cells(shape, width, height, theme)
    apart = None
    if bias is not None and (
        view.numbers or (together[axis] == 1 and has_room_apart(shape, width, height, theme, axis))
    ):
        matrix, apart = with_bias(matrix, bias), axis
    scale = _scale(matrix, None)
    drawn = matrix.T if lying else matrix
    mark = None
    if at is not None and at.source < len(matrix):
        mark = (at.unit, at.source) if lying else (at.source, at.unit)
    names = ("input", "unit") if lying else ("unit", "input")
    across, down = shape[::-1]
    if view.numbers:
        wordings = _captions(names, (across, down), (1, 1), apart)
        if numbers_shown(drawn.shape, width, height)[2] > 1:
            wordings = Wordings(f"{wordings[0]}, going on at the right", f"{wordings[0]}, on at the right", *wordings)
        body = draw_matrix_numbers(drawn, width, height, theme, scale=scale, mark=mark)
        return body, wordings, apart is not None
    if apart is not None:
        together = merged_cells(shape, width - (apart == 1), height - (apart == 0), theme)
    wordings = _captions(names, (across, down), together, apart)
    cells = draw_heatmap(drawn, width, height, theme, scale=scale, numbers=True, apart=apart, mark=mark)
    return cells, wordings, apart is not None


def _captions(
    names: tuple[str, str], counts: tuple[int, int], together: tuple[int, int], apart: int | None
) -> Wordings:
    """The meaning of the columns and rows, and how many of each (`together`) are drawn as one; `apart` 1 or 0 says that
    the last column or row is the bias."""
    bias = ("bias" if apart == 1 else "", "bias" if apart == 0 else "")
    across, down = (
        f"{counted(count, name)}{more and f', {more}'}" for name, count, more in zip(names, counts, bias, strict=True)
    )
    brief = tuple(f"{count}{more and f'+{more}'}" for count, more in zip(counts, bias, strict=True))
    rows, columns = together
    if together == (1, 1):
        if apart is not None:
            return Wordings(f"→ {across}  ↓ {down}", f"→ {across} ↓ {brief[1]}", f"→ {brief[0]} ↓ {brief[1]}")
        return Wordings(
            f"→ {across}  ↓ {down}", f"→ {counts[0]} {names[0]}s ↓ {counts[1]}", f"→ {counts[0]} ↓ {counts[1]}"
        )
    each = f"{rows}×{columns}" if min(together) > 1 else str(max(together))
    briefly = f"→{brief[0]} ↓{brief[1]}"
    strongest = Wordings(
        f"{briefly}, the strongest of {each}",
        f"{briefly}, strongest of {each}",
        f"{briefly}, 1 of {each}",
        f"1 of {each}",
    )
    if columns > 1 and rows > 1:
        return Wordings(f"→ {across}  ↓ {down}: the strongest of {rows} rows × {columns} columns each", *strongest)
    if columns > 1:
        across += f", {columns} a column: the strongest"
        return Wordings(f"→ {across}  ↓ {down}", f"→ {across}  ↓ {brief[1]}", *strongest)
    down += f", {rows} a row: the strongest"
    return Wordings(f"→ {across}  ↓ {down}", f"→ {brief[0]}  ↓ {down}", *strongest)


def _draw_summary(cells: Cells, y: int, matrix: NDArray[np.floating], symbol: str, scale: float, theme: Theme) -> bool:
    """Write minimum, maximum and norm in line `y`, the colour scale at its right end; return whether the scale
    fitted."""
    end = cells.width - 2
    finite, size = matrix[np.isfinite(matrix)], matrix.size
    if len(finite) < size:
        broken = f"✗ {size - len(finite)} of {size} are no finite numbers"
        cells.text(2, y, broken, theme.critical, width=end - 2)
        return False
    low, high = float(finite.min()), float(finite.max())
    norm = scale * float(np.linalg.norm(finite.astype(np.float64) / scale))  # squares of large weights overflow
    wordings = Wordings(f"min {compact(low)}  max {compact(high)}", f"{compact(low, 2)} … {compact(high, 2)}")
    most = compact(scale, 2)
    glyphs = _glyphs(theme)
    legends = scale_wordings(f"−{most}", most, *glyphs)
    legends = legends.or_else(f"− {SIGNS} +") if glyphs else Wordings(legends[0])
    least = text_width(legends[-1]) + 2 if glyphs else 0  # colours are understood without a scale
    fitting = [text for text in wordings if text_width(text) + least <= end - 2]
    x = cells.text(2, y, fitting[0] if fitting else wordings.fitting(end - 2), theme.text, width=end - 2)
    full = f"  |{symbol}| {compact(norm)}"
    if x + text_width(full) + least <= end:
        x = cells.text(x, y, full, theme.text)
    legend = legends.or_else("").fitting(end - x - 2)
    start = end - text_width(legend)
    draw_scale(cells, start, y, legend, theme)
    return legend != ""


def _glyphs(theme: Theme) -> tuple[str, ...]:
    """The signs that stand for colours, where there are none for a matrix."""
    return (SIGNS,) if theme.ascii or not theme.coloured else ()


def _draw_legend(cells: Cells, scale: float, theme: Theme) -> None:
    """╰─ −1.2 ▇▇▇▇▇ 1.2 ──╯: the scale of the colours in the lower edge, where it fits."""
    most, glyphs = compact(scale, 2), _glyphs(theme)
    legends = scale_wordings(f"−{most}", most, *glyphs).or_else(*scale_wordings("−", "+", *glyphs), "")
    if legend := legends.fitting(cells.width - 6):
        draw_scale(cells, 2, cells.height - 1, f" {legend} ", theme)


def _next_mode(snapshot: Snapshot, view: View) -> View:
    """Weights, gradients, update, the difference between arms (in a race), the network, and again."""
    modes = tuple(mode for mode in WEIGHTS_MODES if mode != "difference" or snapshot.arms)
    position = modes.index(view.weights_mode) if view.weights_mode in modes else 0
    return structs.replace(view, weights_mode=modes[(position + 1) % len(modes)])


def _no_layer(snapshot: Snapshot, view: View) -> str:
    if view.weights_mode == "network":
        return "the network is shown with all its layers"
    return LAYERS.none(snapshot, view)


# fmt: off
_KEYS = (
    KeyAction("weights_mode", "w", "weights / gradients / update / network",
              "Weights, gradients, update, how arms differ, network.", "shown", viewing(_next_mode),
              footer="weights/network", rank=17),
    KeyAction("numbers", "v", "numbers", "Weights as numbers, not colours, for this run.", "shown",
              viewing(lambda snapshot, view: structs.replace(view, numbers=not view.numbers)),
              footer="numbers", rank=19),
)
# fmt: on


def _wish(snapshot: Snapshot, view: View) -> Wish:
    """Images of units want two rows of them."""
    layer = None if snapshot.network is None else snapshot.network.layer
    shape = () if layer is None else layer.image_shape
    return Wish(WEIGHTS, 5, least=(26, 7), wanted=(50, 12 if not shape else 2 * -(-shape[0] // 2) + 6))


_SIGNS = (
    (
        "cells",
        "The weights of one layer: a row for each input, a column for each unit (a neuron); the last row has biases.",
    ),
    ("network", "A block is a unit and what it answers, a line is a weight, broken where it is negative."),
    ("colours", "One colour is negative, one positive, faint is nearly 0; the scale in the lower edge tells which."),
    ("|w|", "The length of the layer's weights together; it grows when the network becomes sure of itself."),
    ("modes", "The weights, their gradients (the blame), the last update, or the network as a diagram."),
)

PANEL = Panel(
    id=WEIGHTS,
    title="Weights",
    signs=_SIGNS,
    number="2",
    draw=draw,
    wish=_wish,
    requires=("network",),
    asks=lambda view, width, height: {"network_units": rows_of_diagram(view, width, height)},
    keys=(*KEYS, *_KEYS),
    arrows=ITEMS,
    items=Items(LAYERS.beside, _no_layer),
    cursor=PanelCursor(WEIGHT, start, NO_WEIGHTS),
    wheel=("previous_item", "next_item"),
)
