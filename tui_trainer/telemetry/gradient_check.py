"""How well the gradient of backpropagation agrees with the measured slope of the loss."""

from __future__ import annotations

import math

from msgspec import Struct

TOLERANCE = 1e-6
"""Relative error up to which the gradient counts as right. A wrong formula is far beyond it."""


class GradientCheck(Struct, frozen=True, kw_only=True):
    """The result of one check, made in float64 on a copy of the network, whatever the precision of the run."""

    relative_error: float
    """‖a − n‖ / (‖a‖ + ‖n‖) of the analytic and the numeric gradient over the compared parameters. 0 if both are 0,
    NaN if the loss is not finite."""
    rounding: float = 0.0
    """The relative error that rounding alone can cause: large if the gradient is nearly 0; 1 if the gradient cannot be
    distinguished from 0."""
    parameters: int
    kinks: int = 0
    """Parameters of the sample that were not compared, because the loss has a kink there or too near."""
    without_clip: bool = False
    """Whether the output's clip to [0, 1] was left out. Its gradient goes straight through on purpose."""
    iteration: int = 0
    """Completed updates of the checked weights."""
    weight: str = ""
    """The weight that a person has chosen: "w[2→3] of layer 1"; "" for none."""
    blame: float = 0.0
    """The derivative of the loss by this parameter, by backpropagation."""
    slope: float | None = None
    """The slope of the loss when this parameter alone is moved; None at a kink, where there is none."""

    @property
    def finite(self) -> bool:
        """Whether the numbers could be compared."""
        return math.isfinite(self.relative_error) and math.isfinite(self.rounding)

    @property
    def right(self) -> bool:
        return self.finite and self.parameters > 0 and self.relative_error <= TOLERANCE + self.rounding

    @property
    def of_weight(self) -> str:
        """What the check found for the chosen weight, as a sentence; "" for none."""
        if not self.weight or not self.finite:
            return ""
        nudged = "the loss has a kink there"
        if self.slope is not None:
            nudged = f"nudged alone, it moves the loss by {_number(self.slope)} a unit"
        return f"{self.weight} has the blame {_number(self.blame)}; {nudged}"

    @property
    def verdict(self) -> str:
        """The first words of `sentence`."""
        if not self.finite or not self.parameters:
            return "blame cannot be checked"
        return "blame verified" if self.right else "blame NOT verified"

    @property
    def error(self) -> str:
        """ "relative error 3e-8", as printed; other words if gradient and slope are 0."""
        if self.right and self.rounding >= 1:
            return "gradient and slope are 0"
        printed = f"{self.relative_error:.0e}".replace("e-0", "e-").replace("e+00", "") if self.relative_error else "0"
        rounding = ", no more than rounding" if self.right and self.relative_error > TOLERANCE else ""
        return f"relative error {printed}{rounding}"

    @property
    def sentence(self) -> str:
        """ "blame verified: relative error 3e-8 over 300 parameters", or that it is wrong, and what was left out."""
        if not self.finite:
            return f"{self.verdict}: here the loss is no finite number"
        if not self.parameters:
            return f"{self.verdict}: at all {self.kinks} parameters the loss has a kink: not differentiable there"
        sentence = f"{self.verdict}: {self.error} over {self.parameters} parameters"
        if self.kinks:
            sentence += f"; at {self.kinks} more the loss has a kink: not differentiable there"
        return f"{sentence}; without the clip to [0, 1]" if self.without_clip else sentence


def _number(value: float) -> str:
    return f"{value:.4g}".replace("-", "−", 1).replace("e-0", "e-")
