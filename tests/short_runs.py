"""Snapshots to draw: moments of short runs of the program's own engine, each computed once."""

from __future__ import annotations

from functools import cache
from typing import Any

import made_up
import numpy as np
from msgspec import structs

from tui_trainer.experiment import build, with_setting
from tui_trainer.experiment.declared import listed_settings
from tui_trainer.experiment.words import change_words
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import ControlView, EvaluationLog, History, PictureRequest, SettingChange, Snapshot, Status
from tui_trainer.telemetry.picture_request import NeuronAddress
from tui_trainer.training.yardstick import yardstick

REQUEST = PictureRequest(network_units=30, map_columns=48, map_rows=32)
SHOWN = (
    "optimizer.learning_rate", "training.batch_size", "optimizer.name", "optimizer.momentum", "network.activation",
    "network.hidden", "network.dropout", "optimizer.weight_decay", "loss.name", "data.name", "data.noise",
    "data.samples", "training.seed",
)  # fmt: skip
SETTINGS = tuple(next(each for each in listed_settings() if each.key == key) for key in SHOWN)
"""A settings list of two groups, short enough for a test to go through it."""

MOONS = {
    "data": {"name": "moons", "noise": 0.1},
    "network": {"hidden": [16], "activation": "relu"},
    "optimizer": {"name": "sgd", "learning_rate": 0.1},
    "training": {"batch_size": 10, "iterations": 400, "evaluate_every": 4},
}
RACE = MOONS | {"data": {"name": "moons", "noise": 0.2, "samples": 120, "validation_samples": 200}}
YARDSTICK = yardstick(DiagnosedRun(build(RACE)).trainer)
"""Of all arms that are made here."""


def ran(title: str, tables: dict[str, dict[str, Any]], iterations: int) -> DiagnosedRun:
    """A run of the experiment of `tables`, so many iterations further or to its end."""
    run = DiagnosedRun(build(tables, title))
    run.advance(iterations)
    return run


def shown(run: DiagnosedRun, status: Status = Status.RUNNING, request: PictureRequest = REQUEST) -> Snapshot:
    return run.snapshot(request, ControlView(pace=80.0), speed=79.6, version=run.iteration, status=status)


@cache
def moons(iterations: int = 240) -> Snapshot:
    """A good run: 200 points, 2-16-1."""
    return shown(ran("lr just right", MOONS, iterations))


@cache
def neuron() -> Snapshot:
    """The map of one hidden unit in place of the predictions."""
    request = structs.replace(REQUEST, neuron=NeuronAddress(layer=0, unit=2))
    return shown(ran("lr just right", MOONS, 240), request=request)


@cache
def untrained() -> Snapshot:
    """Iteration 0: nothing but weights."""
    return made_up.changed(moons(0), status=Status.PAUSED, step=None, picture=None)


def learnt_by_heart() -> DiagnosedRun:
    """60 noisy points, 64 units, and the learning rate changed on the way."""
    key, old, new = "optimizer.learning_rate", 0.01, 0.05
    tables = {
        "data": {"name": "moons", "samples": 60, "validation_samples": 500, "noise": 0.35},
        "network": {"hidden": [64], "activation": "relu"},
        "optimizer": {"name": "adam", "learning_rate": old},
        "training": {"batch_size": "full", "iterations": 1500, "evaluate_every": 4},
    }
    run = ran("overfitting", tables, 200)
    change = SettingChange(iteration=200, label=change_words(key, old, new), key=key, old=old, new=new)
    run.change(with_setting(run.experiment, key, new), change)
    run.advance(280)
    return run


@cache
def overfitting() -> Snapshot:
    """The training loss goes towards 0 while the validation loss rises."""
    return shown(learnt_by_heart())


def rise(snapshot: Snapshot) -> tuple[str, str]:
    """From what to what the validation loss rose, as the finding of overfitting prints it."""
    evidence = snapshot.findings[0].evidence
    return f"{evidence['best_validation_loss']:.2g}", f"{evidence['validation_loss']:.2g}"


@cache
def sine() -> Snapshot:
    """A fitted curve: 40 noisy points of a sine, no validation set."""
    tables = {
        "data": {"name": "sine", "samples": 40, "validation_samples": 0, "noise": 0.1},
        "network": {"hidden": [16], "activation": "tanh"},
        "optimizer": {"name": "sgd", "learning_rate": 0.1},
        "training": {"batch_size": 10, "iterations": 1200, "evaluate_every": 12},
    }
    return shown(ran("sine", tables, 900), Status.PAUSED)


