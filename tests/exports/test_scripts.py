"""The NumPy and the PyTorch script give the losses of the run: they are carried out and compared."""

from __future__ import annotations

import contextlib
import io
import itertools
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from msgspec import structs

from tui_trainer.experiment import Experiment, build, with_settings
from tui_trainer.exports import FORMATS, Source
from tui_trainer.layers import ACTIVATIONS, INITIALIZERS
from tui_trainer.losses import LOSSES
from tui_trainer.optimizers import OPTIMIZERS, SCHEDULES
from tui_trainer.presets import find
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.replay import replay_in_slices
from tui_trainer.tables.recipe import Recipe
from tui_trainer.telemetry import JournalEntry, PictureRequest, Status
from tui_trainer.telemetry.commands import ChangeSetting, ChangeWeight
from tui_trainer.training import Trainer

ITERATIONS = 50
EXACT = {"network.dtype": "float64"}


def text_of(ending: str, experiment: Experiment | DiagnosedRun) -> str:
    run = experiment if isinstance(experiment, DiagnosedRun) else DiagnosedRun(experiment)
    snapshot = run.snapshot(PictureRequest(whole=True), version=0, status=Status.PAUSED)
    return FORMATS[ending].write(Source(snapshot=snapshot, draw=NotImplemented, film=NotImplemented)).decode()


def losses_of_script(
    ending: str, experiment: Experiment | DiagnosedRun, iterations: int = ITERATIONS
) -> tuple[list[float], str]:
    """The losses of the first mini-batches, and what the script printed. Schedules keep the experiment's target."""
    script: dict[str, Any] = {"__name__": "script"}
    exec(compile(text_of(ending, experiment), f"run{ending}", "exec"), script)
    whole = script["batches"]

    def first_batches() -> Iterator[Any]:
        return itertools.islice(whole(), iterations)

    script["batches"] = first_batches
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), np.errstate(all="ignore"):
        return script["train"](), printed.getvalue()


def check(experiment: Experiment, iterations: int = ITERATIONS) -> None:
    trainer = Trainer(experiment)
    trainer.run(min(iterations, trainer.target))
    losses = trainer.losses.batch.last
    for ending in (".numpy.py", ".torch.py"):
        found, _ = losses_of_script(ending, experiment, iterations)
        np.testing.assert_allclose(found, losses, rtol=1e-5, atol=1e-5, err_msg=f"{ending} {experiment.title}")


@pytest.fixture(autouse=True)
def torch() -> None:
    pytest.importorskip("torch").set_num_threads(1)


def test_presets_give_the_same_losses() -> None:
    for title in (
        *("glasses or rings", "10-64-3 with dropout", "lr just right", "overfitting: dropout"),
        *("overfitting: augmentation", "overfitting: weight decay", "learning-rate schedule: cosine", "batch size 1"),
        *("ravine: momentum", "iris"),
        *("imbalanced classes: balanced batches", "mse or cross-entropy: squared error", "xor with a hidden layer"),
    ):  # fmt: skip
        check(with_settings(find(title).experiment(), EXACT))


def test_single_precision_does_too_where_a_run_is_calm() -> None:
    for title in ("lr just right", "10-64-3 with dropout"):
        check(find(title).experiment(), 200)


def test_every_ingredient_gives_the_same_losses() -> None:
    moons = {"data": {"name": "moons", "samples": 40}, "network": {"hidden": [5, 4], "dtype": "float64"}}
    training = {"batch_size": 16, "iterations": 20, "evaluate_every": 20}
    varied: list[dict[str, dict[str, Any]]] = [
        *({"network": {"activation": [name, "tanh"]}} for name in ACTIVATIONS),
        *({"network": {"initializer": name, "gain": 0.5, "bias_init": 0.1}} for name in INITIALIZERS),
        *({"optimizer": {"name": name, "weight_decay": 0.1, "l1": 0.01, "l2": 0.02}} for name in OPTIMIZERS),
        *({"schedule": {"name": name, "warmup": 7}} for name in SCHEDULES),
        *({"loss": {"name": name}} for name, loss in LOSSES.items() if not loss.pairs),
        *({"loss": {"name": "huber"}, "network": {"output": name}} for name in ("clip01", "sigmoid", "tanh")),
        {"optimizer": {"clip_value": 0.05, "clip_norm": 0.1}},
        {"training": {"drop_last": True}, "network": {"dropout": [0.0, 0.4]}},
        {"training": {"shuffle": False, "input_noise": 0.2}},
        {"data": {"standardize": True, "features": ["x1", "x2", "x1x2"]}},
    ]
    for change in varied:
        tables: dict[str, dict[str, Any]] = {}
        for table in (moons, {"training": training}, change):
            for name, values in table.items():
                tables[name] = tables.get(name, {}) | values
        check(build(tables, str(change)))


