"""A message of a run to the person, with the actions that help as data. The screen adds their keys."""

from __future__ import annotations

from msgspec import Struct


class Notice(Struct, frozen=True):
    """A few words; empty if there is no message."""

    text: str = ""
    actions: tuple[tuple[str, str], ...] = ()
    """(id of an action, its effect): ("toggle", "goes on")."""
    is_unasked: bool = False
    """Whether it replies to no command. It is shown even where the run is being introduced."""
