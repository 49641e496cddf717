"""Unscaled inputs: one column ranges over thousands, another over hundredths, and no learning rate suits both."""

from __future__ import annotations

from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symptoms import below, note
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Finding, Remedy

RATIO = 10.0
"""The finding holds above this ratio of the standard deviation of the widest column to that of the median one."""
SIZE = 10.0
"""It holds above this root mean square of all inputs, too."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Judged once, from the inputs."""
    ratio, size = window.first.get("input_ratio") or 0.0, window.first.get("input_size") or 0.0
    if ratio <= RATIO and size <= SIZE:
        return None
    what = (
        f"one input varies {number(ratio)} times as much as others"
        if ratio > RATIO
        else f"inputs are around {number(size)}"
    )
    return note(
        window,
        earlier,
        id="unscaled_inputs",
        headline="unscaled inputs",
        body=f"{what[0].upper()}{what[1:]}, so steps that suit one weight are too long or too short for another.",
        brief=what,
        expert=f"Largest over middle standard deviation of the input columns {ratio:.3g} (limit {RATIO:g}), root mean "
        f"square {size:.3g} (limit {SIZE:g}).",
        evidence={"input_ratio": ratio, "input_size": size},
    )


def remedies(window: Window) -> tuple[Remedy, ...]:
    """Standardized inputs."""
    if window.settings.get("data.standardize") is not False:
        return ()
    return (Remedy("Bring all inputs to mean 0 and deviation 1.", {"data.standardize": True}),)


RULE = Rule(
    title="unscaled inputs",
    judge=judge,
    remedies=remedies,
    in_a_row=1,
    unchecked=lambda window: "" if window.first.get("input_ratio") else "nothing is known of the inputs",
    signals=lambda window: (
        below("spread of the widest input / the median one", window.first.get("input_ratio"), RATIO),
        below("root mean square of the inputs", window.first.get("input_size"), SIZE),
    ),
)
