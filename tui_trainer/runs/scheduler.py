"""What a live run does with commands and with time: running or not, at which pace, until when. No thread in here."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence, Sized

from msgspec import structs

from tui_trainer.experiment import Experiment
from tui_trainer.runs.arms import parting, views
from tui_trainer.runs.deeds import carry_out
from tui_trainer.runs.journey import Journey
from tui_trainer.runs.lineup import LineUp
from tui_trainer.runs.load import Load
from tui_trainer.runs.pace import SLICE, Pace
from tui_trainer.runs.place import Place
from tui_trainer.runs.present_evaluation import evaluate_if_quick
from tui_trainer.runs.session import Session
from tui_trainer.runs.watcher import Watcher
from tui_trainer.telemetry import Evaluation, Going, Look, Snapshot, Status, commands
from tui_trainer.telemetry.held_out import few_words

AT_ANY_TIME = (commands.Stay, commands.SetPace, commands.SetLook)
"""Commands that are obeyed at once, whatever waits."""
ON_THE_WAY = (*AT_ANY_TIME, commands.Seek, commands.SeekRelative, commands.SeekLive, commands.Pause)
"""Commands that are obeyed during a long jump; others are meant for where it leads, and wait, as does what comes after
them."""


LEISURELY = 12.0
"""Iterations a second up to which every moment is evaluated for its picture."""
ALONE = 8
"""Slices that a run at full speed makes in one piece: alone, it is left as soon as something is waiting."""
TOLD = 5.0
"""Seconds for which a run that goes on tells what the last command did: then how it goes has the line again."""
STALE = 0.5
"""Seconds without an evaluation after which a run at any speed is evaluated for its pictures: where evaluations are far
apart, it must not show the losses of long ago."""


class Driver:
    """Obeys commands and trains in small slices; `version` grows with everything that a snapshot would show."""

    def __init__(
        self,
        experiments: Sequence[tuple[str, Experiment]],
        watcher: Callable[[], Watcher],
        *,
        paused: bool,
        patience: float = math.inf,
    ) -> None:
        """`experiments`: the name and the experiment of each arm. `patience`: seconds that a jump through time may take
        before it is told how far it is, and others are obeyed meanwhile. Raises `SettingError`."""
        self.lineup = LineUp(experiments, watcher)
        self.status = Status.PAUSED if paused else Status.RUNNING
        self.look = Look()
        self.message = ""
        self._said_at = -math.inf
        """When the message was said, by `time.perf_counter`."""
        self.version = 0
        self.until_epoch: int | None = None
        """Run up to the start of this epoch only, then pause."""
        self._patience = patience
        self.journey: Journey | None = None
        self._waiting: deque[commands.Command] = deque()
        """What is to be obeyed when the journey is over."""
        self._latest: tuple[Evaluation | None, float] = None, 0.0
        """The latest evaluation of the focused arm, and since when."""
        self._shown: Snapshot | None = None
        """The last snapshot of a moment."""

    @property
    def session(self) -> Session:
        """The focused arm's."""
        return self.lineup.session

    @property
    def pace(self) -> Pace:
        return self.lineup.pace

    @property
    def stop_at(self) -> int | None:
        """The iteration up to which to run only, by the size of batches in force; None where there is no such."""
        if self.until_epoch is None:  # in most slices
            return None
        return self.lineup.last.trainer.feed.order.first_of_epoch(self.until_epoch)

    def snapshot(self) -> Snapshot:
        """The present moment; during a jump the one before it, and how far it is."""
        if self.journey is None or self._shown is None:
            self._shown = self._moment()
        if self.journey is None:
            return self._shown
        return structs.replace(
            self._shown,
            version=self.version,
            status=self.status,
            message="",
            speed=0.0,
            going=Going(iteration=self.journey.goals[self.lineup.focus].iteration, share=self.journey.share),
        )

    def _moment(self) -> Snapshot:
        latest, now = self.session.trainer.evaluations.latest, time.perf_counter()
        if latest is not self._latest[0]:
            self._latest = latest, now
        has_time = self.status is not Status.RUNNING or (self.pace.asked or math.inf) <= LEISURELY
        has_time |= now - self._latest[1] > STALE
        return self.session.snapshot(
            self.look,
            evaluation=evaluate_if_quick(self.session.trainer) if has_time else None,
            version=self.version,
            run=self.lineup.run,
            axis=self.session.experiment.axis,
            status=self._status,
            message=self.message if now - self._said_at < TOLD or self.status is not Status.RUNNING else "",
            pace=self.pace.asked,
            speed=self.pace.speed if self.status is Status.RUNNING else 0.0,
            arms=views(self.lineup.arms, self.lineup.focus, evaluate=has_time),
            restored=self.session.trainer.early_stop.restored(self.session.iteration),
            parting=parting(self.lineup.arms, self.lineup.focus, self.look.weights_layer),
            can_undo=self.lineup.done.can_undo,
            can_redo=self.lineup.done.can_redo,
            undo_leads_to=self.lineup.undo_leads_to,
        )

    @property
    def _status(self) -> Status:
        """Of the arm in focus: where all have come to their end, each has its own."""
        ended = self.status not in (Status.RUNNING, Status.PAUSED)
        return self.lineup.standing if ended and self.lineup.is_race else self.status

    def work(self, now: float, waiting: Sized = ()) -> float | None:
        """Train for a slice where something is due, or until something is `waiting`. Returns the seconds until more is
        due: 0 at once, None never."""
        if self.journey is not None:
            self._travel(SLICE)
            return 0.0
        if self._waiting:
            carry_out(self._waiting.popleft(), self)
            return 0.0
        if self.status is not Status.RUNNING:
            return None
        due, wait = self.pace.due(now)
        if not due:
            return wait
        if self.pace.asked is None:
            due = self.session.whole_blocks(due if self.lineup.is_race else ALONE * due)
        before, started = self.lineup.last.iteration, time.perf_counter()
        if self.stop_at is not None:
            due = max(min(due, self.stop_at - before), 0)
        status = self.lineup.advance_phase() if self.pace.by_phases else self.lineup.advance(due, waiting)
        self.pace.measure(self.lineup.last.iteration - before, started)
        self.version += 1
        if status is not Status.PAUSED:
            self.stand(status)
        elif self.stop_at is not None and self.lineup.last.iteration >= self.stop_at:
            self.stand(Status.PAUSED)
        return 0.0

    def obey(self, command: commands.Command) -> None:
        """Carry out one command; during a long jump, when it is over unless it concerns that, or ends it."""
        if isinstance(command, Load):
            self.journey = None
            self._waiting.clear()
        goes_ahead = AT_ANY_TIME if self._waiting else ON_THE_WAY
        if (self.journey is not None or self._waiting) and not isinstance(command, goes_ahead):
            self._waiting.append(command)
        else:
            carry_out(command, self)

    def seek(self, iteration: int) -> None:
        """Set out for a moment; arms that have not been there go as far as they have come."""
        self.set_out([Place(min(max(iteration, 0), arm.session.newest)) for arm in self.lineup.arms])

    def set_out(self, goals: Sequence[Place]) -> None:
        """Begin the way of every arm to its goal, in place of one that is on its way."""
        arms, before = self.lineup.arms, self.journey
        self.journey = Journey(arms, goals, [arm.session.place for arm in arms] if before is None else before.origin)
        self.status, self.until_epoch = Status.PAUSED, None
        self._travel(self._patience)

    def give_up_journey(self) -> None:
        """Return to where it began, and forget what was to be done at its goal."""
        if self.journey is not None:
            self._waiting.clear()
            self.set_out(self.journey.origin)

    def _travel(self, seconds: float) -> None:
        """Go on with the journey."""
        if self.journey is not None and self.journey.go_on(seconds):
            self.journey = None
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
            self.status, self.message, self.until_epoch = Status.RUNNING, "", None
            self.pace.begin()
            self.version += 1

    def begin(self) -> None:
        """After a restart: run, unless the person had paused."""
        if self.status is not Status.PAUSED:
            self.status = Status.RUNNING
        self.until_epoch = None
        self.pace.begin()

    def has_changed(self) -> None:
        """A run that has ended stands before something new once a setting of it is another one."""
        if self.status in (Status.FINISHED, Status.STOPPED_EARLY):
            self.status = Status.PAUSED

    def stand(self, status: Status) -> None:
        """Stand still, and say why."""
        self.status, self.until_epoch = status, None
        at = self.session.iteration
        self.message = {
            Status.FINISHED: f"finished: the target of {at:,} iterations is reached; {{toggle}} goes on beyond it",
            Status.STOPPED_EARLY: f"stopped early at iteration {at:,}: {self._no_better}",
            Status.DIVERGED: f"diverged after iteration {at:,}: nothing comes after a loss that is no finite number",
        }.get(status, "")
        self.version += 1

    @property
    def _no_better(self) -> str:
        """Why early stopping has come to its stop, and whose weights are back."""
        early_stop, stopping = self.session.trainer.early_stop, self.session.experiment.training.early_stopping
        least = "" if stopping is None or not stopping.min_delta else f" by {stopping.min_delta:g}"
        back = early_stop.restored(self.session.iteration)
        restored = "" if back is None else f"; the weights of iteration {back:,} are back"
        few = few_words(len(self.session.trainer.validation_set))
        few = f" ({few})" if few else ""
        return f"the validation loss is no better{least} since iteration {early_stop.waits_since:,}{few}{restored}"

    def say(self, message: str) -> None:
        """What the last command did, or could not do."""
        self.message, self._said_at = message, time.perf_counter()
        self.version += 1
