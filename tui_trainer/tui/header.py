"""The lines around the panels: what runs and how far it is, the verdict, the tabs, the keys."""

from __future__ import annotations

import math

from msgspec import Struct

from tui_trainer.telemetry import Phase, Severity, Snapshot, Status
from tui_trainer.tui.cells import Cells, text_width
from tui_trainer.tui.charts.numbers import compact, count
from tui_trainer.tui.layout import Rect
from tui_trainer.tui.panels.settings import value_text
from tui_trainer.tui.theme import Theme
from tui_trainer.tui.view import PANELS, FooterKey, View

_STATUS_SIGNS = {
    Status.RUNNING: "▶",
    Status.PAUSED: "⏸",
    Status.FINISHED: "✓",
    Status.STOPPED_EARLY: "✓",
    Status.DIVERGED: "✗",
    Status.FAILED: "✗",
}
_SEVERITY_SIGNS = {Severity.CRITICAL: "✗", Severity.WARNING: "⚠", Severity.NOTE: "·", Severity.GOOD: "✓"}
_TAB_NAMES = {
    "loss": "Loss",
    "weights": "Weights",
    "gradients": "Gradients",
    "fit": "Fit",
    "data": "Data",
    "step": "Step",
    "settings": "Settings",
}


class Piece(Struct, frozen=True):
    """A few words of a line; where room is short, the largest rank leaves first."""

    text: str
    packed: int
    rank: int = 0


def draw_header(cells: Cells, rows: int, snapshots: tuple[Snapshot, ...], view: View, theme: Theme) -> None:
    """One or two lines at the top of the screen."""
    snapshot = snapshots[0]
    status = _status(snapshot, view, theme)
    place = Piece(f"iteration {count(snapshot.iteration)}", theme.text)
    if snapshot.past:
        moment = f" past: iteration {count(snapshot.past.iteration)} of {count(snapshot.past.newest)} "
        place = Piece(moment, theme.badge)
    rate = Piece(f"lr {compact(snapshot.learning_rate)}", theme.text, 1)
    title = Piece(snapshot.title, theme.title, 3)
    if rows == 1:
        draw_line(cells, 0, [status, place, rate, title], [], theme)
        return
    runs = [Piece(f"{len(snapshots)} runs", theme.muted, 4)] if len(snapshots) > 1 else []
    draw_line(cells, 0, [title, Piece(snapshot.summary, theme.muted, 5)], [status, *runs], theme)
    shown_epoch = min(snapshot.epoch + 1, max(math.ceil(snapshot.target_epochs), 1))
    if snapshot.epoch >= snapshot.target_epochs and snapshot.status is Status.RUNNING:
        shown_epoch = snapshot.epoch + 1
    left = [
        Piece(f"epoch {count(shown_epoch)} of {count(math.ceil(snapshot.target_epochs))}", theme.text, 3),
        Piece(f"batch {count(snapshot.batch)} of {count(snapshot.batches_per_epoch)}", theme.text, 5),
        place,
    ]
    size = snapshot.settings.get("training.batch_size", snapshot.batch_size)
    right = [rate, Piece(f"batch size {value_text(size)}", theme.muted, 6)]
    end = draw_line(cells, 1, left, right, theme)
    _draw_phases(cells, end, 1, snapshot.phase, theme)


def draw_verdict(cells: Cells, y: int, snapshot: Snapshot, theme: Theme) -> None:
    """One sentence that says how it goes, with its sign and its numbers; what the last command did beside it."""
    end = cells.width - 1
    sign, packed, text, rest = _verdict(snapshot, theme)
    x = cells.text(1, y, f"{sign} ", packed)
    x = cells.text(x, y, text, packed, width=end - x)
    room = end - x
    if rest and room > 1:
        x = cells.text(x, y, rest, theme.text, width=room)
    message = snapshot.message
    if message and message not in (text, rest) and x + text_width(message) + 3 <= end:
        cells.text(end - text_width(message), y, message, theme.muted)


def draw_tabs(cells: Cells, y: int, focus: str, theme: Theme) -> dict[str, Rect]:
    """The panels by number and name, the one in focus marked; numbers alone where names have no room."""
    keys = {name: "S" if name == "settings" else str(number) for number, name in enumerate(PANELS, start=1)}
    names = {name: f" {keys[name]} {_TAB_NAMES[name]} " for name in PANELS}
    if sum(map(len, names.values())) > cells.width:
        names = {name: text if name == focus else f" {keys[name]} " for name, text in names.items()}
    places, x = {}, 0
    for name, text in names.items():
        start = x
        x = cells.text(x, y, text, theme.chosen if name == focus else theme.muted)
        places[f"tab:{name}"] = Rect(start, y, x - start, 1)
    return places


def draw_footer(cells: Cells, y: int, footer: tuple[FooterKey, ...], theme: Theme) -> dict[str, Rect]:
    """The keys that work now, as many as fit; places for the mouse."""
    kept = list(footer)

    def needed() -> int:
        return 1 + sum(text_width(item.key) + text_width(item.label) + 3 for item in kept) - 2

    while kept and needed() > cells.width - 1:
        largest = max(item.rank for item in kept)
        kept.pop(max(index for index, item in enumerate(kept) if item.rank == largest))
    places, x = {}, 1
    for item in kept:
        start = x
        x = cells.text(x, y, item.key, theme.key)
        x = cells.text(x, y, f" {item.label}", theme.muted)
        places[f"key:{item.key}"] = Rect(start, y, x - start, 1)
        x += 2
    return places


