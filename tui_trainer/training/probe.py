"""Loss and gradient of one mini-batch at any parameters, without touching the state of the run."""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Array
from tui_trainer.optimizers import Optimizer
from tui_trainer.training.network import Network
from tui_trainer.training.plan import Plan
from tui_trainer.training.state import Vectors


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
