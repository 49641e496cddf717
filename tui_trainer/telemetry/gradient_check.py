"""How well the blame that backpropagation gives agrees with the slope that the loss really has."""

from __future__ import annotations

import math

from msgspec import Struct

TOLERANCE = 1e-6
"""Relative error up to which the gradient counts as right; a wrong formula is far beyond."""


class GradientCheck(Struct, frozen=True, kw_only=True):
    """The answer of one check; made in float64 on a copy of the network, whatever the run computes in."""

    relative_error: float
    """‖a − n‖ / (‖a‖ + ‖n‖) of the analytic and the numeric gradient, over the parameters compared."""
    parameters: int
    """How many were compared."""
    iteration: int = 0
    """Updates behind the weights that it was made near."""

    @property
    def right(self) -> bool:
        return self.relative_error <= TOLERANCE

    @property
    def verdict(self) -> str:
        """The first words of `sentence`."""
        if not math.isfinite(self.relative_error):
            return "blame cannot be checked"
        return "blame verified" if self.right else "blame NOT verified"

    @property
    def error(self) -> str:
        """ "3e-8", as it is printed."""
        return "0" if not self.relative_error else f"{self.relative_error:.0e}".replace("e-0", "e-")

    @property
    def sentence(self) -> str:
        """ "blame verified: relative error 3e-8 over 300 parameters", or that it is not."""
        if not math.isfinite(self.relative_error):
            return f"{self.verdict}: here the loss is no finite number"
        return f"{self.verdict}: relative error {self.error} over {self.parameters} parameters"
