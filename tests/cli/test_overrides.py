"""`--set KEY=VALUE`: what the values mean, and that the order of the settings does not matter."""

from __future__ import annotations

import pytest

from tui_trainer.cli.overrides import parsed
from tui_trainer.experiment import with_settings
from tui_trainer.training import SettingError, build


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("16", 16),
        ("0.5", 0.5),
        ("true", True),
        ("full", "full"),
        ('"full"', "full"),
        ("[16, 8]", [16, 8]),
        ("16,8", [16, 8]),
        ("relu,tanh", ["relu", "tanh"]),
        ("x1, sin(x2)", ["x1", "sin(x2)"]),
        ("none", None),
        ("a=b", "a=b"),
        ("1\nother = 2", "1\nother = 2"),
    ],
)
def test_values_are_toml_or_plain_words(text: str, value: object) -> None:
    assert parsed([f"table.key={text}"]) == {"table.key": value}


@pytest.mark.parametrize("text", ["optimizer.learning_rate", "=3", ""])
def test_refuses_what_is_no_key_and_value(text: str) -> None:
    with pytest.raises(SettingError, match="allowed: KEY=VALUE"):
        parsed([text])


@pytest.mark.parametrize(
    "texts",
    [
        ["optimizer.momentum=0.5", "optimizer.name=momentum", "network.output=sigmoid", "loss.name=mse"],
        ["loss.name=mse", "network.output=sigmoid", "optimizer.name=momentum", "optimizer.momentum=0.5"],
    ],
)
def test_the_order_of_settings_does_not_matter(texts: list[str]) -> None:
    experiment = with_settings(build({}), parsed(texts))
    assert experiment.tables["optimizer"]["momentum"] == 0.5
    assert experiment.network.output == "sigmoid"


def test_a_single_value_stands_for_a_list_of_one() -> None:
    assert with_settings(build({}), parsed(["network.hidden=5"])).network.hidden == (5,)


def test_another_dataset_brings_a_loss_that_fits() -> None:
    experiment = with_settings(build({}), parsed(["network.hidden=8,4", "data.name=iris"]))
    assert experiment.tables["loss"]["name"] == "cross_entropy"
    assert experiment.network.hidden == (8, 4)


def test_the_first_fault_is_told_and_nothing_is_half_with_settings() -> None:
    with pytest.raises(SettingError, match=r"^data\.nois: unknown key of moons"):
        with_settings(build({}), parsed(["data.nois=1", "network.hidden=4"]))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("optimizer.learning_rate=.05", 0.05),
        ("optimizer.learning_rate=0,001", 0.001),
        ("optimizer.learning_rate=0,5", 0.5),
        ("network.dropout=0,05", 0.05),
        ("training.batch_size=1,000", 1000),
    ],
)
def test_a_number_that_is_no_toml_is_read_as_in_the_settings_list(text: str, number: float) -> None:
    assert parsed([text]) == {text.partition("=")[0]: number}


def test_what_can_be_two_numbers_is_refused_with_both() -> None:
    with pytest.raises(SettingError, match=r"learning_rate = '1,000': takes a point .*: write 1.000 or 1000"):
        parsed(["optimizer.learning_rate=1,000"])


def test_what_was_typed_is_named_in_the_error() -> None:
    with pytest.raises(SettingError, match=r"batch_size = '1,5': is a whole number, not 1,5$"):
        parsed(["training.batch_size=1,5"])


def test_a_list_that_may_stand_for_a_number_stays_a_list() -> None:
    assert parsed(["network.dropout=0.1,0.2"]) == {"network.dropout": [0.1, 0.2]}


def test_a_word_stays_a_word() -> None:
    assert parsed(["training.batch_size=full", "optimizer.learning_rate=fast"]) == {
        "training.batch_size": "full",
        "optimizer.learning_rate": "fast",
    }
