"""Fills plans with data, a block of iterations at a time: gathered examples, augmentation, dropout masks, rates.

Blocks lie on a grid of iteration numbers that the configuration fixes, and every draw is addressed by its block, so a
block comes out the same however the run got there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.layers.dropout import draw_masks
from tui_trainer.randomness import Purpose, generator
from tui_trainer.training.augmentation import augment_images
from tui_trainer.training.experiment import Experiment
from tui_trainer.training.network import Network
from tui_trainer.training.order import Order, Position
from tui_trainer.training.plan import Plan
from tui_trainer.training.state import Vectors

Array = NDArray[np.floating[Any]]

BLOCK_BYTES = 4_000_000
"""What a block of inputs (and masks) may take."""
MOST_ROWS = 128


class Block(Struct):
    """Iterations start … stop − 1, ready to run."""

    start: int
    stop: int
    plans: list[tuple[Plan, int]]
    """For each iteration its plan and the row in it."""
    parts: list[tuple[Plan, NDArray[np.int64]]]
    """Each plan in use, with the iterations (from 0 in the block) whose data lie in its rows 0, 1, …"""
    epochs: NDArray[np.int64]
    ends_epoch: NDArray[np.bool_]
    rates: NDArray[np.float64]
    examples: list[NDArray[np.int64]]
    """For each iteration the training examples in its mini-batch (pairs: the left ones, then the right ones)."""

    def losses(self, first: int, last: int) -> NDArray[np.float64]:
        """Batch losses of iterations first … last − 1 (from 0 in the block), which must have run."""
        values = np.empty(last - first)
        for plan, iterations in self.parts:
            rows = np.searchsorted(iterations, (first, last))
            if rows[0] < rows[1]:
                with np.errstate(all="ignore"):  # a loss beyond all bounds is judged by whoever asked
                    values[iterations[slice(*rows)] - first] = plan.losses(*rows)
        return values


class Feed:
    """The stream of blocks for one cutting of the data into mini-batches, from `start` on."""

    def __init__(
        self,
        experiment: Experiment,
        network: Network,
        vectors: Vectors,
        inputs: Array,
        targets: Array,
        labels: NDArray[np.int64],
        *,
        start: Position,
        optimizer_start: int,
        image_shape: tuple[int, int] | None,
    ) -> None:
        """`inputs` (examples, features) prepared, `targets` (examples, outputs) encoded, `labels` (examples,) classes."""
        training, self.seed = experiment.training, experiment.training.seed
        self.experiment, self.network, self.vectors = experiment, network, vectors
        self.pairs, self.labels, self.image_shape = experiment.loss.pairs, labels, image_shape
        self.dropout = experiment.network.dropout_rates
        self.optimizer_start = optimizer_start
        count = len(inputs)
        # Every pair of examples once is what an epoch of pairs amounts to.
        self.count = count * (count - 1) // 2 if self.pairs else count
        batch = self.count if training.batch_size == "full" else training.batch_size
        self.order = Order(
            self.count,
            batch,
            self.seed,
            shuffle=training.shuffle and not self.pairs,
            drop_last=training.drop_last,
            classes=labels if training.balanced_batches and not self.pairs else None,
            start=start,
        )
        self.augmented = bool(
            training.input_noise or ((training.shift or training.rotate or training.flip) and image_shape)
        )
        self.source = np.ones((count, inputs.shape[1] + 1), network.dtype)
        self.source[:, :-1] = inputs
        self.targets = targets.astype(network.dtype)
        members = 2 if self.pairs else 1
        numbers = members * self.order.batch * (inputs.shape[1] + 1)
        if self._masked:
            numbers += members * self.order.batch * sum(network.sizes[1:-1])
        self.rows = int(np.clip(BLOCK_BYTES // (numbers * network.dtype.itemsize), 1, MOST_ROWS))
        self._plans: dict[int, Plan] = {}
        self._filled: dict[int, bool] = {}

    @property
    def _masked(self) -> bool:
        return any(self.dropout)

    def block(self, iteration: int) -> Block:
        """The block of the grid that holds `iteration`, from there or from the start of this feed on, filled."""
        grid = iteration // self.rows
        start = max(grid * self.rows, self.order.start.iteration)
        numbers = np.arange(start, (grid + 1) * self.rows)
        epochs, offsets, sizes, ends = self.order.locate(numbers)
        rates = self.experiment.schedule.rates(self.experiment.optimizer.learning_rate, numbers, self.experiment_target)
        plans: list[tuple[Plan, int]] = [None] * len(numbers)  # type: ignore[list-item]
        examples: list[NDArray[np.int64]] = [None] * len(numbers)  # type: ignore[list-item]
        parts = []
        for size in np.unique(sizes):
            which = np.flatnonzero(sizes == size)
            plan = self._plan(int(size))
            chosen = self._fill(plan, grid, numbers[which], epochs[which], offsets[which])
            coefficients = self.experiment.optimizer.coefficients(
                rates[which], (numbers[which] - self.optimizer_start).astype(np.float64)
            )
            plan.coefficients[: len(which), :-1] = coefficients
            plan.coefficients[: len(which), -1] = -rates[which]
            for row, index in enumerate(which):
                plans[index] = (plan, row)
                examples[index] = chosen[row]
            parts.append((plan, which))
        return Block(start, start + len(numbers), plans, parts, epochs, ends, rates, examples)

    @property
    def experiment_target(self) -> int:
        """Iterations that the run is meant to have, by which schedules are measured."""
        return self.experiment.training.target_iterations(self.order.per_epoch)

    def _plan(self, size: int) -> Plan:
        if size not in self._plans:
            self._plans[size] = Plan(
                self.network,
                self.experiment.loss,
                self.experiment.network.output,
                self.experiment.optimizer,
                self.vectors,
                size,
                self.rows,
                dropout=self._masked,
                shared_data=self.order.whole_set and not self.augmented and not self.pairs,
            )
        return self._plans[size]

    def _fill(
        self,
        plan: Plan,
        grid: int,
        numbers: NDArray[np.int64],
        epochs: NDArray[np.int64],
        offsets: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """Fill the first rows of `plan` with the mini-batches of iterations `numbers`; return their examples."""
        rows = len(numbers)
        if self.pairs:
            chosen = self._draw_pairs(grid, plan.batch)[numbers - grid * self.rows]
            together = self.labels[chosen[:, : plan.batch]] == self.labels[chosen[:, plan.batch :]]
            plan.y[:rows, 0] = together
        elif len(plan.x) == 1 and self.order.whole_set and not self.augmented:
            chosen = np.broadcast_to(np.arange(self.count), (rows, self.count))
            if not self._filled.setdefault(plan.batch, False):
                plan.x[0], plan.y[0] = self.source, self.targets.T
                self._filled[plan.batch] = True
            self._fill_masks(plan, grid, numbers)
            return chosen
        else:
            chosen = self.order.examples(epochs, offsets, plan.batch)
            plan.y[:rows] = self.targets.take(chosen, axis=0).transpose(0, 2, 1)
        self.source.take(chosen, axis=0, out=plan.x[:rows], mode="clip")  # "raise" would gather into a copy first
        if self.augmented:
            self._augment(plan, grid, numbers)
        self._fill_masks(plan, grid, numbers)
        return chosen

    def _fill_masks(self, plan: Plan, grid: int, numbers: NDArray[np.int64]) -> None:
        if plan.masks is None:
            return
        rows = numbers - grid * self.rows
        for number, rate in enumerate(self.dropout):
            if rate:
                units = self.network.sizes[number + 1]
                masks = np.empty((self.rows, units, plan.width), self.network.dtype)
                draw_masks(generator(self.seed, Purpose.DROPOUT, grid, number, plan.batch), rate, masks)
                plan.layer_masks(number)[: len(rows), :-1] = masks if len(rows) == self.rows else masks[rows]

    def _augment(self, plan: Plan, grid: int, numbers: NDArray[np.int64]) -> None:
        training, rows = self.experiment.training, numbers - grid * self.rows
        shape = (self.rows, plan.width, self.source.shape[1] - 1)
        images = plan.x[: len(rows), :, :-1]
        if self.image_shape and (training.shift or training.rotate or training.flip):
            random = generator(self.seed, Purpose.AUGMENTATION, grid, plan.batch)
            draws = random.random((self.rows, plan.width, 4))[rows]
            images[:] = augment_images(images, self.image_shape, draws, training)
        if training.input_noise:
            random = generator(self.seed, Purpose.INPUT_NOISE, grid, plan.batch)
            images += (random.standard_normal(shape) * training.input_noise)[rows]

    def _draw_pairs(self, grid: int, batch: int) -> NDArray[np.int64]:
        """(rows, 2·batch) examples, left then right; the first half of each batch are pairs of one subject."""
        random = generator(self.seed, Purpose.PAIRS, grid, batch)
        left = random.integers(0, len(self.labels), size=(self.rows, batch))
        right = np.empty_like(left)
        same = np.arange(batch) < (batch + 1) // 2
        ranks = random.random((self.rows, batch))
        for label in np.unique(self.labels):
            inside, outside = np.flatnonzero(self.labels == label), np.flatnonzero(self.labels != label)
            for where, members in (
                ((self.labels[left] == label) & same, inside),
                ((self.labels[left] == label) & ~same, outside),
            ):
                right[where] = members[(ranks[where] * len(members)).astype(np.int64)]
        # A pair of an example with itself teaches nothing: take the next of its subject.
        twins = np.argwhere(left == right)
        for row, column in twins:
            inside = np.flatnonzero(self.labels == self.labels[left[row, column]])
            place = int(np.searchsorted(inside, left[row, column]))
            right[row, column] = inside[(place + 1) % len(inside)]
        return np.concatenate([left, right], axis=1)
