"""Evaluations and layers as plain keywords, for tests that need no run to have them."""

from __future__ import annotations

from typing import Any, TypeVar

from msgspec import structs

from tui_trainer.telemetry import Evaluation, Evaluations, LayerValues


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
