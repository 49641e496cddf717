"""Evaluations and layers as plain keywords, for tests that need no run to have them."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from msgspec import structs

from tui_trainer.telemetry import (
    ControlView,
    DataView,
    Evaluation,
    EvaluationLog,
    Evaluations,
    History,
    LayerValues,
    Losses,
    NetworkView,
    Progress,
    RaceView,
    SettingsView,
    Snapshot,
    Status,
)
from tui_trainer.telemetry.losses import Unit

PARTS = {
    "progress": Progress,
    "settings": SettingsView,
    "network": NetworkView,
    "data": DataView,
    "race": RaceView,
    "control": ControlView,
}


def evaluation(
    iteration: int, *, epoch: int = 0, layers: tuple[LayerValues, ...] = (), **values: float | None
) -> Evaluation:
    """Measured as the keywords say; None is a value that the run does not have."""
    return Evaluation(iteration=iteration, epoch=epoch, values=known(values), layers=layers)


def layer(name: str, *, activation: str = "linear", **values: float | None) -> LayerValues:
    """Likewise of one layer."""
    return LayerValues(name=name, activation=activation, values=known(values))


def known(values: dict[str, float | None]) -> dict[str, float]:
    return {name: value for name, value in values.items() if value is not None}


Kind = TypeVar("Kind", Evaluation, Evaluations)


def replaced(measured: Kind, **changes: Any) -> Kind:
    """An evaluation, or the curves of many, with other fields and, by their names, other values."""
    values = {name: changes.pop(name) for name in list(changes) if name not in measured.__struct_fields__}
    return structs.replace(measured, **changes, values=measured.values | values)


def changed(snapshot: Snapshot, **fields: Any) -> Snapshot:
    """The snapshot with other fields, its own and those of its parts; `arms` of none are no race."""
    own = {name: fields.pop(name) for name in list(fields) if name in snapshot.__struct_fields__}
    snapshot = structs.replace(snapshot, **own)
    for part, kind in PARTS.items():
        inner = {name: fields.pop(name) for name in list(fields) if name in kind.__struct_fields__}
        before = getattr(snapshot, part)
        if inner:
            new = kind(**inner) if before is None else structs.replace(before, **inner)
            snapshot = structs.replace(snapshot, **{part: None if inner.get("arms") == () else new})
    assert not fields, f"no such fields: {fields}"
    return snapshot


def logged(
    table: str, *, counts: Unit = "iterations", status: Status = Status.RUNNING, batches: bool = True
) -> Snapshot:
    """What a table of losses has to tell, and no part of a snapshot more: a header that begins with the positions and
    names the others train, validation or accuracy, then the rows; "" where a row has no value. Without `batches`
    training losses are those of evaluations alone."""
    names, *rows = [line.split(",") for line in table.split()]
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    positions, history, log = [float(text) for text in columns.pop(names[0])], History(), EvaluationLog()
    for position, text in zip(positions, columns.get("train", ()), strict=False):
        if text and batches:
            history.extend(np.array([float(text)]), np.array([position]))
    measures = {"train": "train_loss", "validation": "validation_loss", "accuracy": "validation_accuracy"}
    for row, position in enumerate(positions):
        known = {measures[name]: float(column[row]) for name, column in columns.items() if column[row]}
        log.append(structs.replace(evaluation(round(position), **known), exact=position))
    return Snapshot(
        version=1,
        title="losses.csv",
        status=status,
        iteration=round(positions[-1]) if positions else 0,
        losses=Losses(counts=counts, batch=history.buckets(), evaluations=log.view()),
    )
