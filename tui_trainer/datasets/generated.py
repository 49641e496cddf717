"""Data sets that are drawn, not stored: a clean pattern of any size with Gaussian noise.

Pattern and noise have separate addressed generators. So a larger set begins with the smaller one, a change of the noise
moves the same points, and neither set depends on the size of the other.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from msgspec import Meta

from tui_trainer.arrays import Floats
from tui_trainer.datasets.dataset import Dataset, Examples, Noise, Part, Samples
from tui_trainer.randomness import Purpose, generator
from tui_trainer.setting import FACTOR, setting

_PATTERN, _NOISE = 0, 1


DrawnSamples = Annotated[Samples, setting("Training examples.", order=90, step=FACTOR)]
ValidationSamples = Annotated[
    int,
    Meta(ge=0, le=100_000),
    setting("Examples held out to judge what was learned; 0 for none.", short="validation", order=450, step=FACTOR),
]


class GeneratedDataset(Dataset, frozen=True, kw_only=True):
    """A subclass implements `pattern`. Classes take turns (0, 1, 0, 1, …), so any size is balanced."""

    samples: DrawnSamples = 200
    validation_samples: ValidationSamples = 400
    noise: Noise = 0.1

    @property
    def has_validation(self) -> bool:
        return self.validation_samples > 0

    def draw(self, seed: int) -> tuple[Examples, Examples]:
        return (
            self._noisy(self.samples, seed, Part.TRAINING),
            self._noisy(self.validation_samples, seed, Part.VALIDATION),
        )

    def pattern(self, count: int, random: np.random.Generator) -> Examples:
        """`count` examples without noise, made with at most one call of `random` for `count` rows."""
        raise NotImplementedError

    def _noisy(self, count: int, seed: int, part: Part) -> Examples:
        inputs, targets, *_ = self.pattern(count, generator(seed, Purpose.DATA, part, _PATTERN))
        random = generator(seed, Purpose.DATA, part, _NOISE)
        if self.task == "regression":
            return Examples(inputs, targets + self.noise * random.standard_normal(count))
        return Examples(inputs + self.noise * random.standard_normal(inputs.shape), targets)


def taking_turns(count: int, classes: int) -> Floats:
    """Class numbers 0, 1, …, classes − 1, 0, 1, … (count,)."""
    return (np.arange(count) % classes).astype(np.float64)


def on_circle(radius: float | Floats, angle: Floats) -> Floats:
    """Points (n, 2) at these angles (n,), in radians."""
    return np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))
