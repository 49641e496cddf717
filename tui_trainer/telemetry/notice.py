"""What a run has to say to a person, and the actions that help, as data: who shows it knows which keys they have."""

from __future__ import annotations

from msgspec import Struct


class Notice(Struct, frozen=True):
    """A few words; empty where there is nothing to say."""

    text: str = ""
    actions: tuple[tuple[str, str], ...] = ()
    """(id of an action, what it does): ("toggle", "goes on")."""
