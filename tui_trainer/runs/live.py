"""A live run: a background thread that trains, obeys commands between iterations (in slow motion between phases), and
takes a snapshot when asked.

The screen never waits for the thread: commands go into a queue, the newest snapshot lies ready, and a new one is taken
only after somebody has looked at the last. The thread steps aside for the screen only while a key is being answered:
both run in one interpreter, and a picture drawn beside a busy trainer takes twice as long.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence

from msgspec import structs

from tui_trainer.experiment import Experiment
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import Command, Notice, Snapshot, Status

PATIENCE_SECONDS = 0.05
"""After this time a seek tells how far it is, and other commands are obeyed."""

CAPABILITIES = frozenset({"control", "settings", "phases", "seek", "arms", "gradient_check", "load"})

ASIDE_SECONDS = 0.1
"""How long training stands still at most while the screen shows a reply."""


class LiveRun:
    """The NumPy thread behind the `Run` protocol."""

    capabilities = CAPABILITIES

    def __init__(
        self,
        experiment: Experiment | Sequence[tuple[str, Experiment]],
        *,
        paused: bool = False,
    ) -> None:
        """Starts training at once unless `paused`; several named experiments are the arms of a race.

        Raises `SettingError` where an experiment cannot be run.
        """
        arms = [("A", experiment)] if isinstance(experiment, Experiment) else experiment
        self._heard: deque[Command | Callable[[], None]] = deque()
        """Commands, and whom to call once those before have been obeyed. Training is left at once when it is filled."""
        self._wake = threading.Event()
        self._aside = threading.Condition()
        """Held for a moment by whoever changes what the thread stands aside for."""
        self._is_shown = False
        """Whether the last answer is."""
        self._closing = False
        self._wanted = True
        self._scheduler = Scheduler(Control(arms, paused=paused, patience=PATIENCE_SECONDS))
        self._snapshot = self._scheduler.snapshot()
        self._thread = threading.Thread(target=self._loop, name="trainer", daemon=True)
        self._thread.start()

    def latest(self) -> Snapshot:
        """The newest snapshot; a fresher one will be ready a moment later where anything has changed."""
        if not self._wanted:
            self._wanted = True
            self._wake.set()
        return self._snapshot

    def send(self, command: Command) -> None:
        """Hand over a command; it is obeyed after the iteration under way: in slow motion the phase, in a race the
        slice."""
        with self._aside:
            self._heard.append(command)
            self._aside.notify_all()
        self._wake.set()

    def answer(self, then: Callable[[], None]) -> None:
        """Call `then` on the thread once `latest` tells what the commands so far have done; it trains on after
        `go_on`, or after a moment, or when it hears more."""
        with self._aside:
            self._heard.append(then)
            self._is_shown = False
            self._aside.notify_all()
        self._wake.set()

    def go_on(self) -> None:
        """The answer is shown."""
        with self._aside:
            self._is_shown = True
            self._aside.notify_all()

    def close(self) -> None:
        """Stop the thread; returns once it has left its present step (or after 2 s, with a very large network)."""
        self._closing = True
        self.go_on()
        self._wake.set()
        self._thread.join(timeout=2.0)

    def _loop(self) -> None:
        try:
            asked: list[Callable[[], None]] = []
            while not self._closing:
                self._listen(asked)
                # Before the next slice: it can take long after a change of settings, and the answer need not wait.
                if self._wanted and self._scheduler.control.version != self._snapshot.version:
                    snapshot = self._scheduler.snapshot()
                    if self._listen(asked):
                        continue  # A command has come meanwhile: the next news shall tell what it did.
                    self._snapshot, self._wanted = snapshot, False
                if asked:
                    for then in asked:
                        then()
                    asked.clear()
                    with self._aside:
                        self._aside.wait_for(lambda: self._is_shown or self._heard, ASIDE_SECONDS)
                    if self._heard:
                        continue
                pause = self._scheduler.work(time.perf_counter(), self._heard)
                if pause is None or pause > 0:
                    # Woken by a command or a look; what is due at a pace comes by itself.
                    self._wake.wait(pause)
                    self._wake.clear()
        except Exception:
            self._snapshot = structs.replace(
                self._snapshot,
                version=self._snapshot.version + 1,
                status=Status.FAILED,
                message=Notice(traceback.format_exc(limit=-3).strip()),
            )

    def _listen(self, asked: list[Callable[[], None]]) -> bool:
        """Obey what has been heard, and add to `asked` who is to be called; whether there was a command."""
        obeyed = False
        while self._heard:
            heard = self._heard.popleft()
            if isinstance(heard, Command):
                self._scheduler.obey(heard)
                self._wanted = obeyed = True
            else:
                asked.append(heard)
        return obeyed
