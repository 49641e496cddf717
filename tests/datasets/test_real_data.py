"""The sets that ship with the package: complete, split by the seed, every class keeping its share."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from tui_trainer.datasets import Digits, Iris, Phrases, make
from tui_trainer.datasets.fixed_size import stratified_order
from tui_trainer.datasets.phrases import trigram_vector
from tui_trainer.randomness import Purpose, generator


def test_digits_are_all_there() -> None:
    inputs, targets = Digits().load()
    assert inputs.shape == (1797, 64)
    assert np.bincount(targets.astype(int)).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert inputs.min() == 0.0
    assert inputs.max() == 1.0
    assert np.array_equal(inputs * 16, np.rint(inputs * 16))
    assert (inputs * 16).sum() == 561718.0
    # The first image of the file, a zero: an empty middle within a ring of ink.
    zero = inputs[0].reshape(8, 8)
    assert targets[0] == 0
    assert zero[3:5, 3:5].max() <= 0.1
    assert zero[3, 2] > 0.4
    assert zero[3, 5] > 0.4


def test_irises_are_all_there() -> None:
    inputs, targets = Iris().load()
    assert inputs.shape == (150, 4)
    assert np.bincount(targets.astype(int)).tolist() == [50, 50, 50]
    assert inputs[0].tolist() == [5.1, 3.5, 1.4, 0.2]
    assert np.allclose(inputs.mean(axis=0), [5.843, 3.057, 3.758, 1.199], atol=1e-3)
    # The two samples in which the copy at UCI differs from Fisher's paper.
    assert inputs[34].tolist() == [4.9, 3.1, 1.5, 0.2]
    assert inputs[37].tolist() == [4.9, 3.6, 1.4, 0.1]


@pytest.mark.parametrize("dataset", [Digits(), Iris()], ids=["digits", "iris"])
def test_the_split_uses_every_example_once(dataset: Digits | Iris) -> None:
    data = make(dataset, 3)
    together = np.concatenate((data.train_inputs, data.validation_inputs))
    assert sorted(map(bytes, together)) == sorted(map(bytes, dataset.load()[0]))
    assert len(data.validation_targets) == round(0.2 * len(together))


def test_the_split_keeps_the_share_of_every_class() -> None:
    data = make(Digits(validation_share=0.25), 1)
    total = np.bincount(Digits().load()[1].astype(int))
    held_out = np.bincount(data.validation_targets.astype(int))
    assert np.abs(held_out - 0.25 * total).max() <= 1
    assert np.bincount(make(Iris(), 1).validation_targets.astype(int)).tolist() == [10, 10, 10]


def test_samples_takes_fewer_training_examples_and_leaves_validation_alone() -> None:
    everything, few = make(Iris(), 0), make(Iris(samples=30), 0)
    assert np.array_equal(few.train_inputs, everything.train_inputs[:30])
    assert np.bincount(few.train_targets.astype(int)).tolist() == [10, 10, 10]
    assert np.array_equal(few.validation_inputs, everything.validation_inputs)


def test_a_larger_validation_share_keeps_the_examples_of_a_smaller() -> None:
    small, large = make(Iris(validation_share=0.2), 0), make(Iris(validation_share=0.9), 0)
    assert np.array_equal(large.validation_inputs[:30], small.validation_inputs)
    assert len(large.train_targets) == 15
    assert make(Iris(validation_share=0), 0).validation_inputs.shape == (0, 4)


def test_stratified_order_holds_classes_in_proportion_everywhere() -> None:
    targets = np.repeat([0.0, 1.0, 2.0], [10, 30, 60])
    order = stratified_order(targets, generator(0, Purpose.SPLIT))
    assert sorted(order) == list(range(100))
    for count in range(1, 101):
        shares = np.bincount(targets[order[:count]].astype(int), minlength=3)
        assert np.abs(shares - count * np.array([0.1, 0.3, 0.6])).max() <= 1


def test_trigrams_are_counted_by_hash_and_scaled() -> None:
    # "#aaaa#" has the trigrams #aa, aaa (twice) and aa#: crc32 modulo 64 is 3, 45 and 17.
    vector = trigram_vector("aaaa")
    assert np.flatnonzero(vector).tolist() == [3, 17, 45]
    assert vector[45] == pytest.approx(2 / np.sqrt(6))
    assert vector[3] == vector[17] == pytest.approx(1 / np.sqrt(6))


def test_phrases_hold_two_of_every_subject_out() -> None:
    data = make(Phrases(), 0)
    assert data.task == "embedding"
    assert data.class_names == ("glasses", "ring", "watch", "phone")
    assert np.bincount(data.train_targets.astype(int)).tolist() == [6, 6, 6, 6]
    assert np.bincount(data.validation_targets.astype(int)).tolist() == [2, 2, 2, 2]
    assert len(set(data.texts)) == 32
    assert np.allclose(np.linalg.norm(data.train_inputs, axis=1), 1)
    rows = np.concatenate((data.train_inputs, data.validation_inputs))
    assert all(np.array_equal(row, trigram_vector(text)) for row, text in zip(rows, data.texts, strict=True))
    targets = np.concatenate((data.train_targets, data.validation_targets))
    assert {int(t) for t, text in zip(targets, data.texts, strict=True) if "ring" in text} == {1}


def test_every_data_file_has_its_source_and_licence_beside_it() -> None:
    folder = files("tui_trainer.datasets").joinpath("data")
    readme = folder.joinpath("README.md").read_text("utf-8")
    names = [entry.name for entry in folder.iterdir() if entry.name != "README.md"]
    assert sorted(names) == ["digits.csv.gz", "iris.csv", "phrases.csv"]
    assert all(f"`{name}`" in readme for name in names)
    assert readme.count("CC BY 4.0") >= 3
