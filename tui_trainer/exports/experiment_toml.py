"""The experiment as a preset file: the program opens it, and a person can read and change it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from itertools import count, islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from tui_trainer.datasets.file import FILE_KEYS, File
from tui_trainer.experiment import Experiment, SettingError, build
from tui_trainer.experiment.words import settings_words
from tui_trainer.exports.files import safe_name
from tui_trainer.exports.format import ExportError, Format, Source
from tui_trainer.presets.journal import journal_lines
from tui_trainer.telemetry import SettingChange, Snapshot
from tui_trainer.whole_files import replace_file


def preset_text(
    experiment: Experiment,
    texts: Mapping[str, object],
    instead: Mapping[str, Mapping[str, object]] = MappingProxyType({}),
    more: Mapping[str, list[dict[str, Any]]] = MappingProxyType({}),
    *,
    complete: bool = False,
) -> str:
    """The text of a preset file with this experiment. `texts`: keys and values that come before its tables. `instead`:
    by table, keys whose values are written otherwise, such as paths that begin at the preset. `more`: lists of tables
    after them. `complete`: with the keys whose values are the defaults."""
    import tomlkit

    document = tomlkit.document()
    for key, value in {"schema": 1, **texts}.items():
        document.add(key, value)
    for name, table in (given_tables(experiment) if complete else needed_tables(experiment)).items():
        document.add(name, table | dict(instead.get(name, {})))
    for name, tables in more.items():
        document.add(name, tables)
    return tomlkit.dumps(document)


def _own_data(experiment: Experiment) -> dict[str, dict[str, object]]:
    """The `[data]` keys of a person's own table: absolute paths, so that it is found from everywhere, and its hash, so
    that it is accepted only as it is now."""
    data = experiment.data
    if not isinstance(data, File):
        return {}
    pinned = data.pinned
    return {"data": {key: each for key in (*FILE_KEYS, "sha256") if (each := getattr(pinned, key)) is not None}}


def free_title(folder: Path, snapshot: Snapshot) -> str:
    """A title that no preset in `folder` has, for the settings in force: "my iris", "my iris 2"."""
    origin = snapshot.title.removeprefix("my ")
    names = (f"my {origin}{f' {number}' if number > 1 else ''}" for number in count(1))
    return next(name for name in names if not _path(folder, name).exists())


def _path(folder: Path, title: str) -> Path:
    return folder / f"{safe_name(title)}.toml"


def keep_preset(folder: Path, snapshot: Snapshot, title: str) -> None:
    """Keep the settings in force as a new preset in `folder`. Raises `ExportError`."""
    source = Source(snapshot=snapshot, draw=_nothing, film=_nothing)
    if _path(folder, title).exists():
        raise ExportError(f"there is a preset “{title}” already; it needs another name")
    words = settings_words(dict(islice(_changes(snapshot).items(), 4)))
    words = f" with {words}" if words else ""
    texts = {
        "title": title,
        "family": "Kept by you",
        "order": 0,
        "question": f'Kept from "{snapshot.title}" at iteration {snapshot.iteration:,}{words}.',
        **({} if snapshot.axis is None else {"axis": snapshot.axis}),
    }
    try:
        replace_file(
            _path(folder, title),
            preset_text(
                source.experiment, texts, _own_data(source.experiment), complete=_is_for_a_lesson(snapshot)
            ).encode(),
        )
    except OSError as error:
        raise ExportError(f"{folder}: cannot be written: {error.strerror}") from None


def _nothing(*arguments: object) -> NoReturn:
    raise LookupError("a preset has no picture")


def _is_for_a_lesson(snapshot: Snapshot) -> bool:
    """Whether the file must say everything: grading takes what a file leaves out from the lesson."""
    return bool(snapshot.lesson)


def _changes(snapshot: Snapshot) -> dict[str, object]:
    """Dotted key → value in force of every setting that was changed in this run."""
    keys = dict.fromkeys(event.key for event in snapshot.events if isinstance(event, SettingChange))
    return {key: snapshot.values[key] for key in keys if key in snapshot.values}


def given_tables(experiment: Experiment) -> dict[str, dict[str, Any]]:
    """The tables of the experiment with every key that has a value."""
    return {name: _without_none(table) for name, table in experiment.tables.items()}


def needed_tables(experiment: Experiment) -> dict[str, dict[str, Any]]:
    """The tables of the experiment without the keys whose values are the defaults. Names stay, to be read."""
    tables = given_tables(experiment)
    for name, table in tables.items():
        for key in [key for key in table if key != "name"]:
            shorter = copy.copy(tables) | {name: {other: table[other] for other in tables[name] if other != key}}
            if _means(shorter, experiment):
                tables[name] = table = shorter[name]
    return {name: table for name, table in tables.items() if table}


def _means(tables: dict[str, dict[str, Any]], experiment: Experiment) -> bool:
    try:
        return build(tables, experiment.title, experiment.axis) == experiment
    except SettingError:  # keys that are valid only together
        return False


def _without_none(table: dict[str, Any]) -> dict[str, Any]:
    """The table without keys whose value is None, for which TOML has no word."""
    return {
        key: _without_none(value) if isinstance(value, dict) else value
        for key, value in table.items()
        if value is not None
    }


def _write(source: Source) -> bytes:
    """The settings at the start, and with `[[journal]]` what a person did up to this moment, at which it opens."""
    snapshot = source.snapshot
    axis = {} if snapshot.axis is None else {"axis": snapshot.axis}
    texts, recipe = {"title": snapshot.title, **axis}, snapshot.recipe
    complete = _is_for_a_lesson(snapshot)
    if recipe is None or not recipe.journal:
        return preset_text(source.experiment, texts, _own_data(source.experiment), complete=complete).encode()
    start = build(recipe.tables, snapshot.title, snapshot.axis)
    lines = journal_lines(recipe.journal)
    moment = {**texts, "moment": snapshot.iteration}
    return preset_text(start, moment, _own_data(start), {"journal": lines}, complete=complete).encode()


TOML = Format(title="experiment as preset file", write=_write, has_one_arm=lambda source: True)
