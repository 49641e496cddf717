"""Where a run broke: the first number that was not finite, and the operation that produced it."""

from __future__ import annotations

from msgspec import Struct

from tui_trainer.telemetry.phase import Phase


class Autopsy(Struct, frozen=True, kw_only=True):
    """The first non-finite value of a diverged run."""

    iteration: int
    """Updates completed before the iteration in which the value appeared."""
    phase: Phase
    tensor: str
    """"pre-activation", "gradient", "loss", …"""
    layer: str
    """"layer 2"; empty for the loss."""
    operation: str
    """What produced the value: "matrix product", "exp", …"""
    largest_weight: float
    """The largest finite |weight| or |bias| before that iteration."""
    largest_input: float
    """The largest finite |value| among the operands."""
    precision: str = "float32"
    """The number type of the run."""
    largest_number: float = 3.4028234663852886e38
    """The largest number of that type."""
    last_loss: float
    """The last finite batch loss; NaN if there was none."""

    @property
    def last_finite(self) -> int:
        """The iteration to return to. The next step from there is still finite, so a smaller rate can help."""
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
