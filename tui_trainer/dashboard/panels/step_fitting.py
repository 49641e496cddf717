"""Which lines of an account of one iteration fit into a panel, with how many digits, and which in several rows.

The phase at work gets the most room; the others get what is left.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from msgspec import structs

from tui_trainer.arrays import Floats
from tui_trainer.dashboard.panels.step_line import Line, in_digits, significant
from tui_trainer.drawing.cells import text_width
from tui_trainer.drawing.charts.heatmap import NUMBER_WIDTH, number_text
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.text_fitting import Wordings, wrapped
from tui_trainer.formulas.digits import named
from tui_trainer.telemetry import Phase

_LABEL = 28
"""Cells for the words in front of vectors; all vectors begin in the same column."""
STRIP = 5
"""The least cells of a strip of colours."""
_AMOUNTS = ((3, 3), (3, 2), (2, 2), (3, 1), (2, 1), (2, 0), (1, 1), (1, 0), (0, 0))
"""How much to show, from the most to the least: the detail of the phase at work (of all phases, where none is), and the
detail of the others."""
_IN_WORDS = 8
"""Rows of a plain account without its vectors."""
_NUMBER_ROWS = 8
"""The most rows for the numbers of a vector; a longer one becomes a strip of colours."""
_FEW_NUMBERS = 4
"""A vector of so many is a strip only where not even the main lines have room otherwise."""
_MOST_IN_A_ROW = 40
"""Numbers in a row of the widest screen."""
_PASSES = 2
"""How often at most the lines are chosen again because their numbers need more digits, and so more room."""


def number_rows(all_lines: list[Line], rows: int, room: int) -> int:
    """Rows for the numbers of a vector, 0 where all are strips: the same at every step of a network in a panel."""
    lengths = [len(line.vector) for line in all_lines if line.vector is not None and line.detail <= 1]
    in_a_row = max((room - _LABEL + 1) // NUMBER_WIDTH, 1)
    needed = [-(-length // in_a_row) for length in lengths]
    many = max(lengths, default=0) > _FEW_NUMBERS
    return 0 if many and (max(needed) > _NUMBER_ROWS or sum(needed) + _IN_WORDS > rows) else _NUMBER_ROWS


def in_one_precision(
    all_lines: list[Line], rows: int, room: int, phase: Phase | None, numbers: int
) -> tuple[list[Line], int]:
    """The lines that fit, long ones broken into rows, each number with the same digits everywhere: the most that any
    line needs. Also returns `numbers`, or 0 where even the fewest lines do not fit with numbers."""
    all_lines = [structs.replace(line, texts=_texts(line, numbers)) for line in all_lines]
    precision: dict[str, int] = {}
    for _ in range(_PASSES):
        all_lines = [_with_digits(line, precision) for line in all_lines]
        before = len(precision), sum(precision.values())
        chosen = _chosen(all_lines, rows, room, phase, numbers)
        label = label_width(chosen, room)
        while _grow(precision, chosen, room, label, numbers):
            chosen = [_with_digits(line, precision) for line in chosen]
        if (len(precision), sum(precision.values())) == before:
            break
    if sum(rows_of(line, room, label, numbers) for line in chosen) <= rows:
        return _broken(chosen, rows, room), numbers
    return _broken(chosen, rows - len(chosen), room), 0


def _with_digits(line: Line, asked: Mapping[str, int]) -> Line:
    """The line with its numbers in these digits."""
    precision, texts = line.concerned(asked), line.texts
    if line.vector is not None and texts:
        texts = tuple(in_digits(v, text, asked) for v, text in zip(line.vector.tolist(), texts, strict=True))
    if line.cell and precision == line.precision and texts == line.texts:
        return line
    cell = max([NUMBER_WIDTH, *(text_width(text) + 1 for text in texts)])
    return structs.replace(line, precision=precision, texts=texts, cell=cell)


def _grow(precision: dict[str, int], chosen: list[Line], room: int, label: int, numbers: int) -> bool:
    """Raise the digits asked for to those that the lines show; returns whether any rose."""
    grown = False
    for line in chosen:
        for name, digits in (*line.digits_used(room), *_digits_of_vector(line, room - label, numbers)):
            if digits > precision.get(name, 0):
                precision[name], grown = digits, True
    return grown


def _digits_of_vector(line: Line, room: int, most: int) -> Iterator[tuple[str, int]]:
    """The digits of a vector's numbers, where they are written out."""
    if line.vector is None or not (len(line.texts) == 1 or chunks_of(line, room, most)):
        return
    for value, text in zip(line.vector.tolist(), line.texts, strict=True):
        if value and math.isfinite(value):
            yield named(value), significant(text)


