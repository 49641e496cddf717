"""Learning-rate schedules: the factor on the base rate at each iteration of a run with a known target."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from tui_trainer.arrays import Floats
from tui_trainer.setting import FACTOR, ROUND, setting

Warmup = Annotated[
    int,
    Meta(ge=0, le=10_000_000),
    setting(
        "Iterations of linear warm-up from base/warmup to the full rate, multiplied onto the schedule.",
        label="warm-up",
        order=170,
        step=ROUND,
        unit="iterations",
        live=True,
    ),
]
Parts = Annotated[int, Meta(ge=1, le=1000), setting("Parts of the run with one rate each.", label="parts", order=180)]
Gamma = Annotated[
    float,
    Meta(gt=0, le=1),
    setting("Factor from one part to the next.", label="factor a part", short="factor", order=190, step=0.1),
]
EndRate = Annotated[
    float,
    Meta(le=1),
    setting("Share of the base rate at the target.", label="rate at the end", short="end rate", order=200, step=FACTOR),
]
Rise = Annotated[
    float,
    Meta(gt=0, lt=1),
    setting("Share of the run in which the rate rises.", label="rising share", short="rise", order=210, step=0.1),
]
Divide = Annotated[
    float,
    Meta(gt=1, le=10_000),
    setting(
        "The start is the base rate divided by this.", label="start divided by", short="divide", order=220, step=FACTOR
    ),
]


class Schedule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="name"):
    """`factor` maps the completed share of the run to a factor on the base rate. Beyond the target the rate stays."""

    short: ClassVar[str] = ""
    """The name for a narrow space: "exp."."""

    warmup: Warmup = 0

    def factor(self, share: Floats) -> Floats:
        """(n,) shares in [0, 1] → factors."""
        return np.ones_like(share)

    def rates(self, base: float, iterations: NDArray[np.int64], target: int) -> Floats:
        """The rate of each update, given the `iterations` completed before it, in a run of `target` updates."""
        return self.warmed(base * self.factor(np.minimum(iterations / max(target, 1), 1.0)), iterations)

    def warmed(self, rates: Floats, iterations: NDArray[np.int64]) -> Floats:
        """The rates with warm-up."""
        return rates * np.minimum((iterations + 1) / self.warmup, 1.0) if self.warmup else rates


class Constant(Schedule, frozen=True, tag="constant"):
    """The base rate throughout."""


class Step(Schedule, frozen=True, tag="step"):
    """`steps` equal parts. At the start of each except the first the rate is multiplied by `gamma`."""

    steps: Parts = 4
    gamma: Gamma = 0.1

    def factor(self, share: Floats) -> Floats:
        factors: Floats = self.gamma ** np.minimum(np.floor(share * self.steps), self.steps - 1)
        return factors


class Exponential(Schedule, frozen=True, tag="exponential"):
    """From the base rate down to `end` times it, by the same factor in each iteration."""

    short: ClassVar[str] = "exp."

    end: Annotated[EndRate, Meta(gt=0)] = 0.001

    def factor(self, share: Floats) -> Floats:
        return np.asarray(self.end**share)


class Cosine(Schedule, frozen=True, tag="cosine"):
    """Half a cosine from the base rate to `end` times it (Loshchilov 2017, one period)."""

    end: Annotated[EndRate, Meta(ge=0)] = 0.0

    def factor(self, share: Floats) -> Floats:
        return self.end + (1 - self.end) * 0.5 * (1 + np.cos(np.pi * share))


class Linear(Schedule, frozen=True, tag="linear"):
    """A straight line from the base rate to `end` times it."""

    end: Annotated[EndRate, Meta(ge=0)] = 0.0

    def factor(self, share: Floats) -> Floats:
        return 1 + (self.end - 1) * share


class OneCycle(Schedule, frozen=True, tag="one_cycle"):
    """Up from base/`divide` to the base rate in the share `rise` of the run, then down to base/(divide·1e4), both as
    half cosines (Smith 2018; the variant and the defaults of PyTorch's OneCycleLR)."""

    short: ClassVar[str] = "1cycle"

    rise: Rise = 0.3
    divide: Divide = 25.0

    def rates(self, base: float, iterations: NDArray[np.int64], target: int) -> Floats:
        """As in PyTorch, the top is one update before the share `rise`, and the end is at the last update."""
        top, last = self.rise * target - 1, max(target, 1) - 1
        now = np.minimum(iterations, last).astype(np.float64)
        start, end = 1 / self.divide, 1 / (self.divide * 1e4)
        up = start + (1 - start) * 0.5 * (1 - np.cos(np.pi * now / max(top, 1e-9)))
        down = end + (1 - end) * 0.5 * (1 + np.cos(np.pi * np.maximum(now - top, 0) / max(last - top, 1e-9)))
        return self.warmed(base * np.where(now <= top, up, down), iterations)
