"""Noisy batches: mini-batches disagree about the direction, and the loss fluctuates."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from tui_trainer.diagnosis.bouncing import range_of
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symptoms import below, note
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Finding, Remedy
from tui_trainer.wording import counted

SPAN = 10
"""Evaluations judged together."""
RISES = 0.3
"""The least share of the evaluations that lie more than 1 % above the one before."""
RANGE = 0.02
"""The least range of two thirds of the losses, as a share of the base loss."""
LARGEST = 1024
"""The largest batch that is proposed, in examples."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Whether the loss fluctuates while the gradient noise scale exceeds the batch size."""
    scale, batch = _scale(window), window.settings.get("training.batch_size")
    if scale is None or not isinstance(batch, int) or scale <= batch:
        return None
    losses = [each.train_loss for each in window.at_this_rate(SPAN)]
    rises = sum(after > 1.01 * before for before, after in pairwise(losses)) / max(len(losses) - 1, 1)
    trembles = range_of(losses)
    spread = trembles / window.base
    if len(losses) < SPAN or rises < RISES or spread < RANGE:
        return None
    return note(
        window,
        earlier,
        id="noisy_batch",
        headline="noisy batches",
        body=f"The loss trembles by {number(trembles)}, because the batches, of {counted(batch, 'example')} each, "
        "disagree about the way.",
        brief=f"the loss trembles by {number(trembles)}",
        expert=f"Median gradient noise scale {scale:.3g} examples beside a batch of {batch}; {rises:.0%} rises above "
        f"1 %.",
        evidence={"noise_scale": scale, "rises": rises, "range_of_base": spread},
    )


def _scale(window: Window) -> float | None:
    """The median gradient noise scale, in examples; None where it is not known."""
    known = [value for each in window.evaluations[-SPAN:] if (value := each.get("noise_scale")) is not None]
    return median(known) if 2 * len(known) >= SPAN else None


def _batch(window: Window) -> float:
    batch = window.settings.get("training.batch_size")
    return float(batch) if isinstance(batch, int) else float("inf")


def remedies(window: Window) -> tuple[Remedy, ...]:
    """A larger batch."""
    batch = window.settings.get("training.batch_size")
    if not isinstance(batch, int) or 4 * batch > LARGEST:
        return ()
    return (Remedy(f"Take four times as many examples a step: {4 * batch}.", {"training.batch_size": 4 * batch}),)


RULE = Rule(
    title="noisy batches",
    judge=judge,
    remedies=remedies,
    in_a_row=3,
    unchecked=lambda window: "" if _scale(window) is not None else "the noise of its batches is not known",
    signals=lambda window: (below("gradient noise scale in examples", _scale(window), _batch(window)),),
)
