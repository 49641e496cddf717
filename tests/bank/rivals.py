"""Other programs that judge training runs by their curves, on the same recorded runs. They are optional: `pip install
trainproof runmedic`.

Each of their alarms is taken for any of our labels that it could mean, so a rival is right more easily than we are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.util import find_spec
from statistics import mean
from typing import Any

from score import Recorded

STUCK = {"plateau", "symmetry", "dead_relu", "saturation", "vanishing_gradients", "crawling", "underfitting"}
BROKEN = {"diverging", "exploding_gradients"}
THROWN = BROKEN | {"bouncing"}
MEANT: dict[str, set[str]] = {
    "TP-NAN": BROKEN,
    "TP-NAN-GRAD": BROKEN,
    "TP-DIVERGE": THROWN,
    "TP-GRAD-SPIKE": THROWN,
    "TP-FLAT": STUCK,
    "TP-DEAD-RUN": STUCK,
    "TP-ZERO-GRAD": STUCK,
    "TP-ZERO-LR": STUCK,
    "TP-ZERO-LR-PARTIAL": STUCK,
    "TP-OVERFIT": {"overfitting"},
    "non_finite": BROKEN,
    "divergence": THROWN,
    "loss_spikes": THROWN,
    "grad_spikes": THROWN,
    "no_learning": STUCK,
    "overfitting": {"overfitting"},
}
"""An alarm of a rival → the labels that it may stand for. Alarms that are not here name none of them."""


def trainproof(columns: dict[str, list[float]]) -> set[str]:
    """Its warnings and failures. `columns`: name → one value an evaluation."""
    from trainproof.epoch import check_records

    ours = {"train_loss": "loss", "validation_loss": "eval_loss", "learning_rate": "lr"}
    names = [ours.get(name, name) for name in columns]
    records = [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return {each["id"] for each in check_records(records)["findings"] if each["level"] in ("WARN", "FAIL")}


def runmedic(columns: dict[str, list[float]]) -> set[str]:
    """Its warnings and critical findings, likewise."""
    from runmedic import checks, model, roles

    ours = {"learning_rate": "lr", "validation_loss": "val_loss"}
    series = {
        ours.get(name, name): model.Series(ours.get(name, name), list(columns["step"]), values)
        for name, values in columns.items()
        if name != "step"
    }
    run = model.Run(name="run", source="csv", path="", series=series)
    return {
        each.check for each in checks.run_checks(run, roles.detect(run)) if each.severity in ("warning", "critical")
    }


RIVALS: dict[str, Callable[[dict[str, list[float]]], set[str]]] = {"trainproof": trainproof, "runmedic": runmedic}


def installed() -> list[str]:
    """Those that can be run here."""
    return [name for name in RIVALS if find_spec(name)]


def rival_score(name: str, recorded: Iterable[Recorded], *, gradients: bool) -> dict[str, Any]:
    """How often it is right, and its false alarms. `gradients`: whether it is given the gradient norm too."""
    right, false_alarms, good = list[bool](), 0, 0
    for each in recorded:
        alarms, accepted = (
            RIVALS[name](columns_of(each, gradients=gradients)),
            {each.run.expected, *each.run.also_accept},
        )
        if each.run.expected == "good":
            good, false_alarms = good + 1, false_alarms + bool(alarms)
            right.append(not alarms)
        else:
            right.append(any(MEANT.get(alarm, set()) & accepted for alarm in alarms))
    return {"right": mean(right), "false_alarms": false_alarms, "good": good}


def columns_of(recorded: Recorded, *, gradients: bool) -> dict[str, list[float]]:
    """The curves of a run as a log has them, with the number that is none at which it ended."""
    names = ["train_loss", "learning_rate", *(["validation_loss"] if recorded.evaluations[0].validation_loss else [])]
    names += ["grad_norm"] if gradients else []
    columns: dict[str, list[float]] = {"step": [float(each.iteration) for each in recorded.evaluations]}
    for name in names:
        ours = "gradient_norm" if name == "grad_norm" else name
        columns[name] = [each.values.get(ours, float("nan")) for each in recorded.evaluations]
    if recorded.diverged is not None:
        columns["step"].append(columns["step"][-1] + 1)
        for name in names:
            columns[name].append(columns[name][-1] if name == "learning_rate" else float("nan"))
    return columns
