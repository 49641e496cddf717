"""Fills plans with data, a block of iterations at a time: gathered examples, augmentation, dropout masks, rates.

Blocks lie on a grid of iteration numbers that the configuration fixes, and every draw is addressed by its block, so a
block comes out the same however the run got there.
"""

from __future__ import annotations

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from tui_trainer.experiment.experiment import Experiment
from tui_trainer.layers.dropout import draw_masks
from tui_trainer.randomness import Purpose, generator
from tui_trainer.training.augmentation import augment_images
from tui_trainer.training.evaluation_schedule import EvaluationSchedule
from tui_trainer.training.iteration_block import BatchSource, Block, Filling
from tui_trainer.training.network import Network
from tui_trainer.training.order import Order, Position
from tui_trainer.training.pairs import draw_pairs
from tui_trainer.training.plan import Plan
from tui_trainer.training.vectors import Vectors

BLOCK_BYTES = 5_000_000
"""Limit for the inputs of a block. Long blocks save gathering calls. Inputs beyond the limit are gathered one
mini-batch at a time or, if they are augmented, in shorter blocks."""

MASK_BYTES = 1_000_000
"""Limit for the dropout masks of a block: they are written and read at once and should stay in the processor's
cache."""

MOST_ROWS = 128
"""Mini-batches of a block."""


