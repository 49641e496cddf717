"""The arms of a race side by side: their losses, which one is ahead, where they parted and how far they are apart."""

from __future__ import annotations

import math

from msgspec import Struct

from tui_trainer.telemetry import ArmView, Evaluation, Parting, Severity, Snapshot, Status
from tui_trainer.tui.arms import letter_of, number_of, ways_to_tell
from tui_trainer.tui.cells import Cells, text_width
from tui_trainer.tui.charts.bars import draw_bar, share_of_decades
from tui_trainer.tui.charts.numbers import compact, count, short_count
from tui_trainer.tui.charts.plot import Plot
from tui_trainer.tui.moment import evaluations_until
from tui_trainer.tui.panels.border import open_panel
from tui_trainer.tui.panels.marks import run_axis
from tui_trainer.tui.panels.overlay import PIECE, arm_sign, draw_arms, evaluation_curves, held_out, race_axis
from tui_trainer.tui.theme import Theme
from tui_trainer.tui.view import View
from tui_trainer.tui.words import fewer_words, listed

_NUMBER = 7
"""Cells of a loss in the table."""
_DISTANCES = (1e-6, 1e1)
"""Ends of the bars that say how far two arms are apart, as a share of the weights."""
_WITH_PIECES = 40
"""Columns from which a piece of its line stands beside an arm's letter."""
_LEAST_PLOT = 7
"""Rows that a plot below the table needs."""


SIGNS = {Severity.CRITICAL: "✗", Severity.WARNING: "⚠"}
"""Of findings that a race tells of its arms."""


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

    @property
    def states(self) -> tuple[str, ...]:
        """What is the matter with it, ways to say it, the longest first; none where nothing is."""
        if self.arm.status is Status.DIVERGED:
            return f"diverged at {count(self.arm.iteration)}", "diverged"
        finding = self.arm.finding
        if finding is None or finding.severity not in SIGNS:
            return ()
        return (finding.title.rpartition(": ")[2].lower(),)

    @property
    def broken(self) -> bool:
        """Whether it runs away, or is lost."""
        return self.sign == SIGNS[Severity.CRITICAL]

    @property
    def sign(self) -> str:
        """✗ ⚠ or nothing."""
        if self.arm.status is Status.DIVERGED:
            return SIGNS[Severity.CRITICAL]
        return SIGNS.get(self.arm.finding.severity, "") if self.arm.finding else ""


