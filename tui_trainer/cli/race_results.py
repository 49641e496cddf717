"""What a race came to, for a person at the end of `tui-trainer train`: a table with a line for each arm."""

from __future__ import annotations

from collections.abc import Sequence

from tui_trainer.cli.plain import plain
from tui_trainer.cli.results import REASONS, Rows, aligned, findings_told, loss_and_accuracy, told
from tui_trainer.studies.race import Race, ahead
from tui_trainer.telemetry import Evaluation


def race_results(race: Race, reasons: Sequence[str], columns: int) -> str:
    """The lines, wrapped to `columns`, with an end of line each; `reasons` say why each arm ended."""
    finals = [arm.run.final() for arm in race.arms]
    held_out = any(final.validation_loss is not None for final in finals)
    first = ahead(finals)
    rows: Rows = [
        ("", "iterations", "training", "right", *(("validation", "right") if held_out else ()), "parts at", "")
    ]
    parted = ("", *("never" if each is None else f"{each:,}" for each in race.parted))
    for number, (arm, final) in enumerate(zip(race.arms, finals, strict=True)):
        rows.append(
            (
                plain(arm.name),
                f"{final.iteration:,}",
                *loss_and_accuracy(final.train_loss, final.train_accuracy),
                *(loss_and_accuracy(final.validation_loss, final.validation_accuracy) if held_out else ()),
                parted[number],
                "ahead" if number in first else "",
            )
        )
    lines = [f"{plain(race.arms[0].run.experiment.title)} · {len(race.arms)} arms, iteration for iteration", ""]
    lines += aligned(told(rows))
    lines += ["", _judged(race, finals, first)]
    lines += [f"Parts at: the first iteration after which an arm's weights differ from those of {rows[1][0]}."]
    for arm, reason in zip(race.arms, reasons, strict=True):
        findings = findings_told(arm.run, columns)
        if findings or reason != "target":
            restored = "" if arm.run.restored is None else f"; weights of iteration {arm.run.restored:,} restored"
            lines += ["", f"{plain(arm.name)} {REASONS[reason]}{restored}", *findings[1:]]
    return "\n".join(lines) + "\n"


def _judged(race: Race, finals: Sequence[Evaluation], first: Sequence[int]) -> str:
    if not first:
        return "No arm is ahead of the others."
    kind = "training" if finals[first[0]].validation_loss is None else "validation"
    *others, last = (plain(race.arms[place].name) for place in first)
    if not others:
        return f"{last} is ahead: it has the lowest {kind} loss."
    return f"{', '.join(others)} and {last} are ahead: they have the lowest {kind} loss."
