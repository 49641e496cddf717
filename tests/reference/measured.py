"""Evaluations and layers as plain keywords, for tests that need no run to have them."""

from __future__ import annotations

from tui_trainer.telemetry import Evaluation, LayerValues


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
