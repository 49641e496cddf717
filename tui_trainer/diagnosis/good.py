"""Good: the run learns what can be learned, and no alarm stands."""

from __future__ import annotations

from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symptoms import below, loss_signal
from tui_trainer.diagnosis.underfitting import BESIDE_NAME, beside_words
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Finding, Remedy, Severity

LOW = 0.6
"""Training loss, as a share of the base loss, below which a run has learned something, if `BESIDE` holds too."""
BESIDE = 2.0
"""The most training error of a good run, relative to the neighbours' error. A loss of nearly 0 will do instead."""
VERY_LOW = 0.1


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Whether the loss is low and near what the neighbours allow. `Diagnosis` holds it back while an alarm stands."""
    beside = window.beside_neighbours
    near = beside is None or beside <= BESIDE or window.loss < VERY_LOW
    if not window.generalises or not (window.at_floor or (window.loss < LOW and near)):
        return None
    latest = window.latest
    since = earlier.since if earlier else latest.iteration
    validation = latest.validation_loss
    held_out = (
        "nothing is held out, so as far as can be told"
        if validation is None
        else f"validation loss is {number(validation)}"
    )
    what = f"Training loss is {number(latest.train_loss)}, from {number(window.first.train_loss)} at the start"
    return Finding(
        id="good",
        severity=Severity.GOOD,
        since=since,
        headline="going well",
        body=f"{what}; {held_out}.",
        brief=(f"training loss {number(latest.train_loss)}", f"loss {number(latest.train_loss)}"),
        expert=f"L = {number(window.loss)} × base; "
        + (f"{beside_words(window)}; " if beside is not None else "")
        + "no alarm.",
        evidence={"train_loss": latest.train_loss, "base_loss": window.first.base_loss},
    )


def remedies(window: Window) -> tuple[Remedy, ...]:
    return ()


RULE = Rule(
    title="going well",
    judge=judge,
    remedies=remedies,
    in_a_row=3,
    unchecked=lambda window: "",
    signals=lambda window: (
        loss_signal(window, LOW),
        below(BESIDE_NAME, window.beside_neighbours, BESIDE),
    ),
)
