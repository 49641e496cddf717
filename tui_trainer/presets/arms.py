"""The arms of a race in a preset file: their names, their settings, and what they must show."""

from __future__ import annotations

import unicodedata
from typing import Any, TypeVar

from msgspec import Struct, structs

from tui_trainer.diagnosis import RULES
from tui_trainer.experiment import Experiment, SettingError
from tui_trainer.experiment.in_force import flattened
from tui_trainer.instruments import INSTRUMENTS, LAYER_INSTRUMENTS
from tui_trainer.presets.faults import struct_faults, with_valid_settings
from tui_trainer.setting_error import nearest
from tui_trainer.telemetry.expectation import DERIVED, Claim, Expectation
from tui_trainer.telemetry.race import MOST_ARMS

Claims = TypeVar("Claims", bound=Claim)

SIDES = ("_below", "_above")
"""Behind the name of a measure: a bound on it."""


class PresetArm(Struct, frozen=True, kw_only=True):
    name: str
    settings: dict[str, Any]
    """Dotted key → value, for the settings that differ from the preset's experiment."""
    expect: Expectation | None
    """What this arm must show."""


def arms_of(tables: list[dict[str, Any]]) -> tuple[tuple[PresetArm, ...], list[SettingError]]:
    """The `[[arms]]` of a file, and the mistakes in them."""
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
            expect, wrong = claim_of("arms.expect", table["expect"], Expectation)
            faults += wrong
        called = " ".join(name.split()) if isinstance(name, str) else str(number)
        taken.setdefault(spelled, called)
        own = flattened({key: value for key, value in table.items() if key not in ("name", "expect")})
        settings = {key: value for key, value in own.items() if not isinstance(value, dict)}
        arms.append(PresetArm(name=called, settings=settings, expect=expect))
    return tuple(arms), faults


def laid_over(experiment: Experiment, arm: PresetArm) -> tuple[Experiment, list[SettingError]]:
    """The experiment of an arm, and the mistakes in its settings."""
    return with_valid_settings(experiment, arm.settings)


def claim_of(table: str, values: Any, kind: type[Claims]) -> tuple[Claims | None, list[SettingError]]:
    """The claim of an `[expect]` table, and the mistakes in the table."""
    if not isinstance(values, dict):
        return None, [SettingError(table, values, "must be a table of keys")]
    bounds = {key: value for key, value in values.items() if key.endswith(SIDES) and key not in kind.__struct_fields__}
    faults = [fault for key, value in bounds.items() if (fault := _bound_fault(table, key, value)) is not None]
    names = [(key, name) for key in ("finding", "no_finding") for name in _listed(values.get(key))]
    faults += [fault for key, name in names if (fault := _finding_fault(table, key, name)) is not None]
    left = {key: value for key, value in values.items() if key not in bounds}
    made, others = struct_faults(table, kind, left, others=[f"{name}{side}" for name in _measures() for side in SIDES])
    return None if made is None else structs.replace(made, bounds=bounds), faults + others


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _finding_fault(table: str, key: str, name: object) -> SettingError | None:
    """The mistake in the name of a finding; None for a known name, and for a value that is not a text."""
    ids = tuple(RULES)
    if not isinstance(name, str) or name in ids:
        return None
    return SettingError(f"{table}.{key}", name, f"allowed: {', '.join(ids)}{nearest(name, ids)}")


def _measures() -> tuple[str, ...]:
    """The measures that a claim can bound."""
    return (*dict.fromkeys((*INSTRUMENTS, *LAYER_INSTRUMENTS, *DERIVED)),)


def _bound_fault(table: str, key: str, value: object) -> SettingError | None:
    """The mistake in a bound on a measure; None if there is none."""
    name, _, side = key.rpartition("_")
    measures = _measures()
    if name not in measures:
        hint = nearest(key, [f"{measure}_{side}" for measure in measures])
        return SettingError(f"{table}.{key}", None, f"unknown key; measures: {', '.join(measures)}{hint}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return SettingError(f"{table}.{key}", value, "allowed: a number")
    return None


def _spelled(name: str) -> str:
    """The part of a name that distinguishes it: without invisible characters and superfluous blanks."""
    visible = "".join(c for c in unicodedata.normalize("NFKC", name) if unicodedata.category(c) != "Cf")
    return " ".join(visible.split())
