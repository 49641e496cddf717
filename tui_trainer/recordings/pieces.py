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

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from tui_trainer.arrays import Array, Floats
from tui_trainer.experiment import Experiment
from tui_trainer.telemetry import Evaluation
from tui_trainer.training.early_stopping import EarlyStop
from tui_trainer.training.order import Position
from tui_trainer.training.vectors import Keyframe

Arrays = Mapping[str, NDArray[Any]]


class Stretch(Struct, frozen=True, kw_only=True):
    """The losses and evaluations of a strand since the last piece."""

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
        values, layers = _columns(stretch.evaluations)
        arrays = {
            "first": np.array(stretch.first),
            "losses": np.concatenate([*stretch.losses, np.empty(0)]),
            "evaluations": np.array([each.iteration for each in stretch.evaluations], dtype=np.int64),
            **{f"values.{name}": column for name, column in values.items()},
            **{f"layers.{name}": rows for name, rows in layers.items()},
        }
        piece |= {f"{stretch.strand}.{name}": array for name, array in arrays.items()}
    return piece


def _columns(evaluations: Sequence[Evaluation]) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """By name the values (m,) and those of the layers (layers, m). A column at a time: training waits for this thread
    while it holds Python's lock."""
    values = [each.values for each in evaluations]
    layers = [[layer.values for layer in each] for each in zip(*(each.layers for each in evaluations), strict=True)]
    return (
        {name: np.array([each.get(name, np.nan) for each in values]) for name in ChainMap(*values)},
        {
            name: np.array([[each.get(name, np.nan) for each in rows] for rows in layers])
            for name in ChainMap(*(each for rows in layers for each in rows))
        },
    )


def packed_keyframes(strands: Mapping[int, Sequence[Keyframe]]) -> dict[str, NDArray[Any]]:
    """The arrays for the keyframes of each strand. There may be hundreds a second."""
    arrays: dict[str, NDArray[Any]] = {}
    for strand, keyframes in strands.items():
        rows: dict[int, list[tuple[tuple[float, ...], tuple[Array, ...]]]] = {}
        for frame in keyframes:
            rows.setdefault(len(frame.slots) + 1, []).append((_numbers(frame), (frame.parameters, *frame.slots)))
        for count, alike in rows.items():
            numbers, vectors = zip(*alike, strict=True)
            arrays[f"{strand}.moments{count}"] = np.array(numbers)
            arrays[f"{strand}.vectors{count}"] = np.array(vectors)
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


def _numbers(frame: Keyframe) -> tuple[float, ...]:
    early = frame.early_stop
    return (
        *(frame.iteration, frame.optimizer_start, *structs.astuple(frame.order_start)),
        *(early.best_loss, early.best_iteration, early.to_beat, early.waits_since, early.stopped),
    )
