"""The result of a race at the end of `tui-trainer train`: a table with a line for each arm."""

from __future__ import annotations

from collections.abc import Sequence

from tui_trainer.cli.columns import Rows, aligned, without_empty_columns
from tui_trainer.cli.results import REASONS, finding_lines, loss_and_accuracy
from tui_trainer.cli.safe_text import plain
from tui_trainer.dashboard.standings import standings, who_leads
from tui_trainer.drawing.text_fitting import wrapped
from tui_trainer.runs.arms import views
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.race import Race

_LEAST_COLUMNS = 40


def race_results(race: Race, reasons: Sequence[str], columns: int) -> str:
    """The lines, wrapped to `columns`, a newline after each. `reasons`: why each arm ended."""
    table = standings(views(race.arms, race.focus, DiagnosedRun.measure))
    names = [plain(arm.name) for arm in race.arms]
    finals = [standing.latest for standing in table.arms if standing.latest is not None]
    held_out = any(final.validation_loss is not None for final in finals)
    rows: Rows = [
        ("", "iterations", "training", "right", *(("validation", "right") if held_out else ()), "parts at", "")
    ]
    for name, arm, standing, final in zip(names, race.arms, table.arms, finals, strict=True):
        parts_at = "never" if arm.parted is None else f"{arm.parted:,}"
        rows.append(
            (
                name,
                f"{final.iteration:,}",
                *loss_and_accuracy(final.train_loss, final.train_accuracy),
                *(loss_and_accuracy(final.validation_loss, final.validation_accuracy) if held_out else ()),
                parts_at if arm.against else "",
                "ahead" if standing.ahead else "",
            )
        )
    lines = [f"{plain(race.run.experiment.title)} · {len(race.arms)} arms, iteration for iteration", ""]
    lines += aligned(without_empty_columns(rows))
    verdict = f"Verdict: {who_leads(table, names)[0]}."
    lines += ["", *wrapped(verdict, max(columns, _LEAST_COLUMNS))]
    zero = "; 0 where they do from the start" if any(arm.parted == 0 for arm in race.arms) else ""
    lines += [f"Parts at: the first iteration after which an arm's weights differ from those of {names[0]}{zero}."]
    for name, arm, reason in zip(names, race.arms, reasons, strict=True):
        findings = finding_lines(arm.run, columns)
        if findings or reason != "target":
            restored = "" if arm.run.restored is None else f"; weights of iteration {arm.run.restored:,} restored"
            lines += ["", f"{name} {REASONS[reason]}{restored}", *findings[1:]]
    return "\n".join(lines) + "\n"
