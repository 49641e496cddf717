"""What a struct declares of its fields, for people: the range and the choices in the type, the string beneath."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import types
from collections.abc import Iterable
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

from msgspec import Meta, Struct

_HEADS = re.compile(r"^class .*?(?=^    (?:def |@)|^[^\s)]|\Z)", re.MULTILINE | re.DOTALL)
"""Every class up to its first method."""


def declaring(structs: Iterable[type[Struct]], field: str) -> list[type[Any]]:
    """The classes among `structs` and what they are made from that write `field` down, the general ones first."""
    lines = (reversed(struct.__mro__) for struct in structs)
    return list(dict.fromkeys(each for line in lines for each in line if field in _annotations(each)))


def type_of(owner: type, field: str) -> Any:
    """The type of a field that `owner` itself declares, with its range."""
    # One annotation by itself: typing.get_type_hints resolves all, which costs the start of the screen 10 ms.
    return eval(_annotations(owner)[field], vars(sys.modules[owner.__module__]))


@cache
def _annotations(owner: type) -> dict[str, Any]:
    return inspect.get_annotations(owner)


def number_of(kind: Any) -> tuple[type[int] | type[float] | None, Meta]:
    """The first number in a type, int or float, with its declared range; None where there is none."""
    if get_origin(kind) is Annotated:
        inner, *extras = get_args(kind)
        number, meta = number_of(inner)
        own = next((extra for extra in extras if isinstance(extra, Meta)), Meta())
        return number, own if inner in (int, float) else meta
    if kind in (int, float):
        return kind, Meta()
    if get_origin(kind) not in (Literal, None):
        for part in get_args(kind):
            number, meta = number_of(part)
            if number is not None:
                return number, meta
    return None, Meta()


def most_entries(kind: Any) -> int | None:
    """How many entries a list may have; None where it is no list, or the number is not limited."""
    extras = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
    return next((extra.max_length for extra in extras if isinstance(extra, Meta)), None)


def choices_of(kind: Any) -> tuple[object, ...]:
    """The values of a literal or truth type, of a list of such, or of the first of several types.

    A table that may be left out is there, or not.
    """
    if kind is bool or (isinstance(kind, type) and issubclass(kind, Struct)):
        return (False, True)
    if get_origin(kind) is Literal:
        return get_args(kind)
    if isinstance(kind, type) and not isinstance(kind, types.GenericAlias):
        return ()
    return next((found for part in get_args(kind) if (found := choices_of(part))), ())


def help_of(owner: type[Any], field: str) -> str:
    """The string beneath a field that `owner` itself declares; "" where there is none."""
    return _field_strings(owner.__module__).get((owner.__qualname__, field), "")


@cache
def _field_strings(module: str) -> dict[tuple[str, str], str]:
    """Class and field → the string beneath the field, for all classes of a module, from its source."""
    source = inspect.getsource(sys.modules[module])
    # Fields stand before methods: parsing those too would take 6 ms more of the time to the first picture.
    heads = "".join(f"{head}    ...\n" for head in _HEADS.findall(source))
    strings = {}
    for node in ast.parse(heads).body:
        if isinstance(node, ast.ClassDef):
            for statement, below in zip(node.body, node.body[1:], strict=False):
                if isinstance(statement, ast.AnnAssign) and isinstance(below, ast.Expr):
                    text = ast.literal_eval(below.value) if isinstance(below.value, ast.Constant) else None
                    if isinstance(text, str) and isinstance(statement.target, ast.Name):
                        strings[node.name, statement.target.id] = " ".join(text.split())
    return strings
