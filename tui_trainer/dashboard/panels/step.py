"""The four phases with the real numbers of this iteration, for one example and one weight.

The phase at work gets the most room; the others get what is left.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
from msgspec import structs

from tui_trainer.arrays import Floats
from tui_trainer.dashboard.layout import Wish
from tui_trainer.dashboard.panels.border import Freshness, freshness, open_panel, say
from tui_trainer.dashboard.panels.panel import Items, Panel
from tui_trainer.dashboard.panels.step_line import Line, in_digits, significant
from tui_trainer.dashboard.panels.step_lines import lines, short_name
from tui_trainer.dashboard.view import Act, KeyAction, View, viewing
from tui_trainer.drawing.cells import Cells, style, text_width
from tui_trainer.drawing.charts.heatmap import NUMBER_WIDTH, draw_heatmap, number_text
from tui_trainer.drawing.charts.numbers import compact, count
from tui_trainer.drawing.text_fitting import Wordings, wrapped
from tui_trainer.drawing.theme import Theme
from tui_trainer.formulas.digits import named
from tui_trainer.formulas.printing import ASCII, BOOK
from tui_trainer.telemetry import Phase, PictureRequest, Snapshot, WeightAddress, present

_TITLE = 21
"""Cells of the upper edge for the panel's name, with its key and the corners."""
_INDENT, _SHORT_INDENT = 9, 2
"""Cells in front of a phase's lines: for its word, or for its first letter where room is short."""
_LABEL = 24
"""Cells for the words in front of vectors; all vectors begin in the same column."""
_STRIP = 5
"""The least cells of a strip of colours."""
_DROPPED = "drop"
"""Shown for a unit that dropout has silenced, whose 0 is not that of a ReLU."""
_WIDEST = 2
"""Cells of one value of a strip."""
_AMOUNTS = ((3, 3), (3, 2), (2, 2), (3, 1), (2, 1), (2, 0), (1, 1), (1, 0), (0, 0))
"""How much to show, from the most to the least: the detail of the phase at work (of all phases, where none is), and the
detail of the others."""
_IN_WORDS = 8
"""Rows of a plain account without its vectors."""
_NUMBER_ROWS = 8
"""The most rows for the numbers of a vector; a longer one becomes a strip of colours."""
_MOST_IN_A_ROW = 40
"""Numbers in a row of the widest screen."""
_PASSES = 2
"""How often at most the lines are chosen again because their numbers need more digits, and so more room."""


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size."""
    step = snapshot.step
    cells = open_panel("step", "This step", view, width, height, theme, note=_note(snapshot, width))
    room, rows = width - 4, height - 2
    if room < 4 or rows < 1:
        return cells
    if step is None:
        if snapshot.control is None:
            say(cells, "This run does not tell single steps.", theme.muted)
            return cells
        iteration, phase = view.sign("step"), view.sign("phase")
        made = "No step from these weights yet" if snapshot.iteration else "No step yet"
        say(cells, f"{made}: press {iteration} for one iteration or {phase} for one phase.", theme.muted)
        return cells
    indent = _INDENT if room >= 28 else _SHORT_INDENT if room >= 12 else 0
    account = list(lines(snapshot, step, ASCII if theme.ascii else BOOK))
    numbers = _number_rows(account, rows, room - indent)
    chosen, numbers = _in_one_precision(account, rows, room - indent, snapshot.phase, numbers)
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
    """The example and the weight; at full speed the iteration too, since the numbers stay long enough to be read while
    the header moves on."""
    step = snapshot.step
    if step is None:
        return ""
    example, at = f"example {step.example + 1} of {step.batch_size}", f"after {count(snapshot.iteration)}"
    wordings = Wordings(f"{example} · {short_name(step.weight)}", example)
    if snapshot.is_at_full_speed:
        wordings = wordings.prefixed(f"{at}, ").or_else(at)
    return wordings.fitting(width - _TITLE)


def _number_rows(all_lines: list[Line], rows: int, room: int) -> int:
    """Rows for the numbers of a vector, 0 where all are strips. It depends on the network and the panel alone, so it is
    the same at every step."""
    lengths = [len(line.vector) for line in all_lines if line.vector is not None and line.detail <= 1]
    in_a_row = max((room - _LABEL + 1) // NUMBER_WIDTH, 1)
    needed = [-(-length // in_a_row) for length in lengths]
    return 0 if max(needed, default=0) > _NUMBER_ROWS or sum(needed) + _IN_WORDS > rows else _NUMBER_ROWS


def _in_one_precision(
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
        label = _label_width(chosen, room)
        while _grow(precision, chosen, room, label, numbers):
            chosen = [_with_digits(line, precision) for line in chosen]
        if (len(precision), sum(precision.values())) == before:
            break
    if sum(_rows(line, room, label, numbers) for line in chosen) <= rows:
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
    if line.vector is None or not (len(line.texts) == 1 or _chunks(line, room, most)):
        return
    for value, text in zip(line.vector.tolist(), line.texts, strict=True):
        if value and math.isfinite(value):
            yield named(value), significant(text)


def _texts(line: Line, most: int) -> tuple[str, ...]:
    """The numbers of a vector as text; none where it is too long for this many rows."""
    if line.vector is None or len(line.vector) > max(most * _MOST_IN_A_ROW, 1):
        return ()
    values, scale = line.vector.tolist(), _scale(line.vector)
    return tuple(number_text(value, scale) if len(values) > 1 else compact(value) for value in values)


def _scale(vector: Floats) -> float:
    return float(np.abs(vector[np.isfinite(vector)]).max(initial=0.0)) or 1.0


def _chosen(all_lines: list[Line], rows: int, room: int, phase: Phase | None, numbers: int) -> list[Line]:
    """The lines that fit, before long ones are broken into rows."""
    for most, others in _AMOUNTS:
        chosen = [line for line in all_lines if line.detail <= _amount(line, phase, most, others) < line.until]
        if len(chosen) > rows:
            continue
        label = _label_width(chosen, room)
        spare = rows - sum(_rows(line, room, label, numbers) for line in chosen)
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
    for line in sorted(more, key=lambda line: line.detail) if spare else ():
        if any(other.phase == line.phase and other.until <= line.detail for other in chosen):
            continue  # it would repeat that line
        kept = {id(each) for each in (*chosen, line)}
        with_it = [each for each in all_lines if id(each) in kept]
        label = _label_width(with_it, room)
        needed = _rows(line, room, label, numbers)
        if needed <= spare and (line.vector is None or len(line.vector) < 2 or room - label >= _STRIP):
            chosen, spare = with_it, spare - needed
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


def _label_width(chosen: list[Line], room: int) -> int:
    """Cells for the words in front of vectors, so that all vectors begin in one column."""
    most = min(room // 2, _LABEL)
    widths = [text_width(line.words(most)) for line in chosen if line.vector is not None]
    return min(max(widths, default=0) + 1, room)


def _rows(line: Line, room: int, label: int, numbers: int) -> int:
    """The rows of a line."""
    if line.vector is None:
        return len(_parts(line, room))
    return max(len(_chunks(line, room - label, numbers)), 1)


def _chunks(line: Line, room: int, most: int) -> list[Floats]:
    """The numbers of each row; none where they would take more than `most` rows."""
    if line.vector is None or len(line.texts) < 2:
        return []
    each = max((room + 1) // line.cell, 0)
    if not each or len(line.vector) > each * most:
        return []
    return [line.vector[start : start + each] for start in range(0, len(line.vector), each)]


def _draw_line(
    cells: Cells, x: int, y: int, line: Line, state: Freshness, label: int, numbers: int, theme: Theme
) -> None:
    """ "loss −ln(0.95) = 0.05": words, and behind them the vector where there is one."""
    packed = {"calm": theme.text, "fresh": theme.fresh, "stale": theme.stale}[state]
    room = cells.width - 2 - x
    if line.vector is None:
        cells.text(x, y, line.short(room), theme.critical if line.broken else packed, width=room)
        return
    cells.text(x, y, line.words(label - 1), packed, width=label - 1)
    _draw_vector(cells, x + label, y, room - label, line, numbers, packed, theme)


def _draw_vector(cells: Cells, x: int, y: int, room: int, line: Line, numbers: int, packed: int, theme: Theme) -> None:
    """A number, several rows of numbers, or a strip with a block for each; the followed one is marked."""
    vector = line.vector
    if vector is None or room < 1:
        return
    finite, texts = np.isfinite(vector), line.texts
    if len(vector) == 1:
        cells.text(x, y, texts[0] if finite[0] else "✗ not finite", packed, width=room)
        return
    scale, cell = _scale(vector), line.cell
    chunks = _chunks(line, room, numbers)
    colours = theme.number_colours(vector / scale)
    for index, text in enumerate(texts if chunks else ()):
        row, column = divmod(index, len(chunks[0]))
        ink = theme.critical if not finite[index] else theme.text
        if theme.coloured and finite[index] and vector[index]:
            ink = style(int(colours[index]), theme.background)
        if line.dropped is not None and line.dropped[index]:
            text, ink = _DROPPED, theme.muted
        cells.text(x + cell * column + cell - 1 - text_width(text), y + row, text, ink)
    if chunks and line.marked is not None:
        row, column = divmod(line.marked, len(chunks[0]))
        where = slice(x + cell * column, x + cell * (column + 1) - 1)
        if row < len(chunks):
            cells.styles[y + row, where] = theme.chosen
    if not chunks and not finite.all():
        cells.text(x, y, f"✗ {np.count_nonzero(~finite)} of {len(vector)} not finite", theme.critical, width=room)
    elif not chunks and room >= _STRIP:
        strip = min(room, _WIDEST * len(vector))
        cells.paste(draw_heatmap(vector[None, :], strip, 1, theme, scale=scale), x, y)
        each = strip // len(vector)
        for index in np.flatnonzero(line.dropped).tolist() if line.dropped is not None and each else ():
            cells.text(x + index * each, y, theme.sign("╳", "x") * each, theme.muted)


def _next_example(snapshot: Snapshot, view: View, direction: int) -> PictureRequest:
    """The next example of the batch shown, whose size may differ from the next batch's."""
    step = present(snapshot.step)
    examples, shown = max(step.batch_size, 1), step.example
    chosen = shown if view.request.example is None else view.request.example
    return structs.replace(view.request, example=(chosen + direction) % examples)


