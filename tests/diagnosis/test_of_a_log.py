"""Losses of another program, which tell neither a rate nor the loss of a constant prediction, are judged as far as they
go."""

from __future__ import annotations

import math

import made_up
import pytest

from tui_trainer.diagnosis import Diagnosis
from tui_trainer.telemetry import Finding


def found(**columns: list[float | None]) -> list[Finding]:
    """What is found in evaluations every 10 iterations with these values; None is one that the log does not have."""
    diagnosis = Diagnosis()
    for number, row in enumerate(zip(*columns.values(), strict=True)):
        diagnosis.observe(made_up.evaluation(10 * number, **dict(zip(columns, row, strict=True))))
    return list(diagnosis.findings)


def test_a_log_of_learning_by_heart_is_called_that() -> None:
    train = [0.7 * 0.93**n for n in range(60)]
    validation = [max(0.7 * 0.93**n, 0.35) + max(n - 20, 0) * 0.02 for n in range(60)]
    assert [finding.id for finding in found(train_loss=train, validation_loss=validation)] == ["overfitting"]


def test_losses_that_run_away_are_seen_without_a_measure() -> None:
    assert found(train_loss=[2.0**n for n in range(30)])[0].id == "diverging"


@pytest.mark.parametrize("name", ["validation_loss", "validation_accuracy"])
def test_a_training_loss_that_is_not_logged_is_no_broken_one(name: str) -> None:
    assert not any(finding.id == "diverging" for finding in found(**{name: [0.5 - n / 200 for n in range(60)]}))


def test_whatever_values_a_log_leaves_out_it_is_judged_without_an_error() -> None:
    values = [0.5, None, math.nan, 0.4, math.inf, None, 0.3] * 9
    found(train_loss=values, validation_loss=values[::-1])
