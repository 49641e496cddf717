"""Of every arm of a race the loss at its evaluations, as the table has it: the last number there is the curve's end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.telemetry import ArmView, Evaluation, Snapshot
from tui_trainer.telemetry.lead import NONE_FINITE, NOT_MEASURED, ONE_EXAMPLE
from tui_trainer.tui.charts.axis import Axis, value_axis
from tui_trainer.tui.standings import standings

Floats = NDArray[np.float64]

FAR = 4.0
"""A loss so many times the first one leaves the picture at the top: it would flatten all others."""


class ArmCurve(Struct, frozen=True):
    """One arm's losses."""

    arm: ArmView
    iterations: Floats
    losses: Floats
    until: float
    """The iteration of the evaluation that the table shows; what comes after it is yet to be lived through again."""


def decisive_curves(snapshot: Snapshot) -> list[ArmCurve]:
    """By what the verdict judges: validation losses, of an arm without held-out examples the training loss."""
    return [_curve(each.arm, each.latest, validation=_held_out(each.arm)) for each in standings(snapshot.arms).arms]


def training_curves(snapshot: Snapshot) -> list[ArmCurve]:
    """The training losses of the whole sets, at the same evaluations."""
    return [_curve(each.arm, each.latest, validation=False) for each in standings(snapshot.arms).arms]


def decisive_words(snapshot: Snapshot) -> tuple[str, ...]:
    """What `decisive_curves` are, ways to say it, the longest first."""
    held_out = [_held_out(arm) for arm in snapshot.arms]
    if not any(held_out):
        words = "training loss", "training", "train"
    elif all(held_out):
        words = "validation loss", "validation", "valid."
    else:
        words = "validation or training loss", "valid. or train", "losses"
    lead = standings(snapshot.arms).lead
    if lead.hindrance in ("", NOT_MEASURED, NONE_FINITE, ONE_EXAMPLE):
        return words
    return f"{words[0]}, not to be compared", f"{words[1]}, not comparable", "not comparable"


def has_validation(snapshot: Snapshot) -> bool:
    """Whether any arm has held-out examples."""
    return any(map(_held_out, snapshot.arms))


def race_axis(curves: Sequence[ArmCurve], log_y: bool) -> Axis:
    """Round limits around the curves of all arms, but not around what runs away."""
    losses = [curve.losses for curve in curves]
    values = np.concatenate(losses)
    first = max((float(each[0]) for each in losses if len(each) and np.isfinite(each[0])), default=np.inf)
    return value_axis(values[values <= FAR * first], logarithmic=log_y)


def _held_out(arm: ArmView) -> bool:
    return bool(np.isfinite(arm.losses.evaluations.validation_loss).any())


def _curve(arm: ArmView, shown: Evaluation | None, *, validation: bool) -> ArmCurve:
    """`shown`: what the table has, which the log of evaluations need not have."""
    evaluations = arm.losses.evaluations
    x = evaluations.iteration.astype(np.float64)
    y = evaluations.validation_loss if validation else evaluations.train_loss
    if shown is None:
        return ArmCurve(arm, x, y, -np.inf)
    place = int(np.searchsorted(x, shown.iteration))
    if place == len(x) or x[place] != shown.iteration:
        loss = shown.validation_loss if validation else shown.train_loss
        x, y = np.insert(x, place, shown.iteration), np.insert(y, place, np.nan if loss is None else loss)
    return ArmCurve(arm, x, y, float(shown.iteration))
