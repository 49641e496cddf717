"""Too little data: the network has learned a handful of examples, which say little about others."""

from __future__ import annotations

from tui_trainer.diagnosis.overfitting import more_data, unchecked
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symptoms import above, below, note
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Finding, Remedy

FEW = 100
"""Training examples below which a gap between the losses is attributed to their number."""
GAP, GAP_OF_BASE = 2.0, 0.1
"""The least validation loss relative to the training loss, and the least gap as a share of the base loss."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Whether the network has learned its few training examples and does far worse on held-out ones."""
    examples, validation = window.first.get("train_examples"), window.latest.validation_loss
    loss, base = window.latest.train_loss, window.base
    if examples is None or examples >= FEW or validation is None or unchecked(window):
        return None
    if not (window.first.train_loss > loss and validation > GAP * loss and validation > loss + GAP_OF_BASE * base):
        return None
    return note(
        window,
        earlier,
        id="too_little_data",
        headline="too little data",
        body=f"{examples:g} examples are learnt to a loss of {number(loss)}, and held-out ones "
        f"have {number(validation)}.",
        brief=f"{examples:g} examples, loss {number(loss)} against {number(validation)}",
        expert=f"n = {examples:g} (limit {FEW}), V / L = {validation / max(loss, 1e-300):.3g}, V − L = "
        f"{(validation - loss) / base:.2g} × base.",
        evidence={"train_examples": examples, "train_loss": loss, "validation_loss": validation},
    )


def _gap(window: Window) -> float | None:
    validation, loss = window.latest.validation_loss, window.latest.train_loss
    return validation / loss if validation is not None and loss > 0 else None


def remedies(window: Window) -> tuple[Remedy, ...]:
    """More examples, where they can be made."""
    return more_data(window)


RULE = Rule(
    title="too little data",
    judge=judge,
    remedies=remedies,
    in_a_row=3,
    unchecked=unchecked,
    signals=lambda window: (
        above("training examples", window.first.get("train_examples"), FEW),
        below("validation loss / training loss", _gap(window), GAP),
    ),
)
