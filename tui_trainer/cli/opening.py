"""From the words of a command line to experiments: a preset with changed settings."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Literal

from tui_trainer.cli.command import UsageError
from tui_trainer.cli.escape_key import EscapeKey
from tui_trainer.cli.overrides import parsed
from tui_trainer.cli.progress import ProgressBar
from tui_trainer.cli.safe_text import plain
from tui_trainer.datasets.file import File
from tui_trainer.drawing.theme_files import Themes
from tui_trainer.experiment import Experiment, with_settings
from tui_trainer.experiment.in_force import flat_settings
from tui_trainer.experiment.settings import data_of
from tui_trainer.presets import Preset, PresetError, find, of_table
from tui_trainer.presets.share_code import PREFIX, preset_of
from tui_trainer.setting import PACE, SEED
from tui_trainer.setting_error import SettingError, nearest
from tui_trainer.tables.library import forget_changed, is_read, read
from tui_trainer.telemetry import Replay

SLOW_BYTES = 3_000_000
"""The size of a table whose reading may take longer than a key's reply should."""

DECIMAL_SIGNS = {".": "point", ",": "comma"}
TARGETS = "training.iterations", "training.epochs"
"""The settings that say where a run ends."""

_OPENED: dict[str, Preset] = {}
"""The tables of the command line, by the path of the file."""


def found(name: str, words: Iterable[str] = ()) -> Preset:
    """The preset of this title, file or share code. Raises `PresetError`, which also suggests some of `words`."""
    if name.startswith(PREFIX):
        return preset_of(name, _preset_or_table)
    return _OPENED.get(name) or find(name, tuple(words))


def _preset_or_table(name: str) -> Preset:
    """The preset of a title or a TOML file, or one for the table in another file."""
    is_table = os.path.isabs(name) and not name.lower().endswith(".toml")
    return of_table(name, {}) if is_table else find(name)


def asked_for(arguments: argparse.Namespace) -> str:
    """The name by which `found` finds what the person wants to train: a preset, or a table. "" for neither.

    Raises `UsageError` and `TableError`.
    """
    settings = about_data(arguments)
    if arguments.data is None:
        if settings:
            raise UsageError(f"--{next(iter(settings))} is about a table, which is given by --data FILE")
        return str(arguments.preset)
    if arguments.preset:
        raise UsageError(f'a preset ("{arguments.preset}") brings its own data; give either it or --data')
    preset = of_table(arguments.data, settings)
    _OPENED[str(preset.path)] = preset
    return str(preset.path)


def about_data(arguments: argparse.Namespace) -> dict[str, object]:
    """The keys of `[data]` that options set."""
    given = {
        name.removeprefix("data_"): value
        for name, value in vars(arguments).items()
        if name.startswith("data_") and value is not None
    }
    if "columns" in given:
        # As in CSV: a name with a comma stands between quotation marks.
        import csv  # not before the first picture

        given["columns"] = [name.strip() for name in next(csv.reader([given["columns"]], skipinitialspace=True), [])]
    if "decimal" in given:
        given["decimal"] = DECIMAL_SIGNS.get(given["decimal"], given["decimal"])
    if given.get("delimiter") in ("tab", "\\t"):
        given["delimiter"] = "\t"
    return given


def sentences_of(values: Mapping[str, object]) -> tuple[str, ...]:
    """What is understood of the table of a run with these settings by dotted key. Raises `SettingError`."""
    given = {key.removeprefix("data."): value for key, value in values.items() if key.startswith("data.")}
    data = data_of({"data": given})
    assert isinstance(data, File)
    return tuple(map(plain, data.report(int(str(values[SEED]))).sentences))


def reading_of(name: str) -> tuple[str, Callable[[Callable[[float], None]], object]] | None:
    """The file of the table of this preset, and what reads it and tells its progress, if that takes a while; None if
    not, or if there is no such preset."""
    try:
        data = _table_of(found(name))
    except (PresetError, SettingError):
        return None
    if data is None or is_read(data.source) or not os.path.isfile(data.file):
        return None
    forget_changed(data.source)
    is_slow = os.path.getsize(data.file) > SLOW_BYTES
    return (os.path.basename(data.file), partial(read, data.source)) if is_slow else None


def _table_of(preset: Preset) -> File | None:
    """The data of a preset if they are a table. Raises `SettingError`."""
    data = data_of(preset.tables) if "file" in preset.tables.get("data", {}) else None
    return data if isinstance(data, File) else None


def _read_table(preset: Preset) -> None:
    """Read the table of a preset, if it has one, with a bar on standard error; escape ends it as ctrl+c does. Raises
    `SettingError`."""
    if (data := _table_of(preset)) is not None:
        forget_changed(data.source)
        bar = ProgressBar(sys.stderr, 100, "% read")
        with EscapeKey(sys.stdin) as escape:

            def show(share: float) -> None:
                if escape.pressed:
                    raise KeyboardInterrupt
                bar.show(round(100 * share), "esc leaves")

            try:
                read(data.source, show)
            finally:
                bar.clear()


def overrides(
    texts: Iterable[str],
    *,
    seed: int | None = None,
    pace: float | Literal["max"] | None = None,
    iterations: int | None = None,
    epochs: int | None = None,
) -> dict[str, object]:
    """Dotted key → value, from `--set` and from the options that set one key. Raises `SettingError`."""
    short = {
        SEED: seed,
        PACE: pace,
        **dict(zip(TARGETS, (iterations, epochs), strict=True)),
    }
    return parsed(texts) | {key: value for key, value in short.items() if value is not None}


def experiments_of(preset: Preset, settings: Mapping[str, object]) -> tuple[tuple[str, Experiment], ...]:
    """Name and experiment of every arm, each with `settings`. Raises `PresetError` and `SettingError`."""
    _read_table(preset)
    return tuple((name, with_settings(experiment, settings)) for name, experiment in preset.experiments())


def without_effect(settings: Iterable[str], experiments: Iterable[tuple[str, Experiment]]) -> list[str]:
    """A sentence for each of the settings that was given and that none of these experiments has a use for."""
    used = set[str]().union(*(flat_settings(experiment) for _, experiment in experiments))
    return [f"{key} changes nothing in this run" for key in settings if key not in used]


def replay_of(preset: Preset) -> Replay | None:
    """What leads to the moment at which the preset opens; None for the start."""
    if preset.moment is None and not preset.journal:
        return None
    return Replay(preset.journal, preset.moment or 0)


def theme_named(text: str, themes: Themes) -> str:
    """The theme of this name; hyphens may replace blanks. Raises `UsageError`, and `FileError` for a mistake in
    the theme."""
    for name in themes.names:
        if name.replace(" ", "-") == text.replace(" ", "-"):
            themes.scheme(name)
            return name
    raise UsageError(f'no theme "{text}"; allowed: {", ".join(themes.names)}{nearest(text, themes.names)}')
