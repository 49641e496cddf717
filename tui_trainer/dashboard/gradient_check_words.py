"""The result of a gradient check in words: what was compared, and in which precision."""

from __future__ import annotations

from tui_trainer.drawing.charts.numbers import count
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.telemetry import GradientCheck, Snapshot


def check_words(check: GradientCheck, snapshot: Snapshot) -> str:
    """The result as a sentence, for a person who pressed the key."""
    sentence = check.sentence[0].upper() + check.sentence[1:]
    chosen = check.of_weight and f" {check.of_weight}."
    computes = snapshot.values.get("network.dtype", "float32")
    copy = "" if computes == "float64" else f" of this {computes} network"
    return f"{sentence}, on a float64 copy{copy} at iteration {count(check.iteration)}.{chosen}"


def check_wordings(check: GradientCheck) -> Wordings:
    """The result as one line of a panel."""
    at, verdict = count(check.iteration), check.verdict.removeprefix("blame ")
    if not check.finite:
        return Wordings(f"{verdict} at iteration {at}: the loss is not finite", f"{verdict}: not finite", verdict)
    if not check.parameters:
        return Wordings(f"{verdict} at iteration {at}: {check.kinks} kinks", f"{verdict}: kinks", verdict)
    short = check.error.removeprefix("relative ")
    kinks = f", {check.kinks} at kinks" if check.kinks else ""
    return Wordings(
        f"{verdict} at iteration {at}: {check.error}{kinks}, in float64",
        f"{verdict} at iteration {at}: {check.error}{kinks}",
        f"{verdict} at iteration {at}: {short}",
        f"{verdict} at {at}: {short}",
        f"{verdict}: {short}",
        verdict,
    )
