"""Gradient norm and update ratio of every layer over the whole run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui_trainer.arrays import Floats
from tui_trainer.dashboard.evaluations_at import evaluations_shown
from tui_trainer.dashboard.panels.scale import layer_scale
from tui_trainer.dashboard.panels.time_plot import draw_events, time_plot
from tui_trainer.dashboard.view import View
from tui_trainer.drawing.cells import Cells, fit
from tui_trainer.drawing.charts.axis import value_axis
from tui_trainer.drawing.charts.dashes import DASHES, DOTTED
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import Snapshot

SMALLEST = (36, 8)
"""The least columns and rows of a plot."""
_BETWEEN = 2
_SHORT_NAME = 8
"""Cells to which a long name is cut."""


def short_layer(name: str) -> str:
    """ "L2" for "layer 2"; any other name as its source writes it, cut where it is long."""
    return name.replace("layer ", "L") if name.startswith("layer ") else fit(name, _SHORT_NAME)


def has_layer_curves(snapshot: Snapshot) -> bool:
    """Whether there is anything to draw a curve through."""
    return len(evaluations_shown(snapshot).iteration) > 1


def draw_layer_curves(
    snapshot: Snapshot, view: View, width: int, height: int, theme: Theme, *, usual: tuple[float, float]
) -> Cells:
    """Gradient norms at every evaluation and, where there is room, update ratios beside them with the `usual`
    limits."""
    evaluations = evaluations_shown(snapshot)
    x = evaluations.positions
    scale = layer_scale(view)
    axis = scale.wordings(scale.logarithmic)[0]
    by = f" · {axis}" if scale.by else ""
    each_layer = "gradient of each layer"
    of_gradients = Wordings(f"{each_layer} over the run{by}", f"{each_layer}{by}", each_layer)
    of_updates = Wordings("update/weight of each layer, and where it usually lies", "update/weight of each layer")
    curves = [
        (of_gradients, evaluations.of_layers("gradient_norm"), ()),
        (of_updates, evaluations.of_layers("update_ratio"), usual),
    ]
    beside = 2 if width >= 2 * SMALLEST[0] + _BETWEEN else 1
    cells, each = Cells(width, height, theme.text), (width + _BETWEEN) // beside - _BETWEEN
    for number, (wordings, values, limits) in enumerate(curves[:beside]):
        start = number * (each + _BETWEEN)
        cells.text(start, 0, wordings.fitting(each), theme.muted, width=each)
        log_y = scale.logarithmic
        cells.paste(
            _plot(snapshot, x, evaluations.layer_names, values, limits, each, height - 1, theme, log_y), start, 1
        )
    return cells


def _plot(
    snapshot: Snapshot,
    x: Floats,
    names: Sequence[str],
    values: Floats,
    limits: tuple[float, ...],
    width: int,
    height: int,
    theme: Theme,
    log_y: bool,
) -> Cells:
    """A curve of each layer's `values` (layers, n) at `x` (n,), its name at the end; a thin line at the `limits`."""
    values = np.where(np.isfinite(values) & (values > 0), values, np.nan)  # no gradient, no step yet, or broken
    axis = value_axis(np.concatenate([values.ravel(), limits]), logarithmic=log_y)
    plot = time_plot(snapshot, width, height, axis, theme)
    for limit in limits:
        ends = np.array([plot.horizontal.low, plot.horizontal.high])
        plot.line(ends, np.full(2, limit), theme.faint, dash=DOTTED, thin=True, letter=".")
    named = []
    for layer, (name, curve) in enumerate(zip(names, values, strict=False)):
        style, letter = theme.arm_style(layer, focused=True), str(layer + 1)[-1]
        end = plot.line(x, curve, style, dash=DASHES[layer % len(DASHES)], thin=True, letter=letter)
        if end is not None:
            named.append((*end, short_layer(name), style))  # "L1L2", where two ends meet, is not 12
    draw_events(plot, snapshot)
    plot.name_ends(named)
    return plot.cells
