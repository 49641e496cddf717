"""Configurations that no data can be made of: refused with the key, the value and what is allowed."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest

from tui_trainer.datasets import (
    DATASETS,
    Circles,
    Dataset,
    Digits,
    Gauss,
    GlassesOrRing,
    Glyphs,
    Iris,
    LinearRegression,
    Moons,
    Phrases,
    Sine,
    make,
)
from tui_trainer.setting_error import SettingError

REFUSED: list[tuple[Dataset, str, str]] = [
    (Circles(feature_scale=(1.0, 2.0, 3.0)), "feature_scale", "one number for all columns of circles, or 2"),
    (Iris(feature_scale=(1.0, 2.0)), "feature_scale", "or 4, one per column"),
    (Gauss(classes=3, minority=0.1), "minority", "0.5 with 3 classes"),
    (Gauss(dim=3, features=("x1",)), "features", "gauss has 3"),
    (LinearRegression(features=("x1", "x2", "x1x2")), "features", "linear_regression has 1"),
    (Digits(features=("x1^2",)), "features", "digits has 64"),
    (Sine(label_noise=0.1), "label_noise", "sine has no class labels"),
    (Phrases(label_noise=0.1), "label_noise", "phrases has no class labels"),
    (Iris(samples=121), "samples", '"all" or 1 to 120, since iris has 150 and 30 are held out'),
    (Digits(samples=1797, validation_share=0.1), "samples", "1 to 1617"),
    # Ranges that the decoder checks for a file hold for a struct built in Python as well.
    (Moons(samples=0), "samples", "from 1 to 100000"),
    (Moons(noise=-0.1), "noise", "from 0 to 100"),
    (Moons(noise=math.nan), "noise", "a number"),
    (Moons(features=()), "features", "at least 1"),
    (Circles(feature_scale=0.0), "feature_scale", "from 1e-06"),
    (Circles(feature_scale=(1.0, math.inf)), "feature_scale", "to 1000000"),
    (Iris(validation_share=1.0), "validation_share", "to 0.9"),
    (Glyphs(label_noise=1.5), "label_noise", "to 1"),
    (LinearRegression(dim=11), "dim", "to 10"),
    (GlassesOrRing(extra=(math.nan, 0.0)), "extra", "a number"),
    (GlassesOrRing(extra=(0.5,)), "extra", "[heaviness, width, class from 0 to 1]"),
    (Moons(extra=(0.5, 0.6)), "extra", "a list of examples, each [x1, x2, class from 0 to 1]"),
    (Moons(extra=((0.5, 0.6, 1.0), (0.5, 0.6, 2.0))), "extra", "class from 0 to 1"),
    (Sine(extra=((0.5,),)), "extra", "[x, target]"),
    (Phrases(extra=((0.5,),)), "extra", "an example of phrases is a text"),
    (Moons(samples=3, without=(1, 3)), "without", "0 to 2"),
    (Moons(samples=3, without=(0, 1, 2)), "without", "at least 1"),
    (Moons(seed=-1), "seed", "from 0"),
]


@pytest.mark.parametrize(("dataset", "key", "allowed"), REFUSED, ids=lambda value: str(value)[:40])
def test_refusals_name_key_value_and_what_is_allowed(dataset: Dataset, key: str, allowed: str) -> None:
    with pytest.raises(SettingError) as caught:
        make(dataset, 0)
    assert caught.value.key.partition("[")[0] == f"data.{key}"
    assert allowed in caught.value.allowed


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("circles", {"samples": 2.5}),
        ("circles", {"samples": 100_001}),
        ("circles", {"features": ["x3"]}),
        ("circles", {"noise": math.nan}),
        ("circles", {"classes": 3}),
        ("digits", {"validation_samples": 10}),
        ("digits", {"samples": "some"}),
        ("glasses_or_ring", {"samples": 3}),
        ("glasses_or_ring", {"extra": [0.5, 0.6], "extra_y": 2}),
        ("spiral", {"classes": 1}),
        ("moons", {"name": "circles"}),
    ],
)
def test_the_decoder_refuses_what_the_fields_forbid(name: str, table: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(table, DATASETS[name])


def test_what_means_nothing_on_a_dataset_is_said_and_its_default_is_accepted() -> None:
    assert set(Sine().inapplicable) == {"label_noise", "features"}
    assert set(Digits().inapplicable) == {"features"}
    assert set(Gauss(dim=3).inapplicable) == {"features"}
    assert Gauss().inapplicable == {}
    make(Sine(label_noise=0.0, features=("x1", "x2")), 0)


def test_a_table_may_carry_its_name_and_lists() -> None:
    table = {"name": "glasses_or_ring", "extra": [0.5, 0.6], "extra_y": 0, "feature_scale": [1, 2.0]}
    assert msgspec.convert(table, GlassesOrRing) == GlassesOrRing(extra=(0.5, 0.6), feature_scale=(1.0, 2.0))
