"""A network in training, between two iterations or within one: it can be copied, restored and changed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.arrays import Array
from tui_trainer.datasets import make
from tui_trainer.experiment.experiment import Experiment
from tui_trainer.instruments.evaluation_set import EvaluationSet
from tui_trainer.telemetry import Phase, Status
from tui_trainer.training.early_stopping import EarlyStop
from tui_trainer.training.feed import Feed
from tui_trainer.training.iteration_block import BatchSource
from tui_trainer.training.network import Network, most_kept
from tui_trainer.training.order import Position
from tui_trainer.training.plan import Plan
from tui_trainer.training.probe import Probe, Probes
from tui_trainer.training.setup import make_evaluation_sets, starting_parameters
from tui_trainer.training.vectors import Keyframe, Vectors


class TrainingState:
    """All that the next iteration depends on. `iteration` is the number of completed updates, from 0."""

    def __init__(self, experiment: Experiment) -> None:
        """Makes the data and the network of `experiment`. Raises `SettingError`."""
        self.experiment = experiment
        self.network = Network(experiment.layer_sizes, experiment.network.activations, experiment.network.dtype)
        self._joined: tuple[EvaluationSet, EvaluationSet, EvaluationSet | None] | None = None
        self._take_data(experiment)
        self.vectors = Vectors(starting_parameters(experiment, self.network), experiment.optimizer)
        self.iteration = self.optimizer_start = 0
        self.phase: Phase | None = None
        """The last phase completed of an open iteration; None between iterations."""
        self.status = Status.PAUSED
        """FINISHED, STOPPED_EARLY or DIVERGED after the end was reached, PAUSED otherwise."""
        self.early_stop, self._probes = EarlyStop(), Probes(self.network)
        self.feed = self._make_feed(Position(), before=None)
        # The gradient of the first iteration, so that the evaluation at 0 has one to measure.
        self.vectors.gradient[:] = self.next_gradient()
        self.anchor = self.keyframe()
        """A copy of a recent state. Every restoring and every change renews it."""

    # Reading.

    @property
    def parameters(self) -> list[tuple[Array, Array]]:
        """For each layer its weights (inputs, units) and biases (units,): views of the live numbers."""
        return [(view[:-1], view[-1]) for view in self.network.views(self.vectors.parameters)]

    @property
    def epoch(self) -> int:
        """Epochs completed."""
        return self.feed.order.position(self.iteration).epoch

    @property
    def learning_rate(self) -> float:
        """In force for the next update, the schedule included."""
        return float(self.feed.rates(np.array([self.iteration]))[0])

    @property
    def target(self) -> int:
        """Iterations after which the run is finished."""
        return self.feed.target

    def predict(self, inputs: NDArray[np.float64]) -> Array:
        """Predictions (examples, outputs) for raw inputs (examples, columns): probabilities, or values."""
        prepared = self.data.preparation.prepare(np.asarray(inputs, dtype=np.float64))
        z = self.network.outputs(self.vectors.parameters, prepared.astype(self.network.dtype))
        return self.experiment.loss.predictions(z, self.experiment.network.output).T

    def next_gradient(self) -> Array:
        """The gradient that the next iteration will find, at the present parameters."""
        plan, row, _ = self.feed.block(self.iteration).row(self.iteration)
        return self._probed(plan, row).gradient()

    # Copying, restoring, changing.

    def change(self, experiment: Experiment) -> None:
        """Replace the experiment, from the next iteration on, by one that differs in live settings only.

        A new optimizer starts with empty slots. A new batch size, and examples added or left out, divide the rest of
        the epoch anew. Raises `RuntimeError` while an iteration is open, and `MemoryError`, with nothing changed, if
        memory does not suffice.
        """
        if self.phase is not None:
            raise RuntimeError("settings change between iterations")
        before = vars(self).copy()
        try:
            if experiment.data != self.experiment.data:
                self._take_data(experiment)
            self.experiment = experiment
            if type(before["experiment"].optimizer) is not type(experiment.optimizer):
                self.vectors = self.vectors.with_empty_slots(experiment.optimizer)
                self.optimizer_start = self.iteration
            self.feed = self._make_feed(self.feed.order.position(self.iteration), before=self.feed)
            self.anchor = self.keyframe()
        except MemoryError:
            vars(self).update(before)
            raise

    def set_weight(self, layer: int, source: int, unit: int, value: float) -> None:
        """Give one weight, or a bias (`source` = inputs of the layer), another value from the next iteration on.

        Raises `RuntimeError` while an iteration is open, and `IndexError` if there is no such weight.
        """
        if self.phase is not None:
            raise RuntimeError("weights change between iterations")
        self.vectors.parameters[self.network.parameter_index(layer, source, unit)] = value
        self.anchor = self.keyframe()

    def keyframe(self) -> Keyframe:
        """A copy of everything that the next iteration depends on, and of the last step. Only between iterations."""
        return self.live_keyframe().copy()

    def live_keyframe(self, *, with_step: bool = True) -> Keyframe:
        """A keyframe of the live vectors, to be copied at once. An open iteration has overwritten the last step."""
        if self.phase is not None and with_step:
            raise RuntimeError("a keyframe is taken between iterations")
        v = self.vectors
        return Keyframe(
            iteration=self.iteration,
            parameters=v.parameters,
            slots=v.slots,
            step=(v.gradient, v.update) if with_step else None,
            optimizer_start=self.optimizer_start,
            order_start=self.feed.order.start,
            early_stop=self.early_stop,
            experiment=self.experiment,
        )

    def restore(self, keyframe: Keyframe) -> None:
        """Return to the state of `keyframe`. Curves and evaluations stay as they are.

        A keyframe without a last step is restored without one: the next iteration provides it.
        """
        now = self.experiment, self.feed.order.start, self.optimizer_start
        same_feed = (keyframe.experiment, keyframe.order_start, keyframe.optimizer_start) == now
        self.iteration, self.phase, self.status = keyframe.iteration, None, Status.PAUSED
        self.early_stop, self.optimizer_start = keyframe.early_stop, keyframe.optimizer_start
        if keyframe.experiment.data != self.experiment.data:
            self._take_data(keyframe.experiment)
        self.experiment = keyframe.experiment
        if len(keyframe.slots) != len(self.vectors.slots):
            self.vectors = self.vectors.with_empty_slots(keyframe.experiment.optimizer)
            same_feed = False
        self.vectors.restore(keyframe)
        if not same_feed:
            self.feed = self._make_feed(keyframe.order_start, before=self.feed)
        self.anchor = self.keyframe()  # a copy: the owner of `keyframe` may reuse its vectors

    @property
    def together(self) -> EvaluationSet | None:
        """The training set and the validation set in one, if evaluations go through both at once: `Moment.together`."""
        train, validation = self.train_set.sample, self.validation_set.sample
        known = self._joined
        if known is None or known[0] is not train or known[1] is not validation:
            fits = len(validation) and not train.loss.pairs and len(train) + len(validation) <= most_kept(self.network)
            known = self._joined = train, validation, train.followed_by(validation) if fits else None
        return known[2]

    # Internals.

    def _take_data(self, experiment: Experiment) -> None:
        """Make the data of `experiment`, prepared for the network."""
        self.data = make(experiment.data, experiment.training.seed)
        self.train_set, self.validation_set = make_evaluation_sets(experiment, self.data, self.network)
        self.base_loss = self.train_set.base()
        evaluated = len(self.train_set.sample) + len(self.validation_set.sample)
        self._source = BatchSource(self.train_set, self.data, self.network.dtype, evaluated)

    def _probed(self, plan: Plan, row: int) -> Probe:
        return self._probes.of(plan, row, self.vectors.parameters, self.experiment.optimizer)

    def _make_feed(self, start: Position, before: Feed | None) -> Feed:
        """The mini-batches of the present experiment from `start` on."""
        return Feed(self.experiment, self.network, self.vectors, self._source, start, self.optimizer_start, before)
