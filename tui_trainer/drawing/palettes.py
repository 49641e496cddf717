"""The colours of a theme by their role, and how a theme's file gives them.

Blue and orange carry every pair of the themes that come with the program (training and validation, plus and minus,
class 1 and class 0): the two hues that all common kinds of colour blindness tell apart. Nothing relies on hue alone;
marks, signs and words say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from tui_trainer.drawing.colours import black_or_white
from tui_trainer.setting_error import SettingError, nearest

ANSI = (
    *(0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5),
    *(0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF),
)
"""xterm's sixteen colours in the order of their numbers; themes of sixteen colours use no others."""

BLACK, BRIGHT_WHITE = ANSI[0], ANSI[15]

_HUES = ("red", "green", "yellow", "blue", "magenta", "cyan")
_ANSI_NAMES = ("black", *_HUES, "white", "grey", *(f"bright {hue}" for hue in _HUES), "bright white")
_ANSI_BY_NAME = dict(zip(_ANSI_NAMES, ANSI, strict=True))


class Palette(Struct, frozen=True, kw_only=True):
    """24-bit colours by role. The names are the keys of a theme's file."""

    background: int
    text: int
    muted: int
    """Labels and units: readable, but behind the numbers."""
    faint: int
    """Grid lines and dots between words, which need not be read."""
    stale: int
    """Numbers of the previous iteration and phases to come: quieter than labels, still readable."""
    title: int
    border: int
    accent: int
    """Keys, and the border of the focused panel."""
    selection: int
    """Background of the chosen line."""
    good: int
    warning: int
    critical: int
    note: int
    train: int
    envelope: int
    """The spread of single mini-batches behind the training line."""
    validation: int
    best: int
    fresh: int
    """Numbers that the last phase has produced."""
    diverging: tuple[int, ...]
    """Colours from −1 through 0, in the middle, to +1."""
    classes: tuple[int, ...]
    """One for each class, repeated for more classes, whose marks differ."""

    @property
    def ink(self) -> int:
        """Black or white. Text that is not readable on the background is mixed towards this."""
        return int(black_or_white(self.background))


class Scheme(Struct, frozen=True, kw_only=True):
    """The contents of a theme's file."""

    full: Palette
    sixteen: Palette
    """The same for a terminal with only the sixteen colours of `ANSI`."""
    diverging_256: tuple[int, ...]
    """`diverging` for a terminal with 256 colours, which are not mixed."""


def scheme(tables: Mapping[str, Any]) -> Scheme:
    """The scheme of a file's tables. Raises `SettingError` for the first key or colour that cannot be."""
    full, sixteen = dict(tables), tables["sixteen"]
    if not isinstance(sixteen, dict):
        raise SettingError("sixteen", sixteen, "allowed: a table of names of colours")
    for name, table, keys in (("", full, (*_FIELDS, "diverging_256", "sixteen")), ("sixteen.", sixteen, _FIELDS)):
        if unknown := next((key for key in table if key not in keys), None):
            allowed = f"unknown key; allowed: {', '.join(keys)}{nearest(unknown, keys)}"
            raise SettingError(f"{name}{unknown}", None, allowed)
    return Scheme(
        full=Palette(**{key: _colours(key, full[key], _from_digits) for key in _FIELDS}),
        sixteen=Palette(**{key: _colours(f"sixteen.{key}", sixteen[key], _from_name) for key in _FIELDS}),
        diverging_256=_colours("diverging_256", full["diverging_256"], _from_digits),
    )


_FIELDS = Palette.__struct_fields__
_COUNTS = {"diverging": range(3, 100), "diverging_256": range(3, 100), "sixteen.diverging": range(5, 6)}
"""How many colours a list may have, if the number is restricted."""


def _colours(key: str, value: object, read: Callable[[str, object], int]) -> Any:
    """The colour, or a tuple of colours for a key that has several."""
    if not key.rpartition(".")[2].startswith(("diverging", "classes")):
        return read(key, value)
    counts = _COUNTS.get(key, range(1, 100))
    if not isinstance(value, list) or len(value) not in counts:
        number = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} or more"
        raise SettingError(key, value, f"allowed: a list of {number} colours")
    return tuple(read(key, each) for each in value)


def _from_digits(key: str, value: object) -> int:
    if isinstance(value, str) and re.fullmatch("#[0-9a-fA-F]{6}", value):
        return int(value[1:], 16)
    raise SettingError(key, value, 'allowed: "#rrggbb", two hexadecimal digits each of red, green and blue')


def _from_name(key: str, value: object) -> int:
    if value not in _ANSI_NAMES:
        hint = nearest(value, _ANSI_NAMES) if isinstance(value, str) else ""
        raise SettingError(key, value, f"allowed: {', '.join(_ANSI_NAMES)}{hint}")
    return _ANSI_BY_NAME[str(value)]
