"""What `train --json` tells of an evaluation beside its measures, derived for exported ones from its recording and the
curves of the run. What they do not tell exactly is left out."""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Floats
from tui_trainer.exports.format import Source
from tui_trainer.setting import BATCH_SIZE
from tui_trainer.telemetry import Evaluations, Losses

OF_EPOCHS = (BATCH_SIZE, "data.", "loss.")
"""Beginnings of the keys of settings on which the number of batches in an epoch depends."""


def derived_columns(source: Source) -> list[dict[str, Floats]]:
    """For each of `source.evaluations` the epochs completed and the loss of the last mini-batch: name → (n,), NaN where
    it is not known any more; no column where it is never known."""
    snapshot = source.snapshot
    curves = [arm.losses for arm in snapshot.arms] or [snapshot.losses]
    recorded = source.batch_losses() or [np.empty(0)] * len(curves)
    per_epoch = _batches_per_epoch(source)
    found = []
    for (_, evaluations), losses, every in zip(source.evaluations, curves, recorded, strict=True):
        columns = {"epoch": np.floor(evaluations.iteration / per_epoch)} if per_epoch else {}
        if not np.isnan(last := _batch_loss(evaluations, losses, every)).all():
            columns["batch_loss"] = last
        found.append(columns)
    return found


def update_norm(evaluations: Evaluations) -> Floats:
    """(layers, n): ‖update‖ of each layer, from its ratio to the weights; no layers if it was never measured."""
    return evaluations.of_layers("update_ratio") * evaluations.of_layers("weight_norm")


def _batches_per_epoch(source: Source) -> int:
    """0 where it is not known, has changed, or is not that of all arms."""
    snapshot = source.snapshot
    keys = {change.key for arm in snapshot.arms for change in (*arm.changed, *arm.differs)}
    keys |= {key for event in snapshot.events if isinstance(key := getattr(event, "key", None), str)}
    is_steady = snapshot.progress is not None and not any(key.startswith(OF_EPOCHS) for key in keys)
    return snapshot.progress.batches_per_epoch if snapshot.progress is not None and is_steady else 0


def _batch_loss(evaluations: Evaluations, losses: Losses, recorded: Floats) -> Floats:
    """(n,): as recorded; else known at the ends of the buckets, which a short run has at every iteration."""
    ends, last = losses.batch.final, losses.batch.last
    found = np.full(len(evaluations.iteration), np.nan)
    if len(ends):
        index = np.minimum(np.searchsorted(ends, evaluations.iteration), len(ends) - 1)
        is_end = ends[index] == evaluations.iteration
        found[is_end] = last[index[is_end]]
    before = evaluations.iteration - 1
    is_recorded = (before >= 0) & (before < len(recorded))
    values = recorded[before[is_recorded]]
    found[is_recorded] = np.where(np.isnan(values), found[is_recorded], values)
    return found
