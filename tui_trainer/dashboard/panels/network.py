"""The whole network as a diagram: the value of each unit for the followed example, and the weights between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tui_trainer.dashboard.panels.border import Freshness, say
from tui_trainer.dashboard.panels.weight_cursor import at_cursor, reading
from tui_trainer.dashboard.view import STEP, View, WeightsMode
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.charts.network import LayerColumn, draw_network, shows_maps, strongest_lines
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import Phase, Snapshot, StepView, present

ROWS_WITH_CAPTION = 6
"""Rows from which the diagram has a caption above it."""
SMALL = 8
"""Units of the widest layer up to which a network is shown as a diagram at first."""
SPLIT = (40, 20)
"""Columns and rows inside the panel from which the diagram is drawn below a layer's matrix."""


def rows_of_diagram(view: View, width: int, height: int) -> int:
    """Rows of units to ask for in `PictureRequest` for a weights panel of this size; 0 where there is no diagram."""
    room, rows = width - 4, height - 2
    if view.weights_mode == "network":
        return max(rows - (1 if rows >= ROWS_WITH_CAPTION else 0), 0)
    return rows * 2 // 3 if room >= SPLIT[0] and rows >= SPLIT[1] else 0


def first_mode(shape: tuple[int, ...], otherwise: WeightsMode) -> WeightsMode:
    """The mode in which the weights panel begins to show a network of these layers: a small one as a diagram."""
    return "network" if shape and max(shape) <= SMALL else otherwise


def diagram_state(snapshot: Snapshot) -> Freshness:
    """Every phase except the loss changes something in it: the activations, the blame, the weights."""
    return "fresh" if snapshot.phase in (Phase.FORWARD, Phase.BACKWARD, Phase.UPDATE) else "calm"


def draw_diagram(
    snapshot: Snapshot, view: View, width: int, height: int, theme: Theme
) -> tuple[Cells, tuple[float, ...]]:
    """The diagram of the units in the snapshot, with a caption above it where there is room; and the absolute weight of
    the strongest line between each two layers, none where no lines are drawn."""
    cells = Cells(width, height, theme.text)
    above = 1 if height >= ROWS_WITH_CAPTION else 0
    network, data, step = present(snapshot.network), snapshot.data, snapshot.step
    shape, weights = network.shape, network.weights
    if not weights:
        return cells, ()
    if not network.has_diagram:
        say(cells, "Only fully connected layers can be drawn as a network.", theme.muted)
        return cells, ()
    values = _values(step, snapshot.phase, view.blamed) if step is not None else [None] * len(shape)
    silent = [None, *(layer.dropped for layer in step.layers)] if step is not None else [None] * len(shape)
    names: list[Sequence[str]] = [()] * len(shape)
    ends: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    if step is not None:
        ends = step.input_names, step.output_names
    elif data is not None:
        ends = data.input_names, data.class_names if shape[-1] > 1 else data.class_names[1:2]
    names[0], names[-1] = (
        each if len(each) == size else () for each, size in zip(ends, (shape[0], shape[-1]), strict=True)
    )
    pixels = None if data is None else data.image_shape
    image = pixels if pixels is not None and len(weights[0]) == shape[0] == pixels[0] * pixels[1] else None
    maps = network.unit_maps or [None] * len(shape)
    # A single output is always its own largest: 1e-7 would look as strong as 1.
    full: list[float | None] = [None] * len(shape)
    if data is not None and data.task == "classification" and snapshot.phase is not Phase.BACKWARD:
        full[-1] = 1.0
    columns = [
        LayerColumn(
            size=size,
            values=held,
            maps=over_plane,
            names=called,
            image=None if number else image,
            full=full[number],
            silent=silent[number],
        )
        for number, (size, held, over_plane, called) in enumerate(zip(shape, values, maps, names, strict=True))
    ]
    with_maps = shows_maps(columns, width, height - above, theme, numbers=view.numbers)
    at = at_cursor(snapshot, view)
    if at is None and view.focus == STEP:  # its keys choose a weight too
        at = view.request.weight
    chosen = None if at is None else (at.layer, at.source, at.unit)
    lit = 0 if view.blamed is None else len(weights) - view.blamed
    rows = height - above
    body = draw_network(
        columns, weights, width, rows, theme, numbers=view.numbers, chosen=chosen, labels=True, lit_from=lit
    )
    if not (body.codes != ord(" ")).any():
        wordings = Wordings("No room for lines between the layers.", "no room for lines", "no room")
        cells.text(0, height // 2, wordings.fitting(width), theme.muted, width=width)
        return cells, ()
    broken = sum(int(np.count_nonzero(~np.isfinite(weight))) for weight in weights)
    if above and broken:
        cells.text(0, 0, f"✗ {broken} of these weights are no finite numbers", theme.critical, width=width)
    elif above and (read := reading(snapshot, view)) is not None:
        cells.text(0, 0, read.fitting(width), theme.cursor, width=width)
    elif above:
        caption = _captions(step, snapshot.phase, theme, maps=with_maps)
        if step is not None and view.blamed is not None:
            caption = _travelling(step, view.blamed)
        cells.text(0, 0, caption.fitting(width), theme.muted, width=width)
    cells.paste(body, 0, above)
    return cells, strongest_lines(columns, weights, rows)


def _values(step: StepView, phase: Phase | None, blamed: int | None) -> list[NDArray[np.float64] | None]:
    """The values of each layer: its activations, or its blame right after the backward phase; see `View.blamed`."""
    if phase is Phase.BACKWARD:
        first = 0 if blamed is None else len(step.layers) - blamed
        return [None, *(layer.delta if number >= first else None for number, layer in enumerate(step.layers))]
    return [step.inputs, *(layer.activation for layer in step.layers[:-1]), step.prediction]


def _travelling(step: StepView, blamed: int) -> Wordings:
    """Where the blame is on its way back."""
    layer = step.layers[-blamed].name
    return Wordings(f"example {step.example + 1}: the blame has come back to {layer}", f"blame at {layer}")


def _captions(step: StepView | None, phase: Phase | None, theme: Theme, *, maps: bool) -> Wordings:
    lines = "lines: the strongest weights, broken where negative"
    if step is None:
        none = "no example has gone through yet"
        return Wordings(f"{none} · {lines}", f"{none} · lines: weights", none, "lines: weights")
    number = f"example {step.example + 1}"
    whats = ["what each unit answers"]
    if phase is Phase.BACKWARD:
        whats = [f"blame {theme.sign('δ', 'delta')} of each unit"]
    elif phase in (None, Phase.UPDATE):  # the lines are the new weights, from which nobody gets these answers
        whats = ["what each unit answered before the update", "answers before the update", "before the update"]
    said = [f"{number}: {what}" for what in whats]
    over = [f"each unit over the plane, beside it {each}" for each in said] if maps else []
    weights = [f"{each} · lines: weights" for each in (*over, *said)]
    return Wordings(f"{(*over, *said)[0]} · {lines}", *weights, *over, *said, *whats)
