"""Where a run broke: the first number that was no longer finite, and what had been computed to get it."""

from __future__ import annotations

from msgspec import Struct

from tui_trainer.telemetry.phase import Phase


class Autopsy(Struct, frozen=True, kw_only=True):
    """The first non-finite value of a diverged run."""

    iteration: int
    """The iteration in which it appeared: the update after so many others."""
    phase: Phase
    tensor: str
    """"pre-activation", "gradient", "loss", …"""
    layer: str
    """"layer 2"; empty for the loss."""
    operation: str
    """"matrix product", "exp", …: what produced it."""
    largest_weight: float
    """The largest finite |weight| or |bias| before that iteration."""
    largest_input: float
    """The largest finite |value| that went into the operation."""
    precision: str = "float32"
    largest_number: float = 3.4028234663852886e38
    """The name of what the run computes in, and the largest number that it holds."""
    last_loss: float
    """The last batch loss that was finite; NaN where not even the first one was."""

    @property
    def last_finite(self) -> int:
        """The iteration to return to: the next step from there is finite, so that a smaller rate can change it."""
        return self.iteration if self.phase is Phase.UPDATE else max(self.iteration - 1, 0)

    @property
    def limit(self) -> str:
        """ "float32 holds up to 3.4e38"."""
        return f"{self.precision} holds up to {self.largest_number:.2g}".replace("e+", "e")

    @property
    def sentence(self) -> str:
        """The finding in words."""
        where = f"the {self.tensor}{f' of {self.layer}' if self.layer else ''}"
        return (
            f"In iteration {self.iteration + 1}, {self.phase.word.lower()}: {where} is no longer finite after "
            f"{self.operation} of numbers up to {self.largest_input:.2g} ({self.limit}); the largest weight had grown "
            f"to {self.largest_weight:.2g}, and the last finite loss was {self.last_loss:.2g}."
        )
