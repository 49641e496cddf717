"""The journal of a run: what a person has done to it, as plain data from which it can be recomputed to the bit."""

from __future__ import annotations

from msgspec import Struct

from tui_trainer.telemetry.commands import ChangeSetting, ChangeWeight, Command


class JournalEntry(Struct, frozen=True):
    """A change made after `iteration` updates, in force from the next one on. Entries of one iteration keep their
    order."""

    iteration: int
    change: ChangeSetting | ChangeWeight


class Replay(Command, frozen=True):
    """Take a run at its start to `iteration`, with the changes of `journal` made again on the way."""

    journal: tuple[JournalEntry, ...]
    iteration: int