def _no_step(snapshot: Snapshot, view: View) -> str:
    if snapshot.step and snapshot.network:
        return ""
    if snapshot.control is None:
        return "this run does not tell single steps"
    return f"there is no step yet; {view.sign('step')} makes one"


def _no_example(snapshot: Snapshot, view: View) -> str:
    if snapshot.step and snapshot.step.batch_size <= 1:
        return "the batch has one example only"
    return _no_step(snapshot, view)


def _example(direction: int) -> Act:
    return viewing(lambda snapshot, view: structs.replace(view, request=_next_example(snapshot, view, direction)))


def _weight(direction: int) -> Act:
    """The next weight: the inputs of a unit, then its bias, unit by unit, layer by layer, wrapping round."""

    def followed(snapshot: Snapshot, view: View) -> View:
        shape = present(snapshot.network).shape
        counts = [(fan_in + 1) * units for fan_in, units in pairwise(shape)]
        shown = snapshot.step.weight if snapshot.step else WeightAddress(0, 0, 0)
        address = view.request.weight or shown
        layer = min(address.layer, len(counts) - 1)
        index = sum(counts[:layer]) + address.unit * (shape[layer] + 1) + address.source
        index = (index + direction) % sum(counts)
        layer = 0
        while index >= counts[layer]:
            index -= counts[layer]
            layer += 1
        unit, source = divmod(index, shape[layer] + 1)
        return structs.replace(view, request=structs.replace(view.request, weight=WeightAddress(layer, source, unit)))

    return viewing(followed)


