"""The NumPy and the PyTorch script give the losses of the run: they are carried out and compared."""

from __future__ import annotations

import contextlib
import io
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from msgspec import structs

from tui_trainer.experiment import Experiment, build, with_settings
from tui_trainer.exports import FORMATS, ExportError, Source
from tui_trainer.layers import ACTIVATIONS, INITIALIZERS
from tui_trainer.losses import LOSSES
from tui_trainer.optimizers import OPTIMIZERS, SCHEDULES
from tui_trainer.presets import find
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import PictureRequest, Status
from tui_trainer.training import Trainer

ITERATIONS = 50
EXACT = {"network.dtype": "float64"}


def text_of(ending: str, experiment: Experiment) -> str:
    snapshot = DiagnosedRun(experiment).snapshot(PictureRequest(), version=0, status=Status.PAUSED)
    return FORMATS[ending].write(Source(snapshot=snapshot, draw=NotImplemented, film=NotImplemented)).decode()


def losses_of_script(ending: str, experiment: Experiment, iterations: int = ITERATIONS) -> tuple[list[float], str]:
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


def test_what_no_script_is_written_for_is_said() -> None:
    images = with_settings(find("handwritten digits").experiment(), {"training.shift": 1.0})
    for experiment, words in (
        (find("embeddings").experiment(), "pairs of examples"),
        (images, "images that are shifted"),
    ):
        with pytest.raises(ExportError, match=words):
            text_of(".numpy.py", experiment)


def test_a_title_is_no_code() -> None:
    hostile = structs.replace(find("iris").experiment(), title='"""\nraise SystemExit(3)\n"""\\')
    losses, _ = losses_of_script(".numpy.py", hostile, 1)
    assert len(losses) == 1
