"""A recording opened at its newest state, with the pieces that belong to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tui_trainer.experiment import Experiment
from tui_trainer.recordings.files import RecordingError, entries_of, opened
from tui_trainer.recordings.folder import JOURNAL, number_of, states_of
from tui_trainer.recordings.lines import MOST_STEPS, ArmsLine, ForkLine, LessonLine, lines_of
from tui_trainer.recordings.listing import Summary, header_of
from tui_trainer.recordings.state import State, read_state
from tui_trainer.recordings.strands import Strands, line_of, recalled
from tui_trainer.telemetry import Evaluations, LessonEntry
from tui_trainer.telemetry.recorded import Recorded
from tui_trainer.training.vectors import Keyframe


class Recording:
    """A recording at its newest state that is whole."""

    def __init__(self, path: Path) -> None:
        """Raises `RecordingError`."""
        self.path, self.header = path, header_of(path)
        self._number, self.state = _newest_state(path)
        with opened(path / JOURNAL) as journal:
            self._lines = lines_of(entries_of(journal.read()), path / JOURNAL)
        self.forks = {line.strand: line for line in self._lines if isinstance(line, ForkLine)}
        """By the strand that begins there."""
        self._pieces = Strands(path, self._number)

    @property
    def was_running(self) -> bool:
        """Whether the run was running when it was recorded last."""
        summaries = [line for line in self._lines if isinstance(line, Summary)]
        return bool(summaries) and summaries[-1].status == "running"

    @property
    def focus(self) -> int:
        """The number of the arm that had the focus, from 0."""
        return min(self.state.focus, len(self.state.arms) - 1)

    @property
    def strands(self) -> int:
        """The largest number of a strand."""
        lines = [line for line in self._lines if isinstance(line, ArmsLine)]
        known = [arm.run.strand for arm in self.state.arms]  # the line may not have come to the disk any more
        return max([arm.strand for line in lines for arm in line.arms] + known)

    @property
    def recorded(self) -> Recorded:
        """Where its evaluations are."""
        return Recorded(folder=self.path, lines=tuple(line_of(arm.run.strand, self.forks) for arm in self.state.arms))

    @property
    def lesson(self) -> tuple[LessonEntry, ...]:
        """What a person has done in a lesson, up to the state."""
        steps: tuple[LessonEntry, ...] = ()
        for line in self._lines:
            if isinstance(line, LessonLine):
                steps = (*steps[: line.after], *line.steps)[:MOST_STEPS]
        newest = max(arm.run.now.iteration for arm in self.state.arms)
        return tuple(step for step in steps if step.iteration <= newest)

    @property
    def later_files(self) -> list[Path]:
        """Pieces and states after the state: a run that goes on from that writes them anew."""
        return [file for file in self.path.iterdir() if number_of(file) > self._number]

    def keyframes(
        self, strand: int, experiment_at: Callable[[int], Experiment], most: int, spacing: int
    ) -> Iterator[Keyframe]:
        """As `Strands.keyframes`, of the run that ends with `strand`."""
        return self._pieces.keyframes(line_of(strand, self.forks), experiment_at, most, spacing)

    def losses(self, strand: int) -> NDArray[np.float64]:
        """(iterations,): every batch loss of the run that ends with `strand`; NaN where pieces are missing."""
        return self._pieces.losses(line_of(strand, self.forks))

    def evaluations(self, strand: int, known: Evaluations) -> Evaluations:
        """As `recalled`, of the run that ends with `strand`."""
        return recalled(self._pieces, line_of(strand, self.forks), known)


def _newest_state(path: Path) -> tuple[int, State]:
    """The newest state that is whole, and its number. Raises `RecordingError`."""
    complaint = f"{path.name} was cut off before its first state"
    known: set[Path] = set()
    while files := [
        file for file in states_of(path) if file not in known
    ]:  # its program may write newer ones meanwhile
        known.update(files)
        complaints = []
        for file in files:
            try:
                return number_of(file), read_state(file)
            except (RecordingError, OSError) as error:
                complaints.append(str(error))
        complaint = complaints[0]
    raise RecordingError(complaint)
