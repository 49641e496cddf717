"""A warning if few examples are held out: they say little about unseen data, a single one nothing."""

from __future__ import annotations

FEW = 50
"""Below this number of held-out examples the warning is given."""


def few_words(examples: float | None) -> str:
    """The warning; "" if the examples suffice, or their number is unknown."""
    if examples is None or examples >= FEW:
        return ""
    return (
        "1 held-out example: too few to judge" if examples == 1 else f"{examples:g} held-out examples: few to judge by"
    )
