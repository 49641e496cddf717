"""An experiment as a flat list of settings: the values in force, and the values possible instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui_trainer.experiment.declared import fields_of
from tui_trainer.experiment.experiment import Experiment
from tui_trainer.experiment.toml_tables import TABLES


def flat_settings(experiment: Experiment) -> dict[str, object]:
    """Dotted TOML key → value in force, for every key that can change anything.

    An optional nested table has a key of its own, whose value says whether the table is there.
    """
    flat: dict[str, object] = {}
    for name, table in experiment.tables.items():
        fields = fields_of(type(getattr(experiment, name)))  # type: ignore[arg-type]
        optional = {key.rpartition(".")[0] for key in fields if "." in key}
        for key, value in flattened(table).items():
            if key in optional:
                flat[f"{name}.{key}"] = value is not None
            elif key not in fields or _applies(experiment, fields[key].declaration.applies):
                flat[f"{name}.{key}"] = value
        for key in optional:
            if not _applies(experiment, fields[key].declaration.applies):
                flat.pop(f"{name}.{key}", None)
    for key in experiment.data.inapplicable:
        flat.pop(f"data.{key}", None)
    return flat


def available_choices(experiment: Experiment) -> dict[str, tuple[object, ...]]:
    """Dotted key → the choices that this experiment can have, if it cannot have all."""
    own = {f"data.{key}": choices for key, choices in experiment.data.available_choices.items()}
    return own | {
        f"{table}.name": tuple(name for name, struct in row.structs.items() if row.suits(experiment, struct))
        for table, row in TABLES.items()
        if row.suits is not None
    }


def upper_limits(experiment: Experiment) -> dict[str, int]:
    """Dotted key → the largest number that this experiment can have, if others can have a larger one."""
    return {f"data.{key}": limit for key, limit in experiment.data.upper_limits.items()}


def flattened(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Dotted key → value of everything in nested tables. A table comes before its contents."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        flat[f"{prefix}{key}"] = value
        if isinstance(value, dict):
            flat |= flattened(value, f"{prefix}{key}.")
    return flat


def _applies(experiment: Experiment, condition: Any) -> bool:
    return condition is None or bool(condition(experiment))