def draw_line(cells: Cells, y: int, left: list[Piece], right: list[Piece], theme: Theme) -> int:
    """Pieces from both ends with dots between them; returns the first column after the left ones.

    While they do not fit, the piece of the largest rank leaves; the last one is cut with an ellipsis.
    """
    left, right = [p for p in left if p.text], [p for p in right if p.text]

    def needed() -> int:
        between = 3 * (max(len(left) - 1, 0) + max(len(right) - 1, 0)) + 2 * bool(left and right)
        return between + sum(text_width(piece.text) for piece in left + right)

    while len(left) + len(right) > 1 and needed() > cells.width - 2:
        worst = max(left + right, key=lambda piece: piece.rank)
        (left if worst in left else right).remove(worst)
    x = _draw_pieces(cells, 1, y, left, theme)
    width = sum(text_width(piece.text) for piece in right) + 3 * max(len(right) - 1, 0)
    if right:
        _draw_pieces(cells, max(cells.width - 1 - width, 1), y, right, theme)
    return x


def status_words(snapshot: Snapshot) -> str:
    """▶ running 80 it/s."""
    text = f"{_STATUS_SIGNS[snapshot.status]} {snapshot.status.value}"
    if snapshot.status is not Status.RUNNING:
        return text
    speed = f"{snapshot.speed:,.0f}" if snapshot.speed >= 10 else compact(snapshot.speed, 2)
    return f"{text} {speed} it/s" if snapshot.pace is not None else f"{text} {speed} it/s, full speed"


def verdict_words(snapshot: Snapshot, theme: Theme) -> str:
    """The verdict as one string."""
    sign, _, text, rest = _verdict(snapshot, theme)
    return f"{sign} {text}{rest}"


def _draw_pieces(cells: Cells, x: int, y: int, pieces: list[Piece], theme: Theme) -> int:
    for number, piece in enumerate(pieces):
        if number:
            x = cells.text(x, y, " · ", theme.faint)
        x = cells.text(x, y, piece.text, piece.packed, width=cells.width - 1 - x)
    return x


def _status(snapshot: Snapshot, view: View, theme: Theme) -> Piece:
    if view.stale:
        return Piece("… still computing", theme.warning)
    packed = {
        Status.RUNNING: theme.good,
        Status.PAUSED: theme.warning,
        Status.DIVERGED: theme.critical,
        Status.FAILED: theme.critical,
    }.get(snapshot.status, theme.good)
    return Piece(status_words(snapshot), packed)


def _draw_phases(cells: Cells, x: int, y: int, phase: Phase | None, theme: Theme) -> None:
    """Guess ▸ [Measure] ▸ Blame ▸ Fix in what is free of the line, from the middle of the screen where possible."""
    words = [f"[{p.word}]" if p is phase else f" {p.word} " for p in Phase]
    width = sum(map(len, words)) + 3
    free = cells.codes[y, x:] != ord(" ")
    end = x + int(free.argmax()) if free.any() else cells.width
    if end - x < width + 4:
        return
    x = min(max(cells.width // 2 - width // 2, x + 3), end - width - 2)
    for number, (step, word) in enumerate(zip(Phase, words, strict=True)):
        if number:
            x = cells.text(x, y, "▸", theme.faint)
        packed = theme.muted if phase is None else theme.text
        if phase is not None and step >= phase:
            packed = theme.badge if step is phase else theme.faint
        x = cells.text(x, y, word, packed)


def _verdict(snapshot: Snapshot, theme: Theme) -> tuple[str, int, str, str]:
    """(sign, style, headline, the rest of the sentence)."""
    if snapshot.status is Status.FAILED:
        return "✗", theme.critical, "FAILED: ", snapshot.message
    if snapshot.findings:
        finding = snapshot.findings[0]
        packed = {
            Severity.CRITICAL: theme.critical,
            Severity.WARNING: theme.warning,
            Severity.NOTE: theme.note,
            Severity.GOOD: theme.good,
        }[finding.severity]
        loud = finding.severity in (Severity.CRITICAL, Severity.WARNING)
        title = finding.title.upper() if loud else finding.title
        key = " · f: remedies" if finding.remedies else ""
        if finding.sentence.casefold().startswith(finding.title.casefold()):
            rest = finding.sentence[len(finding.title) :]
            return _SEVERITY_SIGNS[finding.severity], packed, title, rest + key
        since = f" since iteration {count(finding.since)}: " if loud else ": "
        return _SEVERITY_SIGNS[finding.severity], packed, title, since + finding.sentence + key
    return "·", theme.muted, "", snapshot.message or _calm_sentence(snapshot)


def _calm_sentence(snapshot: Snapshot) -> str:
    """Where the losses are, when there is nothing to say about them."""
    evaluations = snapshot.losses.evaluations
    latest = evaluations.latest
    if latest is None or not snapshot.iteration:
        return "Nothing learnt yet: space runs, . makes one iteration, p one phase of it."
    text = f"Training loss {compact(latest.train_loss)}, at the start {compact(float(evaluations.train_loss[0]))}"
    if latest.validation_loss is not None:
        text += f" · validation loss {compact(latest.validation_loss)}"
    if latest.train_accuracy is not None:
        text += f" · {latest.train_accuracy:.0%} right"
    return text
