"""Turns keys that a terminal sends as numbers ("CSI 57409 u", kitty's keyboard protocol) into the characters they type.

Textual requests that protocol and names such keys, but gives them no characters, so the point of a keypad would mean
nothing. Here a key that types a character becomes that character; other keys are not changed.
See https://sw.kovidgoyal.net/kitty/keyboard-protocol/.
"""

from __future__ import annotations

import re
import sys

_NUMBERED = re.compile(
    r"""\x1b\[ (?P<code>\d{1,7}) (?: : (?P<shifted>\d{0,7}) (?: :\d* )? )?
        (?: ; (?P<modifiers>\d{0,4}) (?: : (?P<event>\d) )? (?: ; (?P<text>[\d:]*) )? )? u""",
    re.VERBOSE,
)
_KEYPAD: dict[int, str] = dict(zip(range(57399, 57417), [*"0123456789./*-+", "\r", *"=,"], strict=True))
"""Number → character. Enter of the keypad is the same as the large enter key."""

_SS3 = re.compile(r"\x1bO(?:(?:\d;)?(?P<modifiers>\d{1,3}))?(?P<key>[MXj-y])")
"""The keypad of xterm in application mode. Textual knows most of these keys, and only without a modifier."""

_SS3_KEYPAD = dict(zip("MXjklmnopqrstuvwxy", "\r=*+,-./0123456789", strict=True))

_SHIFT, _CTRL, _CAPS_LOCK, _NUM_LOCK = 1, 4, 64, 128
_LOCKS_AND_SHIFT = _SHIFT | _CAPS_LOCK | _NUM_LOCK
_SAME_WITH_SHIFT = {13: "\r", 27: "\x1b", 127: "\x7f"}
"""Enter, escape and backspace, which other terminals send with and without shift alike."""

_OTHER_KEYS = re.compile(r"\x1b\[27;(\d{1,4});(\d{1,7})~")
"""A key as xterm numbers it (modifyOtherKeys), and tmux for it: modifiers, then the code. Textual loses the modifiers,
so that ctrl+c would be a c."""
_MIDDLE = re.compile(r"\x1b(\[57427(;\d{1,4})?u|OE)")
"""The 5 of the keypad without num lock, for which Textual has no name."""
_EVENT = re.compile(r"(?P<key>\x1b\[\d*;\d{1,4}):(?P<event>\d)(?P<end>[A-Z~])")
"""A key that was pressed, held (2) or released (3), which a terminal tells if another program has left its flags so.
Textual fails at it."""
_LETTER = re.compile(r"\x1b\[(?P<code>\d{1,7})(?::\d{0,7}(?::(?P<base>\d{1,7}))?)?;(?P<modifiers>\d{1,4})(?::[12])?u")
"""A key with modifiers, perhaps with its other characters: with shift, and on the usual layout."""
_LAYOUT = str.maketrans("йцукенгшщзхъфывапролджэячсмитьбюψζ", "qwertyuiop[]asdfghjkl;'zxcvbnm,.cz")
"""Letters of other alphabets where the usual layout has these: with ctrl a terminal sends those of its keyboard."""
_RELEASED = "3"
_PRIVATE = range(0xE000, 0xF900)
"""Codes of keys without a character."""


def in_one_spelling(sequence: str) -> str:
    """The sequence in the spelling that is understood here, if terminals differ."""
    if (event := _EVENT.fullmatch(sequence)) is not None and event["event"] != _RELEASED:
        return event["key"] + event["end"]
    sequence = _OTHER_KEYS.sub("\x1b[\\2;\\1u", sequence)
    if (letter := _LETTER.fullmatch(sequence)) is not None and int(letter["modifiers"]) - 1 & _CTRL:
        code = min(int(letter["base"] or letter["code"]), sys.maxunicode)
        sequence = f"\x1b[{ord(chr(code).translate(_LAYOUT))};{letter['modifiers']}u"
    return _MIDDLE.sub("\x1b[E", sequence)


def typed_by(sequence: str) -> str | None:
    """The text that the sequence types, "" for none; None if the sequence is not of this kind."""
    if (ss3 := _SS3.fullmatch(sequence)) is not None:
        return None if int(ss3["modifiers"] or 1) - 1 & ~_LOCKS_AND_SHIFT else _SS3_KEYPAD[ss3["key"]]
    match = _NUMBERED.fullmatch(sequence)
    if match is None:
        return "" if _EVENT.fullmatch(sequence) else None
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
