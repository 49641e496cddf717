"""Everything that is wrong with a file, at once: each fault is found with those before it taken out."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from tui_trainer.experiment import Experiment, SettingError, build
from tui_trainer.setting_error import explained

Made = TypeVar("Made")
Kind = TypeVar("Kind", bound=msgspec.Struct)

MOST_FAULTS = 10
"""Faults of one part of a file that are told at once."""


def experiment_faults(tables: dict[str, Any]) -> tuple[Experiment | None, list[SettingError]]:
    """What is left of the tables of an experiment, None where that makes none; and what is wrong with the others.

    What has a wrong name goes with its whole table: the name decides which other keys there are.
    """
    left = copy.deepcopy(tables)
    return collected(lambda: build(left), lambda fault: _take_out(left, fault.key.removesuffix(".name")))


def struct_faults(table: str, struct: type[Kind], values: dict[str, Any]) -> tuple[Kind | None, list[SettingError]]:
    """The struct of a `table` ("" for the top level) as far as its values will do, None where nothing is left that
    does; and what is wrong with the others."""
    left = copy.deepcopy(values)

    def convert() -> Kind:
        try:
            return msgspec.convert(left, struct)
        except msgspec.ValidationError as error:
            raise explained(table, struct, left, error) from None

    return collected(convert, lambda fault: _take_out(left, fault.key.removeprefix(f"{table}.")))


def collected(
    make: Callable[[], Made], take_out: Callable[[SettingError], bool]
) -> tuple[Made | None, list[SettingError]]:
    """The first fault and those that show once it is taken out, and so on, as far as a fault is a key by itself; and
    what is made of the rest."""
    found: list[SettingError] = []
    while len(found) < MOST_FAULTS:
        try:
            return make(), found
        except SettingError as error:
            found.append(error)
        if not take_out(found[-1]):
            break
    return None, found


def _take_out(tables: dict[str, Any], key: str) -> bool:
    """Remove a dotted key, of a list the whole; False where there is none."""
    *parents, last = key.partition("[")[0].split(".")
    table: Any = tables
    for parent in parents:
        table = table.get(parent) if isinstance(table, dict) else None
    return isinstance(table, dict) and table.pop(last, None) is not None
