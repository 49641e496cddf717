"""The experiment as a preset file: the program opens it, and a person can read and change it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from tui_trainer.experiment import Experiment, SettingError, build
from tui_trainer.exports.format import Format, Source


def preset_text(
    experiment: Experiment, texts: Mapping[str, object], instead: Mapping[str, Mapping[str, object]] = {}
) -> str:
    """The text of a preset file with this experiment. `texts`: keys and values that come before its tables. `instead`:
    by table, keys whose values are written otherwise, such as paths that begin at the preset."""
    import tomlkit

    document = tomlkit.document()
    for key, value in {"schema": 1, **texts}.items():
        document.add(key, value)
    for name, table in needed_tables(experiment).items():
        document.add(name, table | dict(instead.get(name, {})))
    return tomlkit.dumps(document)


def needed_tables(experiment: Experiment) -> dict[str, dict[str, Any]]:
    """The tables of the experiment without the keys whose values are the defaults. Names stay, to be read."""
    tables = {name: _without_none(table) for name, table in experiment.tables.items()}
    for name, table in tables.items():
        for key in [key for key in table if key != "name"]:
            shorter = copy.copy(tables) | {name: {other: table[other] for other in tables[name] if other != key}}
            if _means(shorter, experiment):
                tables[name] = table = shorter[name]
    return {name: table for name, table in tables.items() if table}


def _means(tables: dict[str, dict[str, Any]], experiment: Experiment) -> bool:
    try:
        return build(tables, experiment.title, experiment.axis) == experiment
    except SettingError:  # keys that need each other
        return False


def _without_none(table: dict[str, Any]) -> dict[str, Any]:
    """TOML has no word for None."""
    return {
        key: _without_none(value) if isinstance(value, dict) else value
        for key, value in table.items()
        if value is not None
    }


def _write(source: Source) -> bytes:
    snapshot = source.snapshot
    axis = {} if snapshot.axis is None else {"axis": snapshot.axis}
    return preset_text(source.experiment, {"title": snapshot.title, **axis}).encode()


TOML = Format(title="experiment as preset file", write=_write)
