"""Going back: copies of the training state, thinned out as a run grows, and recomputation between them.

Every draw is addressed, so running again from a copy gives the same bits. The memory for the copies is set aside at the
start; when it is full, every second copy goes and the distance between them doubles.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.training.block import Block
from tui_trainer.training.curves import epoch_means
from tui_trainer.training.experiment import Experiment
from tui_trainer.training.state import Keyframe
from tui_trainer.training.trainer import Trainer

Array = NDArray[np.floating[Any]]

BUDGET = 32_000_000
"""Bytes for the copies of one run."""
SPACING = 128
"""Iterations between copies at first: the length of most blocks, since a run stops for either."""
VECTORS = 5
"""Most vectors in a keyframe: parameters, gradient, update, two slots."""


class Change(Struct, frozen=True):
    """From `iteration` on the run goes by `experiment`."""

    iteration: int
    experiment: Experiment

    def same_slots(self, other: Change) -> bool:
        """Whether going from one to the other leaves the optimizer's slots as they are."""
        return type(self.experiment.optimizer) is type(other.experiment.optimizer)


class Timeline:
    """The past of one trainer. `record` is called as it moves; `seek` puts it anywhere it has been."""

    def __init__(self, trainer: Trainer, budget: int = BUDGET) -> None:
        """Sets `budget` bytes aside (touched only as they fill) and keeps the present state as the first copy."""
        self.trainer = trainer
        size = VECTORS * trainer.network.parameter_count
        early_stopping = trainer.experiment.training.early_stopping
        # A copy may hold on to the best parameters of its time, which no other copy has.
        best = trainer.network.parameter_count if early_stopping and early_stopping.restore_best else 0
        self.capacity = int(np.clip(budget // ((size + best) * trainer.network.dtype.itemsize), 2, 16_384))
        self._store = np.empty((self.capacity, size), trainer.network.dtype)
        self._rows: dict[int, int] = {}
        self._frames: dict[int, Keyframe] = {}
        self._iterations: list[int] = []
        self._free = list(range(self.capacity))[::-1]
        self.spacing = SPACING
        self.changes: list[Change] = []
        self.start_experiment = trainer.experiment
        self.newest = trainer.iteration
        """The last iteration that has been recorded."""
        self._keep()

    @property
    def nbytes(self) -> int:
        """The memory set aside."""
        return self._store.nbytes

    def next_copy(self, iteration: int) -> int:
        """The next iteration after `iteration` at which a copy is due: do not run past it without `record`."""
        return (iteration // self.spacing + 1) * self.spacing

    def record(self) -> None:
        """Take note of where the trainer is; to be called at least at every `next_copy`."""
        self.newest = max(self.newest, self.trainer.iteration)
        if self.trainer.phase is None and self.trainer.iteration % self.spacing == 0:
            self._keep()

    def changed(self) -> None:
        """The trainer has been given another experiment, in force from its present iteration on."""
        change = Change(self.trainer.iteration, self.trainer.experiment)
        last = self.changes[-1] if self.changes else None
        # Two at one moment are one, unless an optimizer went and came back: that has emptied its slots.
        if last is not None and last.iteration == change.iteration and last.same_slots(change):
            self.changes.pop()
        self.changes.append(change)

    def seek(self, iteration: int) -> None:
        """Put the trainer after `iteration` updates, bit for bit as it was there, curves left alone.

        The last update is run again where there is one, so that its gradient, activations and losses stand in the
        buffers. `iteration` is clipped to what has been recorded.
        """
        iteration = int(np.clip(iteration, 0, self.newest))
        place = bisect_right(self._iterations, max(iteration - 1, 0)) - 1
        self.trainer.restore(self._frames[self._iterations[place]])
        self.forward(iteration)

    def cut(self) -> None:
        """Forget all that lies after where the trainer stands, its curves included: it will be lived anew.

        Curves forget whole buckets, so the last stretch of each is run again and taken in anew: what they show of the
        past stays exact.
        """
        trainer, curves, stop = self.trainer, self.trainer.curves, self.trainer.iteration
        self._keep_only(lambda iteration: iteration <= stop)
        self.changes = [c for c in self.changes if c.iteration <= stop]
        self.newest = stop
        batches = min(curves.batch.cut(stop), curves.rate.cut(stop))
        epochs = curves.epoch.cut(trainer.epoch)
        curves.evaluations.cut(stop)
        curves.epoch_so_far = (0.0, 0)
        for iteration in reversed([i for i in self._iterations if i <= batches]):
            trainer.restore(self._frames[iteration])
            position = trainer.feed.order.position(iteration)
            if (position.epoch, position.offset) <= (epochs, 0):
                break
        skip = epochs - position.epoch

        def take_in(start: int, block: Block) -> None:
            nonlocal skip
            where = slice(start - block.start, trainer.iteration - block.start)
            losses, fresh = block.losses(start, trainer.iteration), max(batches - start, 0)
            curves.batch.extend(losses[fresh:])
            curves.rate.extend(block.rates[where][fresh:])
            means, curves.epoch_so_far = epoch_means(losses, block.ends_epoch[where], curves.epoch_so_far)
            curves.epoch.extend(means[max(skip, 0) :])
            skip -= len(means)

        self.forward(stop, take_in)

    def adopt(self, other: Timeline) -> None:
        """Take over copies of all that `other` has recorded; both trainers must have started alike."""
        self.spacing, self.newest, self.changes = other.spacing, other.newest, list(other.changes)
        for iteration in other._iterations:
            self._store_frame(other._frames[iteration])

    def forward(self, stop: int, see: Callable[[int, Block], None] | None = None) -> None:
        """Run again up to `stop`, changing settings where the run did; `see(start, block)` after each stretch."""
        trainer = self.trainer
        for change in [c for c in self.changes if trainer.iteration <= c.iteration <= stop]:
            trainer.replay(change.iteration, see)
            trainer.change(change.experiment)
        trainer.replay(stop, see)

    def _keep(self) -> None:
        frame = self.trainer.keyframe()
        if frame.iteration in self._frames:
            return
        if not self._free:
            self.spacing *= 2
            self._keep_only(lambda iteration: iteration % self.spacing == 0)
            if not self._free:  # nothing lay between: keep the first and the newest
                self._keep_only(lambda iteration: iteration != self._iterations[-1])
            if frame.iteration % self.spacing:
                return
        self._store_frame(frame)

    def _store_frame(self, frame: Keyframe) -> None:
        """Copy a keyframe into the memory set aside."""
        if frame.iteration in self._frames:
            return
        row = self._free.pop()
        store = self._store[row]
        count = len(frame.parameters)
        views = [store[n * count : (n + 1) * count] for n in range(3 + len(frame.slots))]
        for view, vector in zip(views, (frame.parameters, frame.gradient, frame.update, *frame.slots), strict=True):
            view[:] = vector
        frame = Keyframe(
            iteration=frame.iteration,
            parameters=views[0],
            gradient=views[1],
            update=views[2],
            slots=tuple(views[3:]),
            optimizer_start=frame.optimizer_start,
            order_start=frame.order_start,
            early_stop=frame.early_stop,
            experiment=frame.experiment,
        )
        self._rows[frame.iteration], self._frames[frame.iteration] = row, frame
        self._iterations.insert(bisect_right(self._iterations, frame.iteration), frame.iteration)

    def _keep_only(self, wanted: Callable[[int], bool]) -> None:
        """Forget all copies but the first and the wanted ones."""
        for iteration in [i for i in self._iterations[1:] if not wanted(i)]:
            self._free.append(self._rows.pop(iteration))
            del self._frames[iteration]
        self._iterations = sorted(self._frames)
