"""The result of a run at the end of `tui-trainer train`: a few lines and a table of the layers."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from tui_trainer.cli.columns import Rows, aligned, without_empty_columns
from tui_trainer.cli.safe_text import plain
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.studies.advice import Advice, advice
from tui_trainer.telemetry import Evaluation, LayerValues, Remedy, Status
from tui_trainer.telemetry.few_held_out import few_words
from tui_trainer.training.summary import summary
from tui_trainer.wording import counted, percent

REASONS = {
    "target": "reached its target",
    "diverged": "diverged: the loss is too large to compute with",
    "early_stopping": "stopped early: the validation loss did not improve",
    "interrupted": "interrupted",
}


def results(run: DiagnosedRun, reason: str, columns: int) -> str:
    """The lines, wrapped to `columns`, a newline after each."""
    trainer, final, restored = run.trainer, run.measure(), run.restored
    few = few_words(final.get("validation_examples"))
    speed = trainer.iteration / trainer.elapsed if trainer.elapsed else 0.0
    lines = [
        f"{plain(run.experiment.title)} · {summary(trainer)}",
        f"{REASONS[reason]} after {counted(final.iteration, 'iteration')} ({counted(final.epoch, 'epoch')}), "
        f"{trainer.elapsed:.2f} s, {speed:,.0f} iterations/s",
        *([] if restored is None else [f"weights of iteration {restored:,} restored: the numbers are theirs"]),
        "",
        *aligned(without_empty_columns(_losses(final))),
        *(
            [f"penalty on the weights {penalty:.4g}: part of no loss, minimised beside it"]
            if (penalty := final.get("penalty"))
            else []
        ),
        *_best(run, final, columns),
        *(
            []
            if not few
            else _wrapped(f"{few}; the validation loss, its best and early stopping rest on no more", "", columns)
        ),
        "",
        *aligned(_layers(final.layers)),
        *finding_lines(run, columns),
    ]
    return "\n".join(lines) + "\n"


def finding_lines(run: DiagnosedRun, columns: int) -> list[str]:
    """The findings at the end with their remedies, each after an empty line.

    Remedies are tried, unless the run was interrupted: then the person does not want to wait.
    """
    interrupted = run.standing is Status.PAUSED
    found = [Advice(finding=finding) for finding in run.findings] if interrupted else advice(run)
    lines = []
    for each in found:
        finding = each.finding
        lines += ["", f"{finding.severity}: {finding.title}"]
        lines += _wrapped(finding.sentence_at(run.iteration, run.restored), "  ", columns)
        for remedy in finding.remedies:
            lines += [*_wrapped(remedy.sentence, "  try: ", columns), f"       {_as_options(remedy)}"]
            lines += _wrapped(remedy.tried or "not tried", "       ", columns)
        if each.in_vain:
            vain = ", ".join(map(_as_options, each.in_vain))
            lines += _wrapped(f"tried, no better: {vain}", "  ", columns)
    return lines


def _as_options(remedy: Remedy) -> str:
    return " ".join(f"--set {key}={_as_toml(value)}" for key, value in remedy.settings.items())


def _losses(final: Evaluation) -> Rows:
    """The error of a regression is in the units of the person's table."""

    def row(name: str, loss: float, accuracy: float | None) -> tuple[str, ...]:
        error = final.get(f"{'train' if name == 'training' else name}_rmse")
        return (name, *loss_and_accuracy(loss, accuracy), "" if error is None else f"{error:.4g}")

    rows: Rows = [("", "loss", "accuracy", "rms error"), row("training", final.train_loss, final.train_accuracy)]
    if final.validation_loss is not None:
        rows.append(row("validation", final.validation_loss, final.validation_accuracy))
    return rows


def _best(run: DiagnosedRun, final: Evaluation, columns: int) -> list[str]:
    """The best evaluation compared with the last weights; empty without a validation set."""
    best, stopping = run.trainer.evaluations.best, run.experiment.training.early_stopping
    if best is None or best.validation_loss is None or run.restored is not None:
        return []
    words = f"best evaluation: validation loss {best.validation_loss:.4g} at iteration {best.iteration:,}"
    if best.iteration == final.iteration:
        return [f"{words}, the last"]
    asked = run.standing is Status.FINISHED and stopping is not None and stopping.restore_best
    why = ", because early stopping did not come to a stop" if asked else ""
    return _wrapped(f"{words}; the weights are those of iteration {final.iteration:,}{why}", "", columns)


def loss_and_accuracy(loss: float | None, accuracy: float | None) -> tuple[str, str]:
    """Both as text; empty for None."""
    return "" if loss is None else f"{loss:.4g}", "" if accuracy is None else percent(accuracy, 1)


def _layers(layers: Iterable[LayerValues]) -> Rows:
    rows: Rows = [("", "activation", "|weights|", "|gradient|", "update/weight")]
    rows += [
        (
            layer.name,
            layer.activation,
            f"{layer.of('weight_norm'):.3g}",
            f"{layer.of('gradient_norm'):.3g}",
            f"{layer.of('update_ratio'):.3g}",
        )
        for layer in layers
    ]
    return rows


def _wrapped(text: str, first: str, columns: int) -> list[str]:
    """The text after `first`, with later lines aligned."""
    return textwrap.wrap(text, max(columns, 40), initial_indent=first, subsequent_indent=" " * len(first))


def _as_toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return ",".join(map(_as_toml, value))
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