def standings(arms: tuple[ArmView, ...]) -> tuple[Standing, ...]:
    """How the arms stand; those with the lowest loss are ahead, unless all have it."""
    latest = [arm.evaluation or evaluations_until(arm.losses.evaluations, arm.iteration).latest for arm in arms]
    losses = [_decisive(each) for each in latest]
    lowest = min(losses)
    decided = losses.count(lowest) < len(losses) and math.isfinite(lowest)
    return tuple(
        Standing(arm=arm, letter=arm.letter, latest=each, ahead=decided and loss == lowest)
        for arm, each, loss in zip(arms, latest, losses, strict=True)
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
    columns = _columns(cells, table)
    titled = rows >= len(table) + 2
    y = 1
    if titled:
        _draw_titles(cells, columns, theme)
        y += 1
    for standing in table[: rows - titled]:
        _draw_arm(cells, y, standing, columns, _ways(standing, table), theme)
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
        _draw_training(cells, y + 1, snapshot, view.log_y, theme)
    return cells


class Columns(Struct, frozen=True):
    """Where the parts of the table's lines stand."""

    words: int
    numbers: int
    kinds: tuple[str, ...]
    """The losses that there is room for."""


def _columns(cells: Cells, table: tuple[Standing, ...]) -> Columns:
    """The loss that decides alone, where the words of an arm do not fit beside two numbers in the shortest way."""
    held_out = any(each.latest is not None and each.latest.validation_loss is not None for each in table)
    words = 2 + (PIECE + 3 if cells.width >= _WITH_PIECES else 2)
    longest = max(text_width((ways_to_tell(each.arm) or ("equal",))[-1]) for each in table)
    for kinds in (("train", "valid."), ("valid." if held_out else "train",)):
        numbers = cells.width - 3 - len(kinds) * (_NUMBER + 1)
        if numbers - words - 1 >= longest:
            break
    return Columns(words, numbers, kinds)


def _draw_titles(cells: Cells, columns: Columns, theme: Theme) -> None:
    for number, title in enumerate(columns.kinds, start=1):
        cells.text(columns.numbers + number * (_NUMBER + 1) - 1 - len(title), 1, title, theme.muted)


def _draw_arm(cells: Cells, y: int, standing: Standing, columns: Columns, ways: list[str], theme: Theme) -> None:
    """▸B ━━━ learning rate 0.1   0.0168  0.0244 ▲."""
    arm, latest = standing.arm, standing.latest
    text = theme.strong if arm.focused else theme.text
    cells.text(1, y, "▸" if arm.focused else " ", theme.key)
    piece = PIECE if columns.words > 2 + 2 else 0
    packed = theme.arm_style(number_of(arm.letter), arm.focused)
    cells.text(2, y, arm_sign(standing.letter, piece, theme), packed)
    room = max(columns.numbers - columns.words - 1, 0)
    cells.text(columns.words, y, fewer_words(ways, room), theme.critical if standing.broken else text, width=room)
    if latest is None:
        return
    losses = {"train": latest.train_loss, "valid.": latest.validation_loss}
    for place, kind in enumerate(columns.kinds, start=1):
        loss = losses[kind]
        value = "–" if loss is None else compact(loss)
        cells.text(columns.numbers + place * (_NUMBER + 1) - 1 - text_width(value), y, value, text)
    if standing.ahead:
        cells.text(cells.width - 3, y, "▲", theme.best)


def _ways(standing: Standing, table: tuple[Standing, ...]) -> list[str]:
    """What an arm is and how it stands, ways to say it, the longest first."""
    arm = standing.arm
    names = list(ways_to_tell(arm)) or ["no difference yet", "equal"]
    states = [f"{standing.sign} {state}" for state in standing.states]
    if states:
        told = [*(f"{name} {states[0]}" for name in names), *(f"{names[-1]} {state}" for state in states[1:])]
        return [*told, f"{names[-1]} {standing.sign}", standing.sign]
    if any(other.arm.iteration != arm.iteration for other in table):
        return [*(f"{name} · at {count(arm.iteration)}" for name in names), *names]
    return names


def who_leads(table: tuple[Standing, ...]) -> tuple[str, ...]:
    """Who is ahead, and by how much: ways to say it, the longest first."""
    first = [standing for standing in table if standing.ahead]
    if not first:
        return "no arm is ahead of the others yet", "nobody is ahead yet"
    rest = [standing for standing in table if not standing.ahead]
    second = min(rest, key=lambda standing: standing.loss)
    latest = first[0].latest
    kind = "training" if latest is None or latest.validation_loss is None else "validation"
    values = compact(first[0].loss) + (f", {second.letter} {compact(second.loss)}" if second.loss < math.inf else "")
    who, be = listed([standing.letter for standing in first]), "is" if len(first) == 1 else "are"
    whom = f" of {second.letter}" if len(first) > 1 and len(rest) == 1 else ""
    lead = f"▲ {who} {be} ahead"
    return f"{lead}{whom}: {kind} loss {values}", f"{lead}{whom}: {values}", f"▲ {who} ahead: {values}", lead


def who_breaks(table: tuple[Standing, ...]) -> tuple[str, ...]:
    """Which arms run away or are lost: ways to say it, the longest first; none where none is."""
    broken = [standing for standing in table if standing.broken]
    if not broken:
        return ()
    ways = (listed([f"{each.letter} {each.states[way]}" for each in broken]) for way in (0, -1))
    return tuple(f"✗ {way}" for way in ways)


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


def _draw_training(cells: Cells, y: int, snapshot: Snapshot, log_y: bool, theme: Theme) -> None:
    """The training losses of all arms from row `y` on, where the loss panel has the validation losses."""
    if not held_out(snapshot):
        return
    cells.text(2, y, "training loss", theme.muted)
    curves = evaluation_curves(snapshot, validation=False)
    axis = race_axis(curves, log_y)
    plot = Plot(cells.width - 2, cells.height - 2 - y, run_axis(snapshot), axis, theme, label=short_count)
    draw_arms(plot, snapshot, curves)
    cells.paste(plot.cells, 1, y + 1)
