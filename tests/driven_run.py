"""The real engine behind the screen without its thread: commands are obeyed at once, time passes when it is told to."""

from __future__ import annotations

from collections.abc import Callable

from fake_run import CATALOGUE
from msgspec import structs

from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.keys.key_meaning import action_for
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.experiment.declared import listed_settings
from tui_trainer.runs.arms import Contestants
from tui_trainer.runs.command_handlers import Load
from tui_trainer.runs.control import Control
from tui_trainer.runs.live import CAPABILITIES
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import Command, Snapshot, Status
from tui_trainer.training import Experiment, build

TABLES = {
    "data": {"name": "moons", "samples": 40, "validation_samples": 40},
    "network": {"hidden": [6], "dropout": 0.2},
    "optimizer": {"name": "adam", "learning_rate": 0.02},
    "training": {"batch_size": 8, "iterations": 200, "evaluate_every": 5, "pace": 20},
}
"""A small network with all that makes going back hard: dropout, Adam, shuffled batches."""

REAL_CATALOGUE = structs.replace(
    CATALOGUE,
    settings=listed_settings(),
    load=lambda request: Load((("A", build(TABLES, request.preset)),)),
)


class DrivenRun:
    """A `Run` on top of a real driver."""

    capabilities = CAPABILITIES

    def __init__(self, arms: Experiment | Contestants | None = None) -> None:
        arms = build(TABLES, "driven") if arms is None else arms
        named = [("A", arms)] if isinstance(arms, Experiment) else list(arms)
        self.driver = Scheduler(Control(named, paused=True))

    def latest(self, *, numbers: bool = True) -> Snapshot:
        return self.driver.snapshot()

    def send(self, command: Command) -> None:
        self.driver.obey(command)

    def answer(self, then: Callable[[], None]) -> None:
        then()

    def go_on(self) -> None:
        pass

    def close(self, *, is_cut_off: bool = False) -> None:
        pass

    def pass_seconds(self, seconds: float) -> None:
        """Let the run do what falls due within so many seconds, on a clock of its own."""
        pace = self.driver.control.pace
        end = pace._start + seconds
        while self.driver.control.status is Status.RUNNING and self.driver.work(end) == 0.0:
            pass


def opened(run: DrivenRun) -> ScreenState:
    """The state behind the screen, with this run open."""
    return ScreenState(lambda request: run, REAL_CATALOGUE, OpenRequest(preset="driven"))


def press(state: ScreenState, *keys: str) -> Snapshot:
    """Press keys as a person would, one after the other; what the run tells then."""
    for key in keys:
        state.poll()
        action = action_for(key, state.view)
        assert action is not None, key
        assert action.id not in state.view.greyed, f"{key} is greyed"
        state.perform(action)
    state.poll()
    return state.snapshot
