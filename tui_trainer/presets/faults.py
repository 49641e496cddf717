"""All mistakes of a file at once: after each mistake is found, its key is removed and the rest is checked again."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from tui_trainer.experiment import Experiment, SettingError, build, with_settings
from tui_trainer.setting import TABLE
from tui_trainer.setting_error import explained, unknown_key

Made = TypeVar("Made")
Kind = TypeVar("Kind", bound=msgspec.Struct)

MOST_FAULTS = 10
"""The largest number of mistakes reported for one part of a file."""


def experiment_faults(tables: dict[str, Any]) -> tuple[Experiment | None, list[SettingError]]:
    """The experiment from the valid keys of the tables (None if they make none), and the mistakes in the others.

    A wrong `name` removes its whole table, because the name decides which other keys there are.
    """
    left = copy.deepcopy(tables)

    def take_out(fault: SettingError) -> bool:
        # Without its table the rest would be about another data set.
        return fault.key != TABLE and _take_out(left, fault.key.removesuffix(".name"))

    return collected(lambda: build(left), take_out)


def with_valid_settings(experiment: Experiment, settings: Mapping[str, Any]) -> tuple[Experiment, list[SettingError]]:
    """The experiment with the valid ones of the settings (dotted key → value), and the mistakes in the others."""
    left = dict(settings)

    def take_out(fault: SettingError) -> bool:
        return left.pop(fault.key.partition("[")[0], None) is not None

    made, faults = collected(lambda: with_settings(experiment, left), take_out)
    return experiment if made is None else made, faults


def struct_faults(
    table: str, struct: type[Kind], values: dict[str, Any], others: Iterable[str] = ()
) -> tuple[Kind | None, list[SettingError]]:
    """The struct of a `table` ("" for the top level) from its valid values (None if they do not suffice), and the
    mistakes in the others. `others`: see `unknown_key`."""
    known = {field.encode_name for field in msgspec.structs.fields(struct)}
    unknown = [unknown_key(table, struct, key, others=others) for key in values if key not in known]
    left = copy.deepcopy({key: value for key, value in values.items() if key in known})

    def convert() -> Kind:
        try:
            return msgspec.convert(left, struct)
        except msgspec.ValidationError as error:
            raise explained(table, struct, left, error) from None

    made, faults = collected(convert, lambda fault: _take_out(left, fault.key.removeprefix(f"{table}.")))
    return made, [*unknown[:MOST_FAULTS], *faults]


def collected(
    make: Callable[[], Made], take_out: Callable[[SettingError], bool]
) -> tuple[Made | None, list[SettingError]]:
    """What `make` returns once `take_out` has removed the keys of all mistakes, and the mistakes.

    None instead of a result if a mistake cannot be removed, or there are too many.
    """
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
    """Remove a dotted key (for an entry of a list the whole list). Returns whether it existed."""
    *parents, last = key.partition("[")[0].split(".")
    table: Any = tables
    for parent in parents:
        table = table.get(parent) if isinstance(table, dict) else None
    return isinstance(table, dict) and table.pop(last, None) is not None
