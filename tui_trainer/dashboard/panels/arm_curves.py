"""Of every arm of a race a measure at its evaluations, as the table has it: its number there is the curve's end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from tui_trainer.arrays import Floats
from tui_trainer.dashboard.standings import standings
from tui_trainer.drawing.charts.axis import Axis, value_axis
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.telemetry import ArmView, Evaluation, Snapshot
from tui_trainer.telemetry.lead import NONE_FINITE, NOT_MEASURED, ONE_EXAMPLE

FAR = 4.0
"""A loss so many times the first one leaves the picture at the top: it would flatten all others."""


class ArmCurve(Struct, frozen=True):
    """A measure of one arm."""

    arm: ArmView
    iterations: Floats
    values: Floats
    until: float
    """The iteration of the evaluation that the table shows; what comes after it is yet to be lived through again."""


def decisive_curves(snapshot: Snapshot) -> list[ArmCurve]:
    """By what the verdict judges: validation losses, of an arm without held-out examples the training loss."""
    return [
        _curve(each.arm, each.latest, "validation_loss" if _held_out(each.arm) else "train_loss")
        for each in standings(snapshot.arms).arms
    ]


def training_curves(snapshot: Snapshot) -> list[ArmCurve]:
    """The training losses of the whole sets, at the same evaluations."""
    return measured_curves(snapshot, "train_loss")


def measured_curves(snapshot: Snapshot, measure: str) -> list[ArmCurve]:
    """What all arms have of a measure, by its name in `Evaluation`."""
    return [_curve(each.arm, each.latest, measure) for each in standings(snapshot.arms).arms]


def decisive_words(snapshot: Snapshot) -> Wordings:
    """What `decisive_curves` are, ways to say it, the longest first."""
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
    """Round limits around the curves of all arms, but not around what runs away."""
    return value_axis(within_sight(curves), logarithmic=log_y)


def within_sight(curves: Sequence[ArmCurve]) -> Floats:
    """The losses of all curves, (n,), without those that run away."""
    losses = [curve.values for curve in curves]
    values = np.concatenate(losses)
    first = max((float(each[0]) for each in losses if len(each) and np.isfinite(each[0])), default=np.inf)
    return np.asarray(values[values <= FAR * first])


def _held_out(arm: ArmView) -> bool:
    return bool(np.isfinite(arm.losses.evaluations.validation_loss).any())


def _curve(arm: ArmView, shown: Evaluation | None, measure: str) -> ArmCurve:
    """`shown`: what the table has, which the log of evaluations need not have."""
    evaluations = arm.losses.evaluations
    x = evaluations.iteration.astype(np.float64)
    y = getattr(evaluations, measure)
    if shown is None:
        return ArmCurve(arm, x, y, -np.inf)
    place = int(np.searchsorted(x, shown.iteration))
    if place == len(x) or x[place] != shown.iteration:
        value = getattr(shown, measure)
        x, y = np.insert(x, place, shown.iteration), np.insert(y, place, np.nan if value is None else value)
    return ArmCurve(arm, x, y, float(shown.iteration))
