"""What a live run does with commands and with time: running or not, at which pace, until when. No thread in here."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import singledispatchmethod

from msgspec import structs

from tui_trainer.instruments.gradient_check import check_gradient
from tui_trainer.runs.arms import parting, views
from tui_trainer.runs.lineup import LineUp
from tui_trainer.runs.pace import Pace
from tui_trainer.runs.session import Session, Watcher
from tui_trainer.telemetry import Look, Snapshot, Status, commands
from tui_trainer.training import Experiment, SettingError


class Driver:
    """Obeys commands and trains in small slices; `version` grows with everything that a snapshot would show."""

    def __init__(
        self, experiments: Sequence[tuple[str, Experiment]], watcher: Callable[[], Watcher], *, paused: bool
    ) -> None:
        """`experiments`: the name and the experiment of each arm. Raises `SettingError`."""
        self.lineup = LineUp(experiments, watcher)
        asked = self.session.experiment.training.pace
        self.pace = Pace(None if asked == "max" else float(asked))
        self.status = Status.PAUSED if paused else Status.RUNNING
        self.look = Look()
        self.message = ""
        self.version = 0
        self._stop_at: int | None = None
        """Run up to this iteration only, then pause."""

    @property
    def session(self) -> Session:
        """The focused arm's."""
        return self.lineup.session

    def snapshot(self) -> Snapshot:
        """The present moment."""
        return self.session.snapshot(
            self.look,
            version=self.version,
            status=self.status,
            message=self.message,
            pace=self.pace.asked,
            speed=self.pace.speed if self.status is Status.RUNNING else 0.0,
            arms=views(self.lineup.arms, self.lineup.focus),
            parting=parting(self.lineup.arms, self.lineup.focus, self.look.weights_layer),
            can_undo=self.lineup.done.can_undo,
            can_redo=self.lineup.done.can_redo,
        )

    def work(self, now: float) -> float | None:
        """Train for a slice where something is due. Returns the seconds until more is due: 0 at once, None never."""
        if self.status is not Status.RUNNING:
            return None
        due, wait = self.pace.due(now)
        if not due:
            return wait
        if self.pace.asked is None:
            due = self.session.whole_blocks(due)
        if self._stop_at is not None:
            due = min(due, self._stop_at - self.session.iteration)
        before, started = self.session.iteration, time.perf_counter()
        status = self.lineup.advance_phase() if self.pace.by_phases else self.lineup.advance(due)
        self.pace.measure(self.session.iteration - before, started)
        self.version += 1
        if status is not Status.PAUSED:
            self._stand(status)
        elif self._stop_at is not None and self.session.iteration >= self._stop_at:
            self._stand(Status.PAUSED)
        return 0.0

    @singledispatchmethod
    def obey(self, command: commands.Command) -> None:
        """Carry out one command."""
        raise TypeError(f"unknown command {command!r}")

    @obey.register
    def _(self, command: commands.Pause) -> None:
        if self.status is Status.RUNNING:
            self._stand(Status.PAUSED)

    @obey.register
    def _(self, command: commands.Resume) -> None:
        self._resume()

    @obey.register
    def _(self, command: commands.TogglePause) -> None:
        if self.status is Status.RUNNING:
            self._stand(Status.PAUSED)
        else:
            self._resume()

    @obey.register
    def _(self, command: commands.StepIterations) -> None:
        if self._can_move():
            self._stand(self.lineup.advance(command.count))

    @obey.register
    def _(self, command: commands.StepPhase) -> None:
        if command.direction < 0:
            self.lineup.retreat_phase()
            self._stand(Status.PAUSED)
        elif self._can_move():
            self._stand(self.lineup.advance_phase())

    @obey.register
    def _(self, command: commands.StepEpoch) -> None:
        if self._can_move():
            order = self.session.trainer.feed.order
            self._resume()
            self._stop_at = order.first_of_epoch(order.position(self.session.iteration).epoch + 1)

    @obey.register
    def _(self, command: commands.SetPace) -> None:
        self.pace.ask(command.iterations_per_second)
        self.version += 1

    @obey.register
    def _(self, command: commands.SetLook) -> None:
        self.look = command.look
        self.version += 1

    @obey.register
    def _(self, command: commands.Seek) -> None:
        self._stand(self.lineup.seek(command.iteration))

    @obey.register
    def _(self, command: commands.SeekRelative) -> None:
        self._stand(self.lineup.seek(max(self.session.iteration + command.offset, 0)))

    @obey.register
    def _(self, command: commands.SeekLive) -> None:
        self._stand(self.lineup.seek(self.session.newest))

    @obey.register
    def _(self, command: commands.Rescue) -> None:
        found = self.session.autopsy
        self._stand(self.lineup.seek(max(self.session.newest - 1, 0) if found is None else found.last_finite))
        rate = self.session.experiment.optimizer.learning_rate * command.factor
        self.obey(commands.ChangeSetting("optimizer.learning_rate", float(f"{rate:.3g}")))

    @obey.register
    def _(self, command: commands.Restart) -> None:
        message = self.lineup.restart(command.seed)
        self._begin()
        self._say(message)

    @obey.register
    def _(self, command: commands.Fork) -> None:
        message = self.lineup.fork()
        self._stand(Status.PAUSED)
        self._say(message)

    @obey.register
    def _(self, command: commands.FocusArm) -> None:
        self._say(self.lineup.focus_next(command.offset))

    @obey.register
    def _(self, command: commands.DropArm) -> None:
        self._say(self.lineup.drop())

    @obey.register
    def _(self, command: commands.ChangeSetting) -> None:
        if command.key == "training.pace" and isinstance(command.value, int | float | str):
            self.obey(commands.SetPace(None if command.value == "max" else float(command.value)))
            return
        try:
            message, restarted = self.lineup.change(command.key, command.value)
        except SettingError as error:
            self._say(str(error))
            return
        if restarted:
            self._begin()
        elif self.status in (Status.FINISHED, Status.STOPPED_EARLY):
            self.status = Status.PAUSED
        self._say(message)

    @obey.register
    def _(self, command: commands.CheckGradient) -> None:
        session = self.session
        check = check_gradient(session.experiment, weights=session.trainer.vectors.parameters)
        session.gradient_check = structs.replace(check, iteration=session.iteration)
        self.version += 1

    @obey.register
    def _(self, command: commands.Undo) -> None:
        self._take_back(self.lineup.undo)

    @obey.register
    def _(self, command: commands.Redo) -> None:
        self._take_back(self.lineup.redo)

    def _take_back(self, deed: Callable[[], str]) -> None:
        arms = self.lineup.arms
        message = deed()
        if self.lineup.arms is not arms:
            self._stand(Status.PAUSED if self.session.is_past else self.session.reached)
        self._say(message)

    def _can_move(self) -> bool:
        """Whether an iteration can be run from here; says why not."""
        if not self.lineup.can_move:
            self._stand(Status.DIVERGED)
        return self.lineup.can_move

    def _resume(self) -> None:
        if self._can_move():
            self.status, self.message, self._stop_at = Status.RUNNING, "", None
            self.pace.begin()
            self.version += 1

    def _begin(self) -> None:
        """After a restart: run, unless the person had paused."""
        if self.status is not Status.PAUSED:
            self.status = Status.RUNNING
        self._stop_at = None
        self.pace.begin()

    def _stand(self, status: Status) -> None:
        self.status, self._stop_at = status, None
        at = self.session.iteration
        self.message = {
            Status.FINISHED: f"finished: the target of {at} iterations is reached; space goes on beyond it",
            Status.STOPPED_EARLY: f"stopped early at iteration {at}: the validation loss has not improved",
            Status.DIVERGED: f"diverged at iteration {at}: nothing comes after a loss that is no finite number",
        }.get(status, "")
        self.version += 1

    def _say(self, message: str) -> None:
        self.message = message
        self.version += 1
