"""The four phases with the real numbers of this iteration: one example and one weight followed all the way.

The phase at work has the most room; then comes what the others have to say, as far as the panel reaches.
"""

from __future__ import annotations

import numpy as np
from msgspec import structs

from tui_trainer.telemetry import Phase, Snapshot, Status
from tui_trainer.tui.cells import Cells, text_width
from tui_trainer.tui.charts.heatmap import NUMBER_WIDTH, draw_heatmap, draw_matrix_numbers
from tui_trainer.tui.charts.numbers import compact, count
from tui_trainer.tui.panels.border import Freshness, freshness, open_panel, say
from tui_trainer.tui.panels.step_line import Floats, Line, in_ascii
from tui_trainer.tui.panels.step_lines import lines, short_name
from tui_trainer.tui.theme import Theme
from tui_trainer.tui.view import View
from tui_trainer.tui.words import fewer_words, wrapped

_TITLE = 21
"""Cells of the upper edge that the panel's name takes, with its key and the corners."""
_INDENT, _SHORT_INDENT = 9, 2
"""Cells in front of a phase's lines: its word, or its first letter where room is short."""
_LABEL = 24
"""Cells that the words in front of a vector may take."""
_STRIP = 5
"""Cells from which on a strip of colours is drawn."""
_DROPPED = "drop"
"""Stands in place of the 0 of a unit that dropout has silenced: another 0 than that of a ReLU."""
_WIDEST = 2
"""Cells that one value of a strip may take."""
_AMOUNTS = (
    *((3, 3, 8), (3, 2, 8), (2, 2, 8), (3, 3, 3), (3, 2, 3), (3, 1, 3), (2, 2, 3), (2, 1, 3)),
    *((2, 2, 0), (2, 1, 0), (2, 0, 0), (1, 1, 0), (1, 0, 0), (0, 0, 0)),
)
"""How much to say: the detail of the phase at work (of all, where none is), that of the others, and the rows that the
numbers of a vector may take, longer ones being strips of colours; from the most to the least."""


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size."""
    step = snapshot.step
    cells = open_panel("step", "This step", view, width, height, theme, note=_note(snapshot, width))
    room, rows = width - 4, height - 2
    if room < 4 or rows < 1:
        return cells
    if step is None:
        iteration, phase = view.sign("step"), view.sign("phase")
        made = "No step from these weights yet" if snapshot.iteration else "No step yet"
        say(cells, f"{made}: press {iteration} for one iteration or {phase} for one phase.", theme.muted)
        return cells
    indent = _INDENT if room >= 24 else _SHORT_INDENT if room >= 12 else 0
    told = [in_ascii(line) if theme.ascii else line for line in lines(snapshot, step)]
    chosen, numbers = _chosen(told, rows, room - indent, snapshot.phase)
    label = _label_width(chosen, room - indent)
    each = [_rows(line, room - indent, label, numbers) for line in chosen]
    gap = 1 if sum(each) + len(Phase) - 1 <= rows else 0
    y, last = 1, None
    for line, height_of_line in zip(chosen, each, strict=True):
        state = freshness(snapshot, line.phase)
        if line.phase != last:
            y += gap if last is not None else 0
            word = {"calm": theme.strong, "fresh": theme.badge, "stale": theme.stale}[state]
            cells.text(2, y, line.phase.word[: max(indent - 1, 0)], word)
        _draw_line(cells, 2 + indent, y, line, state, label, numbers, theme)
        y += height_of_line
        last = line.phase
    return cells


def _note(snapshot: Snapshot, width: int) -> str:
    """Whose numbers these are; the iteration too where the header is ahead of them, since at full speed they stay for
    as long as it takes to read them."""
    step = snapshot.step
    if step is None:
        return ""
    example, at = f"example {step.example + 1} of {step.batch_size}", f"after {count(snapshot.iteration)}"
    ways: tuple[str, ...] = (f"{example} · {short_name(step.weight)}", example)
    if snapshot.status is Status.RUNNING and snapshot.pace is None:
        ways = (*(f"{at}, {way}" for way in ways), at)
    return fewer_words(ways, width - _TITLE)


def _chosen(all_lines: list[Line], rows: int, room: int, phase: Phase | None) -> tuple[list[Line], int]:
    """The lines for which there is room, long ones broken into rows; the rows that the numbers of a vector may take."""
    for most, others, numbers in _AMOUNTS:
        chosen = [line for line in all_lines if line.detail <= _amount(line, phase, most, others) < line.until]
        if len(chosen) > rows:
            continue
        label = _label_width(chosen, room)
        spare = rows - sum(_rows(line, room, label, numbers) for line in chosen)
        if spare >= 0:
            more = [line for line in all_lines if line.detail == _amount(line, phase, most, others) + 1]
            return _broken(_filled(all_lines, chosen, more, spare, room, numbers), rows, room), numbers
    if len(chosen) <= rows:
        return _broken(chosen, rows - len(chosen), room), 0
    at_work = next((number for number, line in enumerate(chosen) if line.phase == phase), 0)
    start = min(at_work, max(len(chosen) - rows, 0))
    return chosen[start : start + rows], 0


def _filled(
    all_lines: list[Line], chosen: list[Line], more: list[Line], spare: int, room: int, numbers: int
) -> list[Line]:
    """The chosen lines and, in the rows that are to spare, those that fit of the next detail."""
    for line in more if spare else ():
        if any(other.phase == line.phase and other.until == line.detail for other in chosen):
            continue  # this one would say it again
        kept = {id(each) for each in (*chosen, line)}
        with_it = [each for each in all_lines if id(each) in kept]
        label = _label_width(with_it, room)
        needed = _rows(line, room, label, numbers)
        if needed <= spare and (line.vector is None or len(line.vector) < 2 or room - label >= _STRIP):
            chosen, spare = with_it, spare - needed
    return chosen


def _amount(line: Line, phase: Phase | None, most: int, others: int) -> int:
    """The detail that a line may have: what is still the previous iteration's has none."""
    if phase is None or line.phase == phase:
        return most
    return others if line.phase < phase else 0