@cache
def digits() -> Snapshot:
    """8×8 images of ten shapes, 64-32-16-10, with a confusion matrix, as fast as it can."""
    tables = {
        "data": {"name": "digits", "samples": 600},
        "network": {"hidden": [32, 16], "activation": "relu"},
        "optimizer": {"name": "sgd", "learning_rate": 0.1},
        "training": {"batch_size": 32, "iterations": 600, "evaluate_every": 6},
    }
    return made_up.changed(shown(ran("handwritten digits", tables, 330)), pace=None, speed=41_200.0)


@cache
def diverged() -> Snapshot:
    """A squared loss with a rate far too large: numbers grow until they are no numbers."""
    tables = {
        "data": {"name": "linear_regression", "dim": 2, "samples": 60, "validation_samples": 30},
        "network": {"hidden": [8], "activation": "relu"},
        "optimizer": {"name": "sgd", "learning_rate": 0.7},
        "training": {"batch_size": 10, "iterations": 200, "evaluate_every": 2},
    }
    run = ran("lr far too large", tables, 200)
    assert run.standing is Status.DIVERGED
    return shown(run, Status.DIVERGED)


@cache
def glasses() -> Snapshot:
    """Four examples, paused after the first iteration."""
    return shown(ran("glasses or rings", {"data": {"name": "glasses_or_ring"}}, 1), Status.PAUSED)


@cache
def spiral() -> Snapshot:
    """Three classes in the plane, answered by chance, with names that no panel has room for."""
    tables = {
        "data": {"name": "spiral", "classes": 3, "samples": 90, "validation_samples": 0},
        "network": {"hidden": [12], "activation": "tanh"},
        "optimizer": {"name": "sgd", "learning_rate": 0.1},
        "training": {"batch_size": 10, "iterations": 50, "evaluate_every": 4},
    }
    names = ("red [b]arm[/b]", "日本語の腕", "an arm with a very long name indeed")
    return made_up.changed(shown(ran("three arms", tables, 30)), class_names=names)


@cache
def embedding() -> Snapshot:
    """Points of a contrastive run: phrases on four subjects."""
    return shown(ran("embeddings", {"data": {"name": "phrases"}}, 60))


@cache
def agreement() -> Snapshot:
    """A regression on five inputs: predictions near the truth, the last one infinite."""
    tables = {"data": {"name": "linear_regression", "dim": 5, "noise": 0.1, "validation_samples": 30}}
    snapshot = shown(ran("agreement", tables, 30), Status.PAUSED)
    answer = snapshot.data.picture.answer.copy()
    answer[-1] = np.inf
    return made_up.changed(snapshot, picture=structs.replace(snapshot.data.picture, answer=answer))


@cache
def huge() -> Snapshot:
    """Everything finite and as large as a float can be."""
    big, good = 1e300, moons()
    history = History(start=1)
    history.extend(np.array([big, -big, 1e-300, 0.0] * 500))
    log = EvaluationLog()
    log.append(made_up.evaluation(2000, epoch=1, train_loss=big, validation_loss=-big, learning_rate=big))
    layer = good.network.layer
    return made_up.changed(
        good,
        losses=structs.replace(good.losses, batch=history.buckets(), evaluations=log.view()),
        layer=structs.replace(layer, weight=np.full_like(layer.weight, 3e38), gradient=None, update=None),
        weights=tuple(np.full(weight.shape, big) for weight in good.network.weights),
        measures=tuple(
            made_up.layer(m.name, gradient_norm=big, update_ratio=big, weight_norm=big) for m in good.network.measures
        ),
        picture=structs.replace(
            good.data.picture, low=(-big, -big), high=(big, big), values=np.full_like(good.data.picture.values, 3e38)
        ),
        task="regression",
        step=structs.replace(good.step, prediction=np.array([big]), batch_loss=big, inputs=np.array([big, -big])),
        inputs=np.array([[big, -big], [1.0, 1.0]]),
        targets=np.array([big, -big]),
        iteration=10**12,
        learning_rate=big,
        speed=big,
        target_iterations=10**12,
    )


@cache
def one_row() -> Snapshot:
    """One example, one unit, one iteration."""
    tables = {
        "data": {"name": "sine", "samples": 1, "validation_samples": 1},
        "network": {"hidden": []},
        "training": {"batch_size": 1, "iterations": 1, "evaluate_every": 1},
    }
    return shown(ran("one row", tables, 1), Status.FINISHED)


ALL = (
    moons, overfitting, sine, digits, diverged, glasses, untrained, spiral, embedding, agreement, neuron, huge, one_row,
)  # fmt: skip
"""Every sample of a single run, each a function of no arguments."""
