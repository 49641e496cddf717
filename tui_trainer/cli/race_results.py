"""What a race came to, for a person at the end of `tui-trainer train`: a table with a line for each arm."""

from __future__ import annotations

from collections.abc import Sequence

from tui_trainer.cli.plain import plain
from tui_trainer.cli.results import REASONS, Rows, aligned, findings_told, loss_and_accuracy, told
from tui_trainer.dashboard.standings import lead_words
from tui_trainer.drawing.text_fitting import wrapped
from tui_trainer.studies.race import Race
from tui_trainer.telemetry import Evaluation
from tui_trainer.training.yardstick import loss_words

_LEAST_COLUMNS = 40


def race_results(race: Race, reasons: Sequence[str], columns: int) -> str:
    """The lines, wrapped to `columns`, with an end of line each; `reasons` say why each arm ended."""
    finals = [arm.run.measure() for arm in race.arms]
    held_out = any(final.validation_loss is not None for final in finals)
    found = race.lead(finals)
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
                "ahead" if number in found.ahead else "",
            )
        )
    lines = [f"{plain(race.arms[0].run.experiment.title)} · {len(race.arms)} arms, iteration for iteration", ""]
    lines += aligned(told(rows))
    lines += ["", *wrapped(judged(race, finals), max(columns, _LEAST_COLUMNS))]
    zero = "; 0 where they do from the start" if 0 in race.parted else ""
    lines += [f"Parts at: the first iteration after which an arm's weights differ from those of {rows[1][0]}{zero}."]
    for arm, reason in zip(race.arms, reasons, strict=True):
        findings = findings_told(arm.run, columns)
        if findings or reason != "target":
            restored = "" if arm.run.restored is None else f"; weights of iteration {arm.run.restored:,} restored"
            lines += ["", f"{plain(arm.name)} {REASONS[reason]}{restored}", *findings[1:]]
    return "\n".join(lines) + "\n"


def judged(race: Race, finals: Sequence[Evaluation]) -> str:
    """Who is ahead and by how much, or why nobody is, in the words of the screen."""
    names = [plain(arm.name) for arm in race.arms]
    known = [None if arm.lost else final for arm, final in zip(race.arms, finals, strict=True)]
    losses = [loss_words(arm.run.experiment) for arm in race.arms]
    return f"Verdict: {lead_words(race.lead(finals), names, known, losses)[0].removeprefix('▲ ')}."
