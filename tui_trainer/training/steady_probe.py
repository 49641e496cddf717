"""Loss and gradient on always the same training examples, at any parameters."""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Array
from tui_trainer.experiment.experiment import Experiment
from tui_trainer.instruments.evaluation_set import PROBE_EXAMPLES, EvaluationSet
from tui_trainer.training.network import Network
from tui_trainer.training.plan import Plan
from tui_trainer.training.vectors import Vectors


class SteadyProbe:
    """A plan of one row, filled once with the first examples of the training set, without dropout."""

    def __init__(self, experiment: Experiment, network: Network, train_set: EvaluationSet) -> None:
        """The loss must not be one of pairs."""
        self._made_of = experiment, network, train_set
        inputs = train_set.inputs[:PROBE_EXAMPLES]
        start = np.zeros(network.parameter_count, network.dtype)
        self._vectors = Vectors(start, experiment.optimizer)
        self._plan = Plan(
            network,
            experiment.loss,
            experiment.network.output,
            experiment.optimizer,
            self._vectors,
            len(inputs),
            1,
            dropout=False,
        )
        self._plan.x[0, :, :-1], self._plan.y[0] = inputs, train_set.targets[:, :PROBE_EXAMPLES]

    def is_of(self, experiment: Experiment, train_set: EvaluationSet) -> bool:
        """Whether it measures with these settings, penalties included, on these examples."""
        return self._made_of[0] is experiment and self._made_of[2] is train_set

    def in_float64(self) -> SteadyProbe:
        """A new probe of the same examples that computes in float64."""
        experiment, network, train_set = self._made_of
        return SteadyProbe(experiment, Network(network.sizes, network.activation_names, "float64"), train_set)

    def gradient(self, parameters: Array) -> Array:
        """(parameters,), penalties included: its own vector, overwritten next time."""
        self._run(parameters, 3)
        return self._vectors.gradient

    def loss(self, parameters: Array) -> float:
        """The mean loss, without penalties."""
        self._run(parameters, 1)
        return float(self._plan.losses(0, 1)[0])

    def _run(self, parameters: Array, phases: int) -> None:
        self._vectors.parameters[:] = parameters
        with np.errstate(all="ignore"):
            for phase in self._plan.phases(0)[:phases]:
                for function, arguments in phase:
                    function(*arguments)
