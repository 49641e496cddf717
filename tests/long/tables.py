"""Is the suggested start good? Compares it with scikit-learn's defaults, by repeated 5-fold cross-validation.

    python tests/long/tables.py FOLDER [--repeats 5] [--only NAME]

FOLDER holds tables; those with at least 100 rows that this file knows a target for are compared, others by the target
that the program finds. Both sides see the same standardised inputs and targets. It needs the extra `reference`.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor

from tui_trainer.datasets.file import File
from tui_trainer.tables.library import give
from tui_trainer.tables.table import TableError
from tui_trainer.training import Trainer, build
from tui_trainer.training.predictions import predictions_in_units

FEWEST_ROWS = 100
TOLERANCE = 2.0
"""Points of accuracy, or of R² × 100, that the suggested start may be behind."""
TARGETS: dict[str, dict[str, Any]] = {
    "diabetes_data_raw.csv.gz": {"target_file": "diabetes_target.csv.gz"},
    "gdp_per_capita.csv": {"target": "2015"},
}
"""What has to be said of a table, by its name."""

Fold = tuple[Any, Any, Any, Any]
"""Inputs and targets to train on, then those held out."""


def folds(data: File, repeats: int) -> Iterator[Fold]:
    """Encoded by the recipe of the training rows, and standardised."""
    roles, table = data.roles, data.table
    rows, targets = roles.rows, roles.targets(roles.rows)
    kind = RepeatedStratifiedKFold if roles.classes else RepeatedKFold
    for training, held_out in kind(n_splits=5, n_repeats=repeats, random_state=0).split(rows, targets):
        recipe = data.recipe.fitted(table, targets[training], rows[training])
        x, x_out = recipe.matrix(table, rows[training]), recipe.matrix(table, rows[held_out])
        y, y_out = targets[training], targets[held_out]
        mean, scale = x.mean(axis=0), x.std(axis=0)
        scale[scale == 0] = 1
        if not roles.classes:
            y, y_out = ((each - recipe.target_mean) / recipe.target_scale for each in (y, y_out))
        yield (x - mean) / scale, y, (x_out - mean) / scale, y_out


def ours(fold: Fold, classes: int, seed: int) -> Any:
    """The predictions for the rows held out."""
    x, y, x_out, _ = fold
    data = {"file": give(x, y), "validation_share": 0.0, "task": "classification" if classes else "regression"}
    trainer = Trainer(build({"data": data, "training": {"seed": seed}}))
    trainer.run()
    # Columns that are constant in this fold are left out.
    inputs = x_out[:, [int(each.column[1:]) - 1 for each in trainer.data.recipe.inputs]]  # type: ignore[union-attr]
    found = predictions_in_units(trainer, inputs)
    return np.array(trainer.data.class_names, float)[found.argmax(axis=1)] if classes else found[:, 0]


def theirs(fold: Fold, classes: int, seed: int) -> Any:
    x, y, x_out, _ = fold
    model = (MLPClassifier if classes else MLPRegressor)(random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(x, y).predict(x_out)


def score(found: Any, truth: Any, classes: int) -> float:
    """Accuracy, or R², times 100."""
    if classes:
        return 100 * float(np.mean(found == truth))
    return 100 * (1 - float(np.square(found - truth).mean() / np.square(truth - truth.mean()).mean()))


def compared(path: Path, repeats: int) -> tuple[str, float, float, float] | None:
    """Target and scores of the suggested start, of scikit-learn and of the constant answer; None for no such table."""
    said = TARGETS.get(path.name, {})
    said = {key: str(path.parent / value) if key == "target_file" else value for key, value in said.items()}
    data = File(file=str(path), **said)
    try:
        roles = data.roles
    except TableError:
        return None
    if len(roles.rows) < FEWEST_ROWS:
        return None
    classes, scores = len(roles.classes), []
    for seed, fold in enumerate(folds(data, repeats)):
        y, truth = fold[1], fold[3]
        constant = np.full(len(truth), np.bincount(y.astype(int)).argmax() if classes else y.mean())
        scores.append(
            [score(each, truth, classes) for each in (ours(fold, classes, seed), theirs(fold, classes, seed), constant)]
        )
    own, other, base = np.mean(scores, axis=0)
    return roles.target.name, float(own), float(other), float(base)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    behind = 0
    print(f"{'table':30} {'target':22} {'ours':>7} {'sklearn':>7} {'constant':>8}")
    for path in sorted(arguments.folder.iterdir()):
        if arguments.only not in path.name or not path.is_file():
            continue
        started, found = time.perf_counter(), compared(path, arguments.repeats)
        if found is None:
            continue
        target, own, other, base = found
        verdict = "behind" if own < other - TOLERANCE else ""
        verdict += " worse than the constant answer" if own < base < other else ""
        behind += bool(verdict)
        seconds = time.perf_counter() - started
        print(
            f"{path.name[:30]:30} {target[:22]:22} {own:7.2f} {other:7.2f} {base:8.2f}  {seconds:4.0f} s {verdict}",
            flush=True,
        )
    print(f"{behind} behind by more than {TOLERANCE:g} points")
    return 1 if behind > 1 else 0


if __name__ == "__main__":
    sys.exit(main())
