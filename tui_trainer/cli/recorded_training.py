"""Records what is trained without a screen, as the screen does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from tui_trainer.cli.recordings import kept_words
from tui_trainer.runs.control import Control
from tui_trainer.runs.keeping import Keeper
from tui_trainer.telemetry import Notice


class RecordedTraining:
    """Records the runs of a `Control` inside of its `with` block."""

    def __init__(self, root: Path | None, control: Control, is_cut_off: Callable[[], bool]) -> None:
        """`root`: the folder of all recordings; None records nothing. `is_cut_off`: whether the program does not end
        by itself, so that a short run is kept too."""
        self._keeper = None if root is None else Keeper(root)
        self._control, self._is_cut_off = control, is_cut_off
        self._kept: Path | None = None

    def __enter__(self) -> RecordedTraining:
        if self._keeper is not None:
            self._keeper.watch(self._control)  # from the first iteration on
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._keeper is not None:
            # An exception may have left an iteration half done: then the last state that was handed over counts.
            self._kept = self._keeper.close(None if kind else self._control, keep_short=self._is_cut_off())

    def watch(self) -> str:
        """Hand over what is due, between two slices of training. Returns what a person should know; "" for nothing."""
        if self._keeper is None:
            return ""
        self._keeper.watch(self._control)
        words, self._control.message = self._control.message.text, Notice()
        return words

    @property
    def words(self) -> str:
        """Once it has ended: what can be done with the recording; "" if none is kept."""
        return "" if self._kept is None else kept_words(self._kept)
