"""Class imbalance: one class has so few examples that a network does well without ever predicting it."""

from __future__ import annotations

import math

from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symptoms import above, note
from tui_trainer.diagnosis.window import Window
from tui_trainer.telemetry import Finding, Remedy
from tui_trainer.wording import percent

RARE = 0.4
"""Examples of the rarest class relative to an equal share. With two classes this is 20 % of all examples."""
FEWEST = 10
"""Examples below which classes of unequal size are chance: of a single example every other class has none."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Judged once, from the class counts."""
    share = window.first.get("smallest_class")
    if share is None or share >= RARE or _are_few(window):
        return None
    return note(
        window,
        earlier,
        id="class_imbalance",
        headline="class imbalance",
        body=f"The rarest class has {percent(share)} of the examples that it would have were all "
        f"equally frequent, so accuracy says little about it.",
        brief=f"the rarest class has {percent(share)} of its share",
        expert=f"Smallest class count over the mean class count {share:.2g} (limit {RARE:g}).",
        evidence={"smallest_class": share},
    )


def _are_few(window: Window) -> bool:
    return (window.first.get("train_examples") or math.inf) < FEWEST


def _unchecked(window: Window) -> str:
    if window.first.get("smallest_class") is None:
        return "there are no classes"
    return f"it takes {FEWEST} examples" if _are_few(window) else ""


def remedies(window: Window) -> tuple[Remedy, ...]:
    """Balanced batches."""
    if window.settings.get("training.balanced_batches") is not False or not window.first.get("smallest_class"):
        return ()  # a class without an example cannot be balanced
    return (Remedy("Draw batches with as many examples of every class.", {"training.balanced_batches": True}),)


RULE = Rule(
    title="class imbalance",
    judge=judge,
    remedies=remedies,
    in_a_row=1,
    unchecked=_unchecked,
    signals=lambda window: (above("rarest class / an equal share", window.first.get("smallest_class"), RARE),),
)
