"""Going back: copies of the training state, thinned out as a run grows, and recomputation between them.

Every draw is addressed, so running again from a copy gives the same bits, and the start itself needs no copy at all.
Together the copies keep within a budget that is fixed at the start: when it is full, every second one goes and the
distance between them doubles. A network too large for a single copy is recomputed from its start.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np
from msgspec import Struct, structs

from tui_trainer.experiment.experiment import Experiment
from tui_trainer.optimizers import Schedule
from tui_trainer.telemetry import Losses, RatePlan
from tui_trainer.training.block import Block
from tui_trainer.training.curves import epoch_means
from tui_trainer.training.order import Position
from tui_trainer.training.setup import starting_parameters
from tui_trainer.training.shelf import Shelf
from tui_trainer.training.state import Keyframe
from tui_trainer.training.trainer import Trainer

BUDGET = 32_000_000
"""Bytes for the copies of one run."""
MOST = 8_192
"""Copies of a run at most, however small: after 100 million iterations they lie 16,384 apart, 0.3 s to run again."""
SPACING = 128
"""Iterations between copies at first: the length of most blocks, since a run stops for either."""
OFTEN, SELDOM = 0.01, 0.02
"""Seconds between copies below which a run stops for every second one only, as far as the grid allows, and above which
for twice as many: the newest one need not be nearer than can be run again before anybody notices."""
CLOSE = 16
"""A copy is taken at most so many iterations before a moment that is visited: those around it are near then."""
SLICE = 0.005
"""Seconds, about, of running again between two looks at whether that is still wanted."""


PLANNED = 4_096
"""Rates of a plan at most, more than a plot has dots."""


@lru_cache(maxsize=16)
def rate_plan(schedule: Schedule, base: float, target: int) -> RatePlan:
    """The rates of all updates up to the target, or of `PLANNED` evenly apart, the first and the last among them."""
    iterations = np.linspace(0, target - 1, min(target, PLANNED)).astype(np.int64)
    return RatePlan(iterations=iterations, rates=schedule.rates(base, iterations, target))


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
        """The trainer stands at its start; `budget` is in bytes."""
        self.trainer, self.budget = trainer, budget
        self._copies = Shelf(len(trainer.vectors.parameters), trainer.vectors.parameters.dtype)
        self._newest_copy = self._visited = 0
        """Copies that stay beside those on the grid: the newest, and the one before the moment visited last; or 0."""
        self.spacing = self._stride = SPACING
        """Iterations between the copies that lie on a grid over all of the past; and, which divides it, between those
        that are taken."""
        self._kept_at = time.perf_counter()
        """When the newest copy was taken."""
        self.changes: list[Change] = []
        self.start_experiment, self._early_stop_at_start = trainer.experiment, trainer.early_stop
        self.newest = trainer.iteration
        """The last iteration that has been recorded."""

    @property
    def nbytes(self) -> int:
        """What the copies take."""
        return self._copies.nbytes

    @property
    def losses(self) -> Losses:
        """The trainer's curves, copied, and the rates that are planned beyond the newest iteration."""
        trainer, known = self.trainer, self.trainer.losses
        newest = self.changes[-1].experiment if self.changes else self.start_experiment
        if (
            trainer.experiment is not newest and trainer.experiment != newest
        ):  # in a past that went by other settings than those that go on
            return known
        planned = rate_plan(newest.schedule, newest.optimizer.learning_rate, trainer.target)
        first = int(np.searchsorted(planned.iterations, known.learning_rate.count))
        ahead = RatePlan(iterations=planned.iterations[first:], rates=planned.rates[first:])
        return structs.replace(known, planned=ahead if len(ahead.rates) else None)

    def next_copy(self, iteration: int) -> int:
        """The next iteration after `iteration` at which a copy is due: do not run past it without `record`."""
        return (iteration // self._stride + 1) * self._stride

    def record(self) -> None:
        """Take note of where the trainer is; to be called at least at every `next_copy`."""
        trainer = self.trainer
        self.newest = max(self.newest, trainer.iteration)
        if trainer.phase is None and trainer.iteration and trainer.iteration % self._stride == 0:
            passing, self._newest_copy = self._newest_copy, trainer.iteration
            self._keep(instead_of=passing)
            apart, self._kept_at = time.perf_counter() - self._kept_at, time.perf_counter()
            if apart < OFTEN and self._stride < self.spacing:
                self._stride *= 2
            elif apart > SELDOM and self._stride > SPACING:
                self._stride //= 2

    def changed(self) -> None:
        """The trainer has been given another experiment, in force from its present iteration on."""
        change = Change(self.trainer.iteration, self.trainer.experiment)
        last = self.changes[-1] if self.changes else None
        # Two at one moment are one, unless an optimizer went and came back: that has emptied its slots.
        if last is not None and last.iteration == change.iteration and last.same_slots(change):
            self.changes.pop()
        self.changes.append(change)

    def seek(self, iteration: int, *, afresh: bool = False) -> None:
        """Put the trainer after `iteration` updates, bit for bit as it was there, curves left alone.

        The last update is run again where there is one, so that its gradient, activations and losses stand in the
        buffers. `iteration` is clipped to what has been recorded. `afresh`: never from where the trainer stands, whose
        vectors somebody has touched.
        """
        for _ in self.travel(iteration, afresh=afresh):
            pass

    def travel(self, iteration: int, *, afresh: bool = False) -> Iterator[float]:
        """`seek` in slices: yields the share of the way behind after each. Nothing is lost where one stops between."""
        trainer, iteration = self.trainer, min(max(iteration, 0), self.newest)
        here, last = trainer.iteration, max(iteration - 1, 0)
        before = self._copies.last_until(last)
        if afresh or trainer.phase is not None or not (before <= here <= last and here):
            if before:
                trainer.restore(self._copies[before])
            else:
                self._begin()
        if not iteration:
            self.forward(0)  # for what was changed there
        start, count, keep = trainer.iteration, 1, last // CLOSE * CLOSE
        while trainer.iteration < iteration:
            stops = (iteration, trainer.iteration + count, *([keep] if keep > trainer.iteration else []))
            began = time.perf_counter()
            self.forward(min(stops))
            count = max(1, count * 2 if time.perf_counter() - began < SLICE / 2 else count // 2)
            if trainer.iteration == keep:
                passing, self._visited = self._visited, keep
                self._keep(instead_of=passing)
            yield (trainer.iteration - start) / (iteration - start)

    def cut(self) -> None:
        """Forget all that lies after where the trainer stands, its curves included: it will be lived anew.

        Curves forget whole buckets, so the last stretch of each is run again and taken in anew: what they show of the
        past stays exact.
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
        # From the last copy from which all is seen that is missing, and at least one iteration runs.
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
        """Leave at most so many bytes of copies: the run is put aside, and a jump in it may take longer."""
        while self.nbytes > budget and self._copies.iterations:
            self._spread()
        self._copies = self._copies.copy()  # as small as they need

    def adopt(self, other: Timeline) -> None:
        """Copy all that `other` has recorded; both trainers must have started alike."""
        self._copies = other._copies.copy()
        self._newest_copy, self._visited = other._newest_copy, other._visited
        self.budget, self.spacing, self._stride = other.budget, other.spacing, SPACING
        self.newest, self.changes = other.newest, list(other.changes)

    def forward(self, stop: int, see: Callable[[int, Block], None] | None = None) -> None:
        """Run again up to `stop`, changing settings where the run did; `see(start, block)` after each stretch."""
        trainer = self.trainer
        for change in [c for c in self.changes if trainer.iteration <= c.iteration <= stop]:
            trainer.replay(change.iteration, see)
            trainer.change(change.experiment)
        trainer.replay(stop, see)

    def _begin(self) -> None:
        """Put the trainer where it began: its parameters are addressed by the seed, the first gradient is known."""
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
        step = self.trainer.first_gradient(), np.zeros_like(parameters)
        self.trainer.restore(structs.replace(start, step=step))

    def _keep(self, *, instead_of: int) -> None:
        """Copy the present moment, in place of another if that lies off the grid, and thin out until the copy fits."""
        iteration = self.trainer.iteration
        stays = instead_of in (self._newest_copy, self._visited)
        if instead_of % self.spacing and instead_of in self._copies and not stays:
            self._copies.drop(instead_of)
        if iteration in self._copies:
            return
        frame = self.trainer.live_keyframe(with_step=False)
        room = self._copies.room_for(frame)
        while self.nbytes + room > self.budget or len(self._copies.iterations) >= MOST:
            if not self._copies.iterations:
                return
            self._spread()
        self._copies.put(frame)

    def _spread(self) -> None:
        """Make room: every second copy of the grid goes, and where none is left the oldest."""
        if self.spacing <= self.newest:
            self.spacing *= 2
            self._copies.keep(lambda each: not each % self.spacing or each in (self._newest_copy, self._visited))
        else:
            self._copies.drop(self._copies.iterations[0])
