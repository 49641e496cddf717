"""From nested tables (a preset file, `--set`, a key press) to an `Experiment`, and from one to the next.

Every value is checked against the ranges that the structs declare. Defaults come in layers: the struct's own,
then what the data set recommends, then the tables given.
"""

from __future__ import annotations

import copy
import math
from typing import Any

import msgspec
from msgspec.structs import replace

from tui_trainer.datasets import ALIASES as DATASET_ALIASES
from tui_trainer.datasets import DATASETS, Dataset, make
from tui_trainer.losses import ALIASES as LOSS_ALIASES
from tui_trainer.losses import LOSSES
from tui_trainer.optimizers import OPTIMIZERS, SCHEDULES
from tui_trainer.training.compatibility import check, misfit, serves
from tui_trainer.training.experiment import Axis, EarlyStopping, Experiment, NetworkSettings, TrainingSettings
from tui_trainer.training.setting_error import SettingError as SettingError
from tui_trainer.training.setting_error import explained, nearest

Tables = dict[str, dict[str, Any]]

REGISTRIES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "data": (dict(DATASETS), DATASET_ALIASES),
    "loss": (dict(LOSSES), LOSS_ALIASES),
    "optimizer": (dict(OPTIMIZERS), {}),
    "schedule": (dict(SCHEDULES), {}),
}
"""Tables whose key `name` chooses the struct: the registry and other names for its entries."""

PLAIN: dict[str, type[msgspec.Struct]] = {"network": NetworkSettings, "training": TrainingSettings}
TABLES = ("data", "network", "loss", "optimizer", "schedule", "training")

DEFAULTS = {"data": "moons", "optimizer": "sgd", "schedule": "constant"}

LIVE = frozenset(
    {
        "optimizer.name",
        "optimizer.learning_rate",
        "optimizer.momentum",
        "optimizer.weight_decay",
        "optimizer.l1",
        "optimizer.l2",
        "optimizer.clip_norm",
        "optimizer.clip_value",
        "network.dropout",
        "training.batch_size",
        "training.input_noise",
        "training.pace",
        "schedule.name",
        "schedule.warmup",
    }
)
"""Settings that change while running; every other one restarts the run with the same seed."""


