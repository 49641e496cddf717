"""Metrics as a TensorBoard event file. The package tensorboardX writes it."""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any

import numpy as np

from tui_trainer.arrays import Floats
from tui_trainer.exports.derived_fields import derived_columns, update_norm
from tui_trainer.exports.format import ExportError, Format, Source
from tui_trainer.telemetry import Evaluations


def _write(source: Source) -> bytes:
    """The scalars of every evaluation, and what is derived; those of layers are tagged "layer_1/weight_norm", those of
    arms "A/train_loss". TensorBoard shows a folder of such files."""
    try:
        from tensorboardX import SummaryWriter
    except ImportError:
        raise ExportError(
            "an event file needs tensorboardX, which is not installed: pip install 'tui-trainer[tensorboard]'"
        ) from None
    logging.getLogger("tensorboardX").setLevel(logging.ERROR)  # an infinite value may be written without a warning
    with tempfile.TemporaryDirectory() as folder:
        with SummaryWriter(folder) as writer:
            arms, evaluations = zip(*source.evaluations, strict=True)
            for tag, each, derived in zip(tags(arms), evaluations, derived_columns(source), strict=True):
                _add(writer, f"{tag}/" if tag else "", each, derived)
        (file,) = Path(folder).glob("*tfevents*")
        return file.read_bytes()


def tags(names: Sequence[str]) -> list[str]:
    """The names in letters that a tag can have. Names that become alike, as "p<1" and "p>1", get a number."""
    found: list[str] = []
    for name in names:
        tag = re.sub(r"[^-\w.]", "_", name)
        found.append(next(each for each in chain([tag], (f"{tag}_{n}" for n in count(2))) if each not in found))
    return found


def _add(writer: Any, prefix: str, evaluations: Evaluations, derived: dict[str, Floats]) -> None:
    columns = dict(evaluations.values) | derived
    more = {"update_norm": norm} if len(norm := update_norm(evaluations)) else {}
    for name, rows in (*evaluations.layer_values.items(), *more.items()):
        columns |= {f"{layer}/{name}": row for layer, row in zip(tags(evaluations.layer_names), rows, strict=True)}
    for name, values in columns.items():
        for iteration, value in zip(evaluations.iteration.tolist(), values.tolist(), strict=True):
            if not np.isnan(value):
                writer.add_scalar(f"{prefix}{name}", value, iteration)


TENSORBOARD = Format(title="metrics as TensorBoard event file", package="tensorboardX", write=_write)