class Feed:
    """The blocks of one division of the data into mini-batches, from `start` on."""

    def __init__(
        self,
        experiment: Experiment,
        network: Network,
        vectors: Vectors,
        source: BatchSource,
        start: Position,
        optimizer_start: int,
        before: Feed | None,
    ) -> None:
        """`before`: the feed that this one replaces. Its buffers hold the last iteration until this one has run."""
        training, self.seed = experiment.training, experiment.training.seed
        self.experiment, self.network, self.vectors, self.source = experiment, network, vectors, source
        self.pairs, self.labels, self.image_shape = experiment.loss.pairs, source.labels, source.image_shape
        self.dropout = experiment.network.dropout_rates
        self.optimizer_start = optimizer_start
        self._block: Block | None = None
        self._block_before: Block | None = None if before is None else before._block or before._block_before
        count = len(source.labels)
        # An epoch of pairs has as many pairs as the examples form.
        self.count = count * (count - 1) // 2 if self.pairs else count
        # After examples were left out, too, what is left of the epoch makes at least one batch.
        start = structs.replace(start, offset=min(start.offset, self.count - 1))
        batch = self.count if training.batch_size == "full" else training.batch_size
        self.order = Order(
            self.count,
            batch,
            self.seed,
            shuffle=training.shuffle and not self.pairs,
            drop_last=training.drop_last,
            classes=source.labels if training.balanced_batches and not self.pairs else None,
            start=start,
        )
        self.augmented = bool(
            training.input_noise or ((training.shift or training.rotate or training.flip) and source.image_shape)
        )
        self.examples_of_batch = self.order.batch * (2 if self.pairs else 1)
        """Examples that pass through the network in one iteration."""
        numbers = self.examples_of_batch * source.inputs.shape[1]
        rows = BLOCK_BYTES // (numbers * network.dtype.itemsize)
        self._gathers_late = rows < MOST_ROWS and not self.augmented
        if self._gathers_late:
            rows = MOST_ROWS
        if self._masked:
            masks = self.examples_of_batch * sum(network.sizes[1:-1])
            rows = min(rows, MASK_BYTES // (masks * network.dtype.itemsize))
        self.rows = int(np.clip(rows, 1, MOST_ROWS))
        self._flush_every = MOST_ROWS // self.rows
        """Blocks between flushes: with β₁ = 0.9 a slot needs 131 iterations from the limit to a denormal number."""
        self._plans: dict[int, Plan] = {}
        self._shared_filled: set[int] = set()
        """Batch sizes of the plans that hold their shared data already."""

    @property
    def _masked(self) -> bool:
        return any(self.dropout)

    def block(self, iteration: int) -> Block:
        """The block of the grid that contains `iteration`, filled; it begins no earlier than this feed.

        It reuses the buffers of the previous block, whose numbers are lost.
        """
        if self._block is None or not self._block.holds(iteration):
            if self._block is not None:
                # Frees thousands of calls now, in training, rather than when a setting changes and a person waits.
                self._block_before = None
            self._block = self._make_block(iteration)
        return self._block

    def enter(self, iteration: int) -> Block:
        """The block of `iteration`, which runs next."""
        block = self.block(iteration)
        if iteration == block.start and iteration // self.rows % self._flush_every == 0:
            # At fixed iterations, not whenever a block is filled: a rerun must do the same.
            self.vectors.flush_denormals()
        return block

    def lookup(self, iteration: int) -> tuple[Plan, int, float] | None:
        """Plan, row and learning rate of `iteration` while its numbers are in the buffers; None afterwards."""
        for block in (self._block, self._block_before):
            if block is not None and block.holds(iteration):
                return block.row(iteration)
        return None

    def forget_numbers(self) -> None:
        """Let `lookup` find nothing: the buffers do not hold what the trainer has done last."""
        self._block = self._block_before = None

    def members(self, iteration: int) -> NDArray[np.int64]:
        """The training examples, or pairs of them, in the mini-batch of `iteration`, (batch,), while `lookup` finds
        it."""
        block = next(b for b in (self._block, self._block_before) if b is not None and b.holds(iteration))
        examples = block.examples(iteration)
        if not self.pairs:
            return examples
        left, right = examples[: len(examples) // 2], examples[len(examples) // 2 :]
        return left * len(self.labels) + right

    def _make_block(self, iteration: int) -> Block:
        grid = iteration // self.rows
        start = max(grid * self.rows, self.order.start.iteration)
        numbers = np.arange(start, (grid + 1) * self.rows)
        epochs, offsets, sizes, ends = self.order.locate(numbers)
        rates = self.rates(numbers)
        plans: list[tuple[Plan, int]] = [None] * len(numbers)  # type: ignore[list-item]
        parts = []
        for size in sorted(set(sizes.tolist())):  # np.unique imports 15 ms of masked arrays
            which = np.flatnonzero(sizes == size)
            plan = self._plan(size)
            chosen = self._fill(plan, grid, numbers[which], epochs[which], offsets[which])
            coefficients = self.experiment.optimizer.coefficients(
                rates[which], (numbers[which] - self.optimizer_start).astype(np.float64)
            )
            plan.coefficients[: len(which), :-1] = coefficients
            plan.coefficients[: len(which), -1] = -rates[which]
            for row, index in enumerate(which.tolist()):
                plans[index] = (plan, row)
            parts.append(Filling(plan, which, chosen))
        return Block(start, start + len(numbers), plans, parts, ends, rates)

    def rates(self, iterations: NDArray[np.int64]) -> NDArray[np.float64]:
        """The learning rate of each of the updates (n,), the schedule included."""
        return self.experiment.schedule.rates(self.experiment.optimizer.learning_rate, iterations, self.target)

    @property
    def target(self) -> int:
        """Iterations after which the run is finished; schedules stretch over them.

        A target in epochs is reached after that number of epochs, however the batch size has changed.
        """
        training = self.experiment.training
        if training.iterations is not None:
            return training.iterations
        return self.order.first_of_epoch(training.target_epochs)

    @property
    def target_epochs(self) -> float:
        """The same in epochs; counted by the present batch size if a target in iterations has been passed."""
        training, order = self.experiment.training, self.order
        if training.iterations is None:
            return float(training.target_epochs)
        if training.iterations < order.start.iteration:
            return training.iterations / order.per_epoch
        end = order.position(training.iterations)
        return end.epoch + end.offset / order.count

    @property
    def evaluations(self) -> EvaluationSchedule:
        """When the run is evaluated."""
        return EvaluationSchedule(
            every=self.experiment.training.evaluate_every,
            target=self.target,
            batch=self.examples_of_batch,
            examples=self.source.evaluated,
        )

    def _shares_data(self, size: int) -> bool:
        """Whether all mini-batches of `size` are equal, and are stored once."""
        return self.order.takes_all(size) and not self.augmented and not self.pairs

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
                shared_data=self._shares_data(size),
                source=self.source.inputs if self._gathers_late and not self._shares_data(size) else None,
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
            random = generator(self.seed, Purpose.PAIRS, grid, plan.batch)
            chosen = draw_pairs(random, self.labels, self.rows, plan.batch)[numbers - grid * self.rows]
            together = self.labels[chosen[:, : plan.batch]] == self.labels[chosen[:, plan.batch :]]
            plan.y[:rows, 0] = together
        elif self._shares_data(plan.batch):
            chosen = np.broadcast_to(np.arange(self.count), (rows, self.count))
            if plan.batch not in self._shared_filled:
                plan.x[0], plan.y[0] = self.source.inputs, self.source.targets.T
                self._shared_filled.add(plan.batch)
            self._fill_masks(plan, grid, numbers)
            return chosen
        else:
            chosen = self.order.examples(epochs, offsets, plan.batch)
            plan.y[:rows] = self.source.targets.take(chosen, axis=0).transpose(0, 2, 1)
        if plan.examples is not None:
            plan.examples[:rows] = chosen
        else:  # the mode "raise" would gather into a copy first
            self.source.inputs.take(chosen, axis=0, out=plan.x[:rows], mode="clip")
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
                random = generator(self.seed, Purpose.DROPOUT, grid, number, plan.batch)
                draw_masks(random, rate, rows, plan.layer_masks(number)[: len(rows), :-1])

    def _augment(self, plan: Plan, grid: int, numbers: NDArray[np.int64]) -> None:
        training, rows = self.experiment.training, numbers - grid * self.rows
        shape = (self.rows, plan.width, self.source.inputs.shape[1] - 1)
        images = plan.x[: len(rows), :, :-1]
        if self.image_shape and (training.shift or training.rotate or training.flip):
            random = generator(self.seed, Purpose.AUGMENTATION, grid, plan.batch)
            draws = random.random((self.rows, plan.width, 4))[rows]
            images[:] = augment_images(images, self.image_shape, draws, training)
        if training.input_noise:
            random = generator(self.seed, Purpose.INPUT_NOISE, grid, plan.batch)
            images += (random.standard_normal(shape) * training.input_noise)[rows]
