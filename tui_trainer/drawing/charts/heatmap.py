"""A matrix as colours: orange below zero, blue above; in signs and digits where there are no colours."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_trainer.drawing.cells import BOLD, DIM, Cells, style, style_array, text_width
from tui_trainer.drawing.charts.halfblocks import UPPER_HALF, draw_pixels, merged, spread, strongest
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.colours import black_or_white
from tui_trainer.drawing.theme import Theme

Matrix = NDArray[np.floating]

SIGNS = "=-.+#"
"""Strongly negative, negative, near zero, positive, strongly positive."""
_SIGN_CODES = np.array([ord(c) for c in SIGNS], dtype=np.uint32)
_WEIGHTS = np.array([style(attributes=a) for a in (BOLD, 0, DIM, 0, BOLD)], dtype=np.uint64)
_BROKEN = ord("!")
NUMBER_WIDTH = 7
"""Cells of one number of a matrix, including the blank behind it."""
_APART = 2
"""Cells between two stacks of numbers."""
_NARROWEST = 5
"""The narrowest block, in cells, with room for a number of two digits."""
_ONE_DECIMAL = 0.1
"""The smallest absolute value that one decimal can show."""
_GAP = 1
"""Pixels between two images."""
_TALLEST = 8
"""The most pixels of height per pixel of width, so that a block does not become a stripe."""


def draw_heatmap(
    matrix: Matrix,
    width: int,
    height: int,
    theme: Theme,
    *,
    scale: float,
    numbers: bool = False,
    apart: int | None = None,
    mark: tuple[int, int] | None = None,
) -> Cells:
    """`matrix` (rows, columns) in blocks as large as fit; ±`scale` > 0 has full strength, non-finite is marked.

    Too large a matrix is shrunk to the strongest value of every block. With `numbers`, each block has its own where
    all of them fit. The last row (`apart` 0) or column (1) stands apart; see `has_room_apart`. `mark`: the (row,
    column) to mark.
    """
    cells = Cells(width, height, theme.text)
    if not matrix.size or width < 1 or height < 1:
        return cells
    with_glyphs = theme.ascii or not theme.coloured
    texts = _texts(matrix, width, height, scale, apart) if numbers else None
    whole = with_glyphs or texts is not None  # lines, not their halves
    per_line = 1 if whole else 2
    lines, columns = height - (apart == 0), width - (apart == 1)
    shown = strongest(matrix, per_line * lines, columns) / scale
    across = spread(shown.shape[1], columns)
    tallest = max(_TALLEST * (columns // shown.shape[1]) * per_line // 2, 1) * shown.shape[0]
    down = spread(shown.shape[0], max(min(per_line * lines, tallest), shown.shape[0]))
    pixels = shown[np.ix_(down, across)]
    empty = np.zeros(pixels.shape, dtype=np.bool_)
    gap = 0
    if apart is not None:
        last = (down, across)[apart]
        first = int(np.argmax(last == last[-1]))
        gap = per_line + first % per_line if apart == 0 else 1
        pixels, empty = _with_gap(pixels, first, gap, 0.0, apart), _with_gap(empty, first, gap, True, apart)
        pixels, empty = pixels[: per_line * height], empty[: per_line * height]
    if with_glyphs:
        draw_signs(cells, pixels, theme, empty=empty)
    else:
        if whole:
            pixels, empty = pixels.repeat(2, axis=0), empty.repeat(2, axis=0)
        colours = np.full((len(pixels) + len(pixels) % 2, pixels.shape[1]), theme.background, dtype=np.int64)
        colours[: len(pixels)] = np.where(empty, theme.background, theme.diverging(pixels))
        draw_pixels(cells, 0, 0, colours)
        _mark_broken(cells, pixels, theme)
    if texts is not None:
        _write_texts(cells, texts, matrix / scale, down, across, apart, theme)
    if mark is not None:
        rooms = per_line * lines, columns
        blocks = [n // merged(count, room) for n, count, room in zip(mark, matrix.shape, rooms, strict=True)]
        y, x = (np.flatnonzero(each == block) for each, block in zip((down, across), blocks, strict=True))
        if apart is not None and mark[apart] == matrix.shape[apart] - 1:
            y, x = (y + gap, x) if apart == 0 else (y, x + gap)
        _mark(cells, (int(y[0]) + int(y[-1])) // 2 // per_line, int(x[0]), int(x[-1]), theme)
    return cells


def _with_gap(pixels: NDArray[Any], first: int, gap: int, value: object, axis: int) -> NDArray[Any]:
    """`pixels` with `gap` rows (`axis` 0) or columns (1) of `value` before the first. (`np.insert` takes ten times as
    long.)"""
    before, after = (pixels[:first], pixels[first:]) if axis == 0 else (pixels[:, :first], pixels[:, first:])
    shape = (gap, pixels.shape[1]) if axis == 0 else (len(pixels), gap)
    return np.concatenate([before, np.full(shape, value, pixels.dtype), after], axis)


def _mark(cells: Cells, y: int, first: int, last: int, theme: Theme) -> None:
    """Mark a block in the middle of its height: at both ends, beside its number."""
    signs = theme.sign("▸◂", "><") if last > first else theme.sign("◆", "@")
    for x, sign in zip(dict.fromkeys((first, last)), signs, strict=True):
        if y < cells.height and x < cells.width:
            is_text = cells.codes[y, x] not in (ord(" "), UPPER_HALF, *_SIGN_CODES)
            cells.text(x, y, chr(cells.codes[y, x]) if is_text else sign, theme.badge)


def has_room_apart(shape: tuple[int, ...], width: int, height: int, theme: Theme, axis: int) -> bool:
    """Whether one more row (`axis` 0) or column (1) has room beside a matrix of this shape without being merged."""
    if axis == 0:
        return shape[0] + 1 <= _pixel_rows(height - 1, theme) - 1
    return shape[1] + 1 <= width - 1


def _texts(matrix: Matrix, width: int, height: int, scale: float, apart: int | None) -> list[list[str]] | None:
    """The numbers of a matrix, each as wide as its block and a blank; None if one of them has no room."""
    rows, columns = matrix.shape
    each = (width - (apart == 1)) // columns
    if rows > height - (apart == 0) or each < _NARROWEST:
        return None
    values = [[float(value) for value in row] for row in matrix]
    if each >= NUMBER_WIDTH:
        return [[number_text(value, scale) for value in row] for row in values]
    ways = [[[compact(value, 2) for value in row] for row in values]]
    if np.abs(matrix).min() >= _ONE_DECIMAL:
        ways.append([[f"{value:.1f}".replace("-", "−") for value in row] for row in values])
    return next((texts for texts in ways if max(text_width(text) for row in texts for text in row) < each), None)


def _write_texts(
    cells: Cells,
    texts: list[list[str]],
    shares: Matrix,
    down: NDArray[np.intp],
    across: NDArray[np.intp],
    apart: int | None,
    theme: Theme,
) -> None:
    """Write each number in the middle of its block, in black or white, whichever is readable on its colour."""
    tall, wide = (int(np.count_nonzero(each == 0)) for each in (down, across))
    for row, line in enumerate(texts):
        y = row * tall + (tall - 1) // 2 + (1 if apart == 0 and row == len(texts) - 1 else 0)
        for column, text in enumerate(line):
            x = column * wide + max(wide - text_width(text), 0) // 2
            x += 1 if apart == 1 and column == len(line) - 1 else 0
            packed = theme.text
            if not np.isfinite(shares[row, column]):
                packed = theme.critical
            elif theme.coloured and not theme.ascii:
                ground = int(theme.diverging(float(shares[row, column])))
                packed = style(int(black_or_white(ground)), ground)
            elif wide > text_width(text) + 1:
                text, x = f" {text} ", x - 1
            cells.text(x, y, text, packed, width=cells.width - x)


def merged_cells(shape: tuple[int, ...], width: int, height: int, theme: Theme) -> tuple[int, int]:
    """The (rows, columns) of such a matrix that `draw_heatmap` merges into one block: (1, 1) if all have room."""
    return merged(shape[0], _pixel_rows(height, theme)), merged(shape[1], width)


def _pixel_rows(height: int, theme: Theme) -> int:
    """Rows of a map in `height` lines: one of glyphs or two of half blocks."""
    return height if theme.ascii or not theme.coloured else 2 * height


def numbers_shown(shape: tuple[int, ...], width: int, height: int) -> tuple[int, int, int]:
    """(rows, columns, stacks) of a matrix that `draw_matrix_numbers` has room for, the stacks side by side.

    A matrix of few columns and many rows is continued at the right, in stacks of `rows` rows.
    """
    columns = min(shape[1], max((width + 1) // NUMBER_WIDTH, 0))
    if columns < shape[1]:
        columns = max((width - 1) // NUMBER_WIDTH, 0)
    if shape[0] <= height or columns < shape[1]:
        return (shape[0] if shape[0] <= height else max(height - 1, 0)), columns, 1
    stacks = max((width + _APART) // (columns * NUMBER_WIDTH + _APART), 1)
    if stacks * height >= shape[0] > 0:
        stacks = -(-shape[0] // height)
        return -(-shape[0] // stacks), columns, stacks
    return max(height - 1, 0), columns, stacks


def draw_matrix_numbers(
    matrix: Matrix, width: int, height: int, theme: Theme, *, scale: float, mark: tuple[int, int] | None = None
) -> Cells:
    """`matrix` as numbers in the colours of the map; an ellipsis says that rows or columns were left out. `mark`: the
    (row, column) to mark."""
    cells = Cells(width, height, theme.text)
    high, columns, stacks = numbers_shown(matrix.shape, width, height)
    rows = min(high * stacks, matrix.shape[0])
    shares = np.asarray(matrix[:rows, :columns], dtype=np.float64) / scale
    colours = theme.number_colours(shares)
    for row in range(rows):
        left, y = row // high * (columns * NUMBER_WIDTH + _APART), row % high
        for column in range(columns):
            value = float(matrix[row, column])
            packed = theme.critical if not np.isfinite(value) else theme.text
            if theme.coloured and np.isfinite(value) and value:
                packed = style(int(colours[row, column]), theme.background)
            if (row, column) == mark:
                packed = theme.badge
            text = number_text(value, scale)
            indent = max(NUMBER_WIDTH - 1 - text_width(text), 0)
            cells.text(left + NUMBER_WIDTH * column + indent, y, text, packed, width=NUMBER_WIDTH - 1)
        if left:
            cells.text(left - _APART, y, "│", theme.border)
        if columns < matrix.shape[1]:
            cells.text(NUMBER_WIDTH * columns, y, "…", theme.muted)
    if rows < matrix.shape[0] and height:
        cells.text(0, high, f"… {matrix.shape[0] - rows} more", theme.muted)
    return cells


def number_text(value: float, scale: float) -> str:
    """One number in `NUMBER_WIDTH` − 1 cells, beside others as large as `scale`."""
    text = compact(value, 3 if 0.1 <= abs(value) < 100 else 2)
    if scale >= 0.01 and 0.0005 <= abs(value) < 0.1:  # one notation for neighbours, as far as it says something
        text = f"{value:.3f}".replace("-", "−")
    if text_width(text) > NUMBER_WIDTH - 1:
        text = compact(value, 1)
    return text if text_width(text) < NUMBER_WIDTH else "≈0"  # three digits of a negative power of ten


def draw_images(
    weight: Matrix, shape: tuple[int, int], width: int, height: int, theme: Theme, *, scale: float
) -> tuple[Cells, int]:
    """Draw the columns of `weight` (pixels, units) as images of `shape`. Returns how many had room, possibly 0."""
    rows = _pixel_rows(height, theme)
    tall, wide = _zoom(weight.shape[1], shape, width, rows)
    down_each, across_each = shape[0] * tall + _GAP, shape[1] * wide + _GAP
    across, down = max((width + _GAP) // across_each, 0), max((rows + _GAP) // down_each, 0)
    units = min(weight.shape[1], across * down)
    if not units:
        return Cells(width, height, theme.text), 0
    sheet, empty = np.zeros((rows, width)), np.ones((rows, width), dtype=np.bool_)
    for unit in range(units):
        image = weight[:, unit].reshape(shape).repeat(tall, axis=0).repeat(wide, axis=1)
        top, left = unit // across * down_each, unit % across * across_each
        there = np.s_[top : top + image.shape[0], left : left + image.shape[1]]
        sheet[there], empty[there] = image / scale, False
    cells = Cells(width, height, theme.text)
    if theme.ascii or not theme.coloured:
        draw_signs(cells, sheet, theme, empty=empty)
    else:
        draw_pixels(cells, 0, 0, np.where(empty, theme.background, theme.diverging(sheet)))
        _mark_broken(cells, sheet, theme)
    return cells, units


def _zoom(units: int, shape: tuple[int, int], width: int, rows: int) -> tuple[int, int]:
    """The integer magnifications (down, across) at which all images are as large as fit; (1, 1) if none fit.

    One may be twice the other: a stretched image is easier to read than one too small to see.
    """
    most = max(rows // shape[0], 1), max(width // shape[1], 1)
    ways = [(tall, wide) for tall in range(1, most[0] + 1) for wide in range(1, most[1] + 1)]
    fitting = [
        (tall, wide)
        for tall, wide in ways
        if max(tall, wide) <= 2 * min(tall, wide)
        and ((width + _GAP) // (shape[1] * wide + _GAP)) * ((rows + _GAP) // (shape[0] * tall + _GAP)) >= units
    ]
    return max(fitting, key=lambda way: (way[0] * way[1], -abs(way[0] - way[1]), way[0]), default=(1, 1))


def sign_levels(values: Matrix) -> NDArray[np.intp]:
    """The index in `SIGNS` of each of `values` in [−1, 1] (clipped; NaN is 0), of the same shape."""
    return np.asarray(np.rint(np.clip(np.nan_to_num(values), -1.0, 1.0) * 2.5).clip(-2, 2).astype(np.intp) + 2)


def draw_signs(cells: Cells, values: Matrix, theme: Theme, empty: NDArray[np.bool_] | None = None) -> None:
    """One glyph for each value: its sign, and whether it is weak or strong, on the map's colour if there is one."""
    rows, columns = values.shape
    level = sign_levels(values)
    codes = np.where(np.isfinite(values), _SIGN_CODES[level], _BROKEN)
    styles = _WEIGHTS[level]
    if theme.coloured:
        styles = style_array(theme.diverging(np.sign(values)), theme.background)
    if empty is not None:
        codes = np.where(empty, ord(" "), codes)
    cells.codes[:rows, :columns] = codes
    cells.styles[:rows, :columns] = styles


def _mark_broken(cells: Cells, pixels: Matrix, theme: Theme) -> None:
    """Draw ✗ over every cell whose value is not finite."""
    broken = ~np.isfinite(pixels)
    if broken.any():
        padded = np.zeros((len(pixels) + len(pixels) % 2, pixels.shape[1]), dtype=np.bool_)
        padded[: len(pixels)] = broken
        where = padded[0::2] | padded[1::2]
        rows, columns = where.shape
        cells.codes[:rows, :columns][where] = ord("✗")
        cells.styles[:rows, :columns][where] = theme.critical
