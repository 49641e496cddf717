"""Loss and gradient of one mini-batch at any parameters, without touching the state of the run."""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Array
from tui_trainer.optimizers import Optimizer
from tui_trainer.training.network import Network
from tui_trainer.training.plan import Plan
from tui_trainer.training.vectors import Vectors

KEPT_PARAMETERS = 20_000
"""A network of at most this many parameters keeps its probes: making one takes longer than using it."""


class Probe:
    """A plan of one row with its own vectors. Step quality and gradient checks use it."""

    def __init__(self, network: Network, optimizer: Optimizer, plan: Plan, row: int, parameters: Array) -> None:
        """Copies the mini-batch in `row` of `plan`, and its dropout masks."""
        self.like, self.vectors = plan, Vectors(parameters, optimizer)
        self.plan = Plan(
            network,
            plan.loss,
            plan.output,
            plan.optimizer,
            self.vectors,
            plan.batch,
            1,
            dropout=plan.masks is not None,
        )
        self.take(row, parameters)

    def take(self, row: int, parameters: Array) -> None:
        """Another mini-batch of the same plan, and other parameters."""
        plan, self.vectors.parameters[:] = self.like, parameters
        self.plan.x[0], self.plan.y[0] = plan.inputs(row).T, plan.targets(row)
        if plan.masks is not None and self.plan.masks is not None:
            self.plan.masks[0] = plan.masks[row]

    def gradient(self) -> Array:
        """∂L/∂parameters at the probe's parameters, penalties included, in a vector that the next call overwrites."""
        with np.errstate(all="ignore"):
            for phase in self.plan.phases(0)[:3]:
                for function, arguments in phase:
                    function(*arguments)
        return self.vectors.gradient

    def loss(self) -> float:
        """The mean loss of the batch at the probe's parameters, without penalties."""
        with np.errstate(all="ignore"):
            for function, arguments in self.plan.phases(0)[0]:
                function(*arguments)
        return float(self.plan.losses(0, 1)[0])


class Probes:
    """The probes of a run. A small network keeps them, of whole batches and of the cut one of an epoch."""

    def __init__(self, network: Network) -> None:
        self._network, self._kept = network, list[Probe]()
        self.are_kept = network.parameter_count <= KEPT_PARAMETERS

    def of(self, plan: Plan, row: int, parameters: Array, optimizer: Optimizer) -> Probe:
        """A probe for the mini-batch in `row` of `plan`, at a copy of `parameters`."""
        probe = next((each for each in self._kept if each.like is plan), None)
        if probe is not None:
            probe.take(row, parameters)
            return probe
        probe = Probe(self._network, optimizer, plan, row, parameters)
        if self.are_kept:
            self._kept = [probe, *self._kept][:2]
        return probe
