"""How the arms of a race are called on screen: each has a letter, which stands at its curve and in every sentence."""

from __future__ import annotations

from collections.abc import Sequence

from tui_trainer.telemetry import ArmView

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def letters(arms: Sequence[ArmView]) -> tuple[str, ...]:
    """One letter an arm: its own, or its name where that is a letter, else the first that no arm has."""
    own = [arm.letter or (arm.name if arm.name in _ALPHABET and len(arm.name) == 1 else "") for arm in arms]
    free = iter(letter for letter in _ALPHABET if letter not in own)
    return tuple(letter or next(free) for letter in own)


def letter_of(arms: Sequence[ArmView], name: str) -> str:
    """The letter of the arm of this name."""
    return next((letter for arm, letter in zip(arms, letters(arms), strict=True) if arm.name == name), name)


def arm_words(arm: ArmView) -> str:
    """What makes it another run than the first, in the words of its preset or by its settings; "" for a plain first.

    Where something of it has been changed since, the words of the preset alone would not be true any more.
    """
    if len(arm.name) == 1:
        return arm.difference
    return f"{arm.name}, now {arm.changed}" if arm.changed else arm.name


def ways_to_tell(arm: ArmView) -> tuple[str, ...]:
    """Ways to say what makes it another run, the longest first; none for a plain first."""
    if not arm_words(arm):
        return ()
    now = (f"now {arm.changed}".replace("learning rate ", "lr "),) if arm.changed and len(arm.name) > 1 else ()
    return arm_words(arm), short_arm_words(arm), *now


def short_arm_words(arm: ArmView) -> str:
    """The same where there is little room."""
    return arm_words(arm).replace("learning rate ", "lr ")


def focused_arm(arms: Sequence[ArmView]) -> int:
    """The place of the arm that the snapshot is of."""
    return next((number for number, arm in enumerate(arms) if arm.focused), 0)