def test_a_script_stops_where_the_run_stops() -> None:
    early = with_settings(find("overfitting: early stopping").experiment(), EXACT)
    trainer = Trainer(early)
    trainer.run()
    for ending in (".numpy.py", ".torch.py"):
        losses, printed = losses_of_script(ending, early, 1000)
        assert len(losses) == trainer.iteration
        last = printed.splitlines()[-1]
        assert last.startswith(f"iteration {trainer.iteration}: training loss ")
        exploding, printed = losses_of_script(ending, with_settings(find("exploding gradients").experiment(), EXACT))
        assert not np.isfinite(exploding[-1])
        assert printed.splitlines()[-1] == "diverged: the loss is no finite number"


def test_what_was_changed_by_hand_is_made_again() -> None:
    by_hand: list[tuple[int, ChangeSetting | ChangeWeight]] = [
        (7, ChangeSetting("optimizer.learning_rate", 0.1)),
        (7, ChangeSetting("optimizer.learning_rate", 0.03)),
        (9, ChangeWeight(0, 1, 2, 0.75)),
        (9, ChangeWeight(1, 64, 0, -0.5)),
        (23, ChangeSetting("optimizer.learning_rate", 0)),
    ]
    journal = [JournalEntry(iteration, change) for iteration, change in by_hand]
    for settings in ({}, {"schedule.name": "cosine", "schedule.warmup": 5}):
        experiment = with_settings(find("overfitting").experiment(), settings | EXACT)
        run = DiagnosedRun(experiment)
        deque(replay_in_slices(run, journal, ITERATIONS), maxlen=0)
        for ending in (".numpy.py", ".torch.py"):
            found, _ = losses_of_script(ending, run)
            np.testing.assert_allclose(found, run.trainer.losses.batch.last, rtol=1e-5, atol=1e-5, err_msg=ending)
            text = " ".join(text_of(ending, run).split('"""')[1].split())
            assert text.endswith(
                "to iteration 1,000, and what was changed by hand up to iteration 50 is in it. "
                "All random numbers are NumPy's, so that the losses are those of its run."
            )


def test_a_change_that_no_script_makes_leaves_all_of_them_out() -> None:
    run = DiagnosedRun(with_settings(find("overfitting").experiment(), EXACT))
    journal = [
        JournalEntry(3, ChangeSetting("optimizer.learning_rate", 0.1)),
        JournalEntry(4, ChangeSetting("optimizer.weight_decay", 0.1)),
    ]
    deque(replay_in_slices(run, journal, 5), maxlen=0)
    for ending in (".numpy.py", ".torch.py"):
        text = text_of(ending, run)
        assert "def learning_rate(iteration):\n    return 0.1\n" in text
        assert "the losses are not those" in " ".join(text.split())


def test_pairs_and_moved_images_give_the_same_losses() -> None:
    moved = {"training.shift": 1.0, "training.rotate": 10.0, "training.input_noise": 0.1}
    for title, settings in (
        ("embeddings", {}),
        ("embeddings", {"network.dropout": 0.3, "training.input_noise": 0.1, "training.drop_last": True}),
        ("embeddings", {"training.batch_size": "full", "loss.margin": 0.5}),
        ("handwritten digits", moved),
        ("handwritten digits", {"training.flip": True, "training.batch_size": "full"}),
    ):
        check(with_settings(find(title).experiment(), settings | EXACT), 20)


def test_all_pairs_count_as_in_the_run() -> None:
    experiment = with_settings(find("embeddings").experiment(), EXACT)
    trainer = Trainer(experiment)
    trainer.run(100)
    last = trainer.evaluations.latest
    assert last is not None
    for ending in (".numpy.py", ".torch.py"):
        _, printed = losses_of_script(ending, experiment, 101)
        words = f"training loss {last.train_loss:.6g}, validation loss {last.validation_loss:.6g}"
        assert f"iteration {last.iteration}: {words}" in printed.splitlines()


def test_a_title_is_no_code() -> None:
    hostile = structs.replace(find("iris").experiment(), title='"""\nraise SystemExit(3)\n"""\\')
    losses, _ = losses_of_script(".numpy.py", hostile, 1)
    assert len(losses) == 1


def test_a_script_of_a_table_says_how_a_row_becomes_inputs(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("town,x,y\n" + "".join(f"{'äb'[n % 2]},{n % 9},{n % 7}.5\n" for n in range(60)))
    experiment = build({"data": {"file": str(tmp_path / "mine.csv")}, "training": {"epochs": 2}})
    check(experiment, 2)
    for ending in (".numpy.py", ".torch.py"):
        script: dict[str, Any] = {"__name__": "script"}
        exec(compile(text_of(ending, experiment), f"run{ending}", "exec"), script)
        data = Trainer(experiment).data
        assert msgspec.json.decode(script["RECIPE"], type=Recipe) == data.recipe
        inputs = (data.train_inputs - script["MEAN"]) / script["SCALE"]
        np.testing.assert_allclose(script["data"]()[0], inputs, rtol=1e-5, atol=1e-6)
