"""Linear or logarithmic axes: the person decides, else the preset, else the data.

A linear axis shows sums and gaps as they are, so it is the first choice. Over several decades it would press all but
the largest values to its bottom.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from tui_trainer.arrays import Floats
from tui_trainer.dashboard.panels.arm_curves import decisive_curves, within_sight
from tui_trainer.dashboard.view import View
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.telemetry import Losses, Snapshot, Status

DECADES = 1e3
"""An axis turns logarithmic where the largest loss is this many times the smallest."""
_RATES = 1e2
"""The same for learning rates, which have no noise: a schedule shows in its shape."""
_BRIEFLY = 0.1
"""The share of the smallest rates that does not count: many schedules end near zero."""


class Scale(Struct, frozen=True):
    """A choice of axis."""

    logarithmic: bool
    by: str = ""
    """The person's choice behind it: a key, or "preferences"; "" where the preset or the program chose."""

    def wordings(self, logarithmic: bool) -> Wordings:
        """The words for the title of an axis drawn by this choice."""
        words = "log y" if logarithmic else "linear y"
        # Without a positive value the axis is linear, whatever was chosen.
        return Wordings(f"{words}, by {self.by}" if self.by and logarithmic == self.logarithmic else words, words)


def loss_scale(snapshot: Snapshot, view: View) -> Scale:
    """The scale of every plot of losses."""
    chosen = chosen_scale(view)
    if chosen is not None:
        return chosen
    if snapshot.axis is not None:
        return Scale(snapshot.axis == "log")
    return Scale(view.turned == snapshot.run or needs_logarithm(snapshot))


def rate_scale(rates: Floats, view: View) -> Scale:
    """The scale of the plot of these learning rates (n,), each of the same number of updates."""
    chosen = chosen_scale(view)
    if chosen is not None or not len(rates):
        return chosen or Scale(False)
    return Scale(bool(np.quantile(rates, _BRIEFLY) * _RATES <= rates.max()))


def layer_scale(view: View) -> Scale:
    """The scale of the plots of layers, which compare magnitudes."""
    return chosen_scale(view) or Scale(True)


def chosen_scale(view: View) -> Scale | None:
    """The person's choice, for this run or for all; None without one."""
    if view.log_y_here is not None:
        return Scale(view.log_y_here, view.sign("log_y"))
    return None if view.log_y is None else Scale(view.log_y, "preferences")


def curves_of(snapshot: Snapshot) -> list[Losses]:
    """The losses of all arms, or of the only run."""
    return [arm.losses for arm in snapshot.arms] or [snapshot.losses]


def rates_shown(snapshot: Snapshot) -> Floats:
    """All learning rates with a curve: made, planned, and the stability limit."""
    curves = curves_of(snapshot)
    planned = [each.planned.rates for each in curves if each.planned is not None]
    limits = [] if snapshot.arms else [snapshot.stable_limits[1]]
    rates = np.concatenate([*(each.learning_rate.mean for each in curves), *planned, *limits])
    return np.asarray(rates[np.isfinite(rates)])


def needs_logarithm(snapshot: Snapshot) -> bool:
    """Whether losses span decades or diverge. The whole curve counts, whatever the moment shown, so the scale does not
    change while a person looks back."""
    if snapshot.arms:  # an arm that diverges leaves the picture at its top
        shown = within_sight(decisive_curves(snapshot))
        return span_decades(shown, shown)
    losses = snapshot.losses
    if snapshot.status is Status.DIVERGED or losses.batch.non_finite.any():
        return True
    if any(finding.id == "diverging" for finding in snapshot.findings):
        return True
    return curves_span_decades(losses)


def curves_span_decades(losses: Losses) -> bool:
    """Whether the losses of one run span decades. A single batch can be lucky, so only means (over an epoch or a whole
    set) count as low; everything drawn counts as high."""
    evaluations = losses.evaluations
    means = np.concatenate([losses.epoch.low, evaluations.train_loss, evaluations.validation_loss])
    return span_decades(means, np.concatenate([means, losses.batch.high]))


def span_decades(low: Floats, high: Floats) -> bool:
    """Whether the largest positive number of `high` is `DECADES` times the smallest of `low`, or more."""
    smallest = np.min(low[np.isfinite(low) & (low > 0)], initial=np.inf)
    return bool(np.max(high[np.isfinite(high)], initial=0.0) >= DECADES * smallest)
