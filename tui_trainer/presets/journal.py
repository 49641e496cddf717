"""What a person has done to a run, as entries of a preset file: `[[journal]]`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import Meta, Struct

from tui_trainer.experiment import Experiment, SettingError, with_setting
from tui_trainer.experiment.words import setting_of
from tui_trainer.presets.faults import struct_faults
from tui_trainer.telemetry import JournalEntry
from tui_trainer.telemetry.commands import ChangeSetting, ChangeWeight

Whole = Annotated[int, Meta(ge=0, le=1_000_000_000)]


class _SettingLine(Struct, frozen=True, forbid_unknown_fields=True):
    """A setting that was changed after `iteration` updates; without a value it is none."""

    iteration: Whole
    key: str
    value: Any = None


class _WeightLine(Struct, frozen=True, forbid_unknown_fields=True):
    """A weight that was set by hand after `iteration` updates."""

    iteration: Whole
    layer: Whole
    source: Whole
    unit: Whole
    value: float


def journal_lines(journal: Sequence[JournalEntry]) -> list[dict[str, Any]]:
    """The entries as tables of a file."""
    lines = []
    for entry in journal:
        change = entry.change
        line: dict[str, Any] = {"iteration": entry.iteration}
        if isinstance(change, ChangeWeight):
            line |= {"layer": change.layer, "source": change.source, "unit": change.unit, "value": change.value}
        else:
            line |= {"key": change.key, **({} if change.value is None else {"value": change.value})}
        lines.append(line)
    return lines


def journal_of(
    lines: Sequence[dict[str, Any]], experiment: Experiment | None
) -> tuple[tuple[JournalEntry, ...], list[SettingError]]:
    """The entries of a file, and its mistakes. `experiment`: the one at the start; None if it has mistakes itself."""
    entries, faults = list[JournalEntry](), list[SettingError]()
    for number, values in enumerate(lines):
        where = f"journal[{number}]"
        made: _SettingLine | _WeightLine | None
        if "key" in values:
            made, wrong = struct_faults(where, _SettingLine, values)
        else:
            made, wrong = struct_faults(where, _WeightLine, values)
        faults += wrong
        if made is None:
            continue
        if entries and made.iteration < entries[-1].iteration:
            faults.append(
                SettingError(f"{where}.iteration", made.iteration, "allowed: none before that of the last entry")
            )
        if isinstance(made, _SettingLine):
            entries.append(JournalEntry(made.iteration, ChangeSetting(made.key, made.value)))
        else:
            entries.append(JournalEntry(made.iteration, ChangeWeight(made.layer, made.source, made.unit, made.value)))
    if experiment is not None and not faults:
        faults += _impossible(experiment, entries)
    return tuple(entries), faults


def _impossible(experiment: Experiment, entries: Sequence[JournalEntry]) -> list[SettingError]:
    """The first change that the run cannot make."""
    for number, entry in enumerate(entries):
        change, where = entry.change, f"journal[{number}]"
        try:
            if isinstance(change, ChangeSetting):
                experiment = with_setting(experiment, change.key, change.value)
                if not setting_of(change.key).live:
                    return [SettingError(f"{where}.key", change.key, "allowed: settings that a run takes over at once")]
            else:
                _check_weight(change, experiment, where)
        except SettingError as error:
            return [SettingError(f"{where}: {error.key}", error.value, error.allowed)]
    return []


def _check_weight(change: ChangeWeight, experiment: Experiment, where: str) -> None:
    """Raises `SettingError` for a weight that the network does not have."""
    sizes = experiment.layer_sizes
    if change.layer > len(sizes) - 2:
        raise SettingError(f"{where}.layer", change.layer, f"allowed: 0 to {len(sizes) - 2}")
    for key, value, most in (
        ("source", change.source, sizes[change.layer]),
        ("unit", change.unit, sizes[change.layer + 1] - 1),
    ):
        if value > most:
            raise SettingError(f"{where}.{key}", value, f"allowed: 0 to {most}")
    if not math.isfinite(change.value):
        raise SettingError(f"{where}.value", change.value, "allowed: a finite number")
