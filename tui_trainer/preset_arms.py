"""The arms of a race as a preset file has them: their names, what they lay over the experiment, what they must show."""

from __future__ import annotations

import unicodedata
from typing import Any

from msgspec import Struct

from tui_trainer.preset_faults import struct_faults
from tui_trainer.telemetry.expectation import Expectation
from tui_trainer.telemetry.race import MOST_ARMS
from tui_trainer.training import Experiment, SettingError, with_setting


class PresetArm(Struct, frozen=True, kw_only=True):
    """One arm of a race."""

    name: str
    settings: dict[str, Any]
    """Dotted key → value, where it differs from the preset's experiment."""
    expect: Expectation | None
    """What this arm must show."""


def arms_of(tables: list[dict[str, Any]]) -> tuple[tuple[PresetArm, ...], list[SettingError]]:
    """The `[[arms]]` of a file, their names checked, and what is wrong with them."""
    arms: list[PresetArm] = []
    faults: list[SettingError] = []
    if tables and not 2 <= len(tables) <= MOST_ARMS:
        faults.append(SettingError("arms", None, f"{len(tables)} of them; allowed: 2 to {MOST_ARMS}"))
    taken: dict[str, str] = {}
    for number, table in enumerate(tables, start=1):
        name = table.get("name")
        spelled = _spelled(name) if isinstance(name, str) else ""
        if not spelled or spelled in taken:
            like = f'; "{taken[spelled]}" is taken' if spelled else ""
            faults.append(SettingError("arms.name", name, f"arm {number} needs a name of its own{like}"))
        expect = None
        if table.get("expect") is not None:
            expect, wrong = expectation_of("arms.expect", table["expect"])
            faults += wrong
        called = " ".join(name.split()) if isinstance(name, str) else str(number)
        taken.setdefault(spelled, called)
        settings = _flat({key: value for key, value in table.items() if key not in ("name", "expect")})
        arms.append(PresetArm(name=called, settings=settings, expect=expect))
    return tuple(arms), faults


def laid_over(experiment: Experiment, arm: PresetArm) -> tuple[Experiment, list[SettingError]]:
    """The experiment of an arm, and what is wrong with its settings."""
    faults = []
    # What is chosen by name decides which other keys there are.
    for key in sorted(arm.settings, key=lambda key: not key.endswith(".name")):
        try:
            experiment = with_setting(experiment, key, arm.settings[key])
        except SettingError as error:
            faults.append(error)
    return experiment, faults


def expectation_of(table: str, values: Any) -> tuple[Expectation | None, list[SettingError]]:
    """What a run must show, and what is wrong with it."""
    if not isinstance(values, dict):
        return None, [SettingError(table, values, "must be a table of keys")]
    return struct_faults(table, Expectation, values)


def _spelled(name: str) -> str:
    """What two names of arms are told apart by: no blanks at the ends, no signs that nobody sees."""
    visible = "".join(c for c in unicodedata.normalize("NFKC", name) if unicodedata.category(c) != "Cf")
    return " ".join(visible.split())


def _flat(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested tables as dotted keys."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat
