"""Going back: copies of the training state, thinned out as a run grows, and recomputation between them.

Every random draw is addressed, so a run that starts again from a copy gives the same bits. The start of a run needs no
copy at all. The copies share a budget that is fixed at the start: when it is full, every second copy is dropped and the
distance between copies doubles. A network too large for a single copy is recomputed from its start.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import numpy as np
from msgspec import Struct, structs

from tui_trainer.experiment.experiment import Experiment
from tui_trainer.experiment.settings import differences
from tui_trainer.optimizers import Schedule
from tui_trainer.past.keyframe_store import KeyframeStore
from tui_trainer.telemetry import JournalEntry, Losses, RatePlan
from tui_trainer.telemetry.commands import ChangeSetting, ChangeWeight
from tui_trainer.training.curves import epoch_means
from tui_trainer.training.iteration_block import Block
from tui_trainer.training.order import Position
from tui_trainer.training.setup import starting_parameters
from tui_trainer.training.trainer import Trainer
from tui_trainer.training.vectors import Keyframe

BUDGET = 32_000_000
"""Bytes for the copies of one run."""

MAX_COPIES = 8_192
"""Copies of one run, however small. After 100 million iterations they are 16,384 iterations apart: 0.3 s to rerun."""

FIRST_SPACING = 128
"""Iterations between the first copies. Most blocks are as long, and a run has to stop at the end of a block anyway."""

SHORTEST_GAP_SECONDS = 0.01
"""If copies come faster than this, the run takes every second one only. So much can be rerun unnoticed."""

LONGEST_GAP_SECONDS = 0.02
"""If copies come slower than this, the run takes twice as many."""

NEARBY_ITERATIONS = 16
"""A visited moment leaves a copy at most this many iterations before it, so that its neighbours are quick to reach."""

SLICE_SECONDS = 0.005
"""Length of one slice of a seek, or of another run beside the screen. Between slices it can be cancelled."""

MAX_PLANNED_RATES = 4_096
"""Learning rates of a plan: more than any plot has dots."""


@lru_cache(maxsize=16)
def rate_plan(schedule: Schedule, base: float, target: int) -> RatePlan:
    """The rates of all updates up to the target, or of `MAX_PLANNED_RATES` evenly spaced ones, both ends included."""
    iterations = np.linspace(0, target - 1, min(target, MAX_PLANNED_RATES)).astype(np.int64)
    return RatePlan(iterations=iterations, rates=schedule.rates(base, iterations, target))


def next_slice(count: int, began: float) -> int:
    """The iterations of the next slice, after one of `count` that began then (by `time.perf_counter`): twice as many
    while a slice takes less than half of its time."""
    return max(1, count * 2 if time.perf_counter() - began < SLICE_SECONDS / 2 else count // 2)


class Change(Struct, frozen=True):
    """What a person has changed at `iteration`: the settings from there on, or one weight."""

    iteration: int
    experiment: Experiment
    weight: ChangeWeight | None = None
    """None if settings were changed."""

    def apply_to(self, trainer: Trainer) -> None:
        """Make the change. To make it twice at one iteration is to make it once."""
        if self.weight is None:
            trainer.change(self.experiment)
        else:
            trainer.set_weight(*structs.astuple(self.weight))

    def replaces(self, last: Change) -> bool:
        """Whether nothing is left of `last`, the change before, at the same iteration."""
        if self.iteration != last.iteration:
            return False
        if self.weight is None or last.weight is None:
            # An optimizer that was replaced has come back with empty slots.
            same_slots = type(self.experiment.optimizer) is type(last.experiment.optimizer)
            return self.weight is last.weight and same_slots
        return structs.replace(self.weight, value=last.weight.value) == last.weight


class Timeline:
    """The past of one trainer. Call `record` while it trains; `seek` returns it to any earlier iteration."""

    def __init__(self, trainer: Trainer, budget: int = BUDGET) -> None:
        """The trainer is at its start; `budget` is in bytes."""
        self.trainer, self.budget = trainer, budget
        self._copies = KeyframeStore(len(trainer.vectors.parameters), trainer.vectors.parameters.dtype)
        self._newest_copy = self._visited = 0
        """Iterations of two copies that are kept off the grid: the newest copy, and the one before the moment visited
        last. 0 if there is none."""
        self.spacing = self._stride = FIRST_SPACING
        """`spacing`: iterations between the copies of the grid, which covers the whole past. `_stride`, which divides
        it: iterations between the copies that are being taken."""
        self._kept_at = time.perf_counter()
        """When the newest copy was taken."""
        self.changes: list[Change] = []
        """In the order in which they were made."""
        self.start_experiment, self._early_stop_at_start = trainer.experiment, trainer.early_stop
        self.newest = trainer.iteration
        """The last iteration that has been recorded."""

    @property
    def nbytes(self) -> int:
        """Bytes that the copies take."""
        return self._copies.nbytes

    @property
    def losses(self) -> Losses:
        """The trainer's curves, copied, with the learning rates planned after the newest iteration."""
        trainer, known = self.trainer, self.trainer.losses
        newest = self.changes[-1].experiment if self.changes else self.start_experiment
        if trainer.experiment is not newest and trainer.experiment != newest:
            return known  # this moment of the past had other settings, and they planned other rates
        planned = rate_plan(newest.schedule, newest.optimizer.learning_rate, trainer.target)
        first = int(np.searchsorted(planned.iterations, known.learning_rate.count))
        ahead = RatePlan(iterations=planned.iterations[first:], rates=planned.rates[first:])
        return structs.replace(known, planned=ahead if len(ahead.rates) else None)

    def next_copy(self, iteration: int) -> int:
        """The next iteration at which a copy is due. A run must call `record` there before it goes on."""
        return (iteration // self._stride + 1) * self._stride

    def record(self) -> None:
        """Note the trainer's iteration; copy its state if a copy is due. Call it at least at every `next_copy`."""
        trainer = self.trainer
        self.newest = max(self.newest, trainer.iteration)
        if trainer.phase is None and trainer.iteration and trainer.iteration % self._stride == 0:
            passing, self._newest_copy = self._newest_copy, trainer.iteration
            self._keep(instead_of=passing)
            apart, self._kept_at = time.perf_counter() - self._kept_at, time.perf_counter()
            if apart < SHORTEST_GAP_SECONDS and self._stride < self.spacing:
                self._stride *= 2
            elif apart > LONGEST_GAP_SECONDS and self._stride > FIRST_SPACING:
                self._stride //= 2

    @property
    def journal(self) -> tuple[JournalEntry, ...]:
        """All changes as plain data. Made again on a new run of `start_experiment`, they give the same bits."""
        entries, known = list[JournalEntry](), self.start_experiment
        for change in self.changes:
            settings = differences(known, change.experiment).items()
            made = [ChangeSetting(*each) for each in settings] if change.weight is None else [change.weight]
            entries += [JournalEntry(change.iteration, each) for each in made]
            known = change.experiment
        return tuple(entries)

    def change(self, experiment: Experiment, weight: ChangeWeight | None = None) -> None:
        """Change the trainer's settings to those of `experiment`, or one weight, from its present iteration on."""
        change = Change(self.trainer.iteration, experiment, weight)
        change.apply_to(self.trainer)
        if self.changes and change.replaces(self.changes[-1]):
            self.changes.pop()
        self.changes.append(change)

    def seek(self, iteration: int, *, afresh: bool = False) -> None:
        """Return the trainer to its state after `iteration` updates, bit for bit. The curves stay as they are.

        The last of these updates is rerun, so that its gradient, activations and losses are in the buffers.
        `iteration` is clipped to what has been recorded. `afresh`: start from a copy even if the trainer's present
        state is nearer, because its vectors have been modified.
        """
        for _ in self.seek_in_slices(iteration, afresh=afresh):
            pass

    def seek_in_slices(self, iteration: int, *, afresh: bool = False) -> Iterator[float]:
        """`seek` in slices. Yields the share done, 0 to 1, after each slice; the caller may stop at any of them."""
        trainer, iteration = self.trainer, min(max(iteration, 0), self.newest)
        here, last = trainer.iteration, max(iteration - 1, 0)
        before = self._copies.last_until(last)
        if afresh or trainer.phase is not None or not (before <= here <= last and here):
            if before:
                trainer.restore(self._copies[before])
            else:
                self._begin()
        if not iteration:
            self.forward(0)  # applies settings changed at iteration 0
        start, count, keep = trainer.iteration, 1, last // NEARBY_ITERATIONS * NEARBY_ITERATIONS
        while trainer.iteration < iteration:
            stops = (iteration, trainer.iteration + count, *([keep] if keep > trainer.iteration else []))
            began = time.perf_counter()
            self.forward(min(stops))
            count = next_slice(count, began)
            if trainer.iteration == keep:
                passing, self._visited = self._visited, keep
                self._keep(instead_of=passing)
            yield (trainer.iteration - start) / (iteration - start)

    def cut(self) -> None:
        """Forget everything after the trainer's present iteration, curves included: the run continues from here.

        Curves can only drop whole buckets, so the iterations of the last bucket are rerun and recorded again. What the
        curves show of the past stays exact.
        """
        trainer, curves, stop = self.trainer, self.trainer.curves, self.trainer.iteration
        self._copies.keep(lambda iteration: iteration <= stop)
        self.changes = [c for c in self.changes if c.iteration <= stop]
        self.newest = stop
        self._newest_copy, self._visited = self._copies.last_until(stop), 0
        batches = min(curves.batch.cut(stop), curves.rate.cut(stop))
        epochs = curves.epoch.cut(trainer.epoch)
        curves.evaluations.cut(stop)
        curves.epoch_so_far = (0.0, 0)
        # Start from the last copy that lies before all missing values, so that at least one iteration is rerun.
        for iteration in reversed([i for i in self._copies.iterations if i <= batches and i < stop]):
            trainer.restore(self._copies[iteration])
            position = trainer.feed.order.position(iteration)
            if (position.epoch, position.offset) <= (epochs, 0):
                break
        else:
            self._begin()
            position = trainer.feed.order.position(0)
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

    def thin_out(self, budget: int) -> None:
        """Reduce the copies to `budget` bytes: the run has been set aside, and a seek in it may take longer."""
        while self.nbytes > budget and self._copies.iterations:
            self._spread()
        self._copies = self._copies.copy()  # releases the memory that is not needed

    @property
    def copies(self) -> Iterator[Keyframe]:
        """The copies of the grid, the newest first. Their vectors are valid until the trainer moves."""
        return (self._copies[each] for each in reversed(self._copies.iterations) if not each % self.spacing)

    @property
    def newest_copy(self) -> Keyframe | None:
        """The last copy before the newest iteration; None if there is none. Valid as those of `copies`."""
        iteration = self._copies.last_until(max(self.newest - 1, 0))
        return self._copies[iteration] if iteration else None

    @property
    def most_copies(self) -> int:
        """How many copies of the present state the budget allows."""
        room = self._copies.room_for(self.trainer.live_keyframe(with_step=False))
        return min(self.budget // room, MAX_COPIES)

    def take_over(self, changes: Iterable[Change], copies: Iterable[Keyframe]) -> None:
        """Adopt a recorded past: its changes, and copies of which the newest comes first; those beyond the budget are
        left out. The trainer stands at its newest iteration."""
        self.newest, self.changes = self.trainer.iteration, list(changes)
        for copy in copies:
            if copy.iteration not in self._copies and self._has_room(copy):
                self._copies.put(copy)
                self._newest_copy = max(self._newest_copy, copy.iteration)

    def adopt(self, other: Timeline) -> None:
        """Copy everything that `other` has recorded. Both trainers must have had the same start."""
        self._copies = other._copies.copy()
        self._newest_copy, self._visited = other._newest_copy, other._visited
        self.budget, self.spacing, self._stride = other.budget, other.spacing, FIRST_SPACING
        self.newest, self.changes = other.newest, list(other.changes)

    def forward(self, stop: int, see: Callable[[int, Block], None] | None = None) -> None:
        """Rerun up to `stop`, with the changes that the run had. `see`: as in `Trainer.replay`."""
        trainer = self.trainer
        for change in [c for c in self.changes if trainer.iteration <= c.iteration <= stop]:
            trainer.replay(change.iteration, see)
            change.apply_to(trainer)
        trainer.replay(stop, see)

    def _begin(self) -> None:
        """Return the trainer to its start. The seed addresses the parameters; the first gradient is computed again."""
        experiment = self.start_experiment
        parameters = starting_parameters(experiment, self.trainer.network)
        start = Keyframe(
            iteration=0,
            parameters=parameters,
            slots=tuple(np.zeros_like(parameters) for _ in experiment.optimizer.slots),
            optimizer_start=0,
            order_start=Position(),
            early_stop=self._early_stop_at_start,
            experiment=experiment,
        )
        self.trainer.restore(start)
        step = self.trainer.next_gradient(), np.zeros_like(parameters)
        self.trainer.restore(structs.replace(start, step=step))

    def _keep(self, *, instead_of: int) -> None:
        """Copy the present state. Drop the copy `instead_of` if it lies off the grid; thin out until it fits."""
        iteration = self.trainer.iteration
        stays = instead_of in (self._newest_copy, self._visited)
        if instead_of % self.spacing and instead_of in self._copies and not stays:
            self._copies.drop(instead_of)
        if iteration in self._copies:
            return
        frame = self.trainer.live_keyframe(with_step=False)
        while not self._has_room(frame):
            if not self._copies.iterations:
                return
            self._spread()
        self._copies.put(frame)

    def _has_room(self, frame: Keyframe) -> bool:
        """Whether the budget allows another copy."""
        return self.nbytes + self._copies.room_for(frame) <= self.budget and len(self._copies.iterations) < MAX_COPIES

    def _spread(self) -> None:
        """Make room: drop every second copy of the grid; if the grid has only one left, drop the oldest copy."""
        if self.spacing <= self.newest:
            self.spacing *= 2
            self._copies.keep(lambda each: not each % self.spacing or each in (self._newest_copy, self._visited))
        else:
            self._copies.drop(self._copies.iterations[0])
