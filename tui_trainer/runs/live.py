"""A live run: a background thread that trains, obeys commands between iterations (in slow motion between phases), and
takes snapshots on request.

The screen never waits for the thread: commands go into a queue, the newest snapshot is ready, and a new one is taken
only after the last was read. Training pauses for the screen only while the reply to a key is drawn, or a frame at full
speed: both share one interpreter, and drawing beside a busy trainer takes twice as long.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from pathlib import Path

from msgspec import structs

from tui_trainer.experiment import Experiment
from tui_trainer.runs.arms import Contestants
from tui_trainer.runs.control import Control
from tui_trainer.runs.keeping import Keeper
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import Command, Notice, Snapshot, Status
from tui_trainer.telemetry.recorded import Recorded

PATIENCE_SECONDS = 0.05
"""A seek that takes longer reports its progress, and other commands are obeyed meanwhile."""

CAPABILITIES = frozenset(
    {"control", "restart", "settings", "phases", "seek", "arms", "gradient_check", "examination", "load", "seeds"}
)

ASIDE_SECONDS = 0.1
"""The longest pause of training while the screen shows a reply."""


class LiveRun:
    """The NumPy thread behind the `Run` protocol."""

    capabilities = CAPABILITIES

    def __init__(
        self,
        contestants: Experiment | Contestants,
        *,
        paused: bool = False,
        keeper: Keeper | None = None,
        prepare: Callable[[Control], None] = lambda control: None,
    ) -> None:
        """Starts training at once unless `paused`. Several contestants are the arms of a race. `keeper` records what
        the run does. `prepare` is called before the first snapshot.

        Raises `SettingError` if an experiment cannot be run.
        """
        arms = [("A", contestants)] if isinstance(contestants, Experiment) else contestants
        self._heard: deque[Command | Callable[[], None]] = deque()
        """Commands, and callbacks for when the commands before them have been obeyed. Any entry interrupts training."""
        self._wake = threading.Event()
        self._aside = threading.Condition()
        """Guards the state that the thread waits for while it pauses for the screen."""
        self._is_shown = False
        """Whether the last reply is on the screen."""
        self._closing = False
        self.kept: Path | None = None
        """The recording, once the run is closed, if it is kept."""
        self._wanted = self._with_numbers = True
        """Whether the screen has read the last snapshot; whether the next one is to have the numbers of its step."""
        control = Control(arms, paused=paused, patience=PATIENCE_SECONDS)
        prepare(control)
        self._scheduler, self._keeper = Scheduler(control), keeper
        self._snapshot = self._scheduler.snapshot()
        self._thread = threading.Thread(target=self._loop, name="trainer", daemon=True)
        self._thread.start()

    def latest(self, *, numbers: bool = True) -> Snapshot:
        """The newest snapshot. If anything has changed, a newer one is ready a moment later."""
        if not self._wanted:
            self._with_numbers, self._wanted = numbers, True
            self._wake.set()
        return self._snapshot

    def send(self, command: Command) -> None:
        """Queue a command. It is obeyed after the present iteration; in slow motion after the phase, in a race after
        the slice."""
        with self._aside:
            self._heard.append(command)
            self._aside.notify_all()
        self._wake.set()

    def answer(self, then: Callable[[], None]) -> None:
        """Call `then` on the thread once `latest` shows what the commands so far have done.

        Training goes on after `go_on`, after a moment, or with the next command.
        """
        with self._aside:
            self._heard.append(then)
            self._is_shown = False
            self._aside.notify_all()
        self._wake.set()

    def go_on(self) -> None:
        """The reply is on the screen."""
        with self._aside:
            self._is_shown = True
            self._aside.notify_all()

    def close(self, *, is_cut_off: bool = False) -> None:
        """Stop the thread. Returns after its present step, or after 2 s if the network is very large."""
        self._closing = True
        self.go_on()
        self._wake.set()
        self._thread.join(timeout=2.0)
        if self._keeper is not None:
            failed = self._thread.is_alive() or self._snapshot.status is Status.FAILED
            self.kept = (
                self._keeper.close(None if failed else self._scheduler.control, keep_short=is_cut_off) or self.kept
            )

    def _loop(self) -> None:
        try:
            asked: list[Callable[[], None]] = []
            while not self._closing:
                self._listen(asked)
                # Before the next slice, which can take long after a change of settings.
                if self._wanted and self._scheduler.control.version != self._snapshot.version:
                    snapshot = self._whole(self._scheduler.snapshot(numbers=self._with_numbers))
                    if self._listen(asked):
                        continue  # a command came meanwhile: the next snapshot has to show its effect
                    self._snapshot, self._wanted = snapshot, False
                if asked:
                    for then in asked:
                        then()
                    asked.clear()
                    with self._aside:
                        self._aside.wait_for(lambda: self._is_shown or self._heard, ASIDE_SECONDS)
                    if self._heard:
                        continue
                version = self._scheduler.control.version
                keeps = None if self._keeper is None else self._keeper.watch(self._scheduler.control)
                if self._scheduler.control.version != version:
                    continue  # what the keeper has said is shown at once, also of a run that stands still
                pause = self._scheduler.work(time.perf_counter(), self._heard)
                if pause is None or pause > 0:
                    # A command or a read snapshot ends the wait.
                    self._wake.wait(min((each for each in (pause, keeps) if each is not None), default=None))
                    self._wake.clear()
        except Exception:
            self._snapshot = structs.replace(
                self._snapshot,
                version=self._snapshot.version + 1,
                status=Status.FAILED,
                message=Notice(traceback.format_exc(limit=-3).strip()),
            )

    def _whole(self, snapshot: Snapshot) -> Snapshot:
        """A snapshot with the place where all evaluations are, if all of the run was requested."""
        control = self._scheduler.control
        return structs.replace(snapshot, recorded=self._recorded(control)) if control.request.whole else snapshot

    def _recorded(self, control: Control) -> Recorded | None:
        """Where all evaluations of the arms are."""
        return None if self._keeper is None else self._keeper.recorded(control)

    def _listen(self, asked: list[Callable[[], None]]) -> bool:
        """Obey the queued commands, and add queued callbacks to `asked`. Returns whether there was a command."""
        obeyed = False
        while self._heard:
            heard = self._heard.popleft()
            if isinstance(heard, Command):
                if self._keeper is not None:
                    self._keeper.before_command(self._scheduler.control)
                self._scheduler.obey(heard)
                if self._keeper is not None:
                    self._keeper.after_command(self._scheduler.control)
                self._wanted = self._with_numbers = obeyed = True
            else:
                asked.append(heard)
        return obeyed
