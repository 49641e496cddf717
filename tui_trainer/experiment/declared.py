"""The settings that the structs of an experiment declare, collected for validation, lists and help.

The annotations are read again when a registry has grown or shrunk, so that new items are known everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from msgspec import Struct, inspect, structs

from tui_trainer.experiment.toml_tables import TABLES
from tui_trainer.setting import EVERYDAY, FACTOR, ROUND, Declaration, SettingFacts
from tui_trainer.setting_error import bare, choices, leaves, members


class Field(Struct, frozen=True):
    kind: inspect.Type
    declaration: Declaration


class Setting(SettingFacts, frozen=True, kw_only=True):
    """One setting as a person meets it, whichever structs have it: with `choices`, with a range, or as free text."""

    key: str
    """Dotted TOML key, as `--set` takes it."""
    group: str = ""
    """Its heading in the list, the name of its table; "" for an everyday setting."""
    choices: tuple[object, ...] = ()
    """Allowed values in order, if they can be counted."""
    low: float | None = None
    high: float | None = None
    above_low: bool = False
    """Whether `low` itself is not allowed."""
    below_high: bool = False
    """Whether `high` itself is not allowed."""
    logarithmic: bool = False
    """Whether a sensible step multiplies (1, 2, 5, 10 …) instead of adding."""
    step: float = 0.0
    """The sensible step if it adds."""
    integer: bool = False
    decimal: bool = False
    """Whether whole numbers multiply along 1, 2, 5, 10 … instead of powers of two."""
    words: tuple[str, ...] = ()
    """Words allowed instead of a number: "full", "all"."""
    optional: bool = False
    """Whether the value may be None."""
    most_entries: int | None = None
    """The largest number of entries of a list."""
    is_list: bool = False
    """Whether only a list is allowed."""
    or_list: bool = False
    """Whether a list is allowed instead of a single value: dropout, one for each layer."""
    is_table: bool = False
    """Whether the setting is a table of other settings, which is there or not."""


def settings() -> dict[str, Setting]:
    """Dotted key → every setting of every experiment, in the order of the list."""
    # Called many times a frame. The sizes of the registries show whether an item was added or removed.
    return _settings(tuple(map(len, _registries())))


def listed_settings() -> tuple[Setting, ...]:
    """The settings in the list of settings. A run shows those of its experiment."""
    return tuple(each for each in settings().values() if each.listed)


@cache
def fields_of(struct: type[Struct]) -> dict[str, Field]:
    """The fields of a struct by name, and the fields of nested tables by dotted name."""
    fields: dict[str, Field] = {}
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    for field in info.fields:
        extra = getattr(field.type, "extra", None) or {}
        kind = bare(field.type)
        fields[field.encode_name] = Field(kind, extra.get("declaration") or Declaration(help="", listed=False))
        for inner in members(kind):
            if isinstance(inner, inspect.StructType):
                fields |= {f"{field.encode_name}.{name}": each for name, each in fields_of(inner.cls).items()}
    return fields


@cache
def _registries() -> tuple[Mapping[str, object], ...]:
    """All registries: those of the tables, and those from which fields choose."""
    tables = [row.structs for row in TABLES.values()]
    fields = [field for structs in tables for struct in structs.values() for field in fields_of(struct).values()]
    return (*tables, *(field.declaration.choices for field in fields if field.declaration.choices is not None))


@lru_cache(maxsize=4)
def _settings(sizes: tuple[int, ...]) -> dict[str, Setting]:
    """`sizes`: the sizes of the registries, the key of the cache."""
    found: list[tuple[int, Setting]] = []
    for table, row in TABLES.items():
        if row.name is not None:
            names = tuple(row.structs)
            found.append((row.name.order, _setting(f"{table}.name", [], row.name, names)))
        by_name: dict[str, list[Field]] = {}
        for struct in row.structs.values():
            for name, field in fields_of(struct).items():
                by_name.setdefault(name, []).append(field)
        for name, fields in by_name.items():
            declaration = fields[0].declaration
            names = tuple(declaration.choices or ())
            kinds = [field.kind for field in fields]
            found.append((declaration.order, _setting(f"{table}.{name}", kinds, declaration, names)))
    in_order = sorted(found, key=lambda pair: pair[0])
    for number, (order, each) in enumerate(in_order):
        if order >= EVERYDAY:
            in_order[number] = order, structs.replace(each, group=each.key.partition(".")[0])
    return {each.key: each for _, each in in_order}


def _setting(key: str, kinds: list[inspect.Type], declared: Declaration, names: tuple[object, ...]) -> Setting:
    """`kinds`: the type of the setting in every struct that has it. `names`: the choices of a registry."""
    parts = [part for kind in kinds for part in members(kind)]
    numbers = [leaf for kind in kinds for leaf in leaves(kind) if isinstance(leaf, inspect.IntType | inspect.FloatType)]
    is_table = any(isinstance(part, inspect.StructType) for part in parts)
    facts: dict[str, Any] = {name: getattr(declared, name) for name in SettingFacts.__struct_fields__}
    facts["label"] = declared.label or key.rpartition(".")[2].replace("_", " ")
    literal = tuple(dict.fromkeys(value for kind in kinds for value in choices(kind)))
    truths = (False, True) if is_table or any(isinstance(part, inspect.BoolType) for part in parts) else ()
    lists = [part for part in parts if isinstance(part, inspect.VarTupleType)]
    # The widest range. A struct with a narrower range refuses with its own reason.
    lows, highs = [low for low in map(_low, numbers) if low], [high for high in map(_high, numbers) if high]
    low, above_low = min(lows) if lows else (None, False)
    high, at_high = max(highs) if highs else (None, True)
    return Setting(
        **facts,
        key=key,
        choices=() if numbers else names or truths or literal,
        low=low,
        high=high,
        above_low=above_low,
        below_high=not at_high,
        logarithmic=declared.step in (FACTOR, ROUND) and bool(numbers),
        step=declared.step if isinstance(declared.step, float | int) and numbers else 0.0,
        integer=bool(numbers) and isinstance(numbers[0], inspect.IntType),
        decimal=declared.step == ROUND,
        words=tuple(word for word in literal if isinstance(word, str)) if numbers else (),
        optional=not is_table and any(isinstance(part, inspect.NoneType) for part in parts),
        most_entries=lists[0].max_length if lists else None,
        is_list=bool(lists) and len(lists) == len(parts),
        or_list=0 < len(lists) < len(parts),
        is_table=is_table,
    )


def _low(number: inspect.IntType | inspect.FloatType) -> tuple[float, bool] | None:
    """The lower bound, and whether the bound itself is excluded. Whole numbers have the lowest allowed one."""
    if number.gt is None:
        return None if number.ge is None else (number.ge, False)
    return (number.gt + 1, False) if isinstance(number, inspect.IntType) else (number.gt, True)


def _high(number: inspect.IntType | inspect.FloatType) -> tuple[float, bool] | None:
    """The upper bound, and whether the bound itself is allowed."""
    if number.lt is None:
        return None if number.le is None else (number.le, True)
    return (number.lt - 1, True) if isinstance(number, inspect.IntType) else (number.lt, False)
