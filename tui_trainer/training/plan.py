"""The training step, compiled: lists of NumPy calls on arrays allocated once, cut at the phase boundaries.

Training at full speed runs whole rows of the plan back to back; stepping a phase runs one slice of the same lists, so
both give the same bits. A plan is for one batch size and holds a block of mini-batches, one in each row. The calls are
bound to views of the row's inputs, targets, outputs, dropout masks and coefficients; `rows` tells how. A step computes
no losses: the outputs stay in their row, and the losses of a whole block are computed at once.
"""

from __future__ import annotations

from itertools import accumulate, chain, pairwise

import numpy as np

from tui_trainer.arrays import Array
from tui_trainer.layers import Call, linear
from tui_trainer.losses import Loss
from tui_trainer.losses.loss import Output
from tui_trainer.optimizers import Optimizer
from tui_trainer.training.clipping import clip_calls, penalty_calls
from tui_trainer.training.network import Network
from tui_trainer.training.plan_rows import makers
from tui_trainer.training.vectors import Vectors


class Plan:
    """Buffers and calls for mini-batches of `batch` examples, `rows` of them at a time."""

    def __init__(
        self,
        network: Network,
        loss: Loss,
        output: Output,
        optimizer: Optimizer,
        vectors: Vectors,
        batch: int,
        rows: int,
        *,
        dropout: bool,
        shared_data: bool = False,
        source: Array | None = None,
    ) -> None:
        """`shared_data`: every row sees the same inputs and targets (a full batch), stored once. `source` (examples,
        features + 1): where a mini-batch is gathered from as the first of its calls, instead of with a whole block of
        them: what is used at once is still in the processor's cache."""
        self.network, self.loss, self.output, self.optimizer = network, loss, output, optimizer
        self.vectors, self.batch, self.rows = vectors, batch, rows
        self.width = width = 2 * batch if loss.pairs else batch
        dtype, data_rows, self._source = network.dtype, 1 if shared_data else rows, source
        outputs, target_rows = network.sizes[-1], 1 if loss.pairs else network.sizes[-1]
        # Inputs are example-major, so that filling a block is one gather; the product reads the transposed view.
        self.x = np.ones((data_rows if source is None else 1, width, network.sizes[0] + 1), dtype)
        self.examples = None if source is None else np.zeros((rows, width), np.int64)
        """Which rows of `source` make up each mini-batch."""
        self.y = np.zeros((data_rows, target_rows, batch), dtype)
        self.z = np.zeros((rows, outputs, width), dtype)
        self.coefficients = np.zeros((rows, optimizer.coefficients(np.ones(1), np.zeros(1)).shape[1] + 1), dtype)

        hidden = network.sizes[1:-1]
        self._starts = np.cumsum([0] + [(units + 1) * width for units in hidden])
        length = int(self._starts[-1])
        self.h = np.ones(length, dtype)
        """All hidden activations, layer after layer, (units + 1, width) each with a last row of ones."""
        self.a = np.ones(length, dtype) if dropout else self.h
        """The same after dropout: what the next layer sees."""
        self.masks = np.ones((rows, length), dtype) if dropout else None
        self.d, self._t = np.ones(length, dtype), np.ones(length, dtype)
        """`d`: the slopes f′(z) of all hidden units, shaped like `h`, times the dropout masks."""
        self.deltas = [np.zeros((units, width), dtype) for units in network.sizes[1:]]
        """∂L/∂z of every layer, (units, width)."""
        is_weight = network.is_weight
        self._penalties = penalty_calls(optimizer, vectors, is_weight)
        self._clipping, self._clipped = clip_calls(optimizer, vectors)
        self.decay = (is_weight * optimizer.weight_decay).astype(dtype) if optimizer.weight_decay else None
        phases = self._forward(), self._loss(), self._backward(), self._fix()
        self._first = list(chain(*phases))
        self._edges = list(accumulate(map(len, phases), initial=0))
        """Where the slices of the four phases begin and end."""
        blocks = self.x, self.examples, self.y, self.z, self.coefficients, self.masks
        self._makers = makers(self._first, [each for each in blocks if each is not None])
        self._whole: list[list[Call] | None] = [None] * rows

    def whole(self, row: int) -> list[Call]:
        """The calls of the iteration whose data lies in `row`, made when they are first asked for."""
        whole = self._whole[row]
        if whole is None:
            whole = self._whole[row] = list(self._first)
            for place, make in self._makers if row else ():
                whole[place] = make(row)
        return whole

    def phases(self, row: int) -> list[list[Call]]:
        """The same, cut into four slices."""
        whole = self.whole(row)
        return [whole[start:stop] for start, stop in pairwise(self._edges)]

    def layer(self, vector: Array, number: int) -> Array:
        """The (units + 1, width) view of hidden layer `number` in a vector shaped like `h`."""
        layer: Array = vector[self._starts[number] : self._starts[number + 1]].reshape(-1, self.width)
        return layer

    def layer_masks(self, number: int) -> Array:
        """The (rows, units + 1, width) view of hidden layer `number` in the dropout masks."""
        if self.masks is None:
            raise ValueError("this plan was compiled without dropout")
        where = slice(self._starts[number], self._starts[number + 1])
        masks: Array = self.masks[:, where].reshape(self.rows, -1, self.width)
        return masks

    def inputs(self, row: int) -> Array:
        """(features + 1, width), the last row ones."""
        if self._source is not None and self.examples is not None:  # `x` holds those of the row that ran last
            gathered: Array = self._source.take(self.examples[row], axis=0).T
            return gathered
        inputs: Array = self.x[row if len(self.x) > 1 else 0].T
        return inputs

    def targets(self, row: int) -> Array:
        """(outputs, batch)."""
        targets: Array = self.y[row if len(self.y) > 1 else 0]
        return targets

    def losses(self, first: int, last: int) -> Array:
        """Mean loss of each mini-batch in rows first … last − 1."""
        y = self.y if len(self.y) == 1 else self.y[first:last]
        means: Array = self.loss.values(self.z[first:last], y, self.output).mean(axis=-1)
        return means

    def _layer_inputs(self) -> list[Array]:
        return [self.x[0].T] + [self.layer(self.a, n) for n in range(len(self.network.activations))]

    def _forward(self) -> list[Call]:
        """Guess: z = Wᵀa + b and a = f(z), layer by layer; the last z is the row's output."""
        calls: list[Call] = []
        if self._source is not None and self.examples is not None:
            # The mode "raise" would gather into a copy first.
            calls.append((self._source.take, (self.examples[0], 0, self.x[0], "clip")))
        inputs, weights = self._layer_inputs(), self.network.views(self.vectors.parameters)
        for number, activation in enumerate(self.network.activations):
            h, d, t = (self.layer(v, number)[:-1] for v in (self.h, self.d, self._t))
            calls += linear.forward(weights[number], inputs[number], h, self._t)
            calls += activation.forward(h.ravel(), d.ravel(), t.ravel())
            if self.masks is not None:
                mask = self.layer(self.masks[0], number)[:-1]
                calls.append((np.multiply, (h, mask, inputs[number + 1][:-1])))
        calls += linear.forward(weights[-1], inputs[-1], self.z[0])
        return calls

    def _loss(self) -> list[Call]:
        """Measure: how the loss changes with each output, ∂L/∂z of the last layer."""
        return self.loss.gradient(self.z[0], self.targets(0), self.deltas[-1], self.output)

    def _backward(self) -> list[Call]:
        """Blame: ∂L/∂z of every layer from the one after it, and with it ∂L/∂W."""
        calls = self._derivatives()
        inputs = self._layer_inputs()
        weights, gradients = (self.network.views(v) for v in (self.vectors.parameters, self.vectors.gradient))
        for number in reversed(range(len(weights))):
            delta = self.deltas[number]
            if number < len(self.network.activations):
                slope = self.layer(self.d, number)[:-1]
                calls.append(linear.input_gradient(weights[number + 1], self.deltas[number + 1], delta))
                calls.append((np.multiply, (delta, slope, delta)))
            calls.append(linear.weight_gradient(inputs[number], delta, gradients[number]))
        return calls + self._penalties

    def _derivatives(self) -> list[Call]:
        """f′(z) of all hidden layers: neighbours of one activation lie in one flat range and take one list of calls."""
        calls: list[Call] = []
        names = self.network.activation_names
        edges = [n for n in range(len(names) + 1) if n in (0, len(names)) or names[n] != names[n - 1]]
        for first, last in pairwise(edges):
            where = slice(self._starts[first], self._starts[last])
            calls += self.network.activations[first].derivative(self.h[where], self.d[where], self._t[where])
        if self.masks is not None:
            calls.append((np.multiply, (self.d, self.masks[0], self.d)))
        return calls

    def _fix(self) -> list[Call]:
        """Fix: the optimizer turns the gradient into an update, and the update is added."""
        v = self.vectors
        # 0-d views: the numbers change with the iteration, the calls do not.
        c = [self.coefficients[0, j : j + 1].reshape(()) for j in range(self.coefficients.shape[1])]
        calls = [*self._clipping, *self.optimizer.update(self._clipped, v.update, v.slots, c)]
        if self.decay is not None:
            calls += [
                (np.multiply, (v.parameters, self.decay, v.scratch)),
                (np.multiply, (v.scratch, c[-1], v.scratch)),
                (np.add, (v.update, v.scratch, v.update)),
            ]
        calls.append((np.add, (v.parameters, v.update, v.parameters)))
        return calls
