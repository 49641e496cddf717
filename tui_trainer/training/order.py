"""Which examples make up which iteration: epochs, shuffled and cut into mini-batches.

Every order is addressed by its epoch, so any iteration can be found without running those before it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.arrays import Indices
from tui_trainer.randomness import Purpose, generator


class Position(Struct, frozen=True):
    """The state of the order before iteration `iteration`: `offset` examples of `epoch` have been used."""

    iteration: int = 0
    epoch: int = 0
    offset: int = 0


class Order:
    """The mini-batches of `count` examples from a `Position` on, `batch` at a time."""

    def __init__(
        self,
        count: int,
        batch: int,
        seed: int,
        *,
        shuffle: bool,
        drop_last: bool,
        classes: NDArray[np.int64] | None = None,
        start: Position = Position(),  # noqa: B008 — a frozen struct
    ) -> None:
        """`classes` (count,): draw class-balanced epochs, with repetition, always shuffled; None: each example once."""
        self.count, self.batch, self.seed, self.start = count, min(batch, count), seed, start
        self.shuffle = shuffle or classes is not None
        self.drop_last, self.classes = drop_last, classes
        self.per_epoch = self._batches(count)
        # The rest of an epoch after a change of the batch size makes at least one batch: the epoch has to end.
        self._first = max(1, self._batches(count - start.offset))
        # The orders of several short epochs are drawn together: making a generator costs more than the draws.
        self._group = max(1, 8192 // count)
        self._orders = lru_cache(maxsize=4)(self._draw)

    def takes_all(self, size: int) -> bool:
        """Whether a mini-batch of `size` is the whole set, in the set's own order.

        With a full batch there may be other sizes: the rest of an epoch in which the batch size was changed.
        """
        return size == self.count and self.classes is None

    @property
    def is_even(self) -> bool:
        """Whether the examples before the start, too, were cut into batches of this size, as far as the start tells."""
        start = self.start
        return divmod(start.iteration, self.per_epoch) == (start.epoch, start.offset / self.batch)

    def _batches(self, examples: int) -> int:
        return examples // self.batch if self.drop_last else -(-examples // self.batch)

    def locate(self, iterations: Indices) -> tuple[Indices, Indices, Indices, NDArray[np.bool_]]:
        """For iterations (n,) at or after the start: epoch, offset in it, batch size, whether it ends the epoch."""
        relative = iterations - self.start.iteration
        in_first = relative < self._first
        beyond, batch = np.divmod(relative - self._first, self.per_epoch)
        epoch = np.where(in_first, self.start.epoch, self.start.epoch + 1 + beyond)
        offset = np.where(in_first, self.start.offset + relative * self.batch, batch * self.batch)
        size = np.minimum(self.batch, self.count - offset)
        last = np.where(in_first, relative == self._first - 1, batch == self.per_epoch - 1)
        return epoch, offset, size, last

    def position(self, iteration: int) -> Position:
        """The state before one iteration."""
        relative = iteration - self.start.iteration
        if relative < self._first:
            return Position(iteration, self.start.epoch, self.start.offset + relative * self.batch)
        beyond, batch = divmod(relative - self._first, self.per_epoch)
        return Position(iteration, self.start.epoch + 1 + beyond, batch * self.batch)

    def first_of_epoch(self, epoch: int) -> int:
        """The iteration at which an epoch after the start's begins; the start itself for its own epoch."""
        if epoch <= self.start.epoch:
            return self.start.iteration
        return self.start.iteration + self._first + (epoch - self.start.epoch - 1) * self.per_epoch

    def examples(self, epochs: Indices, offsets: Indices, size: int) -> Indices:
        """(n, size): the examples of n mini-batches of one size, each from `offset` of `epoch`; epochs ascend."""
        columns = np.arange(size)
        if not self.shuffle or self.takes_all(size):
            return offsets[:, None] + columns
        groups, epochs_in = np.divmod(epochs, self._group)
        places = (epochs_in * self.count + offsets)[:, None] + columns
        for group in sorted(set(groups.tolist())):
            rows = slice(*groups.searchsorted((group, group + 1)))
            places[rows] = self._orders(group).take(places[rows])
        return places

    def _draw(self, group: int) -> Indices:
        """(epochs, count): the orders of one group of neighbouring epochs."""
        random = generator(self.seed, Purpose.SHUFFLE, group)
        if self.classes is None:
            return random.permuted(np.tile(np.arange(self.count), (self._group, 1)), axis=1)
        members = [np.flatnonzero(self.classes == label) for label in np.unique(self.classes)]
        chosen = random.integers(0, len(members), size=(self._group, self.count))
        order = np.empty_like(chosen)
        for label, examples in enumerate(members):
            where = chosen == label
            order[where] = examples[random.integers(0, len(examples), size=int(where.sum()))]
        return order
