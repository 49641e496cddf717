"""The settings list agrees with the structs that it is read off."""

from __future__ import annotations

import ast
import inspect
import math
import sys

import pytest

from tui_trainer.cli.declared import help_of
from tui_trainer.cli.overrides import applied
from tui_trainer.cli.settings_catalogue import STRUCTS, settings_catalogue
from tui_trainer.datasets import DATASETS
from tui_trainer.datasets.preparation import FEATURE_SETS
from tui_trainer.optimizers import OPTIMIZERS, SCHEDULES
from tui_trainer.telemetry import Setting
from tui_trainer.telemetry.settings import AUTOMATIC
from tui_trainer.training import SettingError, Trainer, build, with_setting
from tui_trainer.training.summary import automatic_settings, flat_settings, possible_choices, possible_numbers

CATALOGUE = {setting.key: setting for setting in settings_catalogue()}

LEFT_OUT = {
    *("data.seed", "network.seed", "network.weights", "data.extra", "data.extra_y"),
    "training.pace",
}
"""What a line of text cannot hold, and what has a key of its own."""


def test_begins_with_the_settings_that_a_beginner_changes() -> None:
    assert [setting.label for setting in settings_catalogue()[:9]] == [
        *("learning rate", "batch size", "optimizer", "momentum", "activation"),
        *("hidden layers", "dataset", "noise", "samples"),
    ]


@pytest.mark.parametrize(
    "tables",
    [
        *({"data": {"name": name}} for name in DATASETS),
        *({"optimizer": {"name": name}} for name in OPTIMIZERS),
        *({"schedule": {"name": name}} for name in SCHEDULES),
        {"loss": {"name": "huber"}},
        {"training": {"early_stopping": {}}},
    ],
)
def test_lists_every_setting_that_an_experiment_has(tables: dict[str, dict[str, object]]) -> None:
    assert set(flat_settings(build(tables))) - set(CATALOGUE) - LEFT_OUT == set()


def test_every_setting_has_help_and_either_choices_or_a_range() -> None:
    for setting in CATALOGUE.values():
        assert setting.help.endswith("."), setting
        assert bool(setting.choices) != (setting.low is not None), setting


DEFAULT = flat_settings(build({}))
DEPENDS_ON_OTHERS = {"data.name", "loss.name", "network.output", "training.balanced_batches"}
DEPENDS_ON_OTHERS |= {"training.shift", "training.rotate", "training.flip"}


def ends(setting: Setting) -> tuple[float | None, float | None]:
    """The lowest and the highest value that the setting may have."""
    low, high = setting.low, setting.high
    return (
        math.nextafter(low, 1) if low is not None and setting.above_low else low,
        math.nextafter(high, 0) if high is not None and setting.below_high else high,
    )


@pytest.mark.parametrize("key", [key for key in CATALOGUE if key in DEFAULT.keys() - DEPENDS_ON_OTHERS])
def test_offers_only_what_is_allowed(key: str) -> None:
    setting = CATALOGUE[key]
    for value in setting.choices or ends(setting):
        new = flat_settings(applied(build({}), {key: value}))[key]
        assert new in (value, [value], (value,))


@pytest.mark.parametrize(
    ("key", "low", "high", "integer", "logarithmic", "live"),
    [
        ("optimizer.learning_rate", 0, 1e6, False, True, True),
        ("training.batch_size", 1, 1_000_000, True, True, True),
        ("network.hidden", 1, 4096, True, True, False),
        ("data.noise", 0, 100, False, False, False),
        ("data.dim", 1, 100, True, False, False),
        ("network.dropout", 0, 1, False, False, True),
    ],
)
def test_reads_the_declared_range(
    key: str, low: float, high: float, integer: bool, logarithmic: bool, live: bool
) -> None:
    setting = CATALOGUE[key]
    assert (setting.low, setting.high) == (low, high)
    assert (setting.integer, setting.logarithmic, setting.live) == (integer, logarithmic, live)


def test_settings_that_can_change_nothing_are_not_listed() -> None:
    alone = flat_settings(build({"data": {"name": "digits"}, "network": {"hidden": []}}))
    assert not alone.keys() & {"data.features", "network.activation", "network.dropout"}
    assert flat_settings(build({"data": {"name": "moons"}})).keys() >= {"data.features", "network.activation"}


def test_what_every_other_value_of_is_refused_is_not_listed() -> None:
    images = {"training.shift", "training.rotate", "training.flip"}
    assert flat_settings(build({"data": {"name": "digits"}})).keys() >= images
    assert not DEFAULT.keys() & (images | {"network.output"})
    assert "network.output" in flat_settings(build({"loss": {"name": "mean_squared_error"}}))
    regression = flat_settings(build({"data": {"name": "sine", "validation_samples": 0}}))
    assert not regression.keys() & {"training.balanced_batches", "training.early_stopping"}


def test_a_number_that_an_experiment_leaves_open_is_one_that_the_run_can_be_asked_for() -> None:
    trainer = Trainer(build({"training": {"epochs": 300}}))
    chosen = {"network.initializer": "xavier", "training.evaluate_every": 3, "training.iterations": 300}
    assert automatic_settings(trainer) == chosen
    assert "training.epochs" in automatic_settings(Trainer(build({"training": {"iterations": 300}})))
    assert automatic_settings(trainer).keys() <= AUTOMATIC
    assert all(CATALOGUE[key].optional for key in AUTOMATIC)


@pytest.mark.parametrize("data", DATASETS)
def test_a_loss_that_is_offered_can_be_trained_with(data: str) -> None:
    experiment = build({"data": {"name": data}})
    choices = possible_choices(experiment)["loss.name"]
    assert flat_settings(experiment)["loss.name"] in choices
    for name in set(CATALOGUE["loss.name"].choices) - set(choices):
        with pytest.raises(SettingError):
            with_setting(experiment, "loss.name", name)
    assert all(with_setting(experiment, "loss.name", name) for name in choices)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.9])
def test_the_most_samples_that_are_offered_can_be_had_and_no_more(share: float) -> None:
    experiment = build({"data": {"name": "digits", "validation_share": share}})
    most = possible_numbers(experiment)["data.samples"]
    assert flat_settings(with_setting(experiment, "data.samples", most))["data.samples"] == most
    with pytest.raises(SettingError):
        with_setting(experiment, "data.samples", most + 1)
    assert not possible_numbers(build({"data": {"name": "moons"}}))


@pytest.mark.parametrize("features", FEATURE_SETS)
def test_the_sensible_sets_of_features_can_be_trained_on(features: tuple[str, ...]) -> None:
    assert features in CATALOGUE["data.features"].lists
    assert build({"data": {"features": list(features)}}).layer_sizes[0] == len(features)


def test_every_field_that_is_explained_is_found_without_reading_the_methods() -> None:
    owners = {owner for structs in STRUCTS.values() for each in structs for owner in each.__mro__}
    for module in sorted({owner.__module__ for owner in owners if owner.__module__.startswith("tui_trainer")}):
        for node in ast.parse(inspect.getsource(sys.modules[module])).body:
            for field, below in zip(node.body, node.body[1:], strict=False) if isinstance(node, ast.ClassDef) else ():
                if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr):
                    owner, name = getattr(sys.modules[module], node.name), ast.unparse(field.target)
                    assert help_of(owner, name) == " ".join(str(ast.literal_eval(below.value)).split())
