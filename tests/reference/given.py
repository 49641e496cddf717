"""Experiments on examples that a test lays down itself, so that it knows every number."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from msgspec import convert, structs
from numpy.typing import ArrayLike

from tui_trainer.datasets import Dataset
from tui_trainer.datasets.dataset import Examples
from tui_trainer.experiment.compatibility import check
from tui_trainer.experiment.network_settings import LayerWeights
from tui_trainer.training import Experiment, build

Kind = Literal["classification", "regression", "embedding"]

STAND_INS = {"classification": "moons", "regression": "sine", "embedding": "phrases"}
"""Registered data of the same task, on which an experiment is built before the given data take its place."""


class Given(Dataset, frozen=True, kw_only=True, tag="given"):
    """The examples as they are written down; no registry knows it."""

    recommended: ClassVar[dict[str, object]] = {}

    kind: Kind
    inputs: tuple[tuple[float, ...], ...]
    targets: tuple[float, ...]
    validation_inputs: tuple[tuple[float, ...], ...] = ()
    validation_targets: tuple[float, ...] = ()
    classes: int = 0
    image: tuple[int, int] | None = None

    @property
    def task(self) -> Kind:
        return self.kind

    @property
    def validation_samples(self) -> int:
        return len(self.validation_targets)

    @property
    def input_names(self) -> tuple[str, ...]:
        return tuple(f"x{n + 1}" for n in range(len(self.inputs[0])))

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple(f"class {n}" for n in range(self.classes))

    @property
    def image_shape(self) -> tuple[int, int] | None:
        return self.image

    def draw(self, seed: int) -> tuple[Examples, Examples]:
        held_out = np.array(self.validation_inputs).reshape(-1, len(self.inputs[0]))
        return (
            Examples(np.array(self.inputs), np.array(self.targets)),
            Examples(held_out, np.array(self.validation_targets)),
        )


def given(kind: Kind, inputs: ArrayLike, targets: ArrayLike, classes: int = 0, **more: Any) -> Given:
    """The data set of these examples: `inputs` (n, columns), `targets` (n,)."""
    return Given(
        kind=kind,
        inputs=tuple(map(tuple, np.asarray(inputs, dtype=np.float64).tolist())),
        targets=tuple(np.asarray(targets, dtype=np.float64).tolist()),
        classes=classes,
        **{key: _plain(value) for key, value in more.items()},
    )


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return tuple(map(tuple, value.tolist())) if value.ndim > 1 else tuple(value.tolist())
    return value


def experiment(data: Given, tables: dict[str, dict[str, Any]]) -> Experiment:
    """The experiment of `tables` (float64 unless they say otherwise) on `data`. Raises `SettingError`."""
    defaults = {
        "network": {"dtype": "float64"},
        "optimizer": {"name": "sgd", "learning_rate": 0.1},
        "training": {"batch_size": "full", "iterations": 100},
    }
    merged = {name: defaults.get(name, {}) | tables.get(name, {}) for name in {*defaults, *tables}}
    if "epochs" in tables.get("training", {}):
        merged["training"].pop("iterations")
    weights = convert(merged["network"].pop("weights", None), tuple[LayerWeights, ...] | None)
    stand_in = build({"data": {"name": STAND_INS[data.kind]}, **merged})
    made = structs.replace(stand_in, data=data, network=structs.replace(stand_in.network, weights=weights))
    check(made)
    return made
