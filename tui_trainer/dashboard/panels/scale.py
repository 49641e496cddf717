"""Linear or logarithmic: the person decides, else the preset, else what there is to be seen.

A linear axis shows sums and gaps as they are, so that it is the first choice; over decades it would press all but the
largest values to its bottom.
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
"""So many times the smallest the largest loss is, where an axis turns logarithmic."""
_RATES = 1e2
"""The same of learning rates: a schedule is told by its shape, and has no noise …"""
_BRIEFLY = 0.1
"""… but for this share of its updates: many end near zero, which is not what is to be seen of them."""


class Scale(Struct, frozen=True):
    """A choice of axis."""

    logarithmic: bool
    by: str = ""
    """By which choice of the person: a key, or "preferences"; empty where it is nobody's or the preset's."""

    def wordings(self, logarithmic: bool) -> Wordings:
        """What the title says of an axis that was drawn by this choice, the longest first."""
        words = "log y" if logarithmic else "linear y"
        # Without any positive value there is no logarithmic axis, whatever one has chosen.
        return Wordings(f"{words}, by {self.by}" if self.by and logarithmic == self.logarithmic else words, words)


def loss_scale(snapshot: Snapshot, view: View) -> Scale:
    """Of every plot of losses."""
    chosen = chosen_scale(view)
    if chosen is not None:
        return chosen
    if snapshot.axis is not None:
        return Scale(snapshot.axis == "log")
    return Scale(view.turned == snapshot.run or needs_logarithm(snapshot))


def rate_scale(rates: Floats, view: View) -> Scale:
    """Of the plot of these learning rates (n,), of as many updates each."""
    chosen = chosen_scale(view)
    if chosen is not None or not len(rates):
        return chosen or Scale(False)
    return Scale(bool(np.quantile(rates, _BRIEFLY) * _RATES <= rates.max()))


def layer_scale(view: View) -> Scale:
    """Of the plots of layers: what they are about is how many times one differs from the next."""
    return chosen_scale(view) or Scale(True)


def chosen_scale(view: View) -> Scale | None:
    """What the person has chosen, for this run or for all; None for nothing."""
    if view.log_y_here is not None:
        return Scale(view.log_y_here, view.sign("log_y"))
    return None if view.log_y is None else Scale(view.log_y, "preferences")


def shown_scale(snapshot: Snapshot, view: View) -> Scale:
    """Of the curves that the person looks at: the focused panel's where it has some, else the loss panel's."""
    if view.focus == "gradients":
        return layer_scale(view)
    if view.curve == "learning_rate" and view.focus != "fit":
        return rate_scale(rates_shown(snapshot), view)
    return loss_scale(snapshot, view)


def curves_of(snapshot: Snapshot) -> list[Losses]:
    """Those of all arms, or of the only run."""
    return [arm.losses for arm in snapshot.arms] or [snapshot.losses]


def rates_shown(snapshot: Snapshot) -> Floats:
    """All learning rates that there are curves of, those that are planned too."""
    curves = curves_of(snapshot)
    planned = [each.planned.rates for each in curves if each.planned is not None]
    rates = np.concatenate([*(each.learning_rate.mean for each in curves), *planned])
    return np.asarray(rates[np.isfinite(rates)])


def needs_logarithm(snapshot: Snapshot) -> bool:
    """Whether losses span decades, or run away. All of a curve counts, whichever moment of it one looks at: it only
    grows, and so does what it spans."""
    if snapshot.arms:  # what runs away leaves the picture at its top
        shown = within_sight(decisive_curves(snapshot))
        return span_decades(shown, shown)
    losses = snapshot.losses
    if snapshot.status is Status.DIVERGED or losses.batch.non_finite.any():
        return True
    if any(finding.id == "diverging" for finding in snapshot.findings):
        return True
    return curves_span_decades(losses)


def curves_span_decades(losses: Losses) -> bool:
    """Whether those of one run do. A single batch can be lucky: low are only means, over an epoch or a whole set; all
    that is drawn can be high."""
    evaluations = losses.evaluations
    means = np.concatenate([losses.epoch.low, evaluations.train_loss, evaluations.validation_loss])
    return span_decades(means, np.concatenate([means, losses.batch.high]))


def span_decades(low: Floats, high: Floats) -> bool:
    """Whether the largest positive number of `high` is so many times the smallest of `low`."""
    smallest = np.min(low[np.isfinite(low) & (low > 0)], initial=np.inf)
    return bool(np.max(high[np.isfinite(high)], initial=0.0) >= DECADES * smallest)
