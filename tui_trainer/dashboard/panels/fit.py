"""How well the network fits, between learning too little and learning by heart, by its two losses at evaluations."""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np
from msgspec import Struct

from tui_trainer.dashboard.evaluations_at import evaluations_shown
from tui_trainer.dashboard.layout import Wish
from tui_trainer.dashboard.panels import autopsy, race
from tui_trainer.dashboard.panels.border import open_panel, say
from tui_trainer.dashboard.panels.legend import LegendEntry, draw_legend
from tui_trainer.dashboard.panels.panel import Panel
from tui_trainer.dashboard.panels.scale import loss_scale
from tui_trainer.dashboard.panels.time_plot import (
    draw_events,
    draw_uprights,
    draw_validation_line,
    draw_validation_points,
    label,
    time_plot,
    validation_sign,
)
from tui_trainer.dashboard.view import FIT, View
from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.charts.axis import value_axis
from tui_trainer.drawing.charts.bars import draw_gauge
from tui_trainer.drawing.charts.numbers import compact, count, signed
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import Evaluations, Snapshot
from tui_trainer.telemetry.few_held_out import few_words
from tui_trainer.wording import counted

_FULLY_OVER = 0.5
"""A validation loss this share above its best puts the mark at the right end."""
_BALANCED = (0.35, 0.65)
"""The part of the scale that is called balanced."""
_LOST = 1.5
"""A training loss this many times that of the best constant prediction is no fit."""
_NOTICEABLE = 0.03
"""A rise or a gap below this share of the base loss is not mentioned."""

_NO_BASE = 1e-9
"""A base loss below this share of the loss at the start is none: the training examples are all alike, or there is one,
and the best constant answer is right about each."""

_EQUAL = 1e-7
"""Losses that differ by no more than this share are equal."""

_LATELY = 0.2
"""The share of the run, up to now, over which the trend of the gap is measured."""

HISTORY = 10
"""Evaluations (the one before training included) from which a run has a history: by default a tenth of the run. With
fewer nobody can tell the lowest loss from the last one, or balance from a beginning."""

_OF_A_HISTORY = ("underfitting", "balanced", "gap growing", "above its best")
"""Words that need a history and more than one held-out example."""

_STEADY = _NOTICEABLE / 3
"""A gap that moves by less than this share of the base loss is steady."""


class Fit(Struct, frozen=True, kw_only=True):
    """The numbers of the panel."""

    position: float
    """0 underfitting, 0.5 balanced, 1 overfitting."""
    word: str
    """ "" where it is too early for a word."""
    gap: float
    """Validation loss minus training loss, now."""
    trend: float
    """The growth of the gap over the last fifth of the run."""
    best_loss: float
    best_iteration: int
    now: float
    saved: float
    """The validation loss that stopping at the best evaluation would have saved; negative between two evaluations where
    the loss is lower than at any."""
    noticeable: float
    """The least difference of losses that is mentioned."""
    evaluations: int
    """Evaluations so far."""
    examples: float | None
    """Held-out examples; None where their number is unknown."""

    @property
    def is_early(self) -> bool:
        """Whether it is too early to call anything the lowest, or balanced."""
        return self.evaluations < HISTORY


