"""The measures of an evaluation by name, and the bounded log of all evaluations of a run.

The configuration alone fixes the iterations of evaluations, so the same seed gives the same log everywhere. The names
are those of the instruments. A log of another program has the names that the program wrote.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from tui_trainer.arrays import Floats

JUDGED = "validation_loss"
"""The value by which the best evaluation is chosen: the lowest."""

EVALUATIONS_KEPT = 1024
"""Evaluations that the log of a run holds, unless it is to have all."""
MOST_WAITING = 64
"""Evaluations that wait to be written into the columns of a log: many at once take less time than one after another."""

APART = 0.01
"""Evaluations that are judged lie a hundredth of the run apart, at least: so a number of them is a share of the run
too, and the change from one to the next means the same, however often a run is evaluated."""
LONG, AHEAD = 100_000, 10
"""The most iterations that a run is judged to have: the first number, or the second times the iterations so far if that
is more. So a target that is never reached mutes no finding."""


def judged_length(iteration: int, share_done: float | None) -> int:
    """The iterations of a run of which `share_done` is done, limited as `LONG` says; the iterations so far where its
    target is not known."""
    if share_done is None:
        return max(iteration, 1)
    return min(round(iteration / share_done), max(LONG, AHEAD * iteration)) if share_done else LONG


def is_apart(iteration: int, before: int, share_done: float | None) -> bool:
    """Whether the evaluation at `iteration`, with that share of the run done, is to be judged. `before`: where the last
    was that is."""
    return iteration - before >= APART * judged_length(iteration, share_done)


class LayerValues(Struct, frozen=True, kw_only=True):
    name: str
    """The name that the source gives. The live trainer counts from the input: "layer 1", "layer 2", …"""
    activation: str = ""
    """The activation of the units: "relu", …; "linear" for an output layer of logits; "" if unknown."""
    values: dict[str, float]
    """Name → value of each measure that this layer has."""

    def get(self, name: str) -> float | None:
        """A value; None if the layer does not have it."""
        return self.values.get(name)

    def of(self, name: str) -> float:
        """A value; 0 if the layer does not have it."""
        return self.values.get(name, 0.0)


class Evaluation(Struct, frozen=True, kw_only=True):
    """The measures of a run at one iteration, in evaluation mode (no dropout, no augmentation, no penalty)."""

    iteration: int
    epoch: int
    """Epochs completed."""
    values: dict[str, float]
    """Name → value of each measure that the run has."""
    layers: tuple[LayerValues, ...] = ()
    exact: float | None = None
    """The position on the axis, where a log counts in something finer than `iteration`."""

    def get(self, name: str) -> float | None:
        """A value; None if the run does not have it."""
        return self.values.get(name)

    @property
    def position(self) -> float:
        return self.iteration if self.exact is None else self.exact

    @property
    def train_loss(self) -> float:
        """NaN if it was not measured."""
        return self.values.get("train_loss", math.nan)

    @property
    def validation_loss(self) -> float | None:
        return self.values.get("validation_loss")

    @property
    def train_accuracy(self) -> float | None:
        return self.values.get("train_accuracy")

    @property
    def validation_accuracy(self) -> float | None:
        return self.values.get("validation_accuracy")

    @property
    def learning_rate(self) -> float:
        """0 if unknown: then all evaluations of a run count as made at one rate."""
        return self.values.get("learning_rate", 0.0)

    @property
    def base_loss(self) -> float:
        """The training loss of the best constant prediction; 0 if unknown."""
        return self.values.get("base_loss", 0.0)


class Evaluations(Struct, frozen=True, kw_only=True):
    """The curves of the n evaluations so far, oldest first."""

    iteration: NDArray[np.int64]
    """(n,)"""
    values: dict[str, Floats] = {}
    """Name → (n,); NaN for an evaluation without the value."""
    layer_values: dict[str, Floats] = {}
    """Name → (layers, n); NaN as above."""
    layer_names: tuple[str, ...] = ()
    latest: Evaluation | None = None
    best: Evaluation | None = None
    """The evaluation with the lowest validation loss; None without a validation set."""
    exact: Floats | None = None
    """(n,) positions on the axis, where a log counts in something finer than iterations."""

    @property
    def positions(self) -> Floats:
        """(n,) positions on the axis."""
        return self.iteration.astype(np.float64) if self.exact is None else self.exact

    def of(self, name: str) -> Floats:
        """(n,) values by name; all NaN if the name was never measured."""
        found = self.values.get(name)
        return np.full(len(self.iteration), np.nan) if found is None else found

    def of_layers(self, name: str) -> Floats:
        """(layers, n) values by name; no layers if the name was never measured."""
        return self.layer_values.get(name, np.empty((0, len(self.iteration))))

    def at(self, index: int) -> Evaluation:
        """The evaluation at this index of the curves, without its epoch."""
        known = self.latest.layers if self.latest is not None else ()
        return Evaluation(
            iteration=int(self.iteration[index]),
            exact=None if self.exact is None else float(self.exact[index]),
            epoch=0,
            values=_known({name: column[index] for name, column in self.values.items()}),
            layers=tuple(
                structs.replace(layer, values=_known({n: rows[number, index] for n, rows in self.layer_values.items()}))
                for number, layer in enumerate(known)
            ),
        )

    def only(self, indices: slice | NDArray[np.intp]) -> Evaluations:
        """The curves of these evaluations. The latest and the best stay what they are."""
        return structs.replace(
            self,
            iteration=self.iteration[indices],
            exact=None if self.exact is None else self.exact[indices],
            values={name: column[indices] for name, column in self.values.items()},
            layer_values={name: rows[:, indices] for name, rows in self.layer_values.items()},
        )

    def until(self, iteration: int) -> Evaluations:
        """The evaluations up to an iteration, with the best and the latest of them."""
        count = int(np.searchsorted(self.iteration, iteration, side="right"))
        kept = self.only(slice(count))
        latest, best = self.latest, self.best
        if latest is not None and latest.iteration > iteration:
            latest = kept.at(count - 1) if count else None
        if best is not None and best.iteration > iteration:
            losses = kept.of(JUDGED)
            finite = np.flatnonzero(np.isfinite(losses))
            best = kept.at(int(finite[np.argmin(losses[finite])])) if len(finite) else None
        return structs.replace(kept, latest=latest, best=best)

    @property
    def train_loss(self) -> Floats:
        return self.of("train_loss")

    @property
    def validation_loss(self) -> Floats:
        return self.of("validation_loss")

    @property
    def train_accuracy(self) -> Floats:
        return self.of("train_accuracy")

    @property
    def validation_accuracy(self) -> Floats:
        return self.of("validation_accuracy")


def _known(values: dict[str, float]) -> dict[str, float]:
    """The values that were measured."""
    return {name: float(value) for name, value in values.items() if not math.isnan(value)}


def joined(parts: Sequence[Evaluations]) -> Evaluations:
    """The curves of parts that follow each other, without their names of layers, latest and best."""

    def columns(tables: list[dict[str, Floats]]) -> dict[str, Floats]:
        shapes = {name: column.shape[:-1] for table in tables for name, column in table.items()}
        return {
            name: np.concatenate(
                [
                    table.get(name, np.full((*shape, len(part.iteration)), np.nan))
                    for table, part in zip(tables, parts, strict=True)
                ],
                axis=-1,
            )
            for name, shape in shapes.items()
        }

    return Evaluations(
        iteration=np.concatenate([np.empty(0, dtype=np.int64), *(part.iteration for part in parts)]),
        values=columns([part.values for part in parts]),
        layer_values=columns([part.layer_values for part in parts]),
    )


class EvaluationLog:
    """Bounded memory of evaluations: when full, a quarter is dropped (`best` is kept apart).

    Written entries are never overwritten: when entries are dropped, the rest moves to new arrays. So a view needs no
    copy, and another thread may read it.
    """

    def __init__(self, capacity: int = EVALUATIONS_KEPT) -> None:
        self.has_all = False
        """Whether to keep all evaluations, without a bound: for a run that is only trained to be exported."""
        self._iteration = np.empty(capacity, dtype=np.int64)
        self._exact: Floats | None = None
        self._values: dict[str, Floats] = {}
        self._layer_values: dict[str, Floats] = {}
        self._count = 0
        self._waiting = list[Evaluation]()
        self.first: Evaluation | None = None
        self.latest: Evaluation | None = None
        self.best: Evaluation | None = None

    @classmethod
    def restored(cls, first: Evaluation | None, curves: Evaluations, capacity: int = EVALUATIONS_KEPT) -> EvaluationLog:
        """The log with the first evaluation `first` whose `view` was `curves`. Raises `ValueError` if these do not fit
        together, or in the capacity."""
        log, count = cls(capacity), len(curves.iteration)
        log._iteration[:count], log._count = curves.iteration, count
        if curves.exact is not None:
            log._exact = log._column()
            log._exact[:count] = curves.exact
        layers = len(curves.layer_names)
        for columns, given, shape in (
            (log._values, curves.values, ()),
            (log._layer_values, curves.layer_values, (layers,)),
        ):
            for name, rows in given.items():
                columns[name] = log._column(*shape)
                columns[name][..., :count] = rows
        log.first, log.latest, log.best = first, curves.latest, curves.best
        return log

    def append(self, evaluation: Evaluation) -> None:
        """Add an evaluation. Its position must be larger than the last one's."""
        self._waiting.append(evaluation)
        self.first = self.first or evaluation
        self.latest = evaluation
        loss = evaluation.values.get(JUDGED, math.nan)
        if math.isfinite(loss) and (self.best is None or loss < self.best.values[JUDGED]):
            self.best = evaluation
        if len(self._waiting) >= MOST_WAITING:
            self._enter()

    def view(self) -> Evaluations:
        """The curves so far. Later evaluations do not appear in them."""
        self._enter()
        return self._written()

    def _written(self) -> Evaluations:
        """The curves without what is waiting."""
        return Evaluations(
            iteration=self._iteration[: self._count],
            exact=None if self._exact is None else self._exact[: self._count],
            values={name: column[: self._count] for name, column in self._values.items()},
            layer_values={name: rows[:, : self._count] for name, rows in self._layer_values.items()},
            layer_names=() if self.first is None else tuple(layer.name for layer in self.first.layers),
            latest=self.latest,
            best=self.best,
        )

    def cut(self, iteration: int) -> None:
        """Forget the evaluations after `iteration`."""
        kept = self.view().until(iteration)
        self._keep(slice(len(kept.iteration)))
        self.latest, self.best = kept.latest, kept.best

    def _enter(self) -> None:
        """Write what is waiting into the columns."""
        while self._waiting:
            if self._count == len(self._iteration):
                if self.has_all:
                    self._keep(slice(self._count), 2 * self._count)
                else:
                    self._thin()
            room = len(self._iteration) - self._count
            entered, self._waiting = self._waiting[:room], self._waiting[room:]
            where = slice(self._count, self._count + len(entered))
            self._iteration[where] = [each.iteration for each in entered]
            if self._exact is None and any(each.exact is not None for each in entered):
                self._exact = self._iteration.astype(np.float64)
            if self._exact is not None:
                self._exact[where] = [each.position for each in entered]
            for name in {name: None for each in entered for name in each.values}:
                if name not in self._values:
                    self._values[name] = self._column()
                self._values[name][where] = [each.values.get(name, math.nan) for each in entered]
            for number, each in enumerate(entered, self._count):
                for layer, measured in enumerate(each.layers):
                    for name, value in measured.values.items():
                        if name not in self._layer_values:
                            self._layer_values[name] = self._column(len(each.layers))
                        self._layer_values[name][layer, number] = value
            self._count += len(entered)

    def _column(self, *layers: int) -> Floats:
        """A new column, all NaN."""
        return np.full((*layers, len(self._iteration)), np.nan)

    def _thin(self) -> None:
        """Drop a quarter: of every second evaluation those that are missed over the shortest stretch of the run.

        That is the gap that one would leave, or the time for which it was the best, since moments of the past tell
        their best.
        """
        written = self._written()
        positions, losses = written.positions, written.of(JUDGED)
        candidates = np.arange(1, self._count - 1, 2)
        missed = np.zeros(self._count)
        missed[candidates] = positions[candidates + 1] - positions[candidates - 1]
        lowest = np.fmin.accumulate(losses)
        bests = np.flatnonzero(lowest < np.append(np.inf, lowest[:-1]))
        stood = np.diff(positions[bests], append=np.inf)  # how long the last one will stand is not known
        missed[bests] = np.maximum(missed[bests], stood)
        order = candidates[np.argsort(missed[candidates], kind="stable")]
        self._keep(np.setdiff1d(np.arange(self._count), order[: max(self._count // 4, 1)]))

    def _keep(self, indices: NDArray[np.intp] | slice, capacity: int | None = None) -> None:
        """Keep only these entries, in new arrays, with room for as many as before or for `capacity`."""
        capacity = len(self._iteration) if capacity is None else capacity

        def moved(array: NDArray[Any]) -> NDArray[Any]:
            kept = array[..., : self._count][..., indices]
            shape = (*array.shape[:-1], capacity)
            new = np.full(shape, np.nan) if array.dtype.kind == "f" else np.empty(shape, array.dtype)
            new[..., : kept.shape[-1]] = kept
            return new

        count = len(self._iteration[: self._count][indices])
        self._values = {name: moved(column) for name, column in self._values.items()}
        self._layer_values = {name: moved(rows) for name, rows in self._layer_values.items()}
        self._iteration = moved(self._iteration)
        self._exact = None if self._exact is None else moved(self._exact)
        self._count = count
