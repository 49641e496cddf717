"""What only tables have: recomputed here with code of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tui_trainer.experiment import build
from tui_trainer.inspection.pictures import picture
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import Agreement, ColumnWorth, DecisionMap, HardExamples, PictureRequest

ROWS = 80


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """y = 3 a, b is noise, c a category without effect; the label in line 12 is wrong."""
    random = np.random.default_rng(0)
    a, b, c = random.normal(size=ROWS), random.normal(size=ROWS), random.integers(0, 3, ROWS)
    y = 100 + 30 * a
    y[10] += 400
    lines = ["a,b,c,y", *(f"{a[i]:.4f},{b[i]:.4f},{'xyz'[c[i]]},{y[i]:.3f}" for i in range(ROWS))]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def trained(path: Path) -> DiagnosedRun:
    run = DiagnosedRun(build({"data": {"name": "file", "file": str(path), "target": "y"}, "training": {"epochs": 60}}))
    run.advance()
    return run


def test_the_wrong_row_is_the_hardest_and_its_line_is_that_of_the_file(table: Path) -> None:
    run = trained(table)
    hard = picture(run.trainer, PictureRequest(kind="examples"))
    assert isinstance(hard, HardExamples)
    assert hard.line[0] == 12
    assert list(hard.loss) == sorted(hard.loss, reverse=True)
    line = Path(table).read_text().splitlines()[hard.line[3] - 1]
    assert float(line.split(",")[-1]) == pytest.approx(float(hard.truth[3]), abs=0.01)
    recipe = run.trainer.data.recipe
    assert recipe is not None
    assert np.square((hard.truth - hard.answer) / recipe.target_scale) == pytest.approx(hard.loss, rel=1e-3, abs=1e-6)


def test_only_the_column_that_matters_is_worth_something(table: Path) -> None:
    run = trained(table)
    worth = picture(run.trainer, PictureRequest(kind="columns"))
    assert isinstance(worth, ColumnWorth)
    assert set(worth.names) == {"a", "b", "c"}
    assert worth.names[0] == "a"
    assert worth.rise[0] > 5 * abs(worth.rise[1])
    evaluation = run.measure()
    loss = evaluation.train_loss if worth.of == "training" else evaluation.validation_loss
    assert worth.loss == pytest.approx(loss, rel=1e-5)


def test_errors_are_in_the_unit_of_the_target(table: Path) -> None:
    run = trained(table)
    shown = picture(run.trainer, PictureRequest(kind="residuals"))
    assert isinstance(shown, Agreement)
    assert shown.residuals
    values = {float(line.split(",")[-1]) for line in Path(table).read_text().splitlines()[1:]}
    assert all(min(abs(truth - value) for value in values) < 0.01 for truth in shown.truth.tolist())


def test_a_map_of_two_columns_has_the_others_at_their_means(table: Path) -> None:
    run = trained(table)
    shown = picture(run.trainer, PictureRequest(kind="map", map_columns=3, map_rows=3))
    assert isinstance(shown, DecisionMap)
    assert shown.axes == (0, 1)  # the categories have few values
    point = run.trainer.data.train_inputs.mean(axis=0)
    point[0], point[1] = shown.low[0], shown.high[1]
    assert shown.values[0, 0] == pytest.approx(run.trainer.predict(point[None])[0, 0], rel=1e-5)
