"""The four phases with the real numbers of this iteration, for one example and one weight.

`step_phases` has the lines of the account, and `step_fitting` chooses which of them have room.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from msgspec import structs

from tui_trainer.dashboard.layout import Wish
from tui_trainer.dashboard.panels.border import Freshness, freshness, open_panel, say
from tui_trainer.dashboard.panels.panel import Items, Panel
from tui_trainer.dashboard.panels.step_fitting import (
    STRIP,
    chunks_of,
    in_one_precision,
    label_width,
    number_rows,
    rows_of,
    scale_of,
)
from tui_trainer.dashboard.panels.step_line import Line
from tui_trainer.dashboard.panels.step_phases import lines, short_name
from tui_trainer.dashboard.view import STEP, Act, KeyAction, View, viewing
from tui_trainer.drawing.cells import Cells, style, text_width
from tui_trainer.drawing.charts.heatmap import draw_heatmap
from tui_trainer.drawing.charts.numbers import count
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.formulas.printing import ASCII, BOOK
from tui_trainer.telemetry import Phase, PictureRequest, Snapshot, WeightAddress, present

_TITLE = 21
"""Cells of the upper edge for the panel's name, with its key and the corners."""
_INDENT, _SHORT_INDENT = 9, 2
"""Cells in front of a phase's lines: for its word, or for its first letter where room is short."""
_DROPPED = "drop"
"""Shown for a unit that dropout has silenced, whose 0 is not that of a ReLU."""
_WIDEST = 2
"""Cells of one value of a strip."""


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size."""
    step = snapshot.step
    cells = open_panel(STEP, "This step", view, width, height, theme, note=_note(snapshot, width))
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
    numbers = number_rows(account, rows, room - indent)
    chosen, numbers = in_one_precision(account, rows, room - indent, snapshot.phase, numbers)
    label = label_width(chosen, room - indent)
    each = [rows_of(line, room - indent, label, numbers) for line in chosen]
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
    example, at = f"example {step.example + 1} of {step.batch_size}", f"after {count(step.iteration)}"
    weight, brief = short_name(step.weight), f"example {step.example + 1}"
    wordings = Wordings(f"{example} · {weight}", f"{brief} · {weight}", weight)
    if snapshot.is_at_full_speed:
        wordings = wordings.prefixed(f"{at}, ").or_else(at)
    return wordings.fitting(width - _TITLE)


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
    scale, cell = scale_of(vector), line.cell
    chunks = chunks_of(line, room, numbers)
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
    elif not chunks and room >= STRIP:
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
              _example(-1), where=(STEP,), idle=_no_example,
              footer="example", signs="←→", rank=4, own="This step: the example before."),
    KeyAction("example_next", "right", "next example", "This step: another example of the batch.", "focus",
              _example(1), where=(STEP,), idle=_no_example, own="This step: the next example."),
    KeyAction("weight_previous", "up", "previous weight", "This step: another weight.", "focus",
              _weight(-1), where=(STEP,), idle=_no_step,
              footer="weight", signs="↑↓", rank=4, own="This step: the weight before."),
    KeyAction("weight_next", "down", "next weight", "This step: another weight.", "focus",
              _weight(1), where=(STEP,), idle=_no_step, own="This step: the next weight."),
)
# fmt: on


def _wish(snapshot: Snapshot, view: View) -> Wish:
    """While the run moves by phases, their numbers are always computed."""
    if snapshot.phase is None:
        return Wish(STEP, 7, least=(26, 9), wanted=(50, 20))
    return Wish(STEP, 0, least=(26, 11), wanted=(50, 20))


_SIGNS = (
    ("Guess", "Forward: one example goes through all layers; z is a weighted sum, a what the activation makes of it."),
    ("Measure", "The loss: how wrong the guess is, as one number."),
    ("Blame", "Backward: how much one weight has to do with it, its input times the error δ of its unit."),
    ("Fix", "The update: new = old − learning rate × gradient."),
    ("w[1→2]", "The followed weight, from input 1 to unit 2; the numbers are those of the last iteration."),
)

PANEL = Panel(
    id=STEP,
    title="Step",
    signs=_SIGNS,
    number="6",
    draw=draw,
    wish=_wish,
    shows="numbers",
    keys=_KEYS,
    arrows=STEP,
    items=Items(_next_example, _no_example, ("next example", 18)),
    wheel=("weight_previous", "weight_next"),
)