def measure_fit(evaluations: Evaluations, found: Collection[str] = ()) -> Fit | None:
    """The fit at the newest evaluation; None without a validation set or without finite losses.

    `found`: ids of what the diagnosis finds. Only what it calls overfitting is called so here, and a run that it calls
    good is not called underfitting: what is left of its loss is noise.

    Left of the middle, the mark shows how much of the loss of the best constant prediction is left, squared so that a
    floor of noise looks less like underfitting. Right of it, the mark shows Prechelt's generalisation loss (1998):
    the rise of the validation loss above its minimum so far, as a share of that minimum.
    """
    best, latest = evaluations.best, evaluations.latest
    if best is None or latest is None or best.validation_loss is None or latest.validation_loss is None:
        return None
    if not (math.isfinite(latest.train_loss) and math.isfinite(latest.validation_loss)):
        return None
    base = latest.base_loss if latest.base_loss > _NO_BASE * float(evaluations.train_loss[0]) else 1.0
    rise = latest.validation_loss - best.validation_loss
    # A rise moves the mark out of the balanced part only if it is noticeable, however small the best loss is.
    least = _NOTICEABLE * base / (_FULLY_OVER * (2 * _BALANCED[1] - 1))
    over = rise / max(best.validation_loss, least)
    left = min(max(latest.train_loss / base, 0.0), 1.0) ** 2
    right = min(max(over, 0.0) / _FULLY_OVER, 1.0)  # negative where the moment shown lies between two evaluations
    position = 0.5 - 0.5 * left + 0.5 * right * (1 - left)
    if "good" in found:
        position = max(position, _BALANCED[0])
    with np.errstate(invalid="ignore"):  # two infinite losses have no difference
        gaps = evaluations.validation_loss - evaluations.train_loss
    then = int(np.searchsorted(evaluations.iteration, (1 - _LATELY) * latest.iteration, side="right")) - 1
    before = gaps[max(min(then, len(gaps) - 2), 0)]
    gap = latest.validation_loss - latest.train_loss
    gap = gap if abs(gap) > _EQUAL * latest.train_loss else 0.0
    trend = gap - float(before)
    growing = gap > _NOTICEABLE * base and trend > _STEADY * base
    word = "worse than guessing" if latest.train_loss > _LOST * base else _word(position, found, growing)
    return Fit(
        position=position,
        word="" if word in _OF_A_HISTORY and (len(gaps) < HISTORY or latest.get("validation_examples") == 1) else word,
        gap=gap,
        trend=trend,
        best_loss=best.validation_loss,
        best_iteration=best.iteration,
        now=latest.validation_loss,
        saved=rise,
        noticeable=_NOTICEABLE * base,
        evaluations=len(gaps),
        examples=latest.get("validation_examples"),
    )


