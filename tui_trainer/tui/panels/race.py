"""The arms of a race side by side: their losses, which one is ahead, where they parted and how far they are apart."""

from __future__ import annotations

import math

import numpy as np
from msgspec import Struct

from tui_trainer.telemetry import ArmView, Evaluation, Parting, Snapshot, Status
from tui_trainer.tui.arms import letter_of, letters, ways_to_tell
from tui_trainer.tui.cells import Cells, text_width
from tui_trainer.tui.charts.bars import draw_bar, share_of_decades
from tui_trainer.tui.charts.numbers import compact, count, short_count
from tui_trainer.tui.charts.plot import Plot
from tui_trainer.tui.moment import evaluations_until
from tui_trainer.tui.panels.border import open_panel
from tui_trainer.tui.panels.marks import run_axis
from tui_trainer.tui.panels.overlay import arm_sign, draw_arms, race_axis
from tui_trainer.tui.theme import Theme
from tui_trainer.tui.view import View
from tui_trainer.tui.words import fewer_words

_NUMBER = 7
"""Cells of a loss in the table."""
_DISTANCES = (1e-6, 1e1)
"""Ends of the bars that say how far two arms are apart, as a share of the weights."""
_LEAST_PLOT = 7
"""Rows that a plot below the table needs."""


class Standing(Struct, frozen=True, kw_only=True):
    """One arm at the moment shown."""

    arm: ArmView
    letter: str
    latest: Evaluation | None
    ahead: bool

    @property
    def loss(self) -> float:
        """What decides the race: the validation loss, or the training loss where nothing is held out."""
        return _decisive(self.latest)


def standings(arms: tuple[ArmView, ...]) -> tuple[Standing, ...]:
    """How the arms stand; nobody is ahead while two have the same lowest loss."""
    latest = [arm.evaluation or evaluations_until(arm.losses.evaluations, arm.iteration).latest for arm in arms]
    losses = [_decisive(each) for each in latest]
    lowest = min(losses)
    alone = losses.count(lowest) == 1 and math.isfinite(lowest)
    return tuple(
        Standing(arm=arm, letter=letter, latest=each, ahead=alone and loss == lowest)
        for arm, letter, each, loss in zip(arms, letters(arms), latest, losses, strict=True)
    )


