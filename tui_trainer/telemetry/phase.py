"""The four phases of one training iteration: the backbone shared by engine, keys, panels and words on screen."""

from __future__ import annotations

from enum import IntEnum


class Phase(IntEnum):
    """One of the four parts of an iteration, in the order in which they run."""

    FORWARD = 0
    LOSS = 1
    BACKWARD = 2
    UPDATE = 3

    @property
    def word(self) -> str:
        """The beginner's word for the phase: guess, measure, blame or fix."""
        return ("Guess", "Measure", "Blame", "Fix")[self]

    @property
    def next(self) -> Phase:
        """The phase that follows. UPDATE is followed by the FORWARD of the next iteration."""
        return Phase((self + 1) % 4)
