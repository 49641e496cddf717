"""Stopped early: the validation loss has not improved for as long as the run's patience."""

from __future__ import annotations

from tui_trainer.diagnosis.overfitting import unchecked as unchecked_held_out
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symptoms import note
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Finding, Signal


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Whether early stopping has ended the run."""
    patience, waited = _patience(window), _waited(window)
    if patience is None or waited is None or waited < patience or window.best is None:
        return None
    best = window.best
    return note(
        window,
        earlier,
        id="early_stopped",
        headline="stopped early",
        body=f"The validation loss was best at iteration {best.iteration:,} "
        f"({number(best.validation_loss or 0.0)}), and has got no better for {waited:,} iterations.",
        brief=f"best at {best.iteration:,}",
        expert=f"{waited:,} iterations since the minimum of V; patience {patience:,}.",
        evidence={"best_iteration": best.iteration, "waited": waited, "patience": patience},
    )


def _patience(window: Window) -> int | None:
    patience = window.settings.get("training.early_stopping.patience")
    return patience if isinstance(patience, int) else None


def _waited(window: Window) -> int | None:
    return window.latest.iteration - window.best.iteration if window.best else None


def unchecked(window: Window) -> str:
    """Why the run cannot be stopped early."""
    return unchecked_held_out(window) or ("" if _patience(window) else "the run is not to stop early")


def _answers(window: Window) -> str:
    """ "overfitting", once the best weights are restored."""
    return "overfitting" if window.settings.get("training.early_stopping.restore_best") is True else ""


RULE = Rule(
    title="stopped early",
    judge=judge,
    remedies=lambda window: (),
    in_a_row=1,
    answers=_answers,
    unchecked=unchecked,
    signals=lambda window: (
        Signal(
            name="iterations without a better validation loss",
            value=_waited(window),
            healthy=f"below {_patience(window):,}",
            is_healthy=(_waited(window) or 0) < (_patience(window) or 0),
        ),
    ),
)
