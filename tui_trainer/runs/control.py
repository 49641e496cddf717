"""The state that commands change: the arms of a run, its status and message, and a seek that is under way.

Command handlers change it, and the scheduler calls it. It contains no thread.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterator, Sequence

from msgspec import structs

from tui_trainer.runs.arms import Contestants
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.lineup import LineUp
from tui_trainer.runs.pace import Pace
from tui_trainer.runs.phase_boundary import PhaseBoundary
from tui_trainer.runs.proposal import Proposal
from tui_trainer.runs.replay import replay_in_slices
from tui_trainer.runs.seed_runs import SeedRuns
from tui_trainer.runs.watched import Watched
from tui_trainer.telemetry import Command, LessonEntry, Notice, PictureRequest, Replay, Status
from tui_trainer.telemetry.few_held_out import few_words
from tui_trainer.telemetry.lesson import LEFT


class Seeking:
    """A seek or a replay under way: every arm moves to its goal in slices, so that commands are obeyed meanwhile.

    After each slice all arms are between two iterations.
    """

    def __init__(
        self,
        moves: Sequence[Iterator[float]],
        goals: Sequence[PhaseBoundary],
        origin: Sequence[PhaseBoundary] | None,
    ) -> None:
        """`moves`: for each arm the slices, which yield the share done. `goals`: the boundary that each arm seeks.
        `origin`: the boundaries to return to if the seek is cancelled; None to stay."""
        self.goals, self.origin = goals, origin
        self.share = 0.0
        """The share done, 0 to 1."""
        self._slices = ((number + share) / len(moves) for number, move in enumerate(moves) for share in move)

    def go_on(self, seconds: float) -> bool:
        """Seek for about `seconds`, at least one slice. Returns whether all arms have arrived."""
        until = time.perf_counter() + seconds
        for share in self._slices:
            self.share = share
            if time.perf_counter() >= until:
                return False
        return True


class Control:
    """The state of a live run. `version` grows with every change that a snapshot would show."""

    def __init__(
        self,
        contestants: Contestants,
        *,
        paused: bool,
        patience: float = math.inf,
    ) -> None:
        """`patience`: seconds that a seek may block. A longer seek reports its progress, and other commands are obeyed
        meanwhile. Raises `SettingError`."""
        self.lineup = LineUp(contestants)
        self.status = Status.PAUSED if paused else Status.RUNNING
        self.request = PictureRequest()
        self.message = Notice()
        self.said_at = -math.inf
        """Time of the message, by `time.perf_counter`."""
        self.version = 0
        self.until_epoch: int | None = None
        """Pause at the start of this epoch."""
        self.watched: Watched | None = None
        """What the focused run is watched for."""
        self.seeking: Seeking | None = None
        self.waiting: deque[Command] = deque()
        """Commands to obey after the seek."""
        self.seeds: SeedRuns | None = None
        """The experiment under other seeds. The run stands still until all have ended."""
        self.proposal: Proposal | None = None
        """Remedies that are tried or offered. The run is paused meanwhile."""
        self.lessons: dict[int, tuple[LessonEntry, ...]] = {}
        """Number of a run → what a person has done on it in a lesson, oldest first."""
        self._patience = patience
        if not self.lineup.is_racing:  # the arms have run before
            self.stand(self.lineup.standing)

    @property
    def run(self) -> DiagnosedRun:
        """The run of the focused arm."""
        return self.lineup.run

    @property
    def lesson(self) -> tuple[LessonEntry, ...]:
        """What a person has done on these arms in a lesson."""
        return self.lessons.get(self.lineup.run_number, ())

    def note_lesson(self, entry: LessonEntry) -> None:
        """Note the next thing, unless it is known or leaves a lesson that these arms are not in."""
        known, entry = self.lesson, structs.replace(entry, iteration=self.run.iteration)
        last = known[-1] if known else None
        is_known = last is not None and structs.replace(entry, iteration=last.iteration) == last
        if not is_known and not (entry.stage == LEFT and (last is None or last.stage == LEFT)):
            self.lessons[self.lineup.run_number] = (*known, entry)
            self.version += 1

    @property
    def pace(self) -> Pace:
        return self.lineup.pace

    @property
    def stop_at(self) -> int | None:
        """The iteration at which to pause, by the batch size in force; None to run on."""
        if self.until_epoch is None:  # in most slices
            return None
        return self.lineup.last.trainer.feed.order.first_of_epoch(self.until_epoch)

    @property
    def judge_at(self) -> int | None:
        """The next iteration at which the run may have reached what it is watched for; None to run on."""
        return None if self.watched is None else self.watched.next_stop(self.run)

    def judge(self, *, by_hand: bool = False) -> None:
        """Judge whether the run shows what it is watched for, and pause it there if that was asked for. `by_hand`:
        whether a person has just changed its weights or its examples."""
        if self.watched is None:
            return
        measured = self.run.measure_if_quick() if by_hand and not self.watched.view.is_over else None
        over = self.watched.judge(self.run, self.lineup.run_number, measured)
        self.version += by_hand
        if over and self.watched.view.aim.pauses:
            if self.status is Status.RUNNING:
                self.stand(Status.PAUSED)
            self.version += 1

    def seek(self, iteration: int) -> None:
        """Start to seek a moment. Arms that have not reached it go to their newest iteration."""
        self.start_seek([PhaseBoundary(min(max(iteration, 0), arm.run.newest)) for arm in self.lineup.arms])

    def start_seek(self, goals: Sequence[PhaseBoundary]) -> None:
        """Start to move every arm to its goal. A seek that is under way ends."""
        arms, before = self.lineup.arms, self.seeking
        origin = None if before is None else before.origin
        moves = [arm.run.seek_in_slices(goal) for arm, goal in zip(arms, goals, strict=True)]
        self._move(Seeking(moves, goals, origin or [arm.run.boundary for arm in arms]))

    def start_replay(self, replay: Replay) -> None:
        """Start to take every arm, which is at its start, to a moment. If this is cancelled, the arms stay where they
        are."""
        arms = self.lineup.arms
        moves = [replay_in_slices(arm.run, replay.journal, replay.iteration) for arm in arms]
        self._move(Seeking(moves, [PhaseBoundary(replay.iteration)] * len(arms), None))

    def _move(self, seeking: Seeking) -> None:
        self.seeking, self.status, self.until_epoch = seeking, Status.PAUSED, None
        self.continue_seek(self._patience)

    def cancel_seek(self) -> None:
        """Return to the origin of the seek, and forget the commands that wait for its goal."""
        if self.seeking is not None:
            self.waiting.clear()
            if self.seeking.origin is not None:
                self.start_seek(self.seeking.origin)
            else:
                self.seeking = None
                self.stand(self.lineup.standing)

    def continue_seek(self, seconds: float) -> None:
        """Seek for about `seconds`."""
        if self.seeking is not None and self.seeking.go_on(seconds):
            self.seeking = None
            self.stand(self.lineup.standing)
        self.version += 1

    def run_seeds(self, count: int) -> None:
        """Begin runs under other seeds, or put them away."""
        is_put_away = self.seeds_here is not None
        self.seeds = None if is_put_away else SeedRuns(self.run.experiment, count)
        self.say("the other seeds are put away" if is_put_away else f"running {count} seeds")

    @property
    def seeds_here(self) -> SeedRuns | None:
        """The runs under other seeds, if they have the settings now in force."""
        begun = None if self.seeds is None else self.seeds.experiment
        return self.seeds if begun == self.run.experiment else None

    def continue_seeds(self, seconds: float) -> None:
        """Go on with the other seeds for about `seconds`, and tell what came out at their end."""
        assert self.seeds is not None
        self.seeds.go_on(seconds)
        fan = self.seeds.fan
        self.say(f"seed {fan.runs + 1} of {fan.wanted} …" if self.seeds.is_running else self.seeds.words)

    def propose(self) -> None:
        """Look for the next remedy."""
        if self.proposal is None:
            self.proposal = Proposal(self.run, was_running=self.status is Status.RUNNING)
            if self.status is Status.RUNNING:
                self.stand(Status.PAUSED)
        self.proposal.next()
        self.version += 1

    def continue_proposal(self, seconds: float) -> None:
        """Try a remedy for about `seconds`."""
        if self.proposal is not None:
            self.proposal.go_on(seconds)
        self.version += 1

    def close_proposal(self, *, goes_on: bool) -> None:
        """Close the proposal. `goes_on`: the run goes on if it did before."""
        proposal, self.proposal = self.proposal, None
        self.version += 1
        if goes_on and proposal is not None and proposal.was_running:
            self.resume()

    @property
    def is_recording_over(self) -> bool:
        """Whether all arms are shown as they were recorded, and stand where their recordings end."""
        return all(arm.run.is_recorded and not arm.run.is_past for arm in self.lineup.arms)

    def can_move(self) -> bool:
        """Whether an iteration can run from here. If not, the message says why."""
        if self.is_recording_over:
            self.stand(self.lineup.standing)
            return False
        if not self.lineup.can_move:
            self.stand(Status.DIVERGED)
        return self.lineup.can_move

    def resume(self) -> None:
        """Run from now on, if that is possible."""
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
        """A changed setting makes a finished run resumable."""
        if self.status in (Status.FINISHED, Status.STOPPED_EARLY):
            self.status = Status.PAUSED

    def stand(self, status: Status) -> None:
        """Stop with this status, and say why."""
        self.status, self.until_epoch = status, None
        at = self.run.iteration
        known = {
            Status.FINISHED: Notice(f"finished: the target of {at:,} iterations is reached", (("toggle", "goes on"),)),
            Status.STOPPED_EARLY: Notice(f"stopped early at iteration {at:,}: {self._no_better}"),
            Status.DIVERGED: Notice(
                f"diverged after iteration {at:,}: nothing comes after a loss that is no finite number"
            ),
        }
        over = Notice("the recording ends here", (("start", "goes to its start"),))
        self.message = over if self.is_recording_over else known.get(status, Notice())
        self.version += 1

    @property
    def _no_better(self) -> str:
        """Why early stopping has stopped the run, and which weights are restored."""
        early_stop, stopping = self.run.trainer.early_stop, self.run.experiment.training.early_stopping
        least = "" if stopping is None or not stopping.min_delta else f" by {stopping.min_delta:g}"
        back = self.run.restored
        restored = "" if back is None else f"; the weights of iteration {back:,} are back"
        few = few_words(len(self.run.trainer.validation_set))
        few = f" ({few})" if few else ""
        return f"the validation loss is no better{least} since iteration {early_stop.waits_since:,}{few}{restored}"

    def say(self, message: str | Notice) -> None:
        """Set the message: what the last command did or could not do."""
        self.message = Notice(message) if isinstance(message, str) else message
        self.said_at = time.perf_counter()
        self.version += 1
