"""Fitting text into cells: by breaking it into lines, leaving out lines, or choosing a shorter wording."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Self

from tui_trainer.drawing.cells import text_width


def wrapped(text: str, width: int) -> list[str]:
    """`text` broken at spaces into lines of at most `width` cells (`textwrap` counts characters). A longer word stays
    whole, for the ellipsis to cut."""
    return list(_wrapped(text, width))


@lru_cache(maxsize=128)
def _wrapped(text: str, width: int) -> list[str]:
    """Cached, since a panel tries several wordings and draws most of them again in the next frame."""
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


def listed(parts: Sequence[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    return " and ".join([*([", ".join(parts[:-1])] if parts[1:] else []), *parts[-1:]])


class Wordings(tuple[str, ...]):
    """Several wordings of one message, without repetitions, the longest first."""

    __slots__ = ()

    def __new__(cls, *wordings: str) -> Self:
        return super().__new__(cls, dict.fromkeys(wordings))

    @classmethod
    def joined(cls, *wordings: Iterable[str]) -> Self:
        """The parts joined by dots, without empty ones, in each of their wordings."""
        return cls(*(" · ".join(filter(None, parts)) for parts in wordings))

    def fitting(self, columns: int) -> str:
        """The first that fits into `columns` cells; else the last; "" if there is none."""
        return next((each for each in self if text_width(each) <= columns), (*self, "")[len(self) - 1])

    def fitting_rows(self, columns: int, rows: int) -> str:
        """The first that fits into `rows` lines of `columns` cells; else the last."""
        return next((each for each in self if len(wrapped(each, columns)) <= rows), self[-1])

    def prefixed(self, prefix: str) -> Wordings:
        return Wordings(*(prefix + each for each in self))

    def suffixed(self, suffix: str) -> Wordings:
        return Wordings(*(each + suffix for each in self))

    def or_else(self, *shorter: str) -> Wordings:
        """These, then the shorter ones."""
        return Wordings(*self, *shorter)
