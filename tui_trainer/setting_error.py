"""Errors in settings, for the person who wrote them: key, value, what is allowed, and what was probably meant.

msgspec finds the error. The words come from the declared type of the field, so they name everything that is allowed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import inspect

from tui_trainer.input_error import InputError

NEAR = 0.62
"""Similarity of two names, 0 to 1, above which one is suggested for the other."""
_NESTED = "lists within lists"


class SettingError(InputError):
    """An invalid setting: its dotted `key`, the given `value` (None for an unknown key), and what is `allowed`."""

    def __init__(self, key: str, value: object, allowed: str) -> None:
        self.key, self.value, self.allowed = key, value, allowed
        given = "" if value is None else f" = {_shown(value)}"
        super().__init__(f"{key}{given}: {allowed}")


def nearest(name: str, names: Iterable[str]) -> str:
    """A hint at the name that was probably meant, with a leading space; empty if none is close. Ignores case."""
    plain = {each.casefold(): each for each in names}
    typed = str(name).casefold()
    short = [each for each in plain if typed == _initials(each)]
    match = short[:1] or difflib.get_close_matches(typed, plain, n=1, cutoff=NEAR)
    return f" (did you mean {plain[match[0]]!r}?)" if match else ""


def _initials(name: str) -> str:
    """What people write for a name: "lr" for "learning_rate", "optimizer.lr" for a dotted one."""
    table, dot, key = name.rpartition(".")
    return table + dot + "".join(part[:1] for part in key.split("_"))


def explained(
    table: str, struct: type[msgspec.Struct], values: dict[str, Any], error: msgspec.ValidationError
) -> SettingError:
    """msgspec's error about `values` for the struct of `table` ("" for the top level) in plain words."""
    text, _, path = str(error).partition(" - at `$")
    path = path.rstrip("`").lstrip(".")
    key = ".".join(filter(None, (table, path)))
    if match := re.search(r"unknown field `(.*)`", text):
        return unknown_key(table, struct, match[1], path)
    if match := re.search(r"missing required field `(.*)`", text):
        inside = inspect.type_info(struct)
        for part in (*filter(None, path.split(".")), match[1]):
            inside = _kind_inside(inside, part)
        return SettingError(".".join(filter(None, (key, match[1]))), None, f"is missing; allowed: {allowed(inside)}")
    value: Any = values
    kind = inspect.type_info(struct)
    for part in re.findall(r"[^.\[\]]+", path):
        value, kind = _inside(value, part), _kind_inside(kind, part)
    if isinstance(kind, inspect.StructType):
        # The error is about the whole table, or the struct itself found it and has its own words.
        return SettingError(key or "file", None if isinstance(value, dict) else value, _without_technicalities(text))
    hint = nearest(value, map(str, choices(kind))) if isinstance(value, str) else ""
    if isinstance(kind, inspect.UnionType | inspect.VarTupleType) and _NESTED in allowed(kind):
        hint = _help(struct, path)  # a form alone says nothing of what belongs where
    return SettingError(key, value, f"allowed: {allowed(kind)}{hint}")


def allowed(kind: inspect.Type) -> str:
    """All values of a type in words: "a number from 0 to 1", "relu, tanh", …"""
    kind = bare(kind)
    match kind:
        case inspect.UnionType():
            given = [each for each in members(kind) if not isinstance(each, inspect.NoneType)]
            return " or ".join(
                "a list of such" if getattr(each, "item_type", None) in given else allowed(each) for each in given
            )
        case inspect.LiteralType():
            return ", ".join(map(str, kind.values)) if len(kind.values) > 1 else f'"{kind.values[0]}"'
        case inspect.IntType() | inspect.FloatType():
            return ("a whole number" if isinstance(kind, inspect.IntType) else "a number") + _range(kind)
        case inspect.BoolType():
            return "true or false"
        case inspect.StrType():
            return "a text"
        case inspect.VarTupleType() | inspect.ListType() if _is_list(bare(kind.item_type)):
            return f"{_NESTED}, {_form(kind)}"
        case inspect.VarTupleType() | inspect.ListType():
            count = [
                f"{word} {length}"
                for word, length in (("at least", kind.min_length), ("at most", kind.max_length))
                if length
            ]
            return f"a list{' of ' * bool(count)}{' and '.join(count)}, each entry {allowed(kind.item_type)}"
        case inspect.TupleType():
            return f"a list of {len(kind.item_types)}: {', '.join(map(allowed, kind.item_types))}"
        case inspect.StructType():
            return f"a table of {', '.join(field.encode_name for field in kind.fields)}"
    return "a table" if isinstance(kind, inspect.DictType) else "another type"


