"""The arms of a race side by side: their losses, the lead, where they parted and how far apart they are."""

from __future__ import annotations

from msgspec import Struct

from tui_trainer.dashboard.arm_labels import arm_wordings, letter_of, number_of
from tui_trainer.dashboard.panels.arm_curves import has_validation, measured_curves, race_axis
from tui_trainer.dashboard.panels.border import open_panel
from tui_trainer.dashboard.panels.layer_curves import short_layer
from tui_trainer.dashboard.panels.race_curves import PIECE, arm_sign, draw_arms
from tui_trainer.dashboard.panels.scale import loss_scale
from tui_trainer.dashboard.panels.time_plot import time_plot
from tui_trainer.dashboard.standings import Standing, Standings, measured_words, standings, who_leads
from tui_trainer.dashboard.view import FIT, View
from tui_trainer.drawing.cells import Cells, fit, text_width
from tui_trainer.drawing.charts.bars import draw_bar, share_of_decades
from tui_trainer.drawing.charts.numbers import compact, count, plain
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import Parting, Snapshot, present
from tui_trainer.telemetry.lead import Basis

_NUMBER = 7
"""Cells of a number in the table."""
_DISTANCES = (1e-6, 1e1)
"""Ends of the bars of the distance between two arms, as a share of the weights."""
_WITH_PIECES = 40
"""Columns from which a piece of its line is drawn beside an arm's letter."""
_LEAST_NAME = 4
"""The least cells of a name that is cut."""
_LEAST_PLOT = 7
"""The least rows of a plot below the table."""


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size, in place of the fit panel; a race has at least two arms."""
    note = f"iteration {count(snapshot.iteration)}"
    cells = open_panel(FIT, "Race", view, width, height, theme, note=note)
    room, rows = width - 4, height - 2
    if room < 8 or rows < 1:
        return cells
    ranking = standings(snapshot.arms)
    table = ranking.arms
    columns = _columns(cells, ranking)
    titled = rows >= len(table) + 2
    y = 1
    if titled:
        _draw_titles(cells, columns, theme)
        y += 1
    for standing in table[: rows - titled]:
        _draw_arm(cells, y, standing, columns, _row_wordings(standing, table, columns.room), theme)
        y += 1
    left = height - 1 - y
    leading = who_leads(ranking).prefixed("▲ " if ranking.lead.ahead else "").fitting(room)
    sentences = [each for each in (leading, _parted(snapshot, room)) if each]
    parting = present(snapshot.race).parting
    if parting is not None and parting.weight and left >= len(parting.layers) + 6:
        apart = f"furthest apart then: {parting.weight}"
        sentences.append(Wordings(f"the weight {apart}", apart).fitting(room))
    if left > len(sentences):
        y, left = y + 1, left - 1
    for text in sentences[-left:] if left > 0 else []:
        cells.text(2, y, text, theme.text, width=room)
        y += 1
    y = _draw_distances(cells, y, parting, table, theme)
    if height - 1 - y > _LEAST_PLOT and room >= 24:
        _draw_training(cells, y + 1, snapshot, loss_scale(snapshot, view).logarithmic, theme)
    return cells


class Columns(Struct, frozen=True):
    """The columns of the table's parts."""

    words: int
    numbers: int
    kinds: tuple[Basis, ...]
    """The numbers that fit; the last one decides the race."""

    @property
    def room(self) -> int:
        """Cells for an arm's name and state."""
        return max(self.numbers - self.words - 1, 0)


_TITLES = {
    Basis.TRAIN_LOSS: "train",
    Basis.VALIDATION_LOSS: "valid.",
    Basis.TRAIN_ACCURACY: "right",
    Basis.VALIDATION_ACCURACY: "right",
}


def _columns(cells: Cells, ranking: Standings) -> Columns:
    """Two numbers, or only the decisive one where the shortest names do not fit beside two."""
    table = ranking.arms
    held_out = any(each.latest is not None and each.latest.validation_loss is not None for each in table)
    loss = Basis.VALIDATION_LOSS if held_out else Basis.TRAIN_LOSS
    basis = ranking.lead.basis or loss
    pair = (loss, basis) if basis is not loss else (Basis.TRAIN_LOSS, Basis.VALIDATION_LOSS)
    words = 2 + (PIECE + 3 if cells.width >= _WITH_PIECES else 2)
    longest = max(text_width((arm_wordings(each.arm) or Wordings("equal"))[-1]) for each in table)
    for kinds in (pair, (basis,)):
        numbers = cells.width - 3 - len(kinds) * (_NUMBER + 1)
        if numbers - words - 1 >= longest:
            break
    return Columns(words, numbers, kinds)


def _draw_titles(cells: Cells, columns: Columns, theme: Theme) -> None:
    for number, title in enumerate(map(_TITLES.__getitem__, columns.kinds), start=1):
        cells.text(columns.numbers + number * (_NUMBER + 1) - 1 - len(title), 1, title, theme.muted)


