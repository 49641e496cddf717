"""The evaluations as they stood at a moment of the past: a run keeps its whole curve while one looks back at it."""

from __future__ import annotations

import numpy as np
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

    Of these two only losses, accuracies and penalties are of their moment; all else, what was measured of the layers
    too, is left as it was at the newest.
    """
    latest = evaluations.latest
    if latest is None or latest.iteration <= iteration:
        return evaluations
    count = int(np.searchsorted(evaluations.iteration, iteration, side="right"))
    columns = [name for name in Evaluations.__struct_fields__ if name not in ("latest", "best")]
    kept = structs.replace(evaluations, **{name: getattr(evaluations, name)[..., :count] for name in columns})
    losses = kept.validation_loss
    finite = np.flatnonzero(np.isfinite(losses))
    lowest = int(finite[np.argmin(losses[finite])]) if len(finite) else None
    # The best of all, if it lies before, which the thinned curves need not have any more.
    best = evaluations.best if evaluations.best is not None and evaluations.best.iteration <= iteration else None
    return structs.replace(
        kept,
        latest=_at(kept, count - 1, latest) if count else None,
        best=best if best is not None or lowest is None else _at(kept, lowest, latest),
    )


def _at(evaluations: Evaluations, place: int, like: Evaluation) -> Evaluation:
    """The evaluation at `place` of the curves, in all else `like` another."""
    names = ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy", "penalty")
    values = {name: float(getattr(evaluations, name)[place]) for name in names}
    known = {name: None if np.isnan(value) and name != "train_loss" else value for name, value in values.items()}
    return structs.replace(like, iteration=int(evaluations.iteration[place]), **known)
