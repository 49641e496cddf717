"""Makes text from files safe to print: nothing in it may act on the terminal."""

from __future__ import annotations

import contextlib
import sys

from tui_trainer.drawing.ascii_likeness import LIKENESS

_JOINING = "\u200c\u200d"
"""Invisible characters within words of some scripts, and within emoji."""


def with_likenesses(error: UnicodeError) -> tuple[str, int]:
    """For `codecs.register_error`: replaces characters that a stream cannot encode by similar ASCII ones."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(LIKENESS.get(sign, "?") for sign in signs), error.end


def plain(text: str) -> str:
    """`text` on one line, with � for every unprintable character, such as control and escape characters."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() or character in _JOINING else "�" for character in text)


def complain(text: str) -> None:
    """Tell the person something beside the output, each line under the program's name."""
    with contextlib.suppress(OSError):  # the terminal may be gone
        for line in text.split("\n"):
            print(f"tui-trainer: {plain(line)}", file=sys.stderr)
