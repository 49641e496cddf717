"""What a run must show to prove its lesson: the `[expect]` table of a preset, judged on plain telemetry.

Claims about numbers are bounds `…_below` and `…_above` on measures by name: those of the instruments and of `DERIVED`.
A bound fails if its number is not finite or the run does not have it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from tui_trainer.telemetry.evaluation import Evaluation
from tui_trainer.telemetry.lead import Basis, Yardstick, why_not
from tui_trainer.telemetry.losses import Losses
from tui_trainer.telemetry.status import Status

EQUAL = 1e-4
"""Spread of incoming weights, as a share of the largest, up to which units count as equal. A processor may round the
sums of neighbouring units differently."""
Share = Annotated[float, Meta(ge=0, le=1)]

ENDS = {
    "target": Status.FINISHED,
    "diverged": Status.DIVERGED,
    "early_stopping": Status.STOPPED_EARLY,
}
"""Why a run ended, in the words of the JSON → the status of the run then."""


class Outcome(Struct, frozen=True, kw_only=True):
    """The result of a run."""

    status: Status
    iteration: int
    final: Evaluation
    """Measured on the weights at the end of the run."""
    raised: dict[str, int]
    """Id of every finding that was ever raised → the iteration of the evaluation that raised it."""
    losses: Losses
    yardstick: Yardstick
    """What the losses and accuracies of the run are measured by."""


class Comparison(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bounds on a number of this run divided by the number of another preset under the same seed."""

    preset: str
    """The other preset's title."""
    train_loss_ratio_below: float | None = None
    train_loss_ratio_above: float | None = None
    validation_loss_ratio_below: float | None = None
    validation_loss_ratio_above: float | None = None
    train_accuracy_ratio_below: float | None = None
    train_accuracy_ratio_above: float | None = None


