"""`tui-trainer data` and `tui-trainer predict`: what is understood of a table, and answers for the rows of another."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import shlex
import sys
from pathlib import Path

import numpy as np
from msgspec import to_builtins

from tui_trainer.cli.command import UsageError
from tui_trainer.cli.opened_run import opened, train_to
from tui_trainer.cli.opening import about_data, experiments_of
from tui_trainer.cli.safe_text import plain
from tui_trainer.datasets.file import FILE_KEYS, File
from tui_trainer.exit_status import DONE
from tui_trainer.experiment import Experiment, with_settings
from tui_trainer.exports.experiment_toml import preset_text
from tui_trainer.exports.files import check_free, write
from tui_trainer.instruments.evaluation_set import sample_words
from tui_trainer.presets import of_table
from tui_trainer.setting import TABLE_HASH
from tui_trainer.tables.library import forget_changed, read
from tui_trainer.training.predictions import predictions_in_units
from tui_trainer.wording import counted


def report(arguments: argparse.Namespace) -> int:
    """Say what is understood of a table. Raises `SettingError`, and `ExportError` for a preset that cannot be saved."""
    ((_, experiment),) = experiments_of(of_table(arguments.data, about_data(arguments)), {})
    data = experiment.data
    assert isinstance(data, File)
    if arguments.save_preset is not None:
        _save(experiment, data, Path(arguments.save_preset))
    found = data.report(experiment.training.seed)
    if arguments.json:
        json.dump({"schema": 1, **to_builtins(found)}, sys.stdout, indent=2)
        sys.stdout.write("\n")
        return DONE
    for sentence in found.sentences:
        print(plain(sentence))
    if sampled := sample_words(found.training_rows, found.validation_rows):
        print(f"{sampled} rows, always the same ones")
    network = "-".join(map(str, experiment.layer_sizes))
    training, optimizer = experiment.training, experiment.optimizer
    penalty = f"l2 {optimizer.l2:g}, " if optimizer.l2 else ""
    print(
        f"suggested: {network} {experiment.network.activations[0]}, {experiment.loss.title}, "
        f"{optimizer.title} {optimizer.learning_rate:g}, {penalty}batch {training.batch_size}, "
        f"{counted(training.target_epochs, 'epoch')}"
    )
    if arguments.save_preset is not None:
        name = plain(shlex.quote(arguments.save_preset))
        print(f"saved: tui-trainer {name} trains on it, tui-trainer predict {name} NEW.csv answers other rows")
    return DONE


def _save(experiment: Experiment, data: File, path: Path) -> None:
    """Write a preset that trains on the table as it is now: it remembers its hash."""
    if data.file == "-":
        raise UsageError("a pipe cannot be read again; save the table in a file first")
    check_free(path, force=False)
    folder = path.resolve().parent
    names = {key: getattr(data, key) for key in FILE_KEYS}
    beside = {key: os.path.relpath(Path(name).resolve(), folder) for key, name in names.items() if name is not None}
    experiment = with_settings(experiment, {TABLE_HASH: data.table.sha256})
    text = preset_text(experiment, {"title": path.stem}, {"data": beside})
    write(path, text.encode(), force=False)


def predict(arguments: argparse.Namespace) -> int:
    """Answer the rows of a table with a preset, which is trained first, or with a recorded run. Raises `SettingError`,
    `PresetError`, `RecordingError` and `ExportError`."""
    if arguments.to is not None:
        check_free(Path(arguments.to), force=False)
    driver, moment, _ = opened(arguments.trained, {}, arguments.record)
    run = driver.control.lineup.run
    data = run.experiment.data
    if not isinstance(data, File):
        raise UsageError(f'"{arguments.trained}" has no table of its own, so it knows no rows of another')
    source = data.source.like(arguments.rows, data.recipe.writing)
    forget_changed(source)
    table = read(source)
    recipe = run.trainer.data.recipe
    assert recipe is not None
    rows = np.arange(table.rows)
    inputs = recipe.matrix(table, rows)
    gone = (f"{table.name}: {sentence}" for sentence in table.left_out)
    for sentence in (*gone, *recipe.unknown(table, rows)):
        print(plain(sentence), file=sys.stderr)
    train_to(driver, moment)
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\n")
    outputs = predictions_in_units(driver.control.lineup.run.trainer, inputs)
    if recipe.classes:
        writer.writerow([table.row_word, recipe.target, *(f"probability of {name}" for name in recipe.classes)])
        for line, row in zip(table.lines.tolist(), outputs, strict=True):
            writer.writerow([line, recipe.classes[int(row.argmax())], *(f"{share:.4g}" for share in row)])
    else:
        writer.writerow([table.row_word, recipe.target])
        writer.writerows([line, f"{row[0]:.6g}"] for line, row in zip(table.lines.tolist(), outputs, strict=True))
    if arguments.to is None:
        text = content.getvalue()
        # A file gets the words as they are; on a terminal they must not act.
        sys.stdout.write("\n".join(map(plain, text.split("\n"))) if sys.stdout.isatty() else text)
    else:
        write(Path(arguments.to), content.getvalue().encode(), force=False)
    return DONE
