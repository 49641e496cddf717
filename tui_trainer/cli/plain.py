"""Text on its way to a terminal that may come out of a file: nothing in it may act on the terminal."""

from __future__ import annotations


def plain(text: str) -> str:
    """`text` on one line, with � for every character that is not printable: control and escape characters, too."""
    return "".join(character if character.isprintable() else "�" for character in text)