def build(tables: Tables, title: str = "", axis: Axis | None = None) -> Experiment:
    """The experiment that `tables` describe, everything left out filled in. Raises `SettingError`.

    `early_stopping = true` takes a patience that fits the length of the run.
    """
    for name, table in tables.items():
        if name not in TABLES:
            raise SettingError(name, None, f"unknown table; allowed: {', '.join(TABLES)}{nearest(name, TABLES)}")
        if not isinstance(table, dict):
            raise SettingError(name, table, "must be a table of keys")
    tables = copy.deepcopy(tables)
    data = _convert("data", tables.get("data", {}))
    given = _merge(_recommended(data, tables), tables)
    given.setdefault("loss", {}).setdefault("name", _loss_for(data))
    stopping = given.get("training", {}).get("early_stopping")
    if isinstance(stopping, bool):
        given["training"]["early_stopping"] = {} if stopping else None
    experiment = Experiment(
        data=data,
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


def with_setting(experiment: Experiment, key: str, value: object) -> Experiment:
    """A new experiment that differs in one dotted key. Raises `SettingError`.

    Choosing another data set, loss, optimizer or schedule by its name keeps the keys that both have; another
    data set starts from its own defaults, and takes its own loss when its task is another or the present one does not
    fit. Explicit weights stay as long as the shape of the network does.
    """
    table, _, field = key.partition(".")
    if table not in TABLES or not field:
        meant = _nearest_key(key)
        raise SettingError(key, None, f"unknown setting; a setting is table.key, tables: {', '.join(TABLES)}{meant}")
    tables = experiment.tables
    if field == "name" and table in REGISTRIES:
        tables[table] = _renamed(table, tables[table], value)
        if table == "data":
            tables["network"]["weights"] = None
            data = _convert("data", tables["data"])
            if data.task != experiment.data.task or not serves(experiment.loss, data):
                tables["loss"] = {"name": _loss_for(data)}
        loss = _struct("loss", tables["loss"]["name"])
        if tables["network"]["output"] not in loss.outputs:
            tables["network"]["output"] = "linear"
    else:
        *parents, last = field.split(".")
        inner = tables[table]
        for parent in parents:
            if not isinstance(inner.get(parent), dict):
                inner[parent] = {}
            inner = inner[parent]
        inner[last] = value
        if key == "training.iterations":
            tables["training"]["epochs"] = None
        if key == "training.epochs":
            tables["training"]["iterations"] = None
        if key == "network.hidden":
            _fit_layers(tables["network"], value)
    if tables["network"]["weights"] is not None and key != "network.weights":
        without = tables | {"network": tables["network"] | {"weights": None}}
        if build(without).layer_sizes != experiment.layer_sizes:
            tables = without
    return build(tables, experiment.title, experiment.axis)


def _nearest_key(name: str) -> str:
    """A hint at the dotted key whose last part was probably meant, with a leading space; empty when none is close."""
    structs = {table: [*registry.values()] for table, (registry, _) in REGISTRIES.items()}
    structs |= {table: [struct] for table, struct in PLAIN.items()}
    # What a run is about comes before its data: of several tables that have such a key, the last named is the least.
    order = ("optimizer", "training", "network", "data", "loss", "schedule")
    keys = {field: table for table in reversed(order) for each in structs[table] for field in each.__struct_fields__}
    last = name.rpartition(".")[2].strip().casefold().replace(" ", "_").replace("-", "_")
    if last in TABLES or last in keys:
        return f" (did you mean '{f'{keys[last]}.{last}' if last in keys else f'{last}.name'}'?)"
    hint = nearest(last, keys)
    meant = hint.partition("'")[2].rpartition("'")[0]
    return f" (did you mean '{keys[meant]}.{meant}'?)" if meant else ""


def _patience(experiment: Experiment) -> int:
    """A tenth of the run, in iterations: where evaluations come by themselves, ten of them, or a few less."""
    training = experiment.training
    count = len(make(experiment.data, training.seed).train_targets)
    per_epoch = 1 if training.batch_size == "full" else math.ceil(count / training.batch_size)
    return max(1, (training.iterations or training.target_epochs * per_epoch) // 10)


def _loss_for(data: Dataset) -> str:
    """The loss that fits the task."""
    if data.task == "regression":
        return "mean_squared_error"
    if data.task == "embedding":
        return "contrastive"
    return "binary_cross_entropy" if len(data.class_names) == 2 else "cross_entropy"


def _recommended(data: Dataset, tables: Tables) -> Tables:
    """What the data set recommends, without what the given tables decide otherwise."""
    tree: Tables = {}
    for key, value in data.recommended.items():
        table, field = key.split(".", 1)
        tree.setdefault(table, {})[field] = value
    for name in ("optimizer", "loss", "schedule"):  # a rate is good for one optimizer only
        if "name" in tables.get(name, {}):
            tree.pop(name, None)
    if "name" in tables.get("loss", {}):
        loss = _struct("loss", tables["loss"]["name"])
        if loss.__struct_config__.tag != data.recommended.get("loss.name", _loss_for(data)):
            tree.pop("optimizer", None)  # nor for another loss
        tree["network"] = {k: v for k, v in tree.get("network", {}).items() if k != "output" or v in loss.outputs}
    if {"iterations", "epochs"} & set(tables.get("training", {})):
        for field in ("iterations", "epochs"):
            tree.get("training", {}).pop(field, None)
    return tree


def _merge(under: Tables, over: Tables) -> Tables:
    merged = {name: dict(table) for name, table in under.items()}
    for name, table in over.items():
        merged.setdefault(name, {}).update(table)
    return merged


def _renamed(table: str, old: dict[str, Any], name: object) -> dict[str, Any]:
    """The table after its `name` has changed: keys that the new struct has too are kept."""
    target = _struct(table, name)
    # Another data set has its own idea of noise and size; only a pinned seed goes along.
    fields = {"seed"} if table == "data" else set(target.__struct_fields__)
    return {"name": str(name)} | {key: value for key, value in old.items() if key in fields}


def _fit_layers(network: dict[str, Any], hidden: object) -> None:
    """After a change of the hidden layers: what was given for each layer is cut or repeated to fit."""
    network["weights"] = None
    count = len(hidden) if isinstance(hidden, list | tuple) else 0
    for key in ("activation", "dropout"):
        if isinstance(network[key], list | tuple):
            values = list(network[key]) or ["tanh" if key == "activation" else 0.0]
            network[key] = (values + [values[-1]] * count)[:count]


def _struct(table: str, name: object) -> Any:
    registry, aliases = REGISTRIES[table]
    found = registry.get(aliases.get(str(name), str(name)))
    if found is None:
        names = ", ".join(registry)
        raise SettingError(f"{table}.name", name, f"allowed: {names}{nearest(str(name), [*registry, *aliases])}")
    return found


def _convert(table: str, values: dict[str, Any]) -> Any:
    """The struct of one table, each key checked by itself so that the message can name it."""
    values = dict(values)
    if table in REGISTRIES:
        name = values.pop("name", DEFAULTS.get(table))
        struct = _struct(table, name)
    else:
        struct = PLAIN[table]
    try:
        return msgspec.convert(values, struct)
    except msgspec.ValidationError as error:
        raise explained(table, struct, values, error) from None
