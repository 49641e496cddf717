"""Text that has to fit: broken into lines, cut to a number of them, or said in fewer words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from tui_trainer.drawing.cells import text_width


def wrapped(text: str, width: int) -> list[str]:
    """`text` broken at spaces into lines of at most `width` cells (`textwrap` counts characters). A longer word stays
    whole, for the ellipsis to cut."""
    return list(_wrapped(text, width))


@lru_cache(maxsize=128)
def _wrapped(text: str, width: int) -> list[str]:
    """Cached: a panel tries several wordings, and draws most of them again in the next frame."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(lines[-1]) + 1 + text_width(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def limited(lines: list[str], count: int) -> list[str]:
    """The first `count` of `lines`; if there are more, the last one ends with an ellipsis."""
    if len(lines) <= count:
        return lines
    return [*lines[: count - 1], f"{lines[count - 1]} …"] if count > 0 else []


def fewer_words(ways: Sequence[str], width: int) -> str:
    """The first of `ways`, wordings from the longest to the shortest, that fits into `width` cells; else the last."""
    return next((text for text in ways if text_width(text) <= width), ways[-1])


def listed(parts: Sequence[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    return " and ".join([*([", ".join(parts[:-1])] if parts[1:] else []), *parts[-1:]])
