"""The evaluations as they stood at a moment of the past: a run keeps its whole curve while one looks back at it."""

from __future__ import annotations

from msgspec import structs

from tui_trainer.telemetry import Evaluation, Evaluations, Snapshot


def evaluations_shown(snapshot: Snapshot) -> Evaluations:
    """Those up to the moment that the snapshot is of, its own among them if it has been measured."""
    evaluations = snapshot.losses.evaluations
    known = evaluations_until(evaluations, snapshot.iteration) if snapshot.past else evaluations
    return with_latest(known, snapshot.evaluation)


def with_latest(evaluations: Evaluations, here: Evaluation | None) -> Evaluations:
    """`evaluations` with `here`, which the curves do not have, as the latest.

    Never as the best. That is one thing on every panel, for the key that goes back to it, for early stopping and for
    what `train` tells: the evaluation with the lowest validation loss of those that the configuration asks for, up to
    the moment shown. It does not depend on where somebody looks.
    """
    return evaluations if here is None else structs.replace(evaluations, latest=here)


def evaluations_until(evaluations: Evaluations, iteration: int) -> Evaluations:
    """`evaluations` without those after `iteration`; `latest` and `best` are the last and the best of what is left.

    Of the layers these two have nothing.
    """
    latest = evaluations.latest
    return evaluations if latest is None or latest.iteration <= iteration else evaluations.until(iteration)