def _help(struct: type[msgspec.Struct], path: str) -> str:
    """What is declared of the setting in which `path` begins, in brackets with a leading space; "" for nothing."""
    name = re.split(r"[.\[]", path)[0]
    for field in msgspec.structs.fields(struct):
        for meta in getattr(field.type, "__metadata__", ()):
            if field.encode_name == name and "declaration" in (meta.extra or {}):
                return f" ({meta.extra['declaration'].help.removesuffix('.')})"
    return ""


def _is_list(kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.VarTupleType | inspect.ListType | inspect.TupleType)


def _form(kind: inspect.Type) -> str:
    """How a list is written, whose entries would need a sentence within a sentence: "[[number, …], …]"."""
    kind = bare(kind)
    if isinstance(kind, inspect.VarTupleType | inspect.ListType):
        return f"[{_form(kind.item_type)}, …]"
    if isinstance(kind, inspect.TupleType):
        return f"[{', '.join(map(_form, kind.item_types))}]"
    return allowed(kind).removeprefix("a ")


def bare(kind: inspect.Type) -> inspect.Type:
    """A type without its annotation."""
    return kind.type if isinstance(kind, inspect.Metadata) else kind


def members(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    return tuple(map(bare, kind.types)) if isinstance(kind, inspect.UnionType) else (kind,)


def leaves(kind: inspect.Type) -> Iterator[inspect.Type]:
    """The types inside a type: the members of a union, the entries of a list."""
    for part in members(bare(kind)):
        if isinstance(part, inspect.VarTupleType | inspect.ListType):
            yield from leaves(part.item_type)
        else:
            yield part


def choices(kind: inspect.Type) -> tuple[object, ...]:
    """The literal values that a type allows, alone or as entries of a list, in order."""
    return tuple(dict.fromkeys(value for each in leaves(kind) for value in getattr(each, "values", ())))


def unknown_key(
    table: str, struct: type[msgspec.Struct], unknown: str, path: str = "", others: Iterable[str] = ()
) -> SettingError:
    """The error for a key that the struct of `table` does not have at `path` within. `others`: names of keys that are
    too many to be listed, but that may be meant."""
    kind: inspect.Type = inspect.type_info(struct)
    for part in filter(None, path.split(".")):
        kind = _kind_inside(kind, part)
    tables = [each for each in getattr(kind, "types", (kind,)) if isinstance(each, inspect.StructType)]
    names = sorted(field.encode_name for each in tables for field in each.fields)
    whose = ""
    if tables[0].tag_field is not None:
        names, whose = ["name", *names], f" of {tables[0].tag}"
    where = ".".join(filter(None, (table, path, unknown)))
    meant = nearest(unknown, (*names, *others))
    return SettingError(where, None, f"unknown key{whose}; allowed: {', '.join(names)}{meant}")


def _inside(value: Any, part: str) -> Any:
    if isinstance(value, dict):
        return value.get(part)
    if isinstance(value, list | tuple) and part.isdigit() and int(part) < len(value):
        return value[int(part)]
    return None


def _kind_inside(kind: inspect.Type, part: str) -> inspect.Type:
    """The type of a field of a table, or of an entry of a list."""
    for each in members(bare(kind)):
        if isinstance(each, inspect.StructType):
            for field in each.fields:
                if field.encode_name == part:
                    return bare(field.type)
        if isinstance(each, inspect.VarTupleType | inspect.ListType) and part.isdigit():
            return each.item_type
        if isinstance(each, inspect.TupleType) and part.isdigit() and int(part) < len(each.item_types):
            return each.item_types[int(part)]
    return kind


def _range(kind: inspect.IntType | inspect.FloatType) -> str:
    """The declared bounds with a leading space: " from 0 to 1", " above 0 and below 1"."""
    words = [
        f"{word} {_plain(bound)}"
        for word, bound in (("from", kind.ge), ("above", kind.gt), ("to", kind.le), ("below", kind.lt))
        if bound is not None
    ]
    return f" {' '.join(words)}".replace(" below", " and below" if len(words) > 1 else " below") if words else ""


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else f"{number:g}"


def _without_technicalities(text: str) -> str:
    text = text.replace("Expected ", "must be ").replace("`", "")
    for technical, plain in (
        ("object", "a table"),
        ("array", "a list"),
        ("str", "a text"),
        ("bool", "true or false"),
    ):
        text = re.sub(rf"\b{technical}\b", plain, text)
    return text


def _shown(value: object) -> str:
    return shortened(as_toml(value))


def as_toml(value: object) -> str:
    """A value as in a TOML file: true, [1, 2], 'text'."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(as_toml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {as_toml(each)}' for key, each in value.items())}}}"
    if isinstance(value, str):
        literal = value.isprintable() and "'" not in value
        return f"'{value}'" if literal else _quoted(value)
    return str(value)


def _quoted(text: str) -> str:
    import json  # for the few texts that need it, after an error

    return json.dumps(text, ensure_ascii=False)


def shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