def _broken(chosen: list[Line], spare: int, room: int) -> list[Line]:
    """The same lines, those that are too long broken into several while rows are spare, else in their fewest words."""
    broken: list[Line] = []
    for line in chosen:
        parts = _parts(line, room)
        if len(parts) > 1:
            if len(parts) > spare + 1:
                parts = [line.short(room)]
            spare -= len(parts) - 1
        broken += [structs.replace(line, ways=(part,), equation="") for part in parts] or [line]
    return broken


def _parts(line: Line, room: int) -> list[str]:
    """The shortest words that are not cut, in as many rows as they need; none for a line with a vector."""
    return [] if line.vector is not None else wrapped(line.words(room), room)


def _label_width(chosen: list[Line], room: int) -> int:
    """Cells for the words in front of vectors, so that all vectors begin in one column."""
    most = min(room // 2, _LABEL)
    widths = [text_width(line.words(most)) for line in chosen if line.vector is not None]
    return min(max(widths, default=0) + 1, room)


def _rows(line: Line, room: int, label: int, numbers: int) -> int:
    """The rows that a line takes."""
    if line.vector is None:
        return len(_parts(line, room))
    return max(len(_chunks(line.vector, room - label, numbers)), 1)


def _chunks(vector: Floats, room: int, most: int) -> list[Floats]:
    """The numbers of each row, as many as fit; none where they would take more than `most` rows."""
    each = max((room + 1) // NUMBER_WIDTH, 0)
    if len(vector) < 2 or not each or len(vector) > each * most:
        return []
    return [vector[start : start + each] for start in range(0, len(vector), each)]


def _draw_line(
    cells: Cells, x: int, y: int, line: Line, state: Freshness, label: int, numbers: int, theme: Theme
) -> None:
    """loss −ln(0.95) = 0.05: words, and behind them the vector where there is one."""
    packed = {"calm": theme.text, "fresh": theme.fresh, "stale": theme.stale}[state]
    room = cells.width - 2 - x
    if line.vector is None:
        cells.text(x, y, line.short(room), theme.critical if line.broken else packed, width=room)
        return
    cells.text(x, y, line.words(label - 1), packed, width=label - 1)
    _draw_vector(cells, x + label, y, room - label, line, numbers, packed, theme)


def _draw_vector(cells: Cells, x: int, y: int, room: int, line: Line, numbers: int, packed: int, theme: Theme) -> None:
    """A number, several rows of numbers, or a strip with a block for each; what is followed stands out."""
    vector = line.vector
    if vector is None or room < 1:
        return
    finite = np.isfinite(vector)
    if len(vector) == 1:
        cells.text(x, y, compact(float(vector[0])) if finite[0] else "✗ not finite", packed, width=room)
        return
    scale = float(np.abs(vector[finite]).max(initial=0.0)) or 1.0
    chunks = _chunks(vector, room, numbers)
    dropped = np.zeros(len(vector), np.bool_) if line.dropped is None else line.dropped
    for number, chunk in enumerate(chunks):
        cells.paste(draw_matrix_numbers(chunk[None, :], room, 1, theme, scale=scale), x, y + number)
        for silent in np.flatnonzero(dropped[number * len(chunks[0]) :][: len(chunk)]).tolist():
            cells.text(x + NUMBER_WIDTH * silent, y + number, f"{_DROPPED:>{NUMBER_WIDTH - 1}}", theme.muted)
    if chunks and line.marked is not None:
        row, column = divmod(line.marked, len(chunks[0]))
        where = slice(x + NUMBER_WIDTH * column, x + NUMBER_WIDTH * (column + 1) - 1)
        if row < len(chunks):
            cells.styles[y + row, where] = theme.chosen
    if not chunks and not finite.all():
        cells.text(x, y, f"✗ {np.count_nonzero(~finite)} of {len(vector)} not finite", theme.critical, width=room)
    elif not chunks and room >= _STRIP:
        cells.paste(draw_heatmap(vector[None, :], min(room, _WIDEST * len(vector)), 1, theme, scale=scale), x, y)
