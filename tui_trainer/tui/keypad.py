"""Turns keys that a terminal sends as numbers ("CSI 57409 u", kitty's keyboard protocol) into the characters they type.

Textual requests that protocol and names such keys, but gives them no characters, so the point of a keypad would mean
nothing. Here a key that types a character becomes that character; other keys are not changed.
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
"""Number → character. Enter of the keypad is the same as the large enter key."""

_SS3 = re.compile(r"\x1bO(?:\d;)?(?P<modifiers>\d{1,3})(?P<key>[MXj-y])")
"""The keypad of xterm in application mode with a modifier. Textual knows these keys without one."""

_SS3_KEYPAD = dict(zip("MXjklmnopqrstuvwxy", "\r=*+,-./0123456789", strict=True))

_SHIFT, _CAPS_LOCK, _NUM_LOCK = 1, 64, 128
_LOCKS_AND_SHIFT = _SHIFT | _CAPS_LOCK | _NUM_LOCK
_SAME_WITH_SHIFT = {13: "\r", 27: "\x1b", 127: "\x7f"}
"""Enter, escape and backspace, which other terminals send with and without shift alike."""

_RELEASED = "3"
_PRIVATE = range(0xE000, 0xF900)
"""Codes of keys without a character."""


def typed_by(sequence: str) -> str | None:
    """The text that the sequence types, "" for none; None if the sequence is not of this kind."""
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
