"""What commands act on: the arms of a run, whether it is running, what it has to say, a seek that is under way.

Command handlers change it, the scheduler gives it time. No thread in here.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterator, Sequence

from tui_trainer.experiment import Experiment
from tui_trainer.runs.arms import Arm
from tui_trainer.runs.diagnosed_run import DiagnosedRun, PhaseBoundary
from tui_trainer.runs.lineup import LineUp
from tui_trainer.runs.pace import Pace
from tui_trainer.telemetry import Command, Look, Notice, Status
from tui_trainer.telemetry.held_out import few_words


class Seeking:
    """A seek under way: every arm to a moment of its own, in slices, so that commands are obeyed meanwhile.

    Each slice leaves all arms at a whole moment, wherever that is.
    """

    def __init__(self, arms: Sequence[Arm], goals: Sequence[PhaseBoundary], origin: Sequence[PhaseBoundary]) -> None:
        """`goals`: where each arm shall stand. `origin`: where they stood, to return to."""
        self.goals, self.origin = goals, origin
        self.share = 0.0
        """How much of it is done, 0 to 1."""
        self._slices = self._seek(arms)

    def go_on(self, seconds: float) -> bool:
        """Seek for about so long, at least one slice; whether all arms have arrived."""
        until = time.perf_counter() + seconds
        for share in self._slices:
            self.share = share
            if time.perf_counter() >= until:
                return False
        return True

    def _seek(self, arms: Sequence[Arm]) -> Iterator[float]:
        for number, (arm, goal) in enumerate(zip(arms, self.goals, strict=True)):
            for share in arm.run.seek_in_slices(goal):
                yield (number + share) / len(arms)


class Control:
    """`version` grows with everything that a snapshot would show."""

    def __init__(
        self,
        experiments: Sequence[tuple[str, Experiment]],
        *,
        paused: bool,
        patience: float = math.inf,
    ) -> None:
        """`experiments`: the name and the experiment of each arm. `patience`: seconds that a seek may take before it is
        told how far it is, and other commands are obeyed meanwhile. Raises `SettingError`."""
        self.lineup = LineUp(experiments)
        self.status = Status.PAUSED if paused else Status.RUNNING
        self.look = Look()
        self.message = Notice()
        self.said_at = -math.inf
        """When the message was said, by `time.perf_counter`."""
        self.version = 0
        self.until_epoch: int | None = None
        """Run up to the start of this epoch only, then pause."""
        self.seeking: Seeking | None = None
        self.waiting: deque[Command] = deque()
        """What is to be obeyed when the seek is over."""
        self._patience = patience

    @property
    def run(self) -> DiagnosedRun:
        """The focused arm's."""
        return self.lineup.run

    @property
    def pace(self) -> Pace:
        return self.lineup.pace

    @property
    def stop_at(self) -> int | None:
        """The iteration up to which to run only, by the size of batches in force; None where there is no such."""
        if self.until_epoch is None:  # in most slices
            return None
        return self.lineup.last.trainer.feed.order.first_of_epoch(self.until_epoch)

    def seek(self, iteration: int) -> None:
        """Start to seek a moment; arms that have not been there go as far as they have come."""
        self.start_seek([PhaseBoundary(min(max(iteration, 0), arm.run.newest)) for arm in self.lineup.arms])

    def start_seek(self, goals: Sequence[PhaseBoundary]) -> None:
        """Start to move every arm to its goal, in place of a seek that is under way."""
        arms, before = self.lineup.arms, self.seeking
        self.seeking = Seeking(arms, goals, [arm.run.boundary for arm in arms] if before is None else before.origin)
        self.status, self.until_epoch = Status.PAUSED, None
        self.continue_seek(self._patience)

    def cancel_seek(self) -> None:
        """Return to where it began, and forget what was to be done at its goal."""
        if self.seeking is not None:
            self.waiting.clear()
            self.start_seek(self.seeking.origin)

    def continue_seek(self, seconds: float) -> None:
        """Seek for about so long."""
        if self.seeking is not None and self.seeking.go_on(seconds):
            self.seeking = None
            self.stand(self.lineup.standing)
        self.version += 1

    def can_move(self) -> bool:
        """Whether an iteration can be run from here; says why not."""
        if not self.lineup.can_move:
            self.stand(Status.DIVERGED)
        return self.lineup.can_move

    def resume(self) -> None:
        """Run from now on, where that is possible."""
        if self.can_move():
            self.status, self.message, self.until_epoch = Status.RUNNING, Notice(), None
            self.pace.begin()
            self.version += 1

    def begin(self) -> None:
        """After a restart: run, unless the person had paused."""
        if self.status is not Status.PAUSED:
            self.status = Status.RUNNING
        self.until_epoch = None
        self.pace.begin()

    def has_changed(self) -> None:
        """A changed setting makes a run that has ended resumable."""
        if self.status in (Status.FINISHED, Status.STOPPED_EARLY):
            self.status = Status.PAUSED

    def stand(self, status: Status) -> None:
        """Stand still, and say why."""
        self.status, self.until_epoch = status, None
        at = self.run.iteration
        self.message = {
            Status.FINISHED: Notice(f"finished: the target of {at:,} iterations is reached", (("toggle", "goes on"),)),
            Status.STOPPED_EARLY: Notice(f"stopped early at iteration {at:,}: {self._no_better}"),
            Status.DIVERGED: Notice(
                f"diverged after iteration {at:,}: nothing comes after a loss that is no finite number"
            ),
        }.get(status, Notice())
        self.version += 1

    @property
    def _no_better(self) -> str:
        """Why early stopping has come to its stop, and whose weights are back."""
        early_stop, stopping = self.run.trainer.early_stop, self.run.experiment.training.early_stopping
        least = "" if stopping is None or not stopping.min_delta else f" by {stopping.min_delta:g}"
        back = self.run.restored
        restored = "" if back is None else f"; the weights of iteration {back:,} are back"
        few = few_words(len(self.run.trainer.validation_set))
        few = f" ({few})" if few else ""
        return f"the validation loss is no better{least} since iteration {early_stop.waits_since:,}{few}{restored}"

    def say(self, message: str | Notice) -> None:
        """What the last command did, or could not do."""
        self.message = Notice(message) if isinstance(message, str) else message
        self.said_at = time.perf_counter()
        self.version += 1
