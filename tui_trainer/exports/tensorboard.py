"""Metrics as a TensorBoard event file. The package tensorboardX writes it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tui_trainer.exports.format import ExportError, Format, Source
from tui_trainer.telemetry import Losses


def _write(source: Source) -> bytes:
    """The scalars of every evaluation; those of layers are tagged "layer 1/weight_norm", those of arms "A/train_loss".
    TensorBoard shows a folder of such files."""
    try:
        from tensorboardX import SummaryWriter
    except ImportError:
        raise ExportError(
            "an event file needs tensorboardX, which is not installed: pip install 'tui-trainer[tensorboard]'"
        ) from None
    arms = [(f"{arm.name}/", arm.losses) for arm in source.snapshot.arms] or [("", source.snapshot.losses)]
    with tempfile.TemporaryDirectory() as folder:
        with SummaryWriter(folder) as writer:
            for prefix, losses in arms:
                _add(writer, prefix, losses)
        (file,) = Path(folder).glob("*tfevents*")
        return file.read_bytes()


def _add(writer: Any, prefix: str, losses: Losses) -> None:
    evaluations = losses.evaluations
    columns = dict(evaluations.values)
    for name, rows in evaluations.layer_values.items():
        columns |= {f"{layer}/{name}": row for layer, row in zip(evaluations.layer_names, rows, strict=True)}
    for name, values in columns.items():
        for iteration, value in zip(evaluations.iteration.tolist(), values.tolist(), strict=True):
            if not np.isnan(value):
                writer.add_scalar(f"{prefix}{name}", value, iteration)


TENSORBOARD = Format(title="metrics as TensorBoard event file", package="tensorboardX", write=_write)
