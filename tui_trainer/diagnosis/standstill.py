"""When a run stands still: its loss has not changed to speak of for a good part of the run."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from tui_trainer.diagnosis.window import Window
from tui_trainer.telemetry import Evaluation

LEAST = 8
"""Evaluations that are looked at together."""
FLAT = 0.97
"""Median loss of their later half beside the earlier half's, at least."""
SLIGHTLY, STRAIGHT = 2e-3, 0.95
"""Fall of the loss from quarter to quarter, and cosine of neighbouring gradients, of a run that is on its way still."""
LONG = 0.4
"""Of the run: whoever has stood still for so long is not about to leave."""
AT_BASE = 0.95
"""Training loss, as a share of the best constant answer's, above which a network says about the same to everything."""


def is_flat(window: Window, share: float) -> tuple[Evaluation, ...] | None:
    """The evaluations over which the loss has stayed where it was for this share of the run; None where it has not, or
    nobody knows yet."""
    span = window.lately(share, LEAST)
    if len(span) < LEAST or window.share(span) < share:
        return None
    losses, half = [each.train_loss for each in span], len(span) // 2
    return span if median(losses[half:]) >= FLAT * median(losses[:half]) else None


def falls_on(span: tuple[Evaluation, ...]) -> bool:
    """Whether the loss falls from each quarter of these to the next, slowly but straight on: it is not at rest."""
    losses, cosine = [each.train_loss for each in span], span[-1].get("gradient_cosine")
    size = len(losses) // 4
    quarters = [median(losses[n * size : (n + 1) * size]) for n in range(4)]
    falls = all(after < (1 - SLIGHTLY) * before for before, after in pairwise(quarters))
    return falls and cosine is not None and cosine >= STRAIGHT


def is_idle(window: Window) -> bool:
    """Whether a network that could do more (it has a hidden layer) gives everything about the same answer, and has not
    done so for long."""
    if len(window.latest.layers) < 2 or window.loss <= AT_BASE:
        return False
    long = window.lately(LONG, LEAST)
    return window.share(long) < LONG or long[0].train_loss > window.latest.train_loss / FLAT