def _draw_arm(cells: Cells, y: int, standing: Standing, columns: Columns, wordings: Wordings, theme: Theme) -> None:
    """ "▸B ━━━ learning rate 0.1 0.0168 0.0244 ▲"."""
    arm, latest = standing.arm, standing.latest
    text = theme.strong if arm.focused else theme.text
    cells.text(1, y, "▸" if arm.focused else " ", theme.key)
    piece = PIECE if columns.words > 2 + 2 else 0
    style = theme.arm_style(number_of(arm.letter), arm.focused)
    cells.text(2, y, arm_sign(standing.letter, piece, theme), style)
    style = theme.critical if standing.broken else text
    cells.text(columns.words, y, wordings.fitting(columns.room), style, width=columns.room)
    if latest is None:
        return
    for nth, kind in enumerate(columns.kinds, start=1):
        number = kind.of(latest)
        value = "–" if number is None else measured_words(kind, number)
        cells.text(columns.numbers + nth * (_NUMBER + 1) - 1 - text_width(value), y, value, text)
    if standing.ahead:
        cells.text(cells.width - 3, y, "▲", theme.best)


def _row_wordings(standing: Standing, table: tuple[Standing, ...], room: int) -> Wordings:
    """The arm's name and state; the last wordings are cut to `room` cells."""
    arm = standing.arm
    names = arm_wordings(arm) or Wordings("no difference yet", "equal")
    if states := standing.states.prefixed(f" {standing.sign} "):
        beside = room - text_width(f" {standing.sign}")
        cut = [f"{fit(names[-1], beside)} {standing.sign}"] if beside >= _LEAST_NAME else []
        shorter = states.or_else(f" {standing.sign}").prefixed(names[-1])
        return names.suffixed(states[0]).or_else(*shorter, *cut, standing.sign)
    latest = standing.latest
    if latest is not None and any(each.latest and each.latest.iteration != latest.iteration for each in table):
        return names.suffixed(f" · at {count(latest.iteration)}").or_else(*names)
    return names


def _parted(snapshot: Snapshot, room: int) -> str:
    """The iteration at which the weights of two arms parted, or that they are still equal."""
    parting = present(snapshot.race).parting
    if parting is None:
        return ""
    pair = " and ".join(letter_of(snapshot.arms, name) for name in parting.arms)
    if parting.iteration is None:
        both = [arm.iteration for arm in snapshot.arms if arm.name in parting.arms]
        if len(set(both)) > 1:
            until = count(min(both))
            return Wordings(f"{pair} had equal weights until {until}", f"{pair}: equal until {until}").fitting(room)
        wordings = Wordings("equal weights so far, to the bit", "equal weights so far", "equal so far")
        return wordings.prefixed(f"{pair}: ").fitting(room)
    if not parting.iteration:
        what = "start from other weights" if parting.layers else "have other shapes"
        return Wordings(f"{pair} {what}: they never were equal", f"{pair} {what}", f"{pair} never equal").fitting(room)
    at, most = count(parting.iteration), f", most in {parting.first}" if parting.first else ""
    wordings = Wordings(
        f"equal weights at the start; {pair} part at iteration {at}{most}",
        f"{pair} part at iteration {at}{most}",
        f"{pair} part at {at}{most}",
        f"{pair} part at {at}",
        f"part at {at}",
    )
    return wordings.fitting(room)


def _draw_distances(cells: Cells, y: int, parting: Parting | None, table: tuple[Standing, ...], theme: Theme) -> int:
    """Draw the distance between the weights of each layer, where all layers fit; return the next free row."""
    rows = cells.height - 1 - y
    if parting is None or not parting.layers or rows < len(parting.layers):
        return y
    end = cells.width - 2
    arms = [standing.arm for standing in table]
    first, other = (letter_of(arms, name) for name in parting.arms)
    at = {arm.letter: count(arm.iteration) for arm in arms if arm.letter in (first, other)}
    if len(set(at.values())) > 1:  # one is further on: each layer is compared at the iterations shown
        first, other = (f"{letter} at {at[letter]}" for letter in (first, other))
    if rows >= len(parting.layers) + 2:
        y += 1
    if rows > len(parting.layers):
        what = f"{other} from {first}: |difference| / |weights|"
        ends = " to ".join(map(plain, _DISTANCES))
        wordings = Wordings(f"{what}, bars {ends}, log", what, f"{other} − {first} / weights", f"{other} − {first}")
        cells.text(2, y, wordings.fitting(end - 2), theme.muted, width=end - 2)
        y += 1
    for name, distance in parting.layers.items():
        x = cells.text(2, y, f"{name if end >= 36 else short_layer(name)} ", theme.text)
        right = end - _NUMBER - 1
        if right - x >= 2:
            draw_bar(cells, x, y, right - x, share_of_decades(distance, *_DISTANCES), theme.note, theme)
        text = compact(distance, 2) if distance else "equal"
        cells.text(right + 1, y, text, theme.text)
        y += 1
    return y


def _draw_training(cells: Cells, y: int, snapshot: Snapshot, log_y: bool, theme: Theme) -> None:
    """Draw the training losses of all arms from row `y`, where the loss panel shows the validation losses."""
    if not has_validation(snapshot):
        return
    cells.text(2, y, "training loss", theme.muted)
    curves = measured_curves(snapshot, "train_loss")
    axis = race_axis(curves, log_y)
    plot = time_plot(snapshot, cells.width - 2, cells.height - 2 - y, axis, theme)
    draw_arms(plot, snapshot, curves)
    cells.paste(plot.cells, 1, y + 1)


SIGNS = (
    ("A B C", "The arms: the same run with one difference each, the best one first."),
    ("train", "The training loss of each arm, now; valid. its validation loss, which decides if there is one."),
    ("▲", "The arm that is ahead now, by however little; without the sign nothing tells which is better."),
    ("parted", "The iteration at which the arms began to have different weights, and how far apart these are now."),
    ("focus", "The other panels show one arm; its letter is in the header."),
)
"""What a person sees first of a race."""