def _word(position: float, found: Collection[str], growing: bool) -> str:
    if "overfitting" in found:
        return "overfitting"
    if position < _BALANCED[0]:
        return "underfitting"
    if position <= _BALANCED[1]:
        return "balanced"
    return "gap growing" if growing else "above its best"


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size: in a race the table of the arms, after a run broke its autopsy."""
    if snapshot.arms:
        return race.draw(snapshot, view, width, height, theme)
    if snapshot.autopsy is not None:
        return autopsy.draw(snapshot.autopsy, view, width, height, theme)
    found = {finding.id for finding in snapshot.findings}
    fit = measure_fit(evaluations_shown(snapshot), found)
    learnt = snapshot.iteration > 0
    note = fit.word if fit and learnt else ""
    cells = open_panel(FIT, "Fit", view, width, height, theme, note=note)
    room, rows = width - 4, height - 2
    if room < 4 or rows < 1:
        return cells
    if fit is None:
        say(cells, _why_nothing(snapshot, room, rows), theme.muted)
        return cells
    style = theme.warning if "overfitting" in found else theme.good if fit.word == "balanced" else theme.note
    few = few_words(fit.examples)
    if fit.examples == 1:  # a mark on the scale would be a judgement
        cells.text(2, 1, Wordings(few, "1 held-out example", "1 example").fitting(room), theme.text, width=room)
    else:
        _draw_scale(cells, fit, style if learnt else theme.muted, theme)
    before = f"validation loss {compact(fit.now)}"
    untrained = Wordings(f"{before} before training", before, compact(fit.now))
    sentences = _sentences(fit) if learnt else [("•", untrained)]
    if few and fit.examples != 1:
        sentences.append(("•", Wordings(few, f"{fit.examples:g} held-out examples", f"{fit.examples:g} held out")))
    y = 2 if rows < 4 or rows >= 8 else 3  # with room for the curves no row is left over
    for number, (sign, wordings) in enumerate(sentences[: rows + 1 - y]):
        x = cells.text(2, y + number, f"{sign} ", theme.best if sign == "▲" else style)
        cells.text(x, y + number, wordings.fitting(room - 2), theme.text, width=width - 2 - x)
    top = y + len(sentences) + 1
    if height - 1 - top >= 4 and room >= 24:
        train = LegendEntry(theme.sign("━━", "**"), theme.train, Wordings("training loss", "train"))
        validation = LegendEntry(validation_sign(theme), theme.validation, Wordings("validation loss", "validation"))
        draw_legend(cells, top - 1, [train, validation], theme)
        log_y = loss_scale(snapshot, view).logarithmic
        cells.paste(_gap_over_time(snapshot, width - 2, height - 1 - top, theme, log_y), 1, top)
    return cells


def _why_nothing(snapshot: Snapshot, width: int, rows: int) -> str:
    latest, data = evaluations_shown(snapshot).latest, snapshot.data
    if latest is None:
        return "Not measured yet."
    if latest.validation_loss is not None if data is None else len(data.validation_inputs):
        wordings = Wordings(
            "✗ The losses are no finite numbers: there is nothing left to compare.",
            "✗ The losses are no finite numbers.",
            "✗ not finite",
        )
    else:
        wordings = Wordings(
            "No validation set: without held-out data nobody can tell learning from learning by heart.",
            "No validation set: overfitting cannot be seen.",
            "No validation set.",
            "no validation",
        )
    return wordings.fitting_rows(width, rows)


def _draw_scale(cells: Cells, fit: Fit, style: int, theme: Theme) -> None:
    """ "under ├─────●──┤ over gap +0.21 ↑"."""
    end = cells.width - 2
    gap = f"gap {signed(fit.gap)}"
    arrow = _arrow(fit.trend, fit.noticeable * _STEADY / _NOTICEABLE)
    named = end - 2 >= 30 + text_width(gap)
    right = end
    if end - 2 >= 20 + text_width(gap) + 4:
        right -= text_width(gap) + 2
        x = cells.text(right, 1, gap, theme.text)
        cells.text(x, 1, f" {arrow}", style)
        right -= 3 if named else 1
    left = cells.text(2, 1, "under " if right - 2 >= 20 else "", theme.muted)
    if right - 2 >= 20:
        right -= 5
        cells.text(right, 1, " over", theme.muted)
    if right - left >= 5:
        draw_gauge(cells, left, 1, right - left, fit.position, style, theme, healthy=_BALANCED)


def _sentences(fit: Fit) -> list[tuple[str, Wordings]]:
    """The best evaluation, and what stopping there would have saved: (sign, wordings) of each line."""
    if fit.examples == 1:
        rest = f"of one held-out example, best {compact(fit.best_loss)} at {count(fit.best_iteration)}"
        now_line = Wordings(f"validation {compact(fit.now)} {rest}", f"validation {compact(fit.now)}", compact(fit.now))
        few = Wordings("one held-out example tells nothing of others", "one example tells nothing", "one example only")
        return [("•", now_line), ("•", few)]
    best, now, at = compact(fit.best_loss), compact(fit.now), count(fit.best_iteration)
    if fit.saved > fit.noticeable:
        saved = compact(fit.saved, 2)  # what a reader finds who subtracts the losses shown
        first = Wordings(
            f"validation best {best} at {at} · now {now}",
            f"best {best} at {at} · now {now}",
            f"{best} at {at}, now {now}",
            f"{best}, now {now}",
            f"{best} → {now}",
        )
        best_line = ("▲", first)
        if fit.word != "overfitting":  # the validation loss rose for another reason: stopping is no remedy
            return [best_line]
        second = Wordings(
            f"stopping at {at} would have saved {saved}", f"stop at {at}: {saved} saved", f"{saved} too high"
        )
        return [best_line, ("↑", second)]
    if fit.saved < 0 and now == best:  # between two evaluations, in digits that are not shown
        first = Wordings(
            f"validation {now} now, as low as the best evaluation at {at}",
            f"{now} now, as low as the best evaluation",
            f"validation loss {now}",
            f"validation {now}",
            now,
        )
    elif fit.saved < 0:
        first = Wordings(
            f"validation {now} now, below the best evaluation: {best} at {at}",
            f"{now} now, below the best evaluation, {best} at {at}",
            f"{now} now, best evaluation {best} at {at}",
            f"{now}, below the best evaluation",
            f"validation loss {now}",
            f"validation {now}",
            now,
        )
    else:
        state = ", at its best" if fit.saved == 0 and not fit.is_early else ""
        first = Wordings(
            f"validation {now}{state} · best {best} at {at}", f"best {best} at {at}, now {now}", f"{best} at {at}"
        )
    second = Wordings("nothing to save by stopping earlier", "nothing to save yet", "still good")
    if fit.is_early:
        number = counted(fit.evaluations, "evaluation")
        second = Wordings(
            f"too early to tell: {number} so far", f"too early: {number}", "too early to tell", "too early"
        )
    elif fit.saved > 0:
        least = compact(fit.saved, 2)
        second = Wordings(f"stopping there would have saved {least} only", f"only {least} to save", f"{least} lost")
    sign = "▲" if fit.saved >= 0 else "•"
    return [(sign, first), ("•" if fit.is_early else "✓", second)]


def _arrow(trend: float, threshold: float) -> str:
    return "↑" if trend > threshold else "↓" if trend < -threshold else "→"


def _gap_over_time(snapshot: Snapshot, width: int, height: int, theme: Theme, log_y: bool) -> Cells:
    """Both losses by evaluation with the gap between them filled: the textbooks' picture of overfitting."""
    evaluations = evaluations_shown(snapshot)
    train, validation = evaluations.train_loss, evaluations.validation_loss
    x = evaluations.positions
    axis = value_axis(np.concatenate([[0.0], train, validation]), logarithmic=log_y)
    plot = time_plot(snapshot, width, height, axis, theme)
    plot.band(x, np.fmin(train, validation), np.fmax(train, validation), theme.envelope)
    draw_uprights(plot, snapshot, over=True)
    draw_validation_line(plot, x, validation)
    plot.line(x, train, theme.train, last=True, over=True)
    draw_validation_points(plot, x, validation)
    best = evaluations.best
    if best is not None and best.validation_loss is not None:
        column = plot.upright(best.iteration, "┆", theme.best)
        plot.points([best.position], [best.validation_loss], "▲", theme.best)
        value = compact(best.validation_loss)
        label(plot, column, Wordings(f"best {value} at {count(best.iteration)}", f"best {value}", "best"), theme.best)
    draw_events(plot, snapshot)
    return plot.cells


def _wish(snapshot: Snapshot, view: View) -> Wish:
    """In a race the arms are compared here, below their curves."""
    if snapshot.arms:
        return Wish(FIT, 0, least=(26, 9), wanted=(50, 14))
    return Wish(FIT, 6, least=(26, 5), wanted=(50, 9))


_SIGNS = (
    ("under", "The mark is far left: the network has learned too little, even of its own examples."),
    ("over", "The mark is far right: it has learned its examples by heart, and does worse on others."),
    ("gap", "Validation loss minus training loss; ↑ it grows, ↓ it shrinks, → it is steady."),
    ("▲ best", "The lowest validation loss so far, and the iteration at which it was measured."),
    ("saved", "How much lower the validation loss would be if the run had stopped there: early stopping."),
)

PANEL = Panel(
    id=FIT,
    title="Fit",
    title_in_race="Race",
    signs=_SIGNS,
    signs_in_race=race.SIGNS,
    number="4",
    shows="numbers",
    draw=draw,
    wish=_wish,
    scale=loss_scale,
)
