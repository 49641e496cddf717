"""A measure of every arm of a race at its evaluations; the curve ends at the number in the table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from tui_trainer.arrays import Floats
from tui_trainer.dashboard.standings import standings
from tui_trainer.drawing.charts.axis import SINGLE, Axis, value_axis
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.telemetry import ArmView, Evaluation, Snapshot
from tui_trainer.telemetry.lead import NONE_FINITE, NOT_MEASURED, ONE_EXAMPLE

FAR = 4.0
"""A loss this many times the first one leaves the picture at the top, where it would flatten two or more others."""


class ArmCurve(Struct, frozen=True):
    arm: ArmView
    iterations: Floats
    values: Floats
    until: float
    """The iteration of the evaluation in the table; what comes after it will be trained again."""


def decisive_curves(snapshot: Snapshot) -> list[ArmCurve]:
    """The losses by which the verdict judges: validation losses, or the training loss of an arm without held-out
    examples."""
    return [
        _curve(each.arm, each.latest, "validation_loss" if _held_out(each.arm) else "train_loss")
        for each in standings(snapshot.arms).arms
    ]


def measured_curves(snapshot: Snapshot, measure: str) -> list[ArmCurve]:
    """A measure of all arms, by its name in `Evaluation`."""
    return [_curve(each.arm, each.latest, measure) for each in standings(snapshot.arms).arms]


def decisive_words(snapshot: Snapshot) -> Wordings:
    """The name of the losses in `decisive_curves`."""
    held_out = [_held_out(arm) for arm in snapshot.arms]
    if not any(held_out):
        words = Wordings("training loss", "training", "train")
    elif all(held_out):
        words = Wordings("validation loss", "validation", "valid.")
    else:
        words = Wordings("validation or training loss", "valid. or train", "losses")
    lead = standings(snapshot.arms).lead
    if lead.hindrance in ("", NOT_MEASURED, NONE_FINITE, ONE_EXAMPLE):
        return words
    return Wordings(f"{words[0]}, not to be compared", f"{words[1]}, not comparable", "not comparable")


def has_validation(snapshot: Snapshot) -> bool:
    """Whether any arm has held-out examples."""
    return any(map(_held_out, snapshot.arms))


def race_axis(curves: Sequence[ArmCurve], log_y: bool) -> Axis:
    """Round limits around what is in sight of the curves."""
    return value_axis(within_sight(curves), logarithmic=log_y, resolution=SINGLE)


def within_sight(curves: Sequence[ArmCurve]) -> Floats:
    """The finite losses of all curves, (n,); without those that run away if two others stay to be compared."""
    losses = [curve.values for curve in curves]
    first = max((float(each[0]) for each in losses if len(each) and np.isfinite(each[0])), default=np.inf)
    staying = sum(bool(len(each)) and not (each > FAR * first).any() for each in losses)
    values = np.concatenate(losses)
    return np.asarray(values[values <= FAR * first] if staying > 1 else values[np.isfinite(values)])


def _held_out(arm: ArmView) -> bool:
    return bool(np.isfinite(arm.losses.evaluations.validation_loss).any())


def _curve(arm: ArmView, shown: Evaluation | None, measure: str) -> ArmCurve:
    """`shown`: the evaluation in the table, which the log of evaluations may lack."""
    evaluations = arm.losses.evaluations
    x = evaluations.positions
    y = getattr(evaluations, measure)
    if shown is None:
        return ArmCurve(arm, x, y, -np.inf)
    position = int(np.searchsorted(x, shown.iteration))
    if position == len(x) or x[position] != shown.iteration:
        value = getattr(shown, measure)
        x, y = np.insert(x, position, shown.iteration), np.insert(y, position, np.nan if value is None else value)
    return ArmCurve(arm, x, y, float(shown.iteration))
