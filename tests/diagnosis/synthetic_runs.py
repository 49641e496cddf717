"""Short made-up runs, and a diagnosis that has seen them. Evaluation number i is at iteration 10·i."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import made_up

from tui_trainer.diagnosis import Diagnosis
from tui_trainer.telemetry import Evaluation, Finding, LayerValues, Severity

BASE = 0.7
"""The loss of the best constant answer in all of these runs."""


def evaluation(
    number: int,
    train_loss: float,
    validation_loss: float | None = None,
    *,
    validation_error: float | None = None,
    validation_examples: int | None = None,
    learning_rate: float = 3.0,
    step_quality: float | None = None,
    layers: tuple[LayerValues, ...] = (),
    **others: float,
) -> Evaluation:
    """What is measured at evaluation `number`, reduced to what the rules look at."""
    return made_up.evaluation(
        10 * number,
        epoch=number,
        train_loss=train_loss,
        validation_loss=validation_loss,
        learning_rate=learning_rate,
        base_loss=BASE,
        validation_error=validation_error,
        validation_examples=validation_examples,
        step_quality=step_quality,
        layers=layers,
        **others,
    )


class Remembering(Diagnosis):
    """Keeps all alarms that it has ever raised, each with its last words; of notes and of what goes well it says
    nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.raised: list[Finding] = []

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(each for each in super().findings if each.severity in (Severity.CRITICAL, Severity.WARNING))

    def observe(self, evaluation: Evaluation, settings: Mapping[str, object] | None = None) -> None:
        held = {finding.id for finding in self.findings}
        super().observe(evaluation, settings)
        for finding in self.findings:
            if finding.id in held:
                last = max(n for n, each in enumerate(self.raised) if each.id == finding.id)
                self.raised[last] = finding
            else:
                self.raised.append(finding)


def observed(
    training: Sequence[float],
    validation: Sequence[float] | None = None,
    diagnosis: Remembering | None = None,
    *,
    start: int = 0,
    settings: Mapping[str, object] | None = None,
    validation_error: float | None = None,
    validation_examples: int | None = None,
    learning_rate: float = 3.0,
    step_quality: float | None = None,
    **others: float,
) -> Remembering:
    """`diagnosis`, or a new one, after it has seen these losses."""
    diagnosis = diagnosis or Remembering()
    for number, loss in enumerate(training):
        held_out = validation[number] if validation is not None else None
        measured = evaluation(
            start + number,
            loss,
            held_out,
            validation_error=validation_error,
            validation_examples=validation_examples,
            learning_rate=learning_rate,
            step_quality=step_quality,
            **others,
        )
        diagnosis.observe(measured, settings)
    return diagnosis


def overfitted(count: int) -> tuple[list[float], list[float]]:
    """Training loss falling on; validation loss 0.6 → 0.3 in 10 evaluations, then up by 0.02 each. `count` after it."""
    training = [0.7 * math.exp(-step / 12) for step in range(10 + count)]
    validation = [0.6 - 0.03 * step for step in range(10)] + [0.3 + 0.02 * step for step in range(count)]
    return training, validation


def jumping(count: int, low: float = 0.2, high: float = 0.9) -> list[float]:
    """A loss that falls from 1 and then jumps between `low` and `high` with a little variety, for ever."""
    return [1.0, *(low + (high - low) * (0.5 + 0.5 * math.sin(2.4 * step)) for step in range(count - 1))]
