"""How much can be said of unseen examples by those that are held out: of one nothing, of few little."""

from __future__ import annotations

FEW = 50
"""Held-out examples below which it is said how few they are."""


def few_words(examples: float | None) -> str:
    """What there is to say of so few held-out examples; "" where they are enough, or nobody knows how many they are."""
    if examples is None or examples >= FEW:
        return ""
    return (
        "1 held-out example: too few to judge" if examples == 1 else f"{examples:g} held-out examples: few to judge by"
    )
