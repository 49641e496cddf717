"""How well the blame that backpropagation gives agrees with the slope that the loss really has."""

from __future__ import annotations

import math

from msgspec import Struct

TOLERANCE = 1e-6
"""Relative error up to which the gradient counts as right; a wrong formula is far beyond."""


class GradientCheck(Struct, frozen=True, kw_only=True):
    """The answer of one check; made in float64 on a copy of the network, whatever the run computes in."""

    relative_error: float
    """‖a − n‖ / (‖a‖ + ‖n‖) of the analytic and the numeric gradient, over the parameters compared; 0 where both are 0,
    NaN where the loss is no finite number."""
    rounding: float = 0.0
    """How large a relative error rounding alone can give: much where the gradient is nearly 0, at most 1, which is a
    gradient that cannot be told from 0."""
    parameters: int
    """How many were compared."""
    kinks: int = 0
    """How many of the sample were not, because the loss has a kink there, or nearer than rounding lets one see."""
    without_clip: bool = False
    """Whether the output's clip to [0, 1], through which the gradient goes straight on purpose, was left out."""
    iteration: int = 0
    """Updates behind the weights that it was made at."""

    @property
    def finite(self) -> bool:
        """Whether there are numbers to be compared."""
        return math.isfinite(self.relative_error) and math.isfinite(self.rounding)

    @property
    def right(self) -> bool:
        return self.finite and self.parameters > 0 and self.relative_error <= TOLERANCE + self.rounding

    @property
    def verdict(self) -> str:
        """The first words of `sentence`."""
        if not self.finite or not self.parameters:
            return "blame cannot be checked"
        return "blame verified" if self.right else "blame NOT verified"

    @property
    def error(self) -> str:
        """ "relative error 3e-8", as it is printed; or that there is nothing to be relative to."""
        if self.right and self.rounding >= 1:
            return "gradient and slope are 0"
        printed = f"{self.relative_error:.0e}".replace("e-0", "e-").replace("e+00", "") if self.relative_error else "0"
        rounding = ", no more than rounding" if self.right and self.relative_error > TOLERANCE else ""
        return f"relative error {printed}{rounding}"

    @property
    def sentence(self) -> str:
        """ "blame verified: relative error 3e-8 over 300 parameters", or that it is not, and what was left out."""
        if not self.finite:
            return f"{self.verdict}: here the loss is no finite number"
        if not self.parameters:
            return f"{self.verdict}: at all {self.kinks} parameters the loss has a kink: not differentiable there"
        sentence = f"{self.verdict}: {self.error} over {self.parameters} parameters"
        if self.kinks:
            sentence += f"; at {self.kinks} more the loss has a kink: not differentiable there"
        return f"{sentence}; without the clip to [0, 1]" if self.without_clip else sentence
