"""Build an `Experiment` from nested tables (a preset file), or from another one and changed settings.

Every value is checked against the declarations of the structs. Defaults have layers: the struct's own, then the
recommendations of the data set, then the given tables. Presets, arms, `--set` and keys all use these functions.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from tui_trainer.datasets import Dataset, make
from tui_trainer.experiment.compatibility import check, misfit
from tui_trainer.experiment.declared import fields_of
from tui_trainer.experiment.declared import settings as settings_declared
from tui_trainer.experiment.experiment import AxisKind, Experiment
from tui_trainer.experiment.in_force import flattened
from tui_trainer.experiment.toml_tables import TABLES
from tui_trainer.experiment.training_settings import EarlyStopping
from tui_trainer.losses import LOSSES, Loss
from tui_trainer.setting import LEFT_OUT
from tui_trainer.setting_error import SettingError, explained, nearest
from tui_trainer.tables.library import give

Tables = dict[str, dict[str, Any]]


def build(
    tables: Tables, title: str = "", axis: AxisKind | None = None, *, data: tuple[Any, Any] | None = None
) -> Experiment:
    """The experiment that `tables` describe, with defaults for missing keys. Raises `SettingError`.

    `data`: inputs (rows, columns) and targets (rows,), arrays or data frames, to train on instead of a file.
    `early_stopping = true` gets a patience that fits the length of the run.
    """
    for name, table in tables.items():
        if name not in TABLES:
            raise SettingError(name, None, f"unknown table; allowed: {', '.join(TABLES)}{nearest(name, TABLES)}")
        if not isinstance(table, dict):
            raise SettingError(name, table, "must be a table of keys")
    tables = {name: dict(table) for name, table in tables.items()}
    if data is not None:
        tables.setdefault("data", {})["file"] = give(*data)
    dataset = data_of(tables)
    given = _merged(_recommended(dataset, tables), tables)
    given.setdefault("loss", {}).setdefault("name", _loss_for(dataset))
    stopping = given.get("training", {}).get("early_stopping")
    if isinstance(stopping, bool):
        given["training"]["early_stopping"] = {} if stopping else None
    experiment = Experiment(
        data=dataset,
        **{name: _convert(name, given.get(name, {})) for name in TABLES if name != "data"},
        title=title,
        axis=axis,
    )
    if "weights" not in tables.get("network", {}) and misfit(experiment) is not None:
        # Weights that the data set recommends are for the network that it recommends.
        experiment = replace(experiment, network=replace(experiment.network, weights=None))
    check(experiment)
    if stopping is True:
        rule = EarlyStopping(patience=_patience(experiment))
        experiment = replace(experiment, training=replace(experiment.training, early_stopping=rule))
    return experiment


def data_of(tables: Tables) -> Dataset:
    """The data set that `tables` describe. Raises `SettingError`."""
    data: Dataset = _convert("data", tables.get("data", {}))
    return data


def with_setting(experiment: Experiment, key: str, value: object) -> Experiment:
    """`with_settings` for one setting."""
    return with_settings(experiment, {key: value})


def with_settings(experiment: Experiment, settings: Mapping[str, object]) -> Experiment:
    """A new experiment in which the dotted keys of `settings` have these values. Raises `SettingError`.

    All settings act at once, so their order does not matter. Another loss, optimizer or schedule (a `name`) keeps the
    keys that both have. Another data set starts from its own defaults, and gets its own loss if its task differs or the
    present loss does not fit. Lists with a value for each hidden layer are cut or extended to another number of layers.
    Explicit weights stay as long as the shape of the network stays.
    """
    tables = experiment.tables
    inside = {key: value for key, value in settings.items() if not _chooses(key)}
    for key, value in settings.items():
        if _chooses(key):
            table = key.partition(".")[0]
            tables[table] = _renamed(table, tables[table], value)
    if any(key.startswith("data.") for key in settings):
        if "data.name" in settings:
            tables["network"]["weights"] = None
        data = _convert("data", _with_inside(tables["data"], settings))
        loss = _struct("loss", tables["loss"]["name"])
        if "loss.name" not in settings and (data.task != experiment.data.task or not _serves(loss, data)):
            tables["loss"] = {"name": _loss_for(data)}
    if tables["network"]["output"] not in _struct("loss", tables["loss"]["name"]).outputs:
        tables["network"]["output"] = "linear"
    for key, value in inside.items():
        _set(tables, key, value)
    _reconcile(tables, settings)
    if tables["network"]["weights"] is not None and "network.weights" not in settings:
        without = tables | {"network": tables["network"] | {"weights": None}}
        if build(without).layer_sizes != experiment.layer_sizes:
            tables = without
    return build(tables, experiment.title, experiment.axis)


def differences(old: Experiment, new: Experiment) -> dict[str, object]:
    """The dotted keys and values that lead from `old` to `new`, each key only once: chosen structs first.

    Given one after the other to `with_setting`, in this order, they turn `old` into `new`; title and axis stay.
    """
    found: dict[str, object] = {}
    for name, table in new.tables.items():
        if table.get("name") != old.tables[name].get("name"):
            found[f"{name}.name"] = table["name"]
            old = with_setting(old, f"{name}.name", table["name"])
    before, after = flattened(old.tables), flattened(new.tables)
    for key, value in after.items():
        if not isinstance(value, dict) and value != before.get(key, ...) and key.count("."):
            found[key] = value
    return found


def _with_inside(table: dict[str, Any], settings: Mapping[str, object]) -> dict[str, Any]:
    """The table of the data with the given settings."""
    tables = {"data": copy.deepcopy(table)}
    for key, value in settings.items():
        if key.startswith("data.") and not _chooses(key):
            _set(tables, key, value)
    return tables["data"]


def _chooses(key: str) -> bool:
    table, _, field = key.partition(".")
    return field == "name" and table in TABLES and TABLES[table].name is not None


def _set(tables: Tables, key: str, value: object) -> None:
    """Put a value into its table, and create missing nested tables."""
    table, _, field = key.partition(".")
    if table not in TABLES or not field:
        meant = _nearest_key(key)
        raise SettingError(key, None, f"unknown setting; a setting is table.key, tables: {', '.join(TABLES)}{meant}")
    *parents, last = field.split(".")
    inner = tables[table]
    for parent in parents:
        if not isinstance(inner.get(parent), dict):
            inner[parent] = {}
        inner = inner[parent]
    inner[last] = value


def _nearest_key(name: str) -> str:
    """A hint at the dotted key whose last part was probably meant, with a leading space; empty if none is close."""
    keys: dict[str, str] = {}
    for key in settings_declared():
        # If several tables have such a key, the first listed one is meant.
        keys.setdefault(key.rpartition(".")[2], key)
    last = name.rpartition(".")[2].strip().casefold().replace(" ", "_").replace("-", "_")
    if last in TABLES or last in keys:
        return f" (did you mean '{keys.get(last, f'{last}.name')}'?)"
    meant = nearest(last, keys).partition("'")[2].rpartition("'")[0]
    return f" (did you mean '{keys[meant]}'?)" if meant else ""


def _reconcile(tables: Tables, settings: Mapping[str, object]) -> None:
    """Drop old settings that contradict the given ones."""
    network, training, data = tables["network"], tables["training"], tables["data"]
    if {"data.samples", "data.validation_share"} & set(settings) and LEFT_OUT not in settings:
        samples = data.get("samples")
        data["without"] = [n for n in data.get("without", ()) if isinstance(samples, int) and n < samples]
    for given, other in (("iterations", "epochs"), ("epochs", "iterations")):
        if f"training.{given}" in settings and f"training.{other}" not in settings:
            training[other] = None
    if "network.hidden" in settings:
        if "network.weights" not in settings:
            network["weights"] = None
        hidden = settings["network.hidden"]
        count = len(hidden) if isinstance(hidden, list | tuple) else 0
        for key, empty in (("activation", "tanh"), ("dropout", 0.0)):
            if f"network.{key}" not in settings and isinstance(network[key], list | tuple):
                values = list(network[key]) or [empty]
                network[key] = (values + [values[-1]] * count)[:count]


def _patience(experiment: Experiment) -> int:
    """A tenth of the run, in iterations."""
    training = experiment.training
    count = len(make(experiment.data, training.seed).train_targets)
    per_epoch = 1 if training.batch_size == "full" else math.ceil(count / training.batch_size)
    return max(1, (training.iterations or training.target_epochs * per_epoch) // 10)


def _loss_for(data: Dataset) -> str:
    """The default loss for the task."""
    return next(name for name, loss in LOSSES.items() if data.task in loss.default_for and _serves(loss, data))


def _serves(loss: type[Loss], data: Dataset) -> bool:
    return loss.serves(data.task, len(data.class_names))


def _recommended(data: Dataset, tables: Tables) -> Tables:
    """The recommendations of the data set that the given tables do not contradict."""
    tree: Tables = {}
    for key, value in data.recommended.items():
        table, field = key.split(".", 1)
        tree.setdefault(table, {})[field] = value
    for name in ("optimizer", "loss", "schedule"):  # a learning rate fits only one optimizer
        if "name" in tables.get(name, {}):
            tree.pop(name, None)
    if "name" in tables.get("loss", {}):
        loss = _struct("loss", tables["loss"]["name"])
        if loss.__struct_config__.tag != data.recommended.get("loss.name", _loss_for(data)):
            tree.pop("optimizer", None)  # and only one loss
        tree["network"] = {k: v for k, v in tree.get("network", {}).items() if k != "output" or v in loss.outputs}
    if {"iterations", "epochs"} & set(tables.get("training", {})):
        for field in ("iterations", "epochs"):
            tree.get("training", {}).pop(field, None)
    return tree


def _merged(under: Tables, over: Tables) -> Tables:
    merged = {name: dict(table) for name, table in under.items()}
    for name, table in over.items():
        merged.setdefault(name, {}).update(table)
    return merged


def _renamed(table: str, old: dict[str, Any], name: object) -> dict[str, Any]:
    """The table after its `name` has changed. Keys that the new struct has too are kept."""
    target = _struct(table, name)
    # Noise and size mean something else for another data set; only a fixed seed is kept.
    fields = {"seed"} if table == "data" else set(target.__struct_fields__)
    return {"name": str(name)} | {key: value for key, value in old.items() if key in fields}


def _struct(table: str, name: object) -> Any:
    row = TABLES[table]
    found = row.structs.get(row.aliases.get(str(name), str(name)))
    if found is None:
        allowed = f"allowed: {', '.join(row.structs)}{nearest(str(name), [*row.structs, *row.aliases])}"
        raise SettingError(f"{table}.name", name, allowed)
    return found


def _convert(table: str, values: dict[str, Any]) -> Any:
    """The struct of one table. An error names the wrong key."""
    values, row = dict(values), TABLES[table]
    default = next((name for key, name in row.implied.items() if key in values), row.default)
    struct = _struct(table, values.pop("name", default) if row.name is not None else "")
    try:
        made = msgspec.convert(values, struct)
    except msgspec.ValidationError as error:
        raise explained(table, struct, values, error) from None
    for name, field in fields_of(struct).items():
        if field.declaration.choices is not None:
            _check_choice(f"{table}.{name}", getattr(made, name), list(field.declaration.choices))
    return made


def _check_choice(key: str, given: object, allowed: list[str]) -> None:
    """Raise `SettingError` for a name, or an entry of a list of names, that is not in its registry."""
    for number, name in enumerate(given if isinstance(given, tuple) else (given,)):
        if name is not None and name not in allowed:
            where = f"{key}[{number}]" if isinstance(given, tuple) else key
            raise SettingError(where, name, f"allowed: {', '.join(allowed)}{nearest(str(name), allowed)}")
