"""How strongly the loss blames every layer, and how far it moves: norms on a logarithmic bar, update ratios on a
gauge."""

from __future__ import annotations

import math

from msgspec import Struct

from tui_trainer.dashboard.layout import Wish
from tui_trainer.dashboard.panels.border import freshness, open_panel, say
from tui_trainer.dashboard.panels.layer_curves import SMALLEST, draw_layer_curves, has_layer_curves, short_layer
from tui_trainer.dashboard.panels.panel import ITEMS, Panel
from tui_trainer.dashboard.panels.scale import layer_scale
from tui_trainer.dashboard.view import GRADIENTS, View
from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.charts.bars import draw_bar, draw_gauge, share_of_decades
from tui_trainer.drawing.charts.numbers import compact, plain
from tui_trainer.drawing.text_fitting import Wordings, wrapped
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import LayerValues, Phase, Snapshot, present
from tui_trainer.wording import percent

_USUAL = (1e-4, 1e-1)
"""Update-to-weight ratios of most good runs. A gauge, not an alarm: good runs leave it."""
_RATIOS = (1e-7, 1e1)
"""Ends of the ratio's gauge."""
_NORMS = (1e-6, 1e1)
"""Ends of the norm's bar; they move outwards by whole decades where a norm lies beyond."""
_TITLE = 19
"""Cells of the upper edge for the panel's name, with its key and the corners."""
_WORD = 9
_BESIDE_BAR = 22
"""Cells of a narrow line for a layer's name, its norm and the shortest bar."""
_FARTHEST = 3
"""The most blank lines between two layers."""
_EXPLAINED = 8
"""Spare lines from which the panel explains its bars and bands."""
_READ = 96
"""The most columns of the explanation: the eye loses its line in longer ones."""
_WITH_NORMS = 44
"""Columns from which a high panel also writes the norms behind the ratio."""


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size."""
    state = freshness(snapshot, Phase.BACKWARD)
    measures = present(snapshot.network).measures
    if not measures:
        cells = open_panel(GRADIENTS, "Gradients", view, width, height, theme, state=state)
        say(cells, "This run does not tell its gradients.", theme.muted)
        return cells
    low, high = _limits(measures)
    note = _scale_words(low, high).fitting(width - _TITLE)
    title = "Gradients" if text_width(note) <= width - _TITLE else "Grad."  # the ends have moved: they must be told
    cells = open_panel(GRADIENTS, title, view, width, height, theme, note=note, state=state)
    room, rows = width - 4, height - 2
    if room < 8 or rows < 1:
        return cells
    if not snapshot.iteration and not any(measure.of("gradient_norm") for measure in measures):
        say(cells, "No gradient yet: the first comes with the first iteration.", theme.muted)
        return cells
    parts = _layout(snapshot, room, rows, (low, high))
    broken = snapshot.autopsy.layer if snapshot.autopsy else ""
    aside = max(text_width(_aside(measure)) + 1 for measure in measures)
    aside = aside if 1 < aside <= min(room // 3, room - _BESIDE_BAR) else 0
    stale, waiting = state == "stale", snapshot.phase is not None and snapshot.phase < Phase.UPDATE
    for number, measure in enumerate(measures[: parts.shown]):
        y = 1 + number * (parts.lines + parts.gap)
        if parts.lines == 3:
            cells.text(14, y + 2, _norms(measure).fitting(room - 12), theme.muted, width=room - 12)
        if parts.lines > 1:
            _draw_tall(cells, y, measure, (low, high), theme, stale=stale, waiting=waiting, aside=aside)
        else:
            _draw_line(cells, y, measure, (low, high), theme, stale=stale, waiting=waiting)
        if measure.name == broken:
            cells.text(1, y, "✗", theme.critical)
            cells.styles[y, 2 : 2 + len(measure.name if parts.lines > 1 else short_layer(measure.name))] = (
                theme.critical
            )
    below = 1 + parts.shown * (parts.lines + parts.gap)
    if parts.curves:
        cells.paste(draw_layer_curves(snapshot, view, room, parts.curves, theme, usual=_USUAL), 2, below)
    if parts.shown < len(measures):
        cells.text(2, below, f"… {len(measures) - parts.shown} more layers", theme.muted, width=room)
    elif parts.explained:
        for y, line in enumerate(parts.explained, start=height - 1 - len(parts.explained)):
            cells.text(2, y, line, theme.muted, width=room)
    elif not parts.curves and rows > below - parts.gap:
        _draw_footnote(cells, theme)
    return cells


class _Layout(Struct, frozen=True, kw_only=True):
    """The parts that fit into the panel."""

    lines: int
    """Lines of each layer: 1 with everything in it; 2, bar and gauge; 3, also the norms behind the ratio."""
    gap: int
    """Blank lines between two layers."""
    shown: int
    """Layers shown."""
    curves: int
    """Rows of the plots over the run, 0 where there are none."""
    explained: list[str]


def _layout(snapshot: Snapshot, room: int, rows: int, limits: tuple[float, float]) -> _Layout:
    """Room goes first to every layer, then to bars and gauges, the plots, the norms, and the explanation."""
    measures = present(snapshot.network).measures
    count = len(measures)
    lines = 2 if rows >= 2 * count and room >= 24 else 1
    lines = 3 if rows >= 4 * count and room >= _WITH_NORMS else lines
    curved = room >= SMALLEST[0] and rows - 3 * count >= SMALLEST[1] and has_layer_curves(snapshot)
    if curved:
        lines = 3 if rows - 4 * count >= SMALLEST[1] else 2
    spare = rows - (lines + 1) * count
    left = spare - SMALLEST[1] - 1 if curved else spare
    explained = _explanation(measures, limits, room, left) if lines == 3 and left >= _EXPLAINED else []
    gap = 1 if lines > 1 and rows >= (lines + 1) * count - 1 else 0
    if explained and not curved:
        gap = min(1 + (spare - len(explained)) // count, _FARTHEST)
    shown = min(count, max(rows // lines, 1))
    shown = rows - 1 if shown < count else shown
    curves = spare - (len(explained) + 1 if explained else 0) if curved else 0
    return _Layout(lines=lines, gap=gap, shown=shown, curves=curves, explained=explained)


def judgement(ratio: float) -> str:
    """A plain word for an update-to-weight ratio."""
    if not math.isfinite(ratio):
        return "✗ broken"
    if ratio == 0:
        return "no step"
    return "tiny step" if ratio < _USUAL[0] else "big step" if ratio > _USUAL[1] else "usual"


def _limits(measures: tuple[LayerValues, ...]) -> tuple[float, float]:
    norms = [
        m.of("gradient_norm")
        for m in measures
        if math.isfinite(m.of("gradient_norm")) and m.of("gradient_norm") > 1e-300
    ]
    low = min([_NORMS[0], *(10.0 ** math.floor(math.log10(norm)) for norm in norms)])
    high = max([_NORMS[1], *(10.0 ** min(math.ceil(math.log10(norm)), 300) for norm in norms)])
    return low, high


def _scale_words(low: float, high: float) -> Wordings:
    """The ends of the bars."""
    ends = f"{plain(low)} to {plain(high)}"
    return Wordings(f"bars {ends}, log", f"{ends}, log", ends, f"{plain(low)}…{plain(high)}")


def _packed(measure: LayerValues, theme: Theme, stale: bool) -> int:
    if not math.isfinite(measure.of("gradient_norm")):
        return theme.critical
    return theme.stale if stale else theme.train


def _ratio_style(ratio: float, theme: Theme, stale: bool) -> int:
    if stale:
        return theme.stale
    if not math.isfinite(ratio):
        return theme.critical
    return theme.text


def _draw_line(
    cells: Cells,
    y: int,
    measure: LayerValues,
    limits: tuple[float, float],
    theme: Theme,
    *,
    stale: bool,
    waiting: bool,
) -> None:
    """ "L1 ━━━━━━─── 0.031 upd/w 1.2e-3 usual"; the right end is left out first. `waiting`: see `_draw_tall`."""
    end = cells.width - 2
    word = judgement(measure.of("update_ratio"))
    ratio = f"upd/w {compact(measure.of('update_ratio'), 2):>6} "
    norm = compact(measure.of("gradient_norm"))
    x = cells.text(2, y, f"{short_layer(measure.name)} ", theme.stale if stale else theme.text)
    right = end
    if end - x >= 8 + 8 + text_width(ratio) + _WORD:
        right -= _WORD
        cells.text(right, y, word, _ratio_style(measure.of("update_ratio"), theme, stale or waiting), width=_WORD)
        right -= text_width(ratio)
        cells.text(right, y, ratio, theme.stale if stale or waiting else theme.muted)
        right -= 1
    cells.text(right - text_width(norm), y, norm, _packed(measure, theme, stale) if stale else theme.text)
    right -= 8
    if right - x >= 2:
        share = share_of_decades(measure.of("gradient_norm"), *limits)
        draw_bar(cells, x, y, right - x, share, _packed(measure, theme, stale), theme)


def _draw_tall(
    cells: Cells,
    y: int,
    measure: LayerValues,
    limits: tuple[float, float],
    theme: Theme,
    *,
    stale: bool,
    waiting: bool,
    aside: int,
) -> None:
    """Draw two lines for a layer: the bar of its gradient, and below it the gauge of its update ratio.

    `waiting`: the update is still to come, so the ratio is the previous iteration's. `aside`: cells beside the bar for
    the share of units that do nothing; all bars have the same length.
    """
    left, end = 2, cells.width - 2
    muted, text = (theme.stale, theme.stale) if stale else (theme.muted, theme.text)
    label = 9 if end - left < 44 else 12
    right = end - 10
    cells.text(left, y, measure.name, text, width=label - 1)
    share = share_of_decades(measure.of("gradient_norm"), *limits)
    bar = right - left - label - aside
    draw_bar(cells, left + label, y, bar, share, _packed(measure, theme, stale), theme)
    cells.text(left + label + bar + 1, y, _aside(measure), muted, width=max(aside - 1, 0))
    cells.text(right + 1, y, compact(measure.of("gradient_norm")), text)
    stale = stale or waiting
    muted, text = (theme.stale, theme.stale) if stale else (theme.muted, theme.text)
    finite = math.isfinite(measure.of("update_ratio"))
    position = share_of_decades(measure.of("update_ratio"), *_RATIOS) if finite else math.nan
    healthy = (share_of_decades(_USUAL[0], *_RATIOS), share_of_decades(_USUAL[1], *_RATIOS))
    style = _ratio_style(measure.of("update_ratio"), theme, stale)
    wide = right - left - label - 8
    if right - left < label + 7:  # no blank would be left before the word
        label = 6
    cells.text(left, y + 1, {6: "upd/w", 9: "update/w"}.get(label, "update/wt"), muted, width=label - 1)
    if wide >= 9:
        draw_gauge(cells, left + label, y + 1, wide, position, style, theme, healthy=healthy)
    x = left + label + (wide + 1 if wide >= 9 else 0)
    x = cells.text(x, y + 1, compact(measure.of("update_ratio"), 2), text)
    cells.text(right + 1, y + 1, judgement(measure.of("update_ratio")), style, width=_WORD)


def _norms(measure: LayerValues) -> Wordings:
    """The two norms whose ratio the gauge shows."""
    weights, update = (
        compact(measure.of("weight_norm")),
        compact(measure.of("update_ratio") * measure.of("weight_norm"), 2),
    )
    return Wordings(f"|weights| {weights} · |update| {update}", f"|w| {weights} · |Δw| {update}", f"|w| {weights}")


def _aside(measure: LayerValues) -> str:
    """The share of the units that do nothing, where there are any."""
    if measure.of("dead_share"):
        return f"{percent(measure.of('dead_share'))} dead"
    if measure.of("saturated_share"):
        return f"{percent(measure.of('saturated_share'))} flat"
    return ""


def _explanation(measures: tuple[LayerValues, ...], limits: tuple[float, float], width: int, height: int) -> list[str]:
    """The explanation, with a blank line between two parts; none where it does not fit."""
    low, high = (plain(limit) for limit in limits)
    usual = " to ".join(plain(ratio) for ratio in _USUAL)
    said = [
        f"Bar: how strongly the loss blames the layer. It is the length (norm) of its weights' gradient, from {low} to "
        f"{high}, and the same stretch is always the same factor. Where the bars get far shorter towards layer 1, the "
        "gradient vanishes on its way back; where far longer, it explodes.",
        f"Mark on ├──━━──┤: how long the last update was, as a share of the weights. The heavy part, {usual}, is where "
        "it usually lies: left of it a step changes little, right of it one step undoes another; the ends are "
        f"{plain(_RATIOS[0])} and {plain(_RATIOS[1])}, with ◂ and ▸ beyond.",
    ]
    if any(measure.of("dead_share") for measure in measures):
        said.append("Dead: the share of units that answer 0 to every example tried, and so learn nothing.")
    if any(measure.of("saturated_share") for measure in measures):
        said.append("Flat: the share of answers at the flat ends of the activation, where hardly any blame passes.")
    lines: list[str] = []
    for number, each in enumerate(said):
        more = [*lines, *[""][: len(lines)], *wrapped(each, min(width, _READ))]
        if len(more) > height:
            return lines if number > 1 else []  # half an explanation is worse than the footnote
        lines = more
    return lines


def _draw_footnote(cells: Cells, theme: Theme) -> None:
    text = f"update/weight: usually {plain(_USUAL[0])} … {plain(_USUAL[1])}"
    if text_width(text) <= cells.width - 4:
        cells.text(2, cells.height - 2, text, theme.muted)


_SIGNS = (
    (
        "━━━━──",
        "How strongly the loss blames a layer: the length of its gradient, on a scale of powers of ten.",
    ),
    ("├─●─┤", "update/weight: how far the last step moved the layer, as a share of its weights."),
    ("usual", "Most good runs are there, at 0.0001 to 0.1. A gauge, no alarm: good runs leave it."),
    ("tiny step", "The layer hardly learns. First layers with short bars have little blame left: vanishing gradients."),
    ("big step", "Its weights change by more than a tenth in one step; often the learning rate is too large."),
)

PANEL = Panel(
    id=GRADIENTS,
    title="Gradients",
    signs=_SIGNS,
    number="3",
    draw=draw,
    wish=lambda snapshot, view: Wish(GRADIENTS, 4, least=(26, 5), wanted=(50, 8)),
    requires=("network",),
    arrows=ITEMS,
    scale=lambda snapshot, view: layer_scale(view),
    wheel=("previous_item", "next_item"),
)
