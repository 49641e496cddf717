"""What holds for every dataset in the registry, a new one included."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_trainer.datasets import ALIASES, DATASETS, Data, Dataset, make
from tui_trainer.datasets.generated import GeneratedDataset

ALL = pytest.mark.parametrize("kind", DATASETS.values(), ids=DATASETS.keys())
GENERATED = [kind for kind in DATASETS.values() if issubclass(kind, GeneratedDataset)]
RANDOM = [kind for name, kind in DATASETS.items() if name != "glasses_or_ring"]

# The tables of an experiment beside the data, and those of their keys that a recommendation may speak of.
EXPERIMENT = {
    "network": {"hidden", "activation", "initializer", "output", "weights", "dtype"},
    "loss": {"name"},
    "optimizer": {"name", "learning_rate"},
    "training": {"batch_size", "epochs", "iterations", "shuffle", "pace"},
}


def arrays(data: Data) -> tuple[np.ndarray[Any, Any], ...]:
    return (
        data.train_inputs,
        data.train_targets,
        data.validation_inputs,
        data.validation_targets,
    )


def identical(first: Data, second: Data) -> bool:
    return all(a.tobytes() == b.tobytes() for a, b in zip(arrays(first), arrays(second), strict=True))


def assert_consistent(data: Data) -> None:
    for inputs, targets in (
        (data.train_inputs, data.train_targets),
        (data.validation_inputs, data.validation_targets),
    ):
        assert inputs.dtype == targets.dtype == np.float64
        assert inputs.shape == (len(targets), len(data.input_names))
        assert np.isfinite(inputs).all()
        assert np.isfinite(targets).all()
        prepared = data.preparation.prepare(inputs)
        assert prepared.shape == (len(targets), len(data.network_input_names))
        assert prepared.dtype == np.float64
        assert np.isfinite(prepared).all()
        if data.task != "regression":
            assert set(targets) <= set(range(len(data.class_names)))
    assert len(data.train_targets) >= 1
    assert not any(array.flags.writeable for array in arrays(data))


@ALL
def test_shapes_types_and_finite_values(kind: type[Dataset]) -> None:
    data = make(kind(), 0)
    assert_consistent(data)
    assert data.name == kind().title
    assert data.task in ("classification", "regression", "embedding")
    assert len(data.class_names) >= 2 or data.task == "regression"
    assert len(set(data.input_names)) == len(data.input_names)
    if data.image_shape is not None:
        assert np.prod(data.image_shape) == len(data.input_names)
    assert len(data.texts) in (0, len(data.train_targets) + len(data.validation_targets))


@ALL
def test_the_same_seed_gives_the_same_bits(kind: type[Dataset]) -> None:
    assert identical(make(kind(), 7), make(kind(), 7))


@pytest.mark.parametrize("kind", RANDOM)
def test_another_seed_gives_other_data(kind: type[Dataset]) -> None:
    first, second = make(kind(), 7), make(kind(), 8)
    assert not np.array_equal(first.train_inputs, second.train_inputs)
    assert not np.array_equal(first.validation_inputs, second.validation_inputs)


@ALL
def test_a_seed_of_its_own_replaces_the_seed_of_the_run(kind: type[Dataset]) -> None:
    assert identical(make(kind(seed=3), 7), make(kind(seed=3), 8))
    assert identical(make(kind(seed=3), 7), make(kind(), 3))


# Not iris: two of its flowers have the very same four lengths.
@pytest.mark.parametrize("kind", [kind for name, kind in DATASETS.items() if name != "iris"])
def test_training_and_validation_set_share_no_example(kind: type[Dataset]) -> None:
    data = make(kind(), 0)
    training = {row.tobytes() for row in data.train_inputs}
    assert not any(row.tobytes() in training for row in data.validation_inputs)


@pytest.mark.parametrize("kind", GENERATED)
def test_neither_set_depends_on_the_size_of_the_other(kind: type[GeneratedDataset]) -> None:
    dataset = kind(label_noise=0.2 if kind.task == "classification" else 0.0)
    usual = make(dataset, 0)
    fewer = make(msgspec.structs.replace(dataset, samples=17), 0)
    assert np.array_equal(fewer.validation_inputs, usual.validation_inputs)
    assert np.array_equal(fewer.validation_targets, usual.validation_targets)
    unjudged = make(msgspec.structs.replace(dataset, validation_samples=31), 0)
    assert np.array_equal(unjudged.train_inputs, usual.train_inputs)
    assert np.array_equal(unjudged.train_targets, usual.train_targets)


@pytest.mark.parametrize("kind", GENERATED)
@settings(max_examples=25, deadline=None)
@given(
    samples=st.integers(1, 400),
    validation_samples=st.integers(0, 400),
    noise=st.floats(0, 100),
    scale=st.floats(1e-6, 1e6),
    standardize=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_size_and_noise_make_data(
    kind: type[GeneratedDataset],
    samples: int,
    validation_samples: int,
    noise: float,
    scale: float,
    standardize: bool,
    seed: int,
) -> None:
    dataset = kind(
        samples=samples,
        validation_samples=validation_samples,
        noise=noise,
        feature_scale=scale,
        standardize=standardize,
    )
    data = make(dataset, seed)
    assert_consistent(data)
    assert len(data.train_targets) == samples
    assert len(data.validation_targets) == validation_samples
    smaller = make(msgspec.structs.replace(dataset, samples=(samples + 1) // 2), seed)
    assert np.array_equal(smaller.train_inputs, data.train_inputs[: (samples + 1) // 2])
    if data.task == "classification":
        counts = np.bincount(data.train_targets.astype(int), minlength=len(data.class_names))
        # The four corners of xor take turns rather than its two classes.
        assert counts.max() - counts.min() <= (2 if data.name == "xor" else 1)


@ALL
def test_configuration_survives_being_written_and_read(kind: type[Dataset]) -> None:
    dataset = kind(seed=5, standardize=True, feature_scale=2.0)
    assert msgspec.convert(msgspec.to_builtins(dataset), kind) == dataset
    with pytest.raises(msgspec.ValidationError, match="colour"):
        msgspec.convert({"colour": "red"}, kind)


@ALL
def test_recommendation_speaks_of_known_keys_outside_the_data(kind: type[Dataset]) -> None:
    for key in kind.recommended:
        table, name = key.split(".")
        assert name in EXPERIMENT[table]
    assert {"loss.name", "network.hidden", "optimizer.name", "optimizer.learning_rate"} <= set(kind.recommended)


def test_registry_names_are_tags_and_aliases_lead_to_them() -> None:
    assert all(kind().name == name for name, kind in DATASETS.items())
    assert set(ALIASES.values()) <= set(DATASETS)
    assert not set(ALIASES) & set(DATASETS)
