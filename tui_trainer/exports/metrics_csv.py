"""Metrics as CSV: one row an evaluation, one column a measure. A spreadsheet or `pandas.read_csv` reads it."""

from __future__ import annotations

import csv
import io
import math

from tui_trainer.arrays import Floats
from tui_trainer.exports.derived_fields import derived_columns, update_norm
from tui_trainer.exports.format import Format, Source
from tui_trainer.telemetry import Evaluations


def _write(source: Source) -> bytes:
    """The columns are `iteration`, the measures, those of each layer, "layer 1.weight_norm", and what is derived. In a
    race the first column names the arm. A measure that an evaluation lacks is an empty cell."""
    pairs = zip(source.evaluations, derived_columns(source), strict=True)
    tables = [(name, _columns(evaluations, derived)) for (name, evaluations), derived in pairs]
    names = list(dict.fromkeys(name for _, columns in tables for name in columns))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    is_race = len(tables) > 1
    writer.writerow([*(["arm"] if is_race else []), *names])
    for arm, columns in tables:
        for row in range(len(columns["iteration"])):
            cells = [columns[name][row] if name in columns else math.nan for name in names]
            writer.writerow([*([arm] if is_race else []), *("" if math.isnan(cell) else cell for cell in cells)])
    return text.getvalue().encode()


def _columns(evaluations: Evaluations, derived: dict[str, Floats]) -> dict[str, list[float]]:
    """Heading → a number for each evaluation."""
    columns: dict[str, list[float]] = {"iteration": evaluations.iteration.tolist()}
    columns |= {name: values.tolist() for name, values in evaluations.values.items()}
    more = {"update_norm": norm} if len(norm := update_norm(evaluations)) else {}
    for name, rows in (*evaluations.layer_values.items(), *more.items()):
        columns |= {f"{layer}.{name}": row.tolist() for layer, row in zip(evaluations.layer_names, rows, strict=True)}
    return columns | {name: values.tolist() for name, values in derived.items()}


CSV = Format(title="metrics as CSV", write=_write)
