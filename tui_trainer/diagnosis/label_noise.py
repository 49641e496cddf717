"""Label noise suspected: the loss is flat, and the remaining errors are those that an example's neighbours make too."""

from __future__ import annotations

from tui_trainer.diagnosis.class_imbalance import RARE
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.standstill import is_flat
from tui_trainer.diagnosis.symptoms import below, note
from tui_trainer.diagnosis.window import NOISY, Window
from tui_trainer.telemetry import Finding
from tui_trainer.wording import percent

SHARE = 0.2
"""Share of the run over which the loss has to be flat."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Whether a classifier has come to rest at a floor of noise."""
    neighbours, error = window.first.get("neighbours_error"), window.latest.get("train_error")
    balance = window.first.get("smallest_class")  # examples of a rare class are few, not mislabelled
    if neighbours is None or error is None or balance is None or balance < RARE or not window.at_floor:
        return None
    if not error or is_flat(window, SHARE) is None:  # what is learnt by heart leaves no errors to explain
        return None
    return note(
        window,
        earlier,
        id="label_noise",
        headline="label noise suspected",
        body=f"{percent(error)} of the training examples stay wrong, and {percent(neighbours)} have "
        f"neighbours of another class: some labels are wrong, or the classes overlap.",
        brief=f"{percent(error)} stay wrong, as by their neighbours",
        expert=f"Training error {error:.3g} against {neighbours:.3g} of 5-NN leave-one-out: at the floor of noise.",
        evidence={"train_error": error, "neighbours_error": neighbours},
    )


def _share(window: Window) -> float | None:
    neighbours, constant = window.first.get("neighbours_error"), window.first.get("constant_error")
    return neighbours / constant if neighbours is not None and constant else None


def unchecked(window: Window) -> str:
    """Why the labels cannot be judged."""
    if window.first.get("smallest_class") is None:
        return "there are no classes"
    return "" if _share(window) is not None else "what neighbours of an example know about it is not known"


RULE = Rule(
    title="label noise suspected",
    judge=judge,
    remedies=lambda window: (),
    in_a_row=3,
    unchecked=unchecked,
    signals=lambda window: (
        below("error of guessing from neighbours / that of the best constant answer", _share(window), NOISY),
    ),
)