def _texts(line: Line, most: int) -> tuple[str, ...]:
    """The numbers of a vector as text; none where it is too long for this many rows."""
    if line.vector is None or len(line.vector) > max(most * _MOST_IN_A_ROW, 1):
        return ()
    values, scale = line.vector.tolist(), scale_of(line.vector)
    return tuple(number_text(value, scale) if len(values) > 1 else compact(value) for value in values)


def scale_of(vector: Floats) -> float:
    return float(np.abs(vector[np.isfinite(vector)]).max(initial=0.0)) or 1.0


def _chosen(all_lines: list[Line], rows: int, room: int, phase: Phase | None, numbers: int) -> list[Line]:
    """The lines that fit, before long ones are broken into rows."""
    for most, others in _AMOUNTS:
        chosen = [line for line in all_lines if line.detail <= _amount(line, phase, most, others) < line.until]
        if len(chosen) > rows:
            continue
        label = label_width(chosen, room)
        spare = rows - sum(rows_of(line, room, label, numbers) for line in chosen)
        if spare >= 0:
            more = [line for line in all_lines if line.detail > _amount(line, phase, most, others)]
            return _filled(all_lines, chosen, more, spare, room, numbers)
    if len(chosen) <= rows:
        return chosen
    at_work = next((number for number, line in enumerate(chosen) if line.phase == phase), 0)
    start = min(at_work, max(len(chosen) - rows, 0))
    return chosen[start : start + rows]


def _filled(
    all_lines: list[Line], chosen: list[Line], more: list[Line], spare: int, room: int, numbers: int
) -> list[Line]:
    """The chosen lines, and in spare rows the lines of the next details that fit."""
    label = label_width(chosen, room)
    for line in sorted(more, key=lambda line: line.detail):
        if not spare:
            break
        if any(other.phase == line.phase and other.until <= line.detail for other in chosen):
            continue  # it would repeat that line
        wider = label if line.vector is None else max(label, label_width([line], room))
        needed = rows_of(line, room, wider, numbers)
        if needed <= spare and (line.vector is None or len(line.vector) < 2 or room - wider >= STRIP):
            kept = {id(each) for each in (*chosen, line)}
            chosen, spare, label = [each for each in all_lines if id(each) in kept], spare - needed, wider
    return chosen


def _amount(line: Line, phase: Phase | None, most: int, others: int) -> int:
    """The most detail that a line may have; 0 while it is still the previous iteration's."""
    if phase is None or line.phase == phase:
        return most
    return others if line.phase < phase else 0


def _broken(chosen: list[Line], spare: int, room: int) -> list[Line]:
    """The same lines; those that are too long are broken into several while rows are spare, else shortened."""
    broken: list[Line] = []
    for line in chosen:
        parts = _parts(line, room)
        if len(parts) > 1:
            if len(parts) > spare + 1:
                parts = [line.short(room)]
            spare -= len(parts) - 1
        broken += [structs.replace(line, wordings=Wordings(part), equation=None) for part in parts] or [line]
    return broken


def _parts(line: Line, room: int) -> list[str]:
    """The words of the line in as many rows as they need; none for a line with a vector."""
    return [] if line.vector is not None else wrapped(line.words(room), room)


def label_width(chosen: list[Line], room: int) -> int:
    """Cells for the words in front of vectors, so that all vectors begin in one column."""
    most = min(room // 2, _LABEL)
    widths = [text_width(line.words(most)) for line in chosen if line.vector is not None]
    return min(max(widths, default=0) + 1, room)


def rows_of(line: Line, room: int, label: int, numbers: int) -> int:
    if line.vector is None:
        return len(_parts(line, room))
    return max(len(chunks_of(line, room - label, numbers)), 1)


def chunks_of(line: Line, room: int, most: int) -> list[Floats]:
    """The numbers of each row; none where they would take more than `most` rows."""
    if line.vector is None or len(line.texts) < 2:
        return []
    each = max((room + 1) // line.cell, 0)
    if not each or len(line.vector) > each * most:
        return []
    return [line.vector[start : start + each] for start in range(0, len(line.vector), each)]
