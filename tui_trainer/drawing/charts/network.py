"""A network as a drawing: a column of cells for each layer, and between them a line for every weight.

The colour of a line shows the sign and the size of its weight, and lines of negative weights are broken. Where lines
cross, the strongest is on top.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.drawing.cells import Cells, style_array, text_width
from tui_trainer.drawing.charts.braille import BLANK, pack
from tui_trainer.drawing.charts.halfblocks import draw_pixels
from tui_trainer.drawing.charts.heatmap import SIGNS, Matrix, sign_levels
from tui_trainer.drawing.charts.network_image import draw_image_block, image_block
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.theme import Theme

Vector = NDArray[np.floating]

_NODE, _NUMBER = 3, 7
"""Width of a unit in cells, as a colour and as a number."""
_MAP, _BESIDE = 6, 3
"""Width in cells of a unit's map, and of the blank and the colour of its value beside it."""
_TALLEST = 3
"""The most rows of a unit: as many as a map of half blocks needs."""
_FAINTEST = 0.08
"""Share of the largest weight of a layer below which there is no line."""
_LINES_PER_ROW = 1.5
"""The most lines between two layers for each row of the drawing, the strongest ones: more become a grey fog."""
_LABELLED = 8
"""The most weights between two layers whose lines are labelled with their values."""
_LINE = 10
"""Cells of width between two layers that names leave to the lines."""
_PER_CELL = (4, 2)
"""Dots of a braille cell, down and across."""


class LayerColumn(Struct, frozen=True, kw_only=True):
    """The units of one layer."""

    size: int
    """The number of units. The drawing shows the first ones if not all have room."""
    values: Vector | None = None
    """(size,): their values; None draws them empty."""
    maps: NDArray[np.float32] | None = None
    """(units shown, rows, columns) in [−1, 1]: their values over the plane, if known."""
    image: tuple[int, int] | None = None
    """(rows, columns) of the image whose pixels are the units, for the first column if all their weights are given."""
    full: float | None = None
    """The value with the strongest colour; None for the largest value of the column."""
    silent: NDArray[np.bool_] | None = None
    """(size,): whether a unit is silenced by dropout, and crossed out."""
    names: Sequence[str] = ()
    """Written beside the first and the last column, on the outside."""


