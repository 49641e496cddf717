"""The window of the loss curve's smoothing, which the person chooses in epochs, and its wordings."""

from __future__ import annotations

from tui_trainer.dashboard.view import ONE_EPOCH, SMOOTHEST
from tui_trainer.drawing.charts.numbers import count
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.setting import BATCH_SIZE
from tui_trainer.telemetry import SettingChange, Snapshot, whole_window


def window(snapshot: Snapshot, smoothing: int) -> int:
    """The window in losses that `View.smoothing` means in this run: at least 1, no smoothing. A long run keeps its
    batches in buckets; then the window is rounded up to whole buckets."""
    halvings = max(ONE_EPOCH - smoothing, 0)
    batch, progress = snapshot.losses.train, snapshot.progress
    epoch = 1 if progress is None else round(progress.batches_per_epoch / batch.spacing)
    asked = max(epoch << max(smoothing - ONE_EPOCH, 0) >> halvings, 1) if smoothing else 1
    return whole_window(batch, asked)


def turned(snapshot: Snapshot, smoothing: int, direction: int) -> int:
    """The next `View.smoothing` in a direction (1 smoother, −1 rougher) that changes the window of this run; the same
    value where there is none."""
    choices = range(smoothing + direction, SMOOTHEST + 1 if direction > 0 else -1, direction)
    now = window(snapshot, smoothing)
    return next((choice for choice in choices if window(snapshot, choice) != now), smoothing)


def words(snapshot: Snapshot, losses: int, *, several: bool = False) -> Wordings:
    """What the mean of this many losses is a mean of. `several`: more than one is drawn in a column."""
    progress = snapshot.progress
    if progress is None or snapshot.losses.train.spacing != 1:  # a log that leaves batches out, or has no batches
        number = f"{count(losses)} values"
        return Wordings(f"mean of {number}", number) if losses > 1 else Wordings("every value")
    if losses == 1:
        return Wordings("batches, mean of each column", "column means") if several else Wordings("every batch")
    epochs, rest = divmod(losses, progress.batches_per_epoch)
    if any(isinstance(e, SettingChange) and e.key == BATCH_SIZE and e.iteration for e in snapshot.events):
        number = f"{count(losses)} iterations"
    elif rest or not epochs:
        number = f"{count(losses)} batches"
    elif epochs == 1:
        return Wordings("mean of the last epoch", "last epoch")
    else:
        number = f"{count(epochs)} epochs"
    return Wordings(f"mean of {number}", number)
