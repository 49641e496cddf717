"""What a person is told about a wrong value: where, what was given, all that is allowed, what was probably meant."""

from __future__ import annotations

from typing import Any

import pytest

from tui_trainer.experiment.words import error_words
from tui_trainer.training import SettingError, build


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        (
            {"optimizer": {"learning_rate": -1}},
            "optimizer.learning_rate = -1: allowed: a number from 0 to 1000000",
        ),
        (
            {"optimizer": {"learning_rate": float("nan")}},
            "optimizer.learning_rate = nan: allowed: a number from 0 to 1000000",
        ),
        (
            {"training": {"batch_size": "ful"}},
            "training.batch_size = 'ful': allowed: a whole number from 1 to 1000000 or \"full\" "
            "(did you mean 'full'?)",
        ),
        (
            {"network": {"activation": "Relu"}},
            "network.activation = 'Relu': allowed: relu, leaky_relu, tanh, sigmoid, linear, elu, gelu, silu "
            "(did you mean 'relu'?)",
        ),
        ({"network": {"dropout": 1}}, "network.dropout = 1: allowed: a number from 0 and below 1 or a list of such"),
        ({"network": {"hidden": [8, 0]}}, "network.hidden[1] = 0: allowed: a whole number from 1 to 4096"),
        (
            {"training": {"early_stopping": {"patience": 0}}},
            "training.early_stopping.patience = 0: allowed: a whole number from 1 to 100000000",
        ),
        (
            {"training": {"early_stopping": {"patienc": 3}}},
            "training.early_stopping.patienc: unknown key; allowed: min_delta, patience, restore_best "
            "(did you mean 'patience'?)",
        ),
        ({"data": {"name": "iris", "turns": 2}}, "data.turns: unknown key of iris; allowed: name, "),
        ({"optimiser": {}}, "optimiser: unknown table; allowed: data, network"),
        ({"training": {"shuffle": 1}}, "training.shuffle = 1: allowed: true or false"),
    ],
)  # fmt: skip
def test_says_where_what_and_what_is_allowed(tables: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingError) as error:
        build(tables)
    assert str(error.value).startswith(message)


def test_on_screen_it_is_said_in_the_words_of_the_list() -> None:
    with pytest.raises(SettingError) as error:
        build({"network": {"output": "clip01"}})
    assert error_words(error.value).startswith("output clip01: binary cross entropy takes the plain sums")
