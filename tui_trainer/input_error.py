"""What every error about a person's input has in common."""

from __future__ import annotations


class InputError(ValueError):
    """Something that a person gave is wrong, or cannot be had. The text is for that person."""