def _decisive(latest: Evaluation | None) -> float:
    if latest is None:
        return math.inf
    loss = latest.train_loss if latest.validation_loss is None else latest.validation_loss
    return loss if math.isfinite(loss) else math.inf


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size, in place of the fit panel; a race has at least two arms."""
    note = f"iteration {count(snapshot.iteration)}"
    cells = open_panel("fit", "Race", view, width, height, theme, note=note)
    room, rows = width - 4, height - 2
    if room < 8 or rows < 1:
        return cells
    table = standings(snapshot.arms)
    titled = rows >= len(table) + 2
    y = 1
    if titled:
        _draw_titles(cells, table, theme)
        y += 1
    for number, standing in enumerate(table[: rows - titled]):
        _draw_arm(cells, y, number, standing, table, theme)
        y += 1
    left = height - 1 - y
    sentences = [s for s in (fewer_words(who_leads(table), room), _parted(snapshot, room)) if s]
    if (parting := snapshot.parting) is not None and parting.weight and left >= len(parting.layers) + 6:
        ways = (f"the weight furthest apart then: {parting.weight}", f"furthest apart then: {parting.weight}")
        sentences.append(fewer_words(ways, room))
    if left > len(sentences):
        y, left = y + 1, left - 1
    for text in sentences[-left:] if left > 0 else []:
        cells.text(2, y, text, theme.text, width=room)
        y += 1
    y = _draw_distances(cells, y, snapshot.parting, table, theme)
    if height - 1 - y > _LEAST_PLOT and room >= 24:
        _draw_held_out(cells, y + 1, snapshot, view.log_y, theme)
    return cells


def _columns(cells: Cells) -> tuple[int, bool]:
    """Where the numbers begin, and whether there is room for pieces of the lines beside the letters."""
    return cells.width - 2 - 2 * (_NUMBER + 1) - 1, cells.width >= 40


def _draw_titles(cells: Cells, table: tuple[Standing, ...], theme: Theme) -> None:
    x, _ = _columns(cells)
    for title in ("train", "valid."):
        cells.text(x + _NUMBER - len(title), 1, title, theme.muted)
        x += _NUMBER + 1


def _draw_arm(cells: Cells, y: int, number: int, standing: Standing, table: tuple[Standing, ...], theme: Theme) -> None:
    """▸B ━━ learning rate 0.1   0.0168  0.0244 ▲."""
    arm, latest = standing.arm, standing.latest
    packed = theme.arm_style(number, arm.focused)
    text = theme.strong if arm.focused else theme.text
    numbers, with_lines = _columns(cells)
    cells.text(1, y, "▸" if arm.focused else " ", theme.key)
    x = cells.text(2, y, arm_sign(number, standing.letter, 2, theme) if with_lines else standing.letter, packed) + 1
    x = max(x, 2 + (5 if with_lines else 2))
    ways = list(ways_to_tell(arm)) or ["no difference yet", "equal"]
    if arm.status is Status.DIVERGED:
        ways = [f"{ways[0]} ✗ diverged at {count(arm.iteration)}", f"{ways[1]} ✗ diverged", "✗ diverged"]
    elif any(other.arm.iteration != arm.iteration for other in table):
        ways = [f"{ways[0]} · at {count(arm.iteration)}", *ways]
    room = max(numbers - x - 1, 0)
    cells.text(x, y, fewer_words(ways, room), theme.critical if arm.status is Status.DIVERGED else text, width=room)
    if latest is None:
        return
    x = numbers
    for loss in (latest.train_loss, latest.validation_loss):
        value = "–" if loss is None else compact(loss)
        cells.text(x + _NUMBER - text_width(value), y, value, text)
        x += _NUMBER + 1
    if standing.ahead:
        cells.text(cells.width - 3, y, "▲", theme.best)


def who_leads(table: tuple[Standing, ...]) -> tuple[str, ...]:
    """Who is ahead, and by how much: ways to say it, the longest first."""
    first = next((standing for standing in table if standing.ahead), None)
    if first is None:
        return "no arm is ahead of the others yet", "nobody is ahead yet"
    second = min((standing for standing in table if standing is not first), key=lambda standing: standing.loss)
    kind = "training" if first.latest is None or first.latest.validation_loss is None else "validation"
    values = f"{compact(first.loss)}, {second.letter} {compact(second.loss)}"
    letter = first.letter
    return f"▲ {letter} is ahead: {kind} loss {values}", f"▲ {letter} ahead: {values}", f"▲ {letter} is ahead"


def _parted(snapshot: Snapshot, room: int) -> str:
    """Where two arms parted, or that they have not."""
    parting = snapshot.parting
    if parting is None:
        return ""
    pair = " and ".join(letter_of(snapshot.arms, name) for name in parting.arms)
    if parting.iteration is None:
        return fewer_words((f"{pair} are equal to the bit so far", f"{pair}: equal so far"), room)
    if not parting.iteration:
        return fewer_words((f"{pair} differ from the start", f"{pair} never equal"), room)
    at, first = count(parting.iteration), f", first in {parting.first}" if parting.first else ""
    ways = (
        f"{pair} part at iteration {at}{first}",
        f"{pair} part at {at}{first}",
        f"{pair} part at {at}",
        f"part at {at}",
    )
    return fewer_words(ways, room)


def _draw_distances(cells: Cells, y: int, parting: Parting | None, table: tuple[Standing, ...], theme: Theme) -> int:
    """How far each layer's weights are apart, where there is room for all; returns the next free row."""
    rows = cells.height - 1 - y
    if parting is None or not parting.layers or rows < len(parting.layers):
        return y
    end = cells.width - 2
    first, other = (letter_of([standing.arm for standing in table], name) for name in parting.arms)
    if rows >= len(parting.layers) + 2:
        y += 1
    if rows > len(parting.layers):
        ways = (f"{other} from {first}: |difference| / |weights|", f"{other} − {first} / weights", f"{other} − {first}")
        cells.text(2, y, fewer_words(ways, end - 2), theme.muted, width=end - 2)
        y += 1
    for number, distance in enumerate(parting.layers):
        x = cells.text(2, y, f"layer {number + 1} " if end >= 36 else f"L{number + 1} ", theme.text)
        right = end - _NUMBER - 1
        if right - x >= 2:
            draw_bar(cells, x, y, right - x, share_of_decades(distance, *_DISTANCES), theme.note, theme)
        text = compact(distance, 2) if distance else "equal"
        cells.text(right + 1, y, text, theme.text)
        y += 1
    return y


def _draw_held_out(cells: Cells, y: int, snapshot: Snapshot, log_y: bool, theme: Theme) -> None:
    """The validation curves of all arms from row `y` on, where anything is held out."""
    evaluations = [arm.losses.evaluations for arm in snapshot.arms]
    losses = [each.validation_loss for each in evaluations]
    if not any(np.isfinite(each).any() for each in losses):
        return
    cells.text(2, y, "validation loss", theme.muted)
    plot = Plot(
        cells.width - 2,
        cells.height - 2 - y,
        run_axis(snapshot),
        race_axis(losses, log_y),
        theme,
        label=short_count,
    )
    draw_arms(plot, snapshot, [(each.iteration.astype(np.float64), each.validation_loss) for each in evaluations])
    cells.paste(plot.cells, 1, y + 1)
