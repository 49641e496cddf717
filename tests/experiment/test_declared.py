"""The settings list agrees with the structs that it is read off."""

from __future__ import annotations

import ast
import math
import re
from pathlib import Path

import pytest

import tui_trainer
from tui_trainer.datasets import DATASETS
from tui_trainer.datasets.preparation import FEATURE_SETS
from tui_trainer.experiment import with_settings
from tui_trainer.experiment.declared import Setting, fields_of, listed_settings, settings
from tui_trainer.experiment.in_force import available_choices, flat_settings, upper_limits
from tui_trainer.experiment.toml_tables import TABLES
from tui_trainer.optimizers import OPTIMIZERS, SCHEDULES
from tui_trainer.training import SettingError, Trainer, build, with_setting
from tui_trainer.training.summary import resolved_defaults

CATALOGUE = {setting.key: setting for setting in listed_settings()}

LEFT_OUT = {
    *("data.seed", "network.seed", "network.weights", "data.extra", "data.extra_y", "data.without"),
    "training.pace",
    *(
        f"data.{key}"
        for key in (
            "file",
            "columns",
            "decimal",
            "delimiter",
            "encoding",
            "header",
            "split",
            "sha256",
            "target_file",
            "validation_file",
        )
    ),
}
"""What a line of text cannot hold, and what has a key of its own: not listed."""


def test_begins_with_the_settings_that_a_beginner_changes() -> None:
    assert [setting.label for setting in listed_settings()[:9]] == [
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
    assert set(flat_settings(build(tables))) - set(CATALOGUE) <= LEFT_OUT
    assert set(settings()) - set(CATALOGUE) == LEFT_OUT


def test_every_setting_has_help_and_either_choices_or_a_range() -> None:
    for setting in CATALOGUE.values():
        assert setting.help.endswith("."), setting
        if setting.key != "data.target":  # the columns of the table at hand
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
        given = [value] if setting.is_list else value
        new = flat_settings(with_settings(build({}), {key: given}))[key]
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
    assert resolved_defaults(trainer) == chosen
    assert "training.epochs" in resolved_defaults(Trainer(build({"training": {"iterations": 300}})))
    automatic = {key for key, setting in CATALOGUE.items() if setting.automatic}
    assert resolved_defaults(trainer).keys() <= automatic
    assert all(CATALOGUE[key].optional for key in automatic)


@pytest.mark.parametrize("data", DATASETS)
def test_a_loss_that_is_offered_can_be_trained_with(data: str) -> None:
    experiment = build({"data": {"name": data}})
    choices = available_choices(experiment)["loss.name"]
    assert flat_settings(experiment)["loss.name"] in choices
    for name in set(CATALOGUE["loss.name"].choices) - set(choices):
        with pytest.raises(SettingError):
            with_setting(experiment, "loss.name", name)
    assert all(with_setting(experiment, "loss.name", name) for name in choices)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.9])
def test_the_most_samples_that_are_offered_can_be_had_and_no_more(share: float) -> None:
    experiment = build({"data": {"name": "digits", "validation_share": share}})
    most = upper_limits(experiment)["data.samples"]
    assert flat_settings(with_setting(experiment, "data.samples", most))["data.samples"] == most
    with pytest.raises(SettingError):
        with_setting(experiment, "data.samples", most + 1)
    assert not upper_limits(build({"data": {"name": "moons"}}))


@pytest.mark.parametrize("features", FEATURE_SETS)
def test_the_sensible_sets_of_features_can_be_trained_on(features: tuple[str, ...]) -> None:
    assert features in CATALOGUE["data.features"].lists
    assert build({"data": {"features": list(features)}}).layer_sizes[0] == len(features)


@pytest.mark.parametrize("table", TABLES)
def test_every_field_of_every_struct_declares_its_help(table: str) -> None:
    for struct in TABLES[table].structs.values():
        for name, field in fields_of(struct).items():
            assert field.declaration.help.endswith("."), f"{table}.{name} of {struct.__name__}"


def test_no_two_settings_of_the_list_stand_at_one_position() -> None:
    orders = {row.name.order for row in TABLES.values() if row.name is not None}
    for row in TABLES.values():
        for struct in row.structs.values():
            orders |= {each.declaration.order for each in fields_of(struct).values() if each.declaration.listed}
    assert len(orders) == len(CATALOGUE)


def test_few_keys_of_settings_are_named_outside_of_their_declarations() -> None:
    package = Path(tui_trainer.__file__).parent
    key = re.compile(rf"({'|'.join(TABLES)})(\.[a-z_0-9]+)+")
    named = [
        f"{path.relative_to(package)}: {node.value}"
        for path in package.rglob("*.py")
        if path.parent.name
        not in ("datasets", "diagnosis", "tables")  # recommendations and remedies are settings by name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and key.fullmatch(node.value)
    ]
    assert len(named) < 60, "\n".join(named)
