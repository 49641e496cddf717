"""The pieces of a recording: arrays of a stretch of a run, written once and never changed.

A strand is a run without its forks. A fork begins a strand of its own; the journal says where. In `piece-N.npz` the
arrays of strand 3 are

    3.first           the iteration before the first of the losses
    3.losses          (n,) one for each iteration
    3.evaluations     (m,) iterations
    3.values.NAME     (m,) a value of each evaluation, NaN for one without it
    3.layers.NAME     (layers, m)

and in `keyframes-N.npz`, for keyframes of two vectors each,

    3.moments2        (k, 10) iteration, start of the optimizer, position where the division into mini-batches began
                      (iteration, epoch, offset), and early stopping (best loss and its iteration, loss to beat, waiting
                      since, stopped)
    3.vectors2        (k, 2, parameters) parameters and slots of the optimizer
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from tui_trainer.experiment import Experiment
from tui_trainer.telemetry import Evaluation, EvaluationLog
from tui_trainer.training.early_stopping import EarlyStop
from tui_trainer.training.order import Position
from tui_trainer.training.state import Keyframe

Arrays = Mapping[str, NDArray[Any]]


class Stretch(Struct, frozen=True, kw_only=True):
    """What a strand has gathered since the last piece."""

    strand: int
    first: int
    losses: Sequence[NDArray[np.float64]]
    evaluations: Sequence[Evaluation]


def packed(stretches: Sequence[Stretch]) -> dict[str, NDArray[Any]]:
    """The arrays of a piece; none if nothing was gathered."""
    piece: dict[str, NDArray[Any]] = {}
    for stretch in stretches:
        if not stretch.losses and not stretch.evaluations:
            continue
        log = EvaluationLog(capacity=max(len(stretch.evaluations), 1))
        for evaluation in stretch.evaluations:
            log.append(evaluation)
        curves = log.view()
        arrays = {
            "first": np.array(stretch.first),
            "losses": np.concatenate([*stretch.losses, np.empty(0)]),
            "evaluations": curves.iteration,
            **{f"values.{name}": values for name, values in curves.values.items()},
            **{f"layers.{name}": values for name, values in curves.layer_values.items()},
        }
        piece |= {f"{stretch.strand}.{name}": array for name, array in arrays.items()}
    return piece


def packed_keyframes(strands: Mapping[int, Sequence[Keyframe]]) -> dict[str, NDArray[Any]]:
    """The arrays of keyframes, given those of each strand."""
    arrays: dict[str, NDArray[Any]] = {}
    for strand, keyframes in strands.items():
        for count in {len(keyframe.slots) + 1 for keyframe in keyframes}:
            alike = [keyframe for keyframe in keyframes if len(keyframe.slots) + 1 == count]
            arrays[f"{strand}.moments{count}"] = np.array([_numbers(frame) for frame in alike])
            arrays[f"{strand}.vectors{count}"] = np.array([[frame.parameters, *frame.slots] for frame in alike])
    return arrays


def rows_in(keyframes: Arrays, strand: int) -> Iterator[tuple[list[float], NDArray[Any]]]:
    """The numbers of each keyframe of a strand, its iteration first, and its vectors: see `keyframe_from`."""
    prefix = f"{strand}.moments"
    for name, moments in keyframes.items():
        if name.startswith(prefix):
            vectors = keyframes[f"{strand}.vectors{name.removeprefix(prefix)}"]
            yield from zip(moments.tolist(), vectors, strict=True)


def keyframe_from(numbers: list[float], vectors: NDArray[Any], experiment: Experiment) -> Keyframe:
    """The keyframe of a row, with the experiment that was in force."""
    iteration, optimizer_start, began, epoch, offset, *early = numbers
    best_loss, best_iteration, to_beat, waits_since, stopped = early
    return Keyframe(
        iteration=int(iteration),
        parameters=vectors[0],
        slots=tuple(vectors[1:]),
        optimizer_start=int(optimizer_start),
        order_start=Position(int(began), int(epoch), int(offset)),
        early_stop=EarlyStop(
            best_loss=best_loss,
            best_iteration=int(best_iteration),
            to_beat=to_beat,
            waits_since=int(waits_since),
            stopped=int(stopped),
        ),
        experiment=experiment,
    )


def _numbers(frame: Keyframe) -> list[float]:
    early = frame.early_stop
    return [
        *(frame.iteration, frame.optimizer_start, *structs.astuple(frame.order_start)),
        *(early.best_loss, early.best_iteration, early.to_beat, early.waits_since, early.stopped),
    ]
