"""What only tables have: recomputed here with code of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from tui_trainer.experiment import build, with_settings
from tui_trainer.inspection import hard_examples
from tui_trainer.inspection.hard_examples import judged
from tui_trainer.inspection.pictures import picture
from tui_trainer.instruments import evaluation_set
from tui_trainer.randomness import Purpose, generator
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import Agreement, ColumnWorth, DecisionMap, HardExamples, PictureRequest
from tui_trainer.training.summary import summary
from tui_trainer.training.trainer import Trainer
from tui_trainer.wording import plain_number

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


def trained(path: Path, settings: Mapping[str, object] | None = None) -> DiagnosedRun:
    experiment = build({"data": {"name": "file", "file": str(path), "target": "y"}, "training": {"epochs": 60}})
    run = DiagnosedRun(with_settings(experiment, settings or {}))
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


def test_a_large_set_is_judged_on_a_sample_of_it(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation_set, "MOST_EVALUATED", 20)
    run = trained(table)
    data = run.trainer.data
    errors = (run.trainer.predict(data.train_inputs)[:, 0] - data.train_targets) ** 2
    assert len(errors) == 64
    assert run.measure().train_loss == pytest.approx(errors[::4].mean(), rel=1e-5)
    assert "64 + 16 (evaluated on 16 + 16)" in summary(run.trainer)
    hard = picture(run.trainer, PictureRequest(kind="examples"))
    assert isinstance(hard, HardExamples)
    assert hard.examples == 32
    lines = table.read_text().splitlines()
    for line, words in zip(hard.line.tolist(), hard.values, strict=True):
        a, b, c, _ = lines[line - 1].split(",")
        assert sorted(words.split(", ")) == [f"a {plain_number(float(a))}", f"b {plain_number(float(b))}", f"c {c}"]


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


def check_worth(trainer: Trainer) -> None:
    """Compare what each column is worth with shuffled inputs that go through the whole network."""
    data, (target, of) = trainer.data, judged(trainer)
    worth = picture(trainer, PictureRequest(kind="columns"))
    assert isinstance(worth, ColumnWorth)
    assert (of, worth.examples) == ("validation", len(data.validation_inputs))
    random = generator(trainer.experiment.training.seed, Purpose.IMPORTANCE)
    orders = [random.permutation(worth.examples) for _ in range(worth.shuffles)]
    start = 0
    for name, width in data.sources:
        rises = []
        for order in orders:
            shuffled = data.validation_inputs.copy()
            shuffled[:, start : start + width] = shuffled[order, start : start + width]
            z = trainer.network.outputs(trainer.vectors.parameters, data.preparation.prepare(shuffled).astype("f4"))
            losses = trainer.experiment.loss.values(z.astype("f8"), target.targets, trainer.experiment.network.output)
            rises.append(float(losses.mean()) - worth.loss)
        place = worth.names.index(name)
        assert worth.rise[place] == pytest.approx(np.mean(rises), rel=1e-3, abs=1e-4)
        assert worth.spread[place] == pytest.approx(np.std(rises), rel=1e-3, abs=1e-4)
        start += width


@pytest.mark.parametrize("settings", [{}, {"network.hidden": [8, 6]}, {"network.hidden": []}])
def test_a_shuffled_column_costs_what_the_whole_network_makes_of_it(table: Path, settings: dict[str, object]) -> None:
    check_worth(trained(table, settings).trainer)


def test_a_shuffled_column_takes_all_features_along_that_are_made_of_it() -> None:
    run = DiagnosedRun(build({"data": {"name": "circles", "features": ["x1", "x2", "x1^2", "x2^2"]}}))
    run.advance(40)
    check_worth(run.trainer)


def test_of_many_columns_enough_examples_are_shuffled(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hard_examples, "AFFORDABLE_PRODUCTS", 1)
    monkeypatch.setattr(hard_examples, "FEWEST_SHUFFLED", 12)
    worth = picture(trained(table).trainer, PictureRequest(kind="columns"))
    assert isinstance(worth, ColumnWorth)
    assert worth.examples == 12
    assert worth.rise[0] > 0


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
    answer = run.trainer.data.in_units(run.trainer.predict(point[None]))
    assert shown.values[0, 0] == pytest.approx(answer[0, 0], rel=1e-5)


def test_a_map_through_an_example_has_its_values_in_the_other_columns(table: Path) -> None:
    run = trained(table)
    data = run.trainer.data
    for number, (inputs, lines) in enumerate(
        zip((data.train_inputs, data.validation_inputs), data.lines or (), strict=True)
    ):
        row = inputs[number + 2]
        request = PictureRequest(kind="map", map_columns=3, map_rows=3, around=tuple(row.tolist()))
        shown = picture(run.trainer, request)
        assert isinstance(shown, DecisionMap)
        assert shown.example == f"line {lines[number + 2]}"
        point = row.copy()
        point[0], point[1] = shown.low[0], shown.high[1]
        answer = run.trainer.data.in_units(run.trainer.predict(point[None]))
        assert shown.values[0, 0] == pytest.approx(answer[0, 0], rel=1e-5)
    gone = picture(run.trainer, PictureRequest(kind="map", around=tuple((row + 1).tolist())))
    assert isinstance(gone, DecisionMap)
    assert (gone.example, gone.others) == ("", tuple(data.train_inputs.mean(axis=0).tolist()))


def test_the_most_unusual_values_of_a_hard_example_come_first(table: Path) -> None:
    run = trained(table)
    hard = picture(run.trainer, PictureRequest(kind="examples"))
    assert isinstance(hard, HardExamples)
    a, b, _ = run.trainer.data.preparation.mean[:3]
    scale = run.trainer.data.preparation.scale
    for words in hard.values:
        told = dict(word.split() for word in words.replace("−", "-").split(", "))
        first = next(word[0] for word in words.split(", ") if word[0] in "ab")
        distances = {"a": abs(float(told["a"]) - a) / scale[0], "b": abs(float(told["b"]) - b) / scale[1]}
        assert first == max(distances, key=distances.get)  # type: ignore[arg-type]


def test_columns_around_0_are_compared_by_their_deviations_too(tmp_path: Path) -> None:
    path = tmp_path / "centred.csv"
    path.write_text("a,b,y\n" + "".join(f"{a},{b},{a + b / 10}\n" for a in (-1, 1) for b in (-50, -1, 0, 1, 50)))
    data = {"name": "file", "file": str(path), "target": "y", "validation_share": 0}
    run = DiagnosedRun(build({"data": data, "training": {"epochs": 1}}))
    assert not run.trainer.data.preparation.mean.any()
    hard = picture(run.trainer, PictureRequest(kind="examples"))
    assert isinstance(hard, HardExamples)
    assert {words[0] for words in hard.values if "50" in words} == {"b"}


def test_the_first_row_of_an_array_is_named_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "few.npz"
    inputs = np.arange(20.0).reshape(-1, 2) ** 1.5
    np.savez(path, X=inputs, y=inputs.sum(axis=1))
    hard = picture(trained(path).trainer, PictureRequest(kind="examples"))
    assert isinstance(hard, HardExamples)
    assert sorted(hard.line.tolist()) == list(range(10))