def draw_network(
    columns: Sequence[LayerColumn],
    weights: Sequence[Matrix],
    width: int,
    height: int,
    theme: Theme,
    *,
    numbers: bool,
    chosen: tuple[int, int, int] | None = None,
    labels: bool = False,
    lit_from: int = 0,
) -> Cells:
    """`weights`: between each two columns at least as many (inputs, units) as `height` rows have room for.

    `chosen`: number of the matrix, input and unit of a weight whose line stands out. `labels`: whether few lines have
    their numbers on them. Lines of matrices before `lit_from` are faint.
    """
    cells = Cells(width, height, theme.text)
    shown = _shown(columns, height)
    with_maps = shows_maps(columns, width, height, theme, numbers=numbers)
    node = _NUMBER if numbers else _MAP + _BESIDE if with_maps else _NODE
    spare = (width - node * len(columns) - _LINE * (len(columns) - 1)) // 2
    left, right = (_widest(columns[end].names, max(width // 5, spare)) for end in (0, -1))
    needed = (len(columns) - 1) * (node + 3)
    image = image_block(columns[0].image, width, height, theme) if columns[0].image else None
    if image and width - right - image.width < needed:
        image = None
    left, first = (0, image.width) if image else (left, node)
    room = width - left - right - first
    if room < needed or height < 2:
        return cells
    xs = [left, *(left + first + room * number // (len(columns) - 1) - node for number in range(1, len(columns)))]
    if image:
        shown[0] = columns[0].size
    tops, tall = zip(
        *(_rows(n, height if n == column.size else n) for n, column in zip(shown, columns, strict=True)), strict=True
    )
    middles = [top + high / 2 for top, high in zip(tops, tall, strict=True)]
    if image:
        middles[0] = image.pixel_rows
    for number, weight in enumerate(weights):
        part = np.asarray(weight[: shown[number], : shown[number + 1]], dtype=np.float64)
        x = xs[number] + (node if number else first)
        line = chosen[1:] if chosen is not None and chosen[0] == number else None
        ends = x, xs[number + 1], middles[number], middles[number + 1]
        lines = _draw_lines(cells, part, *ends, line, theme, is_lit=number >= lit_from)
        if labels and part.size <= _LABELLED:
            _label_lines(cells, part, lines, *ends, theme)
    for x, column, count, top, high in list(zip(xs, columns, shown, tops, tall, strict=True))[1 if image else 0 :]:
        _draw_column(cells, x, node, column, count, top, high, theme, numbers=numbers)
        if with_maps and column.maps is not None:
            _draw_maps(cells, x, column.maps[:count], top, theme)
    if image:
        draw_image_block(cells, image, columns[0].values, theme)
    else:
        _write_names(cells, columns[0], 0, tops[0] + tall[0] // 2, left, theme)
    _write_names(cells, columns[-1], xs[-1] + node + 1, tops[-1] + tall[-1] // 2, right - 1, theme)
    return cells


def _shown(columns: Sequence[LayerColumn], height: int) -> list[int]:
    """How many units of each column have room."""
    return [column.size if column.size <= height else height - 1 for column in columns]


def strongest_lines(columns: Sequence[LayerColumn], weights: Sequence[Matrix], height: int) -> tuple[float, ...]:
    """The absolute weight whose line has the full colour, between each two columns of a diagram of this height."""
    shown = _shown(columns, height)
    if columns[0].image:
        shown[0] = columns[0].size
    parts = [np.abs(weight[: shown[n], : shown[n + 1]]) for n, weight in enumerate(weights)]
    return tuple(float(part[np.isfinite(part)].max(initial=0.0)) for part in parts)


def shows_maps(columns: Sequence[LayerColumn], width: int, height: int, theme: Theme, *, numbers: bool) -> bool:
    """Whether all units are drawn as maps: only if each has one, there are colours, and all have room, and with them
    their names and lines.

    There may be maps for fewer units, if a smaller panel asked for them.
    """
    names = sum(_widest(columns[end].names, width) for end in (0, -1))
    across = (_MAP + _BESIDE + _LINE) * len(columns) - _LINE + names <= width
    room = across and max(column.size for column in columns) * (_TALLEST + 1) <= height
    mapped = all(column.maps is not None and len(column.maps) == column.size for column in columns)
    return room and mapped and theme.coloured and not (theme.ascii or numbers)


def _widest(names: Sequence[str], most: int) -> int:
    """Cells of the longest name of a column and a blank."""
    return min(max(map(text_width, names), default=-1) + 1, most)


def _rows(count: int, height: int) -> tuple[NDArray[np.intp], int]:
    """The top row of each of `count` units, and how many rows a unit has."""
    tall = _TALLEST if count * (_TALLEST + 1) <= height else max(height // (2 * count), 1)
    middles = (np.arange(count) + 0.5) * height / count
    return np.clip(np.floor(middles - tall / 2 + 0.5), 0, height - tall).astype(np.intp), tall


def _draw_lines(
    cells: Cells,
    weight: Matrix,
    x: int,
    end: int,
    begin_rows: Vector,
    end_rows: Vector,
    chosen: tuple[int, int] | None,
    theme: Theme,
    *,
    is_lit: bool,
) -> list[int]:
    """Lines in the columns x … end − 1, from rows to rows. Returns the weights drawn, as indices of the flat matrix."""
    finite = np.abs(np.where(np.isfinite(weight), weight, 0.0))
    scale = float(finite.max(initial=0.0))
    if not scale or end <= x:
        return []
    strength = (weight / scale).ravel()
    most = max(round(_LINES_PER_ROW * cells.height), 8)
    order = np.argsort(finite, axis=None)[-most:]
    order = order[finite.ravel()[order] >= _FAINTEST * scale]
    is_chosen = chosen is not None and chosen[0] < len(weight) and chosen[1] < weight.shape[1]
    if chosen is not None and is_chosen:  # drawn last, over all others
        index = chosen[0] * weight.shape[1] + chosen[1]
        order = np.append(order[order != index], index)
    source, unit = np.divmod(order, weight.shape[1])
    down, across = (1, 1) if theme.ascii else _PER_CELL
    wide, high = (end - x) * across, cells.height * down
    y0, y1 = begin_rows[source] * down, end_rows[unit] * down
    steps = max(wide, int(np.abs(y1 - y0).max(initial=0)) + 1)
    share = np.linspace(0.0, 1.0, steps)
    dot_y = np.clip((y0[:, None] + (y1 - y0)[:, None] * share).astype(np.intp), 0, high - 1)
    dot_x = np.broadcast_to(np.rint(share * (wide - 1)).astype(np.intp), dot_y.shape)
    value = np.broadcast_to(strength[order][:, None], dot_y.shape)
    line = dot_y[-1] // down, x + dot_x[-1] // across
    drawn = (value > 0) | (dot_x // across % 3 != 2)
    dot_y, dot_x, value = dot_y[drawn], dot_x[drawn], value[drawn]
    mask = np.zeros((high, wide), dtype=np.bool_)
    mask[dot_y, dot_x] = True
    strongest = np.zeros((cells.height, end - x))
    strongest[dot_y // down, dot_x // across] = value  # in increasing order of size: the last one stays
    area = np.s_[:, x:end]
    codes = np.where(strongest > 0, ord("+"), ord("-")) if theme.ascii else pack(mask)
    there = mask if theme.ascii else codes != BLANK
    cells.codes[area] = np.where(there, codes, ord(" "))
    if theme.coloured:
        colours = style_array(theme.diverging(strongest), theme.background) if is_lit else np.uint64(theme.faint)
        cells.styles[area] = np.where(there, colours, cells.styles[area])
    if is_chosen:
        cells.styles[line] = theme.fresh
    return sorted(order.tolist())


def _label_lines(
    cells: Cells, weight: Matrix, lines: list[int], x: int, end: int, begin_rows: Vector, end_rows: Vector, theme: Theme
) -> None:
    """Write the value of each weight on its line; none if one would cover another."""
    placed: list[tuple[int, int, str]] = []
    for place, index in enumerate(lines):
        source, unit = divmod(index, weight.shape[1])
        text, share = f" {compact(float(weight[source, unit]), 2)} ", (place + 1) / (len(lines) + 1)
        left = x + round(share * (end - x)) - text_width(text) // 2
        y = int(begin_rows[source] + (end_rows[unit] - begin_rows[source]) * share)
        placed.append((min(y, cells.height - 1), left, text))
        if left < x or left + text_width(text) > end:
            return
    taken = [(y, each) for y, left, text in placed for each in range(left, left + text_width(text))]
    for y, left, text in placed if len(taken) == len(set(taken)) else ():
        cells.text(left, y, text, theme.text)


def _draw_column(
    cells: Cells,
    x: int,
    width: int,
    column: LayerColumn,
    count: int,
    tops: NDArray[np.intp],
    tall: int,
    theme: Theme,
    *,
    numbers: bool,
) -> None:
    """The units of one layer."""
    rows = (tops[:, None] + np.arange(tall)).ravel()
    cells.codes[rows, x : x + width], cells.styles[rows, x : x + width] = ord(" "), theme.text
    middles = (tops + tall // 2).tolist()
    if column.values is None:
        for y in middles:
            cells.text(x, y, "·" * width, theme.faint)
    elif numbers:
        for y, value in zip(middles, column.values.tolist(), strict=False):
            text = next((t for n in (2, 1) if text_width(t := compact(value, n)) <= width), "≈0")
            cells.text(x + max(width - text_width(text), 0), y, text, theme.strong, width=width)
    else:
        _draw_values(cells, x, width, column.values[:count], column.full, rows, middles, theme)
    if column.silent is not None:
        for y in np.array(middles)[column.silent[:count]].tolist():
            cells.text(x, y, theme.sign("╳", "x").center(width), theme.muted)
    if count < column.size:
        more = f"+{column.size - count}"
        cells.text(max(x + (width - len(more)) // 2, 0), cells.height - 1, more, theme.muted)


def _draw_values(
    cells: Cells,
    x: int,
    width: int,
    values: Vector,
    full: float | None,
    rows: NDArray[np.intp],
    middles: list[int],
    theme: Theme,
) -> None:
    """Draw blocks of colour, or signs without colour; ✗ for a value that is not finite."""
    finite = np.isfinite(values)
    values = np.where(finite, values, 0.0)
    shares = np.clip(values / (full or float(np.abs(values).max(initial=0.0)) or 1.0), -1.0, 1.0)
    with_glyphs = theme.ascii or not theme.coloured
    if not with_glyphs:
        colours = style_array(0, theme.diverging(shares))
        cells.styles[rows, x : x + width] = colours.repeat(len(rows) // max(len(values), 1))[:, None]
    for y, level, is_finite in zip(middles, sign_levels(shares).tolist(), finite.tolist(), strict=True):
        if not is_finite:
            cells.text(x, y, "✗" * width, theme.critical)
        elif with_glyphs:
            cells.text(x, y, f"[{SIGNS[level]}]", theme.text)


def _draw_maps(cells: Cells, x: int, maps: NDArray[np.float32], tops: NDArray[np.intp], theme: Theme) -> None:
    """Draw a map in the left part of each unit. Its value for the example stays visible at its right."""
    colours = theme.diverging(maps)
    rows = (tops[:, None] + np.arange(_TALLEST)).ravel()
    cells.styles[rows, x + _MAP] = theme.text
    for unit, top in enumerate(tops.tolist()):
        draw_pixels(cells, x, top, colours[unit])


def _write_names(cells: Cells, column: LayerColumn, x: int, rows: NDArray[np.intp], room: int, theme: Theme) -> None:
    for name, y in zip(column.names, rows, strict=False):
        cells.text(x, int(y), name, theme.muted, width=max(room, 0))
