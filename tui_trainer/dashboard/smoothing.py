"""Over how many iterations the loss curve is smoothed, as the person chose it in epochs, and how that is said."""

from __future__ import annotations

from tui_trainer.dashboard.view import ONE_EPOCH, SMOOTHEST
from tui_trainer.drawing.charts.numbers import count
from tui_trainer.telemetry import SettingChange, Snapshot, whole_window


def window(snapshot: Snapshot, smoothing: int) -> int:
    """Iterations that `View.smoothing` comes to in this run: at least 1, which is no smoothing. Where a long run
    remembers its batches in buckets, the next number of whole ones."""
    halvings = max(ONE_EPOCH - smoothing, 0)
    asked = max(snapshot.batches_per_epoch << max(smoothing - ONE_EPOCH, 0) >> halvings, 1) if smoothing else 1
    return whole_window(snapshot.losses.batch, asked)


def turned(snapshot: Snapshot, smoothing: int, direction: int) -> int:
    """The next `View.smoothing` in a direction (1 smoother, −1 rougher) that is another window in this run; the same
    where there is none."""
    choices = range(smoothing + direction, SMOOTHEST + 1 if direction > 0 else -1, direction)
    now = window(snapshot, smoothing)
    return next((choice for choice in choices if window(snapshot, choice) != now), smoothing)


def words(snapshot: Snapshot, iterations: int, *, several: bool = False) -> tuple[str, ...]:
    """What a mean of so many iterations is a mean of, ways to say it, the longest first. `several`: of them are drawn
    in one column."""
    if iterations == 1:
        return ("batches, mean of each column", "column means") if several else ("every batch",)
    epochs, rest = divmod(iterations, snapshot.batches_per_epoch)
    if any(isinstance(e, SettingChange) and e.key == "training.batch_size" and e.iteration for e in snapshot.events):
        number = f"{count(iterations)} iterations"
    elif rest or not epochs:
        number = f"{count(iterations)} batches"
    elif epochs == 1:
        return "mean of the last epoch", "last epoch"
    else:
        number = f"{count(epochs)} epochs"
    return f"mean of {number}", number
