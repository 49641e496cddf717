"""The lines around the panels: the run and its progress at the top, the tabs, the keys at the bottom."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from msgspec import Struct, structs

from tui_trainer.dashboard.arm_labels import arm_wordings, focused_arm
from tui_trainer.dashboard.evaluations_at import evaluations_shown
from tui_trainer.dashboard.keys.time_keys import is_slow_motion
from tui_trainer.dashboard.layout import Rect
from tui_trainer.dashboard.panels import by_number
from tui_trainer.dashboard.setting_values import value_in_force
from tui_trainer.dashboard.view import FooterKey, View
from tui_trainer.drawing.cells import Cells, fit, text_width
from tui_trainer.drawing.charts.numbers import compact, count, plain
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.setting import BATCH_SIZE, LEARNING_RATE
from tui_trainer.telemetry import Phase, Progress, Snapshot, Status, present

_STATUS_SIGNS = {
    Status.RUNNING: "▶",
    Status.PAUSED: "❚❚",
    Status.FINISHED: "✓",
    Status.STOPPED_EARLY: "✓",
    Status.DIVERGED: "✗",
    Status.FAILED: "✗",
    Status.WAITING: "…",
    Status.STALLED: "⚠",
    Status.CRASHED: "✗",
}
_KEPT = 0.7
"""Share of the requested pace below which the header shows the speed that this machine reaches."""

_GAP = 2
"""Free cells between the left and the right end of a line."""
_WITH_PHASES = 72
"""Columns from which the header shows all phases; below, it names the phase that has just run."""
_IN_FULL = 100
"""Columns from which nothing is abbreviated."""
_PHASES_WIDTH = sum(len(phase.word) + 2 for phase in Phase) + len(Phase) - 1 + 2
"""Cells of the strip of phases, with a blank at both ends."""


class HeaderItem(Struct, frozen=True):
    """A part of a line. Where room is short, the item with the largest rank is left out first."""

    text: str
    style: int
    rank: int = 0
    least: int = 0
    """Cells to which it may be cut before it is left out; 0 where a part of it says nothing."""


def draw_header(cells: Cells, rows: int, snapshot: Snapshot, view: View, theme: Theme) -> None:
    """One or two lines at the top of the screen."""
    status = _status(snapshot, view, theme, cells.width - 2 if rows > 1 else cells.width // 2)
    done = done_words(snapshot)
    position = HeaderItem(done if rows > 1 and cells.width >= _IN_FULL else done.removesuffix(" done"), theme.text)
    if snapshot.past:
        position = HeaderItem(f" {past_words(snapshot)} ", theme.badge)
    progress, control, held = snapshot.progress, snapshot.control, view.held_settings
    holds_rate = view.is_closed_case or any(key == LEARNING_RATE or key.startswith("schedule.") for key in held)
    rate = HeaderItem("" if progress is None or holds_rate else f"lr {plain(progress.learning_rate, 3)}", theme.text, 1)
    title = HeaderItem(f"{snapshot.title}{' (recording)' * snapshot.is_recorded}", theme.title, 4, least=16)
    at_pace = control is not None and snapshot.status is not Status.RUNNING
    pace = HeaderItem(pace_words(present(control).pace) if at_pace else "", theme.muted, 3)
    if rows == 1:
        draw_line(cells, 0, [status, position, _arm(snapshot, theme, short=True), rate, pace, title], [], theme)
        return
    arm = _arm(snapshot, theme, short=cells.width < _IN_FULL)
    # The summary loses its last part first: data and network matter more than the optimizer, which the settings name.
    told = "" if view.is_closed_case or held else snapshot.summary
    summary = [HeaderItem(part, theme.muted, 5 + rank) for rank, part in enumerate(told.split(" · "))]
    draw_line(cells, 0, [title, arm, *summary], [status, pace], theme)
    holds_length = any(key.startswith(("training.", "data.")) for key in held)
    left = [position] if progress is None or holds_length else [*_epochs(progress, theme), position]
    if cells.width < _WITH_PHASES and snapshot.phase is not None:
        left.append(HeaderItem(f"[{snapshot.phase.word}]", theme.fresh, 2))
    size = (
        f"batch size {value_in_force(snapshot, BATCH_SIZE)}"
        if BATCH_SIZE in snapshot.values and not view.is_closed_case and BATCH_SIZE not in held
        else ""
    )
    with_phases = progress is not None and cells.width >= _WITH_PHASES
    right = [rate, HeaderItem(size, theme.muted, 6)]
    end = draw_line(cells, 1, left, right, theme, between=_PHASES_WIDTH if with_phases else 0)
    if with_phases:
        _draw_phases(cells, end, 1, snapshot.phase, theme)


def _epochs(progress: Progress, theme: Theme) -> list[HeaderItem]:
    """ "epoch 3 of 100", "2 of 7 batches"; "32 of 120 seen" where the batches of the epoch have two sizes."""
    target = max(math.ceil(progress.target_epochs), 1)
    # An epoch counts from 1 while its batches run; at the target the last one is over and no other has begun.
    epoch = progress.epoch + (0 if progress.epoch == target and not progress.batch else 1)
    batch = f"{count(progress.batch)} of {count(progress.batches_per_epoch)} batches" if progress.batch else ""
    if progress.seen:
        batch = f"{count(progress.seen)} of {count(progress.examples)} seen"
    words = f"epoch {count(epoch)} {'of' if epoch <= target else 'beyond'} {count(target)}"
    return [HeaderItem(words, theme.text, 3), HeaderItem(batch, theme.text, 5)]


def draw_tabs(cells: Cells, y: int, focus: str, theme: Theme, *, race: bool = False) -> dict[str, Rect]:
    """The panels by number and name, the focused one marked; numbers alone where names have no room. Returns the tabs'
    rectangles."""
    names = {
        panel.id: f" {panel.number} {(race and panel.title_in_race) or panel.title} ".replace("  ", " ")
        for panel in by_number()
    }
    if sum(map(len, names.values())) > cells.width:
        brief = {panel.id: f" {panel.number or panel.title[:3].lower()} " for panel in by_number()}
        names = {**brief, focus: names[focus]}
    rectangles, x = {}, 0
    for name, text in names.items():
        start = x
        x = cells.text(x, y, text, theme.chosen if name == focus else theme.muted)
        rectangles[f"tab:{name}"] = Rect(start, y, x - start, 1)
    return rectangles


def draw_footer(cells: Cells, y: int, footer: tuple[FooterKey, ...], theme: Theme) -> dict[str, Rect]:
    """As many as fit of the keys that work now. Returns their rectangles for the mouse."""
    row, ends = _footer_row(footer, cells.width, theme)
    cells.paste(row, 0, y)
    return {f"key:{action}": Rect(start, y, end - start, 1) for action, start, end in ends}


@lru_cache(maxsize=16)
def _footer_row(footer: tuple[FooterKey, ...], width: int, theme: Theme) -> tuple[Cells, list[tuple[str, int, int]]]:
    """The footer, and (action, first column, column behind it) of each key. Cached, since it is the same in most
    frames; do not write to it."""
    row, x, ends = Cells(width, 1, theme.text), 1, []
    for item in _fitting(footer, width - 1):
        start = x
        x = row.text(x, 0, item.key, theme.key)
        x = row.text(x, 0, f" {item.label}", theme.muted)
        ends.append((item.action, start, x))
        x += 2
    return row, ends


def _fitting(footer: tuple[FooterKey, ...], width: int) -> tuple[FooterKey, ...]:
    """The keys that fit: the largest rank is left out first."""
    kept = list(footer)

    def needed() -> int:
        return 1 + sum(text_width(item.key) + text_width(item.label) + 3 for item in kept) - 2

    while kept and needed() > width:
        largest = max(item.rank for item in kept)
        kept.pop(max(index for index, item in enumerate(kept) if item.rank == largest))
    return tuple(kept)


def draw_line(
    cells: Cells, y: int, left: list[HeaderItem], right: list[HeaderItem], theme: Theme, *, between: int = 0
) -> int:
    """Draw the items of both ends with dots between them; return the first column after the left ones.

    `between` cells stay free in the middle, and at least two. While the items do not fit, the one with the largest rank
    is left out; the last one is cut with an ellipsis.
    """
    left, right = [p for p in left if p.text], [p for p in right if p.text]

    def needed() -> int:
        dots = 3 * (max(len(left) - 1, 0) + max(len(right) - 1, 0))
        gap = max(between, _GAP) if left and right else between
        return dots + 2 + gap + sum(text_width(item.text) for item in left + right)

    while len(left) + len(right) > 1 and needed() > cells.width:
        worst = max(left + right, key=lambda item: item.rank)
        side, room = left if worst in left else right, text_width(worst.text) - (needed() - cells.width)
        if 0 < worst.least <= room:
            side[side.index(worst)] = structs.replace(worst, text=fit(worst.text, room))
        else:
            side.remove(worst)
    x = _draw_items(cells, 1, y, left, theme)
    width = sum(text_width(item.text) for item in right) + 3 * max(len(right) - 1, 0)
    if right:
        _draw_items(cells, max(cells.width - 1 - width, 1), y, right, theme)
    return x


def status_words(snapshot: Snapshot, room: int) -> str:
    """ "▶ running 80 it/s", "✓ stopped early, weights of 140"; the addition is left out where it does not fit into
    `room` cells."""
    text = f"{_STATUS_SIGNS[snapshot.status]} {snapshot.status.value}"
    progress, control = snapshot.progress, snapshot.control
    if progress is not None and progress.restored is not None:
        at = count(progress.restored)
        return Wordings(f"{text}, weights of {at}", f"{text}, of {at}", text).fitting(room)
    if (left := _left_behind(snapshot)) is not None:
        return Wordings(f"{text}, weights of {count(left)} not restored", f"{text}, not the best", text).fitting(room)
    if snapshot.status is not Status.RUNNING or progress is None or control is None:
        return text
    speed = count(progress.speed) if progress.speed >= 10 else compact(progress.speed, 2)
    if control.pace is None:
        return f"{text} {speed} it/s, full speed"
    if is_slow_motion(control.pace) or not 0 < progress.speed < _KEPT * control.pace:
        return f"{text} {pace_words(control.pace)}"
    return f"{text} {speed} of {pace_words(control.pace)}"


def _left_behind(snapshot: Snapshot) -> int | None:
    """The iteration of the best evaluation, where its weights should be restored at the end but the run reached its
    target without stopping early."""
    best = evaluations_shown(snapshot).best
    if snapshot.status is not Status.FINISHED or not snapshot.values.get("training.early_stopping.restore_best"):
        return None
    return None if best is None or best.iteration == snapshot.iteration else best.iteration


def done_words(snapshot: Snapshot) -> str:
    """ "37 iterations done": an epoch counts from 1 while its batches run, an iteration when it is over."""
    number, unit = snapshot.iteration, snapshot.losses.counts
    return f"{count(number)} {unit.removesuffix('s') if number == 1 else unit} done"


def past_words(snapshot: Snapshot) -> str:
    """ "past: 120 of 480 iterations"."""
    return f"past: {count(snapshot.iteration)} of {count(snapshot.newest)} {snapshot.losses.counts}"


def pace_words(pace: float | None) -> str:
    """The requested speed: "1 phase/s", "30 it/s", "full speed"."""
    if pace is None:
        return "full speed"
    if not is_slow_motion(pace):
        return f"{count(pace) if pace >= 10 else plain(pace, 3)} it/s"
    phases = plain(pace * len(Phase), 3)
    return f"{phases} phase{'' if phases == '1' else 's'}/s"


def _draw_items(cells: Cells, x: int, y: int, items: list[HeaderItem], theme: Theme) -> int:
    for number, item in enumerate(items):
        if number:
            x = cells.text(x, y, " · ", theme.faint)
        x = cells.text(x, y, item.text, item.style, width=cells.width - 1 - x)
    return x


def _status(snapshot: Snapshot, view: View, theme: Theme, room: int) -> HeaderItem:
    if view.stale:
        return HeaderItem("… still computing", theme.warning)
    style = {
        Status.RUNNING: theme.good,
        Status.PAUSED: theme.warning,
        Status.DIVERGED: theme.critical,
        Status.FAILED: theme.critical,
        Status.WAITING: theme.note,
        Status.STALLED: theme.warning,
        Status.CRASHED: theme.critical,
    }.get(snapshot.status, theme.good)
    return HeaderItem(status_words(snapshot, room), style)


def _arm(snapshot: Snapshot, theme: Theme, *, short: bool) -> HeaderItem:
    """ "arm B of 3: learning rate 0.5"; nothing while there is only one arm."""
    if not snapshot.arms:
        return HeaderItem("", theme.text)
    number = focused_arm(snapshot.arms)
    text = f"arm {snapshot.arms[number].letter} of {len(snapshot.arms)}"
    room = 24 if short else 60
    words = arm_wordings(snapshot.arms[number]).fitting(room)
    return HeaderItem(f"{text}: {fit(words, room)}" if words else text, theme.strong, 2)


def _draw_phases(cells: Cells, x: int, y: int, phase: Phase | None, theme: Theme) -> None:
    """[Guess] ▸ Measure ▸ Blame ▸ Fix, in the middle of the screen where that is free, else to the right of column
    `x`."""
    free = cells.codes[y, x:] == ord(" ")
    end = x + (int(np.argmin(free)) if not free.all() else len(free))
    if end - x < _PHASES_WIDTH:
        return
    x = min(max((cells.width - _PHASES_WIDTH) // 2, x), end - _PHASES_WIDTH) + 1
    for step in Phase:
        if step:
            x = cells.text(x, y, "▸", theme.faint)
        style = theme.muted if phase is None else theme.text
        if phase is not None and step >= phase:
            style = theme.badge if step is phase else theme.stale
        x = cells.text(x, y, f"[{step.word}]" if step is phase else f" {step.word} ", style)
