"""From the words of a command line to experiments: a preset with changed settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from tui_trainer.cli.commands import COMMANDS
from tui_trainer.cli.overrides import parsed
from tui_trainer.experiment import Experiment, with_settings
from tui_trainer.presets import Preset, find


def found(name: str) -> Preset:
    """The preset of this title or file. Raises `PresetError`, which suggests commands too."""
    return find(name, tuple(COMMANDS))


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
        "training.seed": seed,
        "training.pace": pace,
        "training.iterations": iterations,
        "training.epochs": epochs,
    }
    return parsed(texts) | {key: value for key, value in short.items() if value is not None}


def experiments_of(preset: Preset, settings: Mapping[str, object]) -> tuple[tuple[str, Experiment], ...]:
    """Name and experiment of every arm, each with `settings`. Raises `PresetError` and `SettingError`."""
    return tuple((name, with_settings(experiment, settings)) for name, experiment in preset.experiments())
