"""The evaluations up to a moment of the past: while a person looks back, the run keeps its whole curve."""

from __future__ import annotations

from msgspec import structs

from tui_trainer.telemetry import Evaluation, Evaluations, Snapshot


def evaluations_shown(snapshot: Snapshot) -> Evaluations:
    """The evaluations up to the moment shown, including the one measured at that moment."""
    evaluations = snapshot.losses.evaluations
    known = evaluations_until(evaluations, snapshot.iteration) if snapshot.past else evaluations
    return with_latest(known, snapshot.evaluation)


def with_latest(evaluations: Evaluations, here: Evaluation | None) -> Evaluations:
    """`evaluations` with `here` as the latest, though it is not part of the curves; it never becomes the best.

    The best evaluation is the same on every panel, for the key that seeks it, for early stopping and for `train`: of
    the evaluations that the configuration asks for, up to the moment shown, the one with the lowest validation loss. It
    does not depend on the moments that a person looked at.
    """
    return evaluations if here is None else structs.replace(evaluations, latest=here)


def evaluations_until(evaluations: Evaluations, iteration: int) -> Evaluations:
    """`evaluations` up to `iteration`, with `latest` and `best` of these; both lack the values of layers."""
    latest = evaluations.latest
    return evaluations if latest is None or latest.iteration <= iteration else evaluations.until(iteration)
