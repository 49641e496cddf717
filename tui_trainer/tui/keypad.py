"""Keys that a terminal sends as numbers ("CSI 57409 u", kitty's keyboard protocol), as what they type.

Textual asks for that protocol and has names for such keys, but no characters: the point of a keypad would be a key that
nothing knows. A key that types a character becomes that character here, however it is sent; others are left alone.
See https://sw.kovidgoyal.net/kitty/keyboard-protocol/.
"""

from __future__ import annotations

import re

_NUMBERED = re.compile(
    r"""\x1b\[ (?P<code>\d{1,7}) (?: : (?P<shifted>\d{0,7}) (?: :\d* )? )?
        (?: ; (?P<modifiers>\d{0,4}) (?: : (?P<event>\d) )? (?: ; (?P<text>[\d:]*) )? )? u""",
    re.VERBOSE,
)
_KEYPAD: dict[int, str] = dict(zip(range(57399, 57417), [*"0123456789./*-+", "\r", *"=,"], strict=True))
"""Enter is no character, but the same key as the large one."""

_SS3 = re.compile(r"\x1bO(?:\d;)?(?P<modifiers>\d{1,3})(?P<key>[MXj-y])")
"""The keypad in application mode with a modifier, as xterm sends it; without one, Textual knows them."""

_SS3_KEYPAD = dict(zip("MXjklmnopqrstuvwxy", "\r=*+,-./0123456789", strict=True))

_SHIFT, _CAPS_LOCK, _NUM_LOCK = 1, 64, 128
_LOCKS_AND_SHIFT = _SHIFT | _CAPS_LOCK | _NUM_LOCK
_SAME_WITH_SHIFT = {13: "\r", 27: "\x1b", 127: "\x7f"}
"""Enter, escape and backspace, which other terminals send alike whether shift is held or not."""

_RELEASED = "3"
_PRIVATE = range(0xE000, 0xF900)
"""Codes of keys that have no character of their own."""


def typed_by(sequence: str) -> str | None:
    """What the sequence types, "" for nothing; None where it is for others to understand."""
    if (ss3 := _SS3.fullmatch(sequence)) is not None:
        return None if int(ss3["modifiers"]) - 1 & ~_LOCKS_AND_SHIFT else _SS3_KEYPAD[ss3["key"]]
    match = _NUMBERED.fullmatch(sequence)
    if match is None:
        return None
    if match["event"] == _RELEASED:
        return ""
    code, modifiers = int(match["code"]), max(int(match["modifiers"] or 1) - 1, 0)
    if modifiers & ~_LOCKS_AND_SHIFT:
        return None
    if code in _KEYPAD:
        return _KEYPAD[code]
    if code in _SAME_WITH_SHIFT:
        return _SAME_WITH_SHIFT[code]
    texts = [int(each) for each in (match["text"] or "").split(":") if each]
    if not texts and modifiers & _SHIFT and match["shifted"]:
        texts = [int(match["shifted"])]
    if texts:
        return "".join(map(chr, texts)) if all(map(_is_character, texts)) else None
    if not _is_character(code):
        return None
    upper = bool(modifiers & _SHIFT) != bool(modifiers & _CAPS_LOCK)
    return chr(code).upper() if upper else chr(code)


def _is_character(code: int) -> bool:
    return code <= 0x10FFFF and code not in _PRIVATE and chr(code).isprintable()
