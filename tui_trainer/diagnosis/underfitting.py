"""Underfitting: the loss has come to rest far above what the examples themselves say can be known."""

from __future__ import annotations

from statistics import median

from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.standstill import LEAST, falls_on, is_flat, is_idle
from tui_trainer.diagnosis.symptoms import REWEIGHTED, below, loss_signal, reweighted, standard_start, symptom
from tui_trainer.diagnosis.unscaled_inputs import RATIO
from tui_trainer.diagnosis.unscaled_inputs import remedies as one_scale
from tui_trainer.diagnosis.window import SUCCESS, Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Finding, Remedy

SHARE, DEEP_SHARE = 0.2, 0.35
"""Of the run for which the loss has to stay where it is; the second of a network with hidden layers, which may leave
late."""
BESIDE = 2.0
"""Training error beside that of guessing from neighbours, at least. Floors of noise lie at 0.9, good runs below 2."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Flat, and twice as wrong as the neighbours of every example."""
    beside = window.beside_neighbours
    if beside is None or beside < BESIDE or window.succeeds or window.is_hard or reweighted(window):
        return None
    span = is_flat(window, SHARE if len(window.latest.layers) < 2 else DEEP_SHARE)
    if span is None or is_idle(window) or falls_on(span):
        return None
    error, neighbours = window.latest.get("train_error"), window.first.get("neighbours_error")
    stays, (cause, _) = median(each.train_loss for each in span), _cause(window)
    return symptom(
        window,
        earlier,
        id="underfitting",
        headline="underfitting",
        body=f"training loss stays around {number(stays)}, {number(beside)} times as wrong as guessing each example "
        f"from its neighbours; {cause}.",
        brief=f"loss {number(window.latest.train_loss)}, {cause}",
        expert=f"Training error {number(error or 0)} against {number(neighbours or 0)} of 5-NN leave-one-out (ratio "
        f"{beside:.1f}, limit {BESIDE:g}); L = {window.loss:.2f} × base, flat for {window.share(span):.0%} of the run.",
        evidence={"beside_neighbours": beside, "train_error": error or 0.0, "neighbours_error": neighbours or 0.0},
    )


def _cause(window: Window) -> tuple[str, tuple[Remedy, ...]]:
    """What keeps it there, in words, and what to do about it: first what holds it back, then the start, then size."""
    settings, norm = window.settings, window.latest.get("gradient_norm") or 0.0
    hidden = settings.get("network.hidden")
    clip = settings.get("optimizer.clip_norm")
    clips = isinstance(clip, int | float) and norm > clip
    held = {
        "dropout": ("network.dropout", 0.0, settings.get("network.dropout")),
        "the noise on the inputs": ("training.input_noise", 0.0, settings.get("training.input_noise")),
        "the L1 penalty": ("optimizer.l1", 0.0, settings.get("optimizer.l1")),
        "the L2 penalty": ("optimizer.l2", 0.0, settings.get("optimizer.l2")),
        "weight decay": ("optimizer.weight_decay", 0.0, settings.get("optimizer.weight_decay")),
        "the bound on the gradient": ("optimizer.clip_norm", None, clips),
    }
    for name, (key, off, value) in held.items():
        if any(value) if isinstance(value, tuple | list) else value:
            return f"{name} may hold it back", (Remedy(f"Do without {name.removeprefix('the ')}.", {key: off}),)
    larger, start, scaled = _larger(hidden), standard_start(window), one_scale(window)
    if scaled and (window.first.get("input_ratio") or 0.0) > RATIO:
        return "inputs of very different scales may hold it back", scaled
    if start:
        return "its unusual start may hold it back", start
    if len(window.latest.layers) == 1:
        return "a network without a hidden layer can only draw straight lines", larger
    return "the network may be too small", larger


def _larger(hidden: object) -> tuple[Remedy, ...]:
    if not isinstance(hidden, tuple | list):
        return ()
    sizes = tuple(min(4 * size, 512) for size in hidden) or (16,)
    words = "Make the hidden layers four times as wide" if hidden else "Add a hidden layer of 16 units"
    return (Remedy(f"{words}.", {"network.hidden": sizes}),)


def remedies(window: Window) -> tuple[Remedy, ...]:
    """What the cause asks for, then a larger network."""
    _, first = _cause(window)
    larger = _larger(window.settings.get("network.hidden"))
    return first if first == larger else (*first, *larger)


def unchecked(window: Window) -> str:
    """Why nobody can tell what could be known."""
    if reweighted(window):
        return REWEIGHTED
    if window.beside_neighbours is None:
        return "what neighbours of an example know about it is not known"
    if window.is_hard:
        return "neighbours of an example know hardly anything about it"
    return "" if len(window.evaluations) >= LEAST else f"it takes {LEAST} evaluations"


RULE = Rule(
    title="underfitting",
    judge=judge,
    remedies=remedies,
    in_a_row=3,
    last_resort=True,
    unchecked=unchecked,
    signals=lambda window: (
        below("training error beside the neighbours'", window.beside_neighbours, BESIDE),
        loss_signal(window, SUCCESS),
    ),
)
