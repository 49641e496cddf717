"""Rows of words and numbers as aligned lines of text."""

from __future__ import annotations

from collections.abc import Sequence

from tui_trainer.drawing.cells import text_width

Rows = list[tuple[str, ...]]


def without_empty_columns(rows: Rows) -> Rows:
    """The rows without columns that are empty below their heading, such as accuracies of a regression."""
    columns = [column for column in zip(*rows, strict=True) if any(column[1:])]
    return list(zip(*columns, strict=True))


def fitting(rows: Rows, width: float, spare: Sequence[str]) -> Rows:
    """The rows without the columns of `spare` headings, the first ones first, as far as they have no room in `width`
    cells."""
    for heading in spare:
        if heading in rows[0] and max(map(text_width, aligned(rows))) > width:
            place = rows[0].index(heading)
            rows = [row[:place] + row[place + 1 :] for row in rows]
    return rows


def aligned(rows: Rows) -> list[str]:
    """The rows as lines: words left-aligned, numbers right-aligned, by the width of cells on a terminal."""
    widths = [max(map(text_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        blanks = [" " * (width - text_width(cell)) for cell, width in zip(row, widths, strict=True)]
        numbers = [blank + cell for blank, cell in zip(blanks[1:], row[1:], strict=True)]
        lines.append("  ".join([row[0] + blanks[0], *numbers]).rstrip())
    return lines