# fmt: off
_KEYS = (
    KeyAction("example_previous", "left", "previous example", "This step: another example of the batch.", "focus",
              _example(-1), where=("step",), idle=_no_example,
              footer="example", signs="←→", rank=4, own="This step: the example before."),
    KeyAction("example_next", "right", "next example", "This step: another example of the batch.", "focus",
              _example(1), where=("step",), idle=_no_example, own="This step: the next example."),
    KeyAction("weight_previous", "up", "previous weight", "This step: another weight.", "focus",
              _weight(-1), where=("step",), idle=_no_step,
              footer="weight", signs="↑↓", rank=4, own="This step: the weight before."),
    KeyAction("weight_next", "down", "next weight", "This step: another weight.", "focus",
              _weight(1), where=("step",), idle=_no_step, own="This step: the next weight."),
)
# fmt: on


def _wish(snapshot: Snapshot, view: View) -> Wish:
    """While the run moves by phases, their numbers are always computed."""
    if snapshot.phase is None:
        return Wish("step", 7, least=(26, 9), wanted=(50, 20))
    return Wish("step", 0, least=(26, 11), wanted=(50, 20))


_SIGNS = (
    ("Guess", "Forward: one example goes through all layers; z is a weighted sum, a what the activation makes of it."),
    ("Measure", "The loss: how wrong the guess is, as one number."),
    ("Blame", "Backward: how much one weight has to do with it, its input times the error δ of its unit."),
    ("Fix", "The update: new = old − learning rate × gradient."),
    ("w[1→2]", "The followed weight, from input 1 to unit 2; the numbers are those of the last iteration."),
)

PANEL = Panel(
    id="step",
    title="Step",
    signs=_SIGNS,
    number="6",
    draw=draw,
    wish=_wish,
    shows="numbers",
    keys=_KEYS,
    arrows="step",
    items=Items(_next_example, _no_example),
    wheel=("weight_previous", "weight_next"),
)
