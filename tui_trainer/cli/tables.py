"""`tui-trainer data` and `tui-trainer predict`: what is understood of a table, and answers for the rows of another."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import sys
from pathlib import Path

import numpy as np
from msgspec import to_builtins

from tui_trainer.cli.command import UsageError
from tui_trainer.cli.opening import about_data, experiments_of, found
from tui_trainer.cli.plain import plain
from tui_trainer.cli.status import DONE
from tui_trainer.datasets.file import FILE_KEYS, File
from tui_trainer.experiment import Experiment, with_settings
from tui_trainer.exports.experiment_toml import preset_text
from tui_trainer.exports.files import check_free, write
from tui_trainer.presets import of_table
from tui_trainer.tables.library import Source, forget_changed, read
from tui_trainer.training import Trainer
from tui_trainer.training.answers import answers


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
    network = "-".join(map(str, experiment.layer_sizes))
    training = experiment.training
    print(
        f"suggested: {network} {experiment.network.activations[0]}, {experiment.loss.title}, "
        f"{experiment.optimizer.title} {experiment.optimizer.learning_rate:g}, batch {training.batch_size}, "
        f"{training.target_epochs} epochs"
    )
    return DONE


def _save(experiment: Experiment, data: File, path: Path) -> None:
    """Write a preset that trains on the table as it is now: it remembers its hash."""
    if data.file == "-":
        raise UsageError("a pipe cannot be read again; save the table in a file first")
    check_free(path, force=False)
    folder = path.resolve().parent
    names = {key: getattr(data, key) for key in FILE_KEYS}
    beside = {key: os.path.relpath(Path(name).resolve(), folder) for key, name in names.items() if name is not None}
    experiment = with_settings(experiment, {"data.sha256": data.table.sha256})
    text = preset_text(experiment, {"title": path.stem}, {"data": beside})
    write(path, text.encode(), force=False)


def predict(arguments: argparse.Namespace) -> int:
    """Train a preset and answer the rows of a table. Raises `SettingError`, `PresetError` and `ExportError`."""
    if arguments.to is not None:
        check_free(Path(arguments.to), force=False)
    _, experiment = experiments_of(found(arguments.trained), {})[0]
    data = experiment.data
    if not isinstance(data, File):
        raise UsageError(f'"{arguments.trained}" has no table of its own, so it knows no rows of another')
    source = Source(arguments.rows, data.delimiter, data.encoding, data.header, data.recipe.writing)
    forget_changed(source)
    table = read(source)
    trainer = Trainer(experiment)
    recipe = trainer.data.recipe
    assert recipe is not None
    rows = np.arange(table.rows)
    inputs = recipe.matrix(table, rows)
    for sentence in recipe.unknown(table, rows):
        print(plain(sentence), file=sys.stderr)
    trainer.run()
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\n")
    outputs = answers(trainer, inputs)
    if recipe.classes:
        writer.writerow(["line", recipe.target, *(f"probability of {name}" for name in recipe.classes)])
        for line, row in zip(table.lines.tolist(), outputs, strict=True):
            writer.writerow([line, recipe.classes[int(row.argmax())], *(f"{share:.4g}" for share in row)])
    else:
        writer.writerow(["line", recipe.target])
        writer.writerows([line, f"{row[0]:.6g}"] for line, row in zip(table.lines.tolist(), outputs, strict=True))
    if arguments.to is None:
        text = content.getvalue()
        # A file gets the words as they are; on a terminal they must not act.
        sys.stdout.write("\n".join(map(plain, text.split("\n"))) if sys.stdout.isatty() else text)
    else:
        write(Path(arguments.to), content.getvalue().encode(), force=False)
    return DONE