class Claim(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one run must show: everything given."""

    finding: str | None = None
    """A finding that must be raised."""
    by_iteration: Annotated[int, Meta(ge=0)] | None = None
    """The latest evaluation at which `finding` may be raised first."""
    no_finding: tuple[str, ...] = ()
    """Findings that must never be raised."""
    ends: Literal["target", "diverged", "early_stopping"] | None = None
    """Why the run must end."""
    bounds: dict[str, float] = field(default_factory=dict, name="MEASURE_below, MEASURE_above")
    """`NAME_below` or `NAME_above` → the bound on the measure NAME at the end of the run. In a file the bounds stand
    among the other keys."""
    units_equal: bool | None = None
    """Whether the units of some hidden layer must have stayed equal."""
    compared_with: Comparison | None = None

    def __post_init__(self) -> None:
        if self.by_iteration is not None and self.finding is None:
            raise ValueError("by_iteration needs a finding that is to be raised by then")

    @property
    def compares(self) -> bool:
        """Whether it needs another run to compare with."""
        return self.compared_with is not None

    def misses(self, run: Outcome, other: Outcome | None = None) -> list[str]:
        """What `run` fails to show, a sentence each; empty if everything holds.

        `other`: the run of the preset of `compared_with` under the same seed. Required if the claim compares.
        """
        missed = [*self._missed_findings(run)]
        if self.ends is not None and run.status is not ENDS[self.ends]:
            now = "under way" if run.status is Status.PAUSED else run.status
            missed.append(f"the run is to be {ENDS[self.ends]}: it is {now}")
        if self.units_equal is not None and units_equal(run) is not self.units_equal:
            missed.append(f"units_equal {str(self.units_equal).lower()}: it is {str(units_equal(run)).lower()}")
        for key, bound in self.bounds.items():
            name, _, side = key.rpartition("_")
            below, above = (bound, None) if side == "below" else (None, bound)
            missed += _out_of_bounds(name, measured(run, name), below, above)
        if self.compared_with is not None:
            if other is None:
                raise ValueError(f"no run of {self.compared_with.preset!r} to compare with")
            missed += _compared(self.compared_with, run, other)
        return missed

    def _missed_findings(self, run: Outcome) -> list[str]:
        missed = [
            f"no finding {id}: raised at iteration {run.raised[id]}" for id in self.no_finding if id in run.raised
        ]
        if self.finding is not None:
            at = run.raised.get(self.finding)
            if at is None:
                missed.append(f"finding {self.finding}: never raised")
            elif self.by_iteration is not None and at > self.by_iteration:
                missed.append(f"finding {self.finding} by iteration {self.by_iteration}: raised at {at}")
        return missed


class Expectation(Claim, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A claim that must hold in at least `share_of_seeds` of the seeds."""

    share_of_seeds: Share = 0.95
    """Of 20 seeds, 19."""
    share_of_seeds_at_most: Share = 1.0
    """For a preset about luck: the claim must not always hold."""

    @property
    def needed(self) -> str:
        """In how many seeds the claim must hold: "19 of 20", "7 to 18 of 20"."""
        least = math.ceil(round(self.share_of_seeds * 20, 9))
        most = math.floor(round(self.share_of_seeds_at_most * 20, 9))
        return f"{least} of 20" if most == 20 else f"{least} to {most} of 20"


def _out_of_bounds(label: str, value: float | None, below: float | None, above: float | None) -> list[str]:
    value = math.nan if value is None else value
    missed = [] if below is None or value < below else [f"{label} below {below:g}: it is {value:.4g}"]
    if above is not None and not value > above:
        missed.append(f"{label} above {above:g}: it is {value:.4g}")
    return missed


def _compared(bounds: Comparison, run: Outcome, other: Outcome) -> list[str]:
    missed = []
    for name, basis in RATIOS.items():
        mine, theirs = basis.of(run.final), basis.of(other.final)
        ratio = mine / theirs if mine is not None and theirs else math.nan
        below, above = getattr(bounds, f"{name}_ratio_below"), getattr(bounds, f"{name}_ratio_above")
        label = f"{name} as a share of {bounds.preset!r}'s"
        reason = why_not(basis, (run.yardstick, other.yardstick))
        if reason and (below, above) != (None, None):
            missed.append(f"{label}: {reason}, which are not to be compared")
        else:
            missed += _out_of_bounds(label, ratio, below, above)
    return missed


RATIOS = {
    "train_loss": Basis.TRAIN_LOSS,
    "validation_loss": Basis.VALIDATION_LOSS,
    "train_accuracy": Basis.TRAIN_ACCURACY,
}
"""Numbers whose ratio a `Comparison` bounds."""


def batch_spread(run: Outcome) -> float:
    """Standard deviation over mean of the mini-batch losses in the last third of the run: how noisy the steps are.

    NaN for fewer than two losses.
    """
    losses = run.losses.batch.last
    tail = losses[-max(len(losses) // 3, 1) :]
    return float(tail.std() / tail.mean()) if len(tail) > 1 else math.nan


def gradient_ratio(run: Outcome) -> float:
    """Root mean square of the first layer's gradient over that of the last layer's, at the end."""
    first, last = (layer.of("gradient_rms") for layer in (run.final.layers[0], run.final.layers[-1]))
    return first / last if last else math.nan


def units_equal(run: Outcome) -> bool:
    """Whether the hidden units of some layer have equal incoming weights at the end, apart from rounding."""
    spreads = (layer.get("unit_spread") for layer in run.final.layers)
    return any(spread is not None and spread <= EQUAL for spread in spreads)


DERIVED: dict[str, Callable[[Outcome], float]] = {"batch_spread": batch_spread, "gradient_ratio": gradient_ratio}
"""Measures of a whole run; instruments measure its end."""


def measured(run: Outcome, name: str) -> float | None:
    """A measure by name at the end of the run; the largest one of all layers. None if the run does not have it."""
    if name in DERIVED:
        return DERIVED[name](run)
    return value_in(run.final, name)


def value_in(evaluation: Evaluation, name: str) -> float | None:
    """A measure of an evaluation by name; the largest one of all layers. None if the evaluation does not have it."""
    whole = evaluation.get(name)
    values = (layer.get(name) for layer in evaluation.layers)
    return whole if whole is not None else max((value for value in values if value is not None), default=None)
