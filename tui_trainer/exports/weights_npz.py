"""Weights and biases as an `.npz` archive, which `numpy.load` reads."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_trainer.exports.format import ExportError, Format, Source


def _write(source: Source) -> bytes:
    """`weight1` (inputs, units) and `bias1` (units,) of the first layer, and so on; the names of `activations`,
    `input_names` and `class_names`; `mean` and `scale`, with which the network gets (input − mean) / scale;
    `iteration`; and for a person's table `recipe`, which says in JSON how a row becomes inputs."""
    network, data = source.snapshot.network, source.snapshot.data
    if network is None or network.parameters is None:
        raise ExportError(f"{source.snapshot.title}: the weights of this run are not known")
    numbers = network.parameters
    arrays: dict[str, NDArray[Any]] = {}
    for number, (weight, bias) in enumerate(numbers.layers, start=1):
        arrays |= {f"weight{number}": weight, f"bias{number}": bias}
    arrays |= {
        "activations": np.array(numbers.activations, dtype=str),
        "input_names": np.array(numbers.input_names, dtype=str),
        "class_names": np.array(() if data is None else data.class_names, dtype=str),
        "mean": numbers.mean,
        "scale": numbers.scale,
        **({"recipe": np.array(numbers.recipe)} if numbers.recipe else {}),
        "iteration": np.array(source.snapshot.iteration),
    }
    archive = io.BytesIO()
    np.savez(archive, allow_pickle=False, **arrays)
    return archive.getvalue()


NPZ = Format(title="weights as NumPy archive", write=_write, has_one_arm=lambda source: True)
