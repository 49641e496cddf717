"""Text on its way to a terminal that may come out of a file: nothing in it may act on the terminal."""

from __future__ import annotations

from tui_trainer.drawing.likeness import LIKENESS

_JOINING = "\u200c\u200d"
"""Signs without a picture of their own that words and emoji of some scripts have within them."""


def with_likenesses(error: UnicodeError) -> tuple[str, int]:
    """For `codecs.register_error`: in place of characters that a stream cannot have, what is like them in ASCII."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(LIKENESS.get(sign, "?") for sign in signs), error.end


def plain(text: str) -> str:
    """`text` on one line, with � for every character that is not printable: control and escape characters, too."""
    return "".join(character if character.isprintable() or character in _JOINING else "�" for character in text)
