"""When a run stands still: its loss has hardly changed for a good part of the run, and what holds it back."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import median

from tui_trainer.diagnosis.symptoms import standard_start
from tui_trainer.diagnosis.window import Window
from tui_trainer.telemetry import Evaluation, Remedy

LEAST = 8
"""Evaluations judged together, at least."""
FLAT = 0.97
"""The least median loss of the later half of the evaluations judged, relative to the earlier half."""
SLIGHTLY, STRAIGHT = 2e-3, 0.95
"""A run still moves if its loss falls by at least the first share from quarter to quarter of the evaluations, with at
least the second as cosine between neighbouring gradients."""
GROWS = 1.5
"""The most by which falls are expected to grow from one quarter of the evaluations to the next."""
LONG = 0.4
"""Share of the run after which a standstill is no longer expected to end."""
AT_BASE = 0.95
"""Training loss, as a share of the base loss, above which a network predicts about the same for every input."""

DECAYS = 0.5
"""The least weight decay × learning rate × iterations of a run with which decay holds the run back."""
DROPOUT, INPUT_NOISE = "network.dropout", "training.input_noise"


def is_flat(window: Window, share: float) -> tuple[Evaluation, ...] | None:
    """The evaluations over which the loss has been flat for this share of the run, at whatever learning rates; None if
    it has not, or cannot be known yet."""
    span = window.lately(share, LEAST, at_any_rate=True)
    if len(span) < LEAST or window.share(span) < share:
        return None
    losses, half = [each.train_loss for each in span], len(span) // 2
    return span if median(losses[half:]) >= FLAT * median(losses[:half]) else None


def falls_on(span: tuple[Evaluation, ...]) -> bool:
    """Whether the loss falls from each quarter of these evaluations to the next, slowly but in a constant direction."""
    cosine = span[-1].get("gradient_cosine")
    falls = all(after < (1 - SLIGHTLY) * before for before, after in pairwise(quarters(span)))
    return falls and cosine is not None and cosine >= STRAIGHT


def quarters(span: tuple[Evaluation, ...]) -> list[float]:
    """The median loss of each quarter of these evaluations, of which there are at least four."""
    losses, size = [each.train_loss for each in span], len(span) // 4
    return [median(losses[n * size : (n + 1) * size]) for n in range(4)]


def at_the_end(window: Window, span: tuple[Evaluation, ...]) -> float:
    """The training loss, as a share of the base loss, with which the run ends if it goes on falling as it did from the
    third quarter of these evaluations to the last; faster and faster where it has begun to, up to `GROWS` times from
    quarter to quarter."""
    losses = quarters(span)
    if not all(0 < loss < math.inf for loss in losses):
        return window.loss
    at_first, _, fall = (math.log(before) - math.log(after) for before, after in pairwise(losses))
    if fall <= 0:
        return window.loss
    growth = min(math.sqrt(fall / at_first), GROWS) if fall > at_first > 0 else 1.0
    left = 4 * (1 - window.latest.iteration / window.length) / window.share(span)
    quarters_left = left if growth == 1 else growth * (growth**left - 1) / (growth - 1)
    return window.loss * math.exp(-fall * quarters_left)


def is_idle(window: Window) -> bool:
    """Whether a network with a hidden layer predicts about the same for every input and may still leave that plateau:
    because it has not been there for long, or because it started with unusual weights, which takes longer. False if a
    setting holds it back."""
    if len(window.latest.layers) < 2 or window.loss <= AT_BASE or held_back(window):
        return False
    if standard_start(window):
        return True
    long = window.lately(LONG, LEAST, at_any_rate=True)
    return window.share(long) < LONG or long[0].train_loss > window.latest.train_loss / FLAT


def held_back(window: Window) -> tuple[str, Remedy] | None:
    """The first setting that makes the training examples harder to learn, and the remedy without it."""
    settings, clip = window.settings, window.settings.get("optimizer.clip_norm")
    clips = isinstance(clip, int | float) and (window.latest.get("gradient_norm") or 0.0) > clip
    candidates = {
        "dropout": (DROPOUT, 0.0, settings.get(DROPOUT)),
        "the noise on the inputs": (INPUT_NOISE, 0.0, settings.get(INPUT_NOISE)),
        "the L1 penalty": ("optimizer.l1", 0.0, settings.get("optimizer.l1")),
        "the L2 penalty": ("optimizer.l2", 0.0, settings.get("optimizer.l2")),
        "weight decay": ("optimizer.weight_decay", 0.0, _decays(window)),
        "the bound on the gradient": ("optimizer.clip_norm", None, clips),
    }
    for name, (key, off, value) in candidates.items():
        if _is_on(value):
            return name, Remedy(f"Do without {name.removeprefix('the ')}.", {key: off})
    return None


def trains_on_another_loss(window: Window) -> bool:
    """Whether dropout or noise changes the loss that is minimised. Such a run can be at rest although the gradient
    measured without them still points downhill."""
    return any(_is_on(window.settings.get(key)) for key in (DROPOUT, INPUT_NOISE))


def _is_on(value: object) -> bool:
    return any(value) if isinstance(value, tuple | list) else bool(value)


def _decays(window: Window) -> bool:
    """Whether weight decay alone would shrink a weight considerably over the whole run."""
    decay = window.settings.get("optimizer.weight_decay")
    return isinstance(decay, int | float) and decay * window.highest_rate * window.length >= DECAYS
