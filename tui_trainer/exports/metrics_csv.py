"""Metrics as CSV: one row an evaluation, one column a measure. A spreadsheet or `pandas.read_csv` reads it."""

from __future__ import annotations

import csv
import io
import math

from tui_trainer.exports.format import Format, Source
from tui_trainer.telemetry import Losses


def _write(source: Source) -> bytes:
    """The columns are `iteration`, the measures, and those of each layer: "layer 1.weight_norm". In a race the first
    column names the arm. A measure that an evaluation lacks is an empty cell."""
    arms = [(arm.name, arm.losses) for arm in source.snapshot.arms] or [("", source.snapshot.losses)]
    tables = [(name, _columns(losses)) for name, losses in arms]
    names = list(dict.fromkeys(name for _, columns in tables for name in columns))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    is_race = len(arms) > 1
    writer.writerow([*(["arm"] if is_race else []), *names])
    for arm, columns in tables:
        for row in range(len(columns["iteration"])):
            cells = [columns[name][row] if name in columns else math.nan for name in names]
            writer.writerow([*([arm] if is_race else []), *("" if math.isnan(cell) else cell for cell in cells)])
    return text.getvalue().encode()


def _columns(losses: Losses) -> dict[str, list[float]]:
    """Heading → a number for each evaluation."""
    evaluations = losses.evaluations
    columns: dict[str, list[float]] = {"iteration": evaluations.iteration.tolist()}
    columns |= {name: values.tolist() for name, values in evaluations.values.items()}
    for name, rows in evaluations.layer_values.items():
        columns |= {f"{layer}.{name}": row.tolist() for layer, row in zip(evaluations.layer_names, rows, strict=True)}
    return columns


CSV = Format(title="metrics as CSV", write=_write)
