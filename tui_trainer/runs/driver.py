"""What a live run does with commands and with time: which session, running or not, at which pace. No thread in here."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import singledispatchmethod

from tui_trainer.runs.arms import MOST_ARMS, Arm, advance, free_name, notice_parting, parting, shown, views
from tui_trainer.runs.pace import Pace
from tui_trainer.runs.session import Session, Watcher
from tui_trainer.runs.undo import ArmsDone, Done, SettingDone, UndoStack
from tui_trainer.telemetry import Look, SettingChange, Snapshot, Status, commands
from tui_trainer.training import Experiment, SettingError, with_setting
from tui_trainer.training.settings import LIVE


class Driver:
    """Obeys commands and trains in small slices; `version` grows with everything that a snapshot would show."""

    def __init__(
        self, experiments: Sequence[tuple[str, Experiment]], watcher: Callable[[], Watcher], *, paused: bool
    ) -> None:
        """`experiments`: the name and the experiment of each arm, one to `MOST_ARMS`."""
        self._watcher = watcher
        self.arms = [Arm(name, Session(experiment, watcher)) for name, experiment in experiments]
        self.focus = 0
        asked = self.session.experiment.training.pace
        self.pace = Pace(None if asked == "max" else float(asked))
        self.status = Status.PAUSED if paused else Status.RUNNING
        self.look = Look()
        self.message = ""
        self.version = 0
        self._stop_at: int | None = None
        """Run up to this iteration only, then pause."""
        self._done = UndoStack()

    @property
    def session(self) -> Session:
        """The focused arm's."""
        return self.arms[self.focus].session

    def snapshot(self) -> Snapshot:
        """The present moment."""
        return self.session.snapshot(
            self.look,
            version=self.version,
            status=self.status,
            message=self.message,
            pace=self.pace.asked,
            speed=self.pace.speed if self.status is Status.RUNNING else 0.0,
            arms=views(self.arms, self.focus),
            parting=parting(self.arms, self.focus),
            can_undo=self._done.can_undo,
            can_redo=self._done.can_redo,
        )

    def work(self, now: float) -> float | None:
        """Train for a slice where something is due. Returns the seconds until more is due: 0 at once, None never."""
        if self.status is not Status.RUNNING:
            return None
        due, wait = self.pace.due(now)
        if not due:
            return wait
        if self._stop_at is not None:
            due = min(due, self._stop_at - self.session.iteration)
        before, started = self.session.iteration, time.perf_counter()
        status = self._advance_phase() if self.pace.by_phases else advance(self.arms, due)
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
            self._stand(advance(self.arms, command.count))

    @obey.register
    def _(self, command: commands.StepPhase) -> None:
        if command.direction > 0:
            if self._can_move():
                self._stand(self._advance_phase())
        else:
            for arm in self.arms:
                arm.session.retreat_phase()
            self._stand(Status.PAUSED)

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
        self._seek(command.iteration)

    @obey.register
    def _(self, command: commands.SeekRelative) -> None:
        self._seek(max(self.session.iteration + command.offset, 0))

    @obey.register
    def _(self, command: commands.SeekLive) -> None:
        self._seek(self.session.newest)

    @obey.register
    def _(self, command: commands.Rescue) -> None:
        found = self.session.autopsy
        self._seek(max(self.session.newest - 1, 0) if found is None else found.iteration)
        rate = self.session.experiment.optimizer.learning_rate * command.factor
        self.obey(commands.ChangeSetting("optimizer.learning_rate", float(f"{rate:.3g}")))

    @obey.register
    def _(self, command: commands.Restart) -> None:
        experiments = []
        for arm in self.arms:
            experiment = arm.session.experiment
            seed = experiment.training.seed if command.seed is None else command.seed
            experiments.append(with_setting(experiment, "training.seed", seed))
        label = "restart" if command.seed is None else f"new seed {command.seed}"
        self._replace_arms(experiments, label, f"restarted with seed {experiments[0].training.seed}")

    @obey.register
    def _(self, command: commands.Fork) -> None:
        if len(self.arms) >= MOST_ARMS:
            self._say(f"a race has at most {MOST_ARMS} arms")
            return
        self._done.did(ArmsDone("fork", list(self.arms), self.focus))
        iteration = self.session.iteration
        for arm in self.arms:
            arm.session.seek(iteration)
        name = free_name(self.arms)
        self.arms = [*self.arms, Arm(name, self.session.fork(), equal_until=iteration)]
        self.focus = len(self.arms) - 1
        self._stand(Status.PAUSED)
        self._say(f"arm {name} forked at iteration {iteration}: change a setting of it, then run both")

    @obey.register
    def _(self, command: commands.FocusArm) -> None:
        if len(self.arms) < 2:
            self._say("there is one run only; b forks it")
            return
        self.focus = (self.focus + command.offset) % len(self.arms)
        self._say(f"arm {self.arms[self.focus].name}")

    @obey.register
    def _(self, command: commands.DropArm) -> None:
        if len(self.arms) < 2:
            self._say("the only run cannot be given up")
            return
        name = self.arms[self.focus].name
        self._done.did(ArmsDone(f"giving up arm {name}", list(self.arms), self.focus))
        self.arms = [arm for arm in self.arms if arm.name != name]
        self.focus = min(self.focus, len(self.arms) - 1)
        self._say(f"arm {name} is given up; u brings it back")

    @obey.register
    def _(self, command: commands.ChangeSetting) -> None:
        old = self.session.experiment
        try:
            experiment = with_setting(old, command.key, command.value)
            self._change(command.key, old, experiment)
        except SettingError as error:
            self._say(str(error))

    @obey.register
    def _(self, command: commands.Undo) -> None:
        self._take_back(self._done.undo, self._done.redo, "undo")

    @obey.register
    def _(self, command: commands.Redo) -> None:
        self._take_back(self._done.redo, self._done.undo, "redo")

    def _change(self, key: str, old: Experiment, experiment: Experiment) -> None:
        before, after = (self._value(each, key) for each in (old, experiment))
        if key == "training.pace":
            self.pace.ask(None if after == "max" else float(str(after)))
        if experiment == old:
            self._say(f"{key} is {shown(after)} already")
            return
        done = SettingDone(self.arms[self.focus].name, key, before, after)
        if key in LIVE:
            self._change_live(experiment, done)
            self._done.did(done)
            self._say(done.label)
        else:
            experiments = [arm.session.experiment for arm in self.arms]
            experiments[self.focus] = experiment
            self._replace_arms(experiments, done.label, f"{done.label}: restarted with the same seed")

    def _change_live(self, experiment: Experiment, done: SettingDone) -> None:
        event = SettingChange(
            iteration=self.session.iteration, label=done.label, key=done.key, old=done.old, new=done.new
        )
        self.session.change(experiment, event)
        arm = self.arms[self.focus]
        if arm.parted is not None and arm.parted > self.session.iteration:
            arm.parted = None
        if self.status in (Status.FINISHED, Status.STOPPED_EARLY) and not self.session.is_past:
            self.status = Status.PAUSED

    def _take_back(self, source: deque[Done], target: deque[Done], word: str) -> None:
        if not source:
            self._say(f"nothing to {word}")
            return
        done = source.pop()
        if isinstance(done, SettingDone):
            self.focus = next((n for n, arm in enumerate(self.arms) if arm.name == done.arm), self.focus)
            self._change_live(with_setting(self.session.experiment, done.key, done.old), done.reversed)
            target.append(done.reversed)
            self._say(done.reversed.label)
        else:
            target.append(ArmsDone(done.label, self.arms, self.focus))
            self.arms, self.focus = done.arms, done.focus
            self._seek(min(arm.session.iteration for arm in self.arms))  # in step again, where one went on alone
            self._say(f"{word}: {done.label}")

    def _replace_arms(self, experiments: list[Experiment], label: str, message: str) -> None:
        running = self.status in (Status.RUNNING, Status.FINISHED, Status.STOPPED_EARLY, Status.DIVERGED)
        fresh = [
            Arm(arm.name, Session(experiment, self._watcher))
            for arm, experiment in zip(self.arms, experiments, strict=True)
        ]
        self._done.did(ArmsDone(label, self.arms, self.focus))
        self.arms = fresh
        self._stop_at = None
        self.status = Status.RUNNING if running else Status.PAUSED
        self.pace.begin()
        self._say(message)

    def _advance_phase(self) -> Status:
        """One phase of every arm."""
        statuses = [arm.session.advance_phase() for arm in self.arms]
        for arm in self.arms[1:]:
            if arm.session.trainer.phase is None:
                notice_parting(self.arms[0], arm)
        return Status.PAUSED if Status.PAUSED in statuses else statuses[0]

    def _can_move(self) -> bool:
        """Whether an iteration can be run from here; says why not."""
        sessions = [arm.session for arm in self.arms]
        if all(session.reached is Status.DIVERGED and not session.is_past for session in sessions):
            self._stand(Status.DIVERGED)
            return False
        return True

    def _resume(self) -> None:
        if self._can_move():
            self.status, self.message, self._stop_at = Status.RUNNING, "", None
            self.pace.begin()
            self.version += 1

    def _stand(self, status: Status) -> None:
        self.status, self._stop_at = status, None
        at = self.session.iteration
        self.message = {
            Status.FINISHED: f"finished: the target of {at} iterations is reached; space goes on beyond it",
            Status.STOPPED_EARLY: f"stopped early at iteration {at}: the validation loss has not improved",
            Status.DIVERGED: f"diverged at iteration {at}: the loss is no longer a finite number",
        }.get(status, "")
        self.version += 1

    def _seek(self, iteration: int) -> None:
        for arm in self.arms:
            arm.session.seek(iteration)
        self._stand(Status.PAUSED if self.session.is_past else self.session.reached)

    def _say(self, message: str) -> None:
        self.message = message
        self.version += 1

    @staticmethod
    def _value(experiment: Experiment, key: str) -> object:
        inner: object = experiment.tables
        for part in key.split("."):
            inner = inner.get(part) if isinstance(inner, dict) else None
        return inner
