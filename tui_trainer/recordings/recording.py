"""A recording opened at its newest state, with its losses, its evaluations and its keyframes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_trainer.experiment import Experiment
from tui_trainer.recordings.files import RecordingError, arrays_of, entries_of
from tui_trainer.recordings.folder import JOURNAL, number_of, states_of
from tui_trainer.recordings.listing import header_of
from tui_trainer.recordings.pieces import keyframe_from, rows_in
from tui_trainer.recordings.state import State, read_state
from tui_trainer.training.state import Keyframe


class Recording:
    """A recording at its newest state that is whole."""

    def __init__(self, path: Path) -> None:
        """Raises `RecordingError`."""
        self.path, self.header = path, header_of(path)
        complaints = []
        for file in states_of(path):
            try:
                self.state: State = read_state(file)
                self._number = number_of(file)
                break
            except (RecordingError, OSError) as error:
                complaints.append(str(error))
        else:
            raise RecordingError(complaints[0] if complaints else f"{path.name} was cut off before its first state")
        self.journal = [*entries_of((path / JOURNAL).read_bytes())]
        self._forks = {
            entry["strand"]: (entry["from"], entry["iteration"])
            for entry in self.journal
            if entry.get("kind") == "fork"
        }

    @property
    def was_running(self) -> bool:
        """Whether the run was running when it was recorded last."""
        summaries = [entry for entry in self.journal if entry.get("kind") == "summary"]
        return bool(summaries) and summaries[-1].get("status") == "running"

    @property
    def strands(self) -> int:
        """The largest number of a strand."""
        return max(int(arm["strand"]) for entry in self.journal if entry.get("kind") == "arms" for arm in entry["arms"])

    @property
    def later_files(self) -> list[Path]:
        """Pieces and states after the state: a run that goes on from that writes them anew."""
        return [file for file in self.path.iterdir() if number_of(file) > self._number]

    def keyframes(
        self, strand: int, experiment_at: Callable[[int], Experiment], most: int, spacing: int
    ) -> Iterator[Keyframe]:
        """At most so many keyframes of a run, oldest first: those at the multiples of `spacing`, or of 2, 4, 8 … times
        as much. `experiment_at(iteration)`: the experiment in force there."""
        rows = [
            row
            for number, until in self._line(strand)
            for piece in self._pieces("keyframes")
            for row in rows_in(arrays_of(piece, f"{number}.moments", f"{number}.vectors"), number)
            if until is None or row[0][0] <= until
        ]
        while len(wanted := [row for row in rows if row[0][0] % spacing == 0]) > most:
            spacing *= 2
        for numbers, vectors in wanted:
            yield keyframe_from(numbers, vectors, experiment_at(int(numbers[0])))

    def losses(self, strand: int) -> NDArray[np.float64]:
        """(iterations,): every batch loss of a run; NaN where pieces are missing."""
        found: list[tuple[int, NDArray[np.float64]]] = []
        for arrays, until in self._stretches(strand, "first", "losses"):
            first, losses = int(arrays["first"]), arrays["losses"]
            losses = losses if until is None else losses[: max(until - first, 0)]
            found += [(first, losses)] if len(losses) else []
        losses = np.full(max((first + len(each) for first, each in found), default=0), np.nan)
        for first, each in found:
            losses[first : first + len(each)] = each
        return losses

    def evaluations(self, strand: int) -> list[int]:
        """The iterations of all evaluations of a run."""
        return [
            iteration
            for arrays, until in self._stretches(strand, "evaluations")
            for iteration in arrays["evaluations"].tolist()
            if until is None or iteration <= until
        ]

    def _stretches(self, strand: int, *names: str) -> Iterator[tuple[dict[str, NDArray[Any]], int | None]]:
        """These arrays of every piece of a run, and the iteration up to which they belong to it."""
        for number, until in self._line(strand):
            for piece in self._pieces("piece"):
                arrays = arrays_of(piece, *(f"{number}.{name}" for name in names))
                if arrays:
                    yield {name.partition(".")[2]: array for name, array in arrays.items()}, until

    def _pieces(self, kind: str) -> list[Path]:
        pieces = (path for path in self.path.glob(f"{kind}-*.npz") if 0 < number_of(path) <= self._number)
        return sorted(pieces, key=number_of)

    def _line(self, strand: int) -> list[tuple[int, int | None]]:
        """The strands from the start of a run to `strand`, each with the iteration up to which it belongs to it."""
        line: list[tuple[int, int | None]] = [(strand, None)]
        while line[-1][0] in self._forks and len(line) <= len(self._forks):
            child, until = line[-1]
            parent, iteration = self._forks[child]
            line.append((parent, iteration if until is None else min(iteration, until)))
        return line[::-1]
