"""Text that has to fit: broken into lines, cut to a number of them, or said in fewer words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from tui_trainer.drawing.cells import text_width


def wrapped(text: str, width: int) -> list[str]:
    """`text` broken at spaces into lines of at most `width` cells; a longer word stays whole for the ellipsis."""
    return list(_wrapped(text, width))


@lru_cache(maxsize=128)
def _wrapped(text: str, width: int) -> list[str]:
    """A panel tries its words in several ways and draws most of them again in the next frame."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(lines[-1]) + 1 + text_width(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def limited(lines: list[str], count: int) -> list[str]:
    """The first `count` of `lines`, an ellipsis at the end of the last where more were there."""
    if len(lines) <= count:
        return lines
    return [*lines[: count - 1], f"{lines[count - 1]} …"] if count > 0 else []


def fewer_words(ways: Sequence[str], width: int) -> str:
    """The first of the ways to say it, longest first, that fits into `width` cells; the last if none does."""
    return next((text for text in ways if text_width(text) <= width), ways[-1])


def listed(parts: Sequence[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    return " and ".join([*([", ".join(parts[:-1])] if parts[1:] else []), *parts[-1:]])
